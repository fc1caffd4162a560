"""A newsroom in a PostgreSQL database, shared by any number of processes on any number of machines.

A machine that drops off the network must not hold up the others: the server's own time limits free its locks within
seconds, and this module waits for no statement without a limit.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Callable, Collection, Mapping
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
"""Connections that each process keeps open; it may open as many again when it is busy."""

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

ENCODING = "UTF8"
"""The only encoding of a database in which every text can be stored."""

_TABLES = text(
    """
    SELECT relname::text, array_agg(attname::text) FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
    WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p') AND attnum > 0 AND NOT attisdropped
    GROUP BY relname
    """
)
_STATE = text(
    "SELECT pg_is_in_recovery(), current_setting('default_transaction_read_only')::boolean, current_user::text"
)
_DENIED = text(
    """
    SELECT relname::text FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND (
        (relkind = 'r' AND relname = ANY(:tables) AND NOT (
            has_table_privilege(oid, 'SELECT') AND has_table_privilege(oid, 'INSERT')
            AND has_table_privilege(oid, 'UPDATE') AND has_table_privilege(oid, 'DELETE')))
        OR (relkind = 'S' AND relname = ANY(:sequences) AND NOT has_sequence_privilege(oid, 'USAGE'))
    ) ORDER BY relname LIMIT 1
    """
)
"""The first table or sequence that the role may not use as a newsroom must."""

SILENCE = "4s"
"""How long the server waits for the next statement of the lock's holder before it ends the transaction."""

CHANNEL = "briefings"
"""The NOTIFY channel of nudges between processes."""

CLOCK_QUESTIONS = 3
"""How often the server is asked for its time until one answer comes quickly enough."""

LONGEST_ROUND_TRIP_SECONDS = 0.5
"""A slower answer does not show the server's clock exactly enough."""

LISTEN_PAUSE_SECONDS = 5.0
"""Between two checks that the listening connection is alive, and before it is opened again."""


class Server:
    """The connections to one database on a server."""

    shared = True
    besides: Mapping[str, Collection[str]] = {"articles": ("words",)}
    reader: AsyncEngine
    writer: AsyncEngine
    single: AsyncEngine
    _must_hold_every_text = True

    def __init__(self, url: URL) -> None:
        """Raise StoreTrouble for an address that names no database."""
        if not url.database:
            raise StoreTrouble("database-unnamed")
        if "@" in (url.host or ""):
            raise StoreTrouble("database-password-split")  # without the host, which is the password's second half
        query = {name: url.query[name] for name in ("host", "port") if name in url.query}
        self.place = str(URL.create("postgresql", host=url.host, port=url.port, database=url.database, query=query))
        self._dsn = url.set(drivername="postgresql").render_as_string(hide_password=False)

    async def open(self, *, new: bool) -> None:
        """Set up the connections. The first transaction raises StoreTrouble when the server does not answer.

        It also raises it when the database cannot hold every text, except with `new=False`, so that it can be copied.
        """
        self._must_hold_every_text = new
        self.writer = create_async_engine(
            "postgresql+asyncpg://",
            async_creator=self._connect,
            pool_size=CONNECTIONS,
            max_overflow=CONNECTIONS,
            hide_parameters=True,
        )
        self.single = self.writer.execution_options(isolation_level="AUTOCOMMIT")
        self.reader = self.writer.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)

    async def prepare(self) -> None:
        """Do nothing: a server is ready when it answers."""

    async def close(self) -> None:
        """Close every connection."""
        await self.writer.dispose()

    async def tables(self, connection: AsyncConnection) -> dict[str, list[str]]:
        """Ask the server's catalogue, which shows tables to a role that may not use them too."""
        return {name: columns for name, columns in await connection.execute(_TABLES)}

    def lost(self) -> None:
        """Return None: a server that loses its files refuses to write by itself."""

    async def check(self, connection: AsyncConnection) -> None:
        """Raise StoreTrouble when the server, the database or the role allows no writing."""
        is_standby, is_read_only, role = (await connection.execute(_STATE)).one()
        if is_standby:
            raise StoreTrouble("database-standby")
        if is_read_only:
            raise StoreTrouble("database-read-only", cause="default_transaction_read_only is on")
        sequences = [f"{name}_id_seq" for name in metadata.tables]
        if denied := await connection.scalar(_DENIED, {"tables": list(metadata.tables), "sequences": sequences}):
            raise StoreTrouble("database-not-permitted", cause=f"{role} may not change {denied}"[:LONGEST_CAUSE])

    async def lock(self, connection: AsyncConnection) -> None:
        """Wait for the newsroom's lock and hold it until the transaction ends."""
        silence = f"set_config('idle_in_transaction_session_timeout', '{SILENCE}', true)"
        await connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({NEWSROOM}), {silence}")

    async def lift_time_limits(self, connection: AsyncConnection) -> None:
        """Lift the server's limits on waiting and silence in this transaction. It still notices a dead connection."""
        await connection.exec_driver_sql("SET LOCAL lock_timeout = 0")
        await connection.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")

    async def forbid_writing(self, connection: AsyncConnection) -> None:
        """Lock every table against writing, which stops own-rows writers too. Readers go on."""
        await connection.exec_driver_sql(f"LOCK TABLE {', '.join(metadata.tables)} IN SHARE MODE")

    async def ahead(self, connection: AsyncConnection) -> timedelta | None:
        """Compare the clocks at the middle of the round trip. Return None when every round trip is slow."""
        for _ in range(CLOCK_QUESTIONS):
            asked, began = datetime.now(UTC), time.monotonic()
            server_time: datetime = (await connection.exec_driver_sql("SELECT clock_timestamp()")).scalar_one()
            round_trip = time.monotonic() - began
            if round_trip < LONGEST_ROUND_TRIP_SECONDS:
                return server_time - (asked + timedelta(seconds=round_trip) / 2)
        return None

    async def version(self) -> None:
        """Return None: asking a server for a change takes as long as running the query itself."""

    @asynccontextmanager
    async def alone(self, work: str) -> AsyncIterator[bool]:
        """Use a lock of the session, which the server frees when the process or its connection dies."""
        async with self.single.connect() as connection:
            key = {"newsroom": NEWSROOM, "work": work}
            ours = bool(await connection.scalar(_TRY, key))
            try:
                yield ours
            finally:
                if ours:
                    await _free(connection, key)

    @asynccontextmanager
    async def listen(self, wake: Callable[[str], None]) -> AsyncIterator[Callable[[str], None]]:
        """Use NOTIFY on a connection of its own, opened again when it breaks; nudges sent meanwhile may be lost."""
        nudges: asyncio.Queue[str] = asyncio.Queue()
        listening = asyncio.create_task(self._keep_listening(nudges, wake))
        try:
            yield nudges.put_nowait
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)

    async def _keep_listening(self, nudges: asyncio.Queue[str], wake: Callable[[str], None]) -> None:
        while True:
            try:
                connection = await self._connect()
            except StoreTrouble as trouble:
                log.debug("no nudges from or to other processes: %s", trouble)
            else:
                try:
                    await self._exchange(connection, nudges, wake)
                except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                    log.debug("no nudges from or to other processes: %s", error)
                finally:
                    connection.terminate()
            await asyncio.sleep(LISTEN_PAUSE_SECONDS)

    async def _exchange(self, connection: Any, nudges: asyncio.Queue[str], wake: Callable[[str], None]) -> None:
        """Send our nudges and pass on those of other processes until the connection breaks."""
        ours = connection.get_server_pid()
        await connection.add_listener(CHANNEL, lambda _, pid, __, nudge: None if pid == ours else wake(nudge))
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LISTEN_PAUSE_SECONDS):
                    nudge = await nudges.get()
                await connection.execute("SELECT pg_notify($1, $2)", CHANNEL, nudge)
                continue
            await connection.execute("SELECT 1")  # raises when the connection is dead

    async def _connect(self) -> Any:
        try:
            connection = await asyncpg.connect(
                self._dsn, timeout=CONNECT_SECONDS, command_timeout=STATEMENT_SECONDS, server_settings=SESSION
            )
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, ValueError) as error:
            cause = str(error).strip().splitlines() or [type(error).__name__]
            raise StoreTrouble("database-unusable", cause=cause[0][:LONGEST_CAUSE]) from error
        encoding = connection.get_settings().server_encoding
        if self._must_hold_every_text and encoding != ENCODING:
            connection.terminate()
            raise StoreTrouble("database-encoding", encoding=encoding)
        return connection


async def _free(connection: AsyncConnection, key: dict[str, Any]) -> None:
    """Give the lock back; when that fails, close the connection, which frees it too. Never raises."""
    try:
        await connection.execute(_FREE, key)
    except Exception as error:  # after any error the connection is of no more use
        log.debug("a lock was freed by closing its connection: %s", error)
        await connection.invalidate()
