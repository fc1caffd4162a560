"""The round of visits, over real HTTP and a real file: what is kept, what is remembered, what trouble costs."""

from __future__ import annotations

import asyncio
import gzip
import logging
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from aiohttp import web
from fakes import MORNING, Clock, rows
from website import HERE, Website, page, rss, website

from briefings.adapters.fetch import Fetcher
from briefings.errors import Problem, stated
from briefings.newsroom.sources import Kind, Source, Sources
from briefings.passes.collect import collect
from briefings.store import schema
from briefings.store import sources as shelf
from briefings.store.database import Database
from briefings.store.sources import VisitResult

EVERY = timedelta(minutes=15)


@pytest.fixture
async def site() -> AsyncIterator[Website]:
    async with website() as site:
        yield site


def lines() -> Fetcher:
    return Fetcher(allow_hosts=HERE, timeout=10)


@pytest.fixture
def sources(database: Database, clock: Clock) -> Sources:
    return Sources(database, lines, clock, EVERY)


async def only(sources: Sources) -> Source:
    (source,) = await sources.everything()
    return source


async def feed(sources: Sources, url: str) -> None:
    (listed,) = await sources.add([url], Kind.FEED)
    assert listed.reason is None


async def titles(database: Database) -> list[str]:
    return [row["title"] for row in await rows(database, schema.articles)]


async def test_a_due_feed_is_read_and_its_items_kept_once(
    sources: Sources, site: Website, database: Database, clock: Clock
) -> None:
    await feed(sources, site.puts("/feed", rss(2, 1, newest=MORNING)))
    (visited,) = await sources.collect()
    assert (visited.new, visited.known, visited.error) == (2, 0, None)
    assert await sources.collect() == [], "not due"
    clock.advance(days=1)
    site.puts("/feed", rss(3, 2, 1, newest=MORNING))
    (visited,) = await sources.collect()
    assert (visited.new, visited.known) == (1, 2)
    assert len(await titles(database)) == 3
    assert not any(row["by_hand"] for row in await rows(database, schema.articles))
    assert (await only(sources)).name == "Sample Wire"


async def test_what_is_unchanged_is_not_sent_again(sources: Sources, site: Website, clock: Clock) -> None:
    stamp = format_datetime(MORNING, usegmt=True)
    await feed(sources, site.puts("/feed", rss(1, newest=MORNING), ETag='"a"', Last_Modified=stamp))
    await sources.collect()
    first = await only(sources)
    for _ in range(2):
        clock.advance(days=1)
        (visited,) = await sources.collect()
        assert (visited.new, visited.error) == (0, None)
        assert site.asked[-1].headers["If-None-Match"] == '"a"'
        assert site.asked[-1].headers["If-Modified-Since"] == stamp
    again = await only(sources)
    assert (again.etag, again.last_modified) == ('"a"', stamp), "a 304 need not repeat them"
    assert first.interval < again.interval
    clock.advance(days=1)
    site.puts("/feed", rss(2, 1, newest=MORNING), ETag='"b"')
    (visited,) = await sources.collect()
    assert (visited.new, visited.known) == (1, 1)


@pytest.mark.parametrize("status", [301, 308])
async def test_a_permanent_move_is_remembered(sources: Sources, site: Website, clock: Clock, status: int) -> None:
    site.puts("/new", rss(1, newest=MORNING))
    await feed(sources, site.moves("/old", "/new", status))
    await sources.collect()
    assert (await only(sources)).url == site.url("/new")
    clock.advance(days=1)
    await sources.collect()
    assert site.paths() == ["/old", "/new", "/new"]


MOVES = {
    "for now": ([("/old", "/new", 302)], "/old"),
    "for good, then for now": ([("/old", "/mid", 301), ("/mid", "/new", 307)], "/mid"),
    "for now, then for good": ([("/old", "/mid", 303), ("/mid", "/new", 301)], "/old"),
}


@pytest.mark.parametrize(("moves", "remembered"), MOVES.values(), ids=MOVES.keys())
async def test_only_what_is_for_good_is_remembered(
    sources: Sources, site: Website, moves: list[tuple[str, str, int]], remembered: str
) -> None:
    site.puts("/new", rss(1, newest=MORNING))
    for path, to, status in moves:
        site.moves(path, to, status)
    await feed(sources, site.url("/old"))
    await sources.collect()
    assert (await only(sources)).url == site.url(remembered)


async def test_a_move_to_what_is_no_feed_is_not_remembered(sources: Sources, site: Website) -> None:
    site.puts("/login", page(), "text/html")
    await feed(sources, site.moves("/old", "/login", 301))
    (visited,) = await sources.collect()
    assert visited.error
    assert (await only(sources)).url == site.url("/old")


async def test_a_move_to_where_another_source_is_already_keeps_both(sources: Sources, site: Website) -> None:
    site.puts("/new", rss(1, newest=MORNING))
    site.moves("/old", "/new", 301)
    await sources.add([site.url("/new"), site.url("/old")], Kind.FEED)
    assert [visited.error for visited in await sources.collect()] == [None, None]
    assert [source.url for source in await sources.everything()] == [site.url("/new"), site.url("/old")]


def _endless(request: web.Request) -> web.StreamResponse:
    return web.Response(body=b"<rss>" + b"x" * 6_000_000, content_type="text/xml")


def _bomb(request: web.Request) -> web.StreamResponse:
    headers = {"Content-Encoding": "gzip", "Content-Type": "text/xml"}
    return web.Response(body=gzip.compress(bytes(60_000_000), 9), headers=headers)


def _entities(request: web.Request) -> web.StreamResponse:
    bomb = '<!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa">' + "".join(
        f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    )
    return web.Response(text=f"{bomb}]><rss><channel><title>&i;</title></channel></rss>", content_type="text/xml")


TROUBLE: dict[str, tuple[web.StreamResponse | Callable[[web.Request], web.StreamResponse], str]] = {
    "an endless body": (_endless, "answer-too-long"),
    "a bomb": (_bomb, "answer-too-long"),
    "entities that multiply": (_entities, "feed-unsafe"),
    "a feed that became a web page": (lambda _: web.Response(text=page(), content_type="text/html"), "not-feed"),
    "nothing at all": (lambda _: web.Response(text="", content_type="text/xml"), "not-feed"),
    "noise": (lambda _: web.Response(body=bytes(range(256)) * 40, content_type="text/xml"), "not-feed"),
    "a picture": (lambda _: web.Response(body=b"x", content_type="image/png"), "answer-not-text"),
    "missing": (lambda _: web.Response(status=404), "server-refused"),
    "gone": (lambda _: web.Response(status=410), "server-refused"),
    "broken": (lambda _: web.Response(status=500), "server-refused"),
    "in circles": (lambda r: web.Response(status=302, headers={"Location": r.path}), "too-many-redirects"),
    "inside": (lambda _: web.Response(status=301, headers={"Location": "http://10.0.0.1/"}), "private-network"),
}


@pytest.mark.parametrize(("answer", "key"), TROUBLE.values(), ids=TROUBLE.keys())
async def test_trouble_is_one_recorded_problem_and_stops_no_other(
    sources: Sources, site: Website, answer: Callable[[web.Request], web.StreamResponse], key: str
) -> None:
    site.pages["/bad"] = answer
    site.puts("/good", rss(1, newest=MORNING))
    await sources.add([site.url("/bad"), site.url("/good")], Kind.FEED)
    assert sorted(visited.new for visited in await sources.collect()) == [0, 1]
    bad, good = await sources.everything()
    assert bad.last_error
    assert bad.last_error.key == key
    assert bad.failures >= 1
    assert bad.next_visit > good.last_ok
    assert (good.failures, good.last_error) == (0, None)


async def test_a_wrong_charset_is_read_as_it_can_be(sources: Sources, site: Website, database: Database) -> None:
    text = rss(1, newest=MORNING).replace("pier on", "café pier on").replace('"1.0"', '"1.0" encoding="no-such"')
    await feed(sources, site.puts("/feed", text.encode("cp1252"), "text/xml; charset=utf-16"))
    (visited,) = await sources.collect()
    assert (visited.new, visited.error) == (1, None)
    assert "café" in (await rows(database, schema.articles))[0]["text"]


async def test_an_empty_feed_is_fine(sources: Sources, site: Website) -> None:
    await feed(sources, site.puts("/feed", rss()))
    (visited,) = await sources.collect()
    assert (visited.new, visited.error) == (0, None)
    assert (await only(sources)).last_ok == MORNING


async def test_a_dead_network_is_noted_and_got_over(sources: Sources, site: Website, clock: Clock) -> None:
    url = site.puts("/feed", rss(1, newest=MORNING))
    await feed(sources, url)
    port = await site.closes()
    (visited,) = await sources.collect()
    assert visited.error == Problem("connection-refused", {"host": "127.0.0.1"})
    assert (await only(sources)).next_visit == MORNING + EVERY
    clock.advance(minutes=15)
    async with website(port) as again:
        again.puts("/feed", rss(1, newest=MORNING))
        (visited,) = await sources.collect()
    assert (visited.new, visited.error) == (1, None)
    assert (await only(sources)).failures == 0


WAITS = {
    "seconds": ("7200", timedelta(hours=2)),
    "a date": (None, timedelta(hours=3)),
    "for ever": ("9" * 40, timedelta(days=7)),
    "sooner than we would": ("1", EVERY),
    "nonsense": ("soon", EVERY),
    "the past": ("Thu, 01 Jan 1970 00:00:00 GMT", EVERY),
}


@pytest.mark.parametrize(("said", "wait"), WAITS.values(), ids=WAITS.keys())
@pytest.mark.parametrize("status", [429, 503])
async def test_retry_after_is_honoured(
    sources: Sources, site: Website, status: int, said: str | None, wait: timedelta
) -> None:
    said = said or format_datetime(datetime.now(UTC) + timedelta(hours=3), usegmt=True)
    await feed(sources, site.puts("/feed", "", status=status, Retry_After=said))
    await sources.collect()
    assert abs((await only(sources)).next_visit - MORNING - wait) <= timedelta(seconds=30)


async def test_a_host_that_wants_rest_is_left_alone_by_its_other_sources(sources: Sources, site: Website) -> None:
    urls = [site.puts(f"/{n}", "", status=429, Retry_After="3600") for n in range(20)]
    await sources.add(urls, Kind.FEED)
    await sources.collect()
    assert len(site.asked) <= 2
    found = await sources.everything()
    assert all(source.next_visit == MORNING + timedelta(hours=1) for source in found)
    assert sum(source.failures for source in found) <= 2, "who was not asked has not failed"


async def test_what_a_server_calls_fresh_is_not_asked_again(sources: Sources, site: Website) -> None:
    stale = rss(*range(20), newest=MORNING, gap=0.02)
    await feed(sources, site.puts("/feed", stale, Cache_Control="public, max-age=7200"))
    await sources.collect()
    assert (await only(sources)).next_visit == MORNING + timedelta(hours=2)


async def test_what_is_gone_is_in_trouble_at_once_and_tried_in_a_week(sources: Sources, site: Website) -> None:
    await feed(sources, site.puts("/feed", "", status=410))
    await sources.collect()
    source = await only(sources)
    assert source.in_trouble
    assert source.next_visit == MORNING + timedelta(days=7)


async def test_the_owner_is_told_once_and_when_it_recovers(sources: Sources, site: Website, clock: Clock) -> None:
    heard = []
    await feed(sources, site.url("/feed"))
    for visit in range(9):
        if visit == 7:
            site.puts("/feed", rss(1, newest=MORNING))
        await sources.collect()
        clock.advance(days=1)
        news = await sources.untold()
        await sources.told(news)
        heard.append([source.in_trouble for source in news])
    assert heard == [[], [], [], [], [True], [], [], [False], []]


async def test_a_page_is_one_article_and_read_again_only_when_it_says_something_else(
    sources: Sources, site: Website, clock: Clock, database: Database
) -> None:
    await sources.add([site.puts("/page", page(), "text/html")], Kind.PAGE)
    for new, known in ((1, 0), (0, 1)):
        (visited,) = await sources.collect()
        assert (visited.new, visited.known, visited.error) == (new, known, None)
        clock.advance(days=2)
    assert await titles(database) == ["Port authority opens a new pier"]


async def test_a_visit_cut_off_is_made_again_and_finds_known_what_it_kept(
    sources: Sources, site: Website, clock: Clock, database: Database
) -> None:
    site.puts("/a", rss(2, 1, newest=MORNING))
    site.puts("/b", rss(4, 3, newest=MORNING))
    site.holds("/b")
    await sources.add([site.url("/a"), site.url("/b")], Kind.FEED)
    first = asyncio.create_task(sources.collect())
    async with asyncio.timeout(10):
        await site.arrived.wait()
        while len(await titles(database)) < 2:  # noqa: ASYNC110 - the store announces nothing
            await asyncio.sleep(0.01)
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    site.goes_on()
    clock.advance(minutes=6)
    await Sources(database, lines, clock, EVERY).collect()
    assert len(await titles(database)) == 4
    assert all(source.last_ok for source in await sources.everything())


async def test_two_that_look_at_once_do_not_visit_twice(sources: Sources, site: Website) -> None:
    await sources.add([site.puts(f"/{n}", rss(n, newest=MORNING)) for n in range(20)], Kind.FEED)
    await asyncio.gather(sources.collect(), sources.collect())
    assert sorted(site.paths()) == sorted(f"/{n}" for n in range(20))


async def test_one_host_is_asked_for_two_things_at_once_at_most(sources: Sources, site: Website) -> None:
    await sources.add([site.puts(f"/{n}", rss(n, newest=MORNING)) for n in range(12)], Kind.FEED)
    site.takes = 0.02
    assert len(await sources.collect()) == 12
    assert site.most_at_once == 2


async def test_who_stops_begins_no_more_visits(sources: Sources, site: Website) -> None:
    await feed(sources, site.puts("/feed", rss(1, newest=MORNING)))
    sources.stop()
    assert await sources.collect() == []
    assert site.asked == []
    assert (await only(sources)).next_visit == MORNING, "it is due at the next start"


async def test_a_source_removed_during_its_visit_leaves_nothing_behind(
    sources: Sources, site: Website, database: Database
) -> None:
    await feed(sources, site.puts("/feed", rss(1, newest=MORNING)))
    source = await only(sources)
    await sources.remove(str(source.id))
    seen = VisitResult(source.url, "", None, None, EVERY, MORNING, ["digest"])
    async with database.write() as connection:
        await shelf.note_success(connection, source, seen, MORNING)
        await shelf.note_failure(connection, source, stated("late"), 1, MORNING)
    assert await rows(database, schema.sources) == []
    assert await rows(database, schema.known_items) == []


async def test_a_bug_that_one_answer_finds_costs_no_other(
    sources: Sources, site: Website, database: Database, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    """A line that raises what no line should."""

    class Faulty(Fetcher):
        async def get(self, url: str, **marks: str | None):
            if url.endswith("/bad"):
                raise RuntimeError("a bug")
            return await super().get(url, **marks)

    site.puts("/good", rss(1, newest=MORNING))
    await sources.add([site.url("/bad"), site.url("/good")], Kind.FEED)
    with caplog.at_level(logging.CRITICAL):
        visited = await collect(database, lambda: Faulty(allow_hosts=HERE), clock, EVERY)
    assert sorted(one.new for one in visited) == [0, 1]
    assert (await sources.everything())[0].last_error == Problem("parser-broke", {"kind": "RuntimeError"})


async def test_what_left_a_feed_is_remembered_for_a_while(sources: Sources, site: Website, clock: Clock) -> None:
    await feed(sources, site.puts("/feed", rss(*range(40), newest=MORNING)))
    await sources.collect()
    clock.advance(days=1)
    site.puts("/feed", rss(41, newest=MORNING))
    await sources.collect()
    clock.advance(days=1)
    site.puts("/feed", rss(*range(40), newest=MORNING))
    (visited,) = await sources.collect()
    assert (visited.new, visited.known) == (0, 40)
