"""Trouble of the machine itself: suspended past its lease, a full disk, a database somebody else holds."""

from __future__ import annotations

import asyncio
import itertools
import resource
import signal
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest
from fakes import blocks, queue, rows
from program import Program, program

from bot.app import Desk, open_newsroom, utc_now
from bot.simulator import Simulator
from briefings.dispatch import LEASE
from briefings.settings import NewsroomSettings
from briefings.store import schema

CHATS = range(7001, 7021)
PARTS = ["1", "2", "3"]
EDITION = blocks(*(f"{part} {'word ' * 600}".strip() for part in PARTS))
ENOUGH_SECONDS = 60


@asynccontextmanager
async def broadcast(folder: Path) -> AsyncIterator[tuple[Simulator, Desk, dict[str, str]]]:
    """Twenty readers with an edition of three messages on its way to each, at ten messages a second."""
    settings = NewsroomSettings(database_url=f"sqlite:///{folder / 'newsroom.db'}", _env_file=None)
    async with Simulator() as simulator, open_newsroom(settings) as desk:
        for chat in CHATS:
            simulator.state.person(chat)
            await desk.newsroom.subscribe(str(chat))
        async with desk.database.write() as connection:
            await connection.execute(schema.deliveries.delete())  # the first editions are not the point here
        await queue(desk.database, EDITION, *map(str, CHATS), now=utc_now())
        environment = {
            "TELEGRAM_BOT_TOKEN": simulator.token,
            "TELEGRAM_API_URL": simulator.url,
            "TELEGRAM_MESSAGES_PER_SECOND": "10",
            "BRIEFINGS_DATABASE_URL": "sqlite:///newsroom.db",
        }
        yield simulator, desk, environment


def taken(simulator: Simulator, chat: int) -> list[str]:
    return [message.text.split()[0] for message in simulator.state.sent(chat)]


async def some_are_sent(simulator: Simulator, count: int) -> None:
    await simulator.state.wait_for(lambda _: sum(len(taken(simulator, chat)) for chat in CHATS) >= count, 30)


async def all_is_sent(simulator: Simulator, desk: Desk) -> int:
    """Wait for the end; see that everybody has it whole and in order; return how many messages came twice."""
    await simulator.state.wait_for(
        lambda _: all(set(taken(simulator, chat)) >= set(PARTS) for chat in CHATS), ENOUGH_SECONDS
    )
    async with asyncio.timeout(ENOUGH_SECONDS):
        while await desk.newsroom.outbox(failed=False):  # noqa: ASYNC110 - the database tells nobody
            await asyncio.sleep(0.1)
    for chat in CHATS:
        assert [part for part, _ in itertools.groupby(taken(simulator, chat))] == PARTS
    assert await desk.newsroom.outbox(failed=True) == []
    return sum(len(taken(simulator, chat)) - len(PARTS) for chat in CHATS)


def no_traceback(running: Program, simulator: Simulator) -> None:
    assert "Traceback" not in running.output
    assert simulator.token not in running.output


async def unnoted(simulator: Simulator, desk: Desk) -> int:
    """Messages that were taken and are not noted."""
    names = {row["id"]: int(row["address"]) for row in await rows(desk.database, schema.subscribers)}
    deliveries = await rows(desk.database, schema.deliveries)
    return sum(len(set(taken(simulator, names[row["subscriber_id"]]))) - row["cursor"] for row in deliveries)


async def suspend(running: Program, database: Path) -> None:
    """Stop it where it is, though not within a transaction: SQLite's lock on the file would hold up everybody."""
    for _ in range(100):
        running.process.send_signal(signal.SIGSTOP)
        with closing(sqlite3.connect(database, timeout=0.2, isolation_level=None)) as ours:
            try:
                ours.execute("BEGIN IMMEDIATE")
                ours.execute("ROLLBACK")
            except sqlite3.OperationalError:
                running.process.send_signal(signal.SIGCONT)
                await asyncio.sleep(0.01)
            else:
                return
    raise AssertionError("it was never without a transaction")


async def test_who_was_suspended_past_the_lease_sends_nothing_another_took_over(tmp_path: Path) -> None:
    async with (
        broadcast(tmp_path) as (simulator, desk, environment),
        program("run", cwd=tmp_path, **environment) as first,
    ):
        await some_are_sent(simulator, 5)
        await suspend(first, tmp_path / "newsroom.db")
        await asyncio.sleep(LEASE.total_seconds())  # the lease is a matter of real time
        in_flight = await unnoted(simulator, desk)
        async with program("run", cwd=tmp_path, **environment):
            await some_are_sent(simulator, 15)
            first.process.send_signal(signal.SIGCONT)
            twice = await all_is_sent(simulator, desk)
    assert twice <= in_flight + 1, "what was on its way when it was suspended, and perhaps one half begun"


async def test_a_database_somebody_holds_for_a_while_costs_time_only(tmp_path: Path) -> None:
    async with (
        broadcast(tmp_path) as (simulator, desk, environment),
        program("run", cwd=tmp_path, **environment) as running,
    ):
        await some_are_sent(simulator, 5)
        with closing(sqlite3.connect(tmp_path / "newsroom.db", isolation_level=None)) as theirs:
            theirs.execute("BEGIN IMMEDIATE")
            await asyncio.sleep(2)  # held for so long
            theirs.execute("ROLLBACK")
        assert await all_is_sent(simulator, desk) == 0
        running.process.terminate()
        assert await running.ends(10) == 0
        no_traceback(running, simulator)


@pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="only Linux can shrink the disk of a running process")
async def test_a_full_disk_loses_nothing(tmp_path: Path) -> None:
    async with (
        broadcast(tmp_path) as (simulator, desk, environment),
        program("run", cwd=tmp_path, **environment) as running,
    ):
        await some_are_sent(simulator, 5)
        hard = resource.prlimit(running.process.pid, resource.RLIMIT_FSIZE)[1]
        resource.prlimit(running.process.pid, resource.RLIMIT_FSIZE, (1, hard))  # no file can grow any more
        await running.says("the database cannot be used")
        resource.prlimit(running.process.pid, resource.RLIMIT_FSIZE, (hard, hard))
        twice = await all_is_sent(simulator, desk)
        running.process.terminate()
        assert await running.ends(10) == 0
        no_traceback(running, simulator)
    assert twice <= 10, "a second of pace: what was claimed when the disk was full"
