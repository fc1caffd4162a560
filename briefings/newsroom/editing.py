"""Editing: put articles and topics into the newsroom, list what is stored, and remove it. Part of the door.

Promises that an input which cannot be read stores nothing, that each entry's fate is returned in the order given, and
that topics are stored, and topics and articles removed, all or none. Never fetches a source: the collect pass does.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from briefings.editions.render import Renderer
from briefings.errors import BadInput
from briefings.model import Added, Article, Entry, Story, Topic
from briefings.parse import urls
from briefings.parse.plain import one_line
from briefings.passes.enrich import Summarise, enrich
from briefings.passes.ingest import BATCH, IngestResult, ingest
from briefings.passes.reprint import Reprinted, reprint
from briefings.sources.origin import BY_HAND
from briefings.store import articles, removal, stories, tags, topics
from briefings.store.database import Connection, Database
from briefings.store.removal import ArticleEffects, TopicEffects
from briefings.topics.lookup import nearest_topics
from briefings.topics.topic_files import parse_topics, write_topic, write_topics

__all__ = [
    "ArticleEffects",
    "ArticleRemoval",
    "Editing",
    "IngestResult",
    "TopicRemoval",
    "not_stored",
    "one_line",
    "parse_topics",
    "write_topic",
    "write_topics",
]

QUOTED = 40
"""Characters of a command that an error repeats."""

PIECE = 4 * BATCH
"""Entries that are stored together, about: they take less than a second, so that whoever stops does not wait."""


@dataclass(frozen=True, slots=True)
class ArticleRemoval:
    """Removed articles, what went with them, and the undelivered editions that told them."""

    effects: ArticleEffects
    editions: Reprinted


@dataclass(frozen=True, slots=True)
class TopicRemoval:
    """Topics that are to be removed, or were, and what else that changes."""

    topics: tuple[Topic, ...]
    effects: TopicEffects


def not_stored(result: IngestResult) -> Added:
    """Return the fate of an entry that was rejected."""
    return Added("rejected", reason=result.reason)


class Editing:
    """The editing of one newsroom. `clock` gives aware UTC; `summarise` is the optional language model."""

    def __init__(
        self,
        database: Database,
        renderer: Renderer,
        clock: Callable[[], datetime],
        summarise: Summarise | None = None,
    ) -> None:
        self._database = database
        self._renderer = renderer
        self._clock = clock
        self._summarise = summarise

    async def add(self, entries: Sequence[Entry], progress: Callable[[int], None] = lambda _: None) -> list[Added]:
        """Store entries and make them ready. Return the fate of each, in order.

        `progress` is called with the number of entries that are ready so far.
        """
        results: list[IngestResult] = []
        await self.store(entries, results.extend)
        await self.enrich(progress)
        return await self.added(results)

    async def store(self, entries: Sequence[Entry], stored: Callable[[Sequence[IngestResult]], object]) -> None:
        """Store entries, a piece at a time; `enrich` then makes them ready.

        `stored` is called with the results of each piece, in order. When cancelled, it first stores the piece that it
        has begun, so that the caller knows of all that is stored.
        """
        now = self._clock()
        present, pieces = await asyncio.to_thread(_present_and_pieces, entries)
        for piece in pieces:
            storing = asyncio.create_task(ingest(self._database, piece, now, present=present))
            try:
                await asyncio.shield(storing)
            finally:
                stored(await storing)

    async def added(self, results: Sequence[IngestResult]) -> list[Added]:
        """Return the fate of each entry with its article as it is now, in order."""
        async with self._database.read() as connection:
            ids = [result.article for result in results if result.article]
            by_id = {article.id: article for article in await articles.by_ids(connection, ids)}
        return [
            Added("known" if result.known else "stored", by_id.get(result.article), changed=result.changed)
            if result.article
            else not_stored(result)
            for result in results
        ]

    async def waiting(self) -> int:
        """Return how many articles are stored and not ready yet."""
        async with self._database.read() as connection:
            return await articles.count(connection, is_ready=False)

    async def enrich(self, progress: Callable[[int], None] = lambda _: None) -> None:
        """Make all waiting articles ready: summary, topics, story.

        `progress` is called with the number of articles that are ready so far.
        """
        await enrich(self._database, self._clock(), progress, self._summarise)

    async def articles(self, limit: int | None = None) -> list[Article]:
        """Return the stored articles, newest first; all of them when `limit` is None."""
        async with self._database.read() as connection:
            return await articles.newest(connection, limit)

    async def stories(self, limit: int | None = None) -> list[Story]:
        """Return the stories, each whole, newest first; all of them when `limit` is None."""
        async with self._database.read() as connection:
            return await (stories.everything(connection) if limit is None else stories.newest(connection, limit))

    async def counts(self) -> tuple[int, int]:
        """Return the numbers of stored articles and of their stories."""
        async with self._database.read() as connection:
            return await articles.count(connection), await stories.count(connection)

    async def article_removal(self, ids: Sequence[int]) -> ArticleEffects:
        """Return what `remove_articles` would remove. Changes nothing. Raises BadInput for an unknown article."""
        async with self._database.read() as connection:
            return await _article_effects(connection, ids)

    async def remove_articles(self, ids: Sequence[int]) -> ArticleRemoval:
        """Remove these articles, which no source brings back, and print the undelivered editions again that tell them.

        Raises BadInput for an unknown article; then nothing is removed.
        """
        async with self._database.write() as connection:
            effects = await _article_effects(connection, ids)
            await removal.remove_articles(connection, list(effects.titles), self._clock())
        if effects.ready is None:
            return ArticleRemoval(effects, Reprinted(0, 0))
        return ArticleRemoval(effects, await reprint(self._database, self._renderer, effects.ready))

    async def store_topics(self, changed: Sequence[Topic]) -> list[tuple[str, int]]:
        """Add or change topics. Return for each `added`, `changed` or `unchanged`, and how many articles have it."""
        async with self._database.write() as connection:
            results = [await topics.keep(connection, topic) for topic in changed]
        await self.enrich()
        async with self._database.read() as connection:
            count = await tags.count(connection)
        return [(result, count.get(topic.command, 0)) for result, topic in zip(results, changed, strict=True)]

    async def topic_removal(self, commands: Sequence[str] | None) -> TopicRemoval:
        """Return what `remove_topics` would remove. Changes nothing. Raises BadInput for an unknown topic."""
        async with self._database.read() as connection:
            return await _topic_removal(connection, commands)

    async def remove_topics(self, commands: Sequence[str] | None) -> TopicRemoval:
        """Remove the topics with these commands, or with None all of them. Return what was removed.

        The starter topics are not seeded again. Raises BadInput for an unknown topic; then nothing is removed.
        """
        async with self._database.write() as connection:
            removed = await _topic_removal(connection, commands)
            await removal.remove_topics(connection, [topic.command for topic in removed.topics], self._clock())
        return removed

    async def seed_topics(self, starters: Sequence[Topic]) -> None:
        """Store these topics, but only in a newsroom that has none and never had one removed."""
        async with self._database.write() as connection:
            await topics.seed(connection, starters)


def _present_and_pieces(entries: Sequence[Entry]) -> tuple[frozenset[str], list[Sequence[Entry]]]:
    """Return the keys of all entries, and the entries in pieces, divided where no address stands on both sides.

    `ingest` must be given all entries of an address together: it tells by them what several articles share.
    """
    addresses = [urls.canonical(entry.url) if entry.url else None for entry in entries]
    last = {address: number for number, address in enumerate(addresses, 1) if address}
    pieces, start, end = list[Sequence[Entry]](), 0, 0
    for number, address in enumerate(addresses, 1):
        end = max(end, last[address] if address else number)
        if number >= end and (number - start >= PIECE or number == len(entries)):
            pieces.append(entries[start:number])
            start = number
    return frozenset(filter(None, map(BY_HAND.item, entries))), pieces


async def _article_effects(connection: Connection, ids: Sequence[int]) -> ArticleEffects:
    effects = await removal.article_effects(connection, set(ids))
    for number in ids:
        if number not in effects.titles:
            raise BadInput("article-not-there", number=number)
    return effects


async def _topic_removal(connection: Connection, commands: Sequence[str] | None) -> TopicRemoval:
    by_command = {topic.command: topic for topic in await topics.everything(connection)}
    wanted = list(by_command) if commands is None else list(dict.fromkeys(commands))
    for command in wanted:
        if command not in by_command:
            word = command[:QUOTED]
            nearest = [topic.command for topic in nearest_topics(word, list(by_command.values()))]
            raise BadInput("topic-not-there", topic=word, nearest=", ".join(nearest))
    return TopicRemoval(tuple(by_command[c] for c in wanted), await removal.topic_effects(connection, wanted))
