"""Editing: put articles and topics into the newsroom, and list what is stored. Part of the door.

Promises that an input which cannot be read stores nothing, that each entry's fate is returned in the order given, and
that topics are stored all or none. Never fetches a source: the collect pass does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from briefings.adapters.fetch import Fetcher
from briefings.model import Added, Article, Entry, Story, Topic
from briefings.parse.file import Rejected, read_file
from briefings.parse.page import read_page
from briefings.parse.plain import one_line
from briefings.passes.enrich import Summarise, enrich
from briefings.passes.ingest import ingest
from briefings.store import articles, stories, tags, topics
from briefings.store.database import Database
from briefings.topics.topic_files import parse_topics, write_topic, write_topics

__all__ = ["Editing", "Rejected", "fetch_page", "one_line", "parse_topics", "read_file", "write_topic", "write_topics"]


async def fetch_page(fetcher: Fetcher, address: str) -> Entry:
    """Fetch the page at a web address and read it. Raises BriefingsError when that fails."""
    async with fetcher:
        page = await fetcher.get(address)
    return read_page(page.data, page.url, page.charset)


class Editing:
    """The editing of one newsroom. `clock` gives aware UTC; `summarise` is the optional language model."""

    def __init__(self, database: Database, clock: Callable[[], datetime], summarise: Summarise | None = None) -> None:
        self._database = database
        self._clock = clock
        self._summarise = summarise

    async def add(self, entries: Sequence[Entry], progress: Callable[[int], None] = lambda _: None) -> list[Added]:
        """Store entries and make them ready. Return the fate of each, in order.

        `progress` is called with the number of entries that are ready so far.
        """
        results = await ingest(self._database, entries, self._clock())
        await enrich(self._database, self._clock(), progress, self._summarise)
        async with self._database.read() as connection:
            ids = [result.article for result in results if result.article]
            by_id = {article.id: article for article in await articles.by_ids(connection, ids)}
        return [
            Added("known" if result.known else "stored", by_id.get(result.article))
            if result.article
            else Added("rejected", reason=result.reason)
            for result in results
        ]

    async def enrich(self) -> None:
        """Make all waiting articles ready: summary, topics, story."""
        await enrich(self._database, self._clock(), summarise=self._summarise)

    async def articles(self, limit: int | None = None) -> list[Article]:
        """Return the stored articles, newest first; all of them when `limit` is None."""
        async with self._database.read() as connection:
            return await articles.newest(connection, limit)

    async def stories(self) -> list[Story]:
        """Return all stories, newest first."""
        async with self._database.read() as connection:
            return await stories.everything(connection)

    async def store_topics(self, changed: Sequence[Topic]) -> list[tuple[str, int]]:
        """Add or change topics. Return for each `added`, `changed` or `unchanged`, and how many articles have it."""
        async with self._database.write() as connection:
            results = [await topics.keep(connection, topic) for topic in changed]
        await self.enrich()
        async with self._database.read() as connection:
            count = await tags.count(connection)
        return [(result, count.get(topic.command, 0)) for result, topic in zip(results, changed, strict=True)]

    async def seed_topics(self, starters: Sequence[Topic]) -> None:
        """Store these topics, but only in a newsroom that has none."""
        async with self._database.write() as connection:
            await topics.seed(connection, starters)
