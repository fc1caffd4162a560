"""The watch over the database: a notice of what others ran into and of what its own tries show."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from bot.ops.store_watch import store_notice, watch_store
from briefings.errors import Problem

GONE = Problem("database-file-gone", {"file": "/news/briefings.db"})
FULL = Problem("database-unusable", {"cause": "database or disk is full"})


class Store:
    """A database. Each look takes the next of `seen`, what is known without a trip; each try the next of `tried`.

    The last of each stays.
    """

    def __init__(self, seen: Sequence[Problem | None], tried: Sequence[Problem | None]) -> None:
        self.seen, self.tried = list(seen), list(tried)
        self.looks = self.tries = 0

    def trouble(self) -> Problem | None:
        self.looks += 1
        return self.seen.pop(0) if len(self.seen) > 1 else self.seen[0]

    async def try_database(self) -> Problem | None:
        self.tries += 1
        return self.tried.pop(0) if len(self.tried) > 1 else self.tried[0]

    async def watched(self, *, steps: int = 20, try_seconds: float = 3600) -> Problem | None:
        """Watch for so many looks and tries. Returns what the notice says then."""
        notice = store_notice()
        watching = asyncio.create_task(watch_store(self, notice, 0, try_seconds))
        while self.looks + self.tries < steps:  # noqa: ASYNC110 - a look is all that can be waited for
            await asyncio.sleep(0)
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
        return notice.problem


async def test_a_database_that_works_is_tried_seldom() -> None:
    store = Store([None], [None])
    assert await store.watched() is None
    assert store.tries == 1


async def test_trouble_that_nobody_ran_into_is_found_by_a_try() -> None:
    assert await Store([None], [None, FULL]).watched(try_seconds=0) == FULL


async def test_what_others_ran_into_is_tried_at_once() -> None:
    assert await Store([None, GONE], [None, GONE]).watched() == GONE


async def test_trouble_is_tried_again_until_it_is_over() -> None:
    store = Store([None], [FULL, FULL, FULL, None])
    assert await store.watched() is None
    assert store.tries == 4
