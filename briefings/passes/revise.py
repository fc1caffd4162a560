"""Revise: changes a stored article when its source has changed it, and stores the earlier form.

**Guarantee**: a change is one transaction: nobody sees the article without summary, topics and story, and it keeps its
id. A change that brings a new number or name makes the article ready again, later than every mark, so that its story
can be told as updated; no other change is told again. An article whose text was replaced by another one is made ready
from the beginning, as a new article is.
**Reads**: articles, their earlier forms, topics. **Writes**: articles, their earlier forms and topics, sketches.

Never takes a teaser, an older form or an earlier form for a change: two feeds of a site that state one article
differently would change it for ever. Never changes an article that still waits for its summary; the next visit to its
source will bring the change again.
"""

from __future__ import annotations

import asyncio
import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from briefings.model import Entry
from briefings.store import articles, report_terms, sketches, stories, topics, versions
from briefings.store.database import Connection, Database
from briefings.store.versions import CurrentForm
from briefings.stories.duplicates import COMPARED, ReportText, headline_additions, is_copy, likeness
from briefings.stories.recognition import ANOTHER, adds_text, are_alike
from briefings.text import summary
from briefings.text.english import MONTHS, WEEKDAYS
from briefings.text.fact_check import unsupported
from briefings.text.words import find_words
from briefings.topics.matching import Matcher
from briefings.topics.tag import Tag

MOST_FORMS = 50
"""A page that changes more often shows a clock or a counter; with so many earlier forms it is left as it is."""

TEASER, PART = 0.5, 0.8
"""Shares of the stored text's length. A text below the first is a teaser; below the second it must add something."""

LONGEST_NAME = 20
"""Capitalised words in a row; no name has more."""

MOST_TYPOS = 20
"""More new numbers and names than this are not compared with misspellings: the change is worth telling."""

_DATE = re.compile(rf"(?i)(?:{'|'.join(WEEKDAYS)})s?|{'|'.join(MONTHS)}")


@dataclass(frozen=True, slots=True)
class Change:
    """A stored article as its source states it now."""

    article: int
    entry: Entry
    report: ReportText
    fingerprint: str


@dataclass(frozen=True, slots=True)
class _Revision:
    """The decisions about one change. `replaced`: it is another text; `telling`: it is worth telling again."""

    before: CurrentForm
    change: Change
    replaced: bool
    telling: bool
    copy_of: int | None
    summary: str | None
    topics: dict[str, Tag]


async def revise(database: Database, changes: Sequence[Change], now: datetime) -> frozenset[int]:
    """Make those changes that are really changes. Return the articles that were to change."""
    if not changes:
        return frozenset()
    async with database.read() as connection:
        forms = await versions.current_forms(connection, [change.article for change in changes])
        others = {number for form in forms.values() for number in (form.copy_of, form.attached_to) if number}
        originals = await sketches.reports(connection, others)
        matcher = Matcher(await topics.everything(connection))
    revisions = await asyncio.to_thread(_judge, changes, forms, originals, matcher)
    if revisions:
        async with database.write() as connection:
            await _save(connection, revisions, now)
    return frozenset(revision.before.id for revision in revisions)


async def drop_shared_text(connection: Connection, ids: Sequence[int], now: datetime) -> None:
    """Replace the text of these articles by their titles: it stands under other titles too, and tells of none of them.

    Nothing is told again. An article that is not ready yet was never told, so its earlier form is not stored.
    """
    if ids:
        for form in (await versions.current_forms(connection, ids)).values():
            await versions.keep_form(connection, form, ready=form.ready, now=now)
        await versions.drop_texts(connection, ids)
        await report_terms.mark_unread(connection, ids)
        for article in ids:
            await sketches.forget(connection, article)


def _judge(
    changes: Sequence[Change], forms: dict[int, CurrentForm], originals: dict[int, ReportText], matcher: Matcher
) -> list[_Revision]:
    latest = {change.article: change for change in changes if change.article in forms}
    revisions = []
    for article, change in latest.items():
        before, entry = forms[article], change.entry
        if not _is_change(before, change):
            continue
        replaced = likeness(before.report, change.report) < ANOTHER and not are_alike(before.title, entry.title)
        dated = before.published is None and entry.published is not None
        revisions.append(
            _Revision(
                before,
                change,
                replaced=replaced,
                telling=replaced or dated or _tells(before, change),
                copy_of=_original(before, change, originals),
                summary=entry.summary if replaced else _summary(before, entry),
                topics={} if replaced else matcher.tag(entry.title, entry.text, _language(before, entry)),
            )
        )
    return revisions


def _original(before: CurrentForm, change: Change, originals: dict[int, ReportText]) -> int | None:
    """Return the id of the article that the changed one still repeats, or points at without words of its own."""
    if before.attached_to in originals and not adds_text(change.report, originals[before.attached_to]):
        return before.attached_to
    original = originals.get(before.copy_of or 0)
    return before.copy_of if original is not None and is_copy(change.report, original) else None


def _is_change(before: CurrentForm, change: Change) -> bool:
    entry = change.entry
    if (entry.title, change.fingerprint) in before.earlier or len(before.earlier) >= MOST_FORMS:
        return False
    if before.published and entry.published and entry.published < before.published:
        return False
    length = len(entry.text) / len(before.text)
    return length >= TEASER and (length >= PART or likeness(change.report, before.report) < 1 - ANOTHER)


def _tells(before: CurrentForm, change: Change) -> bool:
    """True if the article now holds a number or a name that it did not hold, other than one in a better spelling."""
    old_text = f"{before.title}\n{before.text[:COMPARED]}"
    pieces = unsupported(_in_short_runs(change.entry.text[:COMPARED]), old_text, strict=False)
    pieces += headline_additions(change.report, before.report)
    if len(pieces) > MOST_TYPOS:
        return True
    old_words = dict.fromkeys(find_words(old_text.casefold(), compounds=False))
    gone = [word for word in old_words if word not in change.report.vocabulary]
    return any(not _DATE.fullmatch(piece) and not _is_respelt(piece, gone) for piece in pieces)


def _in_short_runs(text: str) -> str:
    """Break runs of capitalised words longer than any name: finding names takes quadratic time in hostile texts."""
    words, run = [], 0
    for word in text.split(" "):
        run = run + 1 if word[:1].isupper() else 0
        words.append(word if run % LONGEST_NAME or not run else f"{word},")
    return " ".join(words)


def _is_respelt(piece: str, gone: Sequence[str]) -> bool:
    """True if this name replaces one of the `gone` words that is spelt much alike. Never for a number."""
    words = [] if re.search(r"\d", piece) else find_words(piece.casefold(), compounds=False)
    return bool(words) and any(difflib.get_close_matches(word, gone, 1, 0.8) for word in words)


def _summary(before: CurrentForm, entry: Entry) -> str:
    language = _language(before, entry)
    if entry.supplied:
        return summary.supplied(entry.text, entry.title, language)
    return summary.offered_or_extract(entry.summary, entry.title, entry.text, language)


def _language(before: CurrentForm, entry: Entry) -> str:
    return entry.language or before.language


async def _save(connection: Connection, revisions: Sequence[_Revision], now: datetime) -> None:
    """Change those articles that are still as they were judged; another process may have changed some meanwhile."""
    ready_time = await articles.ready_time(connection, now)
    current = await versions.current_forms(connection, [revision.before.id for revision in revisions])
    commands = {topic.command for topic in await topics.everything(connection)}  # one may have been removed meanwhile
    for revision in revisions:
        before, entry = revision.before, revision.change.entry
        if current.get(before.id) != before:
            continue
        never_told = before.published is None and not before.by_hand  # undated text of a source is in no edition
        await versions.keep_form(connection, before, ready=ready_time if never_told else before.ready, now=now)
        if revision.replaced:
            await sketches.promote(connection, before.id)
        published = (entry.published or before.published) if revision.telling else before.published
        await versions.change(
            connection,
            before.id,
            title=entry.title,
            text=entry.text,
            language=_language(before, entry),
            fingerprint=revision.change.fingerprint,
            published=published,
            copy_of=revision.copy_of,
            summary=revision.summary,
            supplied=entry.supplied,
            story=None if revision.replaced else before.story,
            ready=None if revision.replaced else ready_time if revision.telling else before.ready,
        )
        kept_topics = {command: tag for command, tag in revision.topics.items() if command in commands}
        await articles.tag(connection, {before.id: kept_topics})
        if revision.telling and not revision.replaced:
            await stories.refresh_last(connection, [before.story])
        await report_terms.mark_unread(connection, [before.id])
        await sketches.forget(connection, before.id)
        if revision.copy_of is None:
            day = (published or now).toordinal()
            await sketches.note(connection, [(shingle, day, before.id) for shingle in revision.change.report.sketch])
