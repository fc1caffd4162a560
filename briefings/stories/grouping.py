"""Groups reports into stories. Pure; holds the reports of a few days and lives for one pass.

Promises that the final result does not depend on the order of the reports. Never loses or doubles one.

A new report first **joins** the story that it resembles most on average, or **starts** one. Once all are in, every
report near a new one is grouped again (`linkage.py`): this mends early mistakes, **bridges** two stories by a report
that belongs to both, and **splits** a story that holds two events.

Likeness is the cosine of two reports' terms (a term weighs less the more reports use it), less a tenth for each day
between the two, less their **crowd**: how alike a report is to its tenth to thirtieth neighbour anyway. Where every
report names one president, his name makes no two of them more alike than others, so the bar rises. (Local scaling
against hubs: Schnitzer and others 2012; CSLS, Conneau and others 2018.)
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from briefings.stories.linkage import Pair, group
from briefings.stories.terms import weigh_terms

GROUPING_WINDOW = timedelta(days=4)
"""Reports further apart are not compared."""

LEAST = 0.14
"""How alike two groups must be on average, crowd deducted, to be one story."""

FLOOR = 0.08
"""Likenesses below this, before or after the crowd is deducted, are noise and count as none."""

FADING = 0.1
"""The share of a likeness that each day between two reports takes away."""

CROWD_RANKS = slice(10, 30)
"""The ranks of a report's neighbours, nearest first, that are its crowd. The first ten are not: its own story may be
among them."""

MOST_CROWD = 0.2
"""No crowd counts more than this, so that a story of hundreds holds together."""

GROWTH = 1.2
"""All lengths are measured again when the pool has grown by this factor; until then they are near enough."""

_DAY = timedelta(days=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Numbers = NDArray[np.float32]
Indices = NDArray[np.int64]


@dataclass(slots=True)
class _PlacedReport:
    """A report in the pool: its number, its story, its terms by index and their weights."""

    id: int
    story: int
    terms: Indices
    weights: Numbers


class StoryGrouper:
    """Places reports into stories.

    A story has its own number; one that starts here has minus the number of its first report. Inside, a report is an
    index into `_reports`, and a term an index that `_vocabulary` gives.
    """

    def __init__(self) -> None:
        self._reports: list[_PlacedReport] = []
        self._index: dict[int, int] = {}  # report number → index
        self._stories: dict[int, list[int]] = {}  # story → indices of its reports
        self._vocabulary: dict[str, int] = {}
        # By term: how many reports use it, which, and with what weight.
        self._uses = array("i")
        self._users: list[array[int]] = []
        self._weights: list[array[float]] = []
        # By report: its day and the length of its vector of terms.
        self._days = array("d")
        self._lengths = array("f")
        self._measured = 0  # reports in the pool when all lengths were measured last

    def learn(self, report: int, story: int, title: str, text: str, when: datetime) -> None:
        """Add a report whose story is known. A report that was added before stays as it is."""
        if report not in self._index:
            self._add(report, story, *self._terms(title, text), _days(when))

    def place(self, report: int, title: str, text: str, when: datetime) -> int:
        """Add a new report. Return the story that it joins, or minus its own number if it starts one."""
        if report in self._index:  # an earlier batch placed it, and its saving was put off
            return self._reports[self._index[report]].story
        terms, weights = self._terms(title, text)
        story = self._nearest_story(terms, weights, _days(when))
        self._add(report, -report if story is None else story, terms, weights, _days(when))
        return self._reports[self._index[report]].story

    def regroup(self, new: Iterable[int]) -> list[list[int]]:
        """Group again all reports of the stories that the new reports are in or near.

        `new` are numbers of reports; unknown ones are ignored. Return the groups as numbers of reports.
        """
        self._measure()
        indices = [self._index[report] for report in new if report in self._index]
        touched = {self._reports[index].story for index in indices}
        alike: dict[int, tuple[Indices, Numbers]] = {}
        for index in indices:
            alike[index] = neighbours, _ = self._alike_to(index)
            touched.update(self._reports[neighbour].story for neighbour in neighbours.tolist())
        chosen = sorted(index for story in touched for index in self._stories[story])
        pairs = self._pairs(chosen, alike)
        groups = group([self._days[i] for i in chosen], pairs, least=LEAST, window=GROUPING_WINDOW / _DAY)
        return [[self._reports[chosen[position]].id for position in positions] for positions in groups]

    def _pairs(self, chosen: list[int], alike: dict[int, tuple[Indices, Numbers]]) -> list[Pair]:
        """Return how alike the chosen reports are to each other, crowd deducted. `alike`: likenesses already known."""
        positions = np.full(len(self._reports), -1)
        positions[chosen] = np.arange(len(chosen))
        crowds = np.zeros(len(chosen), dtype=np.float32)
        candidates: list[tuple[Indices, Numbers]] = []
        for position, index in enumerate(chosen):
            near, likenesses = alike[index] if index in alike else self._alike_to(index)
            crowds[position] = _crowd(likenesses)
            theirs = positions[near]
            later = theirs > position
            candidates.append((theirs[later], likenesses[later]))
        pairs: list[Pair] = []
        for position, (theirs, likenesses) in enumerate(candidates):
            net = likenesses - (crowds[position] + crowds[theirs]) / 2
            keep = net > FLOOR
            likely = zip(net[keep].tolist(), theirs[keep].tolist(), strict=True)
            pairs += [(likeness, position, other) for likeness, other in likely]
        return pairs

    def _nearest_story(self, terms: Indices, weights: Numbers, day: float) -> int | None:
        """Return the story whose reports within the window are most alike on average; None if none is alike enough."""
        near, likenesses = self._alike(terms, weights, day)
        net = likenesses - _crowd(likenesses)
        sums: dict[int, float] = {}
        for index, likeness in zip(near.tolist(), net.tolist(), strict=True):
            story = self._reports[index].story
            sums[story] = sums.get(story, 0.0) + likeness
        best, most = None, LEAST
        for story, total in sums.items():
            compared = sum(abs(self._days[index] - day) <= GROUPING_WINDOW / _DAY for index in self._stories[story])
            if total / compared > most:
                best, most = story, total / compared
        return best

    def _alike_to(self, index: int) -> tuple[Indices, Numbers]:
        report = self._reports[index]
        near, likenesses = self._alike(report.terms, report.weights, self._days[index])
        others = near != index
        return near[others], likenesses[others]

    def _alike(self, terms: Indices, weights: Numbers, day: float) -> tuple[Indices, Numbers]:
        """Return the reports within the window that are alike, and how much, crowd not deducted."""
        rarity = self._rarity(terms)
        own = weights * rarity
        length = float(np.sqrt(own @ own))
        users = np.frombuffer(b"".join(self._users[term] for term in terms), np.int64)
        users_weights = np.frombuffer(b"".join(self._weights[term] for term in terms), np.float32)
        products = np.repeat(own * rarity, [len(self._users[term]) for term in terms]) * users_weights
        dots = np.bincount(users, products, len(self._reports))
        lengths = np.frombuffer(self._lengths, np.float32)
        near = np.flatnonzero(dots > FLOOR * length * lengths)  # empty for a report without terms
        days_apart = np.abs(np.frombuffer(self._days, np.float64)[near] - day)
        likenesses = dots[near] / (length * lengths[near]) * (1 - FADING * days_apart)
        keep = days_apart <= GROUPING_WINDOW / _DAY
        return near[keep], likenesses[keep].astype(np.float32)

    def _terms(self, title: str, text: str) -> tuple[Indices, Numbers]:
        """Return the terms of a report and their weights. Takes new terms into the vocabulary."""
        weight_of = weigh_terms(title, text)
        for stem in weight_of:
            if stem not in self._vocabulary:
                self._vocabulary[stem] = len(self._vocabulary)
                self._uses.append(0)
                self._users.append(array("q"))
                self._weights.append(array("f"))
        terms = np.fromiter((self._vocabulary[stem] for stem in weight_of), np.int64, len(weight_of))
        return terms, np.fromiter(weight_of.values(), np.float32, len(weight_of))

    def _add(self, report: int, story: int, terms: Indices, weights: Numbers, day: float) -> None:
        index = len(self._reports)
        self._reports.append(_PlacedReport(report, story, terms, weights))
        self._index[report] = index
        self._stories.setdefault(story, []).append(index)
        for term, weight in zip(terms.tolist(), weights.tolist(), strict=True):
            self._uses[term] += 1
            self._users[term].append(index)
            self._weights[term].append(weight)
        self._days.append(day)
        self._lengths.append(float(np.linalg.norm(weights * self._rarity(terms))))
        if len(self._reports) > self._measured * GROWTH:
            self._measure()

    def _rarity(self, terms: Indices) -> Numbers:
        """Return how much each term tells a report from others: its inverse document frequency."""
        if not terms.size:
            return np.empty(0, np.float32)
        return np.log1p(len(self._reports) / (1 + np.frombuffer(self._uses, np.intc)[terms])).astype(np.float32)

    def _measure(self) -> None:
        """Measure the lengths of all reports again, with the rarity that terms have now."""
        if self._reports:
            weights = np.concatenate([report.weights for report in self._reports])
            weights = weights * self._rarity(np.concatenate([report.terms for report in self._reports]))
            users = np.repeat(np.arange(len(self._reports)), [report.terms.size for report in self._reports])
            squares = np.bincount(users, weights * weights, len(self._reports))
            self._lengths = array("f", np.sqrt(squares).astype(np.float32).tobytes())
        self._measured = len(self._reports)


def _days(when: datetime) -> float:
    return (when - _EPOCH) / _DAY


def _crowd(likenesses: Numbers) -> float:
    """Return how alike a report is to its neighbours of the ranks CROWD_RANKS on average; missing ones count as 0."""
    ranked = np.sort(likenesses)[::-1][CROWD_RANKS]
    return min(MOST_CROWD, float(ranked.sum()) / (CROWD_RANKS.stop - CROWD_RANKS.start))
