"""Topics. Topic files fill an empty table once; from then on the database is the truth.

`removal.py` removes topics. After that the table is never filled from the files again, even when it is empty.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row, exists, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from briefings.model import Topic
from briefings.store.schema import articles, removed_topics, topics

FIELDS = tuple(Topic.__slots__)
LISTS = ("aliases", "exact", "related", "tags", "all", "none")
MATCHING_FIELDS = ("aliases", "exact", "all", "none")
"""The fields that decide in which articles a topic is found. A change of one starts a backfill."""


async def everything(connection: AsyncConnection) -> list[Topic]:
    """Return all topics, sorted by command."""
    return [_topic(row) for row in await connection.execute(select(topics).order_by(topics.c.command))]


async def seed(connection: AsyncConnection, starters: Iterable[Topic]) -> int:
    """Fill an empty table with the starter topics. Return how many were added.

    None are added when there are topics already, or when one was removed.
    """
    if await connection.scalar(select(exists(select(topics)) | exists(select(removed_topics)))):
        return 0
    start = await _backfill_start(connection)
    rows = [_values(topic) | {"backfill_from": start} for topic in starters]
    if rows:
        await connection.execute(insert(topics), rows)
    return len(rows)


async def keep(connection: AsyncConnection, topic: Topic) -> str:
    """Add or change a topic, and mark it for backfill when its matches may change.

    Return "added", "changed" or "unchanged".
    """
    row = (await connection.execute(select(topics).where(topics.c.command == topic.command))).one_or_none()
    if row is None:
        await connection.execute(
            insert(topics).values(**_values(topic), backfill_from=await _backfill_start(connection))
        )
        return "added"
    before = _topic(row)
    if before == topic:
        return "unchanged"
    backfill_from = row.backfill_from
    if any(getattr(before, field) != getattr(topic, field) for field in MATCHING_FIELDS):
        backfill_from = await _backfill_start(connection)
    await connection.execute(
        update(topics).where(topics.c.command == topic.command).values(**_values(topic), backfill_from=backfill_from)
    )
    return "changed"


async def to_backfill(connection: AsyncConnection) -> tuple[int, list[Topic]]:
    """Return the changed topics whose backfill has come least far, and the id of the last article searched for them.

    Without a topic to backfill: 0 and no topics.
    """
    behind = select(func.min(topics.c.backfill_from)).scalar_subquery()
    rows = (
        await connection.execute(select(topics).where(topics.c.backfill_from == behind).order_by(topics.c.command))
    ).all()
    return (rows[0].backfill_from if rows else 0), [_topic(row) for row in rows]


async def _backfill_start(connection: AsyncConnection) -> int | None:
    """Return 0, before the first article. None when no article is ready yet: new articles get all topics anyway."""
    ready_article = await connection.scalar(select(articles.c.id).where(articles.c.ready.is_not(None)).limit(1))
    return None if ready_article is None else 0


def _values(topic: Topic) -> dict[str, Any]:
    values = {field: getattr(topic, field) for field in FIELDS}
    return values | {field: list(values[field]) for field in LISTS}


def _topic(row: Row[Any]) -> Topic:
    values = row._mapping
    fields: dict[str, Any] = {field: tuple(values[field]) if field in LISTS else values[field] for field in FIELDS}
    return Topic(**fields)
