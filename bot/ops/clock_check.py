"""Checks the newsroom's clock against Telegram's. One that is off prints editions early or late, and nobody sees why.

Promises one warning in the log and one message to the owners when it is off, and one of each when it is right again.
An owner who could not be reached is told later. Sets no clock and changes no time.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from datetime import timedelta

from bot.ops.problems import sentence
from bot.telegram.retry import Outage, Pauses, Trouble
from briefings.errors import BriefingsError, Problem

log = logging.getLogger(__name__)

OFF = timedelta(minutes=2)
"""A clock this far from Telegram's is off. Less is a slow connection, or of no consequence to an edition."""

RIGHT = timedelta(minutes=1)
"""A clock that was off is right again once it is nearer than this, so that one on the border does not alarm twice."""

LOOK_SECONDS = 5.0
"""Seconds between two looks at the clock for the owners."""

RIGHT_AGAIN = Problem("clock-right")


class ClockCheck:
    """Knows if the clock is off. `ahead` tells how far it is ahead of Telegram's, None while that is unknown.

    `of_server`: the newsroom goes by the clock of its database's server, not by this machine's.
    """

    def __init__(self, ahead: Callable[[], timedelta | None], *, of_server: bool) -> None:
        self._ahead = ahead
        self._of_server = of_server
        self._problem: Problem | None = None
        self._is_told = False
        """True if the owners were last told that the clock is off."""

    def ahead(self) -> timedelta | None:
        """Return how far the clock is ahead of Telegram's, below zero when it is behind; None while that is unknown."""
        return self._ahead()

    def problem(self) -> Problem | None:
        """Return what was wrong with the clock at the last look that showed it, None if nothing was."""
        return self._problem

    def look(self) -> None:
        """Compare the clocks, and log it when the clock is off now, or right again."""
        ahead = self._ahead()
        if ahead is None:
            return
        was_off = self._problem is not None
        if abs(ahead) >= (RIGHT if was_off else OFF):
            self._problem = self._off_by(ahead)
            if not was_off:
                log.warning("%s", self._problem)
        elif was_off:
            self._problem = None
            log.warning("%s", RIGHT_AGAIN)

    async def tell(self, send: Callable[[str], Awaitable[bool]]) -> bool:
        """Tell the owners if the clock came to be off, or right again, since they were last told.

        `send` sends them a text, and returns False when nobody could be reached; then this returns False too.
        """
        problem = self._problem
        is_off = problem is not None
        if is_off != self._is_told and await send(sentence(problem or RIGHT_AGAIN)):
            self._is_told = is_off
        return self._is_told == is_off

    def _off_by(self, ahead: timedelta) -> Problem:
        minutes, is_ahead = round(abs(ahead) / timedelta(minutes=1)), int(ahead > timedelta())
        if self._of_server:
            return Problem("server-clock-off", {"minutes": minutes, "ahead": is_ahead})
        return Problem("clock-off", {"minutes": minutes, "ahead": is_ahead})


async def tell_of_clock(
    check: ClockCheck,
    send: Callable[[str, Outage], Awaitable[bool]],
    alone: Callable[[], AbstractAsyncContextManager[bool]],
    pauses: Pauses,
) -> None:
    """Keep the owners told about the clock. Never ends.

    `send` sends them a text and notes trouble in the outage; it returns False when nobody could be reached. `alone`
    gives True to one process at a time, which tells. `pauses` come after failed attempts.
    """
    outage = Outage(pauses)
    while True:
        try:
            check.look()
            async with alone() as ours:
                is_told = not ours or await check.tell(lambda text: send(text, outage))
        except BriefingsError as error:
            outage.note(Trouble(f"the owners could not be told of the clock: {sentence(error)}; trying again"))
            is_told = False
        if is_told:
            outage.end()
        await asyncio.sleep(LOOK_SECONDS if is_told else outage.next_pause())
