"""Keyword answers and search beside a million articles, from the commonest word to one in no article.

What the newsroom's door takes in one process that does nothing else; each query is new to the page cache once.
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
from tests.benchmarks.archive import NOW, SUBJECT, kept, word
from tests.benchmarks.server import filled, named, running

RANKS = (0, 1, 2, 3, 5, 8, 10, 20, 50, 100, 200, 500, 1_000, 5_000, 20_000, 100_000, 150_000)
ROUNDS = 5


def main() -> None:
    """Print the table, on each database."""
    print("on SQLite")
    asyncio.run(measure(f"sqlite:///{kept()}"))
    print("on PostgreSQL")
    with running() as server:
        asyncio.run(measure(named(server, filled(server))))


async def measure(address: str) -> None:
    """Print the rows for one."""
    gc.freeze()  # as `briefings run` does once it has started
    words = [word(rank) for rank in RANKS] + ["qqqzzz"]
    mixed = [f"{words[0]} {words[1]}", f"{words[0]} {words[14]}", f'"{words[0]} {words[1]}"', f"{words[3]} -{words[0]}"]
    filtered = [f"{words[3]} source:outlet", f"{words[3]} since:2026-05-01"]
    async with Database(address) as database:
        room = put_together(database, Renderer(COMMANDS), lambda: NOW, Rhythm((hour(7, 30),), "UTC"))
        await _row("search, one word of any rank", room.search, words)
        await _row("search, two words, a phrase, without", room.search, mixed)
        await _row("search, by source or date", room.search, filtered)
        await _row("a word that is no topic", room.look_up, words)
        await _row("/relos and other topics", room.look_up, SUBJECT)


async def _row(name: str, ask: Callable[[str, str], Awaitable[object]], queries: list[str] | tuple[str, ...]) -> None:
    taken: dict[str, list[float]] = {query: [] for query in queries}
    for _ in range(ROUNDS):
        for query in queries:
            began = time.perf_counter()
            await ask(query, "1")
            taken[query].append((time.perf_counter() - began) * 1000)
    every = sorted(one for times in taken.values() for one in times[1:])
    first, slowest = (
        max(times[0] for times in taken.values()),
        max(taken, key=lambda query: statistics.median(taken[query])),
    )
    print(
        f"{name:38} {statistics.median(every):6.1f} ms median {every[len(every) * 99 // 100]:6.1f} ms p99"
        f" {first:7.1f} ms cold at most; slowest: {slowest}"
    )


if __name__ == "__main__":
    main()
