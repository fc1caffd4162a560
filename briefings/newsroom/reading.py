"""Reading: editions, stories left out, dossiers, search results, topics. Part of the door.

Promises that reading changes nothing: no mark moves, no slot is used up. Never sends.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from briefings.editions import timetable
from briefings.editions.memory import Memory
from briefings.editions.model import Block, Draft
from briefings.editions.render import Renderer
from briefings.editions.telling import recall
from briefings.editions.typed_rhythm import parse_zone
from briefings.errors import BadQuery
from briefings.model import Article, Status, Topic, Wishes
from briefings.passes.publish import draft_as_of, draft_for
from briefings.store import articles, editions, memories, removal, search, stories, subscribers, topics
from briefings.store.database import Connection, Database
from briefings.topics.dossier import Dossier, make_dossier
from briefings.topics.lookup import find_topic, nearest_topics
from briefings.topics.query import parse_query

__all__ = ["Dossier", "LookUp", "More", "Preview", "Reading", "Today"]

DOSSIER_ARTICLES = 100
"""A dossier is made of so many of the newest articles at most."""

SEARCH_HITS = 8
"""Search results in one answer; they fit one message."""

MORE_STORIES = 5
"""Stories on a page of what an edition left out; they fit one message."""


@dataclass(frozen=True, slots=True)
class Today:
    """An edition to read now. `again`: nothing is new and this is the last edition. `stranger`: not subscribed."""

    blocks: tuple[Block, ...]
    again: bool = False
    stranger: bool = False


@dataclass(frozen=True, slots=True)
class More:
    """A page of the stories that an edition left out. `page` counts from 0."""

    blocks: tuple[Block, ...] = ()
    page: int = 0
    pages: int = 0


@dataclass(frozen=True, slots=True)
class LookUp:
    """The answer to a word: a topic and its dossier; or the commands of the nearest topics and the archive's hits."""

    topic: Topic | None = None
    dossier_block: Block | None = None
    nearest: tuple[str, ...] = ()
    archive_block: Block | None = None


@dataclass(frozen=True, slots=True)
class Preview:
    """The edition of `at` for a reader in `zone` who was told everything up to `since`; None: they are new."""

    at: datetime
    since: datetime | None
    zone: str
    draft: Draft
    blocks: tuple[Block, ...]


class Reading:
    """The reading of one newsroom. `clock` gives aware UTC. `zone` is the time zone of a reader who has none."""

    def __init__(self, database: Database, renderer: Renderer, clock: Callable[[], datetime], zone: str) -> None:
        self._database = database
        self._renderer = renderer
        self._clock = clock
        self._default_zone = zone

    async def today(self, address: str) -> Today:
        """Return the news since the reader's mark, or their last edition again; a stranger gets the general edition."""
        now = self._clock()
        async with self._database.read() as connection:
            reader = await subscribers.find(connection, address)
            stranger = reader is None or reader.status is not Status.ACTIVE
            known = None if stranger else reader
            wishes, mark, memory_id = (known.wishes, known.mark, known.memory_id) if known else (Wishes(), None, None)
            memory = await memories.load(connection, memory_id)
            draft, _ = await draft_for(connection, wishes, mark, now, memory, carry_on=False)
            last = await editions.last_of(connection, reader.id) if reader and not draft.items else None
            if last and not await removal.is_any_since(connection, last.printed):  # it might tell a removed article
                return Today(last.blocks, again=True, stranger=stranger)
        zone = reader.rhythm.zone if reader else self._default_zone
        return Today(self._renderer.edition(draft, zone=zone, now=now), stranger=stranger)

    async def more(self, address: str, page: int = 0) -> More:
        """Return a page, counted from 0, of the stories left out of the reader's last edition; no blocks without any.

        A page beyond the last is the last.
        """
        async with self._database.read() as connection:
            reader = await subscribers.find(connection, address)
            last = await editions.last_of(connection, reader.id) if reader else None
            if reader is None or last is None or not last.left:
                return More()
            pages = -(-len(last.left) // MORE_STORIES)
            page = min(max(page, 0), pages - 1)
            before = page * MORE_STORIES
            left = await stories.by_ids(connection, last.left[before : before + MORE_STORIES])
        items, zone = [recall(story) for story in left], reader.rhythm.zone
        blocks = self._renderer.rest(items, before=before, left=len(last.left), zone=zone, now=self._clock())
        return More(blocks, page, pages)

    async def look_up(self, word: str, address: str | None = None) -> LookUp:
        """Return the dossier of a keyword, or the topics nearest to it and the archive's hits."""
        all_topics = await self.topics()
        topic = find_topic(word, all_topics)
        if topic:
            block, _ = await self._dossier(word, topic, all_topics, address)
            return LookUp(topic=topic, dossier_block=block)
        near = tuple(topic.command for topic in nearest_topics(word, all_topics))
        return LookUp(nearest=near, archive_block=await self._archive_block(word, address))

    async def dossier_with_block(self, word: str, address: str | None = None) -> tuple[Block | None, Dossier]:
        """Return the printed and the unprinted dossier on a topic, or from the archive on other words.

        The block is None when the word is no topic and no article holds it.
        """
        all_topics = await self.topics()
        return await self._dossier(word, find_topic(word, all_topics), all_topics, address)

    async def search(self, words: str, address: str | None = None) -> tuple[Block, list[Article]]:
        """Search the archive: `words "a phrase" -not since:2026-01-01 source:name`. Raises BadQuery."""
        query = parse_query(words)
        async with self._database.read() as connection:
            hits = await search.find(connection, query, SEARCH_HITS)
            zone = await self._zone(connection, address)
        return self._renderer.results(hits, words=words.strip()[:60], zone=zone, now=self._clock()), hits

    async def topics(self) -> list[Topic]:
        """Return all topics, by command."""
        return list(await self._database.cached(topics.everything))

    async def topic_named(self, name: str) -> Topic | None:
        """Return the topic whose command, title, expansion or alias this is, or None. Searches no article."""
        return find_topic(name, await self.topics())

    async def preview(self, wishes: Wishes, zone: str | None = None) -> Preview:
        """Return the edition that a new reader of these wishes would get now.

        `zone` is a city or an IANA name, the newsroom's own when None. Raises BadZone.
        """
        zone = self._zone_named(zone)
        now = self._clock()
        async with self._database.read() as connection:
            draft, _ = await draft_for(connection, wishes, None, now)
        return Preview(now, None, zone, draft, self._renderer.edition(draft, zone=zone, now=now))

    async def rehearse(
        self, wishes: Wishes, instants: Sequence[datetime], since: datetime | None = None, zone: str | None = None
    ) -> list[Preview]:
        """Return the editions that one reader would have got at these instants, the earliest first.

        Every report is taken to have come when it was dated. The reader was told everything up to `since` before the
        first edition, nothing without it, and then what the editions told. `zone` is as in `preview`. Raises BadZone.
        """
        zone = self._zone_named(zone)
        previews: list[Preview] = []
        memory: Memory = ()
        for at in instants:
            async with self._database.read() as connection:
                draft = await draft_as_of(connection, wishes, at, since, memory)
            memory = draft.memory
            previews.append(Preview(at, since, zone, draft, self._renderer.edition(draft, zone=zone, now=at)))
            since = at
        return previews

    def days_of(
        self, days: int, at: datetime, since: datetime | None = None, zone: str | None = None
    ) -> tuple[datetime, tuple[datetime, ...]]:
        """Return the mark and the instants to rehearse daily editions with, as `timetable.daily` does.

        `zone` is as in `preview`. Raises BadZone.
        """
        return timetable.daily(at, self._zone_named(zone), days, since)

    def _zone_named(self, zone: str | None) -> str:
        return parse_zone(zone) if zone else self._default_zone

    async def _dossier(
        self, word: str, topic: Topic | None, all_topics: Sequence[Topic], address: str | None
    ) -> tuple[Block | None, Dossier]:
        async with self._database.read() as connection:
            if topic:
                story_of = await articles.of_topic(connection, topic.command, DOSSIER_ARTICLES)
            else:
                hits = await search.find(connection, parse_query(word), DOSSIER_ARTICLES)
                story_of = {article.id: article.story for article in hits}
            whole_stories = await stories.by_ids(connection, dict.fromkeys(story_of.values()))
            by_id = {article.id: article for story in whole_stories for article in story.articles}
            reports = [by_id[id] for id in story_of if id in by_id]
            zone = await self._zone(connection, address)
        now = self._clock()
        dossier = make_dossier(word, topic, reports, whole_stories, all_topics, now)
        if topic is None and not reports:
            return None, dossier
        return self._renderer.dossier(dossier, zone=zone, now=now), dossier

    async def _zone(self, connection: Connection, address: str | None) -> str:
        reader = await subscribers.find(connection, address) if address else None
        return reader.rhythm.zone if reader else self._default_zone

    async def _archive_block(self, word: str, address: str | None) -> Block | None:
        try:
            block, hits = await self.search(word, address)
        except BadQuery:
            return None
        return block if hits else None
