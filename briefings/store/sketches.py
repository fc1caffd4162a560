"""Sketches of originals, by which their copies are found. Copies have none. `stories/duplicates.py` makes them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from briefings.store import report_terms
from briefings.store.rows import chunks
from briefings.store.schema import article_sketches as sketches
from briefings.store.schema import articles
from briefings.stories.duplicates import WINDOW_DAYS, ReportText

Row = tuple[int, int, int]
"""A shingle, the day of the article (as `date.toordinal` counts), and the id of the article with this shingle."""


async def near(connection: AsyncConnection, shingles: Iterable[int], days: Iterable[int]) -> list[Row]:
    """Return the rows with these shingles, from the first of these days to the last and `WINDOW_DAYS` around them."""
    wanted, when = sorted(set(shingles)), sorted(set(days))
    rows: list[Row] = []
    for chunk in chunks(wanted):
        result = await connection.execute(
            select(sketches.c.shingle, sketches.c.day, sketches.c.article_id)
            .where(sketches.c.shingle.in_(chunk))
            .where(sketches.c.day.between(when[0] - WINDOW_DAYS, when[-1] + WINDOW_DAYS))
        )
        rows += [(row.shingle, row.day, row.article_id) for row in result]
    return rows


async def reports(connection: AsyncConnection, ids: Iterable[int]) -> dict[int, ReportText]:
    """Return what these articles say, by id, to compare other texts with."""
    texts: dict[int, ReportText] = {}
    for chunk in chunks(list(ids)):
        columns = (articles.c.id, articles.c.title, articles.c.text, articles.c.source)
        rows = await connection.execute(select(*columns).where(articles.c.id.in_(chunk)))
        texts |= {row.id: ReportText(row.title, row.text, row.source) for row in rows}
    return texts


async def note(connection: AsyncConnection, rows: Sequence[Row]) -> None:
    """Store the sketches of originals."""
    if rows:
        await connection.execute(
            insert(sketches),
            [{"shingle": shingle, "day": day, "article_id": article} for shingle, day, article in rows],
        )


async def forget(connection: AsyncConnection, article: int) -> None:
    """Delete the sketch of an article whose text has changed or that is a copy now."""
    await connection.execute(delete(sketches).where(sketches.c.article_id == article))


async def promote(connection: AsyncConnection, article: int) -> None:
    """Make the first copy of an article the original of the other copies, and give it the article's sketch.

    Reports that only point at the article stay its copies.
    """
    is_copy = (articles.c.copy_of == article) & (func.coalesce(articles.c.attached_to, 0) != article)
    first = await connection.scalar(select(func.min(articles.c.id)).where(is_copy))
    if first is not None:
        await connection.execute(update(articles).where(articles.c.id == first).values(copy_of=None))
        await connection.execute(update(articles).where(is_copy).values(copy_of=first))
        await connection.execute(update(sketches).where(sketches.c.article_id == article).values(article_id=first))
        await report_terms.mark_unread(connection, [first])
