"""New articles get their summary, their topics and their story, and are ready to be told.

**Guarantee**: an article becomes ready once, whole, and later than every mark handed out so far, so that
no reader's edition passes it by. A summary that came with an article, or that a summariser wrote, is used only when
every number, date and name in it stands in the article; else an extract is written.
**Reads**: articles, topics, stories. **Writes**: articles, their topics, stories.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from briefings import summary
from briefings.store import articles, stories, topics
from briefings.store.articles import Raw, Report
from briefings.store.database import Connection, Database
from briefings.stories import WINDOW, Desk
from briefings.topics import Matcher

log = logging.getLogger(__name__)

BATCH = 100
SUMMARY_WORDS = 60
SUMMARISING_SECONDS = 60.0
"""What a run waits for a summariser in all; articles after that have their extracts."""

MOMENT = timedelta(microseconds=1)
"""The least time there is between two instants that are stored."""


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
    run, done = _Run(), 0
    until = asyncio.get_running_loop().time() + patience
    while True:
        async with database.read() as connection:
            raws = await articles.next_raw(connection, BATCH)
            if not raws:
                return done
            matcher = Matcher(await topics.everything(connection))
            near = await run.near(connection, min(r.when for r in raws) - WINDOW, max(r.when for r in raws) + WINDOW)
            originals = await articles.stories_of(connection, [r.copy_of for r in raws if r.copy_of])
        digests = await asyncio.to_thread(_digest, raws, matcher, run.desk, near, originals)
        if summarise:
            digests = await _rewritten(digests, summarise, until)
        async with database.write() as connection:
            done += await _save(connection, digests, run.started, now)
        progress(done)


class _Run:
    """What one run remembers from batch to batch: the desk, the days it knows, the stories that it started."""

    def __init__(self) -> None:
        self.desk = Desk()
        self.started: dict[int, int] = {}
        self._known: tuple[datetime, datetime] | None = None

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


def _digest(
    raws: Sequence[Raw], matcher: Matcher, desk: Desk, near: Sequence[Report], story_of: dict[int, int]
) -> list[_Digest]:
    for report in near:
        desk.learn(report.story, report.title, report.text, report.when)
    digests = []
    for raw in raws:
        story = story_of.get(raw.copy_of or 0) or desk.place(raw.title, raw.text, raw.when) or -raw.id
        story_of[raw.id] = story
        desk.learn(story, raw.title, raw.text, raw.when)
        digests.append(_Digest(raw, _summary(raw), matcher.tag(raw.title, raw.text), story))
    return digests


def _summary(raw: Raw) -> str:
    source = f"{raw.title}\n{raw.text}"
    offered = (raw.offered or "").strip()
    if offered and len(offered.split()) <= SUMMARY_WORDS and summary.supported(offered, source):
        return offered
    return summary.extract(raw.title, raw.text, raw.language, words=SUMMARY_WORDS)


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
    for digest in (digest for digest in digests if digest.raw.id in waiting):
        story = held.get(digest.raw.copy_of or 0) or started.get(digest.story, digest.story)
        if story < 0:
            story = started[digest.story] = await stories.start(connection, digest.raw.when)
        else:
            await stories.join(connection, story, digest.raw.when)
        await articles.make_ready(
            connection, digest.raw.id, summary=digest.summary, story=story, topics=digest.topics, ready=ready
        )
    return len(waiting)
