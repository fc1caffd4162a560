"""The earlier forms of articles that their sources changed, and the change itself. A stored form never changes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from briefings.store.schema import article_topics, articles
from briefings.store.schema import article_versions as versions
from briefings.stories.duplicates import ReportText


@dataclass(frozen=True, slots=True)
class EarlierForm:
    """The form of an article before a change. Readers may have been told it from `ready` on."""

    title: str
    text: str
    published: datetime | None
    ready: datetime


@dataclass(frozen=True, slots=True)
class CurrentForm:
    """A ready article as it is stored: a change is judged against it, and made only while it is still the same."""

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
    attached_to: int | None
    by_hand: bool
    earlier: frozenset[tuple[str, str]]
    """Title and fingerprint of each earlier form."""

    @property
    def report(self) -> ReportText:
        return ReportText(self.title, self.text, self.source)


async def current_forms(connection: AsyncConnection, ids: Iterable[int]) -> dict[int, CurrentForm]:
    """Return the current forms of those of these articles that are ready, by id."""
    wanted = list(ids)
    before: dict[int, set[tuple[str, str]]] = {}
    earlier = select(versions.c.article_id, versions.c.title, versions.c.fingerprint)
    for row in await connection.execute(earlier.where(versions.c.article_id.in_(wanted))):
        before.setdefault(row.article_id, set()).add((row.title, row.fingerprint))
    rows = await connection.execute(select(articles).where(articles.c.id.in_(wanted), articles.c.ready.is_not(None)))
    return {
        r.id: CurrentForm(
            r.id, r.title, r.text, r.source, r.language, r.published, r.fingerprint, r.ready, r.story_id, r.copy_of,
            r.attached_to, r.by_hand, frozenset(before.get(r.id, ())),
        )
        for r in rows
    }  # fmt: skip


async def keep_form(connection: AsyncConnection, form: CurrentForm, *, ready: datetime, now: datetime) -> None:
    """Store the form that an article is about to lose. Readers may have been told it from `ready` on."""
    await connection.execute(
        insert(versions).values(
            article_id=form.id,
            title=form.title,
            text=form.text,
            published=form.published,
            fingerprint=form.fingerprint,
            story_id=form.story,
            ready=ready,
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
    supplied: bool,
    story: int | None,
    ready: datetime | None,
) -> None:
    """Overwrite an article and remove its topics. With `ready` and `story` None, enrich makes it ready again."""
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
            supplied=supplied,
            story_id=story,
            ready=ready,
        )
    )
    await connection.execute(delete(article_topics).where(article_topics.c.article_id == article))


async def drop_texts(connection: AsyncConnection, ids: Sequence[int]) -> None:
    """Replace the texts of articles, and their summaries, by their titles."""
    values = {"text": articles.c.title, "summary": articles.c.title, "supplied": False}
    await connection.execute(update(articles).where(articles.c.id.in_(ids)).values(values))


async def earlier_forms(connection: AsyncConnection, stories: Sequence[int]) -> dict[int, list[EarlierForm]]:
    """Return the forms that articles of these stories had before a change worth telling, by article, oldest first."""
    rows = await connection.execute(
        select(versions)
        .join(articles, articles.c.id == versions.c.article_id)
        .where(versions.c.story_id.in_(stories), articles.c.story_id == versions.c.story_id)
        .where(versions.c.ready < func.coalesce(articles.c.ready, versions.c.ready))
        .order_by(versions.c.id)
    )
    forms: dict[int, list[EarlierForm]] = {}
    for row in rows:
        forms.setdefault(row.article_id, []).append(EarlierForm(row.title, row.text, row.published, row.ready))
    return forms
