"""Print an edition for everyone who is due, and queue its deliveries.

**Guarantee**: a slot is printed once, whoever and however many tick: the edition, the cursor of its
fan-out and the rhythm's next due time are saved in one transaction, which checks that the slot is still
open. Deliveries follow in short transactions under unique keys; a crash resumes them. Whether a late slot
is printed or skipped is decided here and never again.
**Reads**: rhythms, subscribers, articles, stories. **Writes**: editions, deliveries, marks, rhythms.

Never sends. Never asks the clock.
"""

from __future__ import annotations

import asyncio
import dataclasses
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from briefings import timetable
from briefings.compose import compose, recall
from briefings.model import Slot, Story, Subscriber, Wishes
from briefings.printed import Draft, Edition
from briefings.render import Press
from briefings.store import articles, editions, stories, subscribers, topics
from briefings.store.database import Connection, Database
from briefings.store.subscribers import DueRhythm, Group
from briefings.timetable import Verdict

log = logging.getLogger(__name__)

WINDOW = timedelta(days=7)
"""Reports dated earlier than this are archive, not news, whenever they arrive."""

STEP = 500
"""Deliveries made in one transaction."""

FARTHEST_SLOT = timedelta(days=10)
"""No rhythm's next slot is farther off: a week, a skipped day, and the width of the date line."""


@dataclass(frozen=True, slots=True)
class _Printed:
    group: Group
    edition: Edition


async def publish(database: Database, press: Press, now: datetime) -> int:
    """Print every slot that has come and queue all that is printed; return how many deliveries were queued."""
    await print_due(database, press, now)
    await _bring_back(database, now)
    if queued := await _fan_out(database, now):
        log.info("editions printed: %d to deliver", queued)
    return queued


async def print_due(database: Database, press: Press, now: datetime, *, of: int | None = None) -> None:
    """Print every slot that has come, or only those of one subscriber's rhythm; nothing is queued yet."""
    async with database.read() as connection:
        due = await subscribers.due(connection, now, of=of)
    for rhythm in due:
        await _print(database, press, rhythm, now)


async def first_edition(connection: Connection, press: Press, reader: Subscriber, now: datetime) -> Edition:
    """The edition that one reader gets at once, slot or no slot."""
    draft, told = await draft_for(connection, reader.wishes, reader.mark, now)
    return _edition(press, draft, told, zone=reader.rhythm.zone, now=now)


async def queue_first(connection: Connection, edition: Edition, reader: Subscriber) -> None:
    """Keep such an edition and queue it for its reader, in the caller's transaction."""
    rhythm_id, wishes_id = await subscribers.ids_of(connection, reader.id)
    number = await editions.save(connection, edition, rhythm_id=rhythm_id, wishes_id=wishes_id, mark=reader.mark)
    await editions.deliver_to(connection, number, reader.id, edition.printed)


async def draft_for(
    connection: Connection, wishes: Wishes, mark: datetime | None, now: datetime
) -> tuple[Draft, datetime]:
    """Compose what is new since a mark; return it with the mark that its readers then stand at."""
    found = await stories.by_ids(connection, await articles.stories_since(connection, mark, now - WINDOW))
    return await _draft(connection, found, wishes, mark, now)


async def _draft(
    connection: Connection, found: Sequence[Story], wishes: Wishes, mark: datetime | None, now: datetime
) -> tuple[Draft, datetime]:
    told = max(now, await articles.latest_ready(connection) or now)
    acronyms = {t.title: t.expansion for t in await topics.everything(connection) if t.expansion}
    draft = await asyncio.to_thread(compose, found, wishes, mark=mark, now=told, acronyms=acronyms)
    if not draft.items and mark is not None:
        before = await stories.by_ids(connection, await articles.stories_before(connection, mark, 50))
        last = next((story for story in before if wishes.want(story)), None)
        draft = dataclasses.replace(draft, open_story=recall(last) if last else None)
    return draft, told


async def _print(database: Database, press: Press, due: DueRhythm, now: datetime) -> None:
    slot = (timetable.due(due.rhythm, due.slot.at - timedelta(microseconds=1), now) or (due.slot,))[-1]
    verdict = timetable.judge(due.rhythm, slot, now)
    following = timetable.next_slot(due.rhythm, now)
    settled = False
    while not settled:
        async with database.read() as connection:
            seen = await articles.latest_ready(connection)
            printed = [] if verdict is Verdict.SKIP else await _editions(connection, press, due, slot, now)
        async with database.write() as connection:
            # News that became ready meanwhile would fall between this edition and the next, and a reader who
            # chose other wishes meanwhile would get none: print again.
            settled = await articles.latest_ready(connection) == seen and (
                verdict is Verdict.SKIP
                or {one.group for one in printed}.issuperset(await subscribers.groups(connection, due.id, slot.at))
            )
            if settled and await subscribers.still_due(connection, due):
                for one in printed:
                    await editions.save(
                        connection,
                        one.edition,
                        rhythm_id=due.id,
                        wishes_id=one.group.wishes_id,
                        mark=one.group.mark,
                    )
                await subscribers.schedule(connection, due.id, following)


async def _bring_back(database: Database, now: datetime) -> None:
    """Rhythms that a clock once ahead has left in the far future are due at their true next slot again."""
    async with database.read() as connection:
        astray = await subscribers.astray(connection, now + FARTHEST_SLOT)
    for rhythm in astray:
        async with database.write() as connection:
            await subscribers.schedule(connection, rhythm.id, timetable.next_slot(rhythm.rhythm, now))


async def _editions(connection: Connection, press: Press, due: DueRhythm, slot: Slot, now: datetime) -> list[_Printed]:
    late = timetable.judge(due.rhythm, slot, now) is Verdict.LATE
    printed = []
    found: dict[datetime | None, list[Story]] = {}
    for group in await subscribers.groups(connection, due.id, slot.at):
        if group.mark not in found:  # most readers of a rhythm stand at the same mark
            fresh = await articles.stories_since(connection, group.mark, now - WINDOW)
            found[group.mark] = await stories.by_ids(connection, fresh)
        draft, told = await _draft(connection, found[group.mark], group.wishes, group.mark, now)
        edition = _edition(press, draft, told, zone=due.rhythm.zone, now=now, slot=slot, late=late)
        printed.append(_Printed(group, edition))
    return printed


def _edition(
    press: Press,
    draft: Draft,
    told: datetime,
    *,
    zone: str,
    now: datetime,
    slot: Slot | None = None,
    late: bool = False,
) -> Edition:
    return Edition(
        id=0,  # given when it is saved
        kind="scheduled" if slot else "first",
        blocks=press.edition(draft, zone=zone, now=now, slot=slot, late=late),
        told=told,
        printed=now,
        stories=tuple(item.story for item in draft.items),
        left=draft.left,
        why=tuple(item.why for item in draft.items),
        slot=slot,
    )


async def _fan_out(database: Database, now: datetime) -> int:
    async with database.read() as connection:
        waiting = await editions.pending(connection)
    queued = 0
    for edition in waiting:
        more = True
        while more:
            async with database.write() as connection:
                step = await editions.fan_out(connection, edition, now, STEP)
            queued, more = queued + step, step > 0
    return queued
