"""Decides who brought an entry, and by what key its bringer knows it. Pure.

Promises that two sources never share an origin unless both speak for the article's own site: only the origin that
brought an article may change it. A source is a feed, by its id; feeds and pages that were fetched from the article's
own site are one source; by hand the stated name counts, in any case.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from briefings.model import Entry
from briefings.parse import urls

LONGEST_ITEM = 500
"""Characters of an item's key as it is stored; a longer one is hashed, because an index takes no text of any length."""

SITE = "site:"
"""The beginning of an origin that is a site."""

FEED = "feed:"
"""The beginning of an origin that is a source of ours, by its id."""

NAME = "name:"
"""The beginning of an origin that is a name which an editor stated."""


@dataclass(frozen=True, slots=True)
class Provenance:
    """How entries came: `source` is the id of a source, None for an editor; `address` the web address that answered,
    None for files.

    `outlet` is the name the operator gave the source, `owner` the owner of that outlet; both may be empty.
    """

    source: int | None = None
    address: str | None = None
    outlet: str = ""
    owner: str = ""

    @property
    def is_loose(self) -> bool:
        """True if keys alone prove little: a record's id or a file's name may come again with another article."""
        return self.address is None

    def origin(self, entry: Entry) -> str:
        """Return the only one that may change the article of this entry: `site:…`, `feed:…` or `name:…`."""
        own_site = urls.site(entry.url)
        if self.address and own_site and own_site == urls.site(self.address):
            return SITE + own_site
        stated = (entry.source or "").casefold()
        is_stated = stated and stated != urls.outlet(entry.url)
        if self.source is not None:
            return f"{FEED}{self.source} {stated}" if is_stated and self.is_loose else f"{FEED}{self.source}"
        return SITE + own_site if own_site and not is_stated else NAME + stated

    def item(self, entry: Entry) -> str | None:
        """Return the key of an entry among all that were ever brought; None if nothing but its text identifies it."""
        key, address = entry.key, urls.exact(entry.url)
        if self.source is None and key and address:
            key = f"{key} {address}"
        key = key or address
        return stored_key(self.namespace(entry), key) if key else None

    def namespace(self, entry: Entry) -> str:
        """Return within what the entry's key is unique: its feed or folder, or for an editor its origin.

        A record of a file in a folder, which has no key but its address, is one of the outlet that it names.
        """
        is_record = self.is_loose and not entry.key
        return self.origin(entry) if self.source is None or is_record else FEED + str(self.source)

    def of_source(self, keys: Iterable[str]) -> frozenset[str]:
        """Return the keys of a source's items as they are stored."""
        return frozenset(stored_key(FEED + str(self.source), key) for key in keys)


def stored_key(namespace: str, key: str) -> str:
    """Return the key of an item as it is stored: unique among all items that were ever brought."""
    short = key if len(key) <= LONGEST_ITEM else hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()
    return f"{namespace} {short}"


BY_HAND = Provenance()
"""An editor added the entries from files."""
