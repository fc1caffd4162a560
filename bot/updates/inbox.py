"""Stores updates in the inbox, and handles them from there: those of a chat in order, those of several side by side.

**Guarantee**: every stored update is handled at least once. A claim holds under a lease that is renewed while this
process lives; the claims of a process that died come free when the lease ends, and then that one answer may come
twice. Any number of processes may share one inbox. Changes are made at once; the reply to a change is kept in the inbox
until its chat's earlier questions are answered.
**Reads, writes**: the inbox.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass

from telegram import Update

from bot.updates.handling import Handling, Heard
from briefings.errors import StoreTrouble
from briefings.newsroom.inbox import Inbox, InboxItem, Lane, Turn

log = logging.getLogger(__name__)

RENEW_SECONDS = 1.0
"""Seconds between two renewals of the claims, whose lease is five seconds."""

SWEEP_SECONDS = 1.0
"""Seconds between two looks for updates that other processes left; an update stored by this one is handled at once."""

TRY_AGAIN_SECONDS = 1.0
"""Seconds between two tries to write to the inbox when that fails."""

LOG_AGAIN_SECONDS = 600.0
"""Seconds until the same trouble is logged again: it may come and go, as when a disk is almost full."""

MOST_AT_ONCE = 64
"""Updates that one process answers side by side, not counting those that have taken longer than SLOW_SECONDS. So many
changes may be under way beside them."""

SLOW_SECONDS = 0.2
"""An answer that takes longer waits, for its turn or for Telegram, so that another may be begun beside it: in the
second until a chat may be sent its second answer, the first ones of 300 others are under way."""

MOST_OPEN = 1_000
"""Updates that one process claims at once, slow ones included: each costs memory and the renewal of a row."""

PATIENCE_SECONDS = 5.0
"""Time that the answers under way get when we stop."""

FORGET_SECONDS = 3600.0
"""Seconds between two deletions of updates that were handled long ago."""

ALL_LANES, CHANGES_ONLY = tuple(Lane), (Lane.CHANGE,)


@dataclass(frozen=True, slots=True)
class _Open:
    """An update that this process has claimed. `task` returns the reply that is to be kept, None for none."""

    task: asyncio.Task[str | None]
    lane: Lane
    began: float


@dataclass(frozen=True, slots=True)
class _Delivery:
    """Updates that are to be stored, and the future of whoever waits for that."""

    updates: Sequence[Heard]
    stored: asyncio.Future[None]


class InboxWorker:
    """Stores updates, and handles those of the inbox that this process claims."""

    def __init__(
        self,
        inbox: Inbox,
        handling: Handling,
        *,
        sweep_seconds: float = SWEEP_SECONDS,
        slow_seconds: float = SLOW_SECONDS,
    ) -> None:
        self._inbox = inbox
        self._handling = handling
        self._sweep_seconds = sweep_seconds
        self._slow_seconds = slow_seconds
        self._token = secrets.token_hex(8)
        self._deliveries: list[_Delivery] = []
        self._open: dict[int, _Open] = {}
        """Update id → the update, until it is marked as done or its reply is kept."""
        self._waiting: set[int] = set()
        """Ids of updates that this process stored, or whose replies it kept, and that nobody has claimed yet."""
        self._parsed: dict[int, Update] = {}
        """Update id → the update, of the latest ones that this process stored, so that most are parsed only once."""
        self._nudged = asyncio.Event()
        self._is_running = False
        self._trouble: StoreTrouble | None = None
        self._log_at = 0.0
        self._forget_at = time.monotonic() + self._sweep_seconds
        self._sweep_at = self._renew_at = 0.0

    @property
    def is_in_trouble(self) -> bool:
        """True while the inbox cannot be written or read."""
        return self._trouble is not None

    async def store(self, updates: Sequence[Heard]) -> None:
        """Store updates. Returns once they are stored for good; one that was stored before changes nothing.

        Before `run` begins and after it has ended, they are only stored. Raises StoreTrouble when they could not be,
        at once while it is known that the inbox is in trouble.
        """
        if self._trouble is not None:
            raise StoreTrouble.of(self._trouble.problem)
        if not self._is_running:
            await self._inbox.take(Turn(new=[heard.item() for heard in updates]), self._token)
            return
        delivery = _Delivery(updates, asyncio.get_running_loop().create_future())
        self._deliveries.append(delivery)
        self.nudge()
        await delivery.stored

    def nudge(self) -> None:
        """Look into the inbox now."""
        self._nudged.set()

    async def run(self) -> None:
        """Handle updates. Never ends by itself."""
        self._is_running = True
        try:
            await self._run()
        finally:
            self._is_running = False

    async def _run(self) -> None:
        while True:
            was_nudged = self._nudged.is_set()
            self._nudged.clear()
            try:
                if self._trouble is not None:
                    await self._inbox.probe()
                if was_nudged or self._open or self._deliveries or await self._inbox.is_anything_claimable():
                    await self._turn(*self._room())
                await self._forget()
            except StoreTrouble as trouble:
                self._note_trouble(trouble)
                await asyncio.sleep(TRY_AGAIN_SECONDS)
                continue
            if self._trouble is not None:
                self._trouble = None
                log.info("the inbox can be written again")
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._pause()):
                    await self._nudged.wait()

    async def finish(self, seconds: float = PATIENCE_SECONDS) -> None:
        """Finish the answers under way; give back the updates that take longer. Call it after `run` was cancelled."""
        with contextlib.suppress(StoreTrouble):
            await self._turn(0)
        if self._open:
            await asyncio.wait([open_.task for open_ in self._open.values()], timeout=seconds)
        late = {number: open_.task for number, open_ in self._open.items() if not open_.task.done()}
        for task in late.values():
            task.cancel()
        await asyncio.gather(*late.values(), return_exceptions=True)
        for number in late:
            del self._open[number]
        try:
            await self._turn(0)
            await self._inbox.give_back(self._token)
        except StoreTrouble as trouble:
            log.debug("the inbox was left as it is: %s", trouble)
            self._refuse_deliveries(trouble)

    def _note_trouble(self, trouble: StoreTrouble) -> None:
        self._trouble = trouble
        self._refuse_deliveries(trouble)
        if time.monotonic() >= self._log_at:
            self._log_at = time.monotonic() + LOG_AGAIN_SECONDS
            log.warning(
                "the inbox cannot be written: %s; updates wait or are handled from memory until it can", trouble
            )

    def _refuse_deliveries(self, trouble: StoreTrouble) -> None:
        deliveries, self._deliveries = self._deliveries, []
        for delivery in deliveries:
            _settle(delivery, trouble)

    def _room(self) -> tuple[int, Sequence[Lane]]:
        """Return how many more updates may be claimed, and from which lanes."""
        quick_since = time.monotonic() - self._slow_seconds
        busy = [open_ for open_ in self._open.values() if not open_.task.done()]
        changes = sum(open_.lane is Lane.CHANGE for open_ in busy)
        quick = sum(open_.began > quick_since for open_ in busy if open_.lane is not Lane.CHANGE)
        room = min(MOST_AT_ONCE - quick, MOST_OPEN - len(busy))
        return (room, ALL_LANES) if room > 0 else (MOST_AT_ONCE - changes, CHANGES_ONLY)

    def _pause(self) -> float:
        """Return the seconds until the next look, if nothing happens before."""
        if not self._open:
            return self._sweep_seconds
        _, lanes = self._room()
        return RENEW_SECONDS if lanes is ALL_LANES else min(RENEW_SECONDS, self._slow_seconds)

    async def _turn(self, room: int, lanes: Sequence[Lane] = ALL_LANES) -> None:
        """Store what is to be stored, mark the updates that are done, renew the claims on the others, claim more."""
        now = time.monotonic()
        deliveries, self._deliveries = self._deliveries, []
        done = {number: open_.task.result() for number, open_ in self._open.items() if open_.task.done()}
        new = [heard.item() for delivery in deliveries for heard in delivery.updates]
        replies = {number: reply for number, reply in done.items() if reply is not None}
        claim_new = min(room, len(new)) if lanes is ALL_LANES else 0
        may_be_more = self._waiting or replies or claim_new < len(new) or now >= self._sweep_at
        turn = Turn(
            new=new,
            claim_new=claim_new,
            done=[number for number, reply in done.items() if reply is None],
            replies=replies,
            busy=[number for number in self._open if number not in done] if now >= self._renew_at else [],
            limit=room - claim_new if may_be_more else 0,
            lanes=lanes,
        )
        if not (turn.new or done or turn.busy or turn.limit > 0):
            return
        try:
            claimed = await self._inbox.take(turn, self._token)
        except BaseException:
            self._deliveries[:0] = deliveries  # the caller refuses them, or `finish` stores them
            raise
        for delivery in deliveries:
            self._remember(delivery.updates)
            _settle(delivery)
        for number in done:
            del self._open[number]
        if turn.busy:
            self._renew_at = now + RENEW_SECONDS
        if turn.limit > 0:
            self._sweep_at = now + self._sweep_seconds
            if not (self._open or claimed or new or replies):
                self._waiting.clear()  # others have claimed them, or they were left out
        self._waiting.update(item.number for item in new)
        self._waiting.update(replies)
        self._waiting.difference_update(item.number for item in claimed)
        if len(self._waiting) > 2 * MOST_OPEN:  # those left out stay among them; the sweep finds what is forgotten here
            self._waiting = set(sorted(self._waiting)[-MOST_OPEN:])
        for item in claimed:
            task = asyncio.create_task(self._handle(item, self._parsed.pop(item.number, None)))
            self._open[item.number] = _Open(task, item.lane, time.monotonic())
            task.add_done_callback(lambda _: self.nudge())

    def _remember(self, updates: Sequence[Heard]) -> None:
        for heard in updates:
            self._parsed[heard.number] = heard.update
        while len(self._parsed) > MOST_OPEN:
            del self._parsed[next(iter(self._parsed))]

    async def _handle(self, item: InboxItem, update: Update | None) -> str | None:
        """Handle an item, parsed already or not. Return the reply that is to be kept, None for none."""
        if item.lane is Lane.REPLY:
            await self._handling.say(item.payload)
            return None
        if update is None:
            try:
                heard = self._handling.hear(json.loads(item.payload), item.payload)
            except ValueError:
                log.error("update %d cannot be read from the inbox; it is skipped", item.number)
                return None
            if heard is None:
                return None
            update = heard.update
        outcome = await self._handling.handle(update, item.left_out, lambda: self.is_in_trouble)
        if outcome.reply is not None and not outcome.is_saved:
            await self._handling.say(outcome.reply)
            return None
        return outcome.reply

    async def _forget(self) -> None:
        """Delete updates that were done long ago, every FORGET_SECONDS, in short transactions."""
        if time.monotonic() < self._forget_at:
            return
        may_be_more = await self._inbox.forget()
        self._forget_at = time.monotonic() + (0 if may_be_more else FORGET_SECONDS)


def _settle(delivery: _Delivery, trouble: StoreTrouble | None = None) -> None:
    """Let go whoever waits for these updates to be stored."""
    if delivery.stored.done():
        return  # nobody waits any more
    if trouble is None:
        delivery.stored.set_result(None)
    else:
        delivery.stored.set_exception(trouble)
