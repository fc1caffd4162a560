"""Backfill: looks for added and changed topics in the articles that are stored already.

**Guarantee**: every ready article is searched once for each change of a topic, in batches; after a crash the pass goes
on after the last batch it saved. No article becomes new to a reader by it.
**Reads**: topics, ready articles. **Writes**: the articles' tags, and how far each topic has come.

Never touches an article itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from briefings.model import Topic
from briefings.store import tags, topics
from briefings.store.database import Database
from briefings.store.tags import ReadyText
from briefings.topics.matching import Matcher
from briefings.topics.tag import Tag

BATCH = 100
"""Articles searched between two transactions."""


async def backfill(database: Database) -> int:
    """Search all ready articles for the topics that have changed. Return how many articles were searched."""
    matcher, matched, searched = Matcher(()), list[Topic](), 0
    while True:
        async with database.read() as connection:
            after, changed = await topics.to_backfill(connection)
            if not changed:
                return searched
            texts = await tags.texts_after(connection, after, BATCH)
        if changed != matched:
            matcher, matched = Matcher(changed), changed
        tags_of = await asyncio.to_thread(_tag, matcher, texts)
        last = texts[-1].id if len(texts) == BATCH else None
        ids = [text.id for text in texts]
        async with database.write() as connection:
            if await topics.to_backfill(connection) != (after, changed):
                continue  # a topic changed meanwhile, or another process was quicker
            for topic in changed:
                tagged = {id: own[topic.command] for id, own in tags_of.items() if topic.command in own}
                await tags.backfill(connection, topic.command, tagged, ids, last)
        searched += len(texts)


def _tag(matcher: Matcher, texts: Sequence[ReadyText]) -> dict[int, dict[str, Tag]]:
    """Return each article's tags, by command."""
    return {text.id: matcher.tag(text.title, text.text, text.language) for text in texts}
