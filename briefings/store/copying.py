"""A newsroom's rows carried from one database to another, page by page, and compared there.

Everything goes by the schema, so that a table added to it is copied with no more said. How far it got is noted in the
target, in the transaction of the rows themselves: whoever was cut off goes on behind the last page. A newsroom that
holds such notes is half copied, and nobody else opens it.
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
from briefings.store.schema import metadata

PAGE = 1_000
AT_ONCE = 100
"""Rows in one statement: PostgreSQL takes apart the words of each article, and no statement may take half a minute."""

TABLES: Sequence[Table] = metadata.sorted_tables
"""What is referred to stands before what refers to it."""

Key = tuple[Any, ...]

_notes = Table(
    COPYING,
    MetaData(),
    Column("table_name", String, primary_key=True),
    Column("last_key", JSON(none_as_null=True)),  # of the last row that was copied; null: none yet
    Column("source", String, nullable=False),
)


async def begin(connection: AsyncConnection, source: str) -> Mapping[str, Key]:
    """Note in the target where it is copied from; return behind which row to go on, by table.

    Raises StoreTrouble when it holds anything, or is half copied from elsewhere; nothing is changed then.
    """
    await connection.run_sync(lambda sync: _notes.create(sync, checkfirst=True))
    noted = {note.table_name: note for note in await connection.execute(select(_notes))}
    if others := {note.source for note in noted.values()} - {source}:
        raise StoreTrouble("copy-from-elsewhere", place=others.pop())
    if not noted and (held := [name for name, rows in (await count(connection)).items() if rows]):
        raise StoreTrouble("copy-to-full", table=held[0])
    if new := [{"table_name": table.name, "source": source} for table in TABLES if table.name not in noted]:
        await connection.execute(insert(_notes), new)
    return {name: tuple(note.last_key) for name, note in noted.items() if note.last_key}


async def count(connection: AsyncConnection) -> dict[str, int]:
    """How many rows each table holds."""
    return {
        table.name: (await connection.execute(select(func.count()).select_from(table))).scalar_one() for table in TABLES
    }


async def pages(
    connection: AsyncConnection, table: Table, after: Key | None = None, only: ColumnElement[bool] | None = None
) -> AsyncIterator[Sequence[Row[Any]]]:
    """The rows of a table behind this one, in the order of their keys; `only` those for which this is so."""
    key = table.primary_key.columns
    found = select(table).order_by(*key).limit(PAGE)
    if only is not None:
        found = found.where(only)
    while True:
        page = found
        if after is not None:
            last = tuple_(*map(literal, after, (column.type for column in key)))
            page = found.where(tuple_(*key) > last)
        rows = (await connection.execute(page)).all()
        if rows:
            yield rows
        if len(rows) < PAGE:
            return
        after = _key(table, rows[-1])


async def put(connection: AsyncConnection, table: Table, rows: Sequence[Row[Any]]) -> None:
    """Keep a page in the target and note it. What refers to its own table is left to `refer`."""
    filled = insert(table).values({column.name: bindparam(column.name, type_=_exact(column)) for column in table.c})
    withheld = {column.name: None for column in own_references(table)}
    names = table.columns.keys()
    values = [dict(zip(names, storable(table, row), strict=True)) | withheld for row in rows]
    for start in range(0, len(values), AT_ONCE):
        await connection.execute(filled, values[start : start + AT_ONCE])
    noted = update(_notes).where(_notes.c.table_name == table.name)
    await connection.execute(noted.values(last_key=list(_key(table, rows[-1]))))


def own_references(table: Table) -> list[Column[Any]]:
    """Columns that name another row of the same table, which may come later. They must be nullable."""
    return [column for column in table.c for foreign in column.foreign_keys if foreign.column.table is table]


async def refer(connection: AsyncConnection, table: Table, column: Column[Any], rows: Sequence[Row[Any]]) -> None:
    """Set the reference in rows that were kept without it; all they may refer to is there. Twice does no harm."""
    values = [(*_key(table, row), row._mapping[column]) for row in rows]
    *key, value = spread(connection, (*table.primary_key.columns, column), values)
    where = (mine == theirs for mine, theirs in zip(table.primary_key.columns, key, strict=True))
    await connection.execute(update(table).where(*where).values({column.name: value}))


async def differing(connection: AsyncConnection, table: Table, rows: Sequence[Row[Any]]) -> Key | None:
    """The key of the first of these rows that is not the same in this other database; None: all are."""
    given = spread(connection, table.primary_key.columns.values(), [_key(table, row) for row in rows])
    where = (mine == theirs for mine, theirs in zip(table.primary_key.columns, given, strict=True))
    found = {_key(table, row): storable(table, row) for row in await connection.execute(select(table).where(*where))}
    return next((key for row in rows if found.get(key := _key(table, row)) != storable(table, row)), None)


async def finish(connection: AsyncConnection) -> None:
    """Let new rows be numbered behind those that were copied, and throw the notes away: the newsroom is whole."""
    for table in TABLES if connection.dialect.name == "postgresql" else ():
        if (number := table.autoincrement_column) is not None:
            series = func.pg_get_serial_sequence(table.name, number.name)
            last = func.coalesce(func.max(number), 1)
            await connection.execute(select(func.setval(series, last, func.max(number).is_not(None))))
    await connection.run_sync(_notes.drop)


def storable(table: Table, row: Sequence[Any]) -> tuple[Any, ...]:
    """The row without the one character that PostgreSQL keeps in no text: NUL, which SQLite does keep."""
    texts = [place for place, column in enumerate(table.c) if isinstance(column.type, String)]
    if not any(row[place] and "\0" in row[place] for place in texts):
        return tuple(row)
    return tuple(value.replace("\0", "") if value and place in texts else value for place, value in enumerate(row))


def _key(table: Table, row: Row[Any]) -> Key:
    return tuple(row._mapping[column] for column in table.primary_key.columns)


def _exact(column: Column[Any]) -> Any:
    """The column's type; where it may hold nothing, nothing and JSON's null are not the same."""
    return JSON(none_as_null=True) if isinstance(column.type, JSON) and column.nullable else column.type
