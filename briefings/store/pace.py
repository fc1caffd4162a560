"""The pace: one row, shared by every process, that promises each message an instant of its own."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import bindparam, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from briefings.store.schema import pace

HORIZON = timedelta(seconds=30)
"""Promises further ahead than this come from a clock that has since been set back, and are void."""

_FREE_AT = select(pace.c.free_at).where(pace.c.id == 1)
_FIRST = text("INSERT INTO pace (id, free_at) VALUES (1, :now) ON CONFLICT DO NOTHING").bindparams(
    bindparam("now", type_=pace.c.free_at.type)
)
_PROMISE = update(pace).where(pace.c.id == 1, pace.c.free_at == bindparam("before")).values(free_at=bindparam("after"))


async def reserve(connection: AsyncConnection, count: int, spacing: timedelta, now: datetime) -> datetime:
    """Promise `count` consecutive instants, `spacing` apart; return the first.

    By comparing and setting, so that who stops in the middle of it holds nobody up.
    """
    while True:
        free_at = await connection.scalar(_FREE_AT)
        if free_at is None:
            await connection.execute(_FIRST, {"now": now})
            continue
        first: datetime = free_at if now < free_at < now + HORIZON else now
        promised = await connection.execute(_PROMISE, {"before": free_at, "after": first + count * spacing})
        if promised.rowcount:
            return first
