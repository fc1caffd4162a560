"""The guarantee, by breaking the program: `kill -9` in the middle of a broadcast, twice, and a third start finishes.

Every reader gets every part of the edition, in order; what comes twice was in flight at a kill. A few runs belong
to every suite; all thirty are `pytest -m kill -n0 -s`, which prints the counts.
"""

from __future__ import annotations

import asyncio
import itertools
import random
from collections.abc import Mapping
from pathlib import Path

import pytest
from fakes import blocks, queue, rows
from program import program

from bot.app import open_newsroom, utc_now
from bot.simulator import Simulator
from briefings.settings import NewsroomSettings
from briefings.store import schema
from briefings.store.database import Database

RUNS, EVERYDAY_RUNS = 30, 2
CHATS = range(7001, 7031)
PARTS = ["1", "2", "3", "4", "5"]
EDITION = blocks(*(f"{part} {'word ' * 600}".strip() for part in PARTS))  # one message each
ANSWER_SECONDS = 0.1
ENOUGH_SECONDS = 60


def taken(simulator: Simulator, chat: int) -> list[str]:
    """The parts a reader has been sent, in the order they came."""
    return [message.text.split()[0] for message in simulator.state.sent(chat)]


async def recorded(database: Database) -> Mapping[int, int]:
    """Chat → parts that we have noted as delivered."""
    names = {row["id"]: int(row["address"]) for row in await rows(database, schema.subscribers)}
    return {names[row["subscriber_id"]]: row["cursor"] for row in await rows(database, schema.deliveries)}


async def killed(cwd: Path, simulator: Simulator, after: float) -> None:
    """Start, let so many seconds of the broadcast pass, kill, and wait until nothing more arrives."""
    before = len(simulator.state.calls)
    async with program("run", cwd=cwd, **_settings(simulator)) as running:
        await simulator.state.wait_for(
            lambda state: any(call.method == "sendMessage" for call in state.calls[before:]), ENOUGH_SECONDS
        )
        await asyncio.sleep(after)  # not a wait for something: the moment of the kill is the point
        running.process.kill()
        await running.ends()
    await asyncio.sleep(2 * ANSWER_SECONDS)  # what was on the wire arrives


def _settings(simulator: Simulator) -> dict[str, str]:
    return {
        "TELEGRAM_BOT_TOKEN": simulator.token,
        "TELEGRAM_API_URL": simulator.url,
        "BRIEFINGS_DATABASE_URL": "sqlite:///newsroom.db",
    }


@pytest.mark.kill
@pytest.mark.parametrize(
    "run", [pytest.param(n, marks=[] if n < EVERYDAY_RUNS else pytest.mark.long) for n in range(RUNS)]
)
async def test_two_kills_in_a_broadcast_lose_nothing(run: int, tmp_path: Path) -> None:
    chance = random.Random(run)  # noqa: S311 - picks the moments
    settings = NewsroomSettings(database_url=f"sqlite:///{tmp_path / 'newsroom.db'}", _env_file=None)
    async with Simulator() as simulator, open_newsroom(settings) as desk:
        for chat in CHATS:
            simulator.state.person(chat)
            await desk.newsroom.subscribe(str(chat))
        async with desk.database.write() as connection:
            await connection.execute(schema.deliveries.delete())  # the first editions are not the point here
        await queue(desk.database, EDITION, *map(str, CHATS), now=utc_now())
        simulator.state.fail("slow", method="sendMessage", times=1_000_000, delay=ANSWER_SECONDS)
        in_flight = 0
        for _ in range(2):
            await killed(tmp_path, simulator, chance.uniform(0, 2.5))
            noted = await recorded(desk.database)
            in_flight += sum(len(set(taken(simulator, chat))) - noted[chat] for chat in CHATS)
        async with program("run", cwd=tmp_path, **_settings(simulator)):
            await simulator.state.wait_for(
                lambda _: all(set(taken(simulator, chat)) >= set(PARTS) for chat in CHATS), ENOUGH_SECONDS
            )
            async with asyncio.timeout(ENOUGH_SECONDS):
                while await desk.newsroom.outbox(failed=False):  # noqa: ASYNC110 - the database tells nobody
                    await asyncio.sleep(ANSWER_SECONDS)
        assert await desk.newsroom.outbox(failed=True) == []
        for chat in CHATS:
            assert [part for part, _ in itertools.groupby(taken(simulator, chat))] == PARTS, "whole and in order"
        twice = sum(len(taken(simulator, chat)) - len(PARTS) for chat in CHATS)
        counts = f"{len(CHATS) * len(PARTS)} messages, {in_flight} in flight at the kills, {twice} came twice"
        print(f"run {run}: {len(CHATS)} readers, {counts}")  # noqa: T201 - the counts are the result
        assert twice <= in_flight
