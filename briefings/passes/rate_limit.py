"""Gives each outgoing message its instant, answers to people first.

**Guarantee**: instants come from one row that all processes share, evenly spaced at 97 % of the allowed
rate, so that no sliding second holds more than it may. Who waits is served in order of urgency: an answer
takes the very next instant, however long the broadcast's queue is.
**Reads, writes**: the pace row, reserved for as many as wait, at most a tenth of a second at a time; a rate
too high to make anybody wait is reserved ahead, twice as far each time. What is not used in time lapses.
"""

from __future__ import annotations

import asyncio
import contextlib
import heapq
import itertools
from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta

from briefings.errors import StoreTrouble
from briefings.store import pace
from briefings.store.database import Database

AIM = 0.97
"""The share of the allowed rate that is used; the rest is for clocks that differ and for lines that are not steady."""

BATCH_SECONDS = 0.1
RESERVE_ATTEMPTS = 3
RESERVE_PAUSE_SECONDS = 0.3

GRAIN_SECONDS = 0.005
"""Waiting is no finer than this, for waking up costs more than sending: at high rates a few go out together, late."""

STALL = timedelta(milliseconds=50)
"""An instant that passed longer ago lapses; up to it, it is used late, if the last second has room."""


class RateLimit:
    """The one queue of this process's outgoing messages."""

    def __init__(self, database: Database, clock: Callable[[], datetime], per_second: float) -> None:
        self._database = database
        self._clock = clock
        self._spacing = timedelta(seconds=1 / (AIM * per_second))
        self._batch = max(1, int(per_second * BATCH_SECONDS))
        most = max(1, int(per_second))
        self._released: deque[list[datetime]] = deque(maxlen=most)
        self._window = most * self._spacing
        self._next = clock()  # of the instants promised to us, the first that is not used
        self._left = 0
        self._ahead = 0
        self._coming: asyncio.Task[tuple[datetime, int]] | None = None
        self._waiters: list[tuple[bool, int, asyncio.Future[list[datetime]]]] = []
        self._count = itertools.count()
        self._pump: asyncio.Task[None] | None = None

    async def take(self, *, answer: bool) -> None:
        """Wait for the instant at which one message may go out."""
        if not self._waiters and self._fresh() and self._wait() <= timedelta(0):
            self._use()
            return
        turn = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiters, (not answer, next(self._count), turn))
        if self._pump is None or self._pump.done():
            self._pump = asyncio.create_task(self._serve())
            self._pump.add_done_callback(self._broken)
        stamp = await turn
        stamp[0] = self._clock()  # a busy event loop may have taken its time

    async def close(self) -> None:
        """Stop serving; whoever still waits is on their own way out."""
        tasks = {task for task in (self._pump, self._coming) if task is not None}
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

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
            if not self._fresh():
                await self._reserve()  # of what that brings one is used, however long it took
            if (wait := self._wait()) > pace.HORIZON:
                continue  # the clock was set back while it was promised: it is void
            if wait > timedelta(0):
                await asyncio.sleep(max(wait.total_seconds(), GRAIN_SECONDS))
            if self._waiting():
                heapq.heappop(self._waiters)[2].set_result(self._use())
                if len(self._waiters) > self._left and 8 * self._left <= self._ahead and self._coming is None:
                    self._coming = asyncio.create_task(self._promise())  # in time, so that no instant passes meanwhile
                    self._coming.add_done_callback(_looked_at)

    async def _reserve(self) -> None:
        coming, self._coming = self._coming, None
        if coming is not None:
            with contextlib.suppress(StoreTrouble):  # then it is asked for again
                self._next, self._left = await coming
                if self._fresh():
                    return
        self._next, self._left = await self._promise()

    async def _promise(self) -> tuple[datetime, int]:
        """The first of some instants, and how many they are."""
        count = min(max(len(self._waiters), self._ahead), self._batch)
        first = await self._reserved(count)
        self._ahead = 2 * count
        return first, count

    async def _reserved(self, count: int) -> datetime:
        """Trouble with the database is waited out for a moment: else it would cost every send that waits."""
        for attempt in itertools.count(1):
            try:
                async with self._database.write(urgent=True, own_rows=True) as connection:
                    return await pace.reserve(connection, count, self._spacing, self._clock())
            except StoreTrouble:
                if attempt == RESERVE_ATTEMPTS:
                    raise
                await asyncio.sleep(RESERVE_PAUSE_SECONDS)
        raise AssertionError("the loop above has no end")

    def _fresh(self) -> bool:
        """Whether an instant is left; those slept through lapse, for they must not come in a burst."""
        now = self._clock()
        if self._next > now + pace.HORIZON:  # the clock was set back
            self._left = 0
        while self._left and self._next < now - STALL:
            self._use_up()
            self._ahead = 0  # we ask for more than is wanted
        return self._left > 0

    def _wait(self) -> timedelta:
        """How long until the next promised instant, and longer where the last second is full."""
        now, instant = self._clock(), self._next
        full = len(self._released) == self._released.maxlen
        if full and timedelta(0) <= now - self._released[0][0] < self._window:  # not when the clock was set back
            instant = max(instant, self._released[0][0] + self._window)
        return instant - now

    def _use(self) -> list[datetime]:
        """Use an instant; give what holds when that was, for whoever goes out later to set anew."""
        stamp = [self._clock()]
        self._released.append(stamp)
        self._use_up()
        return stamp

    def _use_up(self) -> None:
        self._left -= 1
        self._next += self._spacing

    def _waiting(self) -> bool:
        while self._waiters and self._waiters[0][2].done():
            heapq.heappop(self._waiters)  # gave up
        return bool(self._waiters)


def _looked_at(task: asyncio.Task[tuple[datetime, int]]) -> None:
    """Its trouble is no news: who needs the promise asks again."""
    if not task.cancelled():
        task.exception()
