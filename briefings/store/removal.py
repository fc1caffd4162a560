"""Removes topics and articles, each with what hangs on it, and remembers what was removed.

A topic goes with the tags of its articles and with its place among the related topics of others. Readers' wishes stay
as they are: a command without a topic matches no article, and if the topic is added again its readers follow it again.

An article goes with its earlier forms, tags and sketch, and from its story; its first remaining copy becomes the
original. A story without articles keeps its row, which nobody sees (`stories.py` says why). Neither the item of its
source nor its text comes in again, unless an editor adds it by hand.

Never removes a part: the caller's transaction holds all or none.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from briefings.model import Status
from briefings.store import report_terms, sketches, stories, topics
from briefings.store.rows import chunks
from briefings.store.schema import (
    article_topics,
    article_versions,
    articles,
    removed_articles,
    removed_topics,
    subscribers,
    wishes,
)
from briefings.store.schema import topics as topics_table
from briefings.store.subscribers import ALL_TOPICS
from briefings.stories.identity import fingerprint
from briefings.stories.keyed import KeyedEntry


@dataclass(frozen=True, slots=True)
class TopicEffects:
    """The effects of removing topics.

    `tagged` counts the articles that have one of them, `followers` the subscribed readers who chose one by name.
    `stranded` are those of the followers who follow no other topic.
    """

    tagged: int
    followers: int
    stranded: int


@dataclass(frozen=True, slots=True)
class ArticleEffects:
    """The effects of removing articles, which are given by id with their titles.

    `forms` counts their earlier forms, `heirs` the copies that become originals. `ready` is when the first of
    the articles or their forms became ready: older editions hold no word of them. None when none is ready yet.
    """

    titles: dict[int, str]
    forms: int
    heirs: int
    ready: datetime | None


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


async def article_effects(connection: AsyncConnection, ids: Collection[int]) -> ArticleEffects:
    """Return what would be removed with those of these articles that are stored."""
    titles: dict[int, str] = {}
    ready_times: list[datetime] = []
    originals: set[int] = set()
    forms = 0
    for chunk in chunks(sorted(ids)):
        columns = (articles.c.id, articles.c.title, articles.c.ready)
        for row in await connection.execute(select(*columns).where(articles.c.id.in_(chunk))):
            titles[row.id] = row.title
            ready_times += [row.ready] if row.ready else []
        earlier = select(article_versions.c.ready).where(article_versions.c.article_id.in_(chunk))
        earlier_times = list(await connection.scalars(earlier))
        forms, ready_times = forms + len(earlier_times), ready_times + earlier_times
        copied = select(articles.c.id, articles.c.copy_of).where(articles.c.copy_of.in_(chunk))
        originals |= {row.copy_of for row in await connection.execute(copied) if row.id not in ids}
    return ArticleEffects(titles, forms, len(originals), min(ready_times, default=None))


async def remove_articles(connection: AsyncConnection, ids: Sequence[int], now: datetime) -> None:
    """Remove these articles, which must exist, and note that they must stay out."""
    keys = (articles.c.item, articles.c.origin, articles.c.canonical, articles.c.fingerprint)
    columns = (articles.c.id, articles.c.title, articles.c.story_id, *keys)
    rows = [
        row
        for chunk in chunks(ids)
        for row in await connection.execute(select(*columns).where(articles.c.id.in_(chunk)))
    ]
    noted = [
        {"id": r.id, "removed": now, "item": r.item, "origin": r.origin, "canonical": r.canonical}
        | {"fingerprint": _if_text(r.fingerprint, r.title)}
        for r in rows
    ]
    if noted:
        await connection.execute(insert(removed_articles), noted)
    for row in rows:
        is_attached = articles.c.attached_to == row.id
        freed = list(await connection.scalars(select(articles.c.id).where(is_attached)))
        await connection.execute(update(articles).where(is_attached).values(attached_to=None))
        await report_terms.mark_unread(connection, freed)
        await report_terms.forget(connection, [row.id])
        await sketches.promote(connection, row.id)
        await connection.execute(delete(article_topics).where(article_topics.c.article_id == row.id))
        await connection.execute(delete(articles).where(articles.c.id == row.id))
    await stories.refresh_last(connection, {row.story_id for row in rows if row.story_id is not None})


def _if_text(key: str, title: str) -> str | None:
    """Return the fingerprint of a text, None when the title stands for it: another report may have that title."""
    return None if key in (fingerprint(""), fingerprint(title)) else key


async def count_articles(connection: AsyncConnection) -> int:
    """Return how many articles were ever removed: a draft composed when there were fewer may hold a removed one."""
    return (await connection.execute(select(func.count()).select_from(removed_articles))).scalar_one()


async def is_any_since(connection: AsyncConnection, instant: datetime) -> bool:
    """True if an article was removed at or after an instant."""
    removed = select(removed_articles.c.id).where(removed_articles.c.removed >= instant).limit(1)
    return await connection.scalar(removed) is not None


async def kept_out(connection: AsyncConnection, batch: Sequence[KeyedEntry]) -> frozenset[KeyedEntry]:
    """Return those of these entries that must stay out: the item, or the text, was removed.

    An address is kept out for the source that brought the removed article, and for no other.
    """
    items, addresses, texts = set(), set(), set()
    for row in await _removed(connection, batch):
        items.add(row.item)
        addresses.add((row.origin, row.canonical))
        texts.add(row.fingerprint)
    out = set()
    for keyed in batch:
        is_key = keyed.names_article and (keyed.item or "").endswith(keyed.canonical or "")  # else the item's id is
        own_addresses = {(keyed.origin, keyed.canonical), (None, keyed.canonical)} if is_key else set()
        if keyed.item in items - {None} or keyed.fingerprint in texts or not addresses.isdisjoint(own_addresses):
            out.add(keyed)
    return frozenset(out)


async def let_in(connection: AsyncConnection, batch: Sequence[KeyedEntry]) -> None:
    """Forget that these entries were to stay out: an editor adds them again. The ids of the articles stay used."""
    ids = [row.id for row in await _removed(connection, batch)]
    forgotten = {"item": None, "origin": None, "canonical": None, "fingerprint": None}
    for chunk in chunks(ids):
        statement = update(removed_articles).where(removed_articles.c.id.in_(chunk))
        await connection.execute(statement.values(forgotten))


async def _removed(connection: AsyncConnection, batch: Sequence[KeyedEntry]) -> list[Row[Any]]:
    """Return the removed articles with the key, the address or the text of one of these entries."""
    wanted = (
        (removed_articles.c.item, {keyed.item for keyed in batch}),
        (removed_articles.c.canonical, {keyed.canonical for keyed in batch}),
        (removed_articles.c.fingerprint, {keyed.fingerprint for keyed in batch}),
    )
    rows: list[Row[Any]] = []
    for column, keys in wanted:
        for chunk in chunks(sorted(filter(None, keys))):
            rows += await connection.execute(select(removed_articles).where(column.in_(chunk)))
    return rows
