"""Notices a deaf line: Telegram holds updates for us, but polls over this connection bring none.

Telegram is asked how many updates it holds only after a poll that brought nothing, and not after
every one. Updates that come in between are no deafness: the next poll brings them. So the line counts as deaf when
updates were held twice in a row and no poll between brought any. Pure but for its clock; asks and opens nothing itself.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from bot.telegram.retry import SHIPPED, Pauses

LOOKS = 2
"""Looks in a row that must find updates held back."""


class PollingWatch:
    """Watches one line. `pauses` come between two looks, and grow with each new connection that did not help.

    `monotonic` gives seconds that only grow.
    """

    def __init__(self, pauses: Pauses = SHIPPED.deaf, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._pauses = pauses
        self._monotonic = monotonic
        self._pause = pauses.first
        self._look_at = monotonic() + pauses.first
        self._held = 0
        self._is_deaf = False

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
        """Note how many updates Telegram holds, as it answered. Return True if the line is to be opened anew."""
        self._held = self._held + 1 if type(updates) is int and updates > 0 else 0
        is_to_be_opened_anew = self._held == LOOKS
        if is_to_be_opened_anew:
            self._held, self._is_deaf = 0, True
            self._pause = min(self._pauses.most, self._pause * 2)
        self._look_at = self._monotonic() + self._pause
        return is_to_be_opened_anew
