"""Trouble of the machine itself: suspended past its lease, a full disk, a database somebody else holds."""

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

from bot.simulator import Simulator
from briefings.passes.dispatch import LEASE


@asynccontextmanager
async def broadcast(url: str) -> AsyncIterator[Crowd]:
    """Twenty readers with an edition of three messages on its way to each, at ten messages a second."""
    async with crowd(url, readers=20, parts=3, TELEGRAM_MESSAGES_PER_SECOND="10") as readers:
        yield readers


def no_traceback(running: Program, simulator: Simulator) -> None:
    assert "Traceback" not in running.output
    assert simulator.token not in running.output


async def suspend(running: Program, url: str) -> None:
    """Stop it where it is, though not within a transaction: SQLite's lock on the file would hold up everybody."""
    for _ in range(100):
        running.process.send_signal(signal.SIGSTOP)
        # Not before the last of its threads has stopped: one on its way into a transaction would still begin it.
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
    raise AssertionError("it was never without a transaction")


async def test_who_was_suspended_past_the_lease_sends_nothing_another_took_over(tmp_path: Path, url: str) -> None:
    async with (
        broadcast(url) as readers,
        program("run", cwd=tmp_path, anew=True, **readers.settings) as first,
    ):
        await readers.some_is_sent(5)
        await suspend(first, url)
        await asyncio.sleep(LEASE.total_seconds())  # the lease is a matter of real time
        in_flight = await readers.unnoted()
        async with program("run", cwd=tmp_path, anew=True, **readers.settings):
            await readers.some_is_sent(15)
            first.process.send_signal(signal.SIGCONT)
            twice = await readers.all_is_sent()
    assert twice <= in_flight + 1, "what was on its way when it was suspended, and perhaps one half begun"


async def test_a_database_somebody_holds_for_a_while_costs_time_only(tmp_path: Path, file_url: str) -> None:
    async with (
        broadcast(file_url) as readers,
        program("run", cwd=tmp_path, anew=True, **readers.settings) as running,
    ):
        await readers.some_is_sent(5)
        with closing(sqlite3.connect(tmp_path / "briefings.db", isolation_level=None)) as theirs:
            theirs.execute("BEGIN IMMEDIATE")
            await asyncio.sleep(2)  # held for so long
            theirs.execute("ROLLBACK")
        assert await readers.all_is_sent() == 0
        running.process.terminate()
        assert await running.ends(10) == 0
        no_traceback(running, readers.simulator)


@pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="only Linux can shrink the disk of a running process")
async def test_a_full_disk_loses_nothing(tmp_path: Path, file_url: str) -> None:
    async with (
        broadcast(file_url) as readers,
        program("run", cwd=tmp_path, anew=True, **readers.settings) as running,
    ):
        await readers.some_is_sent(5)
        hard = resource.prlimit(running.process.pid, resource.RLIMIT_FSIZE)[1]
        resource.prlimit(running.process.pid, resource.RLIMIT_FSIZE, (1, hard))  # no file can grow any more
        await running.says("the database cannot be used")
        resource.prlimit(running.process.pid, resource.RLIMIT_FSIZE, (hard, hard))
        twice = await readers.all_is_sent()
        running.process.terminate()
        assert await running.ends(10) == 0
        no_traceback(running, readers.simulator)
    assert twice <= 10, "a second of pace: what was claimed when the disk was full"
