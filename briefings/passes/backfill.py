"""A topic added or changed is looked for in what is kept already.

**Guarantee**: every ready article is looked through once for each change of a topic, in batches; a crash resumes after
the last batch that was saved. No article becomes new to anybody by it.
**Reads**: topics, ready articles. **Writes**: their tags, and how far each topic has come.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from briefings.model import Topic
from briefings.store import tags, topics
from briefings.store.database import Database
from briefings.store.tags import Page
from briefings.topics.matching import Matcher

BATCH = 100


async def backfill(database: Database) -> int:
    """Look through what is kept for the topics that have changed; return how many articles that were."""
    matcher, known, looked = Matcher(()), list[Topic](), 0
    while True:
        async with database.read() as connection:
            after, changed = await topics.to_retag(connection)
            if not changed:
                return looked
            pages = await tags.pages(connection, after, BATCH)
        if changed != known:
            matcher, known = Matcher(changed), changed
        found = await asyncio.to_thread(_tag, matcher, pages)
        done = pages[-1].id if len(pages) == BATCH else None
        ids = [page.id for page in pages]
        async with database.write() as connection:
            if await topics.to_retag(connection) != (after, changed):
                continue  # a topic changed meanwhile, or another process was quicker
            for topic in changed:
                about = {page: kept[topic.command] for page, kept in found.items() if topic.command in kept}
                await tags.backfill(connection, topic.command, about, ids, done)
        looked += len(pages)


def _tag(matcher: Matcher, pages: Sequence[Page]) -> dict[int, dict[str, bool]]:
    return {page.id: matcher.tag(page.title, page.text, page.language) for page in pages}
