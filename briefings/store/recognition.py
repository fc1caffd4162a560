"""The stored articles among which an entry is recognised, and what recognising an entry changes in them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Row, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from briefings.store import report_terms, sketches
from briefings.store.rows import chunks
from briefings.store.schema import articles
from briefings.stories.keyed import KeyedEntry, KnownArticle, TakenOver

COMPARED_TEXT = 4_000
"""Characters of a stored text that are compared with an entry of the same address."""

_COLUMNS: tuple[ColumnElement[Any], ...] = (
    articles.c.id,
    articles.c.title,
    func.substr(articles.c.text, 1, COMPARED_TEXT).label("text"),
    articles.c.source,
    articles.c.fingerprint,
    articles.c.published,
    articles.c.added,
    articles.c.origin,
    articles.c.item,
    articles.c.canonical,
    articles.c.copy_of,
    articles.c.attached_to,
)


async def known(connection: AsyncConnection, batch: Sequence[KeyedEntry]) -> list[KnownArticle]:
    """Return the stored articles with the key, the address or the text of one of these entries, oldest first."""
    wanted: tuple[tuple[Column[Any], Iterable[str | None]], ...] = (
        (articles.c.item, (keyed.item for keyed in batch)),
        (articles.c.canonical, (keyed.canonical for keyed in batch)),
        (articles.c.fingerprint, (keyed.fingerprint for keyed in batch)),
    )
    by_id: dict[int, KnownArticle] = {}
    for column, values in wanted:
        for chunk in chunks(sorted(set(filter(None, values)))):
            rows = await connection.execute(select(*_COLUMNS).where(column.in_(chunk)))
            by_id |= {row.id: _known(row) for row in rows}
    return [by_id[number] for number in sorted(by_id)]


def _known(row: Row[Any]) -> KnownArticle:
    when: datetime = row.published or row.added
    return KnownArticle(
        row.id, row.title, row.text, row.source, row.fingerprint, when.toordinal(), row.published is not None,
        row.origin, row.item, row.canonical, row.copy_of, row.attached_to,
    )  # fmt: skip


async def adopt(connection: AsyncConnection, article: int, keyed: KeyedEntry) -> None:
    """Store the origin and the key of an article that is older than origins."""
    values = {"origin": keyed.origin, "item": keyed.item}
    await connection.execute(update(articles).where(articles.c.id == article).values(values))


async def release(connection: AsyncConnection, ids: Sequence[int]) -> None:
    """Take the keys from articles: their source uses them for others now."""
    if ids:
        await connection.execute(update(articles).where(articles.c.id.in_(ids)).values(item=None))


async def take_over(connection: AsyncConnection, taken: TakenOver) -> None:
    """Attach an article, and those that were attached to it, to the one whose words it only points at."""
    is_moved = (articles.c.id == taken.old) | (articles.c.attached_to == taken.old)
    await connection.execute(update(articles).where(is_moved).values(attached_to=taken.main))
    await report_terms.mark_unread(connection, [taken.old])
    if taken.is_copy:
        is_copy = (articles.c.id == taken.old) | (articles.c.copy_of == taken.old)
        await connection.execute(update(articles).where(is_copy).values(copy_of=taken.main))
        await sketches.forget(connection, taken.old)
