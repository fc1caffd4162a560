"""Counts how many reports use each term, and says by that how much a term tells a report from others. Pure.

Counts by **periods** of days, because a word that is in every report of one week is rare in a year: a report's terms
are counted in its own period and in the two beside it. Holds a part of the stored counts, and names those it lacks.
A period that `open_period` was not called for is taken to have no stored reports.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

PERIOD_DAYS = 8
"""Days of a period: twice the days within which reports are compared."""

_UNKNOWN = -1

Floats = NDArray[np.float32]
Places = NDArray[np.int32]
"""Places of terms in the arrays of one run; `TermUsage.places` gives them."""


@dataclass(slots=True)
class _Period:
    """The counts of a period by the term's place, and `around`, those of the period and the two beside it together."""

    is_open: bool = False
    default: int = 0  # the use of a term that nothing was noted of: 0, or unknown if the period has stored reports
    uses: NDArray[np.int32] = field(default_factory=lambda: np.empty(0, np.int32))
    reports_around: int = 0
    around: NDArray[np.int32] = field(default_factory=lambda: np.empty(0, np.int32))

    def make_room(self, size: int) -> None:
        """Make room for the counts of `size` terms."""
        if len(self.uses) < size:
            more = max(size, 2 * len(self.uses)) - len(self.uses)
            self.uses = np.concatenate([self.uses, np.full(more, self.default, np.int32)])
            self.around = np.concatenate([self.around, np.zeros(more, np.int32)])


def period_of(day: float) -> int:
    """Return the period that a day is in. Days count from 1970."""
    return int(day // PERIOD_DAYS)


def beside(period: int) -> range:
    """Return a period and the two beside it."""
    return range(period - 1, period + 2)


class TermUsage:
    """The terms that a run has met, each with its place, and how many reports of each period use them."""

    def __init__(self) -> None:
        self._places: dict[int, int] = {}
        self._numbers: list[int] = []
        self._periods: dict[int, _Period] = {}

    def __len__(self) -> int:
        return len(self._numbers)

    def places(self, numbers: Iterable[int]) -> Places:
        """Return the places of these terms. A term that is met for the first time gets the next place."""
        wanted = list(numbers)
        places = list(map(self._places.get, wanted))
        for at, place in enumerate(places if None in places else ()):
            if place is None:
                places[at] = self._places.setdefault(wanted[at], len(self._numbers))
                if places[at] == len(self._numbers):
                    self._numbers.append(wanted[at])
        return np.array(places, np.int32)

    def numbers(self, places: Iterable[int]) -> list[int]:
        """Return the numbers of the terms at these places."""
        return [self._numbers[place] for place in places]

    def unopened(self, periods: Iterable[int]) -> set[int]:
        """Return these periods and those beside them, without the open ones."""
        return {near for period in periods for near in beside(period) if not self._period(near).is_open}

    def open_period(self, period: int, reports: int) -> None:
        """Note that a period has so many stored reports. Of one that has none, all counts are known."""
        opened = self._period(period)
        opened.is_open = True
        opened.default = _UNKNOWN if reports else 0
        opened.uses = np.full(len(opened.uses), opened.default, np.int32)
        self._count_reports(period, reports)

    def is_stored(self, period: int) -> bool:
        """True if the period had stored reports when it was opened."""
        return self._period(period).default == _UNKNOWN

    def unknown(self, period: int, places: Places) -> dict[int, list[int]]:
        """Return period → the numbers of those of these terms whose stored counts a report of `period` needs."""
        lacking = {}
        for near in beside(period):
            if self.is_stored(near):
                is_unknown = self._period(near).uses[places] == _UNKNOWN
                lacking[near] = self.numbers(places[is_unknown].tolist())
        return lacking

    def note(self, period: int, asked: Collection[int], uses: Mapping[int, int]) -> None:
        """Note the stored uses of the terms that were asked for, by number. A term without a stored count has none."""
        places = self.places(asked)
        counts = np.array([uses.get(number, 0) for number in asked], np.int32)
        self._period(period).uses[places] = counts
        for near in beside(period):
            self._period(near).around[places] += counts

    def add(self, period: int, places: Places) -> None:
        """Count one more report with these terms, whose counts are known."""
        self._period(period).uses[places] += 1
        for near in beside(period):
            self._period(near).around[places] += 1
        self._count_reports(period, 1)

    def are_known(self, period: int, places: Places) -> bool:
        """True if all counts are known that a report of this period with these terms needs."""
        return not any(self.unknown(period, places).values())

    def reports(self, period: int) -> int:
        """Return how many reports a period and those beside it have."""
        return self._period(period).reports_around

    def uses(self, period: int, places: Places) -> NDArray[np.int32]:
        """Return how many reports of a period and those beside it use each of these terms, as far as is known."""
        counts: NDArray[np.int32] = self._period(period).around[places]
        return counts

    def rarity(self, period: int, places: Places) -> Floats:
        """Return how much each term tells a report of this period from others: its inverse document frequency."""
        return np.log1p(self.reports(period) / (1 + self.uses(period, places))).astype(np.float32)

    def _count_reports(self, period: int, more: int) -> None:
        for near in beside(period):
            self._period(near).reports_around += more

    def _period(self, period: int) -> _Period:
        """Return a period, with room for the counts of all terms."""
        counted = self._periods.get(period)
        if counted is None:
            counted = self._periods[period] = _Period()
        counted.make_room(len(self._numbers))
        return counted
