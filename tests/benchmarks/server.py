"""The same newsroom on a PostgreSQL server, filled once from the SQLite file and reused.

The server runs with its own settings, so that every commit is on the disk before it counts; only its memory is set, as
the manual advises. `cpu` gives the CPU time of all its processes, so that a table can show the server's share.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from postgres import named, server

from briefings.store.column_types import Instant
from briefings.store.database import Database
from briefings.store.schema import metadata
from tests.benchmarks.archive import ARTICLES, READERS, cached

PAGE = 20_000
MEMORY = (
    "shared_buffers = '2GB'",
    "effective_cache_size = '8GB'",
    "maintenance_work_mem = '512MB'",
    "max_wal_size = '8GB'",
)


@contextmanager
def running() -> Iterator[str]:
    """Run a server that keeps its databases from one run to the next; yields its address."""
    folder = Path(os.environ.get("BRIEFINGS_BENCHMARK_CACHE", tempfile.gettempdir())) / "briefings-postgres"
    if not folder.exists():
        with server(folder, keep=True) as address:
            for setting in MEMORY:
                asyncio.run(run(address, f"ALTER SYSTEM SET {setting}"))
    with server(folder, keep=True) as address:
        yield address


@contextmanager
def new(server: str, name: str = "bench", template: str = "template1") -> Iterator[str]:
    """Create a database that is dropped afterwards; yields its address."""
    asyncio.run(run(server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
    asyncio.run(run(server, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy"))
    try:
        yield named(server, name)
    finally:
        asyncio.run(run(server, f"DROP DATABASE {name} WITH (FORCE)"))


def filled(server: str, articles: int = ARTICLES, readers: int = READERS) -> str:
    """Return the name of a database that holds the archive, built on the first call. Do not write to it."""
    name = f"archive_{articles}_{readers}"
    asyncio.run(_fill(server, name, cached(articles, readers)))
    return name


async def run(address: str, *statements: str) -> Any:
    """Execute the statements; return the value of the last."""
    import asyncpg

    connection = await asyncpg.connect(address)
    try:
        for statement in statements:
            value = await connection.fetchval(statement, timeout=3600)
        return value
    finally:
        await connection.close()


def cpu(address: str) -> float:
    """Return the CPU seconds that the server at this address has used so far, its ended processes included."""
    import psutil

    folder = address.rpartition("host=")[2]
    postmaster = psutil.Process(int((Path(folder) / "postmaster.pid").read_text().split()[0]))
    running = [process.cpu_times() for process in (postmaster, *postmaster.children())]
    ended = running[0].children_user + running[0].children_system
    return float(sum(times.user + times.system for times in running) + ended)


async def _fill(server: str, name: str, file: Path) -> None:
    import asyncpg

    if await run(server, f"SELECT 1 FROM pg_database WHERE datname = '{name}'"):  # noqa: S608 - ours
        return
    building = f"{name}_building"
    await run(server, f"DROP DATABASE IF EXISTS {building} WITH (FORCE)", f"CREATE DATABASE {building}")
    address = named(server, building)
    async with Database(address):
        pass
    connection = await asyncpg.connect(address)
    await connection.execute("DROP INDEX ix_articles_words")
    with sqlite3.connect(file) as source:
        for table in metadata.sorted_tables:
            await _copy(source, connection, table)
    source.close()
    await connection.execute("CREATE INDEX ix_articles_words ON articles USING gin (words)", timeout=3600)
    await connection.execute("VACUUM ANALYZE", timeout=3600)
    await connection.close()
    await run(server, f"ALTER DATABASE {building} RENAME TO {name}")


async def _copy(source: sqlite3.Connection, target: Any, table: Any) -> None:
    present = {row[1] for row in source.execute(f"PRAGMA table_info({table.name})")}
    columns = [column for column in table.columns if column.name in present]
    names = [column.name for column in columns]
    quoted = ", ".join(f'"{name}"' for name in names)
    instants = [place for place, column in enumerate(columns) if isinstance(column.type, Instant)]
    flags = [place for place, column in enumerate(columns) if column.type.python_type is bool]
    cursor = source.execute(f"SELECT {quoted} FROM {table.name}")  # noqa: S608 - our own tables
    while rows := cursor.fetchmany(PAGE):
        records = [_record(row, instants, flags) for row in rows]
        await target.copy_records_to_table(table.name, records=records, columns=names, timeout=3600)
    if "id" in names:
        await target.execute(
            f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), coalesce(max(id), 1)) FROM {table.name}"  # noqa: S608
        )


def _record(row: tuple[Any, ...], instants: list[int], flags: list[int]) -> tuple[Any, ...]:
    values = list(row)
    for place in instants:
        values[place] = values[place] and datetime.fromisoformat(values[place]).replace(tzinfo=UTC)
    for place in flags:
        values[place] = bool(values[place])
    return tuple(values)


if __name__ == "__main__":
    with running() as address:
        print(filled(address))
