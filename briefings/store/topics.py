"""Topics: seeded once from files, from then on the database is the truth."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from briefings.model import Topic
from briefings.store.schema import topics


async def everything(connection: AsyncConnection) -> list[Topic]:
    """All topics by command."""
    return [_topic(row) for row in await connection.execute(select(topics).order_by(topics.c.command))]


async def seed(connection: AsyncConnection, starters: Iterable[Topic]) -> int:
    """Fill an empty table with the starter set; return how many were added (0 when there were topics)."""
    if await connection.scalar(select(func.count()).select_from(topics)):
        return 0
    rows = [
        {
            "command": topic.command,
            "title": topic.title,
            "definition": topic.definition,
            "expansion": topic.expansion,
            "aliases": list(topic.aliases),
            "exact": list(topic.exact),
            "related": list(topic.related),
            "tags": list(topic.tags),
        }
        for topic in starters
    ]
    if rows:
        await connection.execute(insert(topics), rows)
    return len(rows)


def _topic(row: Row[Any]) -> Topic:
    return Topic(
        command=row.command,
        title=row.title,
        definition=row.definition,
        expansion=row.expansion,
        aliases=tuple(row.aliases),
        exact=tuple(row.exact),
        related=tuple(row.related),
        tags=tuple(row.tags),
    )
