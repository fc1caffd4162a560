"""Handles the updates that webhooks have stored: those of one chat in order, those of several chats side by side.

**Guarantee**: every stored update is handled at least once. A claim holds under a lease that is renewed while this
process lives; the claims of a process that died come free when the lease ends, and then that one answer may come
twice. Any number of processes may share one inbox: only the oldest open update of a chat is ever claimed.
**Reads, writes**: the inbox.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import secrets
import time

from telegram import Bot

from bot.updates import raw_updates
from briefings.errors import StoreTrouble
from briefings.newsroom.inbox import Inbox, InboxItem

log = logging.getLogger(__name__)

RENEW_SECONDS = 1.0
"""Seconds between two renewals of the claims, whose lease is five seconds."""

SWEEP_SECONDS = 1.0
"""Seconds between two looks for updates that other processes left; an update stored by this one is handled at once."""

MOST_AT_ONCE = 64
"""Updates that one process answers side by side, not counting those that have taken longer than SLOW_SECONDS."""

SLOW_SECONDS = 0.5
"""An answer that takes longer waits, for its chat's turn or for Telegram, so that another may be begun beside it."""

MOST_OPEN = 1_000
"""Updates that one process claims at once, slow ones included: each costs memory and the renewal of a row."""

PATIENCE_SECONDS = 5.0
"""Time that the answers under way get when we stop."""

FORGET_SECONDS = 3600.0
"""Seconds between two deletions of updates that were handled long ago."""


class InboxWorker:
    """Handles the updates of the inbox that one process claims. Call `nudge` when an update was stored."""

    def __init__(
        self,
        inbox: Inbox,
        bot: Bot,
        handle: raw_updates.UpdateHandler,
        *,
        sweep_seconds: float = SWEEP_SECONDS,
        slow_seconds: float = SLOW_SECONDS,
    ) -> None:
        self._inbox = inbox
        self._bot = bot
        self._handle = handle
        self._sweep_seconds = sweep_seconds
        self._slow_seconds = slow_seconds
        self._token = secrets.token_hex(8)
        self._open: dict[int, asyncio.Task[None]] = {}
        """Update id → its answer, until it is marked as done."""
        self._begun_at: dict[int, float] = {}
        """Update id → when its answer began, of the same updates."""
        self._nudged = asyncio.Event()
        self._in_trouble = False
        self._forget_at = time.monotonic() + self._sweep_seconds

    def nudge(self) -> None:
        """Look into the inbox now: an update was stored, or an answer is done."""
        self._nudged.set()

    async def run(self) -> None:
        """Handle updates. Never ends by itself."""
        while True:
            was_nudged = self._nudged.is_set()
            self._nudged.clear()
            try:
                if was_nudged or self._open or await self._inbox.is_anything_claimable():
                    await self._turn(self._room())
                await self._forget()
            except StoreTrouble as trouble:
                if not self._in_trouble:
                    log.error("the inbox cannot be read: %s; trying again until it can", trouble)
                self._in_trouble = True
            else:
                self._in_trouble = False
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._pause()):
                    await self._nudged.wait()

    async def finish(self, seconds: float = PATIENCE_SECONDS) -> None:
        """Finish the answers under way; give back the updates that take longer. Call it after `run` was cancelled."""
        with contextlib.suppress(StoreTrouble):
            await self._turn(0)
        if self._open:
            await asyncio.wait(self._open.values(), timeout=seconds)
        late = {number: answer for number, answer in self._open.items() if not answer.done()}
        for answer in late.values():
            answer.cancel()
        await asyncio.gather(*late.values(), return_exceptions=True)
        for number in late:
            self._close(number)
        try:
            await self._turn(0)
            await self._inbox.give_back(self._token)
        except StoreTrouble as trouble:
            log.debug("the inbox was left as it is: %s", trouble)

    def _room(self) -> int:
        """Return how many more updates may be claimed."""
        quick_since = time.monotonic() - self._slow_seconds
        busy = [number for number, answer in self._open.items() if not answer.done()]
        quick = sum(self._begun_at[number] > quick_since for number in busy)
        return min(MOST_AT_ONCE - quick, MOST_OPEN - len(busy))

    def _pause(self) -> float:
        """Return the seconds until the next look, if nothing happens before."""
        if not self._open:
            return self._sweep_seconds
        return RENEW_SECONDS if self._room() > 0 else min(RENEW_SECONDS, self._slow_seconds)

    async def _turn(self, room: int) -> None:
        """Mark the updates that are done, renew the claims on the others, and claim as many more as there is room."""
        done = [number for number, answer in self._open.items() if answer.done()]
        busy = [number for number, answer in self._open.items() if not answer.done()]
        if not (done or busy or room > 0):
            return
        claimed = await self._inbox.finish_and_claim(self._token, done=done, busy=busy, limit=room)
        for number in done:
            self._close(number)
        for item in claimed:
            self._begun_at[item.number] = time.monotonic()
            answer = self._open[item.number] = asyncio.create_task(self._answer(item))
            answer.add_done_callback(lambda _: self.nudge())

    def _close(self, number: int) -> None:
        del self._open[number], self._begun_at[number]

    async def _answer(self, item: InboxItem) -> None:
        try:
            raw = json.loads(item.payload)
        except ValueError:
            log.error("update %d cannot be read from the inbox; it is skipped", item.number)
            return
        if (parsed := raw_updates.read(raw, self._bot)) is not None:
            await raw_updates.answer(self._handle, parsed[1])

    async def _forget(self) -> None:
        """Delete updates that were done long ago, every FORGET_SECONDS, in short transactions."""
        if time.monotonic() < self._forget_at:
            return
        may_be_more = await self._inbox.forget()
        self._forget_at = time.monotonic() + (0 if may_be_more else FORGET_SECONDS)
