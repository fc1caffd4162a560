"""Decides by what key a source knows each of its items. Pure.

Promises that two items of one document never share a key unless they have one title too. A GUID that several items
bear is no key, nor is a link that several items have; then the link, or the link with the title, is.
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
    addresses = [exact(entry.url) or "" if entry else "" for entry in entries]
    titles = [_folded(entry) for entry in entries]
    shared_keys = _shared(stated, titles)
    shared_addresses = _shared(addresses, titles)
    own = []
    for key, address, title in zip(stated, addresses, titles, strict=True):
        if key in shared_keys and title:
            key = address if address and address not in shared_addresses else f"{address or key} {title}"
        own.append(key or None)
    return own


def _folded(entry: Entry | None) -> str:
    return " ".join(entry.title.casefold().split()) if entry else ""


def _shared(values: Sequence[str], titles: Sequence[str]) -> frozenset[str]:
    """Return the values that items of different titles have. Two items that were not read count as different."""
    each: dict[str, set[str]] = {}
    for value, title in zip(values, titles, strict=True):
        each.setdefault(value, set()).add(title)
    unread = Counter(value for value, title in zip(values, titles, strict=True) if not title)
    return frozenset(value for value, of in each.items() if value and (len(of) > 1 or unread[value] > 1))
