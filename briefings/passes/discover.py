"""Finds out what stands at a web address: a feed, a page that offers a feed, or a page to be read itself.

Promises that the feed or page it returns was fetched and read. Raises `Unreachable` or `BadInput`. Stores nothing.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass

from briefings.adapters.fetch import LARGEST_FEED, Fetcher, Response
from briefings.errors import BadInput, Unreachable
from briefings.parse.feed import Feed, read_feed
from briefings.parse.page import feed_links
from briefings.passes.collect import read_one_page
from briefings.sources.source import Kind

MOST_LINKS = 3
"""Feeds of one page that are tried. A page names its main feed first."""


@dataclass(frozen=True, slots=True)
class Discovery:
    """A source at its permanent address: its kind and its content."""

    url: str
    kind: Kind
    feed: Feed


async def discover(fetcher: Fetcher, url: str) -> Discovery:
    """Fetch an address and, if it is a page, the feeds that the page offers. Return the first feed, else the page."""
    response = await fetcher.get(url, largest=LARGEST_FEED)
    where = response.moved or url
    with suppress(BadInput):
        return Discovery(where, Kind.FEED, await asyncio.to_thread(_feed, response))
    for link in (await asyncio.to_thread(feed_links, response.data, response.url, response.charset))[:MOST_LINKS]:
        with suppress(BadInput, Unreachable):
            offered = await fetcher.get(link, largest=LARGEST_FEED)
            feed = await asyncio.to_thread(_feed, offered)
            return Discovery(offered.moved or link, Kind.FEED, feed)
    page = await asyncio.to_thread(read_one_page, response.data, response.url, frozenset[str](), response.charset)
    return Discovery(where, Kind.PAGE, page)


def _feed(response: Response) -> Feed:
    feed = read_feed(response.data, response.url, charset=response.charset)
    if feed.trouble and not feed.items:
        raise BadInput.of(feed.trouble)
    return feed
