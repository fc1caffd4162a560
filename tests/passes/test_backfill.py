"""Backfill: an added or changed topic is found in stored articles, and no article becomes new by it."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from dataclasses import replace

import pytest
from builders import topic
from fakes import MORNING, NEWS, in_line, report, rows
from older import back_to

from briefings import starter
from briefings.model import Topic
from briefings.newsroom.opening import Newsroom
from briefings.passes.backfill import BATCH, backfill
from briefings.passes.enrich import enrich
from briefings.passes.ingest import ingest
from briefings.store import topics
from briefings.store.articles import newest
from briefings.store.database import Database
from briefings.store.schema import article_topics, articles
from briefings.store.schema import topics as table

TEXT = NEWS["relos"][1]
DUMA = topic("duma", "State Duma")


async def keep(database: Database, *changed: Topic) -> list[str]:
    async with database.write() as connection:
        return [await topics.keep(connection, topic) for topic in changed]


async def stock(database: Database, many: int) -> None:
    entries = [report("relos", url=f"https://example.org/{n}", text=f"{TEXT} Paragraph {n}.") for n in range(many)]
    await ingest(database, entries, MORNING)
    await enrich(database, MORNING)


async def tagged(database: Database, command: str) -> list[tuple[int, bool]]:
    return [(row["article_id"], row["about"]) for row in await rows(database, article_topics, topic=command)]


async def waiting(database: Database) -> dict[str, int]:
    return {
        row["command"]: row["backfill_from"] for row in await rows(database, table) if row["backfill_from"] is not None
    }


async def test_an_added_topic_is_found_in_stored_articles(database: Database) -> None:
    await stock(database, 3)
    before = await rows(database, articles)
    assert await keep(database, DUMA) == ["added"]
    assert await waiting(database) == {"duma": 0}
    assert await enrich(database, MORNING) == 0
    assert await tagged(database, "duma") == [(1, False), (2, False), (3, False)]
    assert await waiting(database) == {}
    assert await rows(database, articles) == before, "as ready as before, and no newer"


async def test_a_topic_that_is_added_later_stands_where_it_is_as_strong_as_the_others(newsroom: Newsroom) -> None:
    await newsroom.editing.store_topics([topic("pact", "pact"), topic("russia", "Russia"), topic("cafe", "cafe")])
    text = "The pact was read. A cafe was near. The pact was long, and the pact was read again. The cafe shut."
    [added] = await newsroom.editing.add([report("relos", title="Russia opens a debate", text=text)])
    assert added.article.topics == ("russia", "pact", "cafe")
    await newsroom.editing.store_topics([topic("debate", "debate"), topic("read", "read")])
    [again] = await newsroom.editing.add([report("relos", title="Russia opens a debate", text=text)])
    assert again.article.topics == ("russia", "debate", "pact", "read", "cafe")


async def test_the_articles_of_an_older_newsroom_are_searched_again_for_all_topics(file_url: str) -> None:
    async with Database(file_url) as database:
        await keep(database, topic("duma", "Duma"), topic("delhi", "New Delhi"), topic("pact", "pact"))
        await ingest(database, [report("relos", title="The pact", text=f"{TEXT} New Delhi.")], MORNING)
        await enrich(database, MORNING)
        before = await rows(database, articles)
    with contextlib.closing(sqlite3.connect(file_url.removeprefix("sqlite:///"))) as file:
        file.executescript(back_to("0015"))
    async with Database(file_url) as database:
        assert await enrich(database, MORNING) == 0
        async with database.read() as connection:
            [article] = await newest(connection, None)
        assert article.topics == ("pact", "duma", "delhi")
        assert await rows(database, articles) == before, "as ready as before, and no newer"


async def test_a_backfill_tells_readers_nothing_again(newsroom: Newsroom, database: Database) -> None:
    await newsroom.editing.add([report("relos")])
    await newsroom.readers.subscribe("5")
    await newsroom.editing.store_topics([DUMA])
    assert (await newsroom.reading.today("5")).again


async def test_a_changed_topic_is_added_where_it_matches_and_removed_elsewhere(database: Database) -> None:
    await stock(database, 2)
    await keep(database, topic("x", "State Duma"), topic("y", "Delhi"))
    await enrich(database, MORNING)
    assert await keep(database, topic("x", "Nowhere"), topic("y", "logistics", "pact")) == ["changed", "changed"]
    await enrich(database, MORNING)
    assert await tagged(database, "x") == []
    assert await tagged(database, "y") == [(1, True), (2, True)]


@pytest.mark.parametrize(
    ("change", "became", "again"),
    [
        pytest.param({}, "unchanged", False, id="nothing"),
        pytest.param({"definition": "Another."}, "changed", False, id="definition"),
        pytest.param({"related": ("relos",)}, "changed", False, id="related"),
        pytest.param({"aliases": ("Delhi",)}, "changed", True, id="aliases"),
        pytest.param({"exact": ("DUMA",)}, "changed", True, id="exact"),
        pytest.param({"all": ("pact",)}, "changed", True, id="all"),
        pytest.param({"none": ("cricket",)}, "changed", True, id="none"),
    ],
)
async def test_only_a_change_of_a_matching_field_starts_a_backfill(
    database: Database, change: dict[str, object], became: str, again: bool
) -> None:
    await stock(database, 1)
    await keep(database, DUMA)
    await backfill(database)
    assert await keep(database, replace(DUMA, **change)) == [became]
    assert bool(await waiting(database)) is again
    async with database.read() as connection:
        assert await topics.everything(connection) == [replace(DUMA, **change)]


async def test_an_empty_newsroom_needs_no_backfill(newsroom: Newsroom, database: Database) -> None:
    await newsroom.editing.seed_topics(starter.topics())
    await keep(database, DUMA)
    assert await waiting(database) == {}


async def test_a_backfill_goes_in_batches_and_resumes_after_a_crash(database: Database) -> None:
    await stock(database, BATCH + 20)
    await keep(database, DUMA)
    async with database.write():  # another writer, so that the first batch waits to be saved
        running = asyncio.create_task(backfill(database))
        await in_line(database, 1)
        stopper = asyncio.create_task(_stop_after_one(database, running))
        await in_line(database, 2)
    await asyncio.gather(running, stopper, return_exceptions=True)
    assert running.cancelled()
    assert await waiting(database) == {"duma": BATCH}
    assert len(await tagged(database, "duma")) == BATCH
    assert await backfill(database) == 20
    assert len(await tagged(database, "duma")) == BATCH + 20
    assert await waiting(database) == {}


async def _stop_after_one(database: Database, running: asyncio.Task[int]) -> None:
    async with database.write():
        running.cancel()


async def test_backfills_at_the_same_time_tag_each_article_once(database: Database, url: str) -> None:
    await stock(database, BATCH + 5)
    await keep(database, DUMA, topic("pact"))
    async with Database(url) as theirs:
        await asyncio.gather(backfill(database), backfill(theirs), backfill(database))
    assert len(await tagged(database, "duma")) == len(await tagged(database, "pact")) == BATCH + 5
    assert await waiting(database) == {}


async def test_an_article_being_enriched_while_a_topic_is_added_gets_the_topic(database: Database) -> None:
    await ingest(database, [report("relos")], MORNING)
    async with database.write():
        early = asyncio.create_task(enrich(database, MORNING))  # has read the topics: none
        await in_line(database, 1)
        adding = asyncio.create_task(_keep_urgently(database))
        await in_line(database, 2)
    await asyncio.gather(early, adding)
    assert await tagged(database, "duma") == [(1, False)]


async def _keep_urgently(database: Database) -> None:
    async with database.write(urgent=True) as connection:
        await topics.keep(connection, DUMA)
