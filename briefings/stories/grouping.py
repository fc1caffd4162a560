"""Which reports tell the same story. Pure; holds the reports of a few days and lives for one pass.

At once, a new report **joins** the story it resembles most on average, or **starts** one. Once all are in, whatever
is near something new is grouped afresh (`cluster.py`): early mistakes are repaired, two stories are **bridged** by a
report that belongs to both, one that holds two events is **split**. The result does not depend on the order.

Likeness is the cosine of word weights (a word weighs less the more reports use it), less a tenth a day between the
two, less their **crowd**: how alike a report is to its tenth to thirtieth neighbour anyway. In a pool where
everybody writes of one president, sharing him says little; so the bar rises with the pool. (Local scaling against
hubs: Schnitzer and others 2012; CSLS, Conneau and others 2018.)
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from briefings.stories.linkage import Pair, group
from briefings.stories.terms import terms

WINDOW = timedelta(days=4)
"""Reports further apart are not compared."""

LEAST = 0.14
"""How alike two groups must be, crowd deducted, to be one story."""

FLOOR = 0.08
"""Likenesses below this, before or after the crowd is deducted, are noise and count as none."""

FADING = 0.1
"""The part of a likeness that each day between two reports takes away."""

CROWD = slice(10, 30)
"""The ranks of a report's neighbours, nearest first, that are its crowd: a story of ten is no crowd to itself."""

MOST_CROWD = 0.2
"""No crowd counts more, so that a story of hundreds still holds together."""

GROWTH = 1.2
"""Weights are taken anew when the pool has grown by this factor; in between they are near enough to place by."""

_DAY = timedelta(days=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Numbers = NDArray[np.float32]
Indices = NDArray[np.int64]


@dataclass(slots=True)
class _Report:
    id: int
    story: int
    words: Indices
    weights: Numbers


class Desk:
    """Places reports into stories. A story is called by its number; one that starts here by minus its first report."""

    def __init__(self) -> None:
        self._reports: list[_Report] = []
        self._index: dict[int, int] = {}
        self._stories: dict[int, list[int]] = {}
        self._vocabulary: dict[str, int] = {}
        self._uses = array("i")
        self._holders: list[array[int]] = []
        self._amounts: list[array[float]] = []
        self._days = array("d")
        self._lengths = array("f")
        self._measured = 0

    def learn(self, report: int, story: int, title: str, text: str, when: datetime) -> None:
        """Note a report whose story is known. One that is noted already is left as it is."""
        if report not in self._index:
            self._note(report, story, *self._read(title, text), _days(when))

    def place(self, report: int, title: str, text: str, when: datetime) -> int:
        """Note a new report; return the story that it joins, or minus its own number when it starts one."""
        if report in self._index:  # its saving was put off
            return self._reports[self._index[report]].story
        words, weights = self._read(title, text)
        story = self._nearest(words, weights, _days(when))
        self._note(report, -report if story is None else story, words, weights, _days(when))
        return self._reports[self._index[report]].story

    def regroup(self, fresh: Iterable[int]) -> list[list[int]]:
        """All reports of the stories that any of these reports is in or near, grouped afresh."""
        self._measure()
        known = [self._index[report] for report in fresh if report in self._index]
        touched = {self._reports[index].story for index in known}
        alike: dict[int, tuple[Indices, Numbers]] = {}
        for index in known:
            alike[index] = found = self._alike_to(index)
            touched.update(self._reports[near].story for near in found[0].tolist())
        chosen = sorted(index for story in touched for index in self._stories[story])
        pairs = self._pairs(chosen, alike)
        groups = group([self._days[i] for i in chosen], pairs, least=LEAST, window=WINDOW / _DAY)
        return [[self._reports[chosen[place]].id for place in places] for places in groups]

    def _pairs(self, chosen: list[int], alike: dict[int, tuple[Indices, Numbers]]) -> list[Pair]:
        """How alike the chosen are among themselves, crowd deducted."""
        places = np.full(len(self._reports), -1)
        places[chosen] = np.arange(len(chosen))
        crowds = np.zeros(len(chosen), dtype=np.float32)
        found: list[tuple[Indices, Numbers]] = []
        for place, index in enumerate(chosen):
            near, likenesses = alike[index] if index in alike else self._alike_to(index)
            crowds[place] = _crowd(likenesses)
            theirs = places[near]
            later = theirs > place
            found.append((theirs[later], likenesses[later]))
        pairs: list[Pair] = []
        for place, (theirs, likenesses) in enumerate(found):
            left = likenesses - (crowds[place] + crowds[theirs]) / 2
            keep = left > FLOOR
            pairs += [(a, place, b) for a, b in zip(left[keep].tolist(), theirs[keep].tolist(), strict=True)]
        return pairs

    def _nearest(self, words: Indices, weights: Numbers, day: float) -> int | None:
        near, likenesses = self._alike(words, weights, day)
        left = likenesses - _crowd(likenesses)
        sums: dict[int, float] = {}
        for index, likeness in zip(near.tolist(), left.tolist(), strict=True):
            story = self._reports[index].story
            sums[story] = sums.get(story, 0.0) + likeness
        best, most = None, LEAST
        for story, total in sums.items():
            open_ones = sum(abs(self._days[index] - day) <= WINDOW / _DAY for index in self._stories[story])
            if total / open_ones > most:
                best, most = story, total / open_ones
        return best

    def _alike_to(self, index: int) -> tuple[Indices, Numbers]:
        report = self._reports[index]
        near, likenesses = self._alike(report.words, report.weights, self._days[index])
        others = near != index
        return near[others], likenesses[others]

    def _alike(self, words: Indices, weights: Numbers, day: float) -> tuple[Indices, Numbers]:
        """The reports within the window that are like this one, and how much, crowd not deducted."""
        rarity = self._rarity(words)
        own = weights * rarity
        length = float(np.sqrt(own @ own))
        holders = np.frombuffer(b"".join(self._holders[word] for word in words), np.int64)
        amounts = np.frombuffer(b"".join(self._amounts[word] for word in words), np.float32)
        shares = np.repeat(own * rarity, [len(self._holders[word]) for word in words]) * amounts
        cosines = np.bincount(holders, shares, len(self._reports))
        lengths = np.frombuffer(self._lengths, np.float32)
        near = np.flatnonzero(cosines > FLOOR * length * lengths)  # nothing is near to a report without words
        apart = np.abs(np.frombuffer(self._days, np.float64)[near] - day)
        likenesses = cosines[near] / (length * lengths[near]) * (1 - FADING * apart)
        keep = apart <= WINDOW / _DAY
        return near[keep], likenesses[keep].astype(np.float32)

    def _read(self, title: str, text: str) -> tuple[Indices, Numbers]:
        found = terms(title, text)
        for word in found:
            if word not in self._vocabulary:
                self._vocabulary[word] = len(self._vocabulary)
                self._uses.append(0)
                self._holders.append(array("q"))
                self._amounts.append(array("f"))
        words = np.fromiter((self._vocabulary[word] for word in found), np.int64, len(found))
        return words, np.fromiter(found.values(), np.float32, len(found))

    def _note(self, report: int, story: int, words: Indices, weights: Numbers, day: float) -> None:
        index = len(self._reports)
        self._reports.append(_Report(report, story, words, weights))
        self._index[report] = index
        self._stories.setdefault(story, []).append(index)
        for word, weight in zip(words.tolist(), weights.tolist(), strict=True):
            self._uses[word] += 1
            self._holders[word].append(index)
            self._amounts[word].append(weight)
        self._days.append(day)
        self._lengths.append(float(np.linalg.norm(weights * self._rarity(words))))
        if len(self._reports) > self._measured * GROWTH:
            self._measure()

    def _rarity(self, words: Indices) -> Numbers:
        """How much each word tells a report from others: inverse document frequency."""
        if not words.size:
            return np.empty(0, np.float32)
        return np.log1p(len(self._reports) / (1 + np.frombuffer(self._uses, np.intc)[words])).astype(np.float32)

    def _measure(self) -> None:
        """Take the lengths of all reports anew, by what the words weigh now."""
        if self._reports:
            weights = np.concatenate([report.weights for report in self._reports])
            weights = weights * self._rarity(np.concatenate([report.words for report in self._reports]))
            holders = np.repeat(np.arange(len(self._reports)), [report.words.size for report in self._reports])
            squares = np.bincount(holders, weights * weights, len(self._reports))
            self._lengths = array("f", np.sqrt(squares).astype(np.float32).tobytes())
        self._measured = len(self._reports)


def _days(when: datetime) -> float:
    return (when - _EPOCH) / _DAY


def _crowd(likenesses: Numbers) -> float:
    """How alike a report is to its neighbours anyway; missing ones count as not alike."""
    ranked = np.sort(likenesses)[::-1][CROWD]
    return min(MOST_CROWD, float(ranked.sum()) / (CROWD.stop - CROWD.start))
