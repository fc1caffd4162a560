"""Subscribers, and the rhythms and wishes they share.

Readers hang on a rhythm row that carries the next due time, so that finding out who is due costs by
rhythms, not by readers. A reader's `armed` instant keeps slots away that were over before they chose.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import Row, Select, bindparam, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from briefings.errors import Problem
from briefings.model import Rhythm, Slot, Status, Subscriber, Wishes
from briefings.store.schema import deliveries, rhythms, subscribers, wishes

ALL_TOPICS = "*"


@dataclass(frozen=True, slots=True)
class DueRhythm:
    """A rhythm whose next slot has come."""

    id: int
    rhythm: Rhythm
    slot: Slot


@dataclass(frozen=True, slots=True)
class Group:
    """Active readers of one rhythm who share wishes and mark, and so share one edition."""

    wishes_id: int
    wishes: Wishes
    mark: datetime | None


_GROUPS = (
    select(wishes, subscribers.c.mark)
    .join(subscribers, subscribers.c.wishes_id == wishes.c.id)
    .where(
        subscribers.c.rhythm_id == bindparam("rhythm"),
        subscribers.c.status == Status.ACTIVE,
        subscribers.c.armed < bindparam("slot_at"),
    )
    .group_by(wishes.c.id, subscribers.c.mark)
    .order_by(func.count().desc())
)
_NEXT_DUE = select(rhythms.c.next_due).where(rhythms.c.id == bindparam("rhythm"))


async def find(connection: AsyncConnection, address: str) -> Subscriber | None:
    """The subscriber at this address, whatever their status."""
    row = (await connection.execute(_readers().where(subscribers.c.address == address))).one_or_none()
    return _subscriber(row) if row else None


async def join(
    connection: AsyncConnection, address: str, rhythm: Rhythm, wished: Wishes, first: Slot, now: datetime
) -> None:
    """Add a reader at a new address; `first` is their rhythm's next slot."""
    await connection.execute(
        insert(subscribers).values(
            address=address,
            rhythm_id=await _rhythm_id(connection, rhythm, first),
            wishes_id=await _wishes_id(connection, wished),
            status=Status.ACTIVE,
            armed=now,
            joined=now,
        )
    )


async def set_rhythm(connection: AsyncConnection, subscriber: int, rhythm: Rhythm, first: Slot, now: datetime) -> None:
    """Give a reader another rhythm; slots at or before `now` are not theirs."""
    rhythm_id = await _rhythm_id(connection, rhythm, first)
    await _change(connection, subscriber, rhythm_id=rhythm_id, armed=now)


async def set_wishes(connection: AsyncConnection, subscriber: int, wished: Wishes) -> None:
    """Give a reader other wishes."""
    await _change(connection, subscriber, wishes_id=await _wishes_id(connection, wished))


async def set_status(
    connection: AsyncConnection, subscriber: int, status: Status, *, reason: Problem | None = None
) -> None:
    """Stop a reader, or note that they are gone, or that they are back; settings are kept."""
    await _change(connection, subscriber, status=status, reason=reason and reason.to_text())


async def rearm(connection: AsyncConnection, subscriber: int, now: datetime) -> None:
    """Bring a reader back: active, with slots from `now` on."""
    await _change(connection, subscriber, status=Status.ACTIVE, reason=None, armed=now)


async def move(connection: AsyncConnection, subscriber: int, address: str) -> bool:
    """Follow a reader to another address; False when another subscriber already lives there."""
    taken = await connection.scalar(select(subscribers.c.id).where(subscribers.c.address == address))
    if taken is not None and taken != subscriber:
        return False
    await _change(connection, subscriber, address=address)
    return True


async def used_slots(connection: AsyncConnection, subscriber: int) -> frozenset[str]:
    """Keys of the slots a reader has lately had an edition for; none of them is used twice."""
    keys = select(deliveries.c.slot).where(deliveries.c.subscriber_id == subscriber, deliveries.c.slot.is_not(None))
    return frozenset(await connection.scalars(keys.order_by(deliveries.c.id.desc()).limit(50)))


async def due(connection: AsyncConnection, now: datetime, *, of: int | None = None) -> list[DueRhythm]:
    """Rhythms whose next slot has come and is not yet printed, longest overdue first; or only one subscriber's."""
    come = select(rhythms).where(rhythms.c.next_due <= now).order_by(rhythms.c.next_due)
    if of is not None:
        come = come.where(
            rhythms.c.id == select(subscribers.c.rhythm_id).where(subscribers.c.id == of).scalar_subquery()
        )
    return [_due(row) for row in await connection.execute(come)]


async def astray(connection: AsyncConnection, horizon: datetime) -> list[DueRhythm]:
    """Rhythms that are due later than any slot can be: a clock that ran ahead has left them there."""
    return [_due(row) for row in await connection.execute(select(rhythms).where(rhythms.c.next_due > horizon))]


async def still_due(connection: AsyncConnection, due: DueRhythm) -> bool:
    """Is the slot still open, or did another process print it meanwhile?"""
    next_due = await connection.scalar(_NEXT_DUE, {"rhythm": due.id})
    return bool(next_due == due.slot.at)


async def schedule(connection: AsyncConnection, rhythm_id: int, slot: Slot) -> None:
    """Say when a rhythm is due next."""
    await connection.execute(update(rhythms).where(rhythms.c.id == rhythm_id).values(**_next(slot)))


async def groups(connection: AsyncConnection, rhythm_id: int, slot_at: datetime) -> list[Group]:
    """Active readers of a rhythm who were armed before the slot, by wishes and mark."""
    rows = await connection.execute(_GROUPS, {"rhythm": rhythm_id, "slot_at": slot_at})
    return [Group(row.id, _wishes(row), row.mark) for row in rows]


async def ids_of(connection: AsyncConnection, subscriber: int) -> tuple[int, int]:
    """The rhythm's and the wishes' id of a reader."""
    row = (
        await connection.execute(
            select(subscribers.c.rhythm_id, subscribers.c.wishes_id).where(subscribers.c.id == subscriber)
        )
    ).one()
    return row.rhythm_id, row.wishes_id


def _readers() -> Select[Any]:
    return (
        select(subscribers, rhythms.c.times, rhythms.c.days, rhythms.c.zone, wishes.c.topics, wishes.c.minutes)
        .join(rhythms, rhythms.c.id == subscribers.c.rhythm_id)
        .join(wishes, wishes.c.id == subscribers.c.wishes_id)
    )


async def _change(connection: AsyncConnection, subscriber: int, **values: Any) -> None:
    await connection.execute(update(subscribers).where(subscribers.c.id == subscriber).values(**values))


async def _rhythm_id(connection: AsyncConnection, rhythm: Rhythm, first: Slot) -> int:
    """The rhythm's row; a new one is due at `first`, an old one knows better and is left alone."""
    key = {
        "times": ",".join(f"{hour:%H:%M}" for hour in rhythm.times),
        "days": "".join(str(day) for day in sorted(rhythm.days)),
        "zone": rhythm.zone,
    }
    known = await connection.scalar(select(rhythms.c.id).filter_by(**key))
    if known is not None:
        return int(known)
    added = await connection.execute(insert(rhythms).values(**key, **_next(first)).returning(rhythms.c.id))
    return int(added.scalar_one())


async def _wishes_id(connection: AsyncConnection, wished: Wishes) -> int:
    topics = ALL_TOPICS if wished.topics is None else ",".join(sorted(wished.topics))
    key = {"topics": topics, "minutes": wished.minutes}
    known = await connection.scalar(select(wishes.c.id).filter_by(**key))
    if known is not None:
        return int(known)
    added = await connection.execute(insert(wishes).values(**key).returning(wishes.c.id))
    return int(added.scalar_one())


def _next(slot: Slot) -> dict[str, Any]:
    return {"slot_day": slot.day.isoformat(), "slot_hour": f"{slot.hour:%H:%M}", "next_due": slot.at}


def _due(row: Row[Any]) -> DueRhythm:
    slot = Slot(date.fromisoformat(row.slot_day), time.fromisoformat(row.slot_hour), row.next_due)
    return DueRhythm(row.id, _rhythm(row), slot)


def _rhythm(row: Row[Any]) -> Rhythm:
    hours = tuple(time.fromisoformat(hour) for hour in row.times.split(","))
    return Rhythm(hours, row.zone, frozenset(int(day) for day in row.days))


def _wishes(row: Row[Any]) -> Wishes:
    topics = None if row.topics == ALL_TOPICS else frozenset(filter(None, row.topics.split(",")))
    return Wishes(topics, row.minutes)


def _subscriber(row: Row[Any]) -> Subscriber:
    return Subscriber(
        id=row.id,
        address=row.address,
        rhythm=_rhythm(row),
        wishes=_wishes(row),
        mark=row.mark,
        status=Status(row.status),
        armed=row.armed,
    )
