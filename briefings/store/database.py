"""Opens the database, brings its schema up to date, and hands out transactions.

The newsroom has one writer at a time, so what a transaction has read is still true when it writes. Writers of this
process queue here, urgent ones first. SQLite allows one writer anyway; on PostgreSQL, where other processes write too,
a lock on the whole newsroom ensures it. Only a transaction that touches nothing but its own rows goes past that lock.
Readers see a snapshot. Trouble with the database (locked, full, foreign, away) is raised as one line of
`StoreTrouble`. A newsroom whose tables do not match their stamp is not opened, and nothing in it is changed. While the
database's file is gone or another lies in its place, nothing is written, because it would not last.
"""

from __future__ import annotations

import logging
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from datetime import timedelta
from typing import TypeVar, cast

from sqlalchemy import Connection as SyncConnection
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection

from briefings.errors import LONGEST_CAUSE, NotSaved, Outdated, Problem, StoreTrouble
from briefings.store import stamp
from briefings.store.engines import Engines
from briefings.store.priority import PriorityLock

log = logging.getLogger(__name__)

COPYING = "copying"
"""A table that exists only while the newsroom is being copied into this database; `copying.py` fills it."""

Connection = AsyncConnection
"""An open transaction. The passes hand it on to the modules of the store and do nothing else with it."""

Result = TypeVar("Result")


class Database:
    """One open database. Use as `async with Database(url) as database`.

    `ahead` is how far the database's clock is ahead of this machine's. Processes that share a database go by its clock.
    """

    def __init__(self, url: str, *, new: bool = True, half_copied: bool = False) -> None:
        """Take a `sqlite:///path` or `postgresql://host/name` address. Raises StoreTrouble for any other.

        With `new=False` the database must hold a newsroom already. A half copied newsroom opens only with
        `half_copied=True`.
        """
        self._engines = _engines(url)
        self._new, self._half_copied = new, half_copied
        self._write_lock = PriorityLock()
        self._cache: dict[Callable[..., object], tuple[int, object]] = {}
        self.ahead = timedelta()

    async def __aenter__(self) -> Database:
        with _translated(self._engines.lost):
            await self._engines.open(new=self._new)
        try:
            is_current = await self._judge()
            await self._engines.prepare()
            if not is_current:
                async with self.write() as connection:
                    await self._engines.lift_time_limits(connection)
                    await _bring_up_to_date(connection)
                    tables = await self._engines.tables(connection)
                    stamp.check(
                        tables, await _stamps(connection), self._engines.besides
                    )  # a migration sees only a part
        except BaseException:
            await self._engines.close()
            raise
        return self

    async def _judge(self) -> bool:
        """Return True if the schema is up to date. Raises StoreTrouble if this is not a newsroom to be opened."""
        async with self.read() as connection:
            tables = await self._engines.tables(connection)
            stamps = await _stamps(connection) if stamp.STAMPS in tables else []
            self.ahead = await self._engines.ahead(connection) or self.ahead
        if COPYING in tables and not self._half_copied:
            raise StoreTrouble("database-half-copied")
        if not tables and not self._new:
            raise StoreTrouble("database-empty")
        stamp.check(tables, stamps, self._engines.besides)
        is_current = stamp.is_newest(stamps)
        if tables and not is_current and not (self._new and not self._half_copied):
            raise StoreTrouble("database-of-other-version")
        return is_current

    async def __aexit__(self, *_: object) -> None:
        await self._engines.close()

    @property
    def place(self) -> str:
        """The database's address without user name and password, the same however the address was written."""
        return self._engines.place

    async def check(self) -> Problem | None:
        """Check that a newsroom can run on this database. Raises StoreTrouble when nothing can be written.

        Returns a problem that the operator should mend although the newsroom can run with it; None if there is none.
        """
        async with self.read() as connection:
            return await self._engines.check(connection)

    async def check_clock_and_schema(self) -> None:
        """Measure `ahead` again. Raises Outdated when a newer program has changed the schema."""
        if self._engines.shared:
            async with self.read() as connection:
                self.ahead = await self._engines.ahead(connection) or self.ahead
                if not stamp.is_newest(await _stamps(connection)):
                    raise Outdated("database-newer")

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Connection]:
        """Open a read-only transaction, which sees the newsroom as it was at one instant."""
        with _translated(self._engines.lost):
            async with self._engines.reader.connect() as connection:
                yield connection

    async def cached(self, query: Callable[[Connection], Awaitable[Result]]) -> Result:
        """Return the result of a query; run it again only after something in the database has changed.

        `query` must be a function of a module (it is the cache's key) whose result depends on the database alone.
        Callers must not change the result. Where changes cannot be noticed cheaply (PostgreSQL), it runs every time.
        """
        version = await self._engines.version()  # before the query: a change during it must make the next call run it
        cached_version, cached_result = self._cache.get(query, (None, None))
        if version is not None and version == cached_version:
            return cast("Result", cached_result)
        async with self.read() as connection:
            result = await query(connection)
        if version is not None:
            self._cache[query] = (version, result)
        return result

    @asynccontextmanager
    async def write(
        self, *, urgent: bool = False, own_rows: bool = False, even_if_lost: bool = False
    ) -> AsyncIterator[Connection]:
        """Open a transaction that writes; it is committed when the block ends, rolled back when the block raises.

        `urgent=True` goes ahead of this process's other waiting writers; it is for answers to people.
        `own_rows=True` promises to touch only rows that the transaction locks or holds a claim on. On PostgreSQL it
        then waits for no other writer and holds up none, but each statement is committed by itself.

        Raises NotSaved while the database's file is gone. `even_if_lost=True` writes to the opened file nevertheless:
        it is for what has happened already, or matters for a moment only, and must never let anybody be told of it.
        """
        if not even_if_lost and (problem := self._engines.lost()):
            raise NotSaved.of(problem)
        if own_rows and self._engines.shared:
            with _translated(self._engines.lost):
                async with self._engines.single.connect() as connection:
                    yield connection
            return
        async with self._write_lock.acquired(urgent=urgent):
            with _translated(self._engines.lost):
                async with self._engines.writer.begin() as connection:
                    await self._engines.lock(connection)
                    if not even_if_lost and (problem := self._engines.lost()):  # while it waited for its turn
                        raise NotSaved.of(problem)
                    yield connection

    def lost(self) -> Problem | None:
        """Return why nothing that is written now would last; None when all is well. Takes microseconds."""
        return self._engines.lost()

    @asynccontextmanager
    async def alone(self, work: str) -> AsyncIterator[bool]:
        """While open, gives True to the one process that does this work, and False to every other."""
        with _translated(self._engines.lost):
            async with self._engines.alone(work) as ours:
                yield ours

    @property
    def shared(self) -> bool:
        """True if processes on other machines may use this database too."""
        return self._engines.shared

    @asynccontextmanager
    async def read_without_writers(self) -> AsyncIterator[Connection]:
        """Open a read-only transaction; until the block ends, no process can write. It may take as long as it needs.

        Raises StoreTrouble when another process is writing and does not stop.
        """
        async with AsyncExitStack() as stack:
            try:
                connection = await stack.enter_async_context(self.write())
                with _translated(self._engines.lost):
                    await self._engines.forbid_writing(connection)
                    await self._engines.lift_time_limits(connection)
            except StoreTrouble as trouble:
                if "lock" not in str(trouble.arguments.get("cause", "")):
                    raise
                raise StoreTrouble("database-written-to") from trouble
            view = await stack.enter_async_context(self.read())
            await self._engines.lift_time_limits(view)
            yield view

    def listen(self, wake: Callable[[str], None]) -> AbstractAsyncContextManager[Callable[[str], None]]:
        """While open, call `wake` with each nudge from another process; gives the function that nudges the others."""
        return self._engines.listen(wake)


class _translated:
    """Turns the driver's errors into one line of StoreTrouble, of NotSaved while the file is gone (`lost`)."""

    def __init__(self, lost: Callable[[], Problem | None]) -> None:
        self._lost = lost

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, DBAPIError | PoolTimeout | TimeoutError):  # the last is a statement without an answer
            cause = (str(getattr(error, "orig", None) or error).strip() or "it does not answer").splitlines()[0]
            log.debug("database trouble", exc_info=error)
            if problem := self._lost():  # a file that was written over cannot be read any more
                raise NotSaved.of(problem) from error
            raise _trouble(getattr(getattr(error, "orig", None), "sqlstate", None), cause[:LONGEST_CAUSE]) from error


def _trouble(sqlstate: str | None, cause: str) -> StoreTrouble:
    """Return the trouble that PostgreSQL's code names; with any other code, and on SQLite, the cause says all."""
    match sqlstate:
        case "25006":
            return StoreTrouble("database-read-only", cause=cause)
        case "42501":
            return StoreTrouble("database-not-permitted", cause=cause)
        case _:
            return StoreTrouble("database-unusable", cause=cause)


def _engines(url: str) -> Engines:
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise StoreTrouble("database-not-address") from None
    match parsed.get_backend_name():
        case "sqlite":
            from briefings.store.sqlite import File

            return File(parsed)
        case "postgresql" | "postgres":
            try:
                from briefings.store.postgres import Server
            except ModuleNotFoundError:
                raise StoreTrouble("database-driver-missing") from None
            return Server(parsed)
        case other:
            raise StoreTrouble("database-of-other-kind", kind=other[:LONGEST_CAUSE])


async def _stamps(connection: Connection) -> list[str]:
    return list((await connection.exec_driver_sql(_SELECT_STAMPS)).scalars())


_SELECT_STAMPS = f"SELECT version_num FROM {stamp.STAMPS}"  # noqa: S608 - a name of ours
_DISAGREES = re.compile(r"already exists|duplicate column|no such (?:table|column)|does not exist")
"""How both databases say that a table or a column is there, or is not, against what a migration expects."""


async def _bring_up_to_date(connection: Connection) -> None:
    """Run the migrations that are missing. Raises StoreTrouble when the tables are not those of their stamp."""
    try:
        await connection.run_sync(_migrate)
    except DBAPIError as error:
        cause = str(error.orig).splitlines()[0]
        if not _DISAGREES.search(cause):
            raise
        raise StoreTrouble("database-migration-failed", cause=cause[:LONGEST_CAUSE]) from error


def _migrate(connection: SyncConnection) -> None:
    """Bring the schema up to date inside the caller's transaction, which holds the write lock."""
    from alembic import command  # an eighth of a second that only a new schema is worth
    from alembic.config import Config
    from sqlalchemy import inspect

    if stamp.STAMPS in inspect(connection).get_table_names():
        stamps = connection.exec_driver_sql(_SELECT_STAMPS).scalars().all()
        if stamp.is_newest(stamps):
            return  # another process was first
    config = Config()
    config.set_main_option("script_location", "briefings.store:migrations")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
