"""Keeps Telegram's limits on the messages to one chat, for broadcast and answers.

`ChatClock` knows each chat's next turn; the broadcast asks it directly. `AnswerLimiter` is the rate limiter that
python-telegram-bot asks before each answer: it waits for the chat's turn, then for the rate limit over all chats.

The limits are one message a second in one chat and twenty a minute in a group (Bots FAQ, "My bot is hitting
limits"). A 429 is obeyed to the second, by answers and broadcast alike, in the chat it was given for: each chat has
limits of its own, for edits too (tdlib/telegram-bot-api#648). Every chat waits only when several are refused within a
few seconds and no message is accepted meanwhile, because then the bot as a whole is too fast.

The clocks of chats live in the process. The rate limit over all chats is shared by every process
(`briefings.passes.rate_limit`).
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
"""A little more than Telegram asks for (1 and 60 seconds): it counts when messages arrive, and connections are not
steady."""

CHATS_FOR_ALL, ALL_SECONDS = 3, 5.0
"""So many different chats must be refused within so many seconds, and no message accepted, before every chat waits."""

FORGET_ABOVE = 10_000
"""Chats; when more are remembered, those that need not wait any more are forgotten."""

ANSWER_ATTEMPTS = 3

SENDING = frozenset({"sendMessage", "sendDocument", "editMessageText"})
"""The methods that count as messages."""


class ChatClock:
    """Knows when each chat may be sent the next message. `monotonic` gives seconds that only grow.

    Chats are Telegram's ids: positive for a private chat, negative for a group or channel.
    """

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._sent: dict[int, deque[float]] = {}
        self._forget_above = FORGET_ABOVE
        self._closed_until: dict[int, float] = {}
        self._all_closed_until = 0.0
        self._refused: dict[int, tuple[float, float]] = {}
        """Chats refused since a message was last accepted: when that was, and until when they must wait."""

    def reserve(self, chat: int) -> float:
        """Reserve the chat's next turn; return the seconds until it comes, 0 for now."""
        now = self._monotonic()
        turn = self._next_turn(chat, now)
        self._note_turn(chat, turn, now)
        return turn - now

    def seconds_until_turn(self, chat: int) -> float:
        """Return the seconds until the chat may be sent something, 0 for now; reserve nothing."""
        now = self._monotonic()
        return self._next_turn(chat, now) - now

    def note_sent(self, chat: int) -> None:
        """Count the next turn from now, because the message of the last one goes out only now."""
        if turns := self._sent.get(chat):
            turns[-1] = max(turns[-1], self._monotonic())

    def hold(self, chat: int, seconds: float) -> bool:
        """Hold a chat that was answered 429, for so many seconds. Return True if now every chat has to wait.

        Every chat waits on the evidence of several, and no longer than the shortest of what they were told.
        """
        now = self._monotonic()
        until = max(self._closed_until.get(chat, 0.0), now + seconds)
        self._closed_until[chat] = until
        self._refused = {
            other: (at, end) for other, (at, end) in self._refused.items() if at > now - ALL_SECONDS and end > now
        }
        self._refused[chat] = (now, until)
        if len(self._refused) < CHATS_FOR_ALL:
            return False
        self._all_closed_until = max(self._all_closed_until, min(until for _, until in self._refused.values()))
        return True

    def note_accepted(self) -> None:
        """Note that a message was accepted: the bot as a whole is not refused."""
        self._refused.clear()

    def seconds_all_wait(self) -> float:
        """Return the seconds until Telegram lets the bot as a whole send again, 0 for now."""
        return max(0.0, self._all_closed_until - self._monotonic())

    def _next_turn(self, chat: int, now: float) -> float:
        turn = max(now, self._all_closed_until, self._closed_until.get(chat, 0.0))
        if turns := self._sent.get(chat):
            turn = max(turn, turns[-1] + CHAT_SECONDS)
            if chat < 0 and len(turns) == GROUP_MESSAGES:
                turn = max(turn, turns[0] + GROUP_SECONDS)
        return turn

    def _note_turn(self, chat: int, turn: float, now: float) -> None:
        if chat in self._sent:
            self._sent[chat].append(turn)
        else:
            self._sent[chat] = deque((turn,), GROUP_MESSAGES if chat < 0 else 1)
        if len(self._sent) > self._forget_above:
            self._sent = {chat: turns for chat, turns in self._sent.items() if turns[-1] > now - GROUP_SECONDS}
            self._forget_above = max(FORGET_ABOVE, 2 * len(self._sent))  # not at every message when all are recent
            self._closed_until = {chat: until for chat, until in self._closed_until.items() if until > now}


class AnswerLimiter(BaseRateLimiter[None]):
    """Lets each answer out at its chat's turn and at the shared rate limit, ahead of any broadcast."""

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
        """Send the request when it may be sent. Obeys a 429 to the second and tries twice more.

        Raises RetryAfter when the last try is refused as well.
        """
        chat = data.get("chat_id")
        chat_to_count = chat if endpoint in SENDING and isinstance(chat, int) else None
        for attempt in range(ANSWER_ATTEMPTS):
            if endpoint in SENDING:
                if chat_to_count is not None:
                    await asyncio.sleep(self._clock.reserve(chat_to_count))
                await self._rate_limit.take(answer=True)
                if chat_to_count is not None:
                    self._clock.note_sent(chat_to_count)
            try:
                answer = await callback(*args, **kwargs)
            except RetryAfter as error:
                if attempt == ANSWER_ATTEMPTS - 1:
                    raise
                after = error.retry_after
                seconds = after.total_seconds() if isinstance(after, timedelta) else float(after)
                if chat_to_count is not None:
                    self._clock.hold(chat_to_count, seconds)  # then the next turn is after that
                else:
                    await asyncio.sleep(seconds)
            else:
                if chat_to_count is not None:
                    self._clock.note_accepted()
                return answer
        raise AssertionError("the loop above returns or raises")
