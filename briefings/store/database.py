"""Opens the database, brings its schema up to date, and hands out transactions.

SQLite has one writer: writes in this process queue here, answers to people first, and each begins with
`BEGIN IMMEDIATE`, so that what a transaction read is still true when it writes. Reads see a snapshot.
Trouble with the file (locked, full, foreign) comes out as one `StoreTrouble` line.
"""

from __future__ import annotations

import asyncio
import contextlib
import heapq
import itertools
import logging
import pkgutil
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection as SyncConnection
from sqlalchemy import event, inspect
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DatabaseError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from briefings.errors import StoreTrouble
from briefings.store import sqlite
from briefings.store.migrations import versions as versions_package

log = logging.getLogger(__name__)

BUSY_TIMEOUT_MS = 5000
PRAGMAS = (f"busy_timeout={BUSY_TIMEOUT_MS}", "synchronous=NORMAL", "foreign_keys=ON")
WRITER_CACHE_KB = 64 * 1024
CHECKPOINT_PAGES = 10_000
"""For a fan-out to a million readers, who lie all over their tables; a small newsroom never gets there."""

Connection = AsyncConnection
"""What a transaction hands out; the passes only pass it on to the shelves."""


class Database:
    """One open database. Use as `async with Database(url) as database`."""

    def __init__(self, url: str) -> None:
        """Take a `sqlite:///path` address; raise StoreTrouble for any other."""
        self._path = _sqlite_path(url)
        self._reader: AsyncEngine | None = None
        self._writer: AsyncEngine | None = None
        self._turn = Turnstile()

    async def __aenter__(self) -> Database:
        await asyncio.to_thread(_make_ready, self._path)
        self._reader = self._engine(pool_size=4)
        self._writer = self._engine(pool_size=1, max_overflow=0)
        _prepare(self._reader, "BEGIN", "query_only=ON")
        _prepare(
            self._writer, "BEGIN IMMEDIATE", f"cache_size=-{WRITER_CACHE_KB}", f"wal_autocheckpoint={CHECKPOINT_PAGES}"
        )
        try:
            async with self.read() as connection:
                current = await connection.run_sync(_is_current)
            if not current:
                async with self.write() as connection:
                    await connection.run_sync(_migrate)
        except BaseException:
            await self._dispose()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._dispose()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Connection]:
        """A consistent view; nothing may be written through it."""
        assert self._reader is not None  # noqa: S101 - entering is the caller's first duty
        with _translated():
            async with self._reader.connect() as connection:
                yield connection

    @asynccontextmanager
    async def write(self, *, first: bool = False) -> AsyncIterator[Connection]:
        """One transaction, committed when the block ends; `first` lets an answer pass the passes."""
        assert self._writer is not None  # noqa: S101 - entering is the caller's first duty
        async with self._turn.taken(first=first):
            with _translated():
                async with self._writer.begin() as connection:
                    yield connection

    def _engine(self, **pool: int) -> AsyncEngine:
        return create_async_engine(
            f"sqlite+aiosqlite:///{self._path}",
            async_creator=lambda: sqlite.connect(self._path, BUSY_TIMEOUT_MS / 1000),
            poolclass=AsyncAdaptedQueuePool,
            hide_parameters=True,
            **pool,
        )

    async def _dispose(self) -> None:
        for engine in (self._reader, self._writer):
            if engine is not None:
                await engine.dispose()


class Turnstile:
    """A lock whose waiters leave in the order of their urgency, then of their coming."""

    def __init__(self) -> None:
        self._busy = False
        self._waiters: list[tuple[bool, int, asyncio.Future[None]]] = []
        self._count = itertools.count()

    @asynccontextmanager
    async def taken(self, *, first: bool) -> AsyncIterator[None]:
        if self._busy:
            waiter = asyncio.get_running_loop().create_future()
            heapq.heappush(self._waiters, (not first, next(self._count), waiter))
            try:
                await waiter
            except asyncio.CancelledError:
                if waiter.done() and not waiter.cancelled():
                    self._pass_on()  # the turn was ours already: give it away
                raise
        self._busy = True
        try:
            yield
        finally:
            self._pass_on()

    def _pass_on(self) -> None:
        while self._waiters:
            _, _, waiter = heapq.heappop(self._waiters)
            if not waiter.done():
                waiter.set_result(None)
                return
        self._busy = False


class _translated:
    """Turns the driver's errors into one line a person can act on."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, DatabaseError):
            cause = str(error.orig or error).strip().splitlines()[0]
            log.debug("database trouble", exc_info=error)
            raise StoreTrouble(f"the database cannot be used: {cause}") from error


def _sqlite_path(url: str) -> str:
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise StoreTrouble(
            "BRIEFINGS_DATABASE_URL is no database address; use for example sqlite:///briefings.db"
        ) from None
    file = parsed.database or ""
    if parsed.get_backend_name() != "sqlite" or not file or file == ":memory:" or file.startswith("file:"):
        raise StoreTrouble(
            "BRIEFINGS_DATABASE_URL: this version keeps its newsroom in a SQLite file, "
            "for example sqlite:///briefings.db"
        )
    folder = Path(file).absolute().parent
    if not folder.is_dir():
        raise StoreTrouble(f"the folder {folder} does not exist, so no database can be kept there")
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
                raise StoreTrouble(f"the database cannot be used: {error}") from error
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


def _is_current(connection: SyncConnection) -> bool:
    """Whether the newest migration is the last one that was run."""
    if not inspect(connection).has_table("alembic_version"):
        return False
    versions = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalars().all()
    return versions == [max(module.name[1:5] for module in pkgutil.iter_modules(versions_package.__path__))]


def _migrate(connection: SyncConnection) -> None:
    """Bring the schema up to date inside the caller's transaction, which holds the write lock."""
    from alembic import command  # an eighth of a second that only a new schema is worth
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", "briefings.store:migrations")
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        if "Can't locate revision" in str(error):
            raise StoreTrouble("the database was written by a newer Briefings; update the program") from error
        raise
