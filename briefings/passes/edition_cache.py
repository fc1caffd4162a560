"""What the readers of one pass share: stories read once for each mark, drafts composed once for each wishes
too, blocks printed once for all zones in which they read the same.

So a minute in which everybody is due costs by kinds of readers, not by readers.

**Guarantee**: an edition is the same as if it had been composed and printed for its readers alone. Good for one
instant and for what is ready at it; whoever prints sees to that.
**Reads**: articles, stories, topics. **Writes**: nothing.
"""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Sequence
from datetime import datetime, timedelta

from briefings.editions.compose import compose, recall
from briefings.editions.model import Block, Draft
from briefings.editions.render import Renderer
from briefings.editions.timetable import local
from briefings.model import Slot, Story, Wishes
from briefings.store import articles, stories, topics
from briefings.store.database import Connection

WINDOW = timedelta(days=7)
"""Reports dated earlier than this are archive, not news, whenever they arrive."""

OPEN_STORIES = 50
"""So many of the last stories are looked through for one that a quiet day can remember."""


@dataclasses.dataclass(frozen=True, slots=True)
class _Print:
    """Blocks, and the instants whose local times stand in them, as they were said."""

    blocks: tuple[Block, ...]
    instants: tuple[datetime, ...]
    said: tuple[datetime, ...]


class EditionCache:
    """The shared work of one instant; `seen` is when the newest article that it knows of became ready."""

    def __init__(self, now: datetime, seen: datetime | None) -> None:
        self.now = now
        self.seen = seen
        self.told = max(now, seen or now)
        """The mark at which those stand who are told all of this."""

        self._acronyms: dict[str, str] | None = None
        self._stories: dict[datetime | None, Sequence[Story]] = {}
        self._drafts: dict[tuple[Wishes, datetime | None], Draft] = {}
        self._prints: dict[tuple[Wishes, datetime | None, Slot, bool], list[_Print]] = {}

    async def draft(self, connection: Connection, wishes: Wishes, mark: datetime | None) -> Draft:
        """What is new since a mark, composed; on a quiet day with the story that is still open."""
        key = (wishes, mark)
        if key not in self._drafts:
            found, acronyms = await self._found(connection, mark), await self._spelled_out(connection)
            draft = await asyncio.to_thread(compose, found, wishes, mark=mark, now=self.told, acronyms=acronyms)
            if not draft.items and mark is not None:
                ids = await articles.stories_before(connection, mark, OPEN_STORIES)
                last = next((story for story in await stories.by_ids(connection, ids) if wishes.want(story)), None)
                draft = dataclasses.replace(draft, open_story=recall(last) if last else None)
            self._drafts[key] = draft
        return self._drafts[key]

    async def blocks(
        self,
        connection: Connection,
        renderer: Renderer,
        wishes: Wishes,
        mark: datetime | None,
        *,
        zone: str,
        slot: Slot,
        late: bool,
    ) -> tuple[Block, ...]:
        """The scheduled edition of readers in a zone."""
        draft = await self.draft(connection, wishes, mark)
        printed = self._prints.setdefault((wishes, mark, slot, late), [])
        if renderer.knows_zones_by_times_only:
            for one in printed:
                if one.said == _said(one.instants, zone):
                    return one.blocks
        instants: dict[datetime, None] = {}
        blocks = renderer.edition(draft, zone=zone, now=self.now, slot=slot, late=late, instants=instants)
        printed.append(_Print(blocks, tuple(instants), _said(tuple(instants), zone)))
        return blocks

    async def _found(self, connection: Connection, mark: datetime | None) -> Sequence[Story]:
        if mark not in self._stories:
            fresh = await articles.stories_since(connection, mark, self.now - WINDOW)
            self._stories[mark] = await stories.by_ids(connection, fresh)
        return self._stories[mark]

    async def _spelled_out(self, connection: Connection) -> dict[str, str]:
        if self._acronyms is None:
            known = await topics.everything(connection)
            self._acronyms = {topic.title: topic.expansion for topic in known if topic.expansion}
        return self._acronyms


def _said(instants: Sequence[datetime], zone: str) -> tuple[datetime, ...]:
    return tuple(local(instant, zone).replace(tzinfo=None) for instant in instants)
