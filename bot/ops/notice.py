"""A notice: something of this machine came to be wrong, or is right again. The log and the owners are told once each.

While the trouble lasts, the log repeats it after growing intervals. Owners who could not be reached are told later, but
not of a trouble that is over by then. Looks at nothing itself.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack

from bot.ops.problems import sentence
from bot.telegram.retry import Outage, Pauses
from briefings.errors import Problem, StoreTrouble

log = logging.getLogger(__name__)

LOOK_SECONDS = 2.0
"""Seconds between two looks if there is anything to tell."""

REMINDERS = Pauses(first=60.0, most=3600.0, most_unreached=3600.0)
"""Seconds until the log repeats a trouble that lasts."""

Send = Callable[[str, Outage], Awaitable[bool]]
"""Sends the owners a text, and notes trouble in the outage. Returns False when nobody could be reached."""


class Notice:
    """A trouble that comes and goes. `over` is said when it has gone; `level` is that of its lines in the log."""

    def __init__(
        self,
        over: Problem,
        level: int = logging.WARNING,
        reminders: Pauses = REMINDERS,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._over = over
        self._level = level
        self._reminders = reminders
        self._monotonic = monotonic
        self._problem: Problem | None = None
        self._pause = self._remind_at = 0.0
        self._is_told = False
        """True if the owners were last told of trouble."""

    @property
    def problem(self) -> Problem | None:
        """What is wrong; None while nothing is."""
        return self._problem

    def note(self, problem: Problem | None) -> None:
        """Note what is wrong now, None for nothing."""
        if problem is not None and (self._problem is None or self._monotonic() >= self._remind_at):
            self._pause = min(self._reminders.most, self._pause * 2 or self._reminders.first)
            self._remind_at = self._monotonic() + self._pause
            log.log(self._level, "%s", problem)
        elif problem is None and self._problem is not None:
            self._pause = 0.0
            log.warning("%s", self._over)
        self._problem = problem

    @property
    def is_news(self) -> bool:
        """True if the owners do not know yet how it stands."""
        return (self._problem is not None) != self._is_told

    async def tell(self, send: Callable[[str], Awaitable[bool]]) -> bool:
        """Tell the owners if there is news. `send` returns False when nobody could be reached; then this does too."""
        if not self.is_news:
            return True
        is_wrong = self._problem is not None
        if await send(sentence(self._problem or self._over)):
            self._is_told = is_wrong
            return True
        return False


async def keep_telling(
    notice: Notice,
    send: Send,
    alone: Callable[[], AbstractAsyncContextManager[bool]],
    pauses: Pauses,
    look_seconds: float = LOOK_SECONDS,
) -> None:
    """Keep the owners told of a notice. Never ends.

    `alone` gives True to one process at a time, which tells; while the database cannot be used, every process tells.
    `pauses` come after failed attempts.
    """
    outage = Outage(pauses)
    while True:
        is_told = True
        if notice.is_news:
            async with AsyncExitStack() as stack:
                try:
                    ours = await stack.enter_async_context(alone())
                except StoreTrouble:
                    ours = True
                is_told = not ours or await notice.tell(lambda text: send(text, outage))
        if is_told:
            outage.end()
        await asyncio.sleep(look_seconds if is_told else outage.next_pause())
