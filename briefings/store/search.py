"""The archive searched, by the database's own full-text index."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from briefings.model import Article, Query
from briefings.store.articles import load
from briefings.store.schema import articles


async def find(connection: AsyncConnection, query: Query, limit: int) -> list[Article]:
    """The newest articles that hold all words and phrases and none of the unwanted, newest first."""
    statement = select(articles).order_by(articles.c.id.desc()).limit(limit)
    wanted = _match(query)
    if wanted:
        index = text("articles.id IN (SELECT rowid FROM articles_fts WHERE articles_fts MATCH :wanted)")
        statement = statement.where(index.bindparams(wanted=wanted))
    if query.since:
        first = datetime(query.since.year, query.since.month, query.since.day, tzinfo=UTC)
        statement = statement.where(func.coalesce(articles.c.published, articles.c.added) >= first)
    if query.source:
        statement = statement.where(
            func.lower(articles.c.source).contains(_storable(query.source.lower()), autoescape=True)
        )
    return await load(connection, statement)


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
