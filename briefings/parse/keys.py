"""Decides by what key a source knows each of its items. Pure.

Promises that two items of one document never share a key unless they have one title and one date, or one text, too. A
GUID that several items bear is no key, nor is a link that several items have; then the link, or the link with the title
and the date, is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from briefings.model import Entry
from briefings.parse.urls import exact


def own_keys(keys: Sequence[str], entries: Sequence[Entry | None]) -> list[str | None]:
    """Return the key of each item. `keys` are those that the items state (GUID, id or link), empty for none.

    An item without an entry was not read this time; its key is the one that it states.
    """
    stated = [exact(key) or key for key in keys]
    # An item that was not read this time may state its link as its key.
    addresses = [(exact(entry.url) if entry else exact(key)) or "" for key, entry in zip(keys, entries, strict=True)]
    titles = [_folded(entry) for entry in entries]
    told_apart = [title + _text(entry) for title, entry in zip(titles, entries, strict=True)]
    shared_keys = _shared(stated, told_apart)
    shared_addresses = _shared(addresses, told_apart)
    own = []
    for key, address, title, entry in zip(stated, addresses, titles, entries, strict=True):
        if key in shared_keys and title:
            key = address if address and address not in shared_addresses else f"{address or key} {title}{_date(entry)}"
        own.append(key or None)
    return own


def _date(entry: Entry | None) -> str:
    """Return the date that tells two items of one title apart, with a blank before it."""
    return f" {entry.published.isoformat()}" if entry and entry.published else ""


def _folded(entry: Entry | None) -> str:
    return " ".join(entry.title.casefold().split()) if entry else ""


def _text(entry: Entry | None) -> str:
    return f"\0{entry.text}" if entry else ""


def _shared(values: Sequence[str], titles: Sequence[str]) -> frozenset[str]:
    """Return the values that items of different words have. Two items that were not read count as different."""
    each: dict[str, set[str]] = {}
    for value, title in zip(values, titles, strict=True):
        each.setdefault(value, set()).add(title)
    unread = Counter(value for value, title in zip(values, titles, strict=True) if not title)
    return frozenset(value for value, of in each.items() if value and (len(of) > 1 or unread[value] > 1))
