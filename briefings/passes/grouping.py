"""Finds the story of each new report: loads the few reports that it may belong with, places it, groups again.

**Guarantee**: a group moves whole, in one transaction, or not at all; a story's id stays with most of its articles, and
copies stay with their original. A run that dies loses nothing: its articles stay in the stories they were placed in
until new articles come near. The reports in memory are bounded, however many are stored or new.
**Reads**: reports' terms, articles. **Writes**: reports' terms, stories, the stories of articles.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

import numpy as np

from briefings.store import articles, report_terms, stories
from briefings.store.articles import BEGINNING, Beginning, Raw
from briefings.store.database import Connection, Database
from briefings.store.report_terms import StoredReport
from briefings.stories.grouping import StoryGrouper
from briefings.stories.linkage import heirs
from briefings.stories.packed import pack, unpack
from briefings.stories.pool import Report

BATCH = 100
"""Reports whose terms are read between two transactions."""

REGROUPED_AT_ONCE = 2_000
"""New reports after which those near them are grouped again. That takes about two seconds and cannot be interrupted."""

MOST_IN_MEMORY = 30_000
"""Reports held in memory, about 3 KB each; with more, all are forgotten and those that are needed loaded again."""

MOVED_AT_ONCE = 50
"""Articles moved to another story in one transaction, about: a group is never divided."""


class Grouping:
    """The grouping of one run of the enrich pass, kept from batch to batch.

    A story that this run starts has a number below zero until it is stored. `most_in_memory` is the number of reports
    above which all are forgotten.
    """

    def __init__(self, database: Database, most_in_memory: int = MOST_IN_MEMORY) -> None:
        self._database = database
        self._most_in_memory = most_in_memory
        self._grouper = StoryGrouper()
        self._placed: dict[int, None] = {}  # since reports were grouped again last, in this order
        self._unsaved: set[int] = set()  # placed, and not stored as ready yet
        self._started: dict[int, int] = {}  # number below zero → id
        self._loaded_stories: set[tuple[int, int]] = set()  # a story and a period of which all its reports are loaded

    @property
    def in_memory(self) -> int:
        """The number of reports in memory."""
        return len(self._grouper.pool)

    async def read_unread(self) -> None:
        """Read the terms of the reports that are marked for it. One that changes meanwhile is read once more."""
        while True:
            async with self._database.read() as connection:
                unread = await report_terms.unread(connection, BATCH)
            if not unread:
                return
            self._forget_if_changed(beginning.id for beginning in unread)
            described = await asyncio.to_thread(self._describe, unread)
            async with self._database.read() as connection:
                await self._load_around(connection, described)
            await asyncio.to_thread(self._learn, unread)
            async with self._database.write() as connection:
                current = set(await report_terms.unread(connection, BATCH))
                await self.keep(connection, [beginning.id for beginning in unread if beginning in current])
            if not current.issuperset(unread) or self.in_memory > self._most_in_memory:
                self._forget()

    async def prepare(self, connection: Connection, raws: Sequence[Raw]) -> None:
        """Load what is needed to place these reports."""
        self._forget_if_changed(raw.id for raw in raws)
        beginnings = [Beginning(raw.id, 0, raw.title, raw.text[:BEGINNING], raw.when) for raw in raws]
        described = await asyncio.to_thread(self._describe, beginnings)
        await self._load_around(connection, described)
        await self._load_stories(connection, described)

    def place(self, raw: Raw) -> int:
        """Return the story that a prepared report joins or starts."""
        story = self._grouper.place(raw.id, raw.title, raw.text[:BEGINNING], raw.when)
        self._note_placed(raw.id)
        return story

    def learn(self, raw: Raw, story: int) -> None:
        """Note that a prepared report belongs to this story."""
        self._grouper.learn(raw.id, story, raw.title, raw.text[:BEGINNING], raw.when)
        self._note_placed(raw.id)

    async def story_ids(self, connection: Connection, dates: Mapping[int, datetime]) -> dict[int, int]:
        """Return the ids of these stories; those that this run has started are stored first, with their dates."""
        new = [story for story in dates if story < 0 and story not in self._started]
        ids = await stories.start_all(connection, [dates[story] for story in new])
        self._started |= zip(new, ids, strict=True)
        return {story: self._started[story] if story < 0 else story for story in dates}

    async def keep(self, connection: Connection, ids: Sequence[int]) -> None:
        """Store the terms of reports that were placed."""
        reports = [report for id in ids if (report := self._grouper.pool.get(id))]
        await report_terms.keep(connection, [self._stored(report) for report in reports])
        self._unsaved.difference_update(ids)

    async def regroup(self, now: datetime, least: int = 1) -> None:
        """Group the reports near the placed ones again, if at least so many were placed since the last time.

        Does so earlier if too many reports are in memory, and forgets them then.
        """
        if len(self._placed) < least and self.in_memory <= self._most_in_memory:
            return
        placed, self._placed = list(self._placed), {}
        for started, story in self._started.items():
            self._grouper.rename(started, story)
        self._started.clear()
        survey = await asyncio.to_thread(self._grouper.survey, placed)
        if survey.stale:
            async with self._database.read() as connection:
                await self._load_around(connection, survey.stale)
        groups = await asyncio.to_thread(self._grouper.regroup, placed, survey)
        async with self._database.read() as connection:
            story_of = await articles.stories_of(connection, [report for reports in groups for report in reports])
        for batch in _batches(await asyncio.to_thread(_groups_to_move, groups, story_of)):
            async with self._database.write() as connection:
                moves = await _move(connection, batch, story_of, now)
            self._grouper.move(moves)
        measures = [(r.id, r.length, r.crowd, r.crowd_measured) for r in survey.measured]
        for start in range(0, len(measures), BATCH):
            async with self._database.write() as connection:
                await report_terms.note_measures(connection, measures[start : start + BATCH])
        if self.in_memory > self._most_in_memory:
            self._forget()

    def _forget(self) -> None:
        """Forget all reports, so that those that are needed are loaded again."""
        self._grouper = StoryGrouper()
        self._loaded_stories.clear()
        self._started.clear()
        self._unsaved.clear()

    def _forget_if_changed(self, unread: Iterable[int]) -> None:
        """Forget all reports if one of these, which are to be read, is in memory with an earlier text.

        A report that was placed and not saved comes again with the same text.
        """
        if any(self._grouper.pool.get(id) and id not in self._unsaved for id in unread):
            self._forget()

    def _note_placed(self, report: int) -> None:
        self._placed[report] = None
        self._unsaved.add(report)

    def _describe(self, beginnings: Iterable[Beginning]) -> list[Report]:
        return [self._grouper.describe(b.id, b.title, b.text, b.when) for b in beginnings]

    def _learn(self, beginnings: Iterable[Beginning]) -> None:
        for beginning in beginnings:
            self._grouper.learn(beginning.id, beginning.story, beginning.title, beginning.text, beginning.when)

    async def _load_around(self, connection: Connection, reports: Sequence[Report]) -> None:
        """Load the counts of the terms of these reports, choose their telling terms, and load their candidates."""
        pool = self._grouper.pool
        await self._load_uses(connection, reports)
        unknown = await asyncio.to_thread(self._unknown_users, reports)
        for period, terms in unknown.items():
            pool.note_users(period, terms, await report_terms.users(connection, period, terms))
        unloaded = await asyncio.to_thread(pool.unloaded, reports)
        await self._load(connection, await report_terms.by_ids(connection, unloaded))

    def _unknown_users(self, reports: Sequence[Report]) -> dict[int, list[int]]:
        for report in reports:
            self._grouper.tell(report)
        return self._grouper.pool.unknown_users(reports)

    async def _load_uses(self, connection: Connection, reports: Sequence[Report]) -> None:
        """Load the counts of the terms of these reports, as far as they are not known."""
        await self._open_periods(connection, reports)
        usage = self._grouper.pool.usage
        unknown: dict[int, set[int]] = {}
        for report in reports:
            for period, terms in usage.unknown(report.period, report.terms).items():
                unknown.setdefault(period, set()).update(terms)
        for period, lacking in unknown.items():
            usage.note(period, terms := sorted(lacking), await report_terms.uses(connection, period, terms))

    async def _open_periods(self, connection: Connection, reports: Iterable[Report]) -> None:
        """Load the numbers of reports of the periods around these reports."""
        usage = self._grouper.pool.usage
        if unopened := sorted(usage.unopened(report.period for report in reports)):
            counts = await report_terms.counts(connection, unopened)
            for period in unopened:
                usage.open_period(period, counts.get(period, 0))

    async def _load(self, connection: Connection, stored: Sequence[StoredReport]) -> None:
        """Load these reports. The lengths of those that are stale are measured again."""
        pool = self._grouper.pool
        loaded = [self._report(row) for row in stored if not pool.get(row.id)]
        await self._open_periods(connection, loaded)
        stale = [report for report in loaded if pool.is_stale(report)]
        await self._load_uses(connection, stale)
        for report in stale:
            pool.measure(report)
        for report in loaded:
            self._grouper.load(report)

    async def _load_stories(self, connection: Connection, reports: Sequence[Report]) -> None:
        """Load all reports of the stories near these ones, as far as they are dated near them."""
        near = await asyncio.to_thread(self._grouper.near_stories, reports)
        wanted = {(story, period) for story, periods in near.items() if story > 0 for period in periods}
        lacking = {story for story, _ in wanted - self._loaded_stories}
        if lacking:
            periods = {period for story, period in wanted if story in lacking}
            first, last = min(periods), max(periods)
            await self._load(connection, await report_terms.of_stories(connection, sorted(lacking), first, last))
            self._loaded_stories |= {(story, period) for story in lacking for period in range(first, last + 1)}

    def _report(self, stored: StoredReport) -> Report:
        numbers, weights = unpack(stored.terms)
        terms = self._grouper.pool.usage.places(numbers)
        return Report(
            stored.id,
            stored.day,
            terms,
            np.array(weights, np.float32),
            stored.story,
            telling=terms[: stored.telling],
            length=stored.length,
            crowd=stored.crowd,
            measured=stored.measured,
            crowd_measured=stored.measured,
        )

    def _stored(self, report: Report) -> StoredReport:
        """Return a report as it is stored: its telling terms come first."""
        is_telling = np.isin(report.terms, report.telling)
        order = np.argsort(~is_telling, kind="stable")
        packed = pack(self._grouper.pool.usage.numbers(report.terms[order].tolist()), report.weights[order].tolist())
        return StoredReport(
            report.id, report.story, report.period, report.day, packed, len(report.telling), report.length,
            report.crowd, report.crowd_measured,
        )  # fmt: skip


_Group = tuple[list[int], int | None]
"""Reports that belong together, and the story they belong to; None for a new one."""


def _groups_to_move(groups: Sequence[Sequence[int]], story_of: Mapping[int, int]) -> list[_Group]:
    """Return the groups in which a report has to move, without reports that are no longer ready."""
    ready = [[report for report in reports if report in story_of] for reports in groups]
    with_story = zip(ready, heirs(ready, story_of), strict=True)
    return [(reports, story) for reports, story in with_story if any(story_of[report] != story for report in reports)]


def _batches(groups: Sequence[_Group]) -> Iterator[list[_Group]]:
    """Divide the groups into batches, one for each transaction."""
    batch: list[_Group] = []
    for group in groups:
        batch.append(group)
        if sum(len(reports) for reports, _ in batch) >= MOVED_AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch


async def _move(
    connection: Connection, groups: Sequence[_Group], story_of: Mapping[int, int], now: datetime
) -> dict[int, int]:
    """Bring each group into one story, unless another process has moved one of its reports meanwhile.

    Return the reports that moved, each with its new story.
    """
    current = await articles.stories_of(connection, [report for reports, _ in groups for report in reports])
    moves: dict[int, int] = {}
    for reports, story in groups:
        if all(current.get(report) == story_of[report] for report in reports):
            goal = await stories.start(connection, now) if story is None else story
            moves |= {report: goal for report in reports if story_of[report] != goal}
    await articles.move(connection, moves)
    await stories.refresh_last(connection, {*moves.values(), *(story_of[report] for report in moves)})
    return moves
