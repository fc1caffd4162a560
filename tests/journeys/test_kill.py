"""The kill test proves the guarantee: `kill -9` in the middle of a broadcast, twice; the third start finishes it.

Every reader gets every part of the edition, in order; a message that comes twice was in flight at a kill. A few runs
belong to every suite; `pytest -m kill -n0 -s` makes all thirty and prints the counts. Each database has half of them.
"""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

import pytest
from crowd import ENOUGH_SECONDS, Crowd, crowd
from program import program

RUNS, EVERYDAY_RUNS = 30, 2
ANSWER_SECONDS = 0.1
"""Time that the simulator takes for each answer, so that messages are in flight at a kill."""


async def run_and_kill(cwd: Path, readers: Crowd, after: float) -> None:
    """Start the program, kill it `after` seconds of broadcast, and wait until nothing more arrives."""
    state = readers.simulator.state
    before = len(state.calls)
    async with program("run", cwd=cwd, anew=True, **readers.settings) as running:
        await state.wait_for(
            lambda state: any(call.method == "sendMessage" for call in state.calls[before:]), ENOUGH_SECONDS
        )
        await asyncio.sleep(after)  # a random moment, not a wait for something
        running.process.kill()
        await running.ends()
    await asyncio.sleep(2 * ANSWER_SECONDS)  # messages on the wire arrive


@pytest.fixture
def either_url(run: int, request: pytest.FixtureRequest) -> str:
    """The address of one database or the other, by turns."""
    url: str = request.getfixturevalue("postgres_url" if run % 2 else "file_url")
    return url


@pytest.mark.kill
@pytest.mark.parametrize(
    "run", [pytest.param(n, marks=[] if n < EVERYDAY_RUNS else pytest.mark.long) for n in range(RUNS)]
)
async def test_two_kills_in_a_broadcast_lose_nothing(run: int, tmp_path: Path, either_url: str) -> None:
    chance = random.Random(run)  # noqa: S311 - picks the moments
    async with crowd(either_url, readers=30, parts=5) as readers:
        readers.simulator.state.fail("slow", method="sendMessage", times=1_000_000, delay=ANSWER_SECONDS)
        in_flight = 0
        for _ in range(2):
            await run_and_kill(tmp_path, readers, chance.uniform(0, 2.5))
            in_flight += await readers.count_in_flight()
        async with program("run", cwd=tmp_path, anew=True, **readers.settings):
            twice = await readers.until_all_sent()
        counts = f"{readers.messages} messages, {in_flight} in flight at the kills, {twice} came twice"
        print(f"run {run}: {len(readers.chats)} readers, {counts}")  # noqa: T201 - the counts are the result
        assert twice <= in_flight
