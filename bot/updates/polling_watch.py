"""Notices a deaf line: Telegram holds updates for us, but polls over this connection bring none.

Telegram is asked how many updates it holds only after a poll that brought nothing, and not after every one. Updates
that come in between are no deafness: the next poll brings them. So the line counts as deaf when updates were held twice
in a row and no poll between brought any. Opens no connection itself, and delays the polling by a second at most.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from telegram import Bot

from bot.telegram.retry import SHIPPED, Pauses

LOOKS = 2
"""Looks in a row that must find updates held back."""

ANSWER_SECONDS = 1.0
"""Time that the polling waits for the number of held updates; an answer that takes longer counts at the next look."""


class PollingWatch:
    """Watches one line. `pauses` come between two looks, and grow with each new connection that did not help.

    `monotonic` gives seconds that only grow. Pure but for this clock.
    """

    def __init__(self, pauses: Pauses = SHIPPED.deaf, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._pauses = pauses
        self._monotonic = monotonic
        self._pause = pauses.first
        self._look_at = monotonic() + pauses.first
        self._held = 0
        self._is_deaf = False

    @property
    def is_deaf(self) -> bool:
        """True from the first time that the line was to be opened anew to the next poll that brings updates."""
        return self._is_deaf

    def note_heard(self) -> bool:
        """Note that a poll brought updates. Return True if the line was deaf before."""
        was_deaf, self._is_deaf = self._is_deaf, False
        self._held, self._pause = 0, self._pauses.first
        self._look_at = self._monotonic() + self._pause
        return was_deaf

    def is_due(self) -> bool:
        """True if Telegram is to be asked how many updates it holds, after a poll that brought none."""
        return self._monotonic() >= self._look_at

    def note_held(self, updates: object) -> bool:
        """Note how many updates Telegram holds, as it answered. Return True if the line is to be opened anew.

        Anything but a number of updates shows nothing, and the next look goes on from the last one that did.
        """
        is_to_be_opened_anew = False
        if type(updates) is int and updates >= 0:
            self._held = self._held + 1 if updates else 0
            is_to_be_opened_anew = self._held == LOOKS
        if is_to_be_opened_anew:
            self._held, self._is_deaf = 0, True
            self._pause = min(self._pauses.most, self._pause * 2)
        self._look_at = self._monotonic() + self._pause
        return is_to_be_opened_anew


class HeldUpdates:
    """Asks Telegram how many updates it holds, one question at a time.

    A question may stay open for long, because the bot's rate limiter waits for as long as a 429 says. `seconds` is the
    time that `count` waits at most.
    """

    def __init__(self, bot: Bot, seconds: float = ANSWER_SECONDS) -> None:
        self._bot = bot
        self._seconds = seconds
        self._question: asyncio.Task[object] | None = None
        self._is_outdated = False

    async def count(self) -> object:
        """Return how many updates Telegram says it holds; None if it has not answered yet, or not rightly.

        While a question is open no other is asked, and its answer is returned by the next call after it came.
        """
        if self._question is None:
            self._is_outdated = False
            self._question = asyncio.create_task(self._ask())
            await asyncio.wait({self._question}, timeout=self._seconds)
        if not self._question.done():
            return None
        question, self._question = self._question, None
        return None if self._is_outdated else question.result()

    def note_heard(self) -> None:
        """Note that a poll brought updates: an answer that is still to come may count those among the held."""
        self._is_outdated = True

    async def close(self) -> None:
        """Give up the question that is open, if any is."""
        if self._question is not None:
            self._question.cancel()
            await asyncio.wait({self._question})
            self._question = None

    async def _ask(self) -> object:
        try:
            return (await self._bot.get_webhook_info()).pending_update_count
        except Exception:  # no answer, or any odd one: a watch is no reason to stop polling
            return None
