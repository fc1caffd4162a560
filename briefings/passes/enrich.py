"""Enrich: gives new articles their summary, topics and story, which makes them ready to be told.

**Guarantee**: an article becomes ready once, whole, and later than every mark handed out so far, so that no reader's
edition misses it. A summary that came with an article, or that a summariser wrote, is used only when every number,
date and name in it stands in the article; otherwise an extract is made. A summary that came without a text is used as
it is. Stories are found, and reports grouped again, by `grouping.py`; then changed topics are looked for in stored
articles (`backfill.py`).
**Reads**: articles, topics, stories. **Writes**: articles, their topics, stories.

Never fetches anything. Never changes what an article says.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from briefings.model import Topic
from briefings.passes.backfill import backfill
from briefings.store import articles, report_terms, stories, topics
from briefings.store.articles import Decided, Raw
from briefings.store.database import Connection, Database
from briefings.text import summary
from briefings.topics.matching import Matcher
from briefings.topics.tag import Tag

if TYPE_CHECKING:
    from briefings.passes.grouping import Grouping

log = logging.getLogger(__name__)

BATCH = 100
"""Articles that are read and decided on at a time."""

SUMMARISING_SECONDS = 60.0
"""How long a run waits for a summariser in all; after that the remaining articles get extracts."""

SAVED_AT_ONCE = 25
"""Articles made ready in one transaction. Less than a batch, so that an answer to a reader waits less for its turn."""


class Summarise(Protocol):
    """A port: writes a summary of at most `words` words, or None in case of trouble. Its facts are checked here."""

    async def __call__(self, title: str, text: str, language: str, *, words: int) -> str | None: ...


@dataclass(frozen=True, slots=True)
class _Decision:
    """The decisions about one article. A story below zero is one that this run starts."""

    raw: Raw
    summary: str
    topics: dict[str, Tag]
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
    from briefings.passes.grouping import REGROUPED_AT_ONCE, Grouping  # loads numpy, which takes a tenth of a second

    grouping = Grouping(database)
    await grouping.read_unread()
    matcher, matched = Matcher(()), list[Topic]()
    done = 0
    until = asyncio.get_running_loop().time() + patience
    while True:
        async with database.read() as connection:
            raws = await articles.next_raw(connection, BATCH)
            if not raws:
                break
            if matched != (current := await topics.everything(connection)):
                matcher, matched = Matcher(current), current
            stories_by_article = await _stories_to_join(connection, raws)
            await grouping.prepare(connection, [raw for raw in raws if not raw.goes_with])
        decisions = await asyncio.to_thread(_decide, raws, matcher, grouping, stories_by_article)
        if summarise:
            decisions = await _rewritten(decisions, summarise, until)
        for start in range(0, len(decisions), SAVED_AT_ONCE):
            async with database.write() as connection:
                if matched != await topics.everything(connection):
                    break  # a topic changed meanwhile: decide on the rest again; the backfill searches what is saved
                done += await _save(connection, decisions[start : start + SAVED_AT_ONCE], grouping, now)
        progress(done)
        await grouping.regroup(now, REGROUPED_AT_ONCE)
    await grouping.regroup(now)
    await backfill(database)
    return done


async def _is_anything_waiting(connection: Connection) -> bool:
    return (
        bool(await articles.next_raw(connection, 1))
        or await report_terms.is_any_unread(connection)
        or bool((await topics.to_backfill(connection))[1])
    )


def _decide(raws: Sequence[Raw], matcher: Matcher, grouping: Grouping, story_of: dict[int, int]) -> list[_Decision]:
    decisions = []
    for raw in raws:
        if raw.goes_with:  # a copy says nothing of its own, and a report that points at another tells its story
            story = story_of.get(raw.goes_with, -raw.id)
        elif raw.id in story_of:  # a report that points at this one came first
            story = story_of[raw.id]
            grouping.learn(raw, story)
        else:
            story = grouping.place(raw)
        story_of[raw.id] = story
        topics = matcher.tag(raw.title, raw.text, raw.language)
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


async def _save(connection: Connection, decisions: Sequence[_Decision], grouping: Grouping, now: datetime) -> int:
    """Make those articles ready that still wait; another process may have saved some. Return how many became ready."""
    ready = await articles.ready_time(connection, now)
    waiting = await articles.not_ready(connection, [decision.raw.id for decision in decisions])
    stories_by_article = await _stories_to_join(connection, [decision.raw for decision in decisions])
    saved = [decision for decision in decisions if decision.raw.id in waiting]
    chosen = {d.raw.id: stories_by_article.get(d.raw.goes_with or d.raw.id, d.story) for d in saved}
    ids = await grouping.story_ids(connection, {chosen[d.raw.id]: d.raw.when for d in reversed(saved)})
    decided = [Decided(d.raw.id, d.summary, ids[chosen[d.raw.id]], d.topics) for d in saved]
    await articles.make_ready(connection, decided, ready)
    await grouping.keep(connection, [decision.raw.id for decision in saved if not decision.raw.goes_with])
    await stories.refresh_last(connection, set(ids.values()))
    return len(waiting)
