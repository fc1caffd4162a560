"""Printed editions, and the fan-out: one delivery of an edition for each reader it was printed for.

The edition and the cursor of its fan-out are saved together; deliveries follow in short transactions. After a crash
the fan-out resumes at the cursor, and the unique keys of `deliveries` keep a repeated step from adding anything twice.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import Row, exists, func, insert, literal, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from briefings.editions.model import Block, DeliveryState, Edition, Mood, Reason
from briefings.model import Slot, Status
from briefings.store import memories
from briefings.store.schema import deliveries, editions, rhythms, subscribers
from briefings.store.schema import memories as all_memories
from briefings.store.subscribers import Group

EDITIONS_A_STEP = 100
"""Editions that one step of the fan-out takes together at most."""

_REASON_SENTENCE = re.compile(
    r"(?:new|updated: (?P<changes>.+?)) · (?P<outlets>\d+) outlets?"
    r"(?: · (?P<relation>about|you follow) /(?P<topics>.+))?"
)

_older = editions.alias("older")
_PENDING = editions.c.fanned_out.is_(False)
_NEXT = (
    _PENDING,
    ~exists().where(
        _older.c.fanned_out.is_(False),
        _older.c.rhythm_id == editions.c.rhythm_id,
        _older.c.slot_at < editions.c.slot_at,
    ),
)
"""The editions to fan out next. A rhythm's slots go in order: the older edition moves the mark that the newer needs."""

_ITS_READERS = (
    subscribers.c.rhythm_id == editions.c.rhythm_id,
    subscribers.c.wishes_id == editions.c.wishes_id,
    subscribers.c.mark.is_not_distinct_from(editions.c.mark),
    subscribers.c.memory_id.is_not_distinct_from(editions.c.memory_id),
    subscribers.c.status == Status.ACTIVE,
    subscribers.c.armed < editions.c.slot_at,
)
"""The readers an edition was printed for: still active, still of its group, and armed before its slot."""

_EDITIONS = select(editions, all_memories.c.content.label("memory_after")).outerjoin(
    all_memories, all_memories.c.id == editions.c.memory_after_id
)
_SLOT = editions.c.slot_day + " " + editions.c.slot_hour
_HAD_IT = exists().where(deliveries.c.subscriber_id == subscribers.c.id, deliveries.c.slot == _SLOT)


async def save(
    connection: AsyncConnection,
    edition: Edition,
    *,
    rhythm_id: int,
    wishes_id: int,
    mark: datetime | None,
    memory_id: int | None = None,
) -> int:
    """Store a printed edition. A scheduled one is still to be fanned out. Return its id; `edition.id` is ignored.

    `mark` and `memory_id` are those that its readers had before it.
    """
    after = await memories.number(connection, edition.memory)
    row = _row(edition, rhythm_id, wishes_id, mark, memory_id, after)
    return int((await connection.execute(insert(editions).values(row).returning(editions.c.id))).scalar_one())


async def save_all(connection: AsyncConnection, printed: Sequence[tuple[Edition, Group]], rhythm_id: int) -> None:
    """Store the editions of a rhythm's slot, each with the group of its readers."""
    if printed:
        after = await memories.numbers(connection, (edition.memory for edition, _ in printed))
        rows = [
            _row(edition, rhythm_id, group.wishes_id, group.mark, group.memory_id, after[edition.memory])
            for edition, group in printed
        ]
        await connection.execute(insert(editions), rows)


def _row(
    edition: Edition,
    rhythm_id: int,
    wishes_id: int,
    mark: datetime | None,
    memory_id: int | None,
    memory_after_id: int | None,
) -> dict[str, Any]:
    slot = edition.slot
    return {
        "kind": edition.kind,
        "rhythm_id": rhythm_id,
        "wishes_id": wishes_id,
        "mark": mark,
        "memory_id": memory_id,
        "told": edition.told_until,
        "memory_after_id": memory_after_id,
        "printed": edition.printed,
        "slot_day": slot.day.isoformat() if slot else None,
        "slot_hour": f"{slot.hour:%H:%M}" if slot else None,
        "slot_at": slot.at if slot else None,
        "blocks": [[block.html, block.units, block.entities, block.kind] for block in edition.blocks],
        "stories": list(edition.stories),
        "reports": list(edition.reports),
        "why": [asdict(reason) for reason in edition.why],
        "left_out": list(edition.left),
        "cursor": 0,
        "fanned_out": slot is None,
    }


async def deliver_to(connection: AsyncConnection, edition_id: int, subscriber: int, now: datetime) -> None:
    """Queue an edition that was printed for this reader alone, and move their mark and memory."""
    mark, memory_id = (
        select(column).where(editions.c.id == edition_id).scalar_subquery()
        for column in (editions.c.told, editions.c.memory_after_id)
    )
    await connection.execute(
        insert(deliveries).values(**_waiting(now), edition_id=edition_id, subscriber_id=subscriber)
    )
    moved = update(subscribers).where(subscribers.c.id == subscriber).values(mark=mark, memory_id=memory_id)
    await connection.execute(moved)


async def agenda(connection: AsyncConnection) -> tuple[bool, datetime | None, datetime | None]:
    """Return True if an edition's fan-out is not done, and the earliest and the latest next slot of all rhythms."""
    first, last = (select(end(rhythms.c.next_due)).scalar_subquery() for end in (func.min, func.max))
    row = (await connection.execute(select(exists().where(_PENDING), first, last))).one()
    return bool(row[0]), row[1], row[2]


async def is_any_pending(connection: AsyncConnection) -> bool:
    """True if an edition's fan-out is not done."""
    return await connection.scalar(select(editions.c.id).where(_PENDING).limit(1)) is not None


async def fan_out(connection: AsyncConnection, now: datetime, limit: int) -> int:
    """Queue printed editions for their next `limit` readers, oldest editions first. Return how many were queued.

    Many small editions share one step; a large one takes several.
    """
    next_ones = select(editions.c.id).where(*_NEXT).order_by(editions.c.id).limit(EDITIONS_A_STEP)
    edition_ids = list(await connection.scalars(next_ones))
    if not edition_ids:
        return 0
    ahead = (editions.c.id.in_(edition_ids), *_ITS_READERS, subscribers.c.id > editions.c.cursor)
    order = (editions.c.id, subscribers.c.id)
    stopped_at = (
        await connection.execute(select(*order).where(*ahead).order_by(*order).offset(limit - 1).limit(1))
    ).first()
    edition, last = stopped_at or (edition_ids[-1] + 1, 0)
    within = (editions.c.id < edition) | (editions.c.id == edition) & (subscribers.c.id <= last)
    count = await _queue(connection, now, *ahead, within)
    done = (editions.c.id.in_(edition_ids), editions.c.id < edition)
    await connection.execute(update(editions).where(*done).values(fanned_out=True))
    if stopped_at:
        await connection.execute(update(editions).where(editions.c.id == edition).values(cursor=last))
    return count


async def queue_for(connection: AsyncConnection, subscriber: int, now: datetime) -> None:
    """Queue the editions printed for a reader and not fanned out yet. Call it before the reader's settings change."""
    for_reader = (*_ITS_READERS, subscribers.c.id == subscriber, ~_HAD_IT)
    oldest = select(editions.c.id).where(_PENDING, *for_reader).order_by(editions.c.slot_at, editions.c.id).limit(1)
    while (edition := await connection.scalar(oldest)) is not None:  # queueing one may make a reader of the next
        await _queue(connection, now, editions.c.id == edition, *_ITS_READERS, subscribers.c.id == subscriber)


async def last_of(connection: AsyncConnection, subscriber: int) -> Edition | None:
    """Return the newest edition queued for a reader; None when there is none."""
    statement = (
        _EDITIONS.join(deliveries, deliveries.c.edition_id == editions.c.id)
        .where(deliveries.c.subscriber_id == subscriber)
        .order_by(deliveries.c.id.desc())
        .limit(1)
    )
    row = (await connection.execute(statement)).one_or_none()
    return _edition(row) if row else None


async def by_ids(connection: AsyncConnection, ids: Sequence[int]) -> dict[int, Edition]:
    """Return these editions, by id; an unknown id is left out."""
    rows = await connection.execute(_EDITIONS.where(editions.c.id.in_(ids)))
    return {row.id: _edition(row) for row in rows}


async def _queue(connection: AsyncConnection, now: datetime, *which: Any) -> int:
    """Insert deliveries for `which` pairs of edition and reader and move the readers' marks and memories. Return
    how many.

    Readers who had this slot already are left alone.
    """
    row = _waiting(now)
    pairs = (
        select(
            editions.c.id,
            subscribers.c.id,
            _SLOT,
            *(literal(value, deliveries.c[name].type).label(name) for name, value in row.items()),
        )
        .where(*which, ~_HAD_IT)
        .order_by(editions.c.id, subscribers.c.id)
    )
    columns = ["edition_id", "subscriber_id", "slot", *row]
    result = await connection.execute(insert(deliveries).from_select(columns, pairs))
    queued = exists().where(deliveries.c.edition_id == editions.c.id, deliveries.c.subscriber_id == subscribers.c.id)
    # A reader whose mark has moved on keeps the later mark: they are no longer among the edition's readers.
    told = {"mark": editions.c.told, "memory_id": editions.c.memory_after_id}
    await connection.execute(update(subscribers).where(*which, queued).values(told))
    return int(result.rowcount)


def _waiting(now: datetime) -> dict[str, Any]:
    return {"state": DeliveryState.WAITING, "cursor": 0, "attempts": 0, "not_before": now, "created": now}


def _edition(row: Row[Any]) -> Edition:
    slot = None
    if row.slot_day is not None:
        slot = Slot(date.fromisoformat(row.slot_day), time.fromisoformat(row.slot_hour), row.slot_at)
    return Edition(
        id=row.id,
        kind=row.kind,
        blocks=tuple(Block(*block) for block in row.blocks),
        told_until=row.told,
        printed=row.printed,
        stories=tuple(row.stories),
        left=tuple(row.left_out),
        slot=slot,
        why=tuple(map(_reason, row.why)),
        reports=tuple(row.reports),
        memory=memories.from_text(row.memory_after),
    )


def _reason(stored: dict[str, Any] | str) -> Reason:
    """Read a reason. Rows that earlier versions wrote hold a sentence: `updated: 7 · 1 outlet · you follow /s400`."""
    if isinstance(stored, dict):
        mood, changes, topics = Mood(stored["mood"]), tuple(stored["changes"]), tuple(stored["topics"])
        return Reason(mood, changes, stored["outlets"], topics, stored["is_followed"])
    match = _REASON_SENTENCE.fullmatch(stored)
    if match is None:
        return Reason(Mood.NEW)
    changes = tuple(match["changes"].split(", ")) if match["changes"] else ()
    topics = tuple(match["topics"].split(" /")) if match["topics"] else ()
    mood = Mood.UPDATED if match["changes"] else Mood.NEW
    return Reason(mood, changes, int(match["outlets"]), topics, is_followed=match["relation"] == "you follow")
