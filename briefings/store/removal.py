"""Removes topics, each with what hangs on it, and remembers what was removed.

A topic goes with the tags of its articles and with its place among the related topics of others. Readers' wishes stay
as they are: a command without a topic matches no article, and if the topic is added again its readers follow it again.
Never removes a part: the caller's transaction holds all or none.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from briefings.model import Status
from briefings.store import topics
from briefings.store.rows import chunks
from briefings.store.schema import article_topics, removed_topics, subscribers, wishes
from briefings.store.schema import topics as topics_table
from briefings.store.subscribers import ALL_TOPICS


@dataclass(frozen=True, slots=True)
class TopicEffects:
    """The effects of removing topics.

    `tagged` counts the articles that have one of them, `followers` the subscribed readers who chose one by name.
    `stranded` are those of the followers who follow no other topic.
    """

    tagged: int
    followers: int
    stranded: int


async def topic_effects(connection: AsyncConnection, commands: Collection[str]) -> TopicEffects:
    """Count what would change if the topics with these commands were removed."""
    tagged: set[int] = set()
    for chunk in chunks(sorted(commands)):
        tags = select(article_topics.c.article_id).where(article_topics.c.topic.in_(chunk)).distinct()
        tagged.update(await connection.scalars(tags))
    remaining = set(await connection.scalars(select(topics_table.c.command))) - set(commands)
    followers = stranded = 0
    subscribed = subscribers.c.status.in_([Status.ACTIVE, Status.PAUSED])
    rows = await connection.execute(
        select(wishes.c.topics, func.count())
        .join(subscribers, subscribers.c.wishes_id == wishes.c.id)
        .where(wishes.c.topics != ALL_TOPICS, subscribed)
        .group_by(wishes.c.topics)
    )
    for wished, readers in rows:
        followed = set(wished.split(","))
        if not followed.isdisjoint(commands):
            followers += readers
            stranded += readers if followed.isdisjoint(remaining) else 0
    return TopicEffects(len(tagged), followers, stranded)


async def remove_topics(connection: AsyncConnection, commands: Sequence[str], now: datetime) -> None:
    """Remove the topics with these commands, which must exist."""
    removed = set(commands)
    for topic in await topics.everything(connection):
        if topic.command not in removed and not removed.isdisjoint(topic.related):
            related = [command for command in topic.related if command not in removed]
            changed = update(topics_table).where(topics_table.c.command == topic.command)
            await connection.execute(changed.values(related=related))
    for chunk in chunks(commands):
        await connection.execute(delete(article_topics).where(article_topics.c.topic.in_(chunk)))
        await connection.execute(delete(topics_table).where(topics_table.c.command.in_(chunk)))
        await connection.execute(delete(removed_topics).where(removed_topics.c.command.in_(chunk)))
    if commands:
        await connection.execute(insert(removed_topics), [{"command": command, "removed": now} for command in commands])
