"""Stores entries as articles, each once. The last step of the collect pass, and the way of articles added by hand.

**Guarantee**: one canonical address is stored once. The same text at another address, apart from light edits, is
stored as a copy of the first and counts once. A change that a source makes is made in its article (`revise.py`), and
the earlier words stay stored. One bad entry stops no other.
**Reads**: articles, sketches. **Writes**: articles that are not ready yet (`enrich.py` makes them ready), sketches.

Never trusts an entry: parsers clean it before it comes here, and it is escaped before it is shown.
"""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from briefings.errors import Problem
from briefings.model import Entry
from briefings.parse import urls
from briefings.passes.revise import Change, revise
from briefings.store import articles, sketches
from briefings.store.articles import NewArticle, StoredArticle
from briefings.store.database import Connection, Database
from briefings.stories import identity
from briefings.stories.duplicates import Originals, ReportText, is_copy

BATCH = 50
"""Entries in one transaction, few enough to keep it short."""


@dataclass(frozen=True, slots=True)
class IngestResult:
    """The outcome for one entry: the id of its article, and if that was `known`; or the `reason` of its refusal.

    An entry whose address is stored is `known` also when it changes the article: one address has one article, which
    then says what the entry says. It is `changed` too then.
    """

    article: int | None
    known: bool = False
    changed: bool = False
    reason: Problem | None = None


@dataclass(frozen=True, slots=True)
class _KeyedEntry:
    """An entry with its keys, or with the `reason` why it cannot be stored."""

    entry: Entry
    report: ReportText
    day: int = 0
    canonical: str | None = None
    fingerprint: str = ""
    reason: Problem | None = None


@dataclass(slots=True)
class _Deduplicator:
    """Tells a batch's new articles from those that are stored, and collects the new ones and the changes.

    `stored` are by canonical address, `texts` by fingerprint, `reports` are the originals that may have been copied;
    the new articles of the batch join them. These have no ids yet: they are numbered -1, -2, … in their order.
    """

    stored: dict[str, StoredArticle]
    texts: dict[str, int]
    originals: Originals
    reports: dict[int, ReportText]
    new: list[NewArticle] = field(default_factory=list)
    rows: list[sketches.Row] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)

    def take(self, keyed: _KeyedEntry) -> tuple[int, bool]:
        """Return the number of an entry's article, and True if that article was there before."""
        if keyed.canonical in self.stored:
            stored = self.stored[keyed.canonical]
            if stored.id > 0 and _differs(keyed, stored):
                self.changes.append(Change(stored.id, keyed.entry, keyed.report, keyed.fingerprint))
            return stored.id, True
        original = self.texts.get(keyed.fingerprint)
        if original and not keyed.canonical:
            return original, True
        return self._add(keyed, original or self._copied(keyed)), False

    def _copied(self, keyed: _KeyedEntry) -> int | None:
        """Return the number of the original that an entry repeats with light edits."""
        near = self.originals.near(keyed.report.sketch, keyed.day)
        return next((number for number in near if is_copy(keyed.report, self.reports[number])), None)

    def _add(self, keyed: _KeyedEntry, original: int | None) -> int:
        self.new.append(NewArticle(keyed.entry, keyed.canonical, keyed.fingerprint, original))
        number = -len(self.new)
        self.texts.setdefault(keyed.fingerprint, original or number)
        if keyed.canonical:
            title = keyed.entry.title
            self.stored[keyed.canonical] = StoredArticle(
                number, title, keyed.fingerprint, dated=keyed.entry.published is not None
            )
        if original is None:
            self.reports[number] = keyed.report
            shingles = self.originals.add(keyed.report.sketch, keyed.day, number)
            self.rows += [(shingle, keyed.day, number) for shingle in shingles]
        return number


async def ingest(database: Database, entries: Sequence[Entry], now: datetime) -> list[IngestResult]:
    """Store entries in their order. Return one result for each entry."""
    results: list[IngestResult] = []
    for start in range(0, len(entries), BATCH):
        batch = await asyncio.to_thread(_with_keys, entries[start : start + BATCH], now)
        await _prepare(database, batch)
        async with database.write() as connection:
            stored, changes = await _store(connection, batch, now)
        await revise(database, changes, now)
        results += stored
    return results


async def _prepare(database: Database, batch: Sequence[_KeyedEntry]) -> None:
    """Compute the sketches of the entries that seem new, outside of the transaction. Most entries of a feed are not."""
    async with database.read() as connection:
        stored = await articles.by_address(connection, [keyed.canonical for keyed in batch if keyed.canonical])
    new = [keyed.report for keyed in batch if not keyed.reason and keyed.canonical not in stored]
    await asyncio.to_thread(lambda: [report.sketch for report in new])


def _with_keys(entries: Sequence[Entry], now: datetime) -> list[_KeyedEntry]:
    return [_keyed(entry, now) for entry in entries]


def _keyed(entry: Entry, now: datetime) -> _KeyedEntry:
    entry = _without_nul(entry)
    report = ReportText(entry.title, entry.text, entry.source or "")
    if reason := identity.objection(entry):
        return _KeyedEntry(entry, report, reason=reason)
    canonical = urls.canonical(entry.url) if entry.url else None
    if not canonical:
        entry = dataclasses.replace(entry, url=None)  # an address that leads nowhere is not shown
    day = (entry.published or now).toordinal()
    return _KeyedEntry(entry, report, day, canonical, identity.fingerprint(entry.text))


def _without_nul(entry: Entry) -> Entry:
    """Parsers let no NUL through, other callers may; PostgreSQL stores none in a text."""
    stated: dict[str, Any] = {field.name: getattr(entry, field.name) for field in dataclasses.fields(entry)}
    texts = {name: value.replace("\0", "") for name, value in stated.items() if isinstance(value, str)}
    return Entry(**(stated | texts))


async def _store(
    connection: Connection, batch: Sequence[_KeyedEntry], now: datetime
) -> tuple[list[IngestResult], list[Change]]:
    deduplicator = await _deduplicator(connection, [keyed for keyed in batch if not keyed.reason])
    taken = await asyncio.to_thread(lambda: [None if keyed.reason else deduplicator.take(keyed) for keyed in batch])
    ids = await articles.keep(connection, deduplicator.new, now)
    await sketches.note(connection, [(shingle, day, ids[-number - 1]) for shingle, day, number in deduplicator.rows])
    results = []
    for keyed, match in zip(batch, taken, strict=True):
        if match is None:
            results.append(IngestResult(None, reason=keyed.reason))
        else:
            number, known = match
            results.append(IngestResult(number if number > 0 else ids[-number - 1], known=known))
    return results, deduplicator.changes


async def _deduplicator(connection: Connection, batch: Sequence[_KeyedEntry]) -> _Deduplicator:
    stored = await articles.by_address(connection, [keyed.canonical for keyed in batch if keyed.canonical])
    texts = await articles.originals_of_texts(connection, [keyed.fingerprint for keyed in batch])
    new = [
        keyed
        for keyed in batch
        if keyed.canonical not in stored and keyed.fingerprint not in texts and keyed.report.sketch
    ]
    shingles = [shingle for keyed in new for shingle in keyed.report.sketch]
    originals = Originals(await sketches.near(connection, shingles, [keyed.day for keyed in new]))
    near = {number for keyed in new for number in originals.near(keyed.report.sketch, keyed.day)}
    return _Deduplicator(stored, texts, originals, await sketches.reports(connection, near))


def _differs(keyed: _KeyedEntry, stored: StoredArticle) -> bool:
    """True if an entry says anything else than the article that is stored under its address."""
    return (
        keyed.fingerprint != stored.fingerprint
        or identity.fingerprint(keyed.entry.title) != identity.fingerprint(stored.title)
        or (not stored.dated and keyed.entry.published is not None)
    )
