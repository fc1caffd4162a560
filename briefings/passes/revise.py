"""A kept article whose source says something else now is changed, whole, and what it said before is kept.

**Guarantee**: a change is one transaction: the article is never seen without a summary, topics and a story, and never
loses its place. A change that brings a new number or name makes the article ready again, later than every mark, so
that its story may be told as updated; any other is told to nobody again. A text that is wholly another is made ready
anew, as a new article is.
**Reads**: articles, versions, topics. **Writes**: articles, versions, topics of articles, sketches.

Never takes a teaser for a change, nor an older form, nor what the article said before (two sources that give one
article differently would change it for ever); never changes an article that still waits for its summary: its source
will say it again.
"""

from __future__ import annotations

import asyncio
import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from briefings.model import Entry
from briefings.passes.enrich import sum_up
from briefings.store import articles, sketches, stories, topics, versions
from briefings.store.database import Connection, Database
from briefings.store.versions import Status
from briefings.stories.duplicates import COMPARED, Report, announced, is_copy, likeness
from briefings.text.fact_check import unsupported
from briefings.topics.matching import Matcher

MOST_VERSIONS = 50
"""A page that changes oftener is a clock or a counter, and stays as it is."""

TEASER, PART = 0.5, 0.8
"""A text shorter than half of what is kept is a teaser, and one shorter than this that adds nothing is a part of it."""

ANOTHER = 0.1
"""Texts that share fewer of their shingles are not one text changed."""

LONGEST_NAME, MOST_TYPOS = 20, 20

_WORD = re.compile(r"[^\W\d_]+")
_DATE = re.compile(r"(?i)(mon|tues|wednes|thurs|fri|satur|sun)days?|(jan|febr)uary|march|april|may|june|july|august"
                   r"|(septem|octo|novem|decem)ber")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Change:
    """What the source of a kept article says now."""

    article: int
    entry: Entry
    report: Report
    fingerprint: str


@dataclass(frozen=True, slots=True)
class _Revision:
    """What was decided about one change. `anew`: it is another text; `telling`: it is worth telling again."""

    was: Status
    change: Change
    anew: bool
    telling: bool
    copy_of: int | None
    summary: str | None
    topics: dict[str, bool]


async def revise(database: Database, changes: Sequence[Change], now: datetime) -> int:
    """Make these changes, as far as they are any; return how many articles were changed."""
    if not changes:
        return 0
    async with database.read() as connection:
        status = await versions.status(connection, [change.article for change in changes])
        originals = await sketches.reports(connection, {was.copy_of for was in status.values() if was.copy_of})
        matcher = Matcher(await topics.everything(connection))
    revisions = await asyncio.to_thread(_judge, changes, status, originals, matcher)
    if revisions:
        async with database.write() as connection:
            await _save(connection, revisions, now)
    return len(revisions)


def _judge(
    changes: Sequence[Change], status: dict[int, Status], originals: dict[int, Report], matcher: Matcher
) -> list[_Revision]:
    latest = {change.article: change for change in changes if change.article in status}
    found = []
    for article, change in latest.items():
        was, entry = status[article], change.entry
        if not _is_change(was, change):
            continue
        anew = likeness(was.report, change.report) < ANOTHER and not _alike(was.title, entry.title)
        original = originals.get(was.copy_of or 0)
        copied = original is not None and is_copy(change.report, original)
        dated = was.published is None and entry.published is not None
        found.append(
            _Revision(
                was,
                change,
                anew=anew,
                telling=anew or dated or _tells(was, change),
                copy_of=was.copy_of if copied else None,
                summary=entry.summary
                if anew
                else sum_up(entry.title, entry.text, entry.summary, _language(was, entry)),
                topics={} if anew else matcher.tag(entry.title, entry.text),
            )
        )
    return found


def _is_change(was: Status, change: Change) -> bool:
    entry = change.entry
    if (entry.title, change.fingerprint) in was.before or len(was.before) >= MOST_VERSIONS:
        return False
    if was.published and entry.published and entry.published < was.published:
        return False
    length = len(entry.text) / len(was.text)
    return length >= TEASER and (length >= PART or likeness(change.report, was.report) < 1 - ANOTHER)


def _tells(was: Status, change: Change) -> bool:
    """Does what an article says now hold a number or a name that it did not, other than one spelt better?"""
    before = f"{was.title}\n{was.text[:COMPARED]}"
    pieces = unsupported(_in_short_runs(change.entry.text[:COMPARED]), before, strict=False)
    pieces += announced(change.report, was.report)
    if len(pieces) > MOST_TYPOS:
        return True
    gone = [word for word in dict.fromkeys(_WORD.findall(before.casefold())) if word not in change.report.stated]
    return any(not _DATE.fullmatch(piece) and not _is_respelt(piece, gone) for piece in pieces)


def _in_short_runs(text: str) -> str:
    """With a break after so many capitals in a row as no name has: names in hostile texts cost quadratic time."""
    words, run = [], 0
    for word in text.split(" "):
        run = run + 1 if word[:1].isupper() else 0
        words.append(word if run % LONGEST_NAME or not run else f"{word},")
    return " ".join(words)


def _is_respelt(piece: str, gone: Sequence[str]) -> bool:
    """Does a name merely take the place of one spelt much alike? A number never does."""
    words = [] if re.search(r"\d", piece) else _WORD.findall(piece.casefold())
    return bool(words) and any(difflib.get_close_matches(word, gone, 1, 0.8) for word in words)


def _alike(one: str, other: str) -> bool:
    return difflib.SequenceMatcher(None, one.casefold().split(), other.casefold().split()).ratio() >= 0.5


def _language(was: Status, entry: Entry) -> str:
    return entry.language or was.language


async def _save(connection: Connection, revisions: Sequence[_Revision], now: datetime) -> None:
    """Change the articles that still stand as they were judged; another process may have been quicker with some."""
    arrival = await articles.arrival(connection, now)
    still = await versions.status(connection, [revision.was.id for revision in revisions])
    for revision in revisions:
        was, entry = revision.was, revision.change.entry
        if still.get(was.id) != was:
            continue
        never_told = was.published is None and not was.by_hand  # undated text stays out of editions
        await versions.put_by(connection, was, told=arrival if never_told else was.ready, now=now)
        if revision.anew:
            await sketches.promote(connection, was.id)
        published = (entry.published or was.published) if revision.telling else was.published
        await versions.change(
            connection,
            was.id,
            title=entry.title,
            text=entry.text,
            language=_language(was, entry),
            fingerprint=revision.change.fingerprint,
            published=published,
            copy_of=revision.copy_of,
            summary=revision.summary,
            story=None if revision.anew else was.story,
            ready=None if revision.anew else arrival if revision.telling else was.ready,
        )
        await articles.tag(connection, was.id, revision.topics)
        if revision.telling and not revision.anew:
            await stories.refresh_last(connection, [was.story])
        await sketches.forget(connection, was.id)
        if revision.copy_of is None:
            day = (published or now).toordinal()
            await sketches.note(connection, [(shingle, day, was.id) for shingle in revision.change.report.sketch])
