"""A SQLite connection that makes few trips to its thread, for a trip costs more than most statements.

aiosqlite makes four a statement (open the cursor, execute, fetch, close); here it is one: rows are fetched as
they are found, a BEGIN that locks nothing travels with the first statement, and giving up a transaction, which
waits for nothing, needs none.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Self

import aiosqlite

_Rows = list[Any]


async def connect(path: str, timeout: float) -> Connection:
    """Open the file, for SQLAlchemy's `async_creator`; a locked one is waited for `timeout` seconds."""

    def opened() -> sqlite3.Connection:
        return sqlite3.connect(path, timeout=timeout, check_same_thread=False)

    connection = Connection(opened, iter_chunk_size=1)
    connection._thread.daemon = True  # a program that ends in a hurry is not held up
    await connection
    return connection


class Connection(aiosqlite.Connection):
    """aiosqlite's connection with cursors of our own.

    `begin` is the BEGIN that has not been sent yet.
    """

    begin: str | None = None
    _begun = _ended = 0
    """Trips; one under way may be waited for by nobody any more. The first is counted here, the second there."""

    def cursor(self) -> Cursor:  # type: ignore[override] # opened with each statement, so there is nothing to await
        """A cursor for one statement, or one after the other."""
        return Cursor(self)

    async def commit(self) -> None:
        """Commit what was begun."""
        self.begin = None
        if self._conn.in_transaction:
            await self.trip(self._conn.commit)

    async def rollback(self) -> None:
        """Give up what was begun."""
        self.begin = None
        if self._begun != self._ended:
            await self.trip(self._conn.rollback)
        elif self._conn.in_transaction:
            self._conn.rollback()

    async def trip(self, work: Callable[[], object]) -> None:
        """Run this in the connection's thread, after what is under way there."""

        def there() -> None:
            try:
                work()
            finally:
                self._ended += 1

        self._begun += 1
        await self._execute(there)  # type: ignore[no-untyped-call] # aiosqlite leaves it so


class Cursor:
    """As much of aiosqlite's cursor as SQLAlchemy asks for; the rows are here when `execute` returns."""

    description: Any = None
    rowcount = -1
    lastrowid: int | None = None
    arraysize = 1

    def __init__(self, connection: Connection) -> None:
        self._line = connection
        self._cursor: Any = None
        self._rows: _Rows = []

    async def __aenter__(self) -> Self:
        return self

    async def execute(self, statement: str, parameters: Iterable[Any] = ()) -> Self:
        """Run a statement and fetch what it finds."""
        if statement == "BEGIN":  # not BEGIN IMMEDIATE: what follows that may count on the lock
            self._line.begin = statement
            return self
        return await self._run("execute", statement, parameters)

    async def executemany(self, statement: str, parameters: Iterable[Iterable[Any]]) -> Self:
        """Run a statement once for each set of parameters."""
        return await self._run("executemany", statement, parameters)

    async def fetchall(self) -> Sequence[Any]:
        """The rows found, once."""
        rows, self._rows = self._rows, []
        return rows

    async def close(self) -> None:
        """Nothing is open between statements."""

    async def _run(self, how: str, statement: str, parameters: Any) -> Self:
        line = self._line
        begin, line.begin = line.begin, None
        writes = statement.startswith(("INSERT", "UPDATE", "DELETE"))

        def work() -> None:
            if begin:
                line._conn.execute(begin)
            self._cursor = getattr(line._conn, how)(statement, parameters)
            if not writes:
                self._fetch()

        await line.trip(work)
        if writes:  # all is done then, and rows are only handed over: here, where none waits for the other thread
            self._fetch()
        return self

    def _fetch(self) -> None:
        cursor = self._cursor
        self._rows = cursor.fetchall() if cursor.description else []
        self.description, self.rowcount, self.lastrowid = cursor.description, cursor.rowcount, cursor.lastrowid
        cursor.close()
