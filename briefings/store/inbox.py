"""The inbox: what a face was brought from outside and has acknowledged, kept until it is handled.

An item has a number, a key and a payload, all three opaque here: the number tells a repetition, items of one key are
handled one after another in the order of their numbers, and the payload is the face's own.

          a          b              c
        ─────▶ open ─────▶ claimed ─────▶ done ─────▶ forgotten   e
                 ▲     d      │
                 └────────────┘

a  stored, in the transaction before it is acknowledged; an item that is brought again changes nothing
b  claimed: a token and a lease say by whom and until when; only the oldest open item of a key may be claimed
c  handled, with whatever result; the payload is emptied, the number stays so that a repetition is recognised
d  given back, or the lease ran out
e  deleted after a while

The arrows out of *claimed* name the token of the claim, so that a process that wakes after its lease changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, and_, delete, exists, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from briefings.store.schema import inbox

LONGEST_LEASE = timedelta(minutes=1)
"""A lease that ends later than this was given by a clock that has since been set back, and is void."""

UNDONE = inbox.c.done.is_(None)

MOST_FORGOTTEN = 5_000
"""Rows deleted in one transaction, so that it stays short."""


@dataclass(frozen=True, slots=True)
class InboxItem:
    """An item that this process has claimed. `payload` is the text that came."""

    number: int
    key: int
    payload: str


async def keep(connection: AsyncConnection, number: int, key: int, payload: str, now: datetime) -> bool:
    """Store an item (arrow a). Return False when one of this number was stored before."""
    insert = (sqlite if connection.dialect.name == "sqlite" else postgresql).insert
    new = insert(inbox).values(number=number, key=key, payload=payload, received=now).on_conflict_do_nothing()
    return bool((await connection.execute(new)).rowcount)


def _claimable(now: datetime) -> Select[tuple[int]]:
    """Numbers of the items that may be claimed: free ones, each the oldest open item of its key."""
    older = inbox.alias("older")
    blocked = exists().where(older.c.key == inbox.c.key, older.c.number < inbox.c.number, older.c.done.is_(None))
    lapsed = or_(inbox.c.lease_until <= now, inbox.c.lease_until > now + LONGEST_LEASE)
    free = or_(inbox.c.token.is_(None), lapsed)
    return select(inbox.c.number).where(UNDONE, free, ~blocked).order_by(inbox.c.number)


async def is_anything_claimable(connection: AsyncConnection, now: datetime) -> bool:
    """True if any item may be claimed. Takes no lock."""
    return (await connection.scalar(_claimable(now).limit(1))) is not None


async def claim(
    connection: AsyncConnection, now: datetime, *, limit: int, token: str, until: datetime
) -> list[InboxItem]:
    """Claim at most `limit` items, lowest numbers first (arrow b); lapsed leases of others are taken over (d, b)."""
    oldest = _claimable(now).limit(limit).with_for_update(skip_locked=True, of=inbox).cte("oldest")  # as in the outbox
    rows = await connection.execute(
        update(inbox)
        .where(inbox.c.number.in_(select(oldest.c.number)))
        .values(token=token, lease_until=until)
        .returning(inbox.c.number, inbox.c.key, inbox.c.payload)
    )
    return sorted((InboxItem(*row) for row in rows), key=lambda item: item.number)


async def renew(connection: AsyncConnection, numbers: Sequence[int], token: str, until: datetime) -> None:
    """Prolong the lease on these items, where this token still holds them."""
    ours = (inbox.c.number.in_(numbers), inbox.c.token == token, UNDONE)
    await connection.execute(update(inbox).where(*ours).values(lease_until=until))


async def finish(connection: AsyncConnection, numbers: Sequence[int], token: str, now: datetime) -> int:
    """Mark these items done (arrow c), where this token still holds them. Return how many that was."""
    ours = (inbox.c.number.in_(numbers), inbox.c.token == token, UNDONE)
    result = await connection.execute(
        update(inbox).where(*ours).values(done=now, payload="", token=None, lease_until=None)
    )
    return int(result.rowcount)


async def give_back(connection: AsyncConnection, token: str) -> None:
    """Free all that this token still holds (arrow d)."""
    ours = and_(UNDONE, inbox.c.token == token)
    await connection.execute(update(inbox).where(ours).values(token=None, lease_until=None))


async def forget(connection: AsyncConnection, before: datetime) -> int:
    """Delete items done before an instant (arrow e), at most `MOST_FORGOTTEN`. Return how many were deleted."""
    old = select(inbox.c.number).where(inbox.c.done < before).limit(MOST_FORGOTTEN)
    result = await connection.execute(delete(inbox).where(inbox.c.number.in_(old)))
    return int(result.rowcount)
