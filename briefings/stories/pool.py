"""Holds reports by their telling terms, and finds those that a report is like. Pure; holds a part of what is stored.

Reports are compared with their **candidates** alone: those that share a **telling** term, one of the few that tell a
report best from others and that not too many use. So the cost of a comparison does not grow with the number of reports.
Two reports that share no telling term are never alike.

Likeness is the cosine of two reports' terms (a term weighs less the more reports use it), less a tenth for each day
between the two. A report's **crowd** is how alike it is to its tenth to thirtieth neighbour anyway.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from briefings.stories.term_usage import Floats, Places, TermUsage, period_of

WINDOW_DAYS = 4.0
"""Reports further apart are not compared."""

TELLING_TERMS = 32
"""Terms of a report by which it is found; with half as many, stories lose a tenth of their reports."""

FEW_REPORTS = 30
"""Among fewer reports than that, rarity does not say yet which terms will tell, and all of a report's terms find it."""

MOST_USERS = 500
"""Reports that may use a telling term; with a thousand nothing more is found."""

MOST_CANDIDATES = 200
"""Reports that a report is compared with: those that share most. A story of hundreds needs as many to hold together."""

LEAST_SHARED = 0.015
"""The share of a report's square length that the telling terms in common with a candidate must be worth."""

FLOOR = 0.08
"""Likenesses below this, before or after the crowd is deducted, are noise and count as none."""

FADING = 0.1
"""The share of a likeness that each day between two reports takes away."""

CROWD_RANKS = slice(10, 30)
"""The ranks of a report's neighbours, nearest first, that are its crowd. The first ten are not: its own story may be
among them."""

MOST_CROWD = 0.2
"""No crowd counts more than this, so that a story of hundreds holds together."""

GROWTH = 1.07
"""A report is measured again when the logarithm of the number of reports around it has grown by this factor: lengths
grow with it, and by no more. That is from 10 to 13 reports, or from 1,000 to 1,600."""

STORED_GROWTH = 1.15
"""The same factor for a report that was measured in an earlier run: what is around it has to be loaded first."""

_NOT_LOADED = -1.0

Handles = NDArray[np.int64]
Alike = tuple[Handles, Floats]
"""The reports that a report is like, and how much, crowd not deducted."""


@dataclass(slots=True, eq=False)
class Report:
    """A report: its day, counted from 1970, its terms and their weights.

    `telling` are the terms by which it is found. There were `measured` reports in its period and beside it when its
    `length` was measured, and `crowd_measured` when its `crowd` was. It was like the reports `alike`, if that was
    measured in this run, and those that came since and are like it are `later`; None once they are no longer noted.
    """

    id: int
    day: float
    terms: Places
    weights: Floats
    story: int = 0
    telling: Places = field(default_factory=lambda: np.empty(0, np.int32))
    length: float = 0.0
    crowd: float = 0.0
    measured: int = 0
    crowd_measured: int = 0
    alike: Alike | None = None
    later: tuple[array[int], array[float]] | None = None

    @property
    def period(self) -> int:
        return period_of(self.day)


def crowd_of(likenesses: Floats) -> float:
    """Return how alike a report is to its neighbours of the ranks CROWD_RANKS on average; missing ones count as 0."""
    ranked = np.sort(likenesses)[::-1][CROWD_RANKS]
    return min(MOST_CROWD, float(ranked.sum()) / (CROWD_RANKS.stop - CROWD_RANKS.start))


class ReportPool:
    """Reports by handle, a small number of each, and the handles of those that use each telling term.

    A report that is not loaded may have a handle.
    """

    def __init__(self) -> None:
        self.usage = TermUsage()
        self._handles: dict[int, int] = {}  # id → handle
        self._ids: list[int] = []
        self._reports: list[Report | None] = []
        self._users: dict[int, dict[int, array[int]]] = {}  # period → telling term → handles
        self._loaded = 0  # reports, of those that have a handle
        self._days = np.zeros(0)  # by handle
        self._lengths = np.zeros(0)  # by handle; below zero for a report that is not loaded
        self._spread = np.zeros(0, np.float32)  # by term; zero between two comparisons

    def __len__(self) -> int:
        """The number of loaded reports."""
        return self._loaded

    def get(self, id: int) -> Report | None:
        """Return the loaded report with this id; None if there is none."""
        handle = self._handles.get(id)
        return None if handle is None else self._reports[handle]

    def report(self, handle: int) -> Report:
        """Return the loaded report with this handle."""
        report = self._reports[handle]
        assert report is not None  # noqa: S101 - `alike` gives handles of loaded reports only
        return report

    def handle(self, id: int) -> int:
        """Return the handle of a report, which it has from now on."""
        handle = self._handles.get(id)
        if handle is None:
            handle = self._handles[id] = len(self._ids)
            self._ids.append(id)
            self._reports.append(None)
            if len(self._lengths) < len(self._ids):
                self._days = np.concatenate([self._days, np.zeros(len(self._ids))])
                self._lengths = np.concatenate([self._lengths, np.full(len(self._ids), _NOT_LOADED)])
        return handle

    def load(self, report: Report) -> None:
        """Add a report that is stored with its telling terms, which `note_users` gives or has given."""
        handle = self.handle(report.id)
        self._loaded += self._reports[handle] is None
        self._reports[handle] = report
        self._days[handle], self._lengths[handle] = report.day, report.length

    def add(self, report: Report) -> None:
        """Add a report that is not stored, with its telling terms."""
        self.usage.add(report.period, report.terms)
        self.load(report)
        handle, users = self.handle(report.id), self._users.setdefault(report.period, {})
        for term in report.telling.tolist():
            users.setdefault(term, array("i")).append(handle)

    def tell(self, report: Report) -> None:
        """Choose the telling terms of a report."""
        rarity = self.usage.rarity(report.period, report.terms)
        is_rare = self.usage.uses(report.period, report.terms) <= MOST_USERS
        worth = np.where(is_rare, report.weights * rarity * rarity, -1)  # all 0 for the first report
        most = TELLING_TERMS if self.usage.reports(report.period) >= FEW_REPORTS else len(worth)
        best = np.argsort(-worth, kind="stable")[:most]
        report.telling = report.terms[best[worth[best] >= 0]]

    def measure(self, report: Report) -> None:
        """Measure the length of a loaded report's vector of terms, with the rarity that they have now."""
        weights = report.weights * self.usage.rarity(report.period, report.terms)
        report.length = float(np.sqrt(weights @ weights))
        report.measured = self.usage.reports(report.period)
        self._lengths[self.handle(report.id)] = report.length

    def is_stale(self, report: Report) -> bool:
        """True if so many reports came since the length of a report was measured that it should be measured again."""
        return self._has_grown(report, report.measured)

    def is_crowd_stale(self, report: Report) -> bool:
        """True if so many reports came since the crowd of a report was measured that it should be measured again."""
        return self._has_grown(report, report.crowd_measured)

    def _has_grown(self, report: Report, reports: int) -> bool:
        growth = GROWTH if report.alike else STORED_GROWTH
        return math.log1p(self.usage.reports(report.period)) > growth * math.log1p(reports)

    def measure_stale(self) -> None:
        """Measure the lengths of the stale reports again whose counts are known."""
        for report in self._reports:
            if report and self.is_stale(report) and self.usage.are_known(report.period, report.terms):
                self.measure(report)

    def unknown_users(self, reports: Iterable[Report]) -> dict[int, list[int]]:
        """Return period → the numbers of those telling terms of these reports whose stored users are not known."""
        unknown: dict[int, set[int]] = {}
        for report in reports:
            for period in _window(report.day):
                if self.usage.is_stored(period):
                    users = self._users.setdefault(period, {})
                    unknown.setdefault(period, set()).update(t for t in report.telling.tolist() if t not in users)
        return {period: self.usage.numbers(terms) for period, terms in unknown.items()}

    def note_users(self, period: int, asked: Collection[int], rows: Iterable[tuple[int, int]]) -> None:
        """Note the stored users of telling terms. A row is a term's number and a report's id."""
        users = self._users.setdefault(period, {})
        by_number = {number: array("i") for number in asked}
        for number, id in rows:
            by_number[number].append(self.handle(id))
        users.update(zip(self.usage.places(by_number).tolist(), by_number.values(), strict=True))

    def unloaded(self, reports: Iterable[Report]) -> list[int]:
        """Return the ids of the candidates of these reports that are not loaded."""
        if self._loaded == len(self._ids):
            return []
        handles: set[int] = set()
        for report in reports:
            handles.update(self._candidates(report, self._spread_out(report), self._users_near(report)).tolist())
            self._spread[report.terms] = 0
        return [self._ids[handle] for handle in handles if self._reports[handle] is None]

    def alike(self, report: Report) -> Alike:
        """Return the loaded reports within the window that are like this one, itself left out."""
        return self._alike(report, self._users_near(report))

    def note_later(self, report: Report) -> None:
        """Note with the reports that a new one is like that it is like them."""
        assert report.alike is not None  # noqa: S101 - measured when it is placed
        own = self.handle(report.id)
        for handle, likeness in zip(*(values.tolist() for values in report.alike), strict=True):
            if later := self.report(handle).later:
                later[0].append(own)
                later[1].append(likeness)
        report.later = (array("q"), array("f"))

    def with_later(self, report: Report) -> Alike:
        """Return the reports that a report is like, with those that came later. No more are noted from now on."""
        assert report.alike is not None  # noqa: S101 - only called for reports that were measured in this run
        if report.later:
            more = (np.frombuffer(report.later[0], np.int64), np.frombuffer(report.later[1], np.float32))
            handles, firsts = np.unique(np.concatenate([report.alike[0], more[0]]), return_index=True)
            report.alike = handles, np.concatenate([report.alike[1], more[1]])[firsts]
            report.later = None
        return report.alike

    def alike_among(self, reports: Sequence[Report]) -> list[Alike]:
        """Return for each of these loaded reports which of the others it is like."""
        users: dict[int, array[int]] = {}
        for report in reports:
            for term in report.telling.tolist():
                users.setdefault(term, array("i")).append(self.handle(report.id))
        return [self._alike(report, [users]) for report in reports]

    def _users_near(self, report: Report) -> list[dict[int, array[int]]]:
        return [self._users.get(period, {}) for period in _window(report.day)]

    def _alike(self, report: Report, users: Iterable[Mapping[int, array[int]]]) -> Alike:
        length = self._spread_out(report)
        candidates = self._candidates(report, length, users)
        is_other = (self._lengths[candidates] >= 0) & (candidates != self._handles.get(report.id, -1))
        alike = self._compared(report, length, candidates[is_other])
        self._spread[report.terms] = 0
        return alike

    def _spread_out(self, report: Report) -> float:
        """Put what a report's terms are worth in a comparison into `_spread`. Return the length of its vector."""
        if len(self._spread) < len(self.usage):
            self._spread = np.zeros(2 * len(self.usage), np.float32)
        rarity = self.usage.rarity(report.period, report.terms)
        own = report.weights * rarity
        self._spread[report.terms] = own * rarity
        return float(np.sqrt(own @ own))

    def _candidates(self, report: Report, length: float, users: Iterable[Mapping[int, array[int]]]) -> Handles:
        """Return those of these users of its telling terms that share most with a report, loaded or not."""
        lists: list[array[int]] = []
        worths: list[float] = []
        terms = list(zip(report.telling.tolist(), self._spread[report.telling].tolist(), strict=True))
        for users_by_term in users:
            for term, worth in terms:
                if users_of_term := users_by_term.get(term):
                    lists.append(users_of_term)
                    worths.append(worth)
        if not lists:
            return np.empty(0, np.int64)
        handles = np.concatenate([np.frombuffer(users_of_term, np.intc) for users_of_term in lists])
        shared = np.bincount(handles, np.repeat(worths, [len(users_of_term) for users_of_term in lists]))
        sharing = np.flatnonzero(shared > LEAST_SHARED * length * length)
        if len(sharing) > MOST_CANDIDATES:
            sharing = sharing[np.argpartition(-shared[sharing], MOST_CANDIDATES)[:MOST_CANDIDATES]]
        return sharing

    def _compared(self, report: Report, length: float, handles: Handles) -> Alike:
        """Return those of these loaded reports that are like `report`, and how much."""
        if not handles.size:
            return handles, np.empty(0, np.float32)
        others = [self.report(handle) for handle in handles.tolist()]
        products = self._spread[np.concatenate([other.terms for other in others])]
        products *= np.concatenate([other.weights for other in others])
        starts = np.cumsum([0, *(len(other.terms) for other in others[:-1])])
        likenesses = np.add.reduceat(products, starts) / np.maximum(self._lengths[handles] * length, 1e-9)
        days_apart = np.abs(self._days[handles] - report.day)
        keep = (likenesses > FLOOR) & (days_apart <= WINDOW_DAYS)
        likenesses *= 1 - FADING * days_apart
        return handles[keep], likenesses[keep].astype(np.float32)


def _window(day: float) -> range:
    """Return the periods of the days within the window of a day."""
    return range(period_of(day - WINDOW_DAYS), period_of(day + WINDOW_DAYS) + 1)
