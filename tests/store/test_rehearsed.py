"""Stories of a rehearsal are selected by the dates of their reports, not by when these became ready."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from fakes import MORNING, keyed

from briefings.model import Entry
from briefings.store import articles, rehearsed, stories
from briefings.store.articles import Decided
from briefings.store.database import Database
from briefings.stories.keyed import NewArticle

DAY = timedelta(days=1)
LOADED = MORNING + 100 * DAY
"""When everything was added and became ready."""

WINDOW = MORNING - 7 * DAY


@pytest.fixture
async def archive(database: Database) -> Database:
    """A database with stories of one report each, loaded at once: dated days before MORNING; the last is undated."""
    async with database.write() as connection:
        for number, days in enumerate([9, 7, 2, 1, -1, None], 1):
            published = None if days is None else MORNING - days * DAY
            entry = Entry(f"Report {number}", f"Text {number}.", published=published, source="Wire", language="en")
            [article] = await articles.keep(connection, [NewArticle(keyed(entry))], LOADED)
            story = await stories.start(connection, published or LOADED)
            await articles.make_ready(connection, [Decided(article, "", story, {})], LOADED)
    return database


@pytest.mark.parametrize(
    ("mark", "until", "selected"),
    [
        pytest.param(None, MORNING, [2, 3, 4], id="a-new-reader"),
        pytest.param(MORNING - 2 * DAY, MORNING, [4], id="after-the-mark"),
        pytest.param(MORNING - 9 * DAY, MORNING, [2, 3, 4], id="not-before-the-window"),
        pytest.param(MORNING - DAY, MORNING + DAY, [5], id="up-to-the-edition"),
        pytest.param(MORNING + DAY, LOADED, [6], id="undated-when-it-was-added"),
    ],
)
async def test_stories_are_told_that_are_dated_after_the_mark(
    archive: Database, mark: datetime | None, until: datetime, selected: list[int]
) -> None:
    async with archive.read() as connection:
        assert sorted(await rehearsed.stories_since(connection, mark, WINDOW, until)) == selected


async def test_the_stories_before_a_mark_are_those_dated_up_to_it_the_latest_first(archive: Database) -> None:
    async with archive.read() as connection:
        assert await rehearsed.stories_before(connection, MORNING - DAY, 3) == [4, 3, 2]
