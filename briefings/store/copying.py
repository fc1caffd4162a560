"""Copies a newsroom's rows from one database to another, page by page, and compares them there.

Everything follows the schema, so a new table needs no code here. Each page is stored with a note of its last key, in
one transaction: a copy that was cut off goes on after the last page. A database that holds such notes is half copied,
and only another copy may open it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    MetaData,
    Row,
    String,
    Table,
    bindparam,
    func,
    insert,
    literal,
    select,
    tuple_,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from briefings.errors import StoreTrouble
from briefings.store.database import COPYING
from briefings.store.rows import spread
from briefings.store.schema import articles, metadata, removed_articles

PAGE = 1_000
"""Rows read at a time, and written in one transaction."""

ROWS_A_STATEMENT = 100
"""Rows in one statement. PostgreSQL indexes the words of each article, and a statement may take 30 s at most."""

TABLES: Sequence[Table] = metadata.sorted_tables
"""In an order in which each table comes after the tables it refers to."""

Key = tuple[Any, ...]
"""The values of a row's primary key."""

_notes = Table(
    COPYING,
    MetaData(),
    Column("table_name", String, primary_key=True),
    Column("last_key", JSON(none_as_null=True)),  # of the last row copied; null before the first
    Column("source", String, nullable=False),
)


async def begin(connection: AsyncConnection, source: str) -> Mapping[str, Key]:
    """Note in the target where it is copied from. Return the key of the last row copied, by table.

    Raises StoreTrouble when the target holds anything, or is half copied from elsewhere; nothing is changed then.
    """
    await connection.run_sync(lambda sync: _notes.create(sync, checkfirst=True))
    noted = {note.table_name: note for note in await connection.execute(select(_notes))}
    if others := {note.source for note in noted.values()} - {source}:
        raise StoreTrouble("copy-from-elsewhere", place=others.pop())
    if not noted and (filled := [name for name, rows in (await count(connection)).items() if rows]):
        raise StoreTrouble("copy-to-full", table=filled[0])
    if new := [{"table_name": table.name, "source": source} for table in TABLES if table.name not in noted]:
        await connection.execute(insert(_notes), new)
    return {name: tuple(note.last_key) for name, note in noted.items() if note.last_key}


async def count(connection: AsyncConnection) -> dict[str, int]:
    """Return the number of rows of each table."""
    return {
        table.name: (await connection.execute(select(func.count()).select_from(table))).scalar_one() for table in TABLES
    }


async def pages(
    connection: AsyncConnection, table: Table, after: Key | None = None, only: ColumnElement[bool] | None = None
) -> AsyncIterator[Sequence[Row[Any]]]:
    """Yield pages of a table's rows with keys greater than `after`, in the order of their keys.

    With `only`, just the rows for which this condition holds.
    """
    key = table.primary_key.columns
    first_page = select(table).order_by(*key).limit(PAGE)
    if only is not None:
        first_page = first_page.where(only)
    while True:
        page = first_page
        if after is not None:
            last = tuple_(*map(literal, after, (column.type for column in key)))
            page = first_page.where(tuple_(*key) > last)
        rows = (await connection.execute(page)).all()
        if rows:
            yield rows
        if len(rows) < PAGE:
            return
        after = _key(table, rows[-1])


async def put(connection: AsyncConnection, table: Table, rows: Sequence[Row[Any]]) -> None:
    """Store a page in the target and note it. Columns that refer to the same table stay empty until `refer`."""
    filled = insert(table).values({column.name: bindparam(column.name, type_=_exact(column)) for column in table.c})
    left_empty = {column.name: None for column in own_references(table)}
    names = table.columns.keys()
    values = [dict(zip(names, storable(table, row), strict=True)) | left_empty for row in rows]
    for start in range(0, len(values), ROWS_A_STATEMENT):
        await connection.execute(filled, values[start : start + ROWS_A_STATEMENT])
    note = update(_notes).where(_notes.c.table_name == table.name)
    await connection.execute(note.values(last_key=list(_key(table, rows[-1]))))


def own_references(table: Table) -> list[Column[Any]]:
    """Return the columns that refer to rows of the same table, which may be copied later. They must be nullable."""
    return [column for column in table.c for foreign in column.foreign_keys if foreign.column.table is table]


async def refer(connection: AsyncConnection, table: Table, column: Column[Any], rows: Sequence[Row[Any]]) -> None:
    """Set a reference that `put` left empty, once the whole table is copied. Doing it twice does no harm."""
    values = [(*_key(table, row), row._mapping[column]) for row in rows]
    *key, value = spread(connection, (*table.primary_key.columns, column), values)
    where = (own == given for own, given in zip(table.primary_key.columns, key, strict=True))
    await connection.execute(update(table).where(*where).values({column.name: value}))


async def differing(connection: AsyncConnection, table: Table, rows: Sequence[Row[Any]]) -> Key | None:
    """Return the key of the first of these rows that differs in this other database; None when all are equal."""
    keys = spread(connection, table.primary_key.columns.values(), [_key(table, row) for row in rows])
    where = (own == given for own, given in zip(table.primary_key.columns, keys, strict=True))
    others = {_key(table, row): storable(table, row) for row in await connection.execute(select(table).where(*where))}
    return next((key for row in rows if others.get(key := _key(table, row)) != storable(table, row)), None)


async def finish(connection: AsyncConnection) -> None:
    """Continue the numbering of rows after the copied ones, and drop the notes: the newsroom is whole now."""
    for table in TABLES if connection.dialect.name == "postgresql" else ():
        if (number := table.autoincrement_column) is not None:
            series = func.pg_get_serial_sequence(table.name, number.name)
            greatest: ColumnElement[int] = func.max(number)
            if table is articles:  # the id of a removed one is not given again
                greatest = func.greatest(greatest, select(func.max(removed_articles.c.id)).scalar_subquery())
            last = func.coalesce(greatest, 1)
            await connection.execute(select(func.setval(series, last, greatest.is_not(None))))
    await connection.run_sync(_notes.drop)


def storable(table: Table, row: Sequence[Any]) -> tuple[Any, ...]:
    """Return the row without NUL, a character that SQLite stores in a text and PostgreSQL does not."""
    texts = [place for place, column in enumerate(table.c) if isinstance(column.type, String)]
    if not any(row[place] and "\0" in row[place] for place in texts):
        return tuple(row)
    return tuple(value.replace("\0", "") if value and place in texts else value for place, value in enumerate(row))


def _key(table: Table, row: Row[Any]) -> Key:
    return tuple(row._mapping[column] for column in table.primary_key.columns)


def _exact(column: Column[Any]) -> Any:
    """Return the column's type; of a nullable JSON column, one that writes None as NULL and not as JSON's null."""
    return JSON(none_as_null=True) if isinstance(column.type, JSON) and column.nullable else column.type
