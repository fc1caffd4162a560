"""Keep what comes in: entries become articles, once each.

**Guarantee**: the same canonical address is kept once, the first time; the same text at another address
is kept as a copy of the first and counts once. One bad entry stops no other.
**Reads**: articles. **Writes**: articles, not yet ready to be told (`enrich.py` makes them so).

Never trusts an entry: it is cleaned before it gets here and escaped before it leaves the house.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from briefings import identity
from briefings.model import Entry
from briefings.store import articles
from briefings.store.database import Connection, Database

BATCH = 100
"""Entries in one transaction, so that it stays short."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of an entry: the article that holds it and whether it was already there, or why it was refused."""

    article: int | None
    known: bool = False
    reason: str | None = None


async def ingest(database: Database, entries: Sequence[Entry], now: datetime) -> list[Kept]:
    """Keep entries in order; return what became of each."""
    kept = []
    for start in range(0, len(entries), BATCH):
        async with database.write() as connection:
            kept += [await _keep(connection, entry, now) for entry in entries[start : start + BATCH]]
    return kept


async def _keep(connection: Connection, entry: Entry, now: datetime) -> Kept:
    if reason := identity.objection(entry):
        return Kept(None, reason=reason)
    canonical = identity.canonical(entry.url) if entry.url else None
    if canonical and (same := await articles.find_canonical(connection, canonical)):
        return Kept(same, known=True)
    fingerprint = identity.fingerprint(entry.text)
    original = await articles.find_text(connection, fingerprint)
    if original and not canonical:
        return Kept(original, known=True)
    if not canonical:
        entry = dataclasses.replace(entry, url=None)  # an address that leads nowhere is not shown
    return Kept(
        await articles.keep(connection, entry, canonical=canonical, fingerprint=fingerprint, copy_of=original, now=now)
    )
