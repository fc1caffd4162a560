"""The outbox: deliveries not yet done, and the only arrows by which one changes its state.

          a              b              c
        ─────▶ waiting ─────▶ sending ─────▶ delivered
                 ▲ ▲      d      │  │
                 │ └─────────────┘  ├──▶ failed    e
                 │                  └──▶ unknown   f
                 └──────── g ───────── failed, unknown

a  queued with its edition (`editions.py`)
b  claimed: a token and a lease say by which process and until when; only a reader's oldest open delivery can be
c  the cursor reached the last block
d  not now (`Later`), a part was taken and more remain, the claim was given back, or its lease ran out
e  it cannot arrive: the reader is gone or stopped, or a message was refused; the reason is kept (`undelivered.py`)
f  a message may or may not have arrived, and it was sent often enough, or the operator chose to leave such messages
g  the operator asks for it again (`undelivered.py`)

A result names the token of its claim, so a process that wakes after its lease changes nothing. Two arrows out of
*sending* name none: a lapsed claim is taken over (d, b), and the delivery of a reader who left is closed (e).
No delivery is deleted here, and none fails without its reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, and_, bindparam, exists, func, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from briefings.editions.model import DeliveryReport, DeliveryState
from briefings.errors import Problem
from briefings.model import Status
from briefings.store.rows import chunks, spread
from briefings.store.schema import IS_ASKED, IS_OPEN, deliveries, editions, subscribers

LONGEST_LEASE = timedelta(minutes=1)
"""A lease that ends later than this was given by a clock that has since been set back, and is void."""

LONGEST_WAIT = timedelta(days=1)
"""A delivery put off for longer was put off by a clock that has since been set back, or is asked too much of."""

OPEN = (DeliveryState.WAITING, DeliveryState.SENDING)
_d = deliveries.c
_CHANGED = (
    _d.state,
    _d.cursor,
    _d.attempts,
    _d.not_before,
    _d.reference,
    _d.reason,
    _d.unknown_sends,
    _d.unknown_messages,
)
"""The columns that a result changes, in its order."""

CLOSED_BADLY = (DeliveryState.FAILED, DeliveryState.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Claim:
    """A delivery that this process may send while its lease lasts. `cursor` counts blocks already delivered.

    `unknown_sends` counts the sends of the next message of which nobody knows if it arrived, `unknown_messages` the
    messages that were left so. `reason` says why the last attempt failed.
    """

    token: str
    delivery: int
    edition: int
    subscriber: int
    address: str
    cursor: int
    attempts: int
    unknown_sends: int = 0
    unknown_messages: int = 0
    reason: Problem | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """One of the arrows c, d and f, for a claimed delivery.

    `cursor` counts blocks delivered, `attempts` the failed attempts since a message was last taken; the other counts
    are those of the claim.
    """

    delivery: int
    token: str
    state: DeliveryState
    cursor: int
    attempts: int
    not_before: datetime
    reference: str | None = None
    reason: Problem | None = None
    unknown_sends: int = 0
    unknown_messages: int = 0


def _claimable(now: datetime, token: str = "") -> Select[tuple[int]]:
    """Ids of the deliveries that may be claimed, in the order in which they became due: each is the oldest open one of
    its reader, and either waits and is due, or was claimed by a process whose lease ran out.

    One that was put off goes behind those that were due before it is again, so that a reader who is refused again and
    again keeps nobody waiting.

    A lease under `token` itself is never void: its process notices when its clock is set back, and renews it.
    """
    older = deliveries.alias("older")
    blocked = exists().where(
        older.c.subscriber_id == deliveries.c.subscriber_id, older.c.id < deliveries.c.id, older.c.state.in_(OPEN)
    )
    untried = and_(deliveries.c.attempts == 0, deliveries.c.cursor == 0)  # nothing to wait for, whatever the clock did
    void = and_(deliveries.c.lease_until > now + LONGEST_LEASE, deliveries.c.token != token)
    lapsed = or_(deliveries.c.lease_until <= now, void)
    free = or_(
        and_(deliveries.c.state == DeliveryState.WAITING, or_(deliveries.c.not_before <= now, untried)),
        and_(deliveries.c.state == DeliveryState.SENDING, lapsed),
    )
    return select(deliveries.c.id).where(free, ~blocked).order_by(deliveries.c.not_before, deliveries.c.id)


async def is_anything_open(connection: AsyncConnection) -> bool:
    """Return True if any delivery is waiting or sending."""
    return (await connection.scalar(select(deliveries.c.id).where(text(IS_OPEN)).limit(1))) is not None


async def count_untried(connection: AsyncConnection, most: int) -> int:
    """Return how many open deliveries were never tried, counted up to `most`."""
    untried = select(deliveries.c.id).where(text(IS_OPEN), deliveries.c.attempts == 0, deliveries.c.cursor == 0)
    return int(await connection.scalar(select(func.count()).select_from(untried.limit(most).subquery())) or 0)


async def is_anything_due(connection: AsyncConnection, now: datetime) -> bool:
    """Return True if any delivery may be claimed. Takes no lock."""
    return (await connection.scalar(_claimable(now).where(text(IS_OPEN)).limit(1))) is not None


async def claim(connection: AsyncConnection, now: datetime, *, limit: int, token: str, until: datetime) -> list[Claim]:
    """Arrow b, for at most `limit` deliveries, the first due first; those whose lease ran out are taken over (d, b).

    Editions without a slot, which a reader has just asked for, go ahead of the scheduled ones. `until` ends the lease.
    """
    address = select(subscribers.c.address).where(subscribers.c.id == deliveries.c.subscriber_id).scalar_subquery()
    claimed: list[Claim] = []
    for group in (text(IS_ASKED), and_(text(IS_OPEN), deliveries.c.slot.is_not(None))):
        oldest = _claimable(now, token).where(group).limit(limit - len(claimed))
        # A table expression of its own: else PostgreSQL may select anew for every row, and so exceed the limit.
        locked = oldest.with_for_update(skip_locked=True, of=deliveries).cte("oldest")
        rows = await connection.execute(
            update(deliveries)
            .where(deliveries.c.id.in_(select(locked.c.id)))
            .values(state=DeliveryState.SENDING, token=token, lease_until=until)
            .returning(
                deliveries.c.id,
                deliveries.c.edition_id,
                deliveries.c.subscriber_id,
                address.label("address"),
                deliveries.c.cursor,
                deliveries.c.attempts,
                deliveries.c.unknown_sends,
                deliveries.c.unknown_messages,
                deliveries.c.reason,
                deliveries.c.not_before,
            )
        )
        in_order = sorted(rows, key=lambda row: (row.not_before, row.id))
        claimed += [_claim(token, row) for row in in_order]
    return claimed


def _claim(token: str, row: Row[Any]) -> Claim:
    reason = None if row.reason is None else Problem.from_text(row.reason)
    return Claim(
        token,
        row.id,
        row.edition_id,
        row.subscriber_id,
        row.address,
        row.cursor,
        row.attempts,
        row.unknown_sends,
        row.unknown_messages,
        reason,
    )


async def renew(connection: AsyncConnection, token: str, until: datetime) -> frozenset[int]:
    """Prolong the lease on all claims under this token that have no result yet; return their deliveries' ids."""
    claimed = (deliveries.c.token == token, deliveries.c.state == DeliveryState.SENDING)
    prolonged = update(deliveries).where(*claimed).values(lease_until=until).returning(deliveries.c.id)
    return frozenset(await connection.scalars(prolonged))


async def bring_forward(connection: AsyncConnection, now: datetime, by: timedelta) -> None:
    """Bring the next times of waiting deliveries forward by as much as the clock was set back, at most to `now`.

    None is later than `LONGEST_WAIT`.
    """
    waiting = (deliveries.c.state == DeliveryState.WAITING, deliveries.c.not_before > now)
    rows = await connection.execute(select(deliveries.c.id, deliveries.c.not_before).where(*waiting))
    sooner = [
        {"b_id": row.id, "sooner": max(now, min(row.not_before - by, now + LONGEST_WAIT))}
        for row in rows
        if by or row.not_before > now + LONGEST_WAIT
    ]
    if sooner:
        moved = update(deliveries).where(deliveries.c.id == bindparam("b_id"))
        await connection.execute(moved.values(not_before=bindparam("sooner")), sooner)


async def bring_all_forward(connection: AsyncConnection, now: datetime, ids: Sequence[int]) -> None:
    """Make those of these deliveries that wait due now."""
    for chunk in chunks(ids):
        waiting = (_d.id.in_(chunk), _d.state == DeliveryState.WAITING, _d.not_before > now)
        await connection.execute(update(deliveries).where(*waiting).values(not_before=now))


async def record(connection: AsyncConnection, results: Iterable[Result]) -> None:
    """Arrows c, d and f. A result whose claim ended, because another process took it over, changes nothing."""
    rows = [
        (
            r.delivery,
            r.token,
            r.state,
            r.cursor,
            r.attempts,
            r.not_before,
            r.reference,
            r.reason and r.reason.to_text(),
            r.unknown_sends,
            r.unknown_messages,
        )
        for r in results
    ]
    if rows:
        number, token, *values = spread(connection, (_d.id, _d.token, *_CHANGED), rows)
        is_claimed = (_d.id == number, _d.token == token, _d.state == DeliveryState.SENDING)
        changed = {column.name: value for column, value in zip(_CHANGED, values, strict=True)}
        await connection.execute(update(deliveries).where(*is_claimed).values(token=None, lease_until=None, **changed))


async def give_back(connection: AsyncConnection, token: str) -> None:
    """Arrow d for all claims under this token that have no result yet."""
    await connection.execute(
        update(deliveries)
        .where(deliveries.c.token == token, deliveries.c.state == DeliveryState.SENDING)
        .values(state=DeliveryState.WAITING, token=None, lease_until=None)
    )


async def report(connection: AsyncConnection, *, failed: bool, limit: int = 200) -> list[DeliveryReport]:
    """Return the first `limit` open deliveries, or with `failed` the failed and unknown ones, oldest first."""
    states = CLOSED_BADLY if failed else OPEN
    rows = await connection.execute(
        select(deliveries, subscribers.c.address, subscribers.c.status, editions.c.blocks)
        .join(subscribers, subscribers.c.id == deliveries.c.subscriber_id)
        .join(editions, editions.c.id == deliveries.c.edition_id)
        .where(deliveries.c.state.in_(states))
        .order_by(deliveries.c.id)
        .limit(limit)
    )
    return [
        DeliveryReport(
            r.id,
            r.edition_id,
            r.address,
            DeliveryState(r.state),
            r.cursor,
            len(r.blocks),
            r.attempts,
            None if r.reason is None else Problem.from_text(r.reason),
            r.created,
            Status(r.status),
        )
        for r in rows
    ]
