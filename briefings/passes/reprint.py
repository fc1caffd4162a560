"""Reprint: prints editions again that are not delivered yet and tell an article that was removed since.

**Guarantee**: no reader loses a briefing or gets one twice: an edition that is printed again keeps its slot, its
readers and the mark up to which it tells the news, and takes the old one's place in one transaction. Readers who have a
part of the old edition get the rest of that.
**Reads**: undelivered editions, articles, stories, topics. **Writes**: editions, deliveries, memories.

Never tells anything that became ready after the edition was printed: the next edition does.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import datetime

from briefings.editions import timetable
from briefings.editions.memory import until_next
from briefings.editions.model import Edition
from briefings.editions.render import Renderer
from briefings.editions.timetable import Verdict
from briefings.passes.edition_cache import EditionCache
from briefings.store import undelivered_editions
from briefings.store.database import Connection, Database
from briefings.store.undelivered_editions import UndeliveredEdition


@dataclass(frozen=True, slots=True)
class Reprinted:
    """The number of editions that were printed again, and of those that readers still get as they were printed."""

    again: int
    under_way: int


async def reprint(database: Database, renderer: Renderer, told_from: datetime) -> Reprinted:
    """Print the undelivered editions again that tell something else now. Call it when an article was removed.

    `told_from` is when the article became ready; editions that tell older news only are left alone.
    """
    async with database.read() as connection:
        ids = await undelivered_editions.ids(connection, told_from)
    again = under_way = 0
    for number in ids:
        async with database.read() as connection:
            old = await undelivered_editions.load(connection, number)
            edition = await _printed_again(connection, renderer, old)
        if edition.blocks == old.edition.blocks:
            continue
        async with database.write() as connection:
            is_replaced, is_under_way = await undelivered_editions.replace(connection, old, edition)
        again += is_replaced
        under_way += is_under_way
    return Reprinted(again, under_way)


async def _printed_again(connection: Connection, renderer: Renderer, old: UndeliveredEdition) -> Edition:
    """Return the edition as it would have been printed at its time from the articles that are stored now."""
    printed, slot, zone = old.edition.printed, old.edition.slot, old.rhythm.zone
    cache = EditionCache(printed, old.edition.told_until, ready_by=old.edition.told_until)
    draft = await cache.draft(connection, old.wishes, old.mark, await cache.memory(connection, old.memory_id))
    late = slot is not None and timetable.judge(old.rhythm, slot, printed) is Verdict.LATE
    return dataclasses.replace(
        old.edition,
        blocks=renderer.edition(draft, zone=zone, now=printed, slot=slot, late=late),
        stories=tuple(item.story for item in draft.items),
        left=draft.left,
        why=tuple(item.why for item in draft.items),
        reports=tuple(item.report for item in draft.items),
        memory=until_next(draft.memory, old.edition.told_until, timetable.next_slot(old.rhythm, printed).at),
    )
