"""Subscribers, and the rhythms and wishes they share.

Readers with the same rhythm share a row that carries its next due time, so the cost of finding who is due grows with
the rhythms, not with the readers. A reader's `armed` instant keeps earlier slots of the shared rhythm away from them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import Row, Select, and_, bindparam, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from briefings.errors import Problem
from briefings.model import Rhythm, Slot, Status, Subscriber, Wishes
from briefings.store.schema import deliveries, rhythms, subscribers, wishes

ALL_TOPICS = "*"
"""Stored instead of a list by wishes for all topics, those still to come included."""

RECENT_SLOTS = 50
"""How many of a reader's used slots are looked at: with six hours a day, more than a week's."""


@dataclass(frozen=True, slots=True)
class DueRhythm:
    """A rhythm whose next slot has come."""

    id: int
    rhythm: Rhythm
    slot: Slot


@dataclass(frozen=True, slots=True)
class Group:
    """Active readers of one rhythm who share wishes, mark and memory, and so share one edition."""

    wishes_id: int
    wishes: Wishes
    mark: datetime | None
    memory_id: int | None


@dataclass(frozen=True, slots=True)
class ReaderThere:
    """A subscriber found by an address: at it, or at a place within it."""

    id: int
    address: str
    status: Status
    reason: Problem | None


_GROUPS = (
    select(wishes, subscribers.c.mark, subscribers.c.memory_id)
    .join(subscribers, subscribers.c.wishes_id == wishes.c.id)
    .where(
        subscribers.c.rhythm_id == bindparam("rhythm"),
        subscribers.c.status == Status.ACTIVE,
        subscribers.c.armed < bindparam("slot_at"),
    )
    .group_by(wishes.c.id, subscribers.c.mark, subscribers.c.memory_id)
    .order_by(func.count().desc())
)
_NEXT_DUE = select(rhythms.c.next_due).where(rhythms.c.id == bindparam("rhythm"))


async def find(connection: AsyncConnection, address: str) -> Subscriber | None:
    """Return the subscriber at this address, of any status; None when there is none."""
    row = (await connection.execute(_readers().where(subscribers.c.address == address))).one_or_none()
    return _subscriber(row) if row else None


async def within(connection: AsyncConnection, address: str) -> list[ReaderThere]:
    """Return the subscribers at this address and at the places within it (`100/7` is within `100`), by address."""
    s = subscribers.c
    prefix = f"{address}/"
    if connection.dialect.name == "sqlite":
        places = and_(s.address > prefix, s.address < f"{address}0")  # "0" comes next after "/"
    else:  # there, the order of strings is a language's
        places = s.address.startswith(prefix, autoescape=True)
    there = or_(s.address == address, places)
    rows = await connection.execute(select(s.id, s.address, s.status, s.reason).where(there).order_by(s.address))
    return [
        ReaderThere(row.id, row.address, Status(row.status), row.reason and Problem.from_text(row.reason))
        for row in rows
    ]


async def join(
    connection: AsyncConnection, address: str, rhythm: Rhythm, wished: Wishes, first: Slot, now: datetime
) -> None:
    """Add a reader at a new address. `first` is the next slot of their rhythm. Raises StoreTrouble when it is taken."""
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
    """Give a reader another rhythm, whose next slot is `first`. Slots at or before `now` are not theirs."""
    rhythm_id = await _rhythm_id(connection, rhythm, first)
    await _change(connection, subscriber, rhythm_id=rhythm_id, armed=now)


async def set_wishes(connection: AsyncConnection, subscriber: int, wished: Wishes) -> None:
    """Give a reader other wishes."""
    await _change(connection, subscriber, wishes_id=await _wishes_id(connection, wished))


async def set_status(
    connection: AsyncConnection, subscriber: int, status: Status, *, reason: Problem | None = None
) -> None:
    """Change a reader's status and its reason. Settings stay as they are."""
    await _change(connection, subscriber, status=status, reason=reason and reason.to_text())


async def rearm(connection: AsyncConnection, subscriber: int, now: datetime) -> None:
    """Make a reader active again, with slots after `now`."""
    await _change(connection, subscriber, status=Status.ACTIVE, reason=None, armed=now)


async def arm_by(connection: AsyncConnection, now: datetime) -> None:
    """Give readers the slots after `now` whom a clock that ran ahead has armed for later ones."""
    await connection.execute(update(subscribers).where(subscribers.c.armed > now).values(armed=now))


async def move(connection: AsyncConnection, subscriber: int, address: str) -> bool:
    """Change a reader's address. Return False when another subscriber has the new one; nothing changes then."""
    taken = await connection.scalar(select(subscribers.c.id).where(subscribers.c.address == address))
    if taken is not None and taken != subscriber:
        return False
    await _change(connection, subscriber, address=address)
    return True


async def used_slots(connection: AsyncConnection, subscriber: int) -> frozenset[str]:
    """Return the keys of the latest slots a reader had an edition for. A slot must not be used twice."""
    keys = select(deliveries.c.slot).where(deliveries.c.subscriber_id == subscriber, deliveries.c.slot.is_not(None))
    return frozenset(await connection.scalars(keys.order_by(deliveries.c.id.desc()).limit(RECENT_SLOTS)))


async def due(connection: AsyncConnection, now: datetime, *, of: int | None = None) -> list[DueRhythm]:
    """Return the rhythms whose next slot has come and is not printed yet, the longest overdue first.

    With `of`, only that subscriber's rhythm.
    """
    overdue = select(rhythms).where(rhythms.c.next_due <= now).order_by(rhythms.c.next_due)
    if of is not None:
        overdue = overdue.where(
            rhythms.c.id == select(subscribers.c.rhythm_id).where(subscribers.c.id == of).scalar_subquery()
        )
    return [_due(row) for row in await connection.execute(overdue)]


async def due_after(connection: AsyncConnection, horizon: datetime) -> list[DueRhythm]:
    """Return the rhythms whose next slot is later than `horizon`."""
    return [_due(row) for row in await connection.execute(select(rhythms).where(rhythms.c.next_due > horizon))]


async def still_due(connection: AsyncConnection, due: DueRhythm) -> bool:
    """True if the slot is still the rhythm's next: False means that another process has printed it meanwhile."""
    next_due = await connection.scalar(_NEXT_DUE, {"rhythm": due.id})
    return bool(next_due == due.slot.at)


async def schedule(connection: AsyncConnection, rhythm_id: int, slot: Slot) -> None:
    """Set the next slot of a rhythm."""
    await connection.execute(update(rhythms).where(rhythms.c.id == rhythm_id).values(**_next(slot)))


async def groups(connection: AsyncConnection, rhythm_id: int, slot_at: datetime) -> list[Group]:
    """Return the groups of a rhythm's active readers who were armed before the slot, the largest group first."""
    rows = await connection.execute(_GROUPS, {"rhythm": rhythm_id, "slot_at": slot_at})
    return [Group(row.id, _wishes(row), row.mark, row.memory_id) for row in rows]


async def ids_of(connection: AsyncConnection, subscriber: int) -> tuple[int, int]:
    """Return the ids of a reader's rhythm and wishes."""
    row = (
        await connection.execute(
            select(subscribers.c.rhythm_id, subscribers.c.wishes_id).where(subscribers.c.id == subscriber)
        )
    ).one()
    return row.rhythm_id, row.wishes_id


async def rhythm_and_wishes(connection: AsyncConnection, rhythm_id: int, wishes_id: int) -> tuple[Rhythm, Wishes]:
    """Return the rhythm and the wishes with these ids."""
    rhythm = (await connection.execute(select(rhythms).where(rhythms.c.id == rhythm_id))).one()
    wished = (await connection.execute(select(wishes).where(wishes.c.id == wishes_id))).one()
    return _rhythm(rhythm), _wishes(wished)


def _readers() -> Select[Any]:
    return (
        select(subscribers, rhythms.c.times, rhythms.c.days, rhythms.c.zone, wishes.c.topics, wishes.c.minutes)
        .join(rhythms, rhythms.c.id == subscribers.c.rhythm_id)
        .join(wishes, wishes.c.id == subscribers.c.wishes_id)
    )


async def _change(connection: AsyncConnection, subscriber: int, **values: Any) -> None:
    await connection.execute(update(subscribers).where(subscribers.c.id == subscriber).values(**values))


async def _rhythm_id(connection: AsyncConnection, rhythm: Rhythm, first: Slot) -> int:
    """Return the rhythm's id. A new rhythm is due at `first`; an existing one keeps its next slot, not printed yet."""
    key = {
        "times": ",".join(f"{hour:%H:%M}" for hour in rhythm.times),
        "days": "".join(str(day) for day in sorted(rhythm.days)),
        "zone": rhythm.zone,
    }
    rhythm_id = await connection.scalar(select(rhythms.c.id).filter_by(**key))
    if rhythm_id is not None:
        return int(rhythm_id)
    added = await connection.execute(insert(rhythms).values(**key, **_next(first)).returning(rhythms.c.id))
    return int(added.scalar_one())


async def _wishes_id(connection: AsyncConnection, wished: Wishes) -> int:
    topics = ALL_TOPICS if wished.topics is None else ",".join(sorted(wished.topics))
    key = {"topics": topics, "minutes": wished.minutes}
    wishes_id = await connection.scalar(select(wishes.c.id).filter_by(**key))
    if wishes_id is not None:
        return int(wishes_id)
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
        memory_id=row.memory_id,
    )
