"""What articles said before their sources changed them. Nothing in here is ever changed again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from briefings.store.schema import article_topics, articles
from briefings.store.schema import article_versions as versions
from briefings.stories.duplicates import Report


@dataclass(frozen=True, slots=True)
class Told:
    """What readers may have been told an article says, from `ready` on."""

    title: str
    text: str
    published: datetime | None
    ready: datetime


@dataclass(frozen=True, slots=True)
class Status:
    """A ready article as it stands: what a change is judged against, and whether it was still so when it is made."""

    id: int
    title: str
    text: str
    source: str
    language: str
    published: datetime | None
    fingerprint: str
    ready: datetime
    story: int
    copy_of: int | None
    by_hand: bool
    before: frozenset[tuple[str, str]]
    """The titles and fingerprints of all that it said before."""

    @property
    def report(self) -> Report:
        return Report(self.title, self.text, self.source)


async def status(connection: AsyncConnection, ids: Iterable[int]) -> dict[int, Status]:
    """Those of these articles that are ready."""
    wanted = list(ids)
    before: dict[int, set[tuple[str, str]]] = {}
    said = select(versions.c.article_id, versions.c.title, versions.c.fingerprint)
    for row in await connection.execute(said.where(versions.c.article_id.in_(wanted))):
        before.setdefault(row.article_id, set()).add((row.title, row.fingerprint))
    rows = await connection.execute(select(articles).where(articles.c.id.in_(wanted), articles.c.ready.is_not(None)))
    return {
        r.id: Status(
            r.id, r.title, r.text, r.source, r.language, r.published, r.fingerprint, r.ready, r.story_id, r.copy_of,
            r.by_hand, frozenset(before.get(r.id, ())),
        )
        for r in rows
    }  # fmt: skip


async def put_by(connection: AsyncConnection, was: Status, *, told: datetime, now: datetime) -> None:
    """Keep what an article says before it is changed; `told` is from when on readers may have been told it so."""
    await connection.execute(
        insert(versions).values(
            article_id=was.id,
            title=was.title,
            text=was.text,
            published=was.published,
            fingerprint=was.fingerprint,
            story_id=was.story,
            ready=told,
            replaced_at=now,
        )
    )


async def change(
    connection: AsyncConnection,
    article: int,
    *,
    title: str,
    text: str,
    language: str,
    fingerprint: str,
    published: datetime | None,
    copy_of: int | None,
    summary: str | None,
    story: int | None,
    ready: datetime | None,
) -> None:
    """Let an article say something else, without topics yet; without a story it waits to be made ready anew."""
    await connection.execute(
        update(articles)
        .where(articles.c.id == article)
        .values(
            title=title,
            text=text,
            language=language,
            fingerprint=fingerprint,
            published=published,
            copy_of=copy_of,
            summary=summary,
            story_id=story,
            ready=ready,
        )
    )
    await connection.execute(delete(article_topics).where(article_topics.c.article_id == article))


async def told(connection: AsyncConnection, stories: Sequence[int]) -> dict[int, list[Told]]:
    """What the articles of these stories said there before a change worth telling, oldest first, by article."""
    rows = await connection.execute(
        select(versions)
        .join(articles, articles.c.id == versions.c.article_id)
        .where(versions.c.story_id.in_(stories), articles.c.story_id == versions.c.story_id)
        .where(versions.c.ready < func.coalesce(articles.c.ready, versions.c.ready))
        .order_by(versions.c.id)
    )
    found: dict[int, list[Told]] = {}
    for row in rows:
        found.setdefault(row.article_id, []).append(Told(row.title, row.text, row.published, row.ready))
    return found
