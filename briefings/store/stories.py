"""Stories: opened, brought up to date and listed. A story is its articles; here it has only an id and its last day.

A story whose articles have all moved to another keeps its row: an id is never given again, nor taken from under a
run that is about to join it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from briefings.model import Article, Story
from briefings.store import articles
from briefings.store.schema import articles as held
from briefings.store.schema import stories


async def start(connection: AsyncConnection, when: datetime) -> int:
    """Open a story with its first report; return its id."""
    added = await connection.execute(insert(stories).values(last=when).returning(stories.c.id))
    return int(added.scalar_one())


async def refresh_last(connection: AsyncConnection, ids: Iterable[int]) -> None:
    """Take the last day of these stories anew from the articles they now have."""
    latest = select(func.max(func.coalesce(held.c.published, held.c.added))).where(held.c.story_id == stories.c.id)
    last = func.coalesce(latest.scalar_subquery(), stories.c.last)
    await connection.execute(update(stories).where(stories.c.id.in_(list(ids))).values(last=last))


async def by_ids(connection: AsyncConnection, ids: Iterable[int]) -> list[Story]:
    """Stories with all their articles, in the order asked for."""
    wanted = list(ids)
    found = {story.id: story for story in grouped(await articles.of_stories(connection, wanted))}
    return [found[story] for story in wanted if story in found]


async def everything(connection: AsyncConnection) -> list[Story]:
    """All stories, newest first."""
    ids = (await connection.scalars(select(stories.c.id).order_by(stories.c.last.desc(), stories.c.id.desc()))).all()
    by_id = {story.id: story for story in grouped(await articles.newest(connection, None))}
    return [by_id[story] for story in ids if story in by_id]


def grouped(found: Iterable[Article]) -> list[Story]:
    """Articles put together by story, each story's oldest first."""
    members: dict[int, list[Article]] = {}
    for article in found:
        members.setdefault(article.story, []).append(article)
    return [Story(story, tuple(sorted(reports, key=lambda a: (a.when, a.id)))) for story, reports in members.items()]
