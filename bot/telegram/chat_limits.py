"""Telegram's limits on what one chat is sent, and python-telegram-bot's limiter that keeps them for answers.

One message a second in one chat, twenty a minute in a group (Bots FAQ, "My bot is hitting limits"). A 429 is
obeyed to the second by everything it concerns, answers and broadcast alike: in a group its own limit was
hit, so the group waits; a private chat is only ever refused because the bot as a whole is too fast. These
clocks live in the process; the pace over all chats is `briefings.pace`, which every process shares.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any

from telegram.error import RetryAfter
from telegram.ext import BaseRateLimiter

from briefings.passes.rate_limit import RateLimit

CHAT_SECONDS = 1.05
GROUP_MESSAGES = 20
GROUP_SECONDS = 61.0
"""A little more than Telegram asks for (1 and 60): it counts when messages arrive, and lines are not steady."""

FORGET_ABOVE = 10_000
ANSWER_ATTEMPTS = 3

SENDING = frozenset({"sendMessage", "sendDocument", "editMessageText"})
"""The methods that count as messages."""


class ChatClock:
    """When each chat may be sent the next message. `monotonic` gives seconds that only grow."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._sent: dict[int, deque[float]] = {}
        self._forget_above = FORGET_ABOVE
        self._closed: dict[int, float] = {}
        self._all_closed = 0.0

    def reserve(self, chat: int) -> float:
        """Take the chat's next turn; return the seconds until it comes, 0 for now."""
        now = self._monotonic()
        turn = self._next(chat, now)
        self._note(chat, turn, now)
        return turn - now

    def wait(self, chat: int) -> float:
        """Seconds until the chat may be sent something, without taking the turn."""
        now = self._monotonic()
        return self._next(chat, now) - now

    def went(self, chat: int) -> None:
        """The chat's last turn is used only now: the next one counts from here."""
        if sent := self._sent.get(chat):
            sent[-1] = max(sent[-1], self._monotonic())

    def refused(self, chat: int, seconds: float) -> bool:
        """Telegram answered 429 here: hold what it concerns for so long; True when that is every chat."""
        until = self._monotonic() + seconds
        if chat > 0:
            self._all_closed = max(self._all_closed, until)
            return True
        self._closed[chat] = max(self._closed.get(chat, 0.0), until)
        return False

    def everyone_waits(self) -> float:
        """Seconds until Telegram lets the bot as a whole send again, 0 for now."""
        return max(0.0, self._all_closed - self._monotonic())

    def _next(self, chat: int, now: float) -> float:
        turn = max(now, self._all_closed, self._closed.get(chat, 0.0))
        if sent := self._sent.get(chat):
            turn = max(turn, sent[-1] + CHAT_SECONDS)
            if chat < 0 and len(sent) == GROUP_MESSAGES:
                turn = max(turn, sent[0] + GROUP_SECONDS)
        return turn

    def _note(self, chat: int, turn: float, now: float) -> None:
        if chat in self._sent:
            self._sent[chat].append(turn)
        else:
            self._sent[chat] = deque((turn,), GROUP_MESSAGES if chat < 0 else 1)
        if len(self._sent) > self._forget_above:
            self._sent = {chat: sent for chat, sent in self._sent.items() if sent[-1] > now - GROUP_SECONDS}
            self._forget_above = max(FORGET_ABOVE, 2 * len(self._sent))
            self._closed = {chat: until for chat, until in self._closed.items() if until > now}


class AnswerLimiter(BaseRateLimiter[None]):
    """Lets each answer out at its chat's turn and at the shared rate_limit, ahead of any broadcast."""

    def __init__(self, rate_limit: RateLimit, clock: ChatClock) -> None:
        self._rate_limit = rate_limit
        self._clock = clock

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to close."""

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, Any]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: None,
    ) -> Any:
        """Send when it may be sent; a 429 is obeyed, to the second, and tried again twice."""
        for attempt in range(ANSWER_ATTEMPTS):
            chat = data.get("chat_id")
            if endpoint in SENDING:
                if isinstance(chat, int):
                    await asyncio.sleep(self._clock.reserve(chat))
                await self._rate_limit.take(answer=True)
                if isinstance(chat, int):
                    self._clock.went(chat)
            try:
                return await callback(*args, **kwargs)
            except RetryAfter as error:
                if attempt == ANSWER_ATTEMPTS - 1:
                    raise
                after = error.retry_after
                seconds = after.total_seconds() if isinstance(after, timedelta) else float(after)
                if endpoint in SENDING and isinstance(chat, int):
                    self._clock.refused(chat, seconds)  # then the next turn is after that
                else:
                    await asyncio.sleep(seconds)
        raise AssertionError("the loop above returns or raises")
