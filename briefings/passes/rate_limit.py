"""Makes each outgoing message wait for its send time, answers ahead of broadcasts.

**Guarantee**: send times come from one row that all processes share, evenly spaced at 97 % of the allowed rate, so
that no sliding second holds more messages than are allowed. Messages that wait go in order of urgency: an
answer takes the very next send time, however long the broadcast's queue is.
**Reads, writes**: the pace row. It reserves as many send times as messages wait, at most a tenth of a second's at once.
At a high rate hardly a message waits, so each reservation asks for twice as many as the one before, until some are not
used: a send time that is not used in time lapses.

Never sends a burst to make up for time that was lost.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta

from briefings.errors import StoreTrouble
from briefings.store import pace
from briefings.store.database import Database
from briefings.store.priority import WaitingQueue

AIM = 0.97
"""The share of the allowed rate that is used; the rest makes up for clocks that differ and unsteady connections."""

BATCH_SECONDS = 0.1
"""The most time that is reserved at once."""

RESERVE_ATTEMPTS = 3
RESERVE_PAUSE_SECONDS = 0.3

GRAIN_SECONDS = 0.005
"""The shortest wait, because waking up costs more than sending: at high rates a few messages go together, late."""

STALL = timedelta(milliseconds=50)
"""How late a send time may still be used, if the last second has room; after that it lapses."""

NO_WAIT = timedelta(0)


class RateLimit:
    """The rate limit of this process: its outgoing messages wait here for send times from the shared pace."""

    def __init__(self, database: Database, clock: Callable[[], datetime], per_second: float) -> None:
        self._database = database
        self._clock = clock
        self._spacing = timedelta(seconds=1 / (AIM * per_second))
        self._batch = max(1, int(per_second * BATCH_SECONDS))
        most = max(1, int(per_second))
        self._sent: deque[list[datetime]] = deque(maxlen=most)  # when the last messages went, the oldest first
        self._window = most * self._spacing
        self._send_time = clock()  # the first of the reserved send times that is not used
        self._unused = 0  # how many of them are not used
        self._ahead = 0  # how many to reserve next, if fewer wait
        self._early: asyncio.Task[tuple[datetime, int]] | None = None  # reserves the next batch in time
        self._local_time = clock()  # of the last message that went by the pace of this process alone
        self._queue = WaitingQueue[list[datetime]]()
        self._handing_out: asyncio.Task[None] | None = None  # runs while messages wait

    async def take(self, *, answer: bool, rank: float = 0.0) -> None:
        """Wait until one message may go out; of the answers that wait, those of the lowest rank first.

        Raises StoreTrouble if the database gives no send time; an answer then goes by a pace of this process alone.
        """
        if not answer:
            await self._take_shared(answer=False)
            return
        try:
            if (problem := self._database.trouble()) is not None:
                raise StoreTrouble.of(problem)  # without waiting for it once more
            await self._take_shared(answer=True, rank=rank)
        except StoreTrouble:
            await self._take_local()

    async def _take_local(self) -> None:
        """Wait for the next send time of this process alone: reading and answering need no write."""
        now = self._clock()
        if self._local_time > now + pace.HORIZON:  # the clock was set back
            self._local_time = now
        self._local_time = send_time = max(self._local_time, now) + self._spacing
        sent = [send_time]
        self._sent.append(sent)
        await asyncio.sleep((send_time - now).total_seconds())

    async def _take_shared(self, *, answer: bool, rank: float = 0.0) -> None:
        if not self._queue and self._has_send_time() and self._time_to_wait() <= NO_WAIT:
            self._use_send_time()
            return
        turn = self._queue.join(urgent=answer, rank=rank)
        if self._handing_out is None or self._handing_out.done():
            self._handing_out = asyncio.create_task(self._hand_out_send_times())
            self._handing_out.add_done_callback(self._pass_error_on)
        sent = await turn
        sent[0] = self._clock()  # a busy event loop may have delayed us since

    async def close(self) -> None:
        """Hand out no more send times. Messages that still wait are cancelled."""
        tasks = {task for task in (self._handing_out, self._early) if task is not None}
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    def _pass_error_on(self, ended: asyncio.Task[None]) -> None:
        """Raise the error that ended the handing out, such as a locked database, in every message that waits."""
        error = None if ended.cancelled() else ended.exception()
        if error is None and not ended.cancelled():
            return
        while (turn := self._queue.pop()) is not None:
            if error is None:
                turn.cancel()
            else:
                turn.set_exception(error)

    async def _hand_out_send_times(self) -> None:
        while self._queue.has_waiters():
            if not self._has_send_time():
                await self._reserve_batch()  # its first send time is used, however long this took
            if (wait := self._time_to_wait()) > pace.HORIZON:
                continue  # the clock was set back during the reservation, which is void
            if wait > NO_WAIT:
                await asyncio.sleep(max(wait.total_seconds(), GRAIN_SECONDS))
            if (turn := self._queue.pop()) is not None:
                turn.set_result(self._use_send_time())
                if len(self._queue) > self._unused and 8 * self._unused <= self._ahead and self._early is None:
                    self._early = asyncio.create_task(self._reserve())  # now, so that no send time passes meanwhile
                    self._early.add_done_callback(_ignore_error)

    async def _reserve_batch(self) -> None:
        early, self._early = self._early, None
        if early is not None:
            with contextlib.suppress(StoreTrouble):  # then it is asked for again
                self._send_time, self._unused = await early
                if self._has_send_time():
                    return
        self._send_time, self._unused = await self._reserve()

    async def _reserve(self) -> tuple[datetime, int]:
        """Reserve send times; return the first, and how many they are."""
        count = min(max(len(self._queue), self._ahead), self._batch)
        first = await self._reserve_patiently(count)
        self._ahead = 2 * count
        return first, count

    async def _reserve_patiently(self, count: int) -> datetime:
        """Wait for a moment when the database is in trouble, because trouble would fail every message that waits."""
        for attempt in itertools.count(1):
            try:
                # A send time is of no use a moment later, so it need not last.
                async with self._database.write(urgent=True, own_rows=True, even_if_lost=True) as connection:
                    return await pace.reserve(connection, count, self._spacing, self._clock())
            except StoreTrouble:
                if attempt == RESERVE_ATTEMPTS or self._database.trouble() is not None:
                    raise
                await asyncio.sleep(RESERVE_PAUSE_SECONDS)
        raise AssertionError("the loop above has no end")

    def _has_send_time(self) -> bool:
        """Return True if a send time is left. Those that passed lapse here, so that they do not come in a burst."""
        now = self._clock()
        if self._send_time > now + pace.HORIZON:  # the clock was set back
            self._unused = 0
        while self._unused and self._send_time < now - STALL:
            self._drop_send_time()
            self._ahead = 0  # more were reserved than are wanted
        return self._unused > 0

    def _time_to_wait(self) -> timedelta:
        """The time until the next send time, or until the last second has room for another message."""
        now, send_time = self._clock(), self._send_time
        is_full = len(self._sent) == self._sent.maxlen
        if is_full and NO_WAIT <= now - self._sent[0][0] < self._window:  # negative when the clock was set back
            send_time = max(send_time, self._sent[0][0] + self._window)
        return send_time - now

    def _use_send_time(self) -> list[datetime]:
        """Use the next send time. Return the cell that holds it, so that the caller can correct it once the message is
        really sent.
        """
        sent = [self._clock()]
        self._sent.append(sent)
        self._drop_send_time()
        return sent

    def _drop_send_time(self) -> None:
        self._unused -= 1
        self._send_time += self._spacing


def _ignore_error(task: asyncio.Task[tuple[datetime, int]]) -> None:
    """Look at the error of an early reservation, so that asyncio does not log it; the reservation is made again."""
    if not task.cancelled():
        task.exception()
