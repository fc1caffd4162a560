"""Opens the database, brings its schema up to date, and hands out transactions.

The newsroom has one writer at a time, so what a transaction has read is still true when it writes. Writers of this
process queue here, urgent ones first. SQLite allows one writer anyway; on PostgreSQL, where other processes write too,
a lock on the whole newsroom ensures it. Only a transaction that touches nothing but its own rows goes past that lock.
Readers see a snapshot. Trouble with the database (locked, full, foreign, away) is raised as one line of
`StoreTrouble`. A newsroom whose tables do not match their stamp is not opened, and nothing in it is changed. While the
database's file is gone or another lies in its place, nothing is written, because it would not last.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from datetime import datetime, timedelta
from typing import TypeVar, cast

from sqlalchemy import bindparam, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DataError, DBAPIError, IntegrityError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection

from briefings.errors import LONGEST_CAUSE, NotSaved, Outdated, Problem, StoreTrouble
from briefings.store import schema, stamp, upgrade
from briefings.store.engines import Engines
from briefings.store.priority import PriorityLock
from briefings.store.working import Note, Working

log = logging.getLogger(__name__)

COPYING = "copying"
"""A table that exists only while the newsroom is being copied into this database; `copying.py` fills it."""

PROVEN_SECONDS = 5.0
"""A read and a write that went well prove for so long that the database works."""

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
        self._working = Working()
        self._probing: asyncio.Task[None] | None = None
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
                    await upgrade.bring_up_to_date(connection)
                    tables = await self._engines.tables(connection)
                    stamp.check(
                        tables, await upgrade.stamps(connection), self._engines.besides
                    )  # a migration sees only a part
        except BaseException:
            await self._engines.close()
            raise
        return self

    async def _judge(self) -> bool:
        """Return True if the schema is up to date. Raises StoreTrouble if this is not a newsroom to be opened."""
        async with self.read() as connection:
            tables = await self._engines.tables(connection)
            stamps = await upgrade.stamps(connection) if stamp.STAMPS in tables else []
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
        if self._probing is not None:
            self._probing.cancel()
            await asyncio.wait({self._probing})
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
                if not stamp.is_newest(await upgrade.stamps(connection)):
                    raise Outdated("database-newer")

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Connection]:
        """Open a read-only transaction, which sees the newsroom as it was at one instant."""
        with _translated(self._engines.lost, self._working.note_read):
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
            with _translated(self._engines.lost, self._working.note_write):
                async with self._engines.single.connect() as connection:
                    yield connection
            return
        async with self._write_lock.acquired(urgent=urgent):
            with _translated(self._engines.lost, self._working.note_write):
                async with self._engines.writer.begin() as connection:
                    await self._engines.lock(connection)
                    if not even_if_lost and (problem := self._engines.lost()):  # while it waited for its turn
                        raise NotSaved.of(problem)
                    yield connection

    def lost(self) -> Problem | None:
        """Return why nothing that is written now would last; None when all is well. Takes microseconds."""
        return self._engines.lost()

    def trouble(self) -> Problem | None:
        """Return why the database cannot be read or written, as the last transactions showed; None when it can.

        Takes microseconds. It ends with the first transaction of the same kind that goes well: somebody must `probe`.
        """
        return self._engines.lost() or self._working.problem

    async def probe(self, now: datetime) -> Problem | None:
        """Read and write, unless both were done within `PROVEN_SECONDS`. Return what `trouble` does then.

        May take as long as a writer has to wait. Raises nothing.
        """
        if self._engines.lost() is None and not self._working.is_proven(PROVEN_SECONDS):
            if self._probing is None or self._probing.done():
                self._probing = asyncio.create_task(self._probe(now))
            await asyncio.shield(self._probing)
        return self.trouble()

    async def try_to_write(self, now: datetime) -> None:
        """Write what nobody reads. Raises StoreTrouble when that cannot be done."""
        async with self.write(urgent=True, own_rows=True) as connection:
            await connection.execute(_PROBE, {"now": now})

    async def _probe(self, now: datetime) -> None:
        with contextlib.suppress(StoreTrouble):
            async with self.read() as connection:
                await connection.execute(_READ_PROBE)
        with contextlib.suppress(StoreTrouble):
            await self.try_to_write(now)

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
    """Turns the driver's errors into one line of StoreTrouble, of NotSaved while the file is gone (`lost`).

    `note` gets what came of the transaction, unless it failed for a reason of its own.
    """

    def __init__(self, lost: Callable[[], Problem | None], note: Note = lambda _: None) -> None:
        self._lost = lost
        self._note = note

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if error is None:
            self._note(None)
        # The last two: a statement without an answer, and a connection that broke where the driver does not look.
        if isinstance(error, DBAPIError | PoolTimeout | TimeoutError | ConnectionError):
            cause = (str(getattr(error, "orig", None) or error).strip() or "it does not answer").splitlines()[0]
            log.debug("database trouble", exc_info=error)
            if problem := self._lost():  # a file that was written over cannot be read any more
                raise NotSaved.of(problem) from error
            trouble = _trouble(getattr(getattr(error, "orig", None), "sqlstate", None), cause[:LONGEST_CAUSE])
            if not isinstance(error, _OF_ITS_OWN):
                self._note(trouble.problem)
            raise trouble from error


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


_OF_ITS_OWN = (IntegrityError, DataError, ProgrammingError)
"""Errors of one statement: they say nothing about the database as a whole."""

_PROBE = text("INSERT INTO probe (id, at) VALUES (1, :now) ON CONFLICT (id) DO UPDATE SET at = excluded.at").bindparams(
    bindparam("now", type_=schema.probe.c.at.type)
)
_READ_PROBE = select(schema.probe.c.at)
