"""Which article bears which topic, told anew when a topic was added or changed.

Touches tags and the topics' own cursors only: an article stays as ready, and as old, as it was.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from briefings.store.schema import article_topics, articles, topics


@dataclass(frozen=True, slots=True)
class Page:
    """As much of a ready article as tells its topics."""

    id: int
    title: str
    text: str
    language: str


async def pages(connection: AsyncConnection, after: int, limit: int) -> list[Page]:
    """The next ready articles after this one, in order of arrival."""
    rows = await connection.execute(
        select(articles.c.id, articles.c.title, articles.c.text, articles.c.language)
        .where(articles.c.id > after, articles.c.ready.is_not(None))
        .order_by(articles.c.id)
        .limit(limit)
    )
    return [Page(*row) for row in rows]


async def backfill(
    connection: AsyncConnection, command: str, found: Mapping[int, bool], looked: Sequence[int], done: int | None
) -> None:
    """Give one topic to those of the `looked` articles it was `found` in (is it about it), take it from the others.

    `done` is the last article looked through, None when that was the last there is.
    """
    tagged = article_topics.c
    await connection.execute(delete(article_topics).where(tagged.topic == command, tagged.article_id.in_(looked)))
    if found:
        rows = [{"topic": command, "article_id": article, "about": about} for article, about in found.items()]
        await connection.execute(insert(article_topics), rows)
    await connection.execute(update(topics).where(topics.c.command == command).values(backfill_from=done))


async def count(connection: AsyncConnection) -> dict[str, int]:
    """How many articles bear each topic; topics of none are left out."""
    rows = await connection.execute(select(article_topics.c.topic, func.count()).group_by(article_topics.c.topic))
    return {topic: number for topic, number in rows}
