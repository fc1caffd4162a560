"""Topics: seeded once from files, from then on the database is the truth."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from briefings.model import Topic
from briefings.store.schema import articles, topics

FIELDS = tuple(Topic.__slots__)
LISTS = ("aliases", "exact", "related", "tags", "all", "none")
FINDS = ("aliases", "exact", "all", "none")
"""The fields that decide which articles a topic is found in."""


async def everything(connection: AsyncConnection) -> list[Topic]:
    """All topics by command."""
    return [_topic(row) for row in await connection.execute(select(topics).order_by(topics.c.command))]


async def seed(connection: AsyncConnection, starters: Iterable[Topic]) -> int:
    """Fill an empty table with the starter set; return how many were added (0 when there were topics)."""
    if await connection.scalar(select(func.count()).select_from(topics)):
        return 0
    begin = await _begin(connection)
    rows = [_values(topic) | {"backfill_from": begin} for topic in starters]
    if rows:
        await connection.execute(insert(topics), rows)
    return len(rows)


async def keep(connection: AsyncConnection, topic: Topic) -> str:
    """Add or change a topic: "added", "changed" or "unchanged". What is kept is then to be looked through for it."""
    known = (await connection.execute(select(topics).where(topics.c.command == topic.command))).one_or_none()
    if known is None:
        await connection.execute(insert(topics).values(**_values(topic), backfill_from=await _begin(connection)))
        return "added"
    before = _topic(known)
    if before == topic:
        return "unchanged"
    again = known.backfill_from
    if any(getattr(before, field) != getattr(topic, field) for field in FINDS):
        again = await _begin(connection)
    await connection.execute(
        update(topics).where(topics.c.command == topic.command).values(**_values(topic), backfill_from=again)
    )
    return "changed"


async def to_retag(connection: AsyncConnection) -> tuple[int, list[Topic]]:
    """The topics that the corpus is to be looked through for, and the last article that was; those furthest behind."""
    behind = select(func.min(topics.c.backfill_from)).scalar_subquery()
    rows = (
        await connection.execute(select(topics).where(topics.c.backfill_from == behind).order_by(topics.c.command))
    ).all()
    return (rows[0].backfill_from if rows else 0), [_topic(row) for row in rows]


async def _begin(connection: AsyncConnection) -> int | None:
    """Where to begin looking: nowhere when nothing is kept that another pass does not look at anyway."""
    kept = await connection.scalar(select(articles.c.id).where(articles.c.ready.is_not(None)).limit(1))
    return None if kept is None else 0


def _values(topic: Topic) -> dict[str, Any]:
    values = {field: getattr(topic, field) for field in FIELDS}
    return values | {field: list(values[field]) for field in LISTS}


def _topic(row: Row[Any]) -> Topic:
    values = row._mapping
    given: dict[str, Any] = {field: tuple(values[field]) if field in LISTS else values[field] for field in FIELDS}
    return Topic(**given)
