"""A newsroom in a SQLite file, and a connection to it that makes few trips to its thread.

A trip costs more than most statements. aiosqlite makes four a statement (open the cursor, execute, fetch, close);
here it is one: rows are fetched as they are found, a BEGIN that locks nothing travels with the first statement, and
giving up a transaction, which waits for nothing, needs none.
"""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, Self

import aiosqlite
from sqlalchemy import URL, event
from sqlalchemy import Connection as SyncConnection
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from briefings.errors import LONGEST_CAUSE, StoreTrouble

BUSY_TIMEOUT_MS = 5000
PRAGMAS = (f"busy_timeout={BUSY_TIMEOUT_MS}", "synchronous=NORMAL", "foreign_keys=ON")
WRITER_CACHE_KB = 64 * 1024
CHECKPOINT_PAGES = 10_000
"""For a fan-out to a million readers, who lie all over their tables; a small newsroom never gets there."""

_Rows = list[Any]


class File:
    """The engines of one file, used by the processes of one machine: four readers and a writer."""

    shared = False
    reader: AsyncEngine
    writer: AsyncEngine
    single: AsyncEngine

    def __init__(self, url: URL) -> None:
        """Raise StoreTrouble for an address that names no file that can be."""
        self._path = _path(url)
        self._watcher: Connection | None = None
        self._watching = asyncio.Lock()
        self.place = f"sqlite:///{Path(self._path).resolve()}"

    async def open(self, *, new: bool) -> None:
        """Make the file ready; raise StoreTrouble when it cannot be used."""
        if not new and not await asyncio.to_thread(Path(self._path).exists):
            raise StoreTrouble("database-file-missing", file=self._path)
        await asyncio.to_thread(_make_ready, self._path)
        self.reader = self._engine(pool_size=4)
        self.writer = self._engine(pool_size=1, max_overflow=0)
        _prepare(self.reader, "BEGIN", "query_only=ON")
        # IMMEDIATE: what a transaction reads must still be true when it writes.
        _prepare(
            self.writer, "BEGIN IMMEDIATE", f"cache_size=-{WRITER_CACHE_KB}", f"wal_autocheckpoint={CHECKPOINT_PAGES}"
        )

    async def close(self) -> None:
        """Close every connection."""
        await self.reader.dispose()
        await self.writer.dispose()
        if self._watcher is not None:
            await self._watcher.close()

    async def lock(self, connection: AsyncConnection) -> None:
        """BEGIN IMMEDIATE has done it."""

    async def be_patient(self, connection: AsyncConnection) -> None:
        """Nothing cuts a statement short."""

    async def forbid_writing(self, connection: AsyncConnection) -> None:
        """BEGIN IMMEDIATE has done it."""

    async def ahead(self, connection: AsyncConnection) -> timedelta | None:
        """The file's clock is the machine's."""
        return timedelta()

    async def version(self) -> int:
        """By a connection that does nothing else: SQLite tells each of the commits of all others."""
        try:
            async with self._watching:
                if self._watcher is None:
                    self._watcher = await connect(self._path, BUSY_TIMEOUT_MS / 1000)
                cursor = await self._watcher.cursor().execute("PRAGMA data_version")
        except sqlite3.Error as error:
            raise StoreTrouble("database-unusable", cause=str(error)[:LONGEST_CAUSE]) from error
        return int((await cursor.fetchall())[0][0])

    @asynccontextmanager
    async def alone(self, work: str) -> AsyncIterator[bool]:
        """Several may: what they would do twice is little on one machine, and each step checks that it is still due."""
        yield True

    @asynccontextmanager
    async def listen(self, heard: Callable[[str], None]) -> AsyncIterator[Callable[[str], None]]:
        """No word goes from process to process: they look often enough."""
        yield lambda _: None

    def _engine(self, **pool: int) -> AsyncEngine:
        return create_async_engine(
            f"sqlite+aiosqlite:///{self._path}",
            async_creator=lambda: connect(self._path, BUSY_TIMEOUT_MS / 1000),
            poolclass=AsyncAdaptedQueuePool,
            hide_parameters=True,
            **pool,
        )


def _path(url: URL) -> str:
    file = url.database or ""
    if not file or file == ":memory:" or file.startswith("file:"):
        raise StoreTrouble("database-not-file")
    folder = Path(file).absolute().parent
    if not folder.is_dir():
        raise StoreTrouble("database-folder-missing", folder=str(folder))
    return file


def _make_ready(path: str) -> None:
    """See that the file can be used, and set it to write-ahead logging, which it then keeps.

    That switch does not wait for whoever else is just opening the file, so we do. Raise StoreTrouble.
    """
    until = time.monotonic() + BUSY_TIMEOUT_MS / 1000
    while True:
        try:
            with contextlib.closing(sqlite3.connect(path, timeout=BUSY_TIMEOUT_MS / 1000)) as connection:
                connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.Error as error:
            if "locked" not in str(error) or time.monotonic() > until:
                raise StoreTrouble("database-unusable", cause=str(error)[:LONGEST_CAUSE]) from error
            time.sleep(0.05)


def _prepare(engine: AsyncEngine, begin: str, *pragmas: str) -> None:
    @event.listens_for(engine.sync_engine, "connect")
    def connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves, and say which kind
        cursor = connection.cursor()
        for pragma in (*PRAGMAS, *pragmas):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def start(connection: SyncConnection) -> None:
        connection.exec_driver_sql(begin)


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
