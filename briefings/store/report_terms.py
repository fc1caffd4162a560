"""The terms of reports, by which new reports find those that they are like. `stories/pool.py` says how.

A report is *unread* as long as its terms are to be read from its article: at first, and after its text has changed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import cast

from sqlalchemy import Table, delete, func, insert, literal, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from briefings.store.articles import BEGINNING, Beginning
from briefings.store.rows import chunks, spread
from briefings.store.schema import articles, report_terms, term_reports, term_uses
from briefings.stories.packed import unpack

ALL_REPORTS = -1
"""The number in place of a term under which all reports of a period are counted. Terms have none below zero."""


def _insert(connection: AsyncConnection, table: Table) -> sqlite.Insert:
    """Return an insert that can say what to do about a row that exists. PostgreSQL's has the same methods."""
    own = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}[connection.dialect.name]
    return cast(sqlite.Insert, own(table))


@dataclass(frozen=True, slots=True)
class StoredReport:
    """A report with its packed terms. `story` is that of its article, `day` counts from 1970."""

    id: int
    story: int
    period: int
    day: float
    terms: bytes  # `stories/packed.py` reads them; the first `telling` ones are telling
    telling: int
    length: float
    crowd: float
    measured: int


_MEASURED = (
    articles.c.id,
    articles.c.story_id,
    *(report_terms.c[name] for name in ("period", "day", "terms", "telling", "length", "crowd", "measured")),
)
_STORED = (
    select(*_MEASURED)
    .join(articles, articles.c.id == report_terms.c.article_id)
    .where(report_terms.c.terms.is_not(None), articles.c.ready.is_not(None))
)


async def by_ids(connection: AsyncConnection, ids: Sequence[int]) -> list[StoredReport]:
    """Return those of these reports that are ready and read."""
    reports: list[StoredReport] = []
    for chunk in chunks(ids):
        rows = await connection.execute(_STORED.where(report_terms.c.article_id.in_(chunk)))
        reports += [StoredReport(*row) for row in rows]
    return reports


async def of_stories(connection: AsyncConnection, stories: Sequence[int], first: int, last: int) -> list[StoredReport]:
    """Return the reports of these stories in the periods from `first` to `last`."""
    reports: list[StoredReport] = []
    for chunk in chunks(stories):
        in_periods = report_terms.c.period.between(first, last)
        rows = await connection.execute(_STORED.where(articles.c.story_id.in_(chunk), in_periods))
        reports += [StoredReport(*row) for row in rows]
    return reports


async def uses(connection: AsyncConnection, period: int, terms: Sequence[int]) -> dict[int, int]:
    """Return how many reports of a period use these terms, by term; those that none uses are left out."""
    counted: dict[int, int] = {}
    for chunk in chunks(terms):
        rows = await connection.execute(
            select(term_uses.c.term, term_uses.c.uses).where(
                term_uses.c.period == period, term_uses.c.term.in_(chunk), term_uses.c.uses > 0
            )
        )
        counted |= {row.term: row.uses for row in rows}
    return counted


async def counts(connection: AsyncConnection, periods: Sequence[int]) -> dict[int, int]:
    """Return how many reports these periods have; those without any are left out."""
    counted: dict[int, int] = {}
    for chunk in chunks(periods):
        rows = await connection.execute(
            select(term_uses.c.period, term_uses.c.uses).where(
                term_uses.c.period.in_(chunk), term_uses.c.term == ALL_REPORTS
            )
        )
        counted |= {row.period: row.uses for row in rows}
    return counted


async def users(connection: AsyncConnection, period: int, terms: Sequence[int]) -> list[tuple[int, int]]:
    """Return the reports of a period that these terms tell from others, as pairs of term and report."""
    pairs: list[tuple[int, int]] = []
    for chunk in chunks(terms):
        rows = await connection.execute(
            select(term_reports.c.term, term_reports.c.article_id).where(
                term_reports.c.period == period, term_reports.c.term.in_(chunk)
            )
        )
        pairs += [(row.term, row.article_id) for row in rows]
    return pairs


async def keep(connection: AsyncConnection, reports: Sequence[StoredReport]) -> None:
    """Store new reports, or those that were unread, and count their terms."""
    if not reports:
        return
    names = ("period", "day", "terms", "telling", "length", "crowd", "measured")
    values = [{"article_id": report.id} | {name: getattr(report, name) for name in names} for report in reports]
    row = _insert(connection, report_terms)
    replaced = {name: row.excluded[name] for name in names}
    await connection.execute(row.on_conflict_do_update(index_elements=["article_id"], set_=replaced), values)
    terms = {report.id: unpack(report.terms)[0] for report in reports}
    telling = [
        {"period": report.period, "term": term, "article_id": report.id}
        for report in reports
        for term in terms[report.id][: report.telling]
    ]
    if telling:
        await connection.execute(_insert(connection, term_reports).on_conflict_do_nothing(), telling)
    await _count(connection, [(report.period, terms[report.id]) for report in reports], 1)


async def _count(connection: AsyncConnection, reports: Sequence[tuple[int, Sequence[int]]], times: int) -> None:
    """Count these reports, each a period and its terms, so many times; minus one takes their counts back."""
    counted = Counter((period, term) for period, terms in reports for term in (*terms, ALL_REPORTS))
    uses = [{"period": period, "term": term, "uses": times * n} for (period, term), n in sorted(counted.items())]
    more = _insert(connection, term_uses)
    total = term_uses.c.uses + more.excluded.uses
    await connection.execute(more.on_conflict_do_update(index_elements=["period", "term"], set_={"uses": total}), uses)


async def forget(connection: AsyncConnection, ids: Iterable[int]) -> None:
    """Delete the terms of these articles, and take back their counts."""
    for chunk in chunks(list(ids)):
        is_read = report_terms.c.article_id.in_(chunk) & report_terms.c.terms.is_not(None)
        columns = (report_terms.c[name] for name in ("article_id", "period", "terms", "telling"))
        rows = (await connection.execute(select(*columns).where(is_read))).all()
        await connection.execute(delete(report_terms).where(report_terms.c.article_id.in_(chunk)))
        reports = [(row.period, unpack(row.terms)[0]) for row in rows]
        for row, (period, terms) in zip(rows, reports, strict=True):
            for telling in chunks(terms[: row.telling]):
                is_own = (term_reports.c.period == period) & (term_reports.c.article_id == row.article_id)
                await connection.execute(delete(term_reports).where(is_own, term_reports.c.term.in_(telling)))
        if reports:
            await _count(connection, reports, -1)


async def note_measures(connection: AsyncConnection, reports: Sequence[tuple[int, float, float, int]]) -> None:
    """Store what was measured again: rows of report, length, crowd, and the number of reports around it."""
    if reports:
        id, length, crowd, measured = spread(
            connection,
            (report_terms.c.article_id, report_terms.c.length, report_terms.c.crowd, report_terms.c.measured),
            reports,
        )
        values = {"length": length, "crowd": crowd, "measured": measured}
        await connection.execute(update(report_terms).where(report_terms.c.article_id == id).values(values))


async def is_any_unread(connection: AsyncConnection) -> bool:
    """True if any report is unread."""
    unread = select(report_terms.c.article_id).where(report_terms.c.terms.is_(None)).limit(1)
    return await connection.scalar(unread) is not None


async def unread(connection: AsyncConnection, limit: int) -> list[Beginning]:
    """Return the beginnings of unread reports, at most `limit`, in the order of storing."""
    when = func.coalesce(articles.c.published, articles.c.added)
    beginning = func.substr(articles.c.text, 1, BEGINNING)
    rows = await connection.execute(
        select(articles.c.id, articles.c.story_id, articles.c.title, beginning, when)
        .join(report_terms, report_terms.c.article_id == articles.c.id)
        .where(report_terms.c.terms.is_(None))
        .order_by(report_terms.c.article_id)  # by its own index; by the articles' it would look at all of them
        .limit(limit)
    )
    return [Beginning(*row) for row in rows]


async def mark_unread(connection: AsyncConnection, ids: Iterable[int]) -> None:
    """Have the terms of those of these articles that are ready and no copies read again; forget those of the others."""
    ids = list(ids)
    await forget(connection, ids)
    for chunk in chunks(ids):
        zeros = (literal(0) for _ in range(6))
        compared = select(articles.c.id, *zeros).where(
            articles.c.id.in_(chunk),
            articles.c.ready.is_not(None),
            articles.c.copy_of.is_(None),
            articles.c.attached_to.is_(None),
        )
        names = ("article_id", "period", "day", "telling", "length", "crowd", "measured")
        await connection.execute(insert(report_terms).from_select(names, compared))
