"""Remembers if the database could last be read and written, so that what would only fail again need not be tried."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeAlias

from briefings.errors import Problem

Note: TypeAlias = Callable[[Problem | None], None]
"""Takes what came of a transaction: a problem, or None when it went well."""


class Working:
    """What came of the last transactions. `monotonic` gives seconds that only grow."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._reading: Problem | None = None
        self._writing: Problem | None = None
        self._read_at = self._wrote_at = -float("inf")

    def note_read(self, problem: Problem | None) -> None:
        """Note what came of a transaction that reads."""
        self._reading = problem
        if problem is None:
            self._read_at = self._monotonic()

    def note_write(self, problem: Problem | None) -> None:
        """Note what came of a transaction that writes."""
        self._writing = problem
        if problem is None:
            self._wrote_at = self._monotonic()

    @property
    def problem(self) -> Problem | None:
        """What the last transaction that reads, or the last that writes, failed of; None when both went well."""
        return self._reading or self._writing

    def is_proven(self, seconds: float) -> bool:
        """True if the database was both read and written within the last so many seconds, and neither failed since."""
        return self.problem is None and min(self._read_at, self._wrote_at) > self._monotonic() - seconds
