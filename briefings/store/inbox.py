"""The inbox: what was brought from outside and acknowledged, until it is handled; in order within a chat.

          a          b            c
        ─────▶ open ─────▶ held ─────▶ done ─────▶ forgotten   e
                 ▲     d     │
                 └───────────┘

a  stored, in the transaction before it is acknowledged; what is brought again changes nothing
b  claimed: a token and a lease say by whom and until when; only the oldest open one of a chat may be
c  handled, whatever came of it; what it said is emptied, its number stays so that a repetition is known
d  given back, or its lease ran out
e  after a while

The arrows out of *held* name the token of its claim: who wakes after the lease changes nothing.
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
"""Rows in one transaction, so that it stays short."""


@dataclass(frozen=True, slots=True)
class Held:
    """An update held by this process under a lease. `body` is the text that came."""

    update: int
    chat: int
    body: str


async def keep(connection: AsyncConnection, number: int, chat: int, body: str, now: datetime) -> bool:
    """Arrow a; False when it was here before."""
    insert = (sqlite if connection.dialect.name == "sqlite" else postgresql).insert
    new = insert(inbox).values(update_id=number, chat=chat, body=body, received=now).on_conflict_do_nothing()
    return bool((await connection.execute(new)).rowcount)


def _claimable(now: datetime) -> Select[tuple[int]]:
    """Numbers of what may be claimed, oldest first: free or given up by a dead process, the oldest of its chat."""
    older = inbox.alias("older")
    blocked = exists().where(
        older.c.chat == inbox.c.chat, older.c.update_id < inbox.c.update_id, older.c.done.is_(None)
    )
    lapsed = or_(inbox.c.lease_until <= now, inbox.c.lease_until > now + LONGEST_LEASE)
    free = or_(inbox.c.token.is_(None), lapsed)
    return select(inbox.c.update_id).where(UNDONE, free, ~blocked).order_by(inbox.c.update_id)


async def is_anything_claimable(connection: AsyncConnection, now: datetime) -> bool:
    """May anything be claimed? A look that holds nobody up."""
    return (await connection.scalar(_claimable(now).limit(1))) is not None


async def claim(connection: AsyncConnection, now: datetime, *, limit: int, token: str, until: datetime) -> list[Held]:
    """Arrow b, for at most `limit`, oldest first; expired leases of others are taken over (d, b)."""
    oldest = _claimable(now).limit(limit).with_for_update(skip_locked=True, of=inbox).cte("oldest")  # as in the outbox
    rows = await connection.execute(
        update(inbox)
        .where(inbox.c.update_id.in_(select(oldest.c.update_id)))
        .values(token=token, lease_until=until)
        .returning(inbox.c.update_id, inbox.c.chat, inbox.c.body)
    )
    return sorted((Held(*row) for row in rows), key=lambda held: held.update)


async def renew(connection: AsyncConnection, numbers: Sequence[int], token: str, until: datetime) -> None:
    """Prolong the lease on these, where the claim still holds."""
    held = (inbox.c.update_id.in_(numbers), inbox.c.token == token, UNDONE)
    await connection.execute(update(inbox).where(*held).values(lease_until=until))


async def finish(connection: AsyncConnection, numbers: Sequence[int], token: str, now: datetime) -> int:
    """Arrow c, where the claim still holds; how many of them it was."""
    held = (inbox.c.update_id.in_(numbers), inbox.c.token == token, UNDONE)
    result = await connection.execute(
        update(inbox).where(*held).values(done=now, body="", token=None, lease_until=None)
    )
    return int(result.rowcount)


async def give_back(connection: AsyncConnection, token: str) -> None:
    """Arrow d for all that is still held under this token."""
    held = and_(UNDONE, inbox.c.token == token)
    await connection.execute(update(inbox).where(held).values(token=None, lease_until=None))


async def forget(connection: AsyncConnection, before: datetime) -> int:
    """Arrow e for what was done before an instant, some thousand at a time; how many it was."""
    old = select(inbox.c.update_id).where(inbox.c.done < before).limit(MOST_FORGOTTEN)
    result = await connection.execute(delete(inbox).where(inbox.c.update_id.in_(old)))
    return int(result.rowcount)
