"""Searches the archive with the database's own full-text index.

That index knows words between blanks. If a term has letters of a script without blanks, or of Korean, whose particles
are attached, all terms are looked for inside the texts of the newest articles instead.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from briefings.model import Article
from briefings.store.articles import load
from briefings.store.schema import articles
from briefings.text.words import is_spaced
from briefings.topics.query import Query

WINDOWS = (50, 500, 5_000)
"""How many of the newest matches are looked through, one step after the other: a bound on the cost of any word."""

RECENT = 3_000
"""Articles that PostgreSQL looks through one by one before it asks the index, whose matches come in no order."""

READ_THROUGH = 5_000
"""Newest articles whose texts are read when the index does not know the terms: a tenth of a second on SQLite."""


async def find(connection: AsyncConnection, query: Query, limit: int) -> list[Article]:
    """Return the newest articles with all words and phrases and none of the unwanted ones, newest first.

    A date or a source is looked for among the newest 5,000 articles that match the words.
    """
    statement = _filtered(query).order_by(articles.c.id.desc()).limit(limit)
    wanted = (*query.words, *query.phrases)
    if not wanted:
        return await load(connection, statement)
    contains = _in_sqlite if connection.dialect.name == "sqlite" else _in_postgresql
    if not all(map(is_spaced, wanted)):
        oldest = select(func.max(articles.c.id) - READ_THROUGH).scalar_subquery()
        held = and_(articles.c.id > oldest, *map(contains, wanted), *(~contains(term) for term in query.without))
        return await load(connection, statement.where(held))
    outside = [term for term in query.without if not is_spaced(term)]
    statement = statement.where(*(~contains(term) for term in outside))
    query = replace(query, without=tuple(term for term in query.without if is_spaced(term)))
    is_filtered = bool(query.since or query.before or query.source or query.without_sources or outside)
    hits: list[Article] = []
    matches = _in_fts5 if connection.dialect.name == "sqlite" else _in_tsvector
    async for ids in matches(connection, query, limit, is_filtered):
        hits = await load(connection, statement.where(articles.c.id.in_(ids)))
        if len(hits) == limit:
            break
    return hits


async def _in_fts5(
    connection: AsyncConnection, query: Query, limit: int, is_filtered: bool
) -> AsyncIterator[list[int]]:
    """Yield the newest matches, more of them each time. Every term is quoted: nothing a reader types is an operator."""
    wanted = " AND ".join(map(_quoted, (*query.words, *query.phrases)))
    unwanted = " OR ".join(map(_quoted, query.without))
    match = f"({wanted}) NOT ({unwanted})" if unwanted else wanted
    # In this order FTS5 yields one match after another, so a word in every article costs no more than a rare one.
    newest = text("SELECT rowid FROM articles_fts WHERE articles_fts MATCH :match ORDER BY rowid DESC LIMIT :most")
    for window in WINDOWS:
        ids = list(await connection.scalars(newest, {"match": match, "most": max(window, limit)}))
        yield ids
        if len(ids) < window:
            return


async def _in_tsvector(
    connection: AsyncConnection, query: Query, limit: int, is_filtered: bool
) -> AsyncIterator[list[int]]:
    """Yield the matches among the newest articles, enough for a common word; then the newest of all matches."""
    wanted = {f"wanted{number}": _storable(term) for number, term in enumerate((*query.words, *query.phrases))}
    unwanted = {f"unwanted{number}": _storable(term) for number, term in enumerate(query.without)}
    phrase = "phraseto_tsquery('simple', briefings_plain(:{}))"
    terms = [phrase.format(name) for name in wanted] + ["!!" + phrase.format(name) for name in unwanted]
    match, parameters = f"words @@ ({' && '.join(terms)})", wanted | unwanted
    recent = f"(SELECT id, words FROM articles ORDER BY id DESC LIMIT {RECENT}) AS recent"  # noqa: S608 - ours
    # "id + 0" keeps PostgreSQL from walking through the articles from the newest on, which is slow for a rare word.
    for table, window in ((recent, WINDOWS[1]), ("articles", WINDOWS[2])):
        newest = text(f"SELECT id FROM {table} WHERE {match} ORDER BY id + 0 DESC LIMIT :most")  # noqa: S608 - ours
        yield list(await connection.scalars(newest, parameters | {"most": window if is_filtered else limit}))


def _filtered(query: Query) -> Select[Any]:
    statement = select(articles)
    when = func.coalesce(articles.c.published, articles.c.added)
    if query.since:
        statement = statement.where(when >= _start_of(query.since))
    if query.before:
        statement = statement.where(when < _start_of(query.before))
    if query.source:
        statement = statement.where(_source_contains(query.source))
    return statement.where(*(~_source_contains(name) for name in query.without_sources))


def _in_sqlite(term: str) -> ColumnElement[bool]:
    return or_(*(func.instr(column, _storable(term.lower())) > 0 for column in _TEXTS))


def _in_postgresql(term: str) -> ColumnElement[bool]:
    return or_(*(func.strpos(column, _storable(term.lower())) > 0 for column in _TEXTS))


_TEXTS = tuple(
    func.lower(func.coalesce(column, "")) for column in (articles.c.title, articles.c.summary, articles.c.text)
)


def _start_of(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _source_contains(name: str) -> ColumnElement[bool]:
    return func.lower(articles.c.source).contains(_storable(name.lower()), autoescape=True)


def _quoted(term: str) -> str:
    return '"' + _storable(term).replace('"', '""') + '"'


def _storable(text: str) -> str:
    """Remove what no database accepts in a text: half characters and NUL."""
    return text.encode(errors="ignore").decode().replace("\0", " ")
