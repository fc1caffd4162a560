"""Sends the deliveries of the outbox to their readers.

**Guarantee**: every printed edition reaches every subscriber it was printed for at least once, in order
and whole. The cursor moves only after the messenger took a message. If this process or its connection dies between
the messenger's acceptance and our commit, *that one message* may come again, twice at most, and is then left as
unknown (at once when the operator chose `leave`). Nothing is lost in silence: a delivery that cannot arrive stays in
the outbox as failed or unknown, with its reason, and the next edition tells the stories that did not arrive.
**Reads**: outbox, editions. **Writes**: outbox, subscribers (when one moved, is gone or could not be told).

Never gives up on a network, never sends a delivery that another process may have taken over, never knows how
large a message may be.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from briefings.clock import JumpMeter
from briefings.editions.model import Edition
from briefings.errors import StoreTrouble
from briefings.passes.messenger import Later, Messenger, Outcome, Sent, Unknown, message_of
from briefings.passes.outcomes import result_to_record
from briefings.passes.rate_limit import RateLimit
from briefings.store import editions, outbox
from briefings.store.database import Database
from briefings.store.outbox import Claim, Result

log = logging.getLogger(__name__)

DELIVERY_LEASE = timedelta(seconds=4)
"""How long a claim lasts unless it is renewed. Short, so that the claims of a dead process are sent again soon."""

RENEW = timedelta(seconds=1)
"""The age at which a lease is renewed."""

LEAST_LEASE = timedelta(seconds=1)
"""No message begins with less of the lease left, so that a process that was suspended sends nothing that another may
have taken over."""

MOST_CLAIMS = 500
"""The most claims at once. They are fewer where fewer messages may be sent in a second."""

WORKERS = 200
"""Messages that are under way at the same time, those that wait for their send time included: one for each worker."""

FLUSH_SECONDS = 0.05
"""How often results are recorded while messages are sent."""

LINE_IS_DOWN = 3
"""So many deliveries put off, and no message taken meanwhile, are an outage; once it ends, they are tried at once."""

CLOCK_JUMP = timedelta(seconds=5)
"""A wall clock that falls back by less is left alone: deliveries and leases wait so much longer at most."""

RECORD_ATTEMPTS = 20
RECORD_PAUSE_SECONDS = 0.5
"""About ten seconds in all for a database in trouble, because a result that is not recorded is sent twice."""


@dataclass(slots=True)
class _Run:
    """One run of the pass. Each of its claims is `waiting`, then in a worker's hands, then a result."""

    token: str
    """The token of all its claims."""

    until: datetime
    """When the lease on all claims ends, unless it is renewed."""

    editions: dict[int, Edition] = field(default_factory=dict)
    """The editions of its claims, by id."""

    waiting: deque[Claim] = field(default_factory=deque)
    """Claims that no worker has taken yet."""

    workers: set[asyncio.Task[None]] = field(default_factory=set)
    in_hand: int = 0
    """Claims that workers have taken and that have no result yet: `sending`, or waiting for their send time."""

    sending: int = 0
    """Claims whose message the messenger is sending."""

    results: list[Result] = field(default_factory=list)
    """Results that are not recorded yet."""

    delivered: int = 0
    """Messages that the messenger took, as far as their results are recorded."""

    is_open: bool = True
    """True while more may be claimed."""

    wake: asyncio.Event = field(default_factory=asyncio.Event)
    """Ends the wait for the next flush: set when few claims are unsent, and when the last worker is done."""

    trouble: Exception | None = None

    @property
    def unfinished(self) -> int:
        """Claims without a result yet."""
        return len(self.waiting) + self.in_hand

    @property
    def unsent(self) -> int:
        """Claims whose message is not being sent yet."""
        return self.unfinished - self.sending


class Dispatcher:
    """The dispatch pass of one process. With `leave_unknown`, a message that may have arrived is not sent again.

    `per_second` is how many messages may be sent in a second. `monotonic` gives seconds that only grow; against it, the
    dispatcher notices that the wall clock `clock` was set back.
    """

    def __init__(
        self,
        database: Database,
        messenger: Messenger,
        rate_limit: RateLimit,
        clock: Callable[[], datetime],
        *,
        per_second: float,
        leave_unknown: bool = False,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._messenger = messenger
        self._rate_limit = rate_limit
        self._clock = clock
        self._monotonic = monotonic
        self._claims = max(1, min(int(per_second), MOST_CLAIMS))
        self._few = self._claims // 3  # as many as a fast connection takes while the next are claimed
        self._leave_unknown = leave_unknown
        self._hold_until = 0.0  # by `monotonic`, so that the hold lasts as long as was asked whatever the clock does
        self._stopping = False
        self._put_off: set[int] = set()
        """Deliveries put off since a message was last taken, because the other side does not answer as it should."""
        self._line_is_back = False
        self._jumps = JumpMeter(clock, monotonic)
        self._set_back = timedelta()  # by how much the clock was set back, until that is followed up

    async def run(self) -> int:
        """Send until nothing more can be claimed; return how many messages were taken.

        Raises the first error of a message, after all others are done. Raises StoreTrouble if claims or results cannot
        be written.
        """
        await self._notice_clock_set_back()
        await self._bring_put_off_forward()
        if self._stopping or self._is_on_hold() or not await self._is_anything_due():
            return 0
        run = _Run(secrets.token_hex(8), self._clock() + DELIVERY_LEASE)
        try:
            while True:
                await self._notice_clock_set_back(run)
                await self._bring_put_off_forward()
                await self._claim(run)
                self._start_workers(run)
                if not run.workers:
                    break
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(FLUSH_SECONDS):
                        await run.wake.wait()
                run.wake.clear()
                await self._flush(run)
                await self._renew(run)
        finally:
            workers = list(run.workers)
            for worker in workers:
                worker.cancel()
            await asyncio.gather(*workers, return_exceptions=True)
            await self._flush(run)
            async with self._database.write(own_rows=True) as connection:
                await outbox.give_back(connection, run.token)
        if run.trouble is not None:
            raise run.trouble
        if run.delivered:
            log.info("messages delivered: %d", run.delivered)
        return run.delivered

    async def is_anything_open(self) -> bool:
        """Return True if any delivery is waiting or sending."""
        return await self._database.cached(outbox.is_anything_open)

    def note_line_is_back(self) -> None:
        """Try at once what was put off because the other side did not answer. The caller nudges the pass."""
        self._line_is_back = True

    def stop(self) -> None:
        """Begin no further message. `run` then finishes those under way and gives its other claims back."""
        self._stopping = True

    async def _is_anything_due(self) -> bool:
        async with self._database.read() as connection:
            return await outbox.is_anything_due(connection, self._clock())

    async def _claim(self, run: _Run) -> None:
        """Once few claims are unsent, claim more, up to as many in all as may be sent in a second.

        Close a run that may not go on.
        """
        if not self._may_send(run):
            run.is_open = False
            run.waiting.clear()
        room = self._claims - run.unfinished
        if not (run.is_open and room and run.unsent <= self._few):
            return
        async with self._database.write(own_rows=True) as connection:
            claims = await outbox.claim(connection, self._clock(), limit=room, token=run.token, until=run.until)
        new = {claim.edition for claim in claims} - run.editions.keys()
        if new:
            async with self._database.read() as connection:
                run.editions |= await editions.by_ids(connection, list(new))
        run.waiting.extend(claims)
        run.is_open = run.is_open and bool(claims)

    def _start_workers(self, run: _Run) -> None:
        """Start a worker for each claim that waits, up to `WORKERS` in all."""

        def leave(worker: asyncio.Task[None]) -> None:
            run.workers.discard(worker)
            if not run.workers:
                run.wake.set()

        for _ in range(min(WORKERS - len(run.workers), len(run.waiting))):
            worker = asyncio.create_task(self._work(run))
            run.workers.add(worker)
            worker.add_done_callback(leave)

    async def _work(self, run: _Run) -> None:
        """Send the claims that wait, one after another."""
        while run.waiting:
            claim = run.waiting.popleft()
            run.in_hand += 1
            try:
                await self._rate_limit.take(answer=False)
                await self._send(run, claim)
            except Exception as error:  # a bug in one message must stop no other; it is raised when all are done
                run.trouble = run.trouble or error
                run.is_open = False
            finally:
                run.in_hand -= 1

    async def _send(self, run: _Run, claim: Claim) -> None:
        """Send a claim whose send time has come, unless we stop, are on hold, or woke too late to still own it."""
        if not self._may_send(run):
            run.is_open = False  # unsent claims are given back at the end of the run, and that must come soon
            return
        edition = run.editions[claim.edition]
        run.sending += 1
        if run.unsent == self._few:
            run.wake.set()
        try:
            outcome = await self._messenger.send(message_of(edition, claim))
        finally:
            run.sending -= 1
        now = self._clock()
        if isinstance(outcome, Later) and outcome.everyone and outcome.after is not None:
            self._hold_until = max(self._hold_until, self._monotonic() + outcome.after.total_seconds())
        result = await result_to_record(
            self._database, claim, len(edition.blocks), outcome, now, leave_unknown=self._leave_unknown
        )
        if result is not None:
            run.results.append(result)
        self._note_line(claim, outcome)

    def _note_line(self, claim: Claim, outcome: Outcome) -> None:
        """Notice when the other side answers again. A few deliveries put off are their readers' trouble, not ours."""
        if isinstance(outcome, Unknown) or (isinstance(outcome, Later) and outcome.after is None):
            self._put_off.add(claim.delivery)
        elif isinstance(outcome, Sent) and not self._line_is_back:
            self._line_is_back = len(self._put_off) >= LINE_IS_DOWN
            if not self._line_is_back:
                self._put_off.clear()

    async def _bring_put_off_forward(self) -> None:
        if not self._line_is_back:
            return
        put_off, self._put_off, self._line_is_back = list(self._put_off), set(), False
        async with self._database.write(own_rows=True) as connection:
            await outbox.bring_all_forward(connection, self._clock(), put_off)

    def _may_send(self, run: _Run) -> bool:
        return not (self._stopping or self._is_on_hold()) and self._clock() < run.until - LEAST_LEASE

    def _is_on_hold(self) -> bool:
        return self._monotonic() < self._hold_until

    async def _renew(self, run: _Run) -> None:
        """Renew the lease on our claims when it is due; a database in trouble lets it run out."""
        now = self._clock()
        if now < run.until - DELIVERY_LEASE + RENEW or now >= run.until:
            return
        try:
            async with self._database.write(own_rows=True) as connection:
                still_ours = await outbox.renew(connection, run.token, now + DELIVERY_LEASE)
        except StoreTrouble as trouble:
            log.debug("the lease was not renewed: %s", trouble)
        else:
            run.until = now + DELIVERY_LEASE
            run.waiting = deque(claim for claim in run.waiting if claim.delivery in still_ours)

    async def _notice_clock_set_back(self, run: _Run | None = None) -> None:
        """If the wall clock was set back, bring forward what this put far away: the deliveries and the lease."""
        if (back := -self._jumps.jump(CLOCK_JUMP)) > timedelta():
            log.warning("the clock was set back by %d seconds", back.total_seconds())
            self._set_back += back
        if self._set_back:
            wall = self._clock()
            async with self._database.write() as connection:
                await outbox.bring_forward(connection, wall, self._set_back)
                if run is not None:
                    await outbox.renew(connection, run.token, wall + DELIVERY_LEASE)
            if run is not None:
                run.until = wall + DELIVERY_LEASE
            self._set_back = timedelta()

    async def _flush(self, run: _Run) -> None:
        results, run.results = run.results, []
        run.delivered += sum(result.reference is not None for result in results)
        await self._record(results)

    async def _record(self, results: Sequence[Result]) -> None:
        """Record results, even in a file that was moved away; ask again in trouble, else a message is sent twice."""
        for attempt in range(RECORD_ATTEMPTS if results else 0):
            try:
                async with self._database.write(own_rows=True, even_if_lost=True) as connection:
                    await outbox.record(connection, results)
                return
            except StoreTrouble:
                if attempt == RECORD_ATTEMPTS - 1:
                    raise
                await asyncio.sleep(RECORD_PAUSE_SECONDS)
