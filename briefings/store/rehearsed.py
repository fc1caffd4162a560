"""The stories of a rehearsal: selected as if every article had been ready at its date. Reads only.

An article without a date was ready when it was added. `articles.py` selects by when articles were really ready.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from briefings.store.schema import articles


async def stories_since(
    connection: AsyncConnection, mark: datetime | None, window: datetime, until: datetime
) -> list[int]:
    """Return the stories that had something to tell at `until` to a reader who stood at `mark`.

    They have an article that is dated after `mark`, from `window` to `until`; or one that is undated, was added by hand
    then, and after `mark`. Without a mark it was added at or after `window`.
    """
    ready = select(articles.c.story_id).where(articles.c.ready.is_not(None))
    dated = ready.where(articles.c.published >= window, articles.c.published <= until)
    is_by_hand = articles.c.published.is_(None) & articles.c.by_hand
    undated = ready.where(is_by_hand, articles.c.added <= until)
    if mark is None:
        undated = undated.where(articles.c.added >= window)
    else:
        dated, undated = dated.where(articles.c.published > mark), undated.where(articles.c.added > mark)
    return list(await connection.scalars(dated.union(undated)))


async def stories_before(connection: AsyncConnection, mark: datetime, limit: int) -> list[int]:
    """Return the stories with articles dated up to `mark`, the latest first."""
    when = func.coalesce(articles.c.published, articles.c.added)
    statement = (
        select(articles.c.story_id)
        .where(articles.c.ready.is_not(None), when <= mark)
        .group_by(articles.c.story_id)
        .order_by(func.max(when).desc(), articles.c.story_id.desc())
        .limit(limit)
    )
    return list(await connection.scalars(statement))
