"""Keeps Telegram's limits on the messages to one chat, for broadcast and answers.

`ChatClock` knows each chat's next turn; the broadcast asks it directly. `AnswerLimiter` is the rate limiter that
python-telegram-bot asks before each answer: it waits for the chat's turn, then for the rate limit over all chats, and
sends again what failed, for a minute at most.

The limits are one message a second in one chat, twenty a minute in a group (Bots FAQ, "My bot is hitting limits"), and
twenty edits a minute in a private chat. A 429 is obeyed to the second, by answers and broadcast alike, in the chat it
was given for: each chat has limits of its own, for edits too (tdlib/telegram-bot-api#648, tdlib/td#2592). Every chat
waits only when several are refused within a few seconds and no message is accepted meanwhile, because then the bot as a
whole is too fast.

The clocks of chats live in the process. The rate limit over all chats is shared by every process
(`briefings.passes.rate_limit`).
"""

from __future__ import annotations

import asyncio
import math
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from telegram.error import BadRequest, NetworkError, RetryAfter, TelegramError, TimedOut
from telegram.ext import BaseRateLimiter

from bot.telegram.transport import Unanswered
from briefings.passes.rate_limit import RateLimit

CHAT_SECONDS = 1.05
GROUP_MESSAGES = 20
PRIVATE_EDITS = 20
GROUP_SECONDS = 61.0
"""So many messages of a group, or edits of a private chat, in so many seconds. A little more than Telegram asks for (1
and 60 seconds): it counts when messages arrive, and connections are not steady."""

CHATS_FOR_ALL, ALL_SECONDS = 3, 5.0
"""So many different chats must be refused within so many seconds, and no message accepted, before every chat waits."""

FORGET_ABOVE = 10_000
"""Chats; when more are remembered, those that need not wait any more are forgotten."""

EDITING, ACKNOWLEDGING, CHECKING = "editMessageText", "answerCallbackQuery", "getChatMember"
SENDING = frozenset({"sendMessage", "sendDocument", EDITING})
"""The methods that count as messages."""

ANSWER_ATTEMPTS = 3
"""Times that one answer is sent, if each time before Telegram said 429."""

UNKNOWN_ATTEMPTS = 2
"""Times that one answer is sent, if nobody knows that it did not arrive: PRODUCT.md allows one repetition."""


@dataclass(frozen=True, slots=True)
class AnswerPatience:
    """How long an answer that fails is tried again, in seconds; one that would have to wait longer is given up."""

    message: float = 65.0
    """A minute, and a little for the way: a 429 that asks for a minute is still obeyed."""
    press: float = 10.0
    """For the acknowledgement of a press: Telegram takes none that comes some fifteen seconds late."""
    pauses: tuple[float, ...] = (0.5, 1, 2, 4, 8, 16)
    """Seconds before each further attempt; the last one repeats."""


PATIENCE = AnswerPatience()


class ChatClock:
    """Knows when each chat may be sent the next message. `monotonic` gives seconds that only grow.

    Chats are Telegram's ids: positive for a private chat, negative for a group or channel.
    """

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._sent: dict[int, deque[float]] = {}
        self._edits: dict[int, deque[float]] = {}
        self._forget_above = FORGET_ABOVE
        self._closed_until: dict[int, float] = {}
        self._all_closed_until = 0.0
        self._refused: dict[int, tuple[float, float]] = {}
        """Chats refused since a message was last accepted: when that was, and until when they must wait."""

    def now(self) -> float:
        """Return the seconds on this clock."""
        return self._monotonic()

    def reserve(self, chat: int, *, is_edit: bool = False) -> float:
        """Reserve the chat's next turn; return the seconds until it comes, 0 for now."""
        now = self._monotonic()
        turn = self._next_turn(chat, now, is_edit)
        self._note_turn(chat, turn, now)
        if is_edit and chat > 0:
            self._edits.setdefault(chat, deque(maxlen=PRIVATE_EDITS)).append(turn)
        return turn - now

    def latest_turn(self, chat: int) -> float:
        """Return when the chat's latest turn was or will be, on this clock; minus infinity if it had none lately."""
        turns = self._sent.get(chat)
        return turns[-1] if turns else -math.inf

    def seconds_until_turn(self, chat: int, *, is_edit: bool = False) -> float:
        """Return the seconds until the chat may be sent something, 0 for now; reserve nothing."""
        now = self._monotonic()
        return self._next_turn(chat, now, is_edit) - now

    def held_until(self, chat: int) -> float:
        """Return when Telegram lets the chat be sent something again, on this clock; a time past for now."""
        return max(self._all_closed_until, self._closed_until.get(chat, 0.0))

    def seconds_held(self, chat: int) -> float:
        """Return the seconds for which Telegram told us to send the chat nothing, 0 for none."""
        return max(0.0, self.held_until(chat) - self._monotonic())

    def note_sent(self, chat: int, *, is_edit: bool = False) -> None:
        """Count the next turn from now, because the message of the last one goes out only now."""
        for turns in (self._sent.get(chat), self._edits.get(chat) if is_edit else None):
            if turns:
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

    def _next_turn(self, chat: int, now: float, is_edit: bool) -> float:
        turn = max(now, self.held_until(chat))
        if turns := self._sent.get(chat):
            turn = max(turn, turns[-1] + CHAT_SECONDS)
            if chat < 0 and len(turns) == GROUP_MESSAGES:
                turn = max(turn, turns[0] + GROUP_SECONDS)
        if is_edit and (edits := self._edits.get(chat)) and len(edits) == PRIVATE_EDITS:
            turn = max(turn, edits[0] + GROUP_SECONDS)
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
            self._edits = {chat: turns for chat, turns in self._edits.items() if turns[-1] > now - GROUP_SECONDS}


class AnswerLimiter(BaseRateLimiter[None]):
    """Lets each answer out at its chat's turn and at the shared rate limit, ahead of any broadcast.

    `sleep` waits for seconds of the clock's time.
    """

    def __init__(
        self,
        rate_limit: RateLimit,
        clock: ChatClock,
        patience: AnswerPatience = PATIENCE,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._rate_limit = rate_limit
        self._clock = clock
        self._patience = patience
        self._sleep = sleep

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
        """Send the request when it may be sent, and again if it fails, as `AnswerPatience` says.

        Raises what Telegram answered last, when it is refused for good or no patience is left; RetryAfter also when its
        chat must wait longer than that; StoreTrouble when the rate limit gives no send time.
        """
        chat = data.get("chat_id")
        counted_chat = chat if endpoint in SENDING and isinstance(chat, int) else None
        tries = _Tries(endpoint, self._patience)
        deadline = self._clock.now() + tries.seconds
        while True:
            if endpoint in SENDING:
                await self._take_turn(counted_chat, endpoint == EDITING, deadline)
            try:
                answer = await callback(*args, **kwargs)
            except TelegramError as error:
                if isinstance(error, RetryAfter) and counted_chat is not None:
                    self._clock.hold(counted_chat, _seconds(error))
                pause = tries.pause_after(error)
                if pause is None or self._clock.now() + pause > deadline:
                    raise
                if counted_chat is None or not isinstance(error, RetryAfter):  # else its turn comes after the pause
                    await self._sleep(pause)
            else:
                if counted_chat is not None:
                    self._clock.note_accepted()
                return answer

    async def _take_turn(self, chat: int | None, is_edit: bool, deadline: float) -> None:
        """Wait for the chat's turn, then for the rate limit. Raises RetryAfter when the turn comes after the deadline.

        An edit reserves no turn ahead, so that no message ever waits for one. The chat that was sent nothing for
        longest is served first, so that every chat gets its first answer before any gets a second one.
        """
        clock = self._clock
        rank = -math.inf if chat is None else clock.latest_turn(chat)
        if chat is not None and is_edit:
            while (wait := clock.seconds_until_turn(chat, is_edit=True)) > 0:
                self._check(wait, deadline)
                await self._sleep(wait)
            clock.reserve(chat, is_edit=True)
        elif chat is not None:
            self._check(clock.seconds_until_turn(chat), deadline)
            held_until = clock.held_until(chat)
            await self._sleep(clock.reserve(chat))
            while clock.held_until(chat) > held_until:  # another message was refused meanwhile
                held_until = clock.held_until(chat)
                self._check(clock.seconds_held(chat), deadline)
                await self._sleep(clock.seconds_held(chat))
        await self._rate_limit.take(answer=True, rank=rank)
        if chat is not None:
            clock.note_sent(chat, is_edit=is_edit)

    def _check(self, wait: float, deadline: float) -> None:
        if self._clock.now() + wait > deadline:
            raise RetryAfter(timedelta(seconds=math.ceil(wait)))


class _Tries:
    """The tries of one request. `seconds` is its patience, infinite for requests that nobody waits for."""

    def __init__(self, endpoint: str, patience: AnswerPatience) -> None:
        seconds = dict.fromkeys(SENDING, patience.message) | {ACKNOWLEDGING: patience.press, CHECKING: 0.0}
        self.seconds = seconds.get(endpoint, math.inf)
        self._pauses = patience.pauses
        self._is_repeated = endpoint in SENDING or endpoint == ACKNOWLEDGING
        self._refused = self._unknown = self._failed = 0

    def pause_after(self, error: TelegramError) -> float | None:
        """Return the seconds before the next try, None when there must be none."""
        if isinstance(error, RetryAfter):
            self._refused += 1
            return _seconds(error) if self._refused < ANSWER_ATTEMPTS else None
        if not self._is_repeated or isinstance(error, BadRequest) or not isinstance(error, NetworkError):
            return None
        if isinstance(error, TimedOut | Unanswered):
            self._unknown += 1
            if self._unknown == UNKNOWN_ATTEMPTS:
                return None
        pause = self._pauses[min(self._failed, len(self._pauses) - 1)]
        self._failed += 1
        return pause


def _seconds(error: RetryAfter) -> float:
    after = error.retry_after
    return after.total_seconds() if isinstance(after, timedelta) else float(after)
