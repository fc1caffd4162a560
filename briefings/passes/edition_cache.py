"""The edition cache: the work that readers share within one printing.

Stories are read once for each mark, and a draft is composed once for each mark and wishes. Its blocks are printed once
and used in every time zone where all their times read the same. So the cost of a minute in which everybody is due
grows with the kinds of readers, not with their number.

**Guarantee**: an edition is the same as if it had been composed and printed for its readers alone. A cache is valid for
one time and for the articles that are ready then; the caller makes a new one when either changes.
**Reads**: articles, stories, topics. **Writes**: nothing.
"""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Sequence
from datetime import datetime, timedelta

from briefings.editions.candidates import news_of
from briefings.editions.compose import compose, most_important
from briefings.editions.model import Block, Draft
from briefings.editions.render import Renderer
from briefings.editions.timetable import local
from briefings.model import Slot, Story, ToldAhead, Topic, Wishes
from briefings.store import articles, rehearsed, stories, topics
from briefings.store.database import Connection
from briefings.stories.reports import as_dated, as_of, ready_by

NEWS_WINDOW = timedelta(days=7)
"""Reports dated earlier than this are archive, not news, whenever they arrive."""

OPEN_STORIES = 50
"""Stories that are searched, the latest first, for one to recall on a quiet day."""


@dataclasses.dataclass(frozen=True, slots=True)
class _Print:
    """Blocks, the times that stand in them, and how these read in the zone that the blocks were printed for."""

    blocks: tuple[Block, ...]
    instants: tuple[datetime, ...]
    local_times: tuple[datetime, ...]


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
        self._drafts: dict[tuple[Wishes, datetime | None, ToldAhead], Draft] = {}
        self._prints: dict[tuple[Wishes, datetime | None, ToldAhead, Slot, bool], list[_Print]] = {}

    async def draft(
        self, connection: Connection, wishes: Wishes, mark: datetime | None, told_ahead: ToldAhead = ()
    ) -> Draft:
        """Return what is new since a mark, composed; on a quiet day the story that is still open is recalled.

        `told_ahead` are stories that its readers were told after the mark.
        """
        key = (wishes, mark, told_ahead)
        if key not in self._drafts:
            new_stories, all_topics = await self._stories_since(connection, mark), await self._all_topics(connection)
            acronyms = {topic.title: topic.expansion for topic in all_topics if topic.expansion}
            if wishes.topics is not None:  # a wish may name topics that were removed
                existing = wishes.topics.intersection(topic.command for topic in all_topics)
                wishes = dataclasses.replace(wishes, topics=existing)
            now = self.told_until
            draft = await asyncio.to_thread(compose, new_stories, wishes, mark=mark, now=now, acronyms=acronyms)
            if not draft.items and mark is not None:
                ready_before = rehearsed.stories_before if self._as_dated else articles.stories_before
                ids = await ready_before(connection, mark, OPEN_STORIES)
                before = [news for story in await self._by_ids(connection, ids) if (news := news_of(story, now))]
                draft = dataclasses.replace(draft, open_story=most_important(before, wishes, now))
            self._drafts[key] = draft
        return self._drafts[key]

    async def blocks(
        self,
        connection: Connection,
        renderer: Renderer,
        wishes: Wishes,
        mark: datetime | None,
        told_ahead: ToldAhead = (),
        *,
        zone: str,
        slot: Slot,
        late: bool,
    ) -> tuple[Block, ...]:
        """Return the blocks of the scheduled edition for readers in a time zone."""
        draft = await self.draft(connection, wishes, mark, told_ahead)
        printed = self._prints.setdefault((wishes, mark, told_ahead, slot, late), [])
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
            window = self.now - NEWS_WINDOW
            if self._as_dated:
                ids = await rehearsed.stories_since(connection, mark, window, self.now)
            else:
                ids = await articles.stories_since(connection, mark, window)
            self._stories[mark] = await self._by_ids(connection, ids)
        return self._stories[mark]

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


def _local_times(instants: Sequence[datetime], zone: str) -> tuple[datetime, ...]:
    return tuple(local(instant, zone).replace(tzinfo=None) for instant in instants)
