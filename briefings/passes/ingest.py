"""Keep what comes in: entries become articles, once each.

**Guarantee**: the same canonical address is kept once; the same text at another address, light edits apart, is kept
as a copy of the first and counts once; what a source changes in an article is changed in it (`revise.py`) and what it
said before stays kept. One bad entry stops no other.
**Reads**: articles, sketches. **Writes**: articles, not yet ready to be told (`enrich.py` makes them so), sketches.

Never trusts an entry: it is cleaned before it gets here and escaped before it leaves the house.
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
from briefings.stories.duplicates import Originals, Report, is_copy

BATCH = 50
"""Entries in one transaction, so that it stays short."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of an entry: the article that holds it and whether it was already there, or why it was refused.

    An entry whose address is known is `known` also when it changed the article: an address is kept once, and what
    is kept there is the article that says what the entry said.
    """

    article: int | None
    known: bool = False
    reason: Problem | None = None


@dataclass(frozen=True, slots=True)
class _Read:
    """An entry with its keys; `reason` is why it cannot be kept."""

    entry: Entry
    report: Report
    day: int = 0
    canonical: str | None = None
    fingerprint: str = ""
    reason: Problem | None = None


@dataclass(slots=True)
class _Shelf:
    """What is kept already that the entries of a batch might be, and what is new. Numbers below zero count those."""

    known: dict[str, StoredArticle]
    texts: dict[str, int]
    originals: Originals
    reports: dict[int, Report]
    new: list[NewArticle] = field(default_factory=list)
    rows: list[sketches.Row] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)

    def take(self, read: _Read) -> tuple[int, bool]:
        """The number of the article that an entry is, and whether it was there before."""
        if read.canonical in self.known:
            known = self.known[read.canonical]
            if known.id > 0 and _differs(read, known):
                self.changes.append(Change(known.id, read.entry, read.report, read.fingerprint))
            return known.id, True
        original = self.texts.get(read.fingerprint)
        if original and not read.canonical:
            return original, True
        return self._add(read, original or self._copied(read)), False

    def _copied(self, read: _Read) -> int | None:
        """The original that an entry repeats."""
        near = self.originals.near(read.report.sketch, read.day)
        return next((number for number in near if is_copy(read.report, self.reports[number])), None)

    def _add(self, read: _Read, original: int | None) -> int:
        self.new.append(NewArticle(read.entry, read.canonical, read.fingerprint, original))
        number = -len(self.new)
        self.texts.setdefault(read.fingerprint, original or number)
        if read.canonical:
            title = read.entry.title
            self.known[read.canonical] = StoredArticle(
                number, title, read.fingerprint, dated=read.entry.published is not None
            )
        if original is None:
            self.reports[number] = read.report
            telling = self.originals.add(read.report.sketch, read.day, number)
            self.rows += [(shingle, read.day, number) for shingle in telling]
        return number


async def ingest(database: Database, entries: Sequence[Entry], now: datetime) -> list[Kept]:
    """Keep entries in order; return what became of each."""
    kept: list[Kept] = []
    for start in range(0, len(entries), BATCH):
        reads = await asyncio.to_thread(_read_all, entries[start : start + BATCH], now)
        await _prepare(database, reads)
        async with database.write() as connection:
            found, changes = await _keep(connection, reads, now)
        await revise(database, changes, now)
        kept += found
    return kept


async def _prepare(database: Database, reads: Sequence[_Read]) -> None:
    """Make the sketches of what seems new, outside of the transaction; what a feed states is mostly known."""
    async with database.read() as connection:
        known = await articles.by_address(connection, [read.canonical for read in reads if read.canonical])
    new = [read.report for read in reads if not read.reason and read.canonical not in known]
    await asyncio.to_thread(lambda: [report.sketch for report in new])


def _read_all(entries: Sequence[Entry], now: datetime) -> list[_Read]:
    return [_read(entry, now) for entry in entries]


def _read(entry: Entry, now: datetime) -> _Read:
    entry = _without_nul(entry)
    report = Report(entry.title, entry.text, entry.source or "")
    if reason := identity.objection(entry):
        return _Read(entry, report, reason=reason)
    canonical = urls.canonical(entry.url) if entry.url else None
    if not canonical:
        entry = dataclasses.replace(entry, url=None)  # an address that leads nowhere is not shown
    day = (entry.published or now).toordinal()
    return _Read(entry, report, day, canonical, identity.fingerprint(entry.text))


def _without_nul(entry: Entry) -> Entry:
    """Parsers let none through; whoever else hands in an entry may, and PostgreSQL keeps it in no text."""
    stated: dict[str, Any] = {field.name: getattr(entry, field.name) for field in dataclasses.fields(entry)}
    texts = {name: value.replace("\0", "") for name, value in stated.items() if isinstance(value, str)}
    return Entry(**(stated | texts))


async def _keep(connection: Connection, reads: Sequence[_Read], now: datetime) -> tuple[list[Kept], list[Change]]:
    shelf = await _shelf(connection, [read for read in reads if not read.reason])
    taken = await asyncio.to_thread(lambda: [None if read.reason else shelf.take(read) for read in reads])
    ids = await articles.keep(connection, shelf.new, now)
    await sketches.note(connection, [(shingle, day, ids[-number - 1]) for shingle, day, number in shelf.rows])
    kept = [
        Kept(one[0] if one[0] > 0 else ids[-one[0] - 1], known=one[1]) if one else Kept(None, reason=read.reason)
        for read, one in zip(reads, taken, strict=True)
    ]
    return kept, shelf.changes


async def _shelf(connection: Connection, reads: Sequence[_Read]) -> _Shelf:
    known = await articles.by_address(connection, [read.canonical for read in reads if read.canonical])
    texts = await articles.originals_of_texts(connection, [read.fingerprint for read in reads])
    new = [
        read for read in reads if read.canonical not in known and read.fingerprint not in texts and read.report.sketch
    ]
    shingles = [shingle for read in new for shingle in read.report.sketch]
    originals = Originals(await sketches.near(connection, shingles, [read.day for read in new]))
    near = {number for read in new for number in originals.near(read.report.sketch, read.day)}
    return _Shelf(known, texts, originals, await sketches.reports(connection, near))


def _differs(read: _Read, known: StoredArticle) -> bool:
    """Does an entry say anything else than the article that is kept under its address?"""
    return (
        read.fingerprint != known.fingerprint
        or identity.fingerprint(read.entry.title) != identity.fingerprint(known.title)
        or (not known.dated and read.entry.published is not None)
    )
