"""Keyword answers and search among a million articles, from the commonest word to one in no article.

Times of the newsroom's door in a process that does nothing else; the first time, no query is in the page cache.
"""

from __future__ import annotations

import asyncio
import gc
import statistics
import time
from collections.abc import Awaitable, Callable
from datetime import time as hour

from fakes import COMMANDS

from briefings.editions.render import Renderer
from briefings.model import Rhythm
from briefings.newsroom.opening import put_together
from briefings.store.database import Database
from tests.benchmarks.archive import NOW, TOPICS, cached, word
from tests.benchmarks.server import filled, named, running

RANKS = (0, 1, 2, 3, 5, 8, 10, 20, 50, 100, 200, 500, 1_000, 5_000, 20_000, 100_000, 150_000)
ROUNDS = 5


def main() -> None:
    """Print the table, on each database."""
    print("on SQLite")
    asyncio.run(measure(f"sqlite:///{cached()}"))
    print("on PostgreSQL")
    with running() as server:
        asyncio.run(measure(named(server, filled(server))))


async def measure(address: str) -> None:
    """Print the rows of one database."""
    gc.freeze()  # as `briefings run` does once it has started
    words = [word(rank) for rank in RANKS] + ["qqqzzz"]
    mixed = [f"{words[0]} {words[1]}", f"{words[0]} {words[14]}", f'"{words[0]} {words[1]}"', f"{words[3]} -{words[0]}"]
    filtered = [f"{words[3]} source:outlet", f"{words[3]} since:2026-05-01"]
    async with Database(address) as database:
        newsroom = put_together(database, Renderer(COMMANDS), lambda: NOW, Rhythm((hour(7, 30),), "UTC"))
        reading = newsroom.reading
        await _row("search, one word of any rank", reading.search, words)
        await _row("search, two words, a phrase, without", reading.search, mixed)
        await _row("search, by source or date", reading.search, filtered)
        await _row("a word that is no topic", reading.look_up, words)
        await _row("/relos and other topics", reading.look_up, TOPICS)


async def _row(name: str, ask: Callable[[str, str], Awaitable[object]], queries: list[str] | tuple[str, ...]) -> None:
    times: dict[str, list[float]] = {query: [] for query in queries}
    for _ in range(ROUNDS):
        for query in queries:
            began = time.perf_counter()
            await ask(query, "1")
            times[query].append((time.perf_counter() - began) * 1000)
    warm = sorted(milliseconds for _, *later in times.values() for milliseconds in later)
    cold = max(first for first, *_ in times.values())
    slowest = max(times, key=lambda query: statistics.median(times[query]))
    print(
        f"{name:38} {statistics.median(warm):6.1f} ms median {warm[len(warm) * 99 // 100]:6.1f} ms p99"
        f" {cold:7.1f} ms cold at most; slowest: {slowest}"
    )


if __name__ == "__main__":
    main()
