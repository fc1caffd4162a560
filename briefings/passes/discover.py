"""Finds out what stands at a web address: a feed, a page that offers a feed, or a page to be read itself.

Promises that the feed or page it returns was fetched and read. Raises `Unreachable` or `BadInput`. Stores nothing.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from briefings.adapters.fetch import LARGEST_FEED, Fetcher, Response
from briefings.adapters.worker import Worker
from briefings.errors import BadInput, Unreachable, Unreadable
from briefings.parse.feed import Feed, read_feed
from briefings.parse.page import feed_links
from briefings.parse.page_feed import read_one_page
from briefings.sources.source import Kind

MOST_LINKS = 3
"""Feeds of one page that are tried. A page names its main feed first."""


@dataclass(frozen=True, slots=True)
class Discovery:
    """A source at its permanent address: its kind and its content."""

    url: str
    kind: Kind
    feed: Feed


async def discover(fetcher: Fetcher, worker: Worker, url: str) -> Discovery:
    """Fetch an address and, if it is a page, the feeds that the page offers. Return the first feed, else the page.

    `worker` reads them. Raises WorkerTrouble when it cannot.
    """
    response = await fetcher.get(url, largest=LARGEST_FEED)
    where = response.moved or url
    try:
        return Discovery(where, Kind.FEED, await _read_feed(worker, response))
    except Unreadable:
        raise  # as a page it would cost as much again
    except BadInput:
        pass
    links = await worker.run(feed_links, response.data, response.url, response.charset)
    for link in links[:MOST_LINKS]:
        with suppress(BadInput, Unreachable):
            offered = await fetcher.get(link, largest=LARGEST_FEED)
            feed = await _read_feed(worker, offered)
            return Discovery(offered.moved or link, Kind.FEED, feed)
    page = await worker.run(read_one_page, response.data, response.url, frozenset[str](), response.charset)
    return Discovery(where, Kind.PAGE, page)


async def _read_feed(worker: Worker, response: Response) -> Feed:
    feed = await worker.run(read_feed, response.data, response.url, charset=response.charset)
    if feed.trouble and not feed.items:
        raise BadInput.of(feed.trouble)
    return feed
