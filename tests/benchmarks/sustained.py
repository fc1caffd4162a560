"""The whole program at a sustained rate: the rate it reaches, its cost, the time to an answer, and the loss by kills.

`briefings run` as an operator starts it, at Telegram's paid ceiling of 1,000 a second and at the free 30, against
the stub (which answers after 50 ms), on a copy of the archive. Then `kill -9` at random moments, ten at each rate.
"""

from __future__ import annotations

import asyncio
import itertools
import random
import sqlite3
import statistics
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from program import Program, program

from tests.benchmarks.archive import copied
from tests.benchmarks.idle import cpu_seconds, nobody_is_due
from tests.benchmarks.stub import control, stub

DELAY, SECONDS, QUESTIONS, KILLS, FLUSH = 0.05, 60, 20, 10, 0.05
TEXT = "<b>Duma ratifies RELOS</b>\n" + "The State Duma ratified the agreement on Tuesday. " * 20


def queue(path: str, count: int) -> None:
    """Queue one edition of one message for so many readers, and nothing else."""
    now = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S.%f}"
    with sqlite3.connect(path) as connection:
        connection.execute("DELETE FROM deliveries")
        connection.execute("DELETE FROM pace")
        edition = connection.execute(
            "INSERT INTO editions (kind, rhythm_id, wishes_id, told, printed, blocks, stories, why, left_out, cursor,"
            " fanned_out) VALUES ('first', 1, 1, ?, ?, json_array(json_array(?, ?, 1)), '[]', '[]', '[]', 0, 1)",
            (now, now, TEXT, len(TEXT)),
        ).lastrowid
        connection.execute(
            "INSERT INTO deliveries (edition_id, subscriber_id, state, cursor, attempts, not_before, created)"
            " SELECT ?, id, 'waiting', 0, 0, ?, ? FROM subscribers ORDER BY id LIMIT ?",
            (edition, now, now, count),
        )
    connection.close()


async def sustain(folder: str, url: str, database: str, rate: int) -> None:
    """Print the result of one rate, while people ask."""
    queue(f"{folder}/b.db", rate * (SECONDS + 15))
    async with program("run", cwd=Path(folder), **_settings(url, database, rate)) as running:
        await _first(running, url)
        control(url, f"ask?{QUESTIONS}")
        await asyncio.sleep(5)
        control(url, "stats")
        cpu, began = cpu_seconds(running.process.pid), time.monotonic()
        await asyncio.sleep(SECONDS)
        stats, seconds = control(url, "stats"), time.monotonic() - began
        cpu = cpu_seconds(running.process.pid) - cpu
        control(url, "ask?0")
    sends, answers = len(stats["sends"]), sorted(stats["answers"])
    print(
        f"at {rate}/s: {(sends + len(answers)) / seconds:8.1f}/s in all, {cpu / seconds:6.1%} of a core; /relos"
        f" {statistics.median(answers) * 1000:.0f} ms median, {answers[len(answers) * 99 // 100] * 1000:.0f} ms p99"
        f" of {len(answers)} answers",
        flush=True,
    )


async def kill(folder: str, url: str, database: str, rate: int) -> None:
    """Print the result of ten kills."""
    count = rate * 4 * KILLS
    queue(f"{folder}/b.db", count)
    control(url, "stats")
    chance = random.Random(rate)  # noqa: S311 - picks the moments
    arrived: Counter[int] = Counter()
    pauses: list[float] = []
    for number in itertools.count():
        async with program("run", cwd=Path(folder), **_settings(url, database, rate)) as running:
            began = time.monotonic()
            arrived.update(await _first(running, url))
            pauses.append(time.monotonic() - began)
            if number == KILLS:
                while len(arrived) < count:
                    await asyncio.sleep(1)
                    arrived.update(chat for _, chat in control(url, "stats")["sends"])
                    assert time.monotonic() - began < 120, f"{count - len(arrived)} are lost"
                await asyncio.sleep(1)
                break
            await asyncio.sleep(chance.uniform(0.5, 3))
            running.process.kill()
            await running.ends()
        await asyncio.sleep(2 * DELAY)
        arrived.update(chat for _, chat in control(url, "stats")["sends"])
    twice = sum(arrived.values()) - len(arrived)
    bound = rate * (DELAY + FLUSH)
    print(
        f"kill -9 at {rate}/s, {KILLS} times: {count - len(arrived)} of {count} lost, {twice / KILLS:.1f} twice a kill"
        f" (under way + rate × flush: {bound:.0f}); from a start to the first message {max(pauses[1:]):.1f} s at most",
        flush=True,
    )


async def _first(running: Program, url: str) -> list[int]:
    """Wait for the next messages; return the chats that got them."""
    while not (sends := control(url, "stats")["sends"]):
        assert running.process.returncode is None, await running.ends() or running.output
        await asyncio.sleep(0.05)
    return [chat for _, chat in sends]


def _settings(url: str, database: str, rate: int) -> dict[str, str]:
    return {
        "BRIEFINGS_DATABASE_URL": database,
        "TELEGRAM_API_URL": url,
        "TELEGRAM_BOT_TOKEN": "1:BENCHMARK-ONLY",
        "TELEGRAM_MESSAGES_PER_SECOND": str(rate),
    }


async def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder, stub(DELAY) as url:
        database = copied(folder)
        nobody_is_due(f"{folder}/b.db")
        for rate in (1000, 30):
            await sustain(folder, url, database, rate)
            await kill(folder, url, database, rate)


if __name__ == "__main__":
    asyncio.run(main())
