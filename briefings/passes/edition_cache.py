"""The edition cache: the work that readers share within one printing.

Stories are read once for each mark, and a draft is composed once for each mark, memory and wishes. Its blocks are
printed once and used in every time zone where all their times read the same. So the cost of a minute in which everybody
is due grows with the kinds of readers, not with their number.

**Guarantee**: an edition is the same as if it had been composed and printed for its readers alone. A cache is valid for
one time and for the articles that are ready then; the caller makes a new one when either changes.
**Reads**: articles, stories, topics, memories. **Writes**: nothing.
"""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Sequence
from datetime import datetime, timedelta

from briefings.editions.candidates import news_of, told_everything
from briefings.editions.compose import compose, most_important
from briefings.editions.memory import Memory, follow, to_carry_on
from briefings.editions.model import Block, Draft
from briefings.editions.render import Renderer
from briefings.editions.timetable import local
from briefings.model import Slot, Story, Topic, Wishes
from briefings.store import articles, memories, rehearsed, stories, topics
from briefings.store.database import Connection
from briefings.stories.reports import as_dated, as_of, ready_by

NEWS_WINDOW = timedelta(days=7)
"""Reports dated earlier than this before now are archive, whenever they arrive, unless the reader's mark is as old."""

MARK_MARGIN = timedelta(days=2)
"""For a reader whose mark lies so far back, reports dated earlier than this before their mark are archive.

What came in late between two editions is news in the second, also when a week lies between them.
"""

LONGEST_WINDOW = timedelta(days=16)
"""Reports dated earlier than this before now are archive for everybody: two weeks without an edition, and the margin.

A reader who comes back after a year gets an edition, not a backlog, and it costs no more than others.
"""

OPEN_STORIES = 50
"""Stories that are searched, the latest first, for one to recall on a quiet day."""


@dataclasses.dataclass(frozen=True, slots=True)
class _Print:
    """Blocks, the times that stand in them, and how these read in the zone that the blocks were printed for."""

    blocks: tuple[Block, ...]
    instants: tuple[datetime, ...]
    local_times: tuple[datetime, ...]


_Told = tuple[Wishes, datetime | None, Memory, bool]
"""The key of a draft: wishes, mark, memory, and True if stories left out are carried on."""


class EditionCache:
    """The shared work of one printing, at `now`.

    `latest_ready` is when the newest article that it may use became ready; None when no article is ready. `removed`
    counts the articles that had been removed by then. With `ready_by`, reports that became ready later are left out: it
    is for printing an edition again. With `as_dated`, every report is taken to have come at its date: it is for
    rehearsing a day that is past.
    """

    def __init__(
        self,
        now: datetime,
        latest_ready: datetime | None,
        removed: int = 0,
        *,
        ready_by: datetime | None = None,
        as_dated: bool = False,
    ) -> None:
        self.now = now
        self.latest_ready = latest_ready
        self.removed = removed
        self._ready_by = ready_by
        self._as_dated = as_dated
        self.told_until = max(now, latest_ready or now)
        """The mark of readers once they are told all of this."""

        self._topics: Sequence[Topic] | None = None
        self._stories: dict[datetime | None, Sequence[Story]] = {}
        self._carried_stories: dict[int, Story | None] = {}
        self._memories: dict[int | None, Memory] = {}
        self._drafts: dict[_Told, Draft] = {}
        self._prints: dict[tuple[_Told, Slot, bool], list[_Print]] = {}

    async def memory(self, connection: Connection, memory_id: int | None) -> Memory:
        """Return the memory with this number, read once."""
        if memory_id not in self._memories:
            self._memories[memory_id] = await memories.load(connection, memory_id)
        return self._memories[memory_id]

    async def draft(
        self,
        connection: Connection,
        wishes: Wishes,
        mark: datetime | None,
        memory: Memory = (),
        *,
        carry_on: bool = True,
    ) -> Draft:
        """Return what is new since a mark, composed; on a quiet day the story that is still open is recalled.

        `memory` is that of its readers. With `carry_on`, what their editions left out competes as well.
        """
        key = (wishes, mark, memory, carry_on)
        if key not in self._drafts:
            self._drafts[key] = await self._compose(connection, wishes, mark, memory, carry_on=carry_on)
        return self._drafts[key]

    async def _compose(
        self, connection: Connection, wishes: Wishes, mark: datetime | None, memory: Memory, *, carry_on: bool
    ) -> Draft:
        memory = await self._as_grouped_now(connection, memory, mark)
        candidates = await self._stories_since(connection, mark)
        if self._as_dated and mark is not None and not memory:
            memory = told_everything(candidates, mark)
        if carry_on:
            there = {story.id for story in candidates}
            left = [id for id in to_carry_on(memory, mark, self.told_until) if id not in there]
            candidates = [*candidates, *await self._carried(connection, left)]
        all_topics = await self._all_topics(connection)
        acronyms = {topic.title: topic.expansion for topic in all_topics if topic.expansion}
        if wishes.topics is not None:  # a wish may name topics that were removed
            existing = wishes.topics.intersection(topic.command for topic in all_topics)
            wishes = dataclasses.replace(wishes, topics=existing)
        draft = await asyncio.to_thread(
            compose, candidates, wishes, mark=mark, now=self.told_until, acronyms=acronyms, memory=memory
        )
        if not draft.items and mark is not None:
            ready_before = rehearsed.stories_before if self._as_dated else articles.stories_before
            ids = await ready_before(connection, mark, OPEN_STORIES)
            told = [news for story in await self._by_ids(connection, ids) if (news := news_of(story, self.told_until))]
            since = max(mark, self.now - LONGEST_WINDOW)  # nothing is said of the time before
            draft = dataclasses.replace(draft, since=since, open_story=most_important(told, wishes, self.told_until))
        return draft

    async def blocks(
        self,
        connection: Connection,
        renderer: Renderer,
        wishes: Wishes,
        mark: datetime | None,
        memory: Memory = (),
        *,
        zone: str,
        slot: Slot,
        late: bool,
    ) -> tuple[Block, ...]:
        """Return the blocks of the scheduled edition for readers in a time zone."""
        draft = await self.draft(connection, wishes, mark, memory)
        printed = self._prints.setdefault(((wishes, mark, memory, True), slot, late), [])
        if renderer.knows_zones_by_times_only:
            for earlier in printed:
                if earlier.local_times == _local_times(earlier.instants, zone):
                    return earlier.blocks
        instants: dict[datetime, None] = {}
        blocks = renderer.edition(draft, zone=zone, now=self.now, slot=slot, late=late, instants=instants)
        printed.append(_Print(blocks, tuple(instants), _local_times(tuple(instants), zone)))
        return blocks

    async def _stories_since(self, connection: Connection, mark: datetime | None) -> Sequence[Story]:
        if mark not in self._stories:
            earliest = earliest_news(self.now, mark)
            if self._as_dated:
                ids = await rehearsed.stories_since(connection, mark, earliest, self.now)
            else:
                ids = await articles.stories_since(connection, mark, earliest)
            self._stories[mark] = await self._by_ids(connection, ids)
        return self._stories[mark]

    async def _carried(self, connection: Connection, ids: Sequence[int]) -> list[Story]:
        """Return these stories. Most readers were left out the same, so each is read once."""
        unread = [id for id in ids if id not in self._carried_stories]
        if unread:
            read = {story.id: story for story in await self._by_ids(connection, unread)}
            self._carried_stories |= {id: read.get(id) for id in unread}
        return [story for id in ids if (story := self._carried_stories[id])]

    async def _as_grouped_now(self, connection: Connection, memory: Memory, mark: datetime | None) -> Memory:
        quoted = [entry.report for entry in memory if entry.report]
        return follow(memory, mark, await articles.stories_of(connection, quoted)) if quoted else memory

    async def _by_ids(self, connection: Connection, ids: Sequence[int]) -> list[Story]:
        whole_stories = await stories.by_ids(connection, ids)
        if self._as_dated:
            return [past for story in whole_stories if (past := as_of(as_dated(story), self.now))]
        if self._ready_by is None:
            return whole_stories
        return [ready for story in whole_stories if (ready := ready_by(story, self._ready_by))]

    async def _all_topics(self, connection: Connection) -> Sequence[Topic]:
        if self._topics is None:
            self._topics = await topics.everything(connection)
        return self._topics


def earliest_news(now: datetime, mark: datetime | None) -> datetime:
    """Return the earliest date of a report that is news at `now` to a reader at `mark`."""
    window = now - NEWS_WINDOW
    return window if mark is None else max(min(window, mark - MARK_MARGIN), now - LONGEST_WINDOW)


def _local_times(instants: Sequence[datetime], zone: str) -> tuple[datetime, ...]:
    return tuple(local(instant, zone).replace(tzinfo=None) for instant in instants)
