"""Printed editions, and the fan-out that makes a delivery of each for every reader it was printed for.

The edition and the cursor of its fan-out are saved together; deliveries follow in short transactions. A
crash resumes at the cursor, and the unique keys of `deliveries` keep a repeated step from adding twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import Row, exists, func, insert, literal, null, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from briefings.model import Slot, Standing
from briefings.printed import Block, DeliveryState, Edition
from briefings.store.schema import deliveries, editions, subscribers


async def save(
    connection: AsyncConnection,
    edition: Edition,
    *,
    rhythm_id: int,
    wishes_id: int,
    mark: datetime | None,
) -> int:
    """Keep a printed edition whose fan-out is still to come; `edition.id` is ignored. Return the id."""
    slot = edition.slot
    added = await connection.execute(
        insert(editions)
        .values(
            kind=edition.kind,
            rhythm_id=rhythm_id,
            wishes_id=wishes_id,
            mark=mark,
            told=edition.told,
            printed=edition.printed,
            slot_day=slot.day.isoformat() if slot else None,
            slot_hour=f"{slot.hour:%H:%M}" if slot else None,
            slot_at=slot.at if slot else None,
            blocks=[[block.html, block.units, block.entities] for block in edition.blocks],
            stories=list(edition.stories),
            why=list(edition.why),
            left_out=list(edition.left),
            cursor=0,
            fanned_out=slot is None,
        )
        .returning(editions.c.id)
    )
    return int(added.scalar_one())


async def deliver_to(connection: AsyncConnection, edition_id: int, subscriber: int, now: datetime) -> None:
    """Queue an edition that was printed for one reader alone, and move their mark."""
    told = select(editions.c.told).where(editions.c.id == edition_id).scalar_subquery()
    await connection.execute(
        insert(deliveries).values(**_waiting(now), edition_id=edition_id, subscriber_id=subscriber)
    )
    await connection.execute(update(subscribers).where(subscribers.c.id == subscriber).values(mark=told))


async def pending(connection: AsyncConnection) -> list[int]:
    """Editions whose fan-out is not done, oldest first."""
    statement = select(editions.c.id).where(editions.c.fanned_out.is_(False)).order_by(editions.c.id)
    return list(await connection.scalars(statement))


async def fan_out(connection: AsyncConnection, edition_id: int, now: datetime, limit: int) -> int:
    """Queue the edition for the next `limit` of its readers; return how many. 0 means that it is done."""
    edition = (await connection.execute(select(editions).where(editions.c.id == edition_id))).one()
    theirs = _readers(edition)
    step = select(subscribers.c.id).where(*theirs, subscribers.c.id > edition.cursor).order_by(subscribers.c.id)
    last = await connection.scalar(select(func.max(step.limit(limit).subquery().c.id)))
    if last is None:
        await connection.execute(update(editions).where(editions.c.id == edition_id).values(fanned_out=True))
        return 0
    count = await _queue(connection, edition, now, subscribers.c.id > edition.cursor, subscribers.c.id <= last)
    await connection.execute(update(editions).where(editions.c.id == edition_id).values(cursor=last))
    return max(count, 1)


async def settle(connection: AsyncConnection, subscriber: int, now: datetime) -> None:
    """Queue what is printed for a reader but not yet fanned out, before their settings change."""
    for edition_id in await pending(connection):
        edition = (await connection.execute(select(editions).where(editions.c.id == edition_id))).one()
        await _queue(connection, edition, now, subscribers.c.id == subscriber)


async def last_of(connection: AsyncConnection, subscriber: int) -> Edition | None:
    """The newest edition printed for a reader."""
    statement = (
        select(editions)
        .join(deliveries, deliveries.c.edition_id == editions.c.id)
        .where(deliveries.c.subscriber_id == subscriber)
        .order_by(deliveries.c.id.desc())
        .limit(1)
    )
    row = (await connection.execute(statement)).one_or_none()
    return _edition(row) if row else None


async def by_ids(connection: AsyncConnection, ids: Sequence[int]) -> dict[int, Edition]:
    """Editions by id."""
    rows = await connection.execute(select(editions).where(editions.c.id.in_(ids)))
    return {row.id: _edition(row) for row in rows}


def _readers(edition: Row[Any]) -> tuple[Any, ...]:
    """Who the edition was printed for: still there, of its group, armed before its slot."""
    return (
        subscribers.c.rhythm_id == edition.rhythm_id,
        subscribers.c.wishes_id == edition.wishes_id,
        subscribers.c.mark.is_not_distinct_from(edition.mark),
        subscribers.c.standing == Standing.ACTIVE,
        subscribers.c.armed < edition.slot_at,
    )


async def _queue(connection: AsyncConnection, edition: Row[Any], now: datetime, *which: Any) -> int:
    """Insert deliveries for `which` readers and move their marks; who had this slot already is left alone."""
    slot = f"{edition.slot_day} {edition.slot_hour}"
    had_it = exists().where(deliveries.c.subscriber_id == subscribers.c.id, deliveries.c.slot == slot)
    row = {**_waiting(now), "edition_id": edition.id, "slot": slot}
    readers = select(subscribers.c.id, *(_literal(name, value) for name, value in row.items())).where(
        *_readers(edition), *which, ~had_it
    )
    result = await connection.execute(insert(deliveries).from_select(["subscriber_id", *row], readers))
    queued = exists().where(deliveries.c.edition_id == edition.id, deliveries.c.subscriber_id == subscribers.c.id)
    moved = (*_readers(edition), *which, queued)  # who has moved on since keeps their later mark
    await connection.execute(update(subscribers).where(*moved).values(mark=edition.told))
    return int(result.rowcount)


def _literal(name: str, value: object) -> Any:
    return null().label(name) if value is None else literal(value, deliveries.c[name].type).label(name)


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
        told=row.told,
        printed=row.printed,
        stories=tuple(row.stories),
        left=tuple(row.left_out),
        slot=slot,
        why=tuple(row.why),
    )
