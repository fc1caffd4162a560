"""A newsroom in a PostgreSQL database, shared by as many processes on as many machines as there are.

A machine that drops off the network must hold up no other: what it locked is free again after seconds, by the
server's own time limits, and here no statement is waited for without end.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
from sqlalchemy import URL, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from briefings.errors import LONGEST_CAUSE, StoreTrouble
from briefings.store.schema import metadata

log = logging.getLogger(__name__)

CONNECT_SECONDS = 10
STATEMENT_SECONDS = 30
CONNECTIONS = 5
"""Kept open by each process; as many again may be opened when it is busy."""

SESSION = {
    "application_name": "briefings",
    "timezone": "UTC",
    "jit": "off",  # compiling costs more than any statement of ours
    "lock_timeout": "5s",
    "tcp_keepalives_idle": "5",
    "tcp_keepalives_interval": "2",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "10s",
}
NEWSROOM = 0x62726965
"""The advisory lock that one writer at a time holds: "brie"."""

_TRY = text("SELECT pg_try_advisory_lock(:newsroom, hashtext(:work))")
_FREE = text("SELECT pg_advisory_unlock(:newsroom, hashtext(:work))")

SILENCE = "4s"
"""How long the server waits for the next word of whoever holds that lock."""

CHANNEL = "briefings"
CLOCK_QUESTIONS = 3
LONGEST_JOURNEY_SECONDS = 0.5

LISTEN_PAUSE_SECONDS = 5.0


class Server:
    """The engines of one database on a server."""

    shared = True
    reader: AsyncEngine
    writer: AsyncEngine
    single: AsyncEngine

    def __init__(self, url: URL) -> None:
        """Raise StoreTrouble for an address that names no database."""
        if not url.database:
            raise StoreTrouble("database-unnamed")
        query = {name: url.query[name] for name in ("host", "port") if name in url.query}
        self.place = str(URL.create("postgresql", host=url.host, port=url.port, database=url.database, query=query))
        self._dsn = url.set(drivername="postgresql").render_as_string(hide_password=False)

    async def open(self, *, new: bool) -> None:
        """See that the server answers; raise StoreTrouble when it does not."""
        self.writer = create_async_engine(
            "postgresql+asyncpg://",
            async_creator=self._connect,
            pool_size=CONNECTIONS,
            max_overflow=CONNECTIONS,
            hide_parameters=True,
        )
        self.single = self.writer.execution_options(isolation_level="AUTOCOMMIT")
        self.reader = self.writer.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)

    async def close(self) -> None:
        """Close every connection."""
        await self.writer.dispose()

    async def lock(self, connection: AsyncConnection) -> None:
        """Wait for the newsroom's lock, which is held until the transaction ends."""
        silence = f"set_config('idle_in_transaction_session_timeout', '{SILENCE}', true)"
        await connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({NEWSROOM}), {silence}")

    async def be_patient(self, connection: AsyncConnection) -> None:
        """Let the server cut nothing short in this transaction; a line that is dead it notices all the same."""
        await connection.exec_driver_sql("SET LOCAL lock_timeout = 0")
        await connection.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")

    async def forbid_writing(self, connection: AsyncConnection) -> None:
        """Also to those who go past the newsroom's lock; who reads may go on."""
        await connection.exec_driver_sql(f"LOCK TABLE {', '.join(metadata.tables)} IN SHARE MODE")

    async def ahead(self, connection: AsyncConnection) -> timedelta | None:
        """By the middle of the question's journey; a long one tells nothing."""
        for _ in range(CLOCK_QUESTIONS):
            asked, began = datetime.now(UTC), time.monotonic()
            theirs: datetime = (await connection.exec_driver_sql("SELECT clock_timestamp()")).scalar_one()
            journey = time.monotonic() - began
            if journey < LONGEST_JOURNEY_SECONDS:
                return theirs - (asked + timedelta(seconds=journey) / 2)
        return None

    async def version(self) -> None:
        """A server tells of a change no sooner than of what one looks for."""

    @asynccontextmanager
    async def alone(self, work: str) -> AsyncIterator[bool]:
        """By a lock of the session's, free again when its process or its line dies."""
        async with self.single.connect() as connection:
            key = {"newsroom": NEWSROOM, "work": work}
            ours = bool(await connection.scalar(_TRY, key))
            try:
                yield ours
            finally:
                if ours:
                    await _free(connection, key)

    @asynccontextmanager
    async def listen(self, heard: Callable[[str], None]) -> AsyncIterator[Callable[[str], None]]:
        """By NOTIFY, on a connection of its own that is opened again when it breaks; a word may be lost then."""
        words: asyncio.Queue[str] = asyncio.Queue()
        line = asyncio.create_task(self._keep_listening(words, heard))
        try:
            yield words.put_nowait
        finally:
            line.cancel()
            await asyncio.gather(line, return_exceptions=True)

    async def _keep_listening(self, words: asyncio.Queue[str], heard: Callable[[str], None]) -> None:
        while True:
            try:
                connection = await self._connect()
            except StoreTrouble as trouble:
                log.debug("nothing is heard of other processes: %s", trouble)
            else:
                try:
                    await self._hear(connection, words, heard)
                except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                    log.debug("nothing is heard of other processes: %s", error)
                finally:
                    connection.terminate()
            await asyncio.sleep(LISTEN_PAUSE_SECONDS)

    async def _hear(self, connection: Any, words: asyncio.Queue[str], heard: Callable[[str], None]) -> None:
        ours = connection.get_server_pid()
        await connection.add_listener(CHANNEL, lambda _, pid, __, word: None if pid == ours else heard(word))
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LISTEN_PAUSE_SECONDS):
                    word = await words.get()
                await connection.execute("SELECT pg_notify($1, $2)", CHANNEL, word)
                continue
            await connection.execute("SELECT 1")  # whether the line still is one

    async def _connect(self) -> Any:
        try:
            return await asyncpg.connect(
                self._dsn, timeout=CONNECT_SECONDS, command_timeout=STATEMENT_SECONDS, server_settings=SESSION
            )
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, ValueError) as error:
            cause = str(error).strip().splitlines() or [type(error).__name__]
            raise StoreTrouble("database-unusable", cause=cause[0][:LONGEST_CAUSE]) from error


async def _free(connection: AsyncConnection, key: dict[str, Any]) -> None:
    """Give the lock back, by closing the line if it must be: never keep it, and never stand in the way of an end."""
    try:
        await connection.execute(_FREE, key)
    except Exception as error:  # whatever it is, the line is of no use any more
        log.debug("a lock was given back with its line: %s", error)
        await connection.invalidate()
