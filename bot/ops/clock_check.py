"""Checks the newsroom's clock against Telegram's. One that is off prints editions early or late, and nobody sees why.

What it finds is a notice (`bot/ops/notice.py`). Sets no clock and changes no time.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from bot.ops.notice import Notice
from briefings.errors import Problem

OFF = timedelta(minutes=2)
"""A clock this far from Telegram's is off. Less is a slow connection, or of no consequence to an edition."""

RIGHT = timedelta(minutes=1)
"""A clock that was off is right again once it is nearer than this, so that one on the border does not alarm twice."""


class ClockCheck:
    """Knows if the clock is off. `ahead` tells how far it is ahead of Telegram's, None while that is unknown.

    `of_server`: the newsroom goes by the clock of its database's server, not by this machine's.
    """

    def __init__(self, ahead: Callable[[], timedelta | None], *, of_server: bool) -> None:
        self._ahead = ahead
        self._of_server = of_server
        self.notice = Notice(Problem("clock-right"))

    def ahead(self) -> timedelta | None:
        """Return how far the clock is ahead of Telegram's, below zero when it is behind; None while that is unknown."""
        return self._ahead()

    def look(self) -> None:
        """Compare the clocks. While Telegram's time is unknown, what the last look showed still holds."""
        if (ahead := self._ahead()) is not None:
            is_off = abs(ahead) >= (RIGHT if self.notice.problem else OFF)
            self.notice.note(self._off_by(ahead) if is_off else None)

    def _off_by(self, ahead: timedelta) -> Problem:
        minutes, is_ahead = round(abs(ahead) / timedelta(minutes=1)), int(ahead > timedelta())
        if self._of_server:
            return Problem("server-clock-off", {"minutes": minutes, "ahead": is_ahead})
        return Problem("clock-off", {"minutes": minutes, "ahead": is_ahead})
