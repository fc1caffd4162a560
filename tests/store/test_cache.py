"""The memory that SQLite takes for pages: bounded between transactions, and enough for a large one."""

from __future__ import annotations

import _sqlite3
import ctypes
from pathlib import Path

import pytest

from briefings.store.database import Database
from briefings.store.sqlite import WRITER_CACHE_KB, WRITER_LARGEST_KB

_LIBRARY = ctypes.CDLL(_sqlite3.__file__)
PAGE = 4096
ROWS = 12_000
"""Rows that fill a page each: 47 MB, less than `WRITER_LARGEST_KB` and much more than `WRITER_CACHE_KB`."""


def memory_mb() -> float:
    """Return the memory that SQLite has taken in this process, in MB."""
    used = getattr(_LIBRARY, "sqlite3_memory_used", None)
    if used is None:
        pytest.skip("this SQLite does not say how much memory it takes")
    used.restype = ctypes.c_int64
    return float(used()) / 2**20


async def write_rows(database: Database, file: Path) -> int:
    """Fill a table in one transaction. Return the size of the write-ahead log just before the commit, in bytes."""
    async with database.write() as connection:
        await connection.exec_driver_sql("CREATE TABLE big (filling BLOB)")
        await connection.exec_driver_sql(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)"
            " INSERT INTO big SELECT zeroblob(?) FROM n",
            (ROWS, PAGE - 100),
        )
        return file.with_name(f"{file.name}-wal").stat().st_size


async def test_after_a_large_transaction_only_a_small_cache_is_kept(file_url: str) -> None:
    async with Database(file_url) as database:
        before = memory_mb()
        await write_rows(database, Path(file_url.removeprefix("sqlite:///")))
        assert ROWS * PAGE / 1024 > 5 * WRITER_CACHE_KB
        assert memory_mb() - before < 1.5 * WRITER_CACHE_KB / 1024, "a page needs a little more than its bytes"


async def test_a_large_transaction_is_held_in_memory_until_it_is_committed(file_url: str) -> None:
    async with Database(file_url) as database:
        assert ROWS * PAGE / 1024 < WRITER_LARGEST_KB
        assert await write_rows(database, Path(file_url.removeprefix("sqlite:///"))) < 100 * PAGE
