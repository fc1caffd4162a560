"""Many processes on one newsroom: killed at random, or cut off with their host, they lose, repeat and reorder nothing.

Seven on this machine, which receive updates by a webhook; then two hosts and a database host on their own network.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

import hosts
import pytest
from balancer import Balancer
from crowd import Crowd, crowd
from fakes import rows
from postgres import server_on
from program import Program, free_port, program

from briefings.model import Slot
from briefings.newsroom.opening import utc_now
from briefings.passes.dispatch import DELIVERY_LEASE
from briefings.store import schema, subscribers

KINDS = ("talk", "talk", "publish", "publish", "dispatch", "dispatch", "dispatch")
ASKERS = range(9001, 9004)
SECRET = "well-kept"
RATE = {"TELEGRAM_MESSAGES_PER_SECOND": "25"}
"""Less than the 30 that the server allows: seven processes on two cores wake later than the margin of one covers."""

NO_PORT = {"TELEGRAM_LISTEN": "off"}


async def make_slot_due(readers: Crowd) -> None:
    """Make every reader's next slot due now."""
    now = utc_now()
    async with readers.newsroom.database.write() as connection:
        slot = Slot(now.date(), now.time().replace(second=0, microsecond=0), now)
        for rhythm in await subscribers.due(connection, now + timedelta(days=8)):
            await subscribers.schedule(connection, rhythm.id, slot)


def survivors(chance: random.Random) -> list[int]:
    """Choose the processes that live on when three are killed: at random, but at least one of each kind."""
    while True:
        chosen = sorted(chance.sample(range(len(KINDS)), len(KINDS) - 3))
        if {KINDS[number] for number in chosen} == set(KINDS):
            return chosen


@pytest.mark.parametrize("run", [0, *(pytest.param(n, marks=pytest.mark.long) for n in range(1, 10))])
async def test_seven_processes_of_which_three_are_killed_keep_the_guarantee(
    run: int, postgres_url: str, tmp_path: Path
) -> None:
    chance = random.Random(run)  # noqa: S311 - picks the moments and the victims
    ports = [free_port() for _ in range(KINDS.count("talk"))]
    async with (
        crowd(postgres_url, readers=30, parts=5, TELEGRAM_WEBHOOK_SECRET=SECRET, **RATE) as readers,
        Balancer(*(f"http://127.0.0.1:{port}/hook" for port in ports)) as balancer,
        AsyncExitStack() as stack,
    ):
        state = readers.simulator.state
        state.fail("slow", method="sendMessage", times=1_000_000, delay=0.1)
        state.enforce(30, per_chat=30)  # the one-a-second clock of a chat is kept in each process alone
        for chat in ASKERS:
            state.person(chat)
        free_ports = iter(ports)
        running = [
            await stack.enter_async_context(
                program(
                    *("run", "--only", kind),
                    cwd=tmp_path,
                    anew=True,
                    **readers.settings,
                    **(
                        {"TELEGRAM_WEBHOOK_URL": balancer.url, "TELEGRAM_LISTEN": f"127.0.0.1:{next(free_ports)}"}
                        if kind == "talk"
                        else NO_PORT
                    ),
                )
            )
            for kind in KINDS
        ]
        await asyncio.gather(*(process.says("running only") for process in running))
        asking = asyncio.create_task(keep_asking(readers))
        await readers.until_sent(20)
        await make_slot_due(readers)
        in_flight = 0
        for number in set(range(len(KINDS))) - set(survivors(chance)):
            await asyncio.sleep(chance.uniform(0, 1))  # a random moment, not a wait for something
            running[number].process.kill()
            in_flight += await readers.count_in_flight()
        twice = await readers.until_all_sent()
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        counts = f"{in_flight} in flight at the kills, {twice} came twice"
        print(f"run {run}: {readers.messages} messages, {counts}")  # noqa: T201 - the counts are the result
        assert twice <= in_flight
        assert state.refused_by_rate_limits == 0, "all processes share one rate limit"
        await check_that_the_slot_was_printed_once(readers)
        for process in running:
            process.check_output(SECRET)


async def keep_asking(readers: Crowd) -> None:
    """Have people ask without end, and check that each has every answer, in the order of their questions."""
    state = readers.simulator.state
    asked = 0
    while True:
        asked += 1
        for chat in ASKERS:
            state.say(chat, "/relos" if asked % 2 else "/help")
        for chat in ASKERS:
            answers = await state.wait(chat, asked, 60)
            assert [("RELOS" in answer.text.splitlines()[0]) for answer in answers] == [
                bool(number % 2) for number in range(1, asked + 1)
            ]


async def check_that_the_slot_was_printed_once(readers: Crowd) -> None:
    """Check that the slot was printed in one edition, and that every reader has it."""
    editions = await rows(readers.newsroom.database, schema.editions, kind="scheduled")
    assert len(editions) == 1
    for chat in readers.chats:
        assert len(set(readers.texts(chat))) == len(readers.parts) + 1


@pytest.fixture
def two_hosts() -> Iterator[tuple[hosts.Network, str]]:
    """Hosts `a` and `b`, and the address of a database on a third; the simulator runs in the test's own process."""
    if reason := hosts.missing():
        pytest.skip(f"two hosts cannot be made here: {reason}")
    with hosts.network("a", "b", "db") as network, server_on(network.on("db"), network.address("db")) as url:
        yield network, url


async def test_a_host_that_is_cut_off_and_comes_back_loses_and_repeats_nothing(
    two_hosts: tuple[hosts.Network, str], tmp_path: Path
) -> None:
    network, url = two_hosts
    async with (
        crowd(url, readers=30, parts=5, host=network.here, TELEGRAM_MESSAGES_PER_SECOND="10") as readers,
        AsyncExitStack() as stack,
    ):

        async def on(host: str) -> Program:
            command = program(
                "run",
                "--only",
                "publish,dispatch",
                cwd=tmp_path,
                within=network.on(host),
                **readers.settings,
                **NO_PORT,
            )
            running = await stack.enter_async_context(command)
            await running.says("running only")
            return running

        first = await on("a")
        await on("b")
        await readers.until_sent(20)
        network.cut("a")
        await asyncio.sleep(0.5)  # messages on the wire have arrived or are lost
        in_flight = await readers.count_in_flight()
        await asyncio.sleep(DELIVERY_LEASE.total_seconds() + 6)  # longer than its lease, by the clock
        network.mend("a")
        twice = await readers.until_all_sent()
        assert twice <= in_flight
        await first.says("messages delivered")
        assert first.process.returncode is None
        print(f"{readers.messages} messages, {in_flight} in flight at the cut, {twice} came twice")  # noqa: T201
