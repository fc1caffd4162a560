"""Handles the updates that webhooks have stored, those of one chat in their order, those of several side by side.

**Guarantee**: every stored update is handled at least once. What we hold is ours under a lease that is renewed while
we live; what a process that died held comes free when its lease ends, and then that one answer may come twice. Any
number of processes may share one inbox: only the oldest open update of a chat is ever held.
**Reads, writes**: the inbox.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import secrets
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from telegram import Bot

from bot.updates import reading as updates
from briefings.errors import StoreTrouble
from briefings.store import inbox
from briefings.store.database import Database
from briefings.store.inbox import InboxItem

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=5)
RENEW_SECONDS = 1.0
SWEEP_SECONDS = 1.0
"""What is stored here is handled at once; this is for what others have left."""

MOST_AT_ONCE = 64
PATIENCE_SECONDS = 5.0
KEPT = timedelta(days=2)
"""How long the number of a handled update is known; Telegram repeats one for a day."""

FORGET_SECONDS = 3600.0


class InboxReader:
    """One process's reader of the inbox. `nudge` says that something was stored."""

    def __init__(
        self,
        database: Database,
        bot: Bot,
        hear: updates.UpdateHandler,
        clock: Callable[[], datetime],
        *,
        sweep_seconds: float = SWEEP_SECONDS,
    ) -> None:
        self._database = database
        self._bot = bot
        self._hear = hear
        self._clock = clock
        self._sweep_seconds = sweep_seconds
        self._token = secrets.token_hex(8)
        self._open: dict[int, asyncio.Task[None]] = {}
        """Update id → its answer, until it is noted as done."""
        self._wanted = asyncio.Event()
        self._in_trouble = False
        self._forget_at = time.monotonic() + self._sweep_seconds

    def nudge(self) -> None:
        """There is something in the inbox, or something is done."""
        self._wanted.set()

    async def run(self) -> None:
        """Handle what comes, for ever."""
        while True:
            nudged = self._wanted.is_set()
            self._wanted.clear()
            try:
                if nudged or self._open or await self._is_anything_claimable():
                    await self._turn(MOST_AT_ONCE)
                await self._forget()
            except StoreTrouble as trouble:
                if not self._in_trouble:
                    log.error("the inbox cannot be read: %s; trying again until it can", trouble)
                self._in_trouble = True
            else:
                self._in_trouble = False
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(RENEW_SECONDS if self._open else self._sweep_seconds):
                    await self._wanted.wait()

    async def finish(self, seconds: float = PATIENCE_SECONDS) -> None:
        """After `run` was cancelled: finish the answers under way; what takes longer is given back."""
        with contextlib.suppress(StoreTrouble):
            await self._turn(0)
        if self._open:
            await asyncio.wait(self._open.values(), timeout=seconds)
        late = {number: answer for number, answer in self._open.items() if not answer.done()}
        for answer in late.values():
            answer.cancel()
        await asyncio.gather(*late.values(), return_exceptions=True)
        for number in late:
            del self._open[number]
        try:
            await self._turn(0)
            async with self._database.write(turn=False) as connection:
                await inbox.give_back(connection, self._token)
        except StoreTrouble as trouble:
            log.debug("the inbox was left as it is: %s", trouble)

    async def _is_anything_claimable(self) -> bool:
        async with self._database.read() as connection:
            return await inbox.is_anything_claimable(connection, self._clock())

    async def _turn(self, most: int) -> None:
        """In one transaction note what is done, hold on to what is not, and claim more up to `most` in all."""
        done = [number for number, answer in self._open.items() if answer.done()]
        busy = [number for number, answer in self._open.items() if not answer.done()]
        claimed: list[InboxItem] = []
        if not (done or busy or most):
            return
        now = self._clock()
        async with self._database.write(first=True, turn=False) as connection:
            if done:
                await inbox.finish(connection, done, self._token, now)
            if busy:
                await inbox.renew(connection, busy, self._token, now + LEASE)
            if (room := most - len(busy)) > 0:
                claimed = await inbox.claim(connection, now, limit=room, token=self._token, until=now + LEASE)
        for number in done:
            del self._open[number]
        for item in claimed:
            answer = self._open[item.number] = asyncio.create_task(self._answer(item))
            answer.add_done_callback(lambda _: self.nudge())

    async def _answer(self, item: InboxItem) -> None:
        try:
            raw = json.loads(item.payload)
        except ValueError:
            log.error("update %d cannot be read from the inbox; it is skipped", item.number)
            return
        if (found := updates.read(raw, self._bot)) is not None:
            await updates.answer(self._hear, found[1])

    async def _forget(self) -> None:
        """Now and then delete what was done long ago, in short transactions."""
        if time.monotonic() < self._forget_at:
            return
        async with self._database.write(turn=False) as connection:
            forgotten = await inbox.forget(connection, self._clock() - KEPT)
        self._forget_at = time.monotonic() + (0 if forgotten == inbox.MOST_FORGOTTEN else FORGET_SECONDS)
