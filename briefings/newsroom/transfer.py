"""A whole newsroom moved from one database to another, of either kind.

Promises that the copy holds the same rows, each compared with its original after all were copied; that nothing is
copied over a newsroom, and nobody opens a half copied one; that who was cut off goes on where they were. Nobody can
change the source meanwhile. Never changes the source.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

from briefings.errors import BadInput, StoreTrouble
from briefings.store import copying
from briefings.store.database import Connection, Database

Heard = Callable[[str, int, int], None]
"""Called after each page: what is being done, so many rows of it, of so many."""


@dataclass(frozen=True, slots=True)
class Copied:
    """What was copied: rows by table, and in how many of them characters were left out (`copying.storable`)."""

    rows: dict[str, int]
    changed: int


async def copy(origin: str, goal: str, heard: Heard = lambda *_: None) -> Copied:
    """Copy the newsroom at one address to another, where none is kept yet; addresses as BRIEFINGS_DATABASE_URL's."""
    async with (
        _opened("FROM", origin, new=False) as source,
        _opened("TO", goal, half_copied=True) as target,
    ):
        if source.place == target.place:
            raise BadInput("copy-to-itself")
        async with source.read_without_writers() as view:
            await _carry(view, source.place, target, heard)
            copied = await _compare(view, target, heard)
            async with target.write() as connection:
                await copying.finish(connection)
    return copied


async def _carry(view: Connection, place: str, target: Database, heard: Heard) -> None:
    async with target.write() as connection:
        noted = await copying.begin(connection, place)
        done = sum((await copying.count(connection)).values())
    total = sum((await copying.count(view)).values())
    for table in copying.TABLES:
        async for rows in copying.pages(view, table, noted.get(table.name)):
            async with target.write() as connection:
                await copying.put(connection, table, rows)
            heard("Copying", done := done + len(rows), total)
        for column in copying.own_references(table):
            async for rows in copying.pages(view, table, only=column.is_not(None)):
                async with target.write() as connection:
                    await copying.refer(connection, table, column, rows)


async def _compare(view: Connection, target: Database, heard: Heard) -> Copied:
    """Compare all rows. Raises StoreTrouble at the first that is not the same on both sides."""
    async with target.read() as connection:
        ours, theirs = await copying.count(view), await copying.count(connection)
    done = changed = 0
    for table in copying.TABLES:
        async for rows in copying.pages(view, table):
            async with target.read() as connection:
                _same(table.name, await copying.differing(connection, table, rows))
            changed += sum(tuple(row) != copying.storable(table, row) for row in rows)
            heard("Comparing", done := done + len(rows), sum(ours.values()))
        if ours[table.name] != theirs[table.name]:
            async with target.read() as connection:
                async for rows in copying.pages(connection, table):
                    _same(table.name, await copying.differing(view, table, rows))
    return Copied(ours, changed)


def _same(table: str, key: tuple[Any, ...] | None) -> None:
    if key is not None:
        raise StoreTrouble("copy-differs", row=f"{table} {', '.join(map(str, key))}")


@asynccontextmanager
async def _opened(word: str, address: str, *, new: bool = True, half_copied: bool = False) -> AsyncIterator[Database]:
    """Open the database at an address. Trouble with it names the word that the address was given for, FROM or TO."""
    async with AsyncExitStack() as held:
        try:
            database = await held.enter_async_context(Database(address, new=new, half_copied=half_copied))
        except StoreTrouble as trouble:
            raise StoreTrouble("in-database", word=word, problem=trouble.problem) from trouble
        yield database
