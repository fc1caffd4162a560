"""Groups reports into stories. Pure; holds those reports in memory that the new ones are compared with.

A new report first **joins** the story that it resembles most on average, or **starts** one. Once many are in, every
report near a new one is grouped again (`linkage.py`): this mends early mistakes, **bridges** two stories by a report
that belongs to both, and **splits** a story that holds two events. Never loses or doubles a report.

How much two reports resemble each other is their likeness less their crowd (`pool.py`). Where every report names one
president, his name makes no two of them more alike than others, so the bar rises. (Local scaling against hubs:
Schnitzer and others 2012; CSLS, Conneau and others 2018.)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import numpy as np

from briefings.stories.linkage import Pair, group
from briefings.stories.pool import FLOOR, WINDOW_DAYS, Alike, Report, ReportPool, crowd_of
from briefings.stories.term_usage import Floats, beside
from briefings.stories.terms import term_number, weigh_terms

GROUPING_WINDOW = timedelta(days=WINDOW_DAYS)
"""Reports further apart are not compared."""

LEAST = 0.14
"""How alike two groups must be on average, crowd deducted, to be one story."""

MEASURED_AT = 1.2
"""Stale reports are looked for when the reports in memory have become more by this factor."""

_DAY = timedelta(days=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class Survey:
    """The stories that new reports are in or near.

    `stale` are reports of these stories whose crowds are to be measured again, `measured` those whose crowds were.
    """

    touched: set[int] = field(default_factory=set)
    stale: list[Report] = field(default_factory=list)
    measured: list[Report] = field(default_factory=list)


class StoryGrouper:
    """Places reports into stories.

    A story has its own number; one that starts here has minus the number of its first report, until it is renamed.
    """

    def __init__(self) -> None:
        self.pool = ReportPool()
        self._stories: dict[int, list[int]] = {}  # story → the ids of its loaded reports
        self._described: dict[int, Report] = {}
        self._measured = 0  # loaded reports when all were measured last

    def describe(self, report: int, title: str, text: str, when: datetime) -> Report:
        """Return a report with its terms. A new one is remembered until it is placed."""
        if placed := self.pool.get(report):
            return placed
        if report not in self._described:
            weight_of = weigh_terms(title, text)
            terms = self.pool.usage.places(map(term_number, weight_of))
            weights = np.fromiter(weight_of.values(), np.float32, len(weight_of))
            self._described[report] = Report(report, (when - _EPOCH) / _DAY, terms, weights)
        return self._described[report]

    def report(self, id: int) -> Report:
        """Return the loaded report with this id, which must be one."""
        report = self.pool.get(id)
        assert report is not None  # noqa: S101 - stated above
        return report

    def load(self, report: Report) -> None:
        """Add a stored report."""
        if self.pool.get(report.id) is None:
            self.pool.load(report)
            self._stories.setdefault(report.story, []).append(report.id)

    def learn(self, report: int, story: int, title: str, text: str, when: datetime) -> None:
        """Add a new report whose story is decided. A report that was added before stays as it is."""
        if self.pool.get(report) is None:
            learned = self.describe(report, title, text, when)
            self._compare(learned)
            self._add(learned, story)

    def place(self, report: int, title: str, text: str, when: datetime) -> int:
        """Add a new report. Return the story that it joins, or minus its own number if it starts one."""
        placed = self.pool.get(report)
        if placed is None:  # otherwise an earlier batch placed it, and its saving was put off
            placed = self.describe(report, title, text, when)
            story = self._nearest_story(placed)
            self._add(placed, -report if story is None else story)
        return placed.story

    def rename(self, story: int, number: int) -> None:
        """Give a story that started here the number under which it is stored."""
        for report in self._stories.get(story, ()):
            self.report(report).story = number
        self._stories[number] = self._stories.get(number, []) + self._stories.pop(story, [])

    def move(self, goals: Mapping[int, int]) -> None:
        """Move reports into other stories: report → story."""
        for id, story in goals.items():
            if report := self.pool.get(id):
                self._stories[report.story].remove(id)
                self._stories.setdefault(story, []).append(id)
                report.story = story

    def tell(self, report: Report) -> None:
        """Choose the telling terms of a report that has none yet."""
        if not report.telling.size:
            self.pool.tell(report)

    def near_stories(self, reports: Iterable[Report]) -> dict[int, set[int]]:
        """Return the stories near these reports that may have others stored, with the periods around these."""
        near: dict[int, set[int]] = {}
        for report in reports:
            if not any(map(self.pool.usage.is_stored, beside(report.period))):
                continue  # all that is near it came in this run
            for story in self._near(self.pool.alike(report), FLOOR):
                near.setdefault(story, set()).update(beside(report.period))
        return near

    def survey(self, new: Iterable[int]) -> Survey:
        """Look which stories the new reports are in or near, and measure stale ones again. Ignores unknown ones."""
        reports = [report for id in new if (report := self.pool.get(id))]
        for report in reports:
            if report.alike and not (self.pool.is_stale(report) or self.pool.is_crowd_stale(report)):
                continue
            self.pool.measure(report)
            report.alike = None
        survey = Survey()
        for report in reports:
            survey.touched |= {report.story, *self._near(self._look_around(report, survey), LEAST)}
        members = (self.report(id) for story in survey.touched for id in self._stories[story])
        survey.stale = [report for report in members if self.pool.is_crowd_stale(report)]
        return survey

    def regroup(self, new: Iterable[int], survey: Survey | None = None) -> list[list[int]]:
        """Group again all loaded reports of the stories that the new reports are in or near.

        `new` are numbers of reports; unknown ones are ignored. With a survey of them, what is near its stale reports
        should have been loaded since. Return the groups as numbers of reports.
        """
        survey = survey or self.survey(new)
        for report in survey.stale:
            self.pool.measure(report)
            report.alike = None
        for report in survey.stale:
            self._look_around(report, survey)
        chosen = [self.report(id) for story in survey.touched for id in self._stories[story]]
        chosen.sort(key=lambda report: report.id)
        pairs = self._pairs(chosen)
        groups = group([report.day for report in chosen], pairs, least=LEAST, window=WINDOW_DAYS)
        return [[chosen[place].id for place in places] for places in groups]

    def _look_around(self, report: Report, survey: Survey) -> Alike:
        if report.alike is None:
            report.alike, report.later = self.pool.alike(report), None
        alike = self.pool.with_later(report)
        self._note_crowd(report, alike)
        survey.measured.append(report)
        return alike

    def _compare(self, report: Report) -> Alike:
        """Compare a report that is about to be added with its candidates. Return those that it is like."""
        self.tell(report)
        report.alike = self.pool.alike(report)
        self._note_crowd(report, report.alike)
        return report.alike

    def _note_crowd(self, report: Report, alike: Alike) -> None:
        report.crowd = crowd_of(alike[1])
        report.crowd_measured = self.pool.usage.reports(report.period)

    def _near(self, alike: Alike, least: float) -> set[int]:
        """Return the stories of the reports that are alike by at least so much, crowd deducted."""
        handles, likenesses = alike
        is_near = likenesses - crowd_of(likenesses) > least
        return {self.pool.report(handle).story for handle in handles[is_near].tolist()}

    def _pairs(self, chosen: Sequence[Report]) -> list[Pair]:
        """Return how alike the chosen reports are to each other, crowd deducted."""
        place_of = {self.pool.handle(report.id): place for place, report in enumerate(chosen)}
        loaded = [report for report in chosen if report.alike is None]
        among_loaded = dict(zip((report.id for report in loaded), self.pool.alike_among(loaded), strict=True))
        pairs: dict[tuple[int, int], float] = {}
        for place, report in enumerate(chosen):
            handles, likenesses = report.alike or among_loaded[report.id]
            for handle, likeness in zip(handles.tolist(), likenesses.tolist(), strict=True):
                other = place_of.get(handle)
                if other is not None:
                    net = likeness - (report.crowd + chosen[other].crowd) / 2
                    if net > FLOOR:
                        pairs[min(place, other), max(place, other)] = net
        return [(net, place, other) for (place, other), net in pairs.items()]

    def _nearest_story(self, report: Report) -> int | None:
        """Return the story whose reports within the window are most alike on average; None if none is alike enough."""
        handles, likenesses = self._compare(report)
        net: Floats = likenesses - report.crowd
        sums: dict[int, float] = {}
        for handle, likeness in zip(handles.tolist(), net.tolist(), strict=True):
            story = self.pool.report(handle).story
            sums[story] = sums.get(story, 0.0) + likeness
        best, most = None, LEAST
        for story, total in sums.items():
            if total > most:  # the average is no greater
                days = (self.report(id).day for id in self._stories[story])
                average = total / sum(abs(day - report.day) <= WINDOW_DAYS for day in days)
                if average > most:
                    best, most = story, average
        return best

    def _add(self, report: Report, story: int) -> None:
        report.story = story
        self.pool.add(report)
        self.pool.measure(report)
        if report.alike is not None:
            self.pool.note_later(report)
        self._described.pop(report.id, None)
        self._stories.setdefault(story, []).append(report.id)
        if len(self.pool) > self._measured * MEASURED_AT:
            self.pool.measure_stale()
            self._measured = len(self.pool)
