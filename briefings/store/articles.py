"""Articles: kept as they came, made ready once, found again by story, topic, time or words.

Only *ready* articles (summary, topics and story decided) are ever read back; `next_raw` is how the
unready ones reach the pass that makes them ready.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import BindParameter, Row, Select, bindparam, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from briefings.model import Article, Entry
from briefings.store import versions
from briefings.store.schema import article_topics, articles, editions
from briefings.store.versions import Told

MOMENT = timedelta(milliseconds=1)
"""What an arrival is put after the last mark or arrival by, when clocks would have it before."""


_Key = TypeVar("_Key", int, str)

_LATEST_READY = select(func.max(articles.c.ready))

BEGINNING = 1500
"""Characters of a text that are enough to know its story by."""


@dataclass(frozen=True, slots=True)
class Raw:
    """An article that waits for its summary, topics and story. `offered` is a summary that came with it."""

    id: int
    title: str
    text: str
    offered: str | None
    language: str
    when: datetime
    copy_of: int | None


@dataclass(frozen=True, slots=True)
class Report:
    """As much of a ready article as tells its story from others."""

    id: int
    story: int
    title: str
    text: str
    when: datetime


@dataclass(frozen=True, slots=True)
class Known:
    """As much of a kept article as tells whether its source says something else now."""

    id: int
    title: str
    fingerprint: str
    dated: bool


@dataclass(frozen=True, slots=True)
class New:
    """An article to keep, with its keys. A `copy_of` below zero is the New at that place of the same list, from -1."""

    entry: Entry
    canonical: str | None
    fingerprint: str
    copy_of: int | None = None


async def under(connection: AsyncConnection, canonicals: Sequence[str]) -> dict[str, Known]:
    """The articles kept under these canonical addresses, by address."""
    found: dict[str, Known] = {}
    for some in _chunks(canonicals):
        dated = articles.c.published.is_not(None).label("dated")
        columns = (articles.c.canonical, articles.c.id, articles.c.title, articles.c.fingerprint, dated)
        rows = await connection.execute(select(*columns).where(articles.c.canonical.in_(some)))
        found |= {row.canonical: Known(row.id, row.title, row.fingerprint, row.dated) for row in rows}
    return found


async def with_texts(connection: AsyncConnection, fingerprints: Sequence[str]) -> dict[str, int]:
    """The originals of the first articles kept with these texts, by fingerprint."""
    found: dict[str, int] = {}
    for some in _chunks(fingerprints):
        original = func.coalesce(articles.c.copy_of, articles.c.id).label("original")
        rows = await connection.execute(
            select(articles.c.fingerprint, original).where(articles.c.fingerprint.in_(some)).order_by(articles.c.id)
        )
        for row in rows:
            found.setdefault(row.fingerprint, row.original)
    return found


async def keep(connection: AsyncConnection, kept: Sequence[New], now: datetime) -> list[int]:
    """Store new articles, not yet ready to be told; return their ids, in order."""
    if not kept:
        return []
    statement = insert(articles).returning(articles.c.id, sort_by_parameter_order=True)
    ids = list(await connection.scalars(statement, [_row(new, now) for new in kept]))
    for place, new in enumerate(kept):
        if new.copy_of is not None and new.copy_of < 0:
            original = ids[-new.copy_of - 1]
            await connection.execute(update(articles).where(articles.c.id == ids[place]).values(copy_of=original))
    return ids


def _row(new: New, now: datetime) -> dict[str, Any]:
    return {
        "url": new.entry.url,
        "canonical": new.canonical,
        "title": new.entry.title,
        "text": new.entry.text,
        "summary": new.entry.summary,
        "published": new.entry.published,
        "source": new.entry.source or "",
        "author": new.entry.author,
        "language": new.entry.language or "und",
        "added": now,
        "fingerprint": new.fingerprint,
        "copy_of": new.copy_of if new.copy_of is not None and new.copy_of > 0 else None,
        "by_hand": new.entry.by_hand,
    }


async def next_raw(connection: AsyncConnection, limit: int) -> list[Raw]:
    """The oldest articles not yet ready."""
    rows = await connection.execute(
        select(articles).where(articles.c.ready.is_(None)).order_by(articles.c.id).limit(limit)
    )
    return [Raw(r.id, r.title, r.text, r.summary, r.language, r.published or r.added, r.copy_of) for r in rows]


async def arrival(connection: AsyncConnection, now: datetime) -> datetime:
    """The instant to call articles ready at: now, but after every mark and every arrival so far.

    Readers are told what became ready after their mark. A clock set back would slip news in behind the
    marks, unseen for ever; so what has been told, not the clock, has the last word. That no arrival repeats
    an instant is how an edition in print notices one.
    """
    told = await connection.scalar(select(func.max(editions.c.told)))
    floor = max(filter(None, (told, await latest_ready(connection))), default=None)
    return now if floor is None or now > floor else floor + MOMENT


async def not_ready(connection: AsyncConnection, ids: Sequence[int]) -> frozenset[int]:
    """Those of these articles that still wait."""
    waiting = select(articles.c.id).where(articles.c.id.in_(ids), articles.c.ready.is_(None))
    return frozenset(await connection.scalars(waiting))


async def stories_of(connection: AsyncConnection, ids: Iterable[int]) -> dict[int, int]:
    """The story of each of these articles that is ready."""
    found: dict[int, int] = {}
    for some in _chunks(list(ids)):
        rows = await connection.execute(
            select(articles.c.id, articles.c.story_id).where(articles.c.id.in_(some), articles.c.ready.is_not(None))
        )
        found |= {row.id: row.story_id for row in rows}
    return found


async def move(connection: AsyncConnection, moves: Mapping[int, int]) -> None:
    """Put articles, and with each the copies of its text, into other stories: article → story."""
    original = articles.alias()
    moved: BindParameter[int] = bindparam("moved")
    same_text = articles.c.fingerprint == select(original.c.fingerprint).where(original.c.id == moved).scalar_subquery()
    statement = update(articles).where(same_text, (articles.c.id == moved) | (articles.c.copy_of == moved))
    if moves:
        goals = [{"moved": article, "goal": story} for article, story in moves.items()]
        await connection.execute(statement.values(story_id=bindparam("goal")), goals)


async def latest_ready(connection: AsyncConnection) -> datetime | None:
    """When the newest article became ready."""
    last: datetime | None = await connection.scalar(_LATEST_READY)
    return last


async def make_ready(
    connection: AsyncConnection, article: int, *, summary: str, story: int, topics: dict[str, bool], ready: datetime
) -> None:
    """Give an article its summary, story and topics (command → is it *about* it)."""
    await connection.execute(
        update(articles).where(articles.c.id == article).values(summary=summary, story_id=story, ready=ready)
    )
    await tag(connection, article, topics)


async def tag(connection: AsyncConnection, article: int, topics: dict[str, bool]) -> None:
    """Note the topics an untagged article speaks of."""
    if topics:
        await connection.execute(
            insert(article_topics),
            [{"topic": topic, "article_id": article, "about": about} for topic, about in topics.items()],
        )


async def by_ids(connection: AsyncConnection, ids: Sequence[int]) -> list[Article]:
    """Ready articles by id, in the order asked for."""
    found: dict[int, Article] = {}
    for some in _chunks(ids):
        found |= {a.id: a for a in await load(connection, select(articles).where(articles.c.id.in_(some)))}
    return [found[i] for i in ids if i in found]


async def of_stories(connection: AsyncConnection, stories: Iterable[int]) -> list[Article]:
    """All articles of these stories, in order of arrival within each."""
    found: list[Article] = []
    for some in _chunks(list(stories)):
        loaded = await load(connection, select(articles).where(articles.c.story_id.in_(some)).order_by(articles.c.id))
        earlier = await versions.told(connection, some)
        found += [
            replace(a, earlier=tuple(_form(a, was) for was in earlier[a.id])) if a.id in earlier else a for a in loaded
        ]
    return found


def _form(article: Article, was: Told) -> Article:
    """An article as it was: a copy of what it is now, so that it counts for nothing but what has been told."""
    then = replace(article, title=was.title, text=was.text, published=was.published, ready=was.ready)
    return replace(then, summary="", copy_of=article.id)


async def stories_since(connection: AsyncConnection, mark: datetime | None, window: datetime) -> list[int]:
    """Stories with an article to tell since `mark` and dated after `window`, or undated and added by hand.

    What was dated ahead of its arrival is to be told from its date on, though it was ready before.
    """
    fresh = (articles.c.published >= window) | (articles.c.published.is_(None) & articles.c.by_hand)
    ready = select(articles.c.story_id).where(articles.c.ready.is_not(None), fresh)
    if mark is None:
        return list(await connection.scalars(ready.where(articles.c.ready >= window).distinct()))
    # Each half by its own index; joined by "or", all articles would be looked at.
    halves = ready.where(articles.c.ready > mark).union(ready.where(articles.c.published > mark))
    return list(await connection.scalars(halves))


async def stories_before(connection: AsyncConnection, mark: datetime, limit: int) -> list[int]:
    """The stories last heard of at or before `mark`, newest first: what is still open on a quiet day."""
    newest, dated = func.max(articles.c.ready), func.max(func.coalesce(articles.c.published, articles.c.added))
    statement = (
        select(articles.c.story_id)
        .where(articles.c.ready <= mark, func.coalesce(articles.c.published, mark) <= mark)
        .group_by(articles.c.story_id)
        .order_by(newest.desc(), dated.desc(), articles.c.story_id.desc())
        .limit(limit)
    )
    return [int(story) for story in await connection.scalars(statement)]


async def of_topic(connection: AsyncConnection, topic: str, limit: int) -> dict[int, int]:
    """A topic's newest articles that are ready, newest first, and the story of each."""
    tagged = article_topics.join(articles, articles.c.id == article_topics.c.article_id)
    rows = await connection.execute(
        select(articles.c.id, articles.c.story_id)
        .select_from(tagged)
        .where(article_topics.c.topic == topic, articles.c.ready.is_not(None))
        .order_by(article_topics.c.article_id.desc())
        .limit(limit)
    )
    return {row.id: row.story_id for row in rows}


async def reports(connection: AsyncConnection, first: datetime, last: datetime) -> list[Report]:
    """The beginnings of ready articles dated within these instants, in order of arrival; copies left out."""
    when = func.coalesce(articles.c.published, articles.c.added)
    beginning = func.substr(articles.c.text, 1, BEGINNING)
    rows = await connection.execute(
        select(articles.c.id, articles.c.story_id, articles.c.title, beginning, when)
        .where(when >= first, when <= last, articles.c.ready.is_not(None), articles.c.copy_of.is_(None))
        .order_by(articles.c.id)
    )
    return [Report(*row) for row in rows]


async def newest(connection: AsyncConnection, limit: int | None) -> list[Article]:
    """The last articles that arrived, newest first; all of them without a limit."""
    return await load(connection, select(articles).order_by(articles.c.id.desc()).limit(limit))


def _chunks(ids: Sequence[_Key]) -> Iterator[Sequence[_Key]]:
    """A database takes a bounded number of parameters."""
    return (ids[start : start + 500] for start in range(0, len(ids), 500))


async def load(connection: AsyncConnection, statement: Select[Any]) -> list[Article]:
    """Run a select over `articles` and put the topics on, those each is about first."""
    rows = (await connection.execute(statement.where(articles.c.ready.is_not(None)))).all()
    topics = await _topics(connection, [row.id for row in rows])
    return [_article(row, topics.get(row.id, [])) for row in rows]


async def _topics(connection: AsyncConnection, ids: list[int]) -> dict[int, list[tuple[str, bool]]]:
    found: dict[int, list[tuple[str, bool]]] = {}
    for some in _chunks(ids):
        rows = await connection.execute(
            select(article_topics.c.article_id, article_topics.c.topic, article_topics.c.about)
            .where(article_topics.c.article_id.in_(some))
            .order_by(article_topics.c.about.desc(), article_topics.c.topic)
        )
        for article, topic, about in rows:
            found.setdefault(article, []).append((topic, about))
    return found


def _article(row: Row[Any], topics: list[tuple[str, bool]]) -> Article:
    held = row._asdict()  # a row finds each attribute anew
    return Article(
        id=held["id"],
        title=held["title"],
        text=held["text"],
        summary=held["summary"] or "",
        url=held["url"],
        published=held["published"],
        source=held["source"],
        language=held["language"],
        added=held["added"],
        ready=held["ready"],
        story=held["story_id"],
        topics=tuple(topic for topic, _ in topics),
        about=frozenset(topic for topic, about in topics if about),
        copy_of=held["copy_of"],
        author=held["author"],
        by_hand=held["by_hand"],
    )
