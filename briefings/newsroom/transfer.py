"""Copies a whole newsroom from one database to another, of either kind.

Promises that the copy holds the same rows: each is compared with its original after all were copied. Never copies
over a newsroom, and never changes the original, which nobody can change meanwhile. A half copied newsroom cannot be
opened; a copy that was cut off goes on where it stopped.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

from briefings.errors import BadInput, StoreTrouble
from briefings.store import copying
from briefings.store.database import Connection, Database

Progress = Callable[[str, int, int], None]
"""Called after each page of rows with the step ("Copying", "Comparing"), the rows done so far, and all rows."""


@dataclass(frozen=True, slots=True)
class Copied:
    """A finished copy: the number of rows by table, and of the rows that lost characters (`copying.storable`)."""

    rows: dict[str, int]
    changed: int


async def copy(origin: str, goal: str, progress: Progress = lambda *_: None) -> Copied:
    """Copy the newsroom at one address to another, where there is none yet. Addresses are as in BRIEFINGS_DATABASE_URL.

    Raises `StoreTrouble` for a database that cannot be used or a row that differs, `BadInput` for a copy to itself.
    """
    async with (
        _opened("FROM", origin, new=False) as source,
        _opened("TO", goal, half_copied=True) as target,
    ):
        if source.place == target.place:
            raise BadInput("copy-to-itself")
        async with source.read_without_writers() as view:
            await _carry(view, source.place, target, progress)
            copied = await _compare(view, target, progress)
            async with target.write() as connection:
                await copying.finish(connection)
    return copied


async def _carry(view: Connection, place: str, target: Database, progress: Progress) -> None:
    async with target.write() as connection:
        last_rows = await copying.begin(connection, place)
        done = sum((await copying.count(connection)).values())
    total = sum((await copying.count(view)).values())
    for table in copying.TABLES:
        async for rows in copying.pages(view, table, last_rows.get(table.name)):
            async with target.write() as connection:
                await copying.put(connection, table, rows)
            progress("Copying", done := done + len(rows), total)
        for column in copying.own_references(table):
            async for rows in copying.pages(view, table, only=column.is_not(None)):
                async with target.write() as connection:
                    await copying.refer(connection, table, column, rows)


async def _compare(view: Connection, target: Database, progress: Progress) -> Copied:
    """Compare all rows. Raises StoreTrouble at the first that differs."""
    async with target.read() as connection:
        originals, copies = await copying.count(view), await copying.count(connection)
    done = changed = 0
    for table in copying.TABLES:
        async for rows in copying.pages(view, table):
            async with target.read() as connection:
                _same(table.name, await copying.differing(connection, table, rows))
            changed += sum(tuple(row) != copying.storable(table, row) for row in rows)
            progress("Comparing", done := done + len(rows), sum(originals.values()))
        if originals[table.name] != copies[table.name]:
            async with target.read() as connection:
                async for rows in copying.pages(connection, table):
                    _same(table.name, await copying.differing(view, table, rows))
    return Copied(originals, changed)


def _same(table: str, key: tuple[Any, ...] | None) -> None:
    if key is not None:
        raise StoreTrouble("copy-differs", row=f"{table} {', '.join(map(str, key))}")


@asynccontextmanager
async def _opened(word: str, address: str, *, new: bool = True, half_copied: bool = False) -> AsyncIterator[Database]:
    """Open the database at an address. An error names the argument that the address was given as, FROM or TO."""
    async with AsyncExitStack() as stack:
        try:
            database = await stack.enter_async_context(Database(address, new=new, half_copied=half_copied))
        except StoreTrouble as trouble:
            raise StoreTrouble("in-database", word=word, problem=trouble.problem) from trouble
        yield database
