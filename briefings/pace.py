"""Gives each outgoing message its instant, answers to people first.

**Guarantee**: instants come from one row that all processes share, evenly spaced at 97 % of the allowed
rate, so that no sliding second holds more than it may. Who waits is served in order of urgency: an answer
takes the very next instant, however long the broadcast's queue is.
**Reads, writes**: the pace row, reserved for a tenth of a second at a time.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta

from briefings.store import pace
from briefings.store.database import Database

AIM = 0.97
"""The share of the allowed rate that is used; the rest is for clocks that differ."""

BATCH_SECONDS = 0.1
STALL = timedelta(milliseconds=50)
"""A lag beyond this is a stall; up to it, lost time is made good."""


class Pace:
    """The one queue of this process's outgoing messages."""

    def __init__(self, database: Database, clock: Callable[[], datetime], per_second: float) -> None:
        self._database = database
        self._clock = clock
        self._spacing = timedelta(seconds=1 / (AIM * per_second))
        self._batch = max(1, int(per_second * BATCH_SECONDS))
        most = max(1, int(per_second))
        self._released: deque[datetime] = deque(maxlen=most)
        self._window = timedelta(seconds=most / per_second)
        self._waiters: list[tuple[bool, int, asyncio.Future[None]]] = []
        self._count = itertools.count()
        self._pump: asyncio.Task[None] | None = None

    async def take(self, *, answer: bool) -> None:
        """Wait for the instant at which one message may go out."""
        turn = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiters, (not answer, next(self._count), turn))
        if self._pump is None or self._pump.done():
            self._pump = asyncio.create_task(self._serve())
            self._pump.add_done_callback(self._broken)
        await turn

    async def close(self) -> None:
        """Stop serving; whoever still waits is on their own way out."""
        if self._pump is not None:
            self._pump.cancel()
            await asyncio.wait({self._pump})

    def _broken(self, pump: asyncio.Task[None]) -> None:
        """What broke the pump, a locked database perhaps, breaks every send that waits."""
        error = asyncio.CancelledError() if pump.cancelled() else pump.exception()
        waiters, self._waiters = (self._waiters, []) if error else ([], self._waiters)
        for _, _, turn in waiters:
            if turn.done():
                continue
            if pump.cancelled():
                turn.cancel()
            elif error:
                turn.set_exception(error)

    async def _serve(self) -> None:
        while self._waiting():
            count = min(len(self._waiters), self._batch)
            async with self._database.write(first=True) as connection:
                instant = await pace.reserve(connection, count, self._spacing, self._clock())
            for number in range(count):
                late = self._clock() - (instant + number * self._spacing)
                instant += late if late > STALL else timedelta(0)  # what we slept through is not sent in a burst
                await self._until(instant + number * self._spacing)
                if not self._waiting():
                    return
                self._released.append(self._clock())
                heapq.heappop(self._waiters)[2].set_result(None)

    async def _until(self, instant: datetime) -> None:
        """Wait for a promised instant, and longer where the last second is full."""
        now = self._clock()
        full = len(self._released) == self._released.maxlen
        if full and timedelta(0) <= now - self._released[0] < self._window:  # not when the clock was set back
            instant = max(instant, self._released[0] + self._window)
        if instant > now:
            await asyncio.sleep((instant - now).total_seconds())

    def _waiting(self) -> bool:
        while self._waiters and self._waiters[0][2].done():
            heapq.heappop(self._waiters)  # gave up
        return bool(self._waiters)
