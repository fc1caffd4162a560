"""Waits out trouble with Telegram: names it in one line, pauses longer and longer, repeats a call until it is answered.

Promises never to give up by itself, to log each kind of trouble once, and never to log a page that a proxy sent in
Telegram's place, because it may repeat the address, which holds the token. Messages that are to be sent are never
repeated here.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeVar

from telegram.error import RetryAfter, TelegramError, TimedOut

from bot.telegram.fast_post import AnswerTooLarge
from bot.telegram.messenger import seconds_in
from bot.telegram.transport import NotJson, OddAnswer, Unanswered, Unsent
from briefings.errors import LONGEST_CAUSE, BriefingsError

log = logging.getLogger(__name__)

Answer = TypeVar("Answer")

LEAST_WAIT = 1.0
"""Seconds; Telegram names whole ones. If a fraction were believed, calls would go out in a flood."""


@dataclass(frozen=True, slots=True)
class Pauses:
    """Seconds between two attempts: `first`, then twice as long each time, `most` at most.

    `most_unreached` is the most after an attempt that no server answered.
    """

    first: float
    most: float
    most_unreached: float


@dataclass(frozen=True, slots=True)
class Patience:
    """All the times, in seconds, by which trouble with Telegram is waited out."""

    line: Pauses = Pauses(first=1.0, most=30.0, most_unreached=5.0)
    """Between two polls, and for calls that nothing goes on without. An attempt on a dead line costs neither side
    anything, and readers wait for the pause to end once the line is back; a server that answers is asked less often."""

    chores: Pauses = Pauses(first=5.0, most=600.0, most_unreached=60.0)
    """For calls that nobody waits for: the command menu, alerts, taking a webhook down."""

    token_refused: float = 60.0
    """Time for which Telegram must refuse the token, at every call, before a running bot believes it and stops."""

    before_second_look: float = 1.0
    """Pause before Telegram is asked again, at the start, if the token or the webhook is really refused."""

    poll: int = 30
    """Time that Telegram may keep a poll open until there is an update; whole seconds."""

    poll_answer: float = 10.0
    """Time that the answer to a poll may take beyond that."""

    deaf: Pauses = Pauses(first=30.0, most=600.0, most_unreached=600.0)
    """Between two looks if Telegram holds updates that polls do not bring (`bot/updates/polling_watch.py`)."""


SHIPPED = Patience()


@dataclass(frozen=True, slots=True)
class Trouble:
    """One failed attempt. `text` is the line for the log; the same text is the same kind of trouble."""

    text: str
    wait: float | None = None
    """Seconds to wait, if Telegram named them."""
    is_line_dead: bool = False
    """True if no server answered."""


@dataclass(slots=True)
class Outage:
    """Logs each kind of trouble once until the trouble ends, and grows the pauses between the attempts."""

    pauses: Pauses
    _logged: set[str] = field(default_factory=set)
    _latest: Trouble | None = None
    _pause: float = 0.0

    @property
    def is_on(self) -> bool:
        """True from the first failed attempt to the next success."""
        return self._latest is not None

    def note(self, trouble: Trouble) -> None:
        """Note a failed attempt."""
        if trouble.text not in self._logged:
            asked = f" (Telegram asks for a pause of {trouble.wait:g} s)" if trouble.wait else ""
            log.warning("%s%s", trouble.text, asked)
        self._logged.add(trouble.text)
        self._latest = trouble

    def next_pause(self) -> float:
        """Return the seconds until the next attempt: those that Telegram named, or else more than the last time."""
        is_line_dead = self._latest is not None and self._latest.is_line_dead
        most = self.pauses.most_unreached if is_line_dead else self.pauses.most
        self._pause = min(most, self._pause * 2 or self.pauses.first)
        if self._latest is not None and self._latest.wait:
            return max(self._latest.wait, LEAST_WAIT)
        return self._pause

    def end(self) -> bool:
        """Note a success: all kinds are logged anew from now on. Return True if there was trouble before."""
        was_on = self.is_on
        self._logged.clear()
        self._latest, self._pause = None, 0.0
        return was_on


def trouble_in(error: Exception, method: str, lead: str = "") -> Trouble:
    """Return what an error in a call of a Bot API method means. `lead` comes before it in the log."""
    if isinstance(error, Unsent | Unanswered | TimedOut):
        if error.message == AnswerTooLarge.__name__:  # a server does answer, so it is not asked every few seconds
            return Trouble(f"{lead}the answer to {method} is too large to be Telegram's; trying again")
        text = f"Telegram cannot be reached ({error.message}); trying again until it can"
        return Trouble(lead + text, is_line_dead=True)
    if not isinstance(error, TelegramError) or isinstance(error, OddAnswer):
        # python-telegram-bot fails in many ways on an answer of another shape than it expects
        reason = error.message if isinstance(error, OddAnswer) else type(error).__name__
        text = f"Telegram's answer to {method} is not understood ({reason}); trying again"
    elif isinstance(error, NotJson):
        text = f"something else answers in Telegram's place ({error.message}); trying again until Telegram does"
    elif isinstance(error, RetryAfter):
        text = f"Telegram refuses {method} for a while; trying again"
    else:
        text = f"Telegram refuses {method} ({error.message[:LONGEST_CAUSE]}); trying again"
    return Trouble(lead + text, _wait_in(error))


def _wait_in(error: Exception) -> float | None:
    if not isinstance(error, RetryAfter):
        return None
    after = error.retry_after
    wait = seconds_in(after.total_seconds() if isinstance(after, timedelta) else after)
    return wait.total_seconds() if wait else None


def ignored() -> None:
    """Do nothing: for callers that need not know when Telegram answers again."""


async def until_answered(
    method: str,
    call: Callable[[], Awaitable[Answer]],
    *,
    pauses: Pauses = SHIPPED.line,
    recovered: Callable[[], None] = ignored,
) -> Answer:
    """Repeat a call of a Bot API method until Telegram answers it; return the answer.

    `recovered` is called when it answers after trouble. Raises only the BriefingsErrors by which the call itself ends
    the attempts.
    """
    outage = Outage(pauses)
    while True:
        try:
            answer = await call()
        except BriefingsError:
            raise
        except Exception as error:  # whatever stands in Telegram's place, and any odd answer, is waited out
            outage.note(trouble_in(error, method))
        else:
            if outage.end():
                log.info("Telegram answers again")
                recovered()
            return answer
        await asyncio.sleep(outage.next_pause())
