"""The door: everything a face may ask for. Each method is one question, answered from the shelves.

Answers are values and blocks; what they sound like is the face's business. Errors a reader causes come
as `BadInput` with the sentence to show them, and nothing is changed then.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from briefings.editions import timetable
from briefings.editions.compose import recall
from briefings.editions.model import Block, DeliveryReport, Item
from briefings.editions.render import Press
from briefings.editions.timetable import in_words
from briefings.errors import BadQuery
from briefings.model import Added, Article, Dossier, Entry, Rhythm, Slot, Status, Story, Subscriber, Topic, Wishes
from briefings.passes.enrich import Summarise, enrich
from briefings.passes.ingest import ingest
from briefings.passes.publish import draft_for, first_edition, print_due, queue_first
from briefings.store import articles, editions, outbox, search, stories, subscribers, tags, topics
from briefings.store.database import Connection, Database
from briefings.topics.dossier import dossier, find, nearest
from briefings.topics.query import parse_query

__all__ = ["LookUp", "Newsroom", "Reader", "Reading", "Rest", "in_words", "next_in_words", "offset_in_words"]

DOSSIER_ARTICLES = 100
SEARCH_HITS = 8
REST_STORIES = 5
"""On a page of what an edition left out; they fit one message."""


@dataclass(frozen=True, slots=True)
class Reader:
    """A subscriber and the next slot that will bring them an edition."""

    subscriber: Subscriber
    next: Slot


def next_in_words(reader: Reader) -> str:
    """Fri 5 Dec 07:30"""
    return timetable.when_words(reader.next, reader.subscriber.rhythm.zone)


def offset_in_words(reader: Reader) -> str:
    """UTC+05:30, as it will be when the next edition comes."""
    return timetable.offset(reader.next.at, reader.subscriber.rhythm.zone)


@dataclass(frozen=True, slots=True)
class Reading:
    """An edition to read now. `again`: nothing is new, this is the last one; `stranger`: not subscribed."""

    blocks: tuple[Block, ...]
    again: bool = False
    stranger: bool = False


@dataclass(frozen=True, slots=True)
class Rest:
    """A page of what an edition left out. `page` counts from 0."""

    blocks: tuple[Block, ...] = ()
    page: int = 0
    pages: int = 0


@dataclass(frozen=True, slots=True)
class LookUp:
    """What a word brings: a topic's dossier, or the nearest topics and what the archive holds."""

    topic: Topic | None = None
    dossier: Block | None = None
    nearest: tuple[str, ...] = ()
    archive: Block | None = None


class Newsroom:
    """One newsroom, open. `clock` gives aware UTC; `nudge` is told which pass has something to do."""

    def __init__(
        self,
        database: Database,
        press: Press,
        clock: Callable[[], datetime],
        default: Rhythm,
        nudge: Callable[[str], None] = lambda _: None,
        summarise: Summarise | None = None,
    ) -> None:
        self._database = database
        self._press = press
        self._clock = clock
        self._default = default
        self.nudge = nudge
        self._summarise = summarise

    # Subscribers

    async def reader(self, address: str) -> Reader | None:
        """The active subscriber at this address."""
        async with self._database.read() as connection:
            return await self._reader(connection, address)

    async def subscribe(self, address: str) -> tuple[Reader, bool]:
        """Subscribe with the default rhythm and all topics, or bring back who left; True with a first edition."""
        while True:
            now = self._clock()
            async with self._database.read() as connection:
                if known := await self._reader(connection, address):
                    return known, False
                before = await subscribers.find(connection, address)
                joining = before or self._stranger(address, now)
                seen = await articles.latest_ready(connection)
                edition = await first_edition(connection, self._press, joining, now)
            async with self._database.write(first=True) as connection:
                if before != await subscribers.find(connection, address):
                    continue  # two commands at once
                if seen != await articles.latest_ready(connection):
                    continue  # what became ready meanwhile would be in no edition
                if before:
                    await subscribers.rearm(connection, before.id, now)
                else:
                    first = timetable.next_slot(joining.rhythm, now)
                    await subscribers.join(connection, address, joining.rhythm, joining.wishes, first, now)
                reader = await self._reader(connection, address)
                assert reader is not None  # noqa: S101 - joined above, in this transaction
                await queue_first(connection, edition, reader.subscriber)
            self.nudge("dispatch")
            return reader, True

    async def leave(self, address: str) -> bool:
        """Unsubscribe and keep the settings; False for who was not subscribed."""
        async with self._database.write(first=True) as connection:
            reader = await self._reader(connection, address)
            if reader is None:
                return False
            await subscribers.set_status(connection, reader.subscriber.id, Status.STOPPED)
            await outbox.close(connection, reader.subscriber.id, "the reader unsubscribed")
        return True

    async def set_times(self, address: str, words: str) -> Reader | None:
        """`/at 07:30 12:00 mon-fri`; raise BadTime. None for who is not subscribed."""
        return await self._set_rhythm(address, lambda rhythm: timetable.parse_rhythm(words, rhythm.zone))

    async def set_zone(self, address: str, words: str) -> Reader | None:
        """`/zone Asia/Kolkata`; raise BadZone. None for who is not subscribed."""
        zone = timetable.parse_zone(words)
        return await self._set_rhythm(address, lambda rhythm: dataclasses.replace(rhythm, zone=zone))

    async def toggle(self, address: str, command: str) -> Reader | None:
        """Follow a topic, or no longer; following all of them and following each are the same."""
        known = {topic.command for topic in await self.topics()}
        async with self._database.write(first=True) as connection:
            reader = await self._reader(connection, address)
            if reader is None or command not in known:
                return reader
            followed = reader.subscriber.wishes.topics
            chosen = (known if followed is None else followed & known) ^ {command}
            await self._rewish(connection, reader, None if chosen == known else frozenset(chosen))
            return await self._reader(connection, address)

    # Reading

    async def today(self, address: str) -> Reading:
        """What is new since the reader's mark, or their last edition again; a stranger gets the general edition."""
        now = self._clock()
        async with self._database.read() as connection:
            reader = await subscribers.find(connection, address)
            stranger = reader is None or reader.status is not Status.ACTIVE
            wishes, mark = (reader.wishes, reader.mark) if reader and not stranger else (Wishes(), None)
            draft, _ = await draft_for(connection, wishes, mark, now)
            if reader and not draft.items and (last := await editions.last_of(connection, reader.id)):
                return Reading(last.blocks, again=True, stranger=stranger)
        zone = reader.rhythm.zone if reader else self._default.zone
        return Reading(self._press.edition(draft, zone=zone, now=now), stranger=stranger)

    async def more(self, address: str, page: int = 0) -> Rest:
        """A page of the stories left out of the reader's last edition, counted from 0; no blocks when none were."""
        async with self._database.read() as connection:
            reader = await subscribers.find(connection, address)
            last = await editions.last_of(connection, reader.id) if reader else None
            if reader is None or last is None or not last.left:
                return Rest()
            pages = -(-len(last.left) // REST_STORIES)
            page = min(max(page, 0), pages - 1)
            before = page * REST_STORIES
            left = await stories.by_ids(connection, last.left[before : before + REST_STORIES])
        items, zone = [recall(story) for story in left], reader.rhythm.zone
        blocks = self._press.rest(items, before=before, left=len(last.left), zone=zone, now=self._clock())
        return Rest(blocks, page, pages)

    async def look_up(self, word: str, address: str | None = None) -> LookUp:
        """A keyword's dossier, or what comes nearest to it."""
        known = await self.topics()
        topic = find(word, known)
        if topic:
            block, _ = await self._dossier(word, topic, known, address)
            return LookUp(topic=topic, dossier=block)
        return LookUp(nearest=tuple(t.command for t in nearest(word, known)), archive=await self._hits(word, address))

    async def dossier(self, word: str, address: str | None = None) -> tuple[Block | None, Dossier]:
        """The dossier on a topic, or on words from the archive alone; no block when nothing is kept on it."""
        known = await self.topics()
        return await self._dossier(word, find(word, known), known, address)

    async def _dossier(
        self, word: str, topic: Topic | None, known: Sequence[Topic], address: str | None
    ) -> tuple[Block | None, Dossier]:
        async with self._database.read() as connection:
            if topic:
                story_of = await articles.of_topic(connection, topic.command, DOSSIER_ARTICLES)
            else:
                hits = await search.find(connection, parse_query(word), DOSSIER_ARTICLES)
                story_of = {article.id: article.story for article in hits}
            told = await stories.by_ids(connection, dict.fromkeys(story_of.values()))
            held_by_id = {article.id: article for story in told for article in story.articles}
            found = [held_by_id[i] for i in story_of if i in held_by_id]
            zone = await self._zone(connection, address)
        now = self._clock()
        held = dossier(word, topic, found, told, known, now)
        if topic is None and not found:
            return None, held
        return self._press.dossier(held, zone=zone, now=now), held

    async def search(self, words: str, address: str | None = None) -> tuple[Block, list[Article]]:
        """`/search words "a phrase" -not since:2026-01-01 source:name`; raise BadQuery."""
        query = parse_query(words)
        async with self._database.read() as connection:
            found = await search.find(connection, query, SEARCH_HITS)
            zone = await self._zone(connection, address)
        return self._press.results(found, words=words.strip()[:60], zone=zone, now=self._clock()), found

    async def topics(self) -> list[Topic]:
        """All topics, by command."""
        return list(await self._database.found(topics.everything))

    async def preview(self, wishes: Wishes, zone: str, at: datetime) -> tuple[tuple[Block, ...], tuple[Item, ...]]:
        """The edition a new reader of these wishes would get at this instant, and its items; nothing is sent."""
        async with self._database.read() as connection:
            draft, _ = await draft_for(connection, wishes, None, at)
        return self._press.edition(draft, zone=zone, now=at), draft.items

    # The desk

    async def add(self, entries: Sequence[Entry], progress: Callable[[int], None] = lambda _: None) -> list[Added]:
        """Keep entries and make them ready; say what became of each, in order. `progress`: how many are ready."""
        kept = await ingest(self._database, entries, self._clock())
        await enrich(self._database, self._clock(), progress, self._summarise)
        async with self._database.read() as connection:
            found = {a.id: a for a in await articles.by_ids(connection, [one.article for one in kept if one.article])}
        return [
            Added("known" if one.known else "stored", found.get(one.article))
            if one.article
            else Added("rejected", reason=one.reason)
            for one in kept
        ]

    async def articles(self, limit: int | None = None) -> list[Article]:
        """What is kept, newest first."""
        async with self._database.read() as connection:
            return await articles.newest(connection, limit)

    async def stories(self) -> list[Story]:
        """All stories, newest first."""
        async with self._database.read() as connection:
            return await stories.everything(connection)

    async def outbox(self, *, failed: bool) -> list[DeliveryReport]:
        """Deliveries not yet done, or those that failed, with their reasons."""
        async with self._database.read() as connection:
            return await outbox.report(connection, failed=failed)

    async def retry(self, delivery: int) -> bool:
        """Queue a failed delivery again; False when there is none of this number."""
        async with self._database.write() as connection:
            return await outbox.retry(connection, delivery, self._clock())

    async def keep_topics(self, given: Sequence[Topic]) -> list[tuple[str, int]]:
        """Add or change topics; of each, whether it was added, changed or unchanged, and how many articles bear it."""
        async with self._database.write() as connection:
            became = [await topics.keep(connection, topic) for topic in given]
        await enrich(self._database, self._clock())
        async with self._database.read() as connection:
            borne = await tags.count(connection)
        return [(status, borne.get(topic.command, 0)) for status, topic in zip(became, given, strict=True)]

    async def seed(self, starters: Sequence[Topic]) -> None:
        """Fill a newsroom that has no topics with these."""
        async with self._database.write() as connection:
            await topics.seed(connection, starters)

    async def _reader(self, connection: Connection, address: str) -> Reader | None:
        subscriber = await subscribers.find(connection, address)
        if subscriber is None or subscriber.status is not Status.ACTIVE:
            return None
        used = await subscribers.used_slots(connection, subscriber.id)
        upcoming = timetable.upcoming(subscriber.rhythm, self._clock())
        return Reader(subscriber, next(slot for slot in upcoming if slot.key not in used))

    def _stranger(self, address: str, now: datetime) -> Subscriber:
        return Subscriber(0, address, self._default, Wishes(), mark=None, status=Status.ACTIVE, armed=now)

    async def _set_rhythm(self, address: str, change: Callable[[Rhythm], Rhythm]) -> Reader | None:
        while True:
            now = self._clock()
            reader = await self.reader(address)
            if reader is None:
                return None
            # A slot that has come is theirs by the old rhythm; after the change nobody would print it for them.
            await print_due(self._database, self._press, now, of=reader.subscriber.id)
            async with self._database.write(first=True) as connection:
                reader = await self._reader(connection, address)
                if reader is None:
                    return None
                if await subscribers.due(connection, now, of=reader.subscriber.id):
                    continue
                rhythm = change(reader.subscriber.rhythm)
                await editions.settle(connection, reader.subscriber.id, now)
                first = timetable.next_slot(rhythm, now)
                await subscribers.set_rhythm(connection, reader.subscriber.id, rhythm, first, now)
                return await self._reader(connection, address)

    async def _rewish(self, connection: Connection, reader: Reader, chosen: frozenset[str] | None) -> None:
        await editions.settle(connection, reader.subscriber.id, self._clock())
        wished = dataclasses.replace(reader.subscriber.wishes, topics=chosen)
        await subscribers.set_wishes(connection, reader.subscriber.id, wished)

    async def _zone(self, connection: Connection, address: str | None) -> str:
        reader = await subscribers.find(connection, address) if address else None
        return reader.rhythm.zone if reader else self._default.zone

    async def _hits(self, word: str, address: str | None) -> Block | None:
        try:
            block, found = await self.search(word, address)
        except BadQuery:
            return None
        return block if found else None
