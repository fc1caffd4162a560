"""The archive searched, by the database's own full-text index."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Select, func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from briefings.model import Article, Query
from briefings.store.articles import load
from briefings.store.schema import articles

WINDOWS = (50, 500, 5_000)
"""Of the matches, so many of the newest are looked through, as far as it takes: a bound on what any word costs."""

RECENT = 3_000
"""Articles that PostgreSQL looks at one by one before it asks the index, which gives matches in no order."""


async def find(connection: AsyncConnection, query: Query, limit: int) -> list[Article]:
    """The newest articles that hold all words and phrases and none of the unwanted, newest first.

    Where a date or a source is asked for besides, it is sought among the newest 5,000 that hold the words.
    """
    statement = _filtered(query).order_by(articles.c.id.desc()).limit(limit)
    if not query.words and not query.phrases:
        return await load(connection, statement)
    found: list[Article] = []
    matches = _in_fts5 if connection.dialect.name == "sqlite" else _in_tsvector
    async for ids in matches(connection, query, limit):
        found = await load(connection, statement.where(articles.c.id.in_(ids)))
        if len(found) == limit:
            break
    return found


async def _in_fts5(connection: AsyncConnection, query: Query, limit: int) -> AsyncIterator[list[int]]:
    """Ever more of the newest matches; every term is quoted, so nothing a reader types is an operator."""
    wanted = " AND ".join(_quoted(term) for term in (*query.words, *query.phrases))
    unwanted = " OR ".join(_quoted(term) for term in query.without)
    match = f"({wanted}) NOT ({unwanted})" if unwanted else wanted
    # In this order the index gives match after match: a word in every article costs no more than a rare one.
    newest = text("SELECT rowid FROM articles_fts WHERE articles_fts MATCH :match ORDER BY rowid DESC LIMIT :most")
    for window in WINDOWS:
        ids = list(await connection.scalars(newest, {"match": match, "most": max(window, limit)}))
        yield ids
        if len(ids) < window:
            return


async def _in_tsvector(connection: AsyncConnection, query: Query, limit: int) -> AsyncIterator[list[int]]:
    """The matches among the newest articles, which a common word has enough of; then the newest of all matches."""
    wanted = {f"wanted{number}": _storable(term) for number, term in enumerate((*query.words, *query.phrases))}
    unwanted = {f"unwanted{number}": _storable(term) for number, term in enumerate(query.without)}
    phrase = "phraseto_tsquery('simple', briefings_plain(:{}))"
    terms = [phrase.format(name) for name in wanted] + ["!!" + phrase.format(name) for name in unwanted]
    match, given = f"words @@ ({' && '.join(terms)})", wanted | unwanted
    filtered = bool(query.since or query.source)
    recent = f"(SELECT id, words FROM articles ORDER BY id DESC LIMIT {RECENT}) AS recent"  # noqa: S608 - ours
    # By "id + 0" it does not go through the articles from the newest on, which takes long for a rare word.
    for some, window in ((recent, WINDOWS[1]), ("articles", WINDOWS[2])):
        newest = text(f"SELECT id FROM {some} WHERE {match} ORDER BY id + 0 DESC LIMIT :most")  # noqa: S608 - ours
        yield list(await connection.scalars(newest, given | {"most": window if filtered else limit}))


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


def _quoted(term: str) -> str:
    return '"' + _storable(term).replace('"', '""') + '"'


def _storable(text: str) -> str:
    """Without what cannot be handed to a database: half characters and NUL."""
    return text.encode(errors="ignore").decode().replace("\0", " ")
