"""Articles: stored as they came, made ready once, then read by story, topic or time.

Every function that returns an `Article` returns ready ones only: those whose summary, topics and story are decided.
`next_raw` hands the others to the enrich pass, which makes them ready.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BindParameter, Row, Select, bindparam, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from briefings.model import Article
from briefings.store import tags, versions
from briefings.store.rows import chunks
from briefings.store.schema import article_topics, articles, editions, removed_articles
from briefings.store.versions import EarlierForm
from briefings.stories.keyed import NewArticle
from briefings.topics.tag import Tag

READY_STEP = timedelta(milliseconds=1)
"""How much later than the latest mark or ready article others become ready when the clock shows an earlier time."""

_LATEST_READY = select(func.max(articles.c.ready))
_LAST_IDS = (select(func.max(articles.c.id)), select(func.max(removed_articles.c.id)))

BEGINNING = 1500
"""Characters of a text that are enough to tell which story it belongs to."""


@dataclass(frozen=True, slots=True)
class Raw:
    """An article that waits for its summary, topics and story. `offered` is the summary that came with it, if any.

    `supplied` is True if `text` is that summary.
    `goes_with` is the article into whose story it goes: its original, or the one that it is attached to.
    """

    id: int
    title: str
    text: str
    offered: str | None
    language: str
    when: datetime
    copy_of: int | None
    goes_with: int | None
    supplied: bool = False


@dataclass(frozen=True, slots=True)
class Decided:
    """The decisions that make an article ready. `topics` are its tags, by command."""

    article: int
    summary: str
    story: int
    topics: Mapping[str, Tag]


@dataclass(frozen=True, slots=True)
class Beginning:
    """The beginning of a ready article, by which new articles are compared with its story. `text` is cut."""

    id: int
    story: int
    title: str
    text: str
    when: datetime


async def keep(connection: AsyncConnection, new_articles: Sequence[NewArticle], now: datetime) -> list[int]:
    """Store new articles, which are not ready yet. Return their ids, in order."""
    if not new_articles:
        return []
    statement = insert(articles).returning(articles.c.id, sort_by_parameter_order=True)
    rows = [_row(new, now) for new in new_articles]
    if connection.dialect.name == "sqlite":  # it would give the id of a removed last article to another one
        last = max([await connection.scalar(last_id) or 0 for last_id in _LAST_IDS])
        rows = [row | {"id": number} for number, row in enumerate(rows, last + 1)]
    ids = list(await connection.scalars(statement, rows))
    for place, new in enumerate(new_articles):
        within = {"copy_of": new.copy_of, "attached_to": new.attached_to}
        later = {name: ids[-number - 1] for name, number in within.items() if number is not None and number < 0}
        if later:
            await connection.execute(update(articles).where(articles.c.id == ids[place]).values(later))
    return ids


def _row(new: NewArticle, now: datetime) -> dict[str, Any]:
    keyed, entry = new.keyed, new.keyed.entry
    return {
        "url": entry.url,
        "canonical": keyed.canonical,
        "item": keyed.item,
        "origin": keyed.origin,
        "owner": keyed.owner,
        "title": entry.title,
        "text": entry.text,
        "summary": entry.summary,
        "published": entry.published,
        "source": entry.source or "",
        "author": entry.author,
        "language": entry.language or "und",
        "added": now,
        "fingerprint": keyed.fingerprint,
        "copy_of": _stored_id(new.copy_of),
        "attached_to": _stored_id(new.attached_to),
        "by_hand": entry.by_hand,
        "supplied": entry.supplied,
    }


def _stored_id(number: int | None) -> int | None:
    return number if number is not None and number > 0 else None


async def next_raw(connection: AsyncConnection, limit: int) -> list[Raw]:
    """Return the oldest articles that are not ready yet, at most `limit`."""
    rows = await connection.execute(
        select(articles).where(articles.c.ready.is_(None)).order_by(articles.c.id).limit(limit)
    )
    return [
        Raw(
            r.id,
            r.title,
            r.text,
            r.summary,
            r.language,
            r.published or r.added,
            r.copy_of,
            r.copy_of or r.attached_to,
            r.supplied,
        )
        for r in rows
    ]


async def ready_time(connection: AsyncConnection, now: datetime) -> datetime:
    """Return when articles that are made ready now become so: later than every mark and every article that is ready.

    Readers are told what became ready after their mark. After the clock was set back, `now` may lie before the marks,
    and no reader would ever be told the news. No two batches become ready at the same time either: by that a
    printing notices news that became ready meanwhile.
    """
    latest_mark = await connection.scalar(select(func.max(editions.c.told)))
    latest = max(filter(None, (latest_mark, await latest_ready(connection))), default=None)
    return now if latest is None or now > latest else latest + READY_STEP


async def not_ready(connection: AsyncConnection, ids: Sequence[int]) -> frozenset[int]:
    """Return those of these articles that are not ready yet."""
    waiting = select(articles.c.id).where(articles.c.id.in_(ids), articles.c.ready.is_(None))
    return frozenset(await connection.scalars(waiting))


async def stories_of(connection: AsyncConnection, ids: Iterable[int]) -> dict[int, int]:
    """Return the story of each of these articles that is ready, by article."""
    story_of: dict[int, int] = {}
    for chunk in chunks(list(ids)):
        rows = await connection.execute(
            select(articles.c.id, articles.c.story_id).where(articles.c.id.in_(chunk), articles.c.ready.is_not(None))
        )
        story_of |= {row.id: row.story_id for row in rows}
    return story_of


async def stories_of_attached(connection: AsyncConnection, ids: Sequence[int]) -> dict[int, int]:
    """Return the story of the ready reports that are attached to each of these articles, by article.

    Such an article came later than a report that points at it, and joins that report's story.
    """
    is_attached = articles.c.attached_to.in_(ids) & articles.c.ready.is_not(None)
    rows = await connection.execute(
        select(articles.c.attached_to, articles.c.story_id).where(is_attached).order_by(articles.c.id.desc())
    )
    return {row.attached_to: row.story_id for row in rows}


async def move(connection: AsyncConnection, moves: Mapping[int, int]) -> None:
    """Move articles into other stories, each with what is attached to it, and with the copies of all these.

    `moves` maps an article to its new story.
    """
    moved: BindParameter[int] = bindparam("moved")
    is_with_it = (articles.c.id == moved) | (articles.c.attached_to == moved)
    with_it = select(articles.c.id).where(is_with_it)
    statement = update(articles).where(is_with_it | articles.c.copy_of.in_(with_it))
    if moves:
        goals = [{"moved": article, "goal": story} for article, story in moves.items()]
        await connection.execute(statement.values(story_id=bindparam("goal")), goals)


async def latest_ready(connection: AsyncConnection) -> datetime | None:
    """Return when the latest article became ready; None when none is."""
    last: datetime | None = await connection.scalar(_LATEST_READY)
    return last


async def make_ready(connection: AsyncConnection, decided: Sequence[Decided], ready: datetime) -> None:
    """Give articles their summary, story and topics."""
    if decided:
        statement = update(articles).where(articles.c.id == bindparam("article"))
        values = {"summary": bindparam("summary"), "story_id": bindparam("story"), "ready": ready}
        rows = [{"article": each.article, "summary": each.summary, "story": each.story} for each in decided]
        await connection.execute(statement.values(values), rows)
        await tag(connection, {each.article: each.topics for each in decided})


async def tag(connection: AsyncConnection, topics: Mapping[int, Mapping[str, Tag]]) -> None:
    """Store the topics of articles that have none yet: article → command → tag."""
    rows = [tags.row(article, command, own) for article, all_own in topics.items() for command, own in all_own.items()]
    if rows:
        await connection.execute(insert(article_topics), rows)


async def by_ids(connection: AsyncConnection, ids: Sequence[int]) -> list[Article]:
    """Return ready articles in the order of `ids`; an id without a ready article is left out."""
    by_id: dict[int, Article] = {}
    for chunk in chunks(ids):
        by_id |= {a.id: a for a in await load(connection, select(articles).where(articles.c.id.in_(chunk)))}
    return [by_id[i] for i in ids if i in by_id]


async def of_stories(connection: AsyncConnection, stories: Iterable[int]) -> list[Article]:
    """Return all ready articles of these stories with their earlier forms, each story's in the order of storing."""
    reports: list[Article] = []
    for chunk in chunks(list(stories)):
        loaded = await load(connection, select(articles).where(articles.c.story_id.in_(chunk)).order_by(articles.c.id))
        forms = await versions.earlier_forms(connection, chunk)
        reports += [
            replace(a, earlier=tuple(_as_it_was(a, form) for form in forms[a.id])) if a.id in forms else a
            for a in loaded
        ]
    return reports


def _as_it_was(article: Article, form: EarlierForm) -> Article:
    """Return an article in an earlier form, marked as a copy of itself: it shows what was told and is never counted."""
    then = replace(article, title=form.title, text=form.text, published=form.published, ready=form.ready)
    return replace(then, summary="", copy_of=article.id)


async def stories_since(connection: AsyncConnection, mark: datetime | None, window: datetime) -> list[int]:
    """Return the stories that have something to tell a reader who stands at `mark`.

    They have an article that became ready after `mark`, or that became ready earlier but is dated after it. It must be
    dated at or after `window`, or be undated and added by hand. Without a mark it became ready at or after `window`.
    """
    is_news = (articles.c.published >= window) | (articles.c.published.is_(None) & articles.c.by_hand)
    ready = select(articles.c.story_id).where(articles.c.ready.is_not(None), is_news)
    if mark is None:
        return list(await connection.scalars(ready.where(articles.c.ready >= window).distinct()))
    # A union lets each half use its own index; with "or" the database would read all articles.
    since = ready.where(articles.c.ready > mark).union(ready.where(articles.c.published > mark))
    return list(await connection.scalars(since))


async def stories_before(connection: AsyncConnection, mark: datetime, limit: int) -> list[int]:
    """Return the stories with articles up to `mark`, the latest first; on a quiet day one of them is recalled."""
    last_ready = func.max(articles.c.ready)
    last_dated = func.max(func.coalesce(articles.c.published, articles.c.added))
    statement = (
        select(articles.c.story_id)
        .where(articles.c.ready <= mark, func.coalesce(articles.c.published, mark) <= mark)
        .group_by(articles.c.story_id)
        .order_by(last_ready.desc(), last_dated.desc(), articles.c.story_id.desc())
        .limit(limit)
    )
    return [int(story) for story in await connection.scalars(statement)]


async def of_topic(connection: AsyncConnection, topic: str, limit: int) -> dict[int, int]:
    """Return the story of each of a topic's newest ready articles, by article, newest first."""
    tagged = article_topics.join(articles, articles.c.id == article_topics.c.article_id)
    rows = await connection.execute(
        select(articles.c.id, articles.c.story_id)
        .select_from(tagged)
        .where(article_topics.c.topic == topic, articles.c.ready.is_not(None))
        .order_by(article_topics.c.article_id.desc())
        .limit(limit)
    )
    return {row.id: row.story_id for row in rows}


async def newest(connection: AsyncConnection, limit: int | None) -> list[Article]:
    """Return ready articles, the one that was stored last first; all of them when `limit` is None."""
    return await load(connection, select(articles).order_by(articles.c.id.desc()).limit(limit))


async def count(connection: AsyncConnection, *, is_ready: bool = True) -> int:
    """Return how many articles are ready, or how many are not ready yet."""
    condition = articles.c.ready.is_not(None) if is_ready else articles.c.ready.is_(None)
    return (await connection.execute(select(func.count()).select_from(articles).where(condition))).scalar_one()


async def load(connection: AsyncConnection, statement: Select[Any]) -> list[Article]:
    """Run a select over `articles` and return the ready ones with their topics, in the order of `Article.topics`."""
    rows = (await connection.execute(statement.where(articles.c.ready.is_not(None)))).all()
    topics = await _topics(connection, [row.id for row in rows])
    return [_article(row, topics.get(row.id, [])) for row in rows]


async def _topics(connection: AsyncConnection, ids: list[int]) -> dict[int, list[tuple[str, bool]]]:
    topics: dict[int, list[tuple[str, bool]]] = {}
    for chunk in chunks(ids):
        rows = await connection.execute(
            select(article_topics.c.article_id, article_topics.c.topic, article_topics.c.about)
            .where(article_topics.c.article_id.in_(chunk))
            .order_by(article_topics.c.about.desc(), article_topics.c.strength.desc(), article_topics.c.topic)
        )
        for article, topic, about in rows:
            topics.setdefault(article, []).append((topic, about))
    return topics


def _article(row: Row[Any], topics: list[tuple[str, bool]]) -> Article:
    values = row._asdict()  # once: a row searches for each attribute that is read from it
    return Article(
        id=values["id"],
        title=values["title"],
        text=values["text"],
        summary=values["summary"] or "",
        url=values["url"],
        published=values["published"],
        source=values["source"],
        language=values["language"],
        added=values["added"],
        ready=values["ready"],
        story=values["story_id"],
        topics=tuple(topic for topic, _ in topics),
        about=frozenset(topic for topic, about in topics if about),
        copy_of=values["copy_of"],
        attached_to=values["attached_to"],
        author=values["author"],
        by_hand=values["by_hand"],
        origin=values["origin"],
        owner=values["owner"],
        supplied=values["supplied"],
    )
