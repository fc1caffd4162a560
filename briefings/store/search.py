"""The archive searched, by the database's own full-text index."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Select, TextClause, func, select, text
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
    if not query.words and not query.phrases:
        return await load(connection, statement)
    newest, terms = (_in_fts5 if connection.dialect.name == "sqlite" else _in_tsvector)(query)
    found: list[Article] = []
    for window in WINDOWS:
        ids = list(await connection.scalars(newest, terms | {"most": max(window, limit)}))
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


def _in_fts5(query: Query) -> tuple[TextClause, dict[str, str]]:
    """The ids of what SQLite finds; every term quoted, so nothing a reader types is an operator."""
    wanted = " AND ".join(_quoted(term) for term in (*query.words, *query.phrases))
    unwanted = " OR ".join(_quoted(term) for term in query.without)
    match = f"({wanted}) NOT ({unwanted})" if unwanted else wanted
    # In this order the index gives match after match: a word in every article costs no more than a rare one.
    newest = text("SELECT rowid FROM articles_fts WHERE articles_fts MATCH :match ORDER BY rowid DESC LIMIT :most")
    return newest, {"match": match}


def _in_tsvector(query: Query) -> tuple[TextClause, dict[str, str]]:
    """The ids of what PostgreSQL finds; it knows how frequent a word is, and goes by the index or the newest first."""
    wanted = {f"wanted{number}": _storable(term) for number, term in enumerate((*query.words, *query.phrases))}
    unwanted = {f"unwanted{number}": _storable(term) for number, term in enumerate(query.without)}
    phrase = "phraseto_tsquery('simple', briefings_plain(:{}))"
    match = " && ".join([phrase.format(name) for name in wanted] + ["!!" + phrase.format(name) for name in unwanted])
    newest = text(f"SELECT id FROM articles WHERE words @@ ({match}) ORDER BY id DESC LIMIT :most")  # noqa: S608 - ours
    return newest, wanted | unwanted


def _quoted(term: str) -> str:
    return '"' + _storable(term).replace('"', '""') + '"'


def _storable(text: str) -> str:
    """Without what cannot be handed to a database: half characters and NUL."""
    return text.encode(errors="ignore").decode().replace("\0", " ")
