"""What is at an address: a feed, a page that offers one, or a page to be read for itself.

Promises to have looked: what it finds could be read. Raises `Unreachable` or `BadInput`. Keeps nothing.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass

from briefings.adapters.fetch import Fetcher
from briefings.errors import BadInput, Unreachable
from briefings.parse.feed import Feed, read_feed
from briefings.parse.page import feed_links
from briefings.passes.collect import read_one_page
from briefings.sources.visits import Kind

MOST_LINKS = 3
"""Feeds of one page that are tried; the first is the one it means."""


@dataclass(frozen=True, slots=True)
class Found:
    """Where it is from now on, what it is, and what it holds."""

    url: str
    kind: Kind
    feed: Feed


async def discover(fetcher: Fetcher, url: str) -> Found:
    """Look at an address."""
    page = await fetcher.get(url)
    where = page.moved or url
    with suppress(BadInput):
        return Found(where, Kind.FEED, await asyncio.to_thread(_feed, page.data, page.url))
    for link in (await asyncio.to_thread(feed_links, page.data, page.url))[:MOST_LINKS]:
        with suppress(BadInput, Unreachable):
            offered = await fetcher.get(link)
            feed = await asyncio.to_thread(_feed, offered.data, offered.url)
            return Found(offered.moved or link, Kind.FEED, feed)
    return Found(where, Kind.PAGE, await asyncio.to_thread(read_one_page, page.data, page.url, frozenset[str]()))


def _feed(data: bytes, url: str) -> Feed:
    feed = read_feed(data, url)
    if feed.trouble and not feed.items:
        raise BadInput.of(feed.trouble)
    return feed
