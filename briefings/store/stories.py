"""Stories: started, brought up to date and listed. A row holds only an id and the latest date; the rest is articles.

A story whose articles have all moved to another keeps its row, so that no id is given twice and no id disappears while
a run is about to add an article to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import exists, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from briefings.model import Article, Story
from briefings.store import articles
from briefings.store.schema import articles as articles_table
from briefings.store.schema import stories

_NEWEST_FIRST = (stories.c.last.desc(), stories.c.id.desc())


async def start(connection: AsyncConnection, when: datetime) -> int:
    """Start a story. `when` is the date of its first report. Return its id."""
    return (await start_all(connection, [when]))[0]


async def start_all(connection: AsyncConnection, whens: Sequence[datetime]) -> list[int]:
    """Start stories, one for each date of a first report. Return their ids in this order."""
    if not whens:
        return []
    statement = insert(stories).returning(stories.c.id, sort_by_parameter_order=True)
    return list(await connection.scalars(statement, [{"last": when} for when in whens]))


async def refresh_last(connection: AsyncConnection, ids: Iterable[int]) -> None:
    """Set the latest date of these stories from the articles they now have."""
    when = func.coalesce(articles_table.c.published, articles_table.c.added)
    latest = select(func.max(when)).where(articles_table.c.story_id == stories.c.id)
    last = func.coalesce(latest.scalar_subquery(), stories.c.last)
    await connection.execute(update(stories).where(stories.c.id.in_(list(ids))).values(last=last))


async def by_ids(connection: AsyncConnection, ids: Iterable[int]) -> list[Story]:
    """Return stories with all their articles, in the order of `ids`; a story without articles is left out."""
    wanted = list(ids)
    by_id = {story.id: story for story in grouped(await articles.of_stories(connection, wanted))}
    return [by_id[story] for story in wanted if story in by_id]


async def newest(connection: AsyncConnection, limit: int) -> list[Story]:
    """Return the stories with the latest reports, each whole, newest first. Loads no article of any other story."""
    has_report = exists().where(articles_table.c.story_id == stories.c.id, articles_table.c.ready.is_not(None))
    ids = await connection.scalars(select(stories.c.id).where(has_report).order_by(*_NEWEST_FIRST).limit(limit))
    return await by_ids(connection, ids)


async def count(connection: AsyncConnection) -> int:
    """Return how many stories have a ready article."""
    told = select(func.count(articles_table.c.story_id.distinct())).where(articles_table.c.ready.is_not(None))
    return (await connection.execute(told)).scalar_one()


async def everything(connection: AsyncConnection) -> list[Story]:
    """Return all stories, newest first."""
    ids = (await connection.scalars(select(stories.c.id).order_by(*_NEWEST_FIRST))).all()
    by_id = {story.id: story for story in grouped(await articles.newest(connection, None))}
    return [by_id[story] for story in ids if story in by_id]


def grouped(reports: Iterable[Article]) -> list[Story]:
    """Put articles together by their story. Within a story the oldest comes first."""
    members: dict[int, list[Article]] = {}
    for article in reports:
        members.setdefault(article.story, []).append(article)
    return [Story(story, tuple(sorted(own, key=lambda a: (a.when, a.id)))) for story, own in members.items()]
