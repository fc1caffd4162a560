"""Publish: prints an edition for every reader who is due, and queues its deliveries.

**Guarantee**: a slot is printed once, however many processes tick: the edition, the cursor of its fan-out and the
rhythm's next due time are saved in one transaction, which first checks that the slot is still to be printed. Deliveries
follow in short transactions under unique keys, as far ahead of the dispatch pass as it needs; after a crash they are
resumed. A late slot is printed or skipped; that is decided here, once.
**Reads**: rhythms, subscribers, articles, stories. **Writes**: editions, deliveries, marks, memories, rhythms.

Never sends. Never asks the clock.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from briefings.editions import timetable
from briefings.editions.memory import Memory, until_next
from briefings.editions.model import Block, Draft, Edition
from briefings.editions.render import Renderer
from briefings.editions.timetable import Verdict
from briefings.model import Slot, Subscriber, Wishes
from briefings.passes.edition_cache import EditionCache
from briefings.store import articles, editions, memories, outbox, removal, subscribers
from briefings.store.database import Connection, Database
from briefings.store.subscribers import DueRhythm, Group

log = logging.getLogger(__name__)

AHEAD = 10_000
"""The most untried deliveries in the outbox; the fan-out goes on as these are sent."""

STEP = 2000
"""Deliveries queued in one transaction; an answer that writes may have to wait for it."""

RHYTHMS_A_FAN_OUT = 10
"""Rhythms printed between two fan-outs. The first rhythm is fanned out at once."""

FARTHEST_SLOT = timedelta(days=10)
"""No rhythm's next slot is farther away: a week, a day that a zone skips, and the width of the date line."""


@dataclass(frozen=True, slots=True)
class _Printed:
    group: Group
    edition: Edition


async def publish(
    database: Database, renderer: Renderer, now: datetime, queued: Callable[[], object] = lambda: None
) -> int:
    """Print every slot that has come and queue all that is printed. Return how many deliveries were queued.

    `queued` is called after each step that queued some, so that the first are sent while the last are printed.
    """
    if await _is_quiet(database, now):
        return 0
    count = await _fan_out(database, now, queued)
    cache = EditionCache(now, None)
    due_rhythms = await _due_rhythms(database, now)
    if database.shared:
        random.shuffle(due_rhythms)  # so that other processes begin with other rhythms
    for number, rhythm in enumerate(due_rhythms):
        cache = await _print(database, renderer, rhythm, cache)
        if number % RHYTHMS_A_FAN_OUT == 0 or number == len(due_rhythms) - 1:
            count += await _fan_out(database, now, queued)
    await _correct_slots(database, now, now + FARTHEST_SLOT)
    if count:
        log.info("editions printed: %d to deliver", count)
    return count


async def follow_clock_back(database: Database, now: datetime) -> None:
    """Put right what a clock that ran ahead has put off: the next slots of rhythms, and the readers' first slots.

    Costs a look at each rhythm: call it at the start, and after the clock was set back.
    """
    await _correct_slots(database, now, now)
    async with database.write() as connection:
        await subscribers.arm_by(connection, now)


async def print_due(database: Database, renderer: Renderer, now: datetime, *, of: int | None = None) -> None:
    """Print every slot that has come, or with `of` only that of one subscriber's rhythm. Queues nothing."""
    cache = EditionCache(now, None)
    for rhythm in await _due_rhythms(database, now, of=of):
        cache = await _print(database, renderer, rhythm, cache)


async def next_due(database: Database, now: datetime) -> datetime | None:
    """Return when there is something to do next: now while an edition is to be fanned out, else at the next slot."""
    pending, first, _ = await database.cached(editions.agenda)
    return now if pending else first


async def first_edition(connection: Connection, renderer: Renderer, reader: Subscriber, now: datetime) -> Edition:
    """Print the edition that a reader gets on subscribing, which uses no slot. It is not stored yet."""
    memory = await memories.load(connection, reader.memory_id)
    draft, told_until = await draft_for(connection, reader.wishes, reader.mark, now, memory)
    blocks = renderer.edition(draft, zone=reader.rhythm.zone, now=now)
    following = timetable.next_slot(reader.rhythm, now)
    return _edition(draft, blocks, told_until, now, following)


async def queue_first(connection: Connection, edition: Edition, reader: Subscriber) -> None:
    """Store a first edition and queue it for its reader, in the caller's transaction."""
    rhythm_id, wishes_id = await subscribers.ids_of(connection, reader.id)
    number = await editions.save(
        connection,
        edition,
        rhythm_id=rhythm_id,
        wishes_id=wishes_id,
        mark=reader.mark,
        memory_id=reader.memory_id,
    )
    await editions.deliver_to(connection, number, reader.id, edition.printed)


async def draft_for(
    connection: Connection,
    wishes: Wishes,
    mark: datetime | None,
    now: datetime,
    memory: Memory = (),
    *,
    carry_on: bool = True,
) -> tuple[Draft, datetime]:
    """Compose what is new since a mark. Return the draft, and the mark of readers once they are told it.

    `memory` is that of its readers. With `carry_on`, what their editions left out competes as well.
    """
    cache = EditionCache(now, await articles.latest_ready(connection))
    return await cache.draft(connection, wishes, mark, memory, carry_on=carry_on), cache.told_until


async def draft_as_of(
    connection: Connection, wishes: Wishes, at: datetime, since: datetime | None = None, memory: Memory = ()
) -> Draft:
    """Compose the edition as it would have been at an instant, if every report had come when it was dated.

    Its reader has this memory at `since`; an empty one says that they were told everything up to then. They are new
    without `since`. An undated report came when it was added. No report from after `at` is in it, though many may be
    ready by now.
    """
    return await EditionCache(at, at, as_dated=True).draft(connection, wishes, since, memory)


async def _is_quiet(database: Database, now: datetime) -> bool:
    """True if there is nothing to print, to queue or to correct. One cached query, because most ticks find nothing."""
    pending, first, last = await database.cached(editions.agenda)
    return not pending and (first is None or now < first) and (last is None or last <= now + FARTHEST_SLOT)


async def _due_rhythms(database: Database, now: datetime, *, of: int | None = None) -> list[DueRhythm]:
    async with database.read() as connection:
        return await subscribers.due(connection, now, of=of)


async def _print(database: Database, renderer: Renderer, rhythm: DueRhythm, cache: EditionCache) -> EditionCache:
    """Print or skip a rhythm's slot. Return the cache for the next rhythm: a new one if news has become ready."""
    now = cache.now
    # Only the latest of the slots that have come is printed. `timetable.due` may know of none: it does not look back
    # for ever, and a zone's rules may have changed since this slot was stored, which then counts.
    just_before = rhythm.slot.at - timedelta(microseconds=1)
    slot = (timetable.due(rhythm.rhythm, just_before, now) or (rhythm.slot,))[-1]
    verdict = timetable.judge(rhythm.rhythm, slot, now)
    following = timetable.next_slot(rhythm.rhythm, now)
    while True:
        async with database.read() as connection:
            if not await subscribers.still_due(connection, rhythm):
                return cache
            latest_ready, removed = await _news(connection)
            if (latest_ready, removed) != (cache.latest_ready, cache.removed):
                cache = EditionCache(now, latest_ready, removed)
            groups = [] if verdict is Verdict.SKIP else await subscribers.groups(connection, rhythm.id, slot.at)
            late, zone = verdict is Verdict.LATE, rhythm.rhythm.zone
            printed = [
                _Printed(
                    group, await _edition_for(connection, renderer, cache, group, zone, slot, following, late=late)
                )
                for group in groups
            ]
        async with database.write() as connection:
            # Print again when something changed meanwhile: news that became ready would be in no edition, and a reader
            # who chose other wishes would get none; an article that was removed must not be told.
            if await _news(connection) != (latest_ready, removed):
                continue
            if not await subscribers.still_due(connection, rhythm):
                return cache
            if verdict is not Verdict.SKIP and not {each.group for each in printed}.issuperset(
                await subscribers.groups(connection, rhythm.id, slot.at)
            ):
                continue
            await editions.save_all(connection, [(each.edition, each.group) for each in printed], rhythm.id)
            await subscribers.schedule(connection, rhythm.id, following)
            return cache


async def _news(connection: Connection) -> tuple[datetime | None, int]:
    """Return when the latest article became ready, and how many were removed: what is printed depends on both."""
    return await articles.latest_ready(connection), await removal.count_articles(connection)


async def _edition_for(
    connection: Connection,
    renderer: Renderer,
    cache: EditionCache,
    group: Group,
    zone: str,
    slot: Slot,
    following: Slot,
    *,
    late: bool,
) -> Edition:
    told = (group.wishes, group.mark, await cache.memory(connection, group.memory_id))
    blocks = await cache.blocks(connection, renderer, *told, zone=zone, slot=slot, late=late)
    return _edition(await cache.draft(connection, *told), blocks, cache.told_until, cache.now, following, slot)


def _edition(
    draft: Draft,
    blocks: tuple[Block, ...],
    told_until: datetime,
    now: datetime,
    following: Slot,
    slot: Slot | None = None,
) -> Edition:
    return Edition(
        id=0,  # given when it is saved
        kind="scheduled" if slot else "first",
        blocks=blocks,
        told_until=told_until,
        printed=now,
        stories=tuple(item.story for item in draft.items),
        left=draft.left,
        why=tuple(item.why for item in draft.items),
        reports=tuple(item.report for item in draft.items),
        memory=until_next(draft.memory, told_until, following.at),
        slot=slot,
    )


async def _correct_slots(database: Database, now: datetime, after: datetime) -> None:
    """Give rhythms whose next slot is later than `after` their true next slot, if a clock that ran ahead set another.

    A slot that was printed by such a clock comes again, and its readers get nothing twice.
    """
    async with database.read() as connection:
        if not _to_correct(await subscribers.due_after(connection, after), now):
            return
    async with database.write() as connection:
        for rhythm_id, slot in _to_correct(await subscribers.due_after(connection, after), now):
            await subscribers.schedule(connection, rhythm_id, slot)


def _to_correct(due_rhythms: list[DueRhythm], now: datetime) -> list[tuple[int, Slot]]:
    """Return the id and the true next slot of each rhythm whose next slot is too late."""
    slots = [(due_rhythm, timetable.next_slot(due_rhythm.rhythm, now)) for due_rhythm in due_rhythms]
    return [(due_rhythm.id, slot) for due_rhythm, slot in slots if slot.at < due_rhythm.slot.at]


async def _fan_out(database: Database, now: datetime, queued: Callable[[], object]) -> int:
    """Queue printed editions in steps, up to `AHEAD` untried deliveries. Return how many deliveries were queued."""
    count = 0
    while True:
        async with database.read() as connection:
            if not await editions.is_any_pending(connection):
                return count
            room = AHEAD - await outbox.count_untried(connection, AHEAD)
        if room <= 0:
            return count
        async with database.write() as connection:
            step = await editions.fan_out(connection, now, min(STEP, room))
        count += step
        if step:
            queued()
