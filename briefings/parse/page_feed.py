"""Reads a web page that is watched for changes, as a feed with one item.

Promises an item whose digest changes with the page's title and text, and with nothing else of the page.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection
from hashlib import blake2b

from briefings.parse.feed import Feed, FeedItem
from briefings.parse.page import read_page
from briefings.parse.urls import exact


def read_one_page(data: bytes, url: str, known_digests: Collection[str], charset: str | None = None) -> Feed:
    """Return a page as a feed of one item. The item has no entry if its digest is known. Raises BadInput."""
    entry = read_page(data, url, charset)
    digest = blake2b(f"{entry.title}\0{entry.text}".encode(errors="replace"), digest_size=8).hexdigest()
    key = exact(url)
    item = FeedItem(url, digest, None if digest in known_digests else dataclasses.replace(entry, key=key), own_key=key)
    return Feed(entry.title, url, (item,), None)
