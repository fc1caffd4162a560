"""The guarantee, by breaking the program: `kill -9` in the middle of a broadcast, twice, and a third start finishes.

Every reader gets every part of the edition, in order; what comes twice was in flight at a kill. A few runs belong
to every suite; all thirty are `pytest -m kill -n0 -s`, which prints the counts. Half of them are on each database.
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


async def killed(cwd: Path, all_of_them: Crowd, after: float) -> None:
    """Start, let so many seconds of the broadcast pass, kill, and wait until nothing more arrives."""
    state = all_of_them.simulator.state
    before = len(state.calls)
    async with program("run", cwd=cwd, anew=True, **all_of_them.settings) as running:
        await state.wait_for(
            lambda state: any(call.method == "sendMessage" for call in state.calls[before:]), ENOUGH_SECONDS
        )
        await asyncio.sleep(after)  # not a wait for something: the moment of the kill is the point
        running.process.kill()
        await running.ends()
    await asyncio.sleep(2 * ANSWER_SECONDS)  # what was on the wire arrives


@pytest.fixture
def either_url(run: int, request: pytest.FixtureRequest) -> str:
    """On the one database or the other, by turns."""
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
            await killed(tmp_path, readers, chance.uniform(0, 2.5))
            in_flight += await readers.unnoted()
        async with program("run", cwd=tmp_path, anew=True, **readers.settings):
            twice = await readers.all_is_sent()
        counts = f"{readers.messages} messages, {in_flight} in flight at the kills, {twice} came twice"
        print(f"run {run}: {len(readers.chats)} readers, {counts}")  # noqa: T201 - the counts are the result
        assert twice <= in_flight
