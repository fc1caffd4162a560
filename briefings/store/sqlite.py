"""A newsroom in a SQLite file, and a connection to it that makes few trips to its thread.

A trip costs more than most statements. aiosqlite makes four for each statement (open the cursor, execute, fetch,
close). The cursor here makes one: rows are fetched in the trip that executes, a BEGIN that locks nothing travels with
the first statement, and a rollback, which waits for nothing, needs no trip.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shlex
import sqlite3
import threading
import time
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, Self

import aiosqlite
from sqlalchemy import URL, event, text
from sqlalchemy import Connection as SyncConnection
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from briefings.errors import LONGEST_CAUSE, NotSaved, Problem, StoreTrouble, cause_of
from briefings.store.opened_file import OpenedFile

BUSY_TIMEOUT_MS = 5000
"""How long a statement waits for another process that writes. A transaction of ours takes at most 50 ms."""

PRAGMAS = (f"busy_timeout={BUSY_TIMEOUT_MS}", "synchronous=NORMAL", "foreign_keys=ON")
WRITER_CACHE_KB = 8 * 1024
"""Pages kept between transactions. With many more, memory grows with the file for hours; the system has them too."""

WRITER_LARGEST_KB, CHECKPOINT_PAGES = 64 * 1024, 10_000
"""Changed pages that a transaction may hold in memory, and pages of the log before they go to the file. Both are sized
for a fan-out to a million readers, whose rows lie all over their tables; small newsrooms use less."""

ONLY_ITS_OWNER = 0o600
"""The mode of a new file: it says who reads the newsroom, and what each of them follows."""

OTHERS_MAY_READ = 0o044
PREFIX = "sqlite:///"

_TABLES = text(
    "SELECT tables.name, columns.name FROM sqlite_master AS tables, pragma_table_info(tables.name) AS columns"
    " WHERE tables.type = 'table'"
)
_creating = threading.Lock()
_Rows = list[Any]


class File:
    """The connections to one file, used by the processes of one machine: four that read, one that writes, one that
    watches.

    Once the file is gone or another, see `opened_file.py`, no transaction that writes may begin, and no connection is
    opened. Connections that read go on with the file they opened. When the same file is back, so is everything; what
    lies in its place is never taken for it until the program starts again.
    """

    shared = False
    besides: Mapping[str, Collection[str]] = {"articles_fts": ()}
    reader: AsyncEngine
    writer: AsyncEngine
    single: AsyncEngine

    def __init__(self, url: URL) -> None:
        """Raises StoreTrouble for an address that names no file, or a file in a folder that does not exist."""
        self._path = _path(url)
        self._watcher: Connection | None = None
        self._opened: OpenedFile | None = None
        self._watching = asyncio.Lock()
        self.place = f"{PREFIX}{Path(self._path).resolve()}"

    async def open(self, *, new: bool) -> None:
        """Create or open the file. Raises StoreTrouble when it cannot be used."""
        if not new and not await asyncio.to_thread(Path(self._path).exists):
            raise StoreTrouble("database-file-missing", file=self._path)
        if new:
            await asyncio.to_thread(_create, self._path)
        await asyncio.to_thread(_execute_alone, self._path, "PRAGMA schema_version")
        self.reader = self._engine(pool_size=4)
        self.writer = self._engine(pool_size=1, max_overflow=0)
        _prepare(self.reader, "BEGIN", "query_only=ON")
        # IMMEDIATE takes the write lock first, so that what a transaction reads is still true when it writes.
        sizes = (f"cache_size=-{WRITER_CACHE_KB}", f"cache_spill=-{WRITER_LARGEST_KB}")
        _prepare(self.writer, "BEGIN IMMEDIATE", *sizes, f"wal_autocheckpoint={CHECKPOINT_PAGES}")

    async def prepare(self) -> None:
        """Set the file to write-ahead logging, which is stored in it, and watch that it stays where it is."""
        await asyncio.to_thread(_execute_alone, self._path, "PRAGMA journal_mode=WAL")
        await self.version()  # its connection, which stays open, keeps the files beside the database
        try:
            self._opened = await asyncio.to_thread(OpenedFile, self._path)
        except OSError as error:
            raise StoreTrouble("database-unusable", cause=cause_of(error)) from error

    async def close(self) -> None:
        """Close every connection."""
        await self.reader.dispose()
        await self.writer.dispose()
        if self._watcher is not None:
            await self._watcher.close()

    async def check(self, connection: AsyncConnection) -> Problem | None:
        """Return a problem if other users of this machine can read the file. Opening the newsroom has written to it."""
        mode = (await asyncio.to_thread(Path(self._path).stat)).st_mode
        if os.name == "posix" and mode & OTHERS_MAY_READ:
            return Problem("database-file-exposed", {"files": f"{shlex.quote(self.place.removeprefix(PREFIX))}*"})
        return None

    async def tables(self, connection: AsyncConnection) -> dict[str, list[str]]:
        """Read the file's own list."""
        tables: dict[str, list[str]] = {}
        for table, column in await connection.execute(_TABLES):
            tables.setdefault(table, []).append(column)
        return tables

    def lost(self) -> Problem | None:
        """Return what is wrong with the file: it is gone, or another."""
        return self._opened.lost() if self._opened is not None else None

    async def lock(self, connection: AsyncConnection) -> None:
        """Do nothing: BEGIN IMMEDIATE has locked the file."""

    async def lift_time_limits(self, connection: AsyncConnection) -> None:
        """Do nothing: SQLite has no time limits of this kind."""

    async def forbid_writing(self, connection: AsyncConnection) -> None:
        """Do nothing: BEGIN IMMEDIATE has locked the file."""

    async def ahead(self, connection: AsyncConnection) -> timedelta | None:
        """Return zero: a file has no clock but this machine's."""
        return timedelta()

    async def version(self) -> int:
        """Read `data_version` on a connection that does nothing else: it changes with each commit of all the others."""
        try:
            async with self._watching:
                if self._watcher is None:
                    self._watcher = await self._connect()
                cursor = await self._watcher.cursor().execute("PRAGMA data_version")
        except sqlite3.Error as error:
            raise StoreTrouble("database-unusable", cause=str(error)[:LONGEST_CAUSE]) from error
        return int((await cursor.fetchall())[0][0])

    @asynccontextmanager
    async def alone(self, work: str) -> AsyncIterator[bool]:
        """Give True to every process: they share one machine, and each step of the work checks that it is still due."""
        yield True

    @asynccontextmanager
    async def listen(self, wake: Callable[[str], None]) -> AsyncIterator[Callable[[str], None]]:
        """Exchange nothing: the passes look for work every few seconds anyway."""
        yield lambda _: None

    def _engine(self, **pool: int) -> AsyncEngine:
        return create_async_engine(
            f"sqlite+aiosqlite:///{self._path}",
            async_creator=self._connect,
            poolclass=AsyncAdaptedQueuePool,
            hide_parameters=True,
            **pool,
        )

    async def _connect(self) -> Connection:
        if problem := self.lost():
            raise NotSaved.of(problem)  # another file may lie there
        return await connect(self._path, BUSY_TIMEOUT_MS / 1000)


def _path(url: URL) -> str:
    file = url.database or ""
    if not file or file == ":memory:" or file.startswith("file:"):
        raise StoreTrouble("database-not-file")
    folder = Path(file).absolute().parent
    if not folder.is_dir():
        raise StoreTrouble("database-folder-missing", folder=str(folder))
    return file


def _create(path: str) -> None:
    """Create the file, for its owner alone, unless it exists. SQLite gives the files beside it the same mode.

    Raises StoreTrouble.
    """
    with _creating:
        try:
            # Closing a file frees all locks that this process has on it. It can have none on this one: the file is
            # new, and every other task that opens it waits above.
            os.close(os.open(os.path.realpath(path), os.O_CREAT | os.O_EXCL | os.O_RDWR, ONLY_ITS_OWNER))
        except FileExistsError:
            pass
        except OSError as error:
            raise StoreTrouble("database-unusable", cause=cause_of(error)) from error


def _execute_alone(path: str, statement: str) -> None:
    """Run a statement on a connection of its own. Raises StoreTrouble when the file cannot be used.

    SQLite's busy timeout does not cover the switch to write-ahead logging when another process is just opening the
    file, so the wait is made here.
    """
    until = time.monotonic() + BUSY_TIMEOUT_MS / 1000
    while True:
        try:
            with contextlib.closing(sqlite3.connect(path, timeout=BUSY_TIMEOUT_MS / 1000)) as connection:
                connection.execute(statement)
            return
        except sqlite3.Error as error:
            if "locked" not in str(error) or time.monotonic() > until:
                raise StoreTrouble("database-unusable", cause=str(error)[:LONGEST_CAUSE]) from error
            time.sleep(0.05)


def _prepare(engine: AsyncEngine, begin: str, *pragmas: str) -> None:
    @event.listens_for(engine.sync_engine, "connect")
    def connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we send BEGIN ourselves, of the kind we need
        cursor = connection.cursor()
        for pragma in (*PRAGMAS, *pragmas):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def start(connection: SyncConnection) -> None:
        connection.exec_driver_sql(begin)


async def connect(path: str, timeout: float) -> Connection:
    """Open the file for SQLAlchemy's `async_creator`. Statements wait `timeout` seconds for a lock."""

    def opened() -> sqlite3.Connection:
        address = f"{Path(path).absolute().as_uri()}?mode=rw"  # without it, SQLite makes a file that is missing
        return sqlite3.connect(address, timeout=timeout, check_same_thread=False, uri=True)

    connection = Connection(opened, iter_chunk_size=1)
    connection._thread.daemon = True  # so that it does not keep a program from ending
    await connection
    return connection


class Connection(aiosqlite.Connection):
    """aiosqlite's connection with cursors of our own. `begin` is a BEGIN that has not been sent yet."""

    begin: str | None = None
    _begun = _ended = 0
    """Numbers of trips: `_begun` is counted in the event loop, `_ended` in the connection's thread.

    They differ while a trip is under way, even one whose caller was cancelled.
    """

    def cursor(self) -> Cursor:  # type: ignore[override] # opened with each statement, so there is nothing to await
        """Return a cursor, which runs one statement at a time."""
        return Cursor(self)

    async def commit(self) -> None:
        """Commit the transaction, if one has begun."""
        self.begin = None
        if self._conn.in_transaction:
            await self.trip(self._conn.commit)

    async def rollback(self) -> None:
        """Roll the transaction back, if one has begun."""
        self.begin = None
        if self._begun != self._ended:
            await self.trip(self._conn.rollback)
        elif self._conn.in_transaction:
            self._conn.rollback()

    async def trip(self, work: Callable[[], object]) -> None:
        """Run `work` in the connection's thread, after the trips that are under way."""

        def run_and_count() -> None:
            try:
                work()
            finally:
                self._ended += 1

        self._begun += 1
        await self._execute(run_and_count)  # type: ignore[no-untyped-call] # aiosqlite does not annotate it


class Cursor:
    """The part of aiosqlite's cursor that SQLAlchemy uses. All rows are fetched when `execute` returns."""

    description: Any = None
    rowcount = -1
    lastrowid: int | None = None
    arraysize = 1

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._cursor: Any = None
        self._rows: _Rows = []

    async def __aenter__(self) -> Self:
        return self

    async def execute(self, statement: str, parameters: Iterable[Any] = ()) -> Self:
        """Run a statement and fetch its rows."""
        if statement == "BEGIN":  # BEGIN IMMEDIATE is sent at once: the code after it relies on the lock
            self._connection.begin = statement
            return self
        return await self._run("execute", statement, parameters)

    async def executemany(self, statement: str, parameters: Iterable[Iterable[Any]]) -> Self:
        """Run a statement once for each set of parameters."""
        return await self._run("executemany", statement, parameters)

    async def fetchall(self) -> Sequence[Any]:
        """Return the rows, and forget them."""
        rows, self._rows = self._rows, []
        return rows

    async def close(self) -> None:
        """Do nothing: no cursor stays open between statements."""

    async def _run(self, how: str, statement: str, parameters: Any) -> Self:
        connection = self._connection
        begin, connection.begin = connection.begin, None
        writes = statement.startswith(("INSERT", "UPDATE", "DELETE"))

        def work() -> None:
            if begin:
                connection._conn.execute(begin)
            self._cursor = getattr(connection._conn, how)(statement, parameters)
            if not writes:
                self._fetch()

        await connection.trip(work)
        if writes:  # the statement is done, so fetching only hands rows over, which needs no thread of its own
            self._fetch()
        return self

    def _fetch(self) -> None:
        cursor = self._cursor
        self._rows = cursor.fetchall() if cursor.description else []
        self.description, self.rowcount, self.lastrowid = cursor.description, cursor.rowcount, cursor.lastrowid
        cursor.close()
