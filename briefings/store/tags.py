"""Tags: which articles have which topic, counted, and set again when a topic was added or changed.

Changes only tags and the topics' own cursors, so no article becomes new to a reader.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from briefings.store.schema import article_topics, articles, topics
from briefings.topics.tag import Tag


@dataclass(frozen=True, slots=True)
class ReadyText:
    """The part of a ready article that decides its topics."""

    id: int
    title: str
    text: str
    language: str


async def texts_after(connection: AsyncConnection, after: int, limit: int) -> list[ReadyText]:
    """Return the texts of the next `limit` ready articles after the one with this id, in the order of storing."""
    rows = await connection.execute(
        select(articles.c.id, articles.c.title, articles.c.text, articles.c.language)
        .where(articles.c.id > after, articles.c.ready.is_not(None))
        .order_by(articles.c.id)
        .limit(limit)
    )
    return [ReadyText(*row) for row in rows]


async def backfill(
    connection: AsyncConnection, command: str, tagged: Mapping[int, Tag], searched: Sequence[int], last: int | None
) -> None:
    """Give a topic to the `tagged` ones of the `searched` articles, and take it from the others.

    `tagged` maps an article to its tag for the topic. `last` is the last article searched, None when there are
    no more to search.
    """
    tags = article_topics.c
    await connection.execute(delete(article_topics).where(tags.topic == command, tags.article_id.in_(searched)))
    stored = await connection.scalars(select(articles.c.id).where(articles.c.id.in_(tagged)))  # some may be removed
    rows = [row(article, command, tagged[article]) for article in stored]
    if rows:
        await connection.execute(insert(article_topics), rows)
    await connection.execute(update(topics).where(topics.c.command == command).values(backfill_from=last))


def row(article: int, command: str, tag: Tag) -> dict[str, Any]:
    """Return an article's tag as a row of its table."""
    return {"topic": command, "article_id": article, "about": tag.is_about, "strength": tag.strength}


async def count(connection: AsyncConnection) -> dict[str, int]:
    """Return how many articles each topic has, by command; topics without articles are left out."""
    rows = await connection.execute(select(article_topics.c.topic, func.count()).group_by(article_topics.c.topic))
    return {topic: number for topic, number in rows}
