"""Enrich: gives new articles their summary, topics and story, which makes them ready to be told.

**Guarantee**: an article becomes ready once, whole, and later than every mark handed out so far, so that no reader's
edition misses it. A summary that came with an article, or that a summariser wrote, is used only when every number,
date and name in it stands in the article; otherwise an extract is made. A summary that came without a text is used as
it is. At the end of a run the reports dated near the
new ones are grouped again: a group moves whole, in one transaction, or not at all; a story's id stays with most of its
articles, and copies stay with their original. A run that dies before that loses nothing: its articles stay in the
stories they were placed in until new articles come near. Then changed topics are looked for in stored articles
(`backfill.py`).
**Reads**: articles, topics, stories. **Writes**: articles, their topics, stories.

Never fetches anything. Never changes what an article says.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from briefings.model import Topic
from briefings.passes.backfill import backfill
from briefings.store import articles, stories, topics
from briefings.store.articles import BEGINNING, Beginning, Raw
from briefings.store.database import Connection, Database
from briefings.stories.linkage import heirs
from briefings.text import summary
from briefings.topics.matching import Matcher

log = logging.getLogger(__name__)

BATCH = 100
"""Articles that are read and decided on at a time."""

SUMMARISING_SECONDS = 60.0
"""How long a run waits for a summariser in all; after that the remaining articles get extracts."""

SMALLEST_STEP = timedelta(microseconds=1)
"""The least difference between two stored instants."""

SAVED_AT_ONCE = 25
"""Articles made ready in one transaction. Less than a batch, so that an answer to a reader waits less for its turn."""

MOVED_AT_ONCE = 50
"""Articles moved to another story in one transaction, about: a group is never divided."""


class Summarise(Protocol):
    """A port: writes a summary of at most `words` words, or None in case of trouble. Its facts are checked here."""

    async def __call__(self, title: str, text: str, language: str, *, words: int) -> str | None: ...


@dataclass(frozen=True, slots=True)
class _Decision:
    """The decisions about one article. A story below zero is one that this run starts."""

    raw: Raw
    summary: str
    topics: dict[str, bool]
    story: int


async def enrich(
    database: Database,
    now: datetime,
    progress: Callable[[int], None] = lambda _: None,
    summarise: Summarise | None = None,
    patience: float = SUMMARISING_SECONDS,
) -> int:
    """Make all waiting articles ready, then backfill changed topics. Return how many articles became ready.

    `progress` is called with the number of articles that are ready so far. A run waits for `summarise` for `patience`
    seconds in all, outside of any transaction.
    """
    if not await database.cached(_is_anything_waiting):
        return 0
    run: _Run | None = None
    done = 0
    until = asyncio.get_running_loop().time() + patience
    while True:
        async with database.read() as connection:
            raws = await articles.next_raw(connection, BATCH)
            if not raws:
                break
            run = run or _Run()
            run.use_topics(await topics.everything(connection))
            first, last = min(r.when for r in raws), max(r.when for r in raws)
            near = await run.unseen_reports(connection, first - run.reach, last + run.reach)
            stories_by_article = await _stories_to_join(connection, raws)
        decisions = await asyncio.to_thread(_decide, raws, run, near, stories_by_article)
        if summarise:
            decisions = await _rewritten(decisions, summarise, until)
        for start in range(0, len(decisions), SAVED_AT_ONCE):
            async with database.write() as connection:
                if run.topics != await topics.everything(connection):
                    break  # a topic changed meanwhile: decide on the rest again; the backfill searches what is saved
                done += await _save(connection, decisions[start : start + SAVED_AT_ONCE], run.started, now)
        progress(done)
    if run:
        await _regroup(database, run, now)
    await backfill(database)
    return done


async def _is_anything_waiting(connection: Connection) -> bool:
    return bool(await articles.next_raw(connection, 1)) or bool((await topics.to_backfill(connection))[1])


class _Run:
    """The memory of one run, kept from batch to batch.

    `placed` are the reports it has placed, `started` the stories it has started: number below zero → id.
    """

    def __init__(self) -> None:
        from briefings.stories.grouping import (  # numpy takes a tenth of a second: only when there is work
            GROUPING_WINDOW,
            StoryGrouper,
        )

        self.topics: list[Topic] = []
        self.matcher = Matcher(())
        self.grouper = StoryGrouper()
        self.reach = 2 * GROUPING_WINDOW
        """How far around new reports others are loaded: their neighbours, and the neighbours of these."""

        self.placed: list[int] = []
        self.started: dict[int, int] = {}
        self._loaded: tuple[datetime, datetime] | None = None

    def use_topics(self, topics: list[Topic]) -> None:
        """Look for these topics from now on."""
        if topics != self.topics:
            self.topics, self.matcher = topics, Matcher(topics)

    async def unseen_reports(self, connection: Connection, first: datetime, last: datetime) -> list[Beginning]:
        """Load the reports dated from `first` to `last` that this run has not loaded yet."""
        if self._loaded is None:
            self._loaded = (first, last)
            return await articles.beginnings(connection, first, last)
        (loaded_first, loaded_last), reports = self._loaded, []
        if first < loaded_first:
            reports += await articles.beginnings(connection, first, loaded_first - SMALLEST_STEP)
        if last > loaded_last:
            reports += await articles.beginnings(connection, loaded_last + SMALLEST_STEP, last)
        self._loaded = (min(first, loaded_first), max(last, loaded_last))
        return reports


def _decide(raws: Sequence[Raw], run: _Run, near: Sequence[Beginning], story_of: dict[int, int]) -> list[_Decision]:
    for report in near:
        run.grouper.learn(report.id, report.story, report.title, report.text, report.when)
    decisions = []
    for raw in raws:
        if raw.goes_with:  # a copy says nothing of its own, and a report that points at another tells its story
            story = story_of.get(raw.goes_with, -raw.id)
        elif raw.id in story_of:  # a report that points at this one came first
            story = story_of[raw.id]
            run.grouper.learn(raw.id, story, raw.title, raw.text[:BEGINNING], raw.when)
            run.placed.append(raw.id)
        else:
            story = run.grouper.place(raw.id, raw.title, raw.text[:BEGINNING], raw.when)
            run.placed.append(raw.id)
        story_of[raw.id] = story
        topics = run.matcher.tag(raw.title, raw.text, raw.language)
        decisions.append(_Decision(raw, _summary(raw), topics, story))
    return decisions


async def _stories_to_join(connection: Connection, raws: Sequence[Raw]) -> dict[int, int]:
    """Return the stories of the articles that these go with, and of the reports attached to these, by article."""
    attached = await articles.stories_of_attached(connection, [raw.id for raw in raws if not raw.goes_with])
    return attached | await articles.stories_of(connection, [raw.goes_with for raw in raws if raw.goes_with])


def _summary(raw: Raw) -> str:
    if raw.supplied:
        return summary.supplied(raw.text, raw.title, raw.language)
    return summary.offered_or_extract(raw.offered, raw.title, raw.text, raw.language)


async def _rewritten(decisions: Sequence[_Decision], summarise: Summarise, until: float) -> list[_Decision]:
    """Replace extracts by what `summarise` writes, where the article supports it. Stops waiting at `until`."""
    extracts = [d for d in decisions if not d.raw.supplied and d.summary != (d.raw.offered or "").strip()]
    asked = [d for d in extracts if not d.raw.copy_of]
    calls = {
        d.raw.id: asyncio.create_task(summarise(d.raw.title, d.raw.text, d.raw.language, words=summary.MOST_WORDS))
        for d in asked
    }
    try:
        if calls:
            await asyncio.wait(calls.values(), timeout=max(0.0, until - asyncio.get_running_loop().time()))
        written = {number: call.result() for number, call in calls.items() if call.done() and not _broke(call)}
    finally:
        for call in calls.values():
            call.cancel()
        await asyncio.gather(*calls.values(), return_exceptions=True)
    return await asyncio.to_thread(_checked, decisions, written)


def _broke(call: asyncio.Task[str | None]) -> bool:
    """True if a bug of the summariser ended the call. It is logged, and the article gets its extract."""
    if error := call.exception():
        log.error("the summariser broke (%s); the extract stands", type(error).__name__)
    return error is not None


def _checked(decisions: Sequence[_Decision], written: dict[int, str | None]) -> list[_Decision]:
    return [
        replace(d, summary=text)
        if (text := written.get(d.raw.id)) and summary.supported(text, f"{d.raw.title}\n{d.raw.text}")
        else d
        for d in decisions
    ]


async def _save(connection: Connection, decisions: Sequence[_Decision], started: dict[int, int], now: datetime) -> int:
    """Make those articles ready that still wait; another process may have saved some. Return how many became ready."""
    ready = await articles.ready_time(connection, now)
    waiting = await articles.not_ready(connection, [decision.raw.id for decision in decisions])
    stories_by_article = await _stories_to_join(connection, [decision.raw for decision in decisions])
    joined: set[int] = set()
    for decision in (decision for decision in decisions if decision.raw.id in waiting):
        joined_story = stories_by_article.get(decision.raw.goes_with or decision.raw.id)
        story = joined_story or started.get(decision.story, decision.story)
        if story < 0:
            story = started[decision.story] = await stories.start(connection, decision.raw.when)
        else:
            joined.add(story)
        await articles.make_ready(
            connection, decision.raw.id, summary=decision.summary, story=story, topics=decision.topics, ready=ready
        )
    await stories.refresh_last(connection, joined)
    return len(waiting)


async def _regroup(database: Database, run: _Run, now: datetime) -> None:
    """Group the reports near the newly placed ones again, and move those that belong to another story."""
    groups = await asyncio.to_thread(run.grouper.regroup, run.placed)
    async with database.read() as connection:
        story_of = await articles.stories_of(connection, [report for reports in groups for report in reports])
    for batch in _batches(await asyncio.to_thread(_groups_to_move, groups, story_of)):
        async with database.write() as connection:
            await _move(connection, batch, story_of, now)


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


async def _move(connection: Connection, groups: Sequence[_Group], story_of: Mapping[int, int], now: datetime) -> None:
    """Bring each group into one story, unless another process has moved one of its reports meanwhile."""
    current = await articles.stories_of(connection, [report for reports, _ in groups for report in reports])
    moves: dict[int, int] = {}
    for reports, story in groups:
        if all(current.get(report) == story_of[report] for report in reports):
            goal = await stories.start(connection, now) if story is None else story
            moves |= {report: goal for report in reports if story_of[report] != goal}
    await articles.move(connection, moves)
    await stories.refresh_last(connection, {*moves.values(), *(story_of[report] for report in moves)})
