"""The archive searched, by the database's own full-text index."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Select, func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from briefings.model import Article, Query
from briefings.store.articles import load
from briefings.store.schema import articles

WINDOWS = (50, 500, 5_000)
"""Of the matches, so many of the newest are looked through, as far as it takes: a bound on what any word costs."""


async def find(connection: AsyncConnection, query: Query, limit: int) -> list[Article]:
    """The newest articles that hold all words and phrases and none of the unwanted, newest first.

    Where a date or a source is asked for besides, it is sought among the newest 5,000 that hold the words.
    """
    statement = _filtered(query).order_by(articles.c.id.desc()).limit(limit)
    wanted = _match(query)
    if not wanted:
        return await load(connection, statement)
    found: list[Article] = []
    for window in WINDOWS:
        # In this order the index gives match after match: a word in every article costs no more than a rare one.
        newest = text("SELECT rowid FROM articles_fts WHERE articles_fts MATCH :wanted ORDER BY rowid DESC LIMIT :most")
        ids = list(await connection.scalars(newest, {"wanted": wanted, "most": max(window, limit)}))
        found = await load(connection, statement.where(articles.c.id.in_(ids)))
        if len(found) == limit or len(ids) < window:
            break
    return found


def _filtered(query: Query) -> Select[Any]:
    statement = select(articles)
    if query.since:
        first = datetime(query.since.year, query.since.month, query.since.day, tzinfo=UTC)
        statement = statement.where(func.coalesce(articles.c.published, articles.c.added) >= first)
    if query.source:
        statement = statement.where(
            func.lower(articles.c.source).contains(_storable(query.source.lower()), autoescape=True)
        )
    return statement


def _match(query: Query) -> str:
    """The query in FTS5's own language; every term quoted, so nothing a reader types is an operator."""
    wanted = " AND ".join(_quoted(term) for term in (*query.words, *query.phrases))
    unwanted = " OR ".join(_quoted(term) for term in query.without)
    if wanted and unwanted:
        return f"({wanted}) NOT ({unwanted})"
    return wanted


def _quoted(term: str) -> str:
    return '"' + _storable(term).replace('"', '""') + '"'


def _storable(text: str) -> str:
    """Without what cannot be handed to a database: half characters and NUL."""
    return text.encode(errors="ignore").decode().replace("\0", " ")
