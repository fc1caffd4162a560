"""New articles get their summary, their topics and their story, and are ready to be told.

**Guarantee**: an article becomes ready once, whole, and later than every mark handed out so far, so that
no reader's edition passes it by. A summary that came with an article, or that a summariser wrote, is used only when
every number, date and name in it stands in the article; else an extract is written. At the end of a run the stories
near what is new are grouped afresh: a group moves whole, in one transaction, or not at all; a story keeps its id with
most of its articles, and copies stay with their original. A run that dies before that has lost nothing: its articles
stay in the stories they were placed in until something new comes near.
When topics have changed, those are then looked for in what is kept already (`backfill_from.py`).
**Reads**: articles, topics, stories. **Writes**: articles, their topics, stories.
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
from briefings.store.articles import BEGINNING, Raw, Report
from briefings.store.database import Connection, Database
from briefings.stories.linkage import heirs
from briefings.text import summary
from briefings.topics.matching import Matcher

log = logging.getLogger(__name__)

BATCH = 100
SUMMARY_WORDS = 60
SUMMARISING_SECONDS = 60.0
"""What a run waits for a summariser in all; articles after that have their extracts."""

MOMENT = timedelta(microseconds=1)
"""The least time there is between two instants that are stored."""

SAVED = 25
"""So many articles become ready in one transaction: who answers a reader need not wait for a batch."""

MOVES = 50
"""About so many articles change their story in one transaction."""


class Summarise(Protocol):
    """Writes a summary of at most `words` words, or None. Never raises for trouble; its facts are checked here."""

    async def __call__(self, title: str, text: str, language: str, *, words: int) -> str | None: ...


@dataclass(frozen=True, slots=True)
class _Digest:
    """What was decided about one article. A negative story is one that this run starts."""

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
    """Make everything ready that is not; return how many articles that were. `progress` hears how many so far.

    `summarise` is waited for `patience` seconds in all, outside of any transaction.
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
                break  # new articles first, then new topics
            run = run or _Run()
            run.know(await topics.everything(connection))
            first, last = min(r.when for r in raws), max(r.when for r in raws)
            near = await run.near(connection, first - run.reach, last + run.reach)
            originals = await articles.stories_of(connection, [r.copy_of for r in raws if r.copy_of])
        digests = await asyncio.to_thread(_digest, raws, run, near, originals)
        if summarise:
            digests = await _rewritten(digests, summarise, until)
        for some in (digests[first : first + SAVED] for first in range(0, len(digests), SAVED)):
            async with database.write() as connection:
                if run.topics != await topics.everything(connection):
                    break  # a topic changed meanwhile, and what is ready by now is being looked through for it
                done += await _save(connection, some, run.started, now)
        progress(done)
    if run:
        await _regroup(database, run, now)
    await backfill(database)
    return done


async def _is_anything_waiting(connection: Connection) -> bool:
    return bool(await articles.next_raw(connection, 1)) or bool((await topics.to_retag(connection))[1])


class _Run:
    """What one run remembers from batch to batch: topics, the desk, the days it knows, what it placed and started."""

    def __init__(self) -> None:
        from briefings.stories.grouping import (  # numpy, a tenth of a second: only for who has something to digest
            WINDOW,
            Desk,
        )

        self.topics: list[Topic] = []
        self.matcher = Matcher(())
        self.desk = Desk()
        self.reach = 2 * WINDOW
        """What is loaded around what is new: its neighbours, and theirs, by which the crowd around each is known."""

        self.placed: list[int] = []
        self.started: dict[int, int] = {}
        self._known: tuple[datetime, datetime] | None = None

    def know(self, known: list[Topic]) -> None:
        """Look for these topics from now on."""
        if known != self.topics:
            self.topics, self.matcher = known, Matcher(known)

    async def near(self, connection: Connection, first: datetime, last: datetime) -> list[Report]:
        """The reports dated within these instants that the desk has not seen yet."""
        if self._known is None:
            self._known = (first, last)
            return await articles.reports(connection, first, last)
        (known_first, known_last), found = self._known, []
        if first < known_first:
            found += await articles.reports(connection, first, known_first - MOMENT)
        if last > known_last:
            found += await articles.reports(connection, known_last + MOMENT, last)
        self._known = (min(first, known_first), max(last, known_last))
        return found


def _digest(raws: Sequence[Raw], run: _Run, near: Sequence[Report], story_of: dict[int, int]) -> list[_Digest]:
    for report in near:
        run.desk.learn(report.id, report.story, report.title, report.text, report.when)
    digests = []
    for raw in raws:
        if raw.copy_of:  # no further witness: it goes with its original and is not compared
            story = story_of.get(raw.copy_of, -raw.id)
        else:
            story = run.desk.place(raw.id, raw.title, raw.text[:BEGINNING], raw.when)
            run.placed.append(raw.id)
        story_of[raw.id] = story
        topics = run.matcher.tag(raw.title, raw.text, raw.language)
        digests.append(_Digest(raw, sum_up(raw.title, raw.text, raw.offered, raw.language), topics, story))
    return digests


def sum_up(title: str, text: str, offered: str | None, language: str) -> str:
    """The summary that was offered if the article supports it, else an extract."""
    offered = (offered or "").strip()
    if offered and len(offered.split()) <= SUMMARY_WORDS and summary.supported(offered, f"{title}\n{text}"):
        return offered
    return summary.extract(title, text, language, words=SUMMARY_WORDS)


async def _rewritten(digests: Sequence[_Digest], summarise: Summarise, until: float) -> list[_Digest]:
    """The digests, extracts replaced by what `summarise` wrote where the article supports it. Done at `until`."""
    asked = [d for d in digests if not d.raw.copy_of and d.summary != (d.raw.offered or "").strip()]
    calls = {
        d.raw.id: asyncio.create_task(summarise(d.raw.title, d.raw.text, d.raw.language, words=SUMMARY_WORDS))
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
    return await asyncio.to_thread(_checked, digests, written)


def _broke(call: asyncio.Task[str | None]) -> bool:
    """Whether a bug of the summariser ended the call: no reason to hold the news back."""
    if error := call.exception():
        log.error("the summariser broke (%s); the extract stands", type(error).__name__)
    return error is not None


def _checked(digests: Sequence[_Digest], written: dict[int, str | None]) -> list[_Digest]:
    return [
        replace(d, summary=told)
        if (told := written.get(d.raw.id)) and summary.supported(told, f"{d.raw.title}\n{d.raw.text}")
        else d
        for d in digests
    ]


async def _save(connection: Connection, digests: Sequence[_Digest], started: dict[int, int], now: datetime) -> int:
    """Make the articles ready that still wait; another process may have been quicker with some."""
    ready = await articles.arrival(connection, now)
    waiting = await articles.not_ready(connection, [digest.raw.id for digest in digests])
    held = await articles.stories_of(connection, [d.raw.copy_of for d in digests if d.raw.copy_of])
    joined: set[int] = set()
    for digest in (digest for digest in digests if digest.raw.id in waiting):
        story = held.get(digest.raw.copy_of or 0) or started.get(digest.story, digest.story)
        if story < 0:
            story = started[digest.story] = await stories.start(connection, digest.raw.when)
        else:
            joined.add(story)
        await articles.make_ready(
            connection, digest.raw.id, summary=digest.summary, story=story, topics=digest.topics, ready=ready
        )
    await stories.refresh_last(connection, joined)
    return len(waiting)


async def _regroup(database: Database, run: _Run, now: datetime) -> None:
    """Group what is near the newly placed afresh, and move what belongs elsewhere."""
    groups = await asyncio.to_thread(run.desk.regroup, run.placed)
    async with database.read() as connection:
        story_of = await articles.stories_of(connection, [report for reports in groups for report in reports])
    for some in _parcels(await asyncio.to_thread(_changes, groups, story_of)):
        async with database.write() as connection:
            await _move(connection, some, story_of, now)


_Change = tuple[list[int], int | None]
"""Reports that belong together, and the story they go on; None: a new one."""


def _changes(groups: Sequence[Sequence[int]], story_of: Mapping[int, int]) -> list[_Change]:
    """The groups of which something has to move, without what is no longer kept."""
    kept = [[report for report in reports if report in story_of] for reports in groups]
    changes = zip(kept, heirs(kept, story_of), strict=True)
    return [(reports, story) for reports, story in changes if any(story_of[report] != story for report in reports)]


def _parcels(changes: Sequence[_Change]) -> Iterator[list[_Change]]:
    """Whole groups, as many as one transaction should move."""
    parcel: list[_Change] = []
    for change in changes:
        parcel.append(change)
        if sum(len(reports) for reports, _ in parcel) >= MOVES:
            yield parcel
            parcel = []
    if parcel:
        yield parcel


async def _move(connection: Connection, changes: Sequence[_Change], story_of: Mapping[int, int], now: datetime) -> None:
    """Bring each group into one story, unless another process has moved one of its reports meanwhile."""
    held = await articles.stories_of(connection, [report for reports, _ in changes for report in reports])
    moves: dict[int, int] = {}
    for reports, story in changes:
        if all(held.get(report) == story_of[report] for report in reports):
            goal = await stories.start(connection, now) if story is None else story
            moves |= {report: goal for report in reports if story_of[report] != goal}
    await articles.move(connection, moves)
    await stories.refresh_last(connection, {*moves.values(), *(story_of[report] for report in moves)})
