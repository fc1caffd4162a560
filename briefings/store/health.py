"""The vital signs of the newsroom: a few numbers that stay cheap however much it holds. Changes nothing.

Counting stops at `MOST_COUNTED`, and only the `MOST_LOOKED_AT` open deliveries that are due first are searched for the
oldest one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Table, TextClause, and_, func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from briefings.editions.model import DeliveryState
from briefings.sources.source import TROUBLE
from briefings.store.pace import HORIZON
from briefings.store.schema import IS_CLOSED_BADLY, IS_OPEN, deliveries, inbox, pace, sources

MOST_COUNTED = 100_000
MOST_LOOKED_AT = 10_000
NONE = timedelta(0)


@dataclass(frozen=True, slots=True)
class Vitals:
    """The vital signs at one instant.

    `outbox` and `inbox` count what is not done. `oldest` is the age of the oldest open delivery, `late` that of the
    oldest one which may be sent now; both are zero when there is none.
    """

    outbox: int
    oldest: timedelta
    late: timedelta
    inbox: int
    failed: int
    unknown: int
    """Deliveries that could not be delivered, or of which a message may not have arrived, since the beginning."""

    sources_in_trouble: int
    reserved_ahead: timedelta
    """How far ahead send times are reserved."""


async def vitals(connection: AsyncConnection, now: datetime) -> Vitals:
    """Return the vital signs."""
    next_ones = (
        select(deliveries.c.created, deliveries.c.not_before)
        .where(text(IS_OPEN))
        .order_by(deliveries.c.not_before, deliveries.c.id)
        .limit(MOST_LOOKED_AT)
        .subquery()
    )
    oldest = select(func.min(next_ones.c.created))
    late = oldest.where(next_ones.c.not_before <= now)
    free_at = await connection.scalar(select(pace.c.free_at).where(pace.c.id == 1))
    return Vitals(
        outbox=await _count(connection, deliveries, text(IS_OPEN)),
        oldest=_since(await connection.scalar(oldest), now),
        late=_since(await connection.scalar(late), now),
        inbox=await _count(connection, inbox, inbox.c.done.is_(None)),
        failed=await _count(connection, deliveries, _closed(DeliveryState.FAILED)),
        unknown=await _count(connection, deliveries, _closed(DeliveryState.UNKNOWN)),
        sources_in_trouble=await _count(connection, sources, sources.c.failures >= TROUBLE),
        reserved_ahead=free_at - now if free_at is not None and now < free_at < now + HORIZON else NONE,
    )


def _closed(state: DeliveryState) -> ColumnElement[bool]:
    return and_(text(IS_CLOSED_BADLY), deliveries.c.state == state)


def _since(then: datetime | None, now: datetime) -> timedelta:
    return NONE if then is None else max(NONE, now - then)


async def _count(connection: AsyncConnection, table: Table, condition: ColumnElement[bool] | TextClause) -> int:
    counted = select(next(iter(table.primary_key))).where(condition).limit(MOST_COUNTED).subquery()
    return int(await connection.scalar(select(func.count()).select_from(counted)) or 0)
