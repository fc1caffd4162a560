"""A long day in half an hour: readers, feeds that change, editions every few minutes, questions all the while.

Prints the program's memory, descriptors, threads and CPU minute by minute; memory must level off. Left out of the
everyday suite: `pytest -m soak -n0 -s`. SOAK_MINUTES sets another length.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import random
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from program import Program, briefings, program
from website import Website, rss, website

from bot.simulator import Simulator
from briefings.editions.typed_rhythm import MOST_HOURS

MINUTES = float(os.environ.get("SOAK_MINUTES", "30"))
READERS, FEEDS, SAMPLE_SECONDS = 50, 3, 10.0
FEED_SECONDS = 20.0
"""Seconds between two changes of the feeds, each of which is collected at once."""

QUESTIONS = ("/relos", "/s400", "ukraine", "/today", "/more", "/topics", "/search port", "nonsense", "/help")
QUESTION_SECONDS = 0.3
TOUR = 7
"""Steps by which questions go round the readers, so that each asks everything."""

GROWTH_A_MINUTE = 200_000
"""Bytes by which memory may grow a minute in the last third, measured by a line through its samples: half of what it
grew by when the database's pages filled it. The newsroom itself grows by some thirty articles a minute."""

DESCRIPTORS, THREADS = 12, 4
"""So many more than after the first minute may be open: connections and pools that come and go."""

BARS = 60


@dataclass(frozen=True, slots=True)
class Sample:
    """What the kernel says of the process: seconds since the start, bytes of memory of its own, and counts."""

    seconds: float
    memory: int
    descriptors: int
    threads: int
    cpu: float


def sample(process: int, began: float) -> Sample:
    """Look at a process."""
    folder = Path(f"/proc/{process}")
    status = dict(line.split(":", 1) for line in (folder / "status").read_text().splitlines())
    times = (folder / "stat").read_text().rpartition(")")[2].split()
    return Sample(
        time.monotonic() - began,
        int(status["RssAnon"].split()[0]) * 1024,
        len(list((folder / "fd").iterdir())),
        int(status["Threads"]),
        (int(times[11]) + int(times[12])) / os.sysconf("SC_CLK_TCK"),
    )


def growth_a_minute(samples: list[Sample]) -> float:
    """Return the slope of memory in bytes a minute, by least squares."""
    times = [sample.seconds / 60 for sample in samples]
    middle = sum(times) / len(times)
    mean = sum(sample.memory for sample in samples) / len(samples)
    spread = sum((at - middle) ** 2 for at in times)
    return sum((at - middle) * (sample.memory - mean) for at, sample in zip(times, samples, strict=True)) / spread


def picture(samples: list[Sample]) -> str:
    """Return a table of the samples, a row a minute, with a bar for the memory."""
    most = max(sample.memory for sample in samples)
    rows = ["minute  memory MB  descriptors  threads  CPU s"]
    for minute, group in itertools.groupby(samples, lambda sample: int(sample.seconds // 60)):
        last = list(group)[-1]
        bar = "█" * round(BARS * last.memory / most)
        rows.append(
            f"{minute:6}  {last.memory / 1e6:9.1f}  {last.descriptors:11}  {last.threads:7}  {last.cpu:5.1f}  {bar}"
        )
    return "\n".join(rows)


@asynccontextmanager
async def newsroom(folder: Path) -> AsyncIterator[tuple[Simulator, Program, list[Website]]]:
    """Run the program with readers and feeds. Each reader has six editions; every two minutes some are due."""
    async with Simulator() as simulator, website() as one, website() as two, website() as three:
        sites = [one, two, three]
        for number, site in enumerate(sites):
            site.puts("/feed", rss(10 * number + 1, newest=datetime.now(UTC)))
        settings = {
            "BRIEFINGS_ALLOW_HOSTS": "127.0.0.1",
            "TELEGRAM_BOT_TOKEN": simulator.token,
            "TELEGRAM_API_URL": simulator.url,
            "TELEGRAM_LISTEN": "off",
        }
        status, output = await briefings(
            "sources", "add", *(site.url("/feed") for site in sites), cwd=folder, **settings
        )
        assert status == 0, output
        async with program("run", cwd=folder, anew=True, **settings) as running:
            await running.says("is listening")
            for chat in range(1, READERS + 1):
                simulator.state.person(chat)
                simulator.state.say(chat, "/start")
                first = datetime.now(UTC) + timedelta(minutes=2 + 2 * (chat % 3))
                hours = (first + timedelta(minutes=6 * slot) for slot in range(MOST_HOURS))
                simulator.state.say(chat, f"/at {' '.join(f'{hour:%H:%M}' for hour in hours)}")
            yield simulator, running, sites
            running.process.terminate()
            assert await running.ends() == 0
            running.check_output(simulator.token)


async def change_feeds(folder: Path, sites: list[Website]) -> None:
    """Give the feeds news again and again, and have them collected at once."""
    for number in itertools.count(100):
        await asyncio.sleep(FEED_SECONDS)
        for place, site in enumerate(sites):
            site.puts("/feed", rss(*range(10 * number + place, 10 * number + place - 3, -1), newest=datetime.now(UTC)))
        with closing(sqlite3.connect(folder / "briefings.db", timeout=10)) as database, database:
            database.execute("UPDATE sources SET next_visit = '2000-01-01 00:00:00.000000'")


async def ask(simulator: Simulator) -> None:
    """Have the readers ask, one after the other."""
    chance = random.Random(1)  # noqa: S311 - picks questions
    for number in itertools.count():
        await asyncio.sleep(QUESTION_SECONDS)
        simulator.state.say(1 + number * TOUR % READERS, chance.choice(QUESTIONS))


@pytest.mark.soak
@pytest.mark.long
async def test_memory_descriptors_and_threads_level_off_over_a_long_day(tmp_path: Path) -> None:
    async with newsroom(tmp_path) as (simulator, running, sites):
        work = [asyncio.create_task(change_feeds(tmp_path, sites)), asyncio.create_task(ask(simulator))]
        began, samples = time.monotonic(), list[Sample]()
        try:
            while time.monotonic() < began + 60 * MINUTES:
                await asyncio.sleep(SAMPLE_SECONDS)
                assert running.process.returncode is None, await running.ends() or running.output
                samples.append(sample(running.process.pid, began))
                simulator.state.calls.clear()  # the simulator's own memory
        finally:
            for task in work:
                task.cancel()
            await asyncio.gather(*work, return_exceptions=True)
    last_third = [sample for sample in samples if sample.seconds > 40 * MINUTES]
    growth = growth_a_minute(last_third)
    answers = sum(len(simulator.state.sent(chat)) for chat in range(1, READERS + 1))
    print(f"\n{picture(samples)}\n{answers} messages; memory grows by {growth / 1e6:.3f} MB a minute at the end")  # noqa: T201 - the result
    after_a_minute = next(sample for sample in samples if sample.seconds >= 60)
    assert growth < GROWTH_A_MINUTE
    assert samples[-1].descriptors <= after_a_minute.descriptors + DESCRIPTORS
    assert samples[-1].threads <= after_a_minute.threads + THREADS
