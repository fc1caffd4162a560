"""Nothing can be saved for a while: questions are answered, settings honestly refused, the operator told once."""

from __future__ import annotations

import asyncio
import resource
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing
from pathlib import Path

import asyncpg
import pytest
from journey import READER
from operated import NOTICED_SECONDS, OWNER, STRANGER, ask, subscribed, troubles, until_health_is
from program import Program

from bot.conversation.replies import NOT_SAVED
from bot.simulator import Simulator

Trouble = Callable[[str, Program], AbstractAsyncContextManager[None]]
"""Makes trouble with the database of this address, which this process uses, until the block ends."""


@asynccontextmanager
async def full_disk(_: str, running: Program) -> AsyncIterator[None]:
    """Let no file of the process grow any more, nor be written to."""
    hard = resource.prlimit(running.process.pid, resource.RLIMIT_FSIZE)[1]
    resource.prlimit(running.process.pid, resource.RLIMIT_FSIZE, (1, hard))
    yield
    resource.prlimit(running.process.pid, resource.RLIMIT_FSIZE, (hard, hard))


@asynccontextmanager
async def locked(url: str, _: Program) -> AsyncIterator[None]:
    """Lock the file as another program does that writes for long."""
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"), timeout=30, isolation_level=None)) as theirs:
        theirs.execute("BEGIN IMMEDIATE")
        yield
        theirs.execute("ROLLBACK")


async def _alter(url: str, *statements: str) -> None:
    """Change the database on PostgreSQL, and end its sessions, so that the next ones see the change."""
    name = url.partition("?")[0].rpartition("/")[2]
    connection = await asyncpg.connect(url.replace(f"/{name}", "/postgres"))
    try:
        for statement in statements:
            await connection.execute(statement.format(name=name))
        await connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", name)
    finally:
        await connection.close()


@asynccontextmanager
async def read_only(url: str, _: Program) -> AsyncIterator[None]:
    await _alter(url, "ALTER DATABASE {name} SET default_transaction_read_only = on")
    yield
    await _alter(url, "ALTER DATABASE {name} RESET default_transaction_read_only")


@asynccontextmanager
async def away(url: str, _: Program) -> AsyncIterator[None]:
    """Let nobody connect to the database."""
    await _alter(url, "ALTER DATABASE {name} ALLOW_CONNECTIONS false")
    yield
    await _alter(url, "ALTER DATABASE {name} ALLOW_CONNECTIONS true")


READABLE: dict[str, tuple[str, Trouble]] = {
    "full-disk": ("file_url", full_disk),
    "locked-file": ("file_url", locked),
    "read-only-server": ("new_postgres_url", read_only),
}


@pytest.fixture(
    params=[
        pytest.param(value, id=name, marks=pytest.mark.long if name == "locked-file" else [])  # each write waits 5 s
        for name, value in READABLE.items()
    ]
)
def readable(request: pytest.FixtureRequest) -> tuple[str, Trouble]:
    """The address of an empty newsroom, and a trouble in which it can still be read."""
    fixture, trouble = request.param
    return request.getfixturevalue(fixture), trouble


async def test_while_nothing_can_be_written_questions_are_answered_and_settings_refused(
    readable: tuple[str, Trouble], tmp_path: Path
) -> None:
    url, trouble = readable
    async with subscribed(tmp_path, anew=True, BRIEFINGS_DATABASE_URL=url) as (simulator, running, healthz):
        await until_health_is(healthz, 200)
        async with trouble(url, running):
            for text in ("/help", "/relos", "nonsense"):
                assert await ask(simulator, text, chat=STRANGER)
            assert await ask(simulator, "/at 09:00") == NOT_SAVED
            assert "database" in (await until_health_is(healthz, 503))[0]
            [told] = await simulator.state.wait(OWNER, 1, 2 * NOTICED_SECONDS)
            assert "RELOS" in await ask(simulator, "/relos")
        await until_health_is(healthz, 200)
        await is_over(simulator)
    assert "the database" in told.text
    check_the_log(running)


async def test_while_the_database_is_away_questions_wait_and_are_answered_when_it_is_back(
    new_postgres_url: str, tmp_path: Path
) -> None:
    url = new_postgres_url
    async with subscribed(tmp_path, BRIEFINGS_DATABASE_URL=url) as (simulator, running, healthz):
        await until_health_is(healthz, 200)
        async with away(url, running):
            simulator.state.say(STRANGER, "/relos")
            assert await ask(simulator, "/at 09:00") == NOT_SAVED
            assert "database" in (await until_health_is(healthz, 503))[0]
            await simulator.state.wait(OWNER, 1, 2 * NOTICED_SECONDS)
            assert simulator.state.sent(STRANGER) == []
        [answer] = await simulator.state.wait(STRANGER, 1, 2 * NOTICED_SECONDS)
        assert "RELOS" in answer.text
        await until_health_is(healthz, 200)
        await is_over(simulator)
    check_the_log(running)


async def is_over(simulator: Simulator) -> None:
    """Check that a setting is saved again, that nothing was answered twice, and that the owner was told once each."""
    async with asyncio.timeout(NOTICED_SECONDS):
        while "09:00" not in await ask(simulator, "/at 09:00"):  # noqa: ASYNC110 - as a reader asks
            await asyncio.sleep(0.1)
    _, over = await simulator.state.wait(OWNER, 2, 2 * NOTICED_SECONDS)
    assert over.text == "the database can be used again; everything is saved"
    texts = [message.text for message in simulator.state.sent(READER)]
    assert sum("Subscribed" in text for text in texts) == 1
    assert len(simulator.state.sent(OWNER)) == 2


def check_the_log(running: Program) -> None:
    """Check that the trouble was said once, and with it no more than what it hit while it began."""
    assert len(troubles(running)) <= 2, running.output
