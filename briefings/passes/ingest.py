"""Stores entries as articles, each once. The last step of the collect pass, and the way of articles added by hand.

**Guarantee**: an item of a source is stored once, and only the source that brought it may change it. The same address
from another source is a report of its own, attached to the article there. The same text at another address, apart from
light edits, is stored as a copy of the first and counts once. A change that a source makes is made in its article
(`revise.py`), and the earlier words stay stored. An article that was removed comes in again only when an editor adds
it. One bad entry stops no other.
**Reads**: articles, removed articles, sketches. **Writes**: articles that are not ready yet (`enrich.py` makes them
ready), sketches, and which removed articles may come in again.

Never trusts an entry: parsers clean it before it comes here, and it is escaped before it is shown.
"""

from __future__ import annotations

import asyncio
import dataclasses
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from briefings.errors import Problem
from briefings.model import Entry
from briefings.parse import urls
from briefings.passes.revise import Change, drop_shared_text, revise
from briefings.sources.origin import BY_HAND, Provenance
from briefings.store import articles, recognition, removal, sketches
from briefings.store.database import Connection, Database
from briefings.stories import identity
from briefings.stories.duplicates import Originals, ReportText
from briefings.stories.keyed import Findings, KeyedEntry
from briefings.stories.recognition import SHORTEST_TEXT, Recogniser
from briefings.text.words import count_words

BATCH = 50
"""Entries in one transaction, few enough to keep it short."""


@dataclass(frozen=True, slots=True)
class IngestResult:
    """The outcome for one entry: the id of its article, and if that was `known`; or the `reason` of its refusal.

    An entry that is stored already is `known` also when it changes its article; then it is `changed` too.
    """

    article: int | None
    known: bool = False
    changed: bool = False
    reason: Problem | None = None


async def ingest(
    database: Database,
    entries: Sequence[Entry],
    now: datetime,
    provenance: Provenance = BY_HAND,
    present: Collection[str] | None = None,
) -> list[IngestResult]:
    """Store entries in their order. Return one result for each entry.

    `present` are the keys of all items of the feed the entries stand in; without it, the entries are all there is.
    """
    results: list[IngestResult] = []
    if present is None:
        present = frozenset(filter(None, map(provenance.item, entries)))
    shared = await asyncio.to_thread(_shared_addresses, entries)
    for start in range(0, len(entries), BATCH):
        batch = await asyncio.to_thread(_with_keys, entries[start : start + BATCH], provenance, shared, now)
        await _prepare(database, batch)
        async with database.write() as connection:
            stored, changes = await _store(connection, batch, present, now)
        changed = await revise(database, changes, now)
        results += [dataclasses.replace(r, changed=True) if r.known and r.article in changed else r for r in stored]
    return results


_Keyed = KeyedEntry | Problem
"""An entry with its keys, or the reason why it cannot be stored."""


async def _prepare(database: Database, batch: Sequence[_Keyed]) -> None:
    """Compute the sketches of the entries that seem new, outside of the transaction. Most entries of a feed are not."""
    keyed = _accepted(batch)
    async with database.read() as connection:
        known = {article.item for article in await recognition.known(connection, keyed)}
    await asyncio.to_thread(lambda: [each.report.sketch for each in keyed if each.item not in known])


def _shared_addresses(entries: Sequence[Entry]) -> frozenset[str]:
    """Return the addresses, without fragments, that several of these entries have."""
    counts = Counter(urls.canonical(entry.url) for entry in entries if entry.url)
    return frozenset(address for address, count in counts.items() if address and count > 1)


def _with_keys(entries: Sequence[Entry], provenance: Provenance, shared: frozenset[str], now: datetime) -> list[_Keyed]:
    return [_keyed(entry, provenance, shared, now) for entry in entries]


def _keyed(entry: Entry, provenance: Provenance, shared: frozenset[str], now: datetime) -> _Keyed:
    entry = _without_nul(entry)
    if reason := identity.objection(entry):
        return reason
    canonical = urls.canonical(entry.url) if entry.url else None
    if not canonical:
        entry = dataclasses.replace(entry, url=None)  # an address that leads nowhere is not shown
    if entry.summary and count_words(entry.text) < SHORTEST_TEXT <= count_words(entry.summary):
        entry = dataclasses.replace(entry, text=entry.summary, supplied=True)
    origin = provenance.origin(entry)
    if provenance.outlet:
        entry = dataclasses.replace(entry, source=provenance.outlet)
    report = ReportText(entry.title, entry.text, entry.source or "")
    keyed = KeyedEntry(
        entry,
        report,
        stated=report,
        day=(entry.published or now).toordinal(),
        fingerprint=identity.fingerprint(entry.text),
        origin=origin,
        owner=provenance.owner,
        namespace=provenance.namespace(entry),
        item=provenance.item(entry),
        canonical=canonical,
        is_loose=provenance.is_loose,
        has_own_address=canonical is not None and canonical == urls.exact(entry.url) and canonical not in shared,
    )
    return keyed.as_stub() if count_words(entry.text) < SHORTEST_TEXT else keyed


def _without_nul(entry: Entry) -> Entry:
    """Parsers let no NUL through, other callers may; PostgreSQL stores none in a text."""
    stated: dict[str, Any] = {field.name: getattr(entry, field.name) for field in dataclasses.fields(entry)}
    texts = {name: value.replace("\0", "") for name, value in stated.items() if isinstance(value, str)}
    return Entry(**(stated | texts))


def _accepted(batch: Sequence[_Keyed]) -> list[KeyedEntry]:
    return [keyed for keyed in batch if isinstance(keyed, KeyedEntry)]


async def _store(
    connection: Connection, batch: Sequence[_Keyed], present: Collection[str], now: datetime
) -> tuple[list[IngestResult], list[Change]]:
    recogniser = await _recogniser(connection, _accepted(batch), present)
    taken = await asyncio.to_thread(
        lambda: [recogniser.take(keyed) if isinstance(keyed, KeyedEntry) else keyed for keyed in batch]
    )
    ids = await _save(connection, recogniser.findings, now)
    results = []
    for match in taken:
        if match is None:
            results.append(IngestResult(None, reason=Problem("removed-earlier")))
        elif isinstance(match, Problem):
            results.append(IngestResult(None, reason=match))
        else:
            number, known = match
            results.append(IngestResult(number if number > 0 else ids[-number - 1], known=known))
    changes = [
        Change(article, keyed.entry, keyed.report, keyed.fingerprint) for article, keyed in recogniser.findings.changes
    ]
    return results, changes


async def _save(connection: Connection, findings: Findings, now: datetime) -> list[int]:
    """Store the new articles, and what recognising them changed in older ones. Return the ids of the new ones."""
    await recognition.release(connection, findings.released)
    for article, keyed in findings.adopted:
        await recognition.adopt(connection, article, keyed)
    await drop_shared_text(connection, findings.shared, now)
    ids = await articles.keep(connection, findings.new, now)
    await sketches.note(connection, [(shingle, day, ids[-number - 1]) for shingle, day, number in findings.rows])
    for taken in findings.taken_over:
        main, old = (number if number > 0 else ids[-number - 1] for number in (taken.main, taken.old))
        await recognition.take_over(connection, dataclasses.replace(taken, main=main, old=old))
    return ids


async def _recogniser(connection: Connection, batch: Sequence[KeyedEntry], present: Collection[str]) -> Recogniser:
    await removal.let_in(connection, [keyed for keyed in batch if keyed.entry.by_hand])
    kept_out = await removal.kept_out(connection, batch)
    known = await recognition.known(connection, batch)
    seen = {key for article in known for key in (article.item, article.fingerprint)}
    new = [keyed for keyed in batch if not {keyed.item, keyed.fingerprint} & seen and keyed.report.sketch]
    shingles = [shingle for keyed in new for shingle in keyed.report.sketch]
    originals = Originals(await sketches.near(connection, shingles, [keyed.day for keyed in new]))
    near = {number for keyed in new for number in originals.near(keyed.report.sketch, keyed.day)}
    return Recogniser(known, originals, await sketches.reports(connection, near), present, kept_out)
