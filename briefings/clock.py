"""The clock of a program: its wall time, which can be set at any moment, and seconds that only grow.

One clock is made where a program is put together, and its parts are handed down: what needs only the time of day gets
a function that returns it. Never sleeps and plans nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

LEAST_JUMP = timedelta(seconds=1)
"""A wall clock that moves by more against the seconds that only grow was set, or the machine slept meanwhile; by less
it is being corrected, as time servers do it."""


class Clock:
    """A clock that goes as this machine's clocks go; call it for its wall time, aware UTC.

    With `start`, its wall time begins there: a trial and tests have a time of their own.
    """

    def __init__(self, start: datetime | None = None) -> None:
        self._ahead = timedelta() if start is None else start - datetime.now(UTC)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    def monotonic(self) -> float:
        """Return seconds since some moment in the past. They never go back, whatever becomes of the wall time."""
        return time.monotonic()

    def move_to(self, moment: datetime) -> None:
        """Set the wall time of this clock alone, in a trial or a test."""
        self._ahead += moment - self()


class JumpMeter:
    """Measures by how much a wall clock was set, against `monotonic`, which gives seconds that only grow."""

    def __init__(self, wall: Callable[[], datetime], monotonic: Callable[[], float]) -> None:
        self._wall = wall
        self._monotonic = monotonic
        self._before = (wall(), monotonic())

    def jump(self, least: timedelta = LEAST_JUMP) -> timedelta:
        """Return by how much the wall clock was set since the last call: above zero forward, below zero back.

        Returns zero if it was no more than `least`.
        """
        wall, steady = self._wall(), self._monotonic()
        jump = (wall - self._before[0]) - timedelta(seconds=steady - self._before[1])
        self._before = (wall, steady)
        return jump if abs(jump) > least else timedelta()
