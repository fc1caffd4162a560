"""Opens the database, brings its schema up to date, and hands out transactions.

One writer at a time holds the newsroom: writes in this process queue here, answers to people first, and what a
transaction read is still true when it writes. SQLite has one writer by nature; on PostgreSQL, where other
processes write too, a lock on the newsroom makes it so, and only those who touch nothing but rows that they
hold go past it. Reads see a snapshot. Trouble with the database (locked, full, foreign, away) is raised as
`StoreTrouble`.
"""

from __future__ import annotations

import logging
import pkgutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from datetime import timedelta
from typing import TypeVar, cast

from sqlalchemy import Connection as SyncConnection
from sqlalchemy import inspect
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection

from briefings.errors import LONGEST_CAUSE, Outdated, StoreTrouble
from briefings.store.engines import Engines
from briefings.store.migrations import versions as versions_package
from briefings.store.priority import PriorityLock

log = logging.getLogger(__name__)

COPYING = "copying"
"""The table that a newsroom holds until it is wholly copied; `copying.py` says what stands in it."""

Connection = AsyncConnection
"""What a transaction hands out; the passes only pass it on to the shelves."""

Found = TypeVar("Found")


class Database:
    """One open database. Use as `async with Database(url) as database`.

    `ahead` is how far the database's clock is ahead of this machine's: what several machines share goes by it.
    """

    def __init__(self, url: str, *, new: bool = True, half_copied: bool = False) -> None:
        """Take a `sqlite:///path` or `postgresql://host/name` address; raise StoreTrouble for any other.

        Unless `new`, a newsroom must be kept there already; one that is half copied is for who says that they know.
        """
        self._engines = _engines(url)
        self._new, self._half_copied = new, half_copied
        self._write_lock = PriorityLock()
        self._found: dict[Callable[..., object], tuple[int, object]] = {}
        self.ahead = timedelta()

    async def __aenter__(self) -> Database:
        with _translated():
            await self._engines.open(new=self._new)
        try:
            async with self.read() as connection:
                tables = await connection.run_sync(_tables)
                current = await connection.run_sync(_is_current, tables)
                self.ahead = await self._engines.ahead(connection) or self.ahead
            if COPYING in tables and not self._half_copied:
                raise StoreTrouble("database-half-copied")
            if not tables and not self._new:
                raise StoreTrouble("database-empty")
            if tables and not current and not (self._new and not self._half_copied):
                raise StoreTrouble("database-of-other-version")
            if not current:
                async with self.write() as connection:
                    await self._engines.be_patient(connection)
                    await connection.run_sync(_migrate)
        except BaseException:
            await self._engines.close()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._engines.close()

    @property
    def place(self) -> str:
        """Where it is kept, the same for every way to say so that matters; without names and passwords."""
        return self._engines.place

    async def look(self) -> None:
        """See how far the clocks are apart; raise Outdated when the schema is no longer ours."""
        if self._engines.shared:
            async with self.read() as connection:
                self.ahead = await self._engines.ahead(connection) or self.ahead
                if not await connection.run_sync(_is_current):
                    raise Outdated("database-newer")

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Connection]:
        """A consistent view; nothing may be written through it."""
        with _translated():
            async with self._engines.reader.connect() as connection:
                yield connection

    async def cached(self, look: Callable[[Connection], Awaitable[Found]]) -> Found:
        """What this look finds; where that can be told, looked for again only after something has changed.

        `look` is a module's function that finds the same as long as nothing changes. Nobody may change what it found.
        """
        version = await self._engines.version()  # first: what changes during the look is looked for once more
        seen, known = self._found.get(look, (None, None))
        if version is not None and version == seen:
            return cast("Found", known)
        async with self.read() as connection:
            found = await look(connection)
        if version is not None:
            self._found[look] = (version, found)
        return found

    @asynccontextmanager
    async def write(self, *, first: bool = False, turn: bool = True) -> AsyncIterator[Connection]:
        """One transaction, committed when the block ends; `first` lets an answer pass the passes.

        Without a `turn` it may only touch rows that it locks or holds a claim on, and where the database has several
        writers each statement is a transaction of its own: it waits for nobody, and nobody for its next word.
        """
        if not turn and self._engines.shared:
            with _translated():
                async with self._engines.single.connect() as connection:
                    yield connection
            return
        async with self._write_lock.acquired(urgent=first):
            with _translated():
                async with self._engines.writer.begin() as connection:
                    await self._engines.lock(connection)
                    yield connection

    @asynccontextmanager
    async def alone(self, work: str) -> AsyncIterator[bool]:
        """While open, whether this process is the one that does this work; others have it False meanwhile."""
        with _translated():
            async with self._engines.alone(work) as ours:
                yield ours

    @property
    def shared(self) -> bool:
        """Whether processes on other machines may work on it too."""
        return self._engines.shared

    @asynccontextmanager
    async def still(self) -> AsyncIterator[Connection]:
        """A view of a newsroom that nobody changes, in whatever process, until the block ends, however long it takes.

        Raise StoreTrouble when another process is writing to it and does not stop.
        """
        async with AsyncExitStack() as held:
            try:
                connection = await held.enter_async_context(self.write())
                with _translated():
                    await self._engines.forbid_writing(connection)
                    await self._engines.be_patient(connection)
            except StoreTrouble as trouble:
                if "lock" not in str(trouble.arguments.get("cause", "")):
                    raise
                raise StoreTrouble("database-written-to") from trouble
            view = await held.enter_async_context(self.read())
            await self._engines.be_patient(view)
            yield view

    def listen(self, heard: Callable[[str], None]) -> AbstractAsyncContextManager[Callable[[str], None]]:
        """While open, call `heard` with each word that another process says; gives what says one to the others."""
        return self._engines.listen(heard)


class _translated:
    """Turns the driver's errors into StoreTrouble with one line of theirs."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, DBAPIError | PoolTimeout | TimeoutError):  # the last is a statement without an answer
            cause = (str(getattr(error, "orig", None) or error).strip() or "it does not answer").splitlines()[0]
            log.debug("database trouble", exc_info=error)
            raise StoreTrouble("database-unusable", cause=cause[:LONGEST_CAUSE]) from error


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


def _tables(connection: SyncConnection) -> frozenset[str]:
    return frozenset(inspect(connection).get_table_names())


def _is_current(connection: SyncConnection, tables: frozenset[str] | None = None) -> bool:
    """Whether the newest migration is the last one that was run."""
    if "alembic_version" not in (tables or _tables(connection)):
        return False
    versions = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalars().all()
    return versions == [max(module.name[1:5] for module in pkgutil.iter_modules(versions_package.__path__))]


def _migrate(connection: SyncConnection) -> None:
    """Bring the schema up to date inside the caller's transaction, which holds the write lock."""
    from alembic import command  # an eighth of a second that only a new schema is worth
    from alembic.config import Config
    from alembic.util import CommandError

    if _is_current(connection):
        return  # another process was first
    config = Config()
    config.set_main_option("script_location", "briefings.store:migrations")
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        if "Can't locate revision" in str(error):
            raise Outdated("database-newer") from error
        raise
