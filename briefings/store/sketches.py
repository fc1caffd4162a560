"""Sketches of originals, by which their copies are found. Only originals have one; `copies.py` says what it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from briefings.store.schema import article_sketches as sketches
from briefings.store.schema import articles
from briefings.stories.duplicates import WINDOW_DAYS, Report

Row = tuple[int, int, int]
"""A shingle, a day, and the article whose sketch holds it."""


async def near(connection: AsyncConnection, shingles: Iterable[int], days: Iterable[int]) -> list[Row]:
    """Where these shingles stand in the sketches of about these days."""
    wanted, when = sorted(set(shingles)), sorted(set(days))
    found: list[Row] = []
    for start in range(0, len(wanted), 500):  # a database takes a bounded number of parameters
        rows = await connection.execute(
            select(sketches.c.shingle, sketches.c.day, sketches.c.article_id)
            .where(sketches.c.shingle.in_(wanted[start : start + 500]))
            .where(sketches.c.day.between(when[0] - WINDOW_DAYS, when[-1] + WINDOW_DAYS))
        )
        found += [(row.shingle, row.day, row.article_id) for row in rows]
    return found


async def reports(connection: AsyncConnection, ids: Iterable[int]) -> dict[int, Report]:
    """What these articles say, to compare with."""
    wanted = list(ids)
    found: dict[int, Report] = {}
    for start in range(0, len(wanted), 500):
        columns = (articles.c.id, articles.c.title, articles.c.text, articles.c.source)
        rows = await connection.execute(select(*columns).where(articles.c.id.in_(wanted[start : start + 500])))
        found |= {row.id: Report(row.title, row.text, row.source) for row in rows}
    return found


async def note(connection: AsyncConnection, rows: Sequence[Row]) -> None:
    """Keep the sketches of new originals."""
    if rows:
        await connection.execute(
            insert(sketches),
            [{"shingle": shingle, "day": day, "article_id": article} for shingle, day, article in rows],
        )


async def forget(connection: AsyncConnection, article: int) -> None:
    """The article says something else now, or is a copy."""
    await connection.execute(delete(sketches).where(sketches.c.article_id == article))


async def promote(connection: AsyncConnection, article: int) -> None:
    """Make the first copy of an article the original of the others, and give it the article's sketch."""
    first = await connection.scalar(select(func.min(articles.c.id)).where(articles.c.copy_of == article))
    if first is not None:
        await connection.execute(update(articles).where(articles.c.id == first).values(copy_of=None))
        await connection.execute(update(articles).where(articles.c.copy_of == article).values(copy_of=first))
        await connection.execute(update(sketches).where(sketches.c.article_id == article).values(article_id=first))
