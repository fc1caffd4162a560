"""The pace: one row, shared by every process, from which each message gets a send time of its own.

The pace is the row; the rate limit (`passes/rate_limit.py`) is what reserves send times from it and makes messages wait
for them. Never gives a send time twice, and never one that has passed.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import bindparam, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from briefings.store.schema import pace

HORIZON = timedelta(seconds=30)
"""Send times further ahead than this were reserved by a clock that has since been set back, and are void."""

_FREE_AT = select(pace.c.free_at).where(pace.c.id == 1)
_FIRST = text("INSERT INTO pace (id, free_at) VALUES (1, :now) ON CONFLICT DO NOTHING").bindparams(
    bindparam("now", type_=pace.c.free_at.type)
)
_RESERVE = update(pace).where(pace.c.id == 1, pace.c.free_at == bindparam("before")).values(free_at=bindparam("after"))


async def reserve(connection: AsyncConnection, count: int, spacing: timedelta, now: datetime) -> datetime:
    """Reserve `count` consecutive send times, `spacing` apart; return the first.

    Compares and sets instead of locking the row, so that a process that stops in the middle delays no other.
    """
    while True:
        free_at = await connection.scalar(_FREE_AT)
        if free_at is None:
            await connection.execute(_FIRST, {"now": now})
            continue
        first: datetime = free_at if now < free_at < now + HORIZON else now
        reserved = await connection.execute(_RESERVE, {"before": free_at, "after": first + count * spacing})
        if reserved.rowcount:
            return first
