"""A queue of waiters, the urgent ones first, then by rank, then in the order they came; and a lock with such a queue.

No SQL: it stands here because the writer of a database needs the lock. The rate limit uses the queue as well. A waiter
that gave up is passed over: it never gets anything and never delays another. Both belong to one event loop and never
wait for anything but a waiter's turn.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Generic, TypeVar

T = TypeVar("T")


class WaitingQueue(Generic[T]):
    """Futures that wait for a T each; the urgent ones come first, then those of a lower rank, then the first comers."""

    def __init__(self) -> None:
        self._entries: list[tuple[bool, float, int, asyncio.Future[T]]] = []
        self._numbers = itertools.count()

    def __len__(self) -> int:
        """Return how many wait. Those that gave up count until they are passed over."""
        return len(self._entries)

    def join(self, *, urgent: bool, rank: float = 0.0) -> asyncio.Future[T]:
        """Add a waiter. Return the future to await; cancelling it gives up."""
        waiter: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._entries, (not urgent, rank, next(self._numbers), waiter))
        return waiter

    def has_waiters(self) -> bool:
        """Return True if anybody still waits."""
        while self._entries and self._entries[0][3].done():
            heapq.heappop(self._entries)
        return bool(self._entries)

    def pop(self) -> asyncio.Future[T] | None:
        """Remove and return the next waiter, whose future is not done yet; None if nobody waits."""
        while self._entries:
            waiter = heapq.heappop(self._entries)[3]
            if not waiter.done():
                return waiter
        return None


class PriorityLock:
    """A lock. Its waiters get it in the order they came, the urgent ones first."""

    def __init__(self) -> None:
        self._is_locked = False
        self._queue = WaitingQueue[None]()

    @property
    def waiting(self) -> int:
        """How many wait for the lock."""
        return len(self._queue)

    @asynccontextmanager
    async def acquired(self, *, urgent: bool) -> AsyncIterator[None]:
        """Hold the lock while the block runs."""
        if self._is_locked:
            turn = self._queue.join(urgent=urgent)
            try:
                await turn
            except asyncio.CancelledError:
                if turn.done() and not turn.cancelled():
                    self._hand_on()  # the lock was ours already, though we were cancelled before we ran
                raise
        self._is_locked = True
        try:
            yield
        finally:
            self._hand_on()

    def _hand_on(self) -> None:
        """Give the lock to the next waiter; it stays locked meanwhile, so that nobody slips in."""
        if (turn := self._queue.pop()) is not None:
            turn.set_result(None)
        else:
            self._is_locked = False
