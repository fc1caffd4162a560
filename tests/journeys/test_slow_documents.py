"""A feed that takes the processor for seconds: readers are answered, other feeds are read, its source is in trouble."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from fakes import blocks
from journey import MORNING, READER, Journey
from website import Website, demanding, rss, website

from briefings.adapters.worker import Worker
from briefings.errors import Problem
from briefings.newsroom.sources import Kind, Source

OTHER = READER + 1


@pytest.fixture
async def site() -> AsyncIterator[Website]:
    async with website() as site:
        yield site


@pytest.fixture(autouse=True)
def settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """The site may be fetched; a document may take 3 s instead of 30 s, so that the test is short."""
    monkeypatch.setenv("BRIEFINGS_ALLOW_HOSTS", "127.0.0.1")
    monkeypatch.setitem(Worker.__init__.__kwdefaults__, "cpu_seconds", 3)


async def visited(journey: Journey) -> dict[str, Source]:
    """Return the sources by path, once all have been visited."""
    async with asyncio.timeout(60):
        while True:
            sources = await journey.newsroom.sources.everything()
            if all(source.last_ok or source.failures for source in sources):
                return {source.url.rsplit("/", 1)[1]: source for source in sources}
            await asyncio.sleep(0.05)


async def test_readers_and_other_feeds_do_not_wait_for_a_feed_that_takes_long(journey: Journey, site: Website) -> None:
    for chat in (READER, OTHER):
        journey.simulator.state.person(chat)
        await journey.ask("/start", chat=chat, answers=2)
    bad, good = site.puts("/bad", demanding(MORNING)), site.puts("/good", rss(1, newest=MORNING))
    await journey.newsroom.sources.add([bad, good], Kind.FEED)
    journey.newsroom.nudge("collect")
    async with asyncio.timeout(30):
        while "/bad" not in site.paths():  # noqa: ASYNC110 - the site announces nothing
            await asyncio.sleep(0.01)
    (answer,) = await journey.ask("/help")
    assert "/today" in answer.text
    await journey.queue(blocks("while a feed is read"), OTHER)
    (*_, edition) = await journey.receive(3, chat=OTHER)
    assert edition.text == "while a feed is read"
    assert not (await journey.newsroom.sources.everything())[0].failures, "all this came while the feed was read"
    sources = await visited(journey)
    assert sources["bad"].last_error == Problem("parser-too-slow", {"seconds": 3})
    assert (sources["good"].failures, sources["good"].last_error) == (0, None)
    assert [article.title for article in await journey.newsroom.editing.articles(10)] == [
        "Harbour 1 opens its new pier"
    ]
