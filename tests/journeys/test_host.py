"""Trouble of the machine: a process suspended past its lease, a full disk, a database locked by another program."""

from __future__ import annotations

import asyncio
import os
import resource
import signal
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest
from crowd import Crowd, crowd
from program import Program, program

from briefings.passes.dispatch import DELIVERY_LEASE


@asynccontextmanager
async def broadcast(url: str) -> AsyncIterator[Crowd]:
    """Twenty readers with an edition of three messages on its way to each, at ten messages a second."""
    async with crowd(url, readers=20, parts=3, TELEGRAM_MESSAGES_PER_SECOND="10") as readers:
        yield readers


async def suspend(running: Program, url: str) -> None:
    """Suspend the process, but not within a transaction: its lock on SQLite's file would stop everybody else."""
    for _ in range(100):
        running.process.send_signal(signal.SIGSTOP)
        # Wait for the last of its threads to stop: one that is about to begin a transaction would still begin it.
        await asyncio.to_thread(os.waitid, os.P_PID, running.process.pid, os.WSTOPPED)
        if not url.startswith("sqlite"):
            return
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"), timeout=0.2, isolation_level=None)) as ours:
            try:
                ours.execute("BEGIN IMMEDIATE")
                ours.execute("ROLLBACK")
            except sqlite3.OperationalError:
                running.process.send_signal(signal.SIGCONT)
                await asyncio.sleep(0.01)
            else:
                return
    raise AssertionError("the process was never outside a transaction")


async def test_a_process_suspended_past_its_lease_sends_nothing_that_another_took_over(
    tmp_path: Path, url: str
) -> None:
    async with (
        broadcast(url) as readers,
        program("run", cwd=tmp_path, anew=True, **readers.settings) as first,
    ):
        await readers.until_sent(5)
        await suspend(first, url)
        await asyncio.sleep(DELIVERY_LEASE.total_seconds())  # the lease ends in real time
        in_flight = await readers.count_in_flight()
        async with program("run", cwd=tmp_path, anew=True, **readers.settings):
            await readers.until_sent(15)
            first.process.send_signal(signal.SIGCONT)
            twice = await readers.until_all_sent()
    assert twice <= in_flight + 1, "messages in flight when it was suspended, and perhaps one that was half begun"


async def test_a_database_locked_for_a_while_costs_only_time(tmp_path: Path, file_url: str) -> None:
    async with (
        broadcast(file_url) as readers,
        program("run", cwd=tmp_path, anew=True, **readers.settings) as running,
    ):
        await readers.until_sent(5)
        with closing(sqlite3.connect(tmp_path / "briefings.db", isolation_level=None)) as theirs:
            theirs.execute("BEGIN IMMEDIATE")
            await asyncio.sleep(2)  # the lock lasts this long
            theirs.execute("ROLLBACK")
        assert await readers.until_all_sent() == 0
        running.process.terminate()
        assert await running.ends(10) == 0
        running.check_output(readers.simulator.token)


@pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="only Linux can shrink the disk of a running process")
async def test_a_full_disk_loses_nothing(tmp_path: Path, file_url: str) -> None:
    async with (
        broadcast(file_url) as readers,
        program("run", cwd=tmp_path, anew=True, **readers.settings) as running,
    ):
        await readers.until_sent(5)
        hard = resource.prlimit(running.process.pid, resource.RLIMIT_FSIZE)[1]
        resource.prlimit(running.process.pid, resource.RLIMIT_FSIZE, (1, hard))  # no file can grow any more
        await running.says("the database cannot be used")
        resource.prlimit(running.process.pid, resource.RLIMIT_FSIZE, (hard, hard))
        twice = await readers.until_all_sent()
        running.process.terminate()
        assert await running.ends(10) == 0
        running.check_output(readers.simulator.token)
    assert twice <= 10, "one second at the rate limit: what was claimed when the disk was full"
