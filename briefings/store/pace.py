"""The pace: one row, shared by every process, that promises each message an instant of its own."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from briefings.store.schema import pace

HORIZON = timedelta(seconds=30)
"""Promises further ahead than this come from a clock that has since been set back, and are void."""

_FREE_AT = select(pace.c.free_at).where(pace.c.id == 1)
_PROMISE = update(pace).where(pace.c.id == 1).values(free_at=bindparam("after"))


async def reserve(connection: AsyncConnection, count: int, spacing: timedelta, now: datetime) -> datetime:
    """Promise `count` consecutive instants, `spacing` apart; return the first."""
    free_at = await connection.scalar(_FREE_AT)
    first = now if free_at is None or not now < free_at < now + HORIZON else free_at
    after = first + count * spacing
    if free_at is None:
        await connection.execute(insert(pace).values(id=1, free_at=after))
    else:
        await connection.execute(_PROMISE, {"after": after})
    return first
