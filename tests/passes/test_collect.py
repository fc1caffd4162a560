"""The collect pass over real HTTP and a real database: articles, remembered state, and the cost of trouble."""

from __future__ import annotations

import asyncio
import gzip
import logging
import sys
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from aiohttp import web
from fakes import MORNING, Clock, rows
from website import HERE, Website, demanding, page, rss, website

from briefings.adapters.fetch import Fetcher
from briefings.adapters.worker import Worker
from briefings.errors import Problem, stated
from briefings.newsroom.sources import Kind, Source, Sources
from briefings.passes.collect import collect
from briefings.sources.source import TROUBLE as TROUBLE_FAILURES
from briefings.store import removal, schema
from briefings.store import sources as shelf
from briefings.store.database import Database
from briefings.store.sources import VisitResult

EVERY = timedelta(minutes=15)


@pytest.fixture
async def site() -> AsyncIterator[Website]:
    async with website() as site:
        yield site


def fetcher() -> Fetcher:
    return Fetcher(allow_hosts=HERE, timeout=10)


@pytest.fixture
def sources(database: Database, clock: Clock, worker: Worker) -> Sources:
    return Sources(database, fetcher, clock, EVERY, worker)


async def only(sources: Sources) -> Source:
    (source,) = await sources.everything()
    return source


async def feed(sources: Sources, url: str) -> None:
    (result,) = await sources.add([url], Kind.FEED)
    assert result.reason is None


async def titles(database: Database) -> list[str]:
    return [row["title"] for row in await rows(database, schema.articles)]


async def test_the_items_of_a_due_feed_are_stored_once(
    sources: Sources, site: Website, database: Database, clock: Clock
) -> None:
    await feed(sources, site.puts("/feed", rss(2, 1, newest=MORNING)))
    (visit,) = await sources.collect()
    assert (visit.new, visit.known, visit.error) == (2, 0, None)
    assert await sources.collect() == [], "not due"
    clock.advance(days=1)
    site.puts("/feed", rss(3, 2, 1, newest=MORNING))
    (visit,) = await sources.collect()
    assert (visit.new, visit.known) == (1, 2)
    assert len(await titles(database)) == 3
    assert not any(row["by_hand"] for row in await rows(database, schema.articles))
    assert (await only(sources)).name == "Sample Wire"


def _one_item(outlet: str, title: str, text: str) -> str:
    item = f"<item><title>{title}</title><link>https://paper.example/1</link><description>{text}</description></item>"
    return f'<rss version="2.0"><channel><title>{outlet}</title>{item}</channel></rss>'


async def test_two_feeds_that_bring_one_address_keep_their_own_words(
    sources: Sources, site: Website, database: Database, clock: Clock
) -> None:
    """A blog links to a paper's report and comments on it; the report stays the paper's."""
    quay, concrete = "The third quay opened on Monday. " * 5, "Nobody asked for that concrete at all. " * 5
    await feed(sources, site.puts("/paper", _one_item("Aarhus Paper", "Quay opens", quay)))
    await feed(sources, site.puts("/blog", _one_item("Grumpy Blog", "Concrete", concrete)))
    for _ in range(2):
        await sources.collect(due_only=False)
        clock.advance(days=1)
    stored = {(row["source"], row["title"], row["text"][:9]) for row in await rows(database, schema.articles)}
    assert stored == {("Aarhus Paper", "Quay opens", "The third"), ("Grumpy Blog", "Concrete", "Nobody as")}


async def test_items_of_one_link_are_told_apart_by_their_guids(
    sources: Sources, site: Website, database: Database, clock: Clock
) -> None:
    def changes(*numbers: int) -> str:
        items = (
            f"<item><guid>change-{n}</guid><title>Change {n} of the plan</title><link>https://city.example/plan</link>"
            f"<description>Paragraph {n} of the plan was changed by the council on day {n}.</description></item>"
            for n in numbers
        )
        return f'<rss version="2.0"><channel><title>City</title>{"".join(items)}</channel></rss>'

    await feed(sources, site.puts("/feed", changes(*range(50))))
    for numbers in (range(50), range(3, 53)):
        site.puts("/feed", changes(*numbers))
        await sources.collect(due_only=False)
        clock.advance(days=1)
    stored = await rows(database, schema.articles)
    assert {row["title"] for row in stored} == {f"Change {n} of the plan" for n in range(53)}
    assert await rows(database, schema.article_versions) == []


async def test_a_removed_article_stays_out_though_its_feed_goes_on_to_state_it_otherwise(
    sources: Sources, site: Website, database: Database, clock: Clock
) -> None:
    await feed(sources, site.puts("/feed", rss(2, 1, newest=MORNING)))
    await sources.collect()
    async with database.write() as connection:
        await removal.remove_articles(connection, [1], clock())
    for body in (rss(2, 1, newest=MORNING), rss(2, 1, newest=MORNING).replace("on Tuesday", "on Wednesday")):
        clock.advance(days=1)
        site.puts("/feed", body)
        (visit,) = await sources.collect()
        assert visit.new == 0
    assert visit.refused == 1
    assert [row["id"] for row in await rows(database, schema.articles)] == [2]


async def test_an_unchanged_feed_is_not_sent_again(sources: Sources, site: Website, clock: Clock) -> None:
    stamp = format_datetime(MORNING, usegmt=True)
    await feed(sources, site.puts("/feed", rss(1, newest=MORNING), ETag='"a"', Last_Modified=stamp))
    await sources.collect()
    first = await only(sources)
    for _ in range(2):
        clock.advance(days=1)
        (visit,) = await sources.collect()
        assert (visit.new, visit.error) == (0, None)
        assert site.asked[-1].headers["If-None-Match"] == '"a"'
        assert site.asked[-1].headers["If-Modified-Since"] == stamp
    again = await only(sources)
    assert (again.etag, again.last_modified) == ('"a"', stamp), "a 304 need not repeat them"
    assert first.interval < again.interval
    clock.advance(days=1)
    site.puts("/feed", rss(2, 1, newest=MORNING), ETag='"b"')
    (visit,) = await sources.collect()
    assert (visit.new, visit.known) == (1, 1)


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
async def test_only_permanent_moves_are_remembered(
    sources: Sources, site: Website, moves: list[tuple[str, str, int]], remembered: str
) -> None:
    site.puts("/new", rss(1, newest=MORNING))
    for path, to, status in moves:
        site.moves(path, to, status)
    await feed(sources, site.url("/old"))
    await sources.collect()
    assert (await only(sources)).url == site.url(remembered)


async def test_a_move_to_a_page_that_is_no_feed_is_not_remembered(sources: Sources, site: Website) -> None:
    site.puts("/login", page(), "text/html")
    await feed(sources, site.moves("/old", "/login", 301))
    (visit,) = await sources.collect()
    assert visit.error
    assert (await only(sources)).url == site.url("/old")


def _saying_it_moved(to: str) -> str:
    itunes = 'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"'
    stated = f"<channel><itunes:new-feed-url>{to}</itunes:new-feed-url>"
    return rss(1, newest=MORNING).replace("<rss ", f"<rss {itunes} ", 1).replace("<channel>", stated, 1)


async def test_a_feed_that_says_it_has_moved_is_followed_once_it_is_there(
    sources: Sources, site: Website, clock: Clock
) -> None:
    await feed(sources, site.puts("/old", _saying_it_moved(site.url("/new"))))
    (visit,) = await sources.collect()
    assert (visit.new, visit.error, (await only(sources)).url) == (1, None, site.url("/old")), "nothing is there yet"
    site.puts("/new", rss(2, 1, newest=MORNING))
    clock.advance(days=2)
    (visit,) = await sources.collect()
    assert (visit.new, visit.known, (await only(sources)).url) == (1, 1, site.url("/new"))
    clock.advance(days=2)
    await sources.collect()
    assert site.paths()[-1] == "/new"


async def test_a_move_to_the_address_of_another_source_keeps_both(sources: Sources, site: Website) -> None:
    site.puts("/new", rss(1, newest=MORNING))
    site.moves("/old", "/new", 301)
    await sources.add([site.url("/new"), site.url("/old")], Kind.FEED)
    assert [visit.error for visit in await sources.collect()] == [None, None]
    assert [source.url for source in await sources.everything()] == [site.url("/new"), site.url("/old")]


def _endless(request: web.Request) -> web.StreamResponse:
    return web.Response(body=b"<rss>" + b"x" * 21_000_000, content_type="text/xml")


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
    assert sorted(visit.new for visit in await sources.collect()) == [0, 1]
    bad, good = await sources.everything()
    assert bad.last_error
    assert bad.last_error.key == key
    assert bad.failures >= 1
    assert bad.next_visit > good.last_ok
    assert (good.failures, good.last_error) == (0, None)


async def test_a_feed_with_a_wrong_charset_is_still_read(sources: Sources, site: Website, database: Database) -> None:
    text = rss(1, newest=MORNING).replace("pier on", "café pier on").replace('"1.0"', '"1.0" encoding="no-such"')
    await feed(sources, site.puts("/feed", text.encode("cp1252"), "text/xml; charset=utf-16"))
    (visit,) = await sources.collect()
    assert (visit.new, visit.error) == (1, None)
    assert "café" in (await rows(database, schema.articles))[0]["text"]


async def test_the_charset_of_the_header_reads_feeds_and_pages_that_name_none(
    sources: Sources, site: Website, database: Database
) -> None:
    words = "Парламент одобрил новый причал для фрегатов во вторник. "
    item = f"<item><guid>1</guid><title>Причал</title><description>{words}</description></item>"
    feed_text = f"<rss version='2.0'><channel><title>Вестник</title>{item}</channel></rss>"
    await feed(sources, site.puts("/feed", feed_text.encode("koi8-r"), "application/octet-stream; charset=koi8-r"))
    page_text = page("Верфь открыта", text=words * 4)
    address = site.puts("/page", page_text.encode("cp1251"), "text/html; charset=windows-1251")
    await sources.add([address], Kind.PAGE)
    assert [visit.new for visit in await sources.collect()] == [1, 1]
    assert sorted(await titles(database)) == ["Верфь открыта", "Причал"]
    assert {source.name for source in await sources.everything()} == {"Вестник", "Верфь открыта"}


async def test_an_empty_feed_is_no_failure(sources: Sources, site: Website) -> None:
    await feed(sources, site.puts("/feed", rss()))
    (visit,) = await sources.collect()
    assert (visit.new, visit.error) == (0, None)
    assert (await only(sources)).last_ok == MORNING


async def test_a_dead_network_is_noted_and_the_next_visit_works(sources: Sources, site: Website, clock: Clock) -> None:
    url = site.puts("/feed", rss(1, newest=MORNING))
    await feed(sources, url)
    port = await site.closes()
    (visit,) = await sources.collect()
    assert visit.error == Problem("connection-refused", {"host": "127.0.0.1"})
    assert (await only(sources)).next_visit == MORNING + EVERY
    clock.advance(minutes=15)
    async with website(port) as again:
        again.puts("/feed", rss(1, newest=MORNING))
        (visit,) = await sources.collect()
    assert (visit.new, visit.error) == (1, None)
    assert (await only(sources)).failures == 0


WAITS = {
    "seconds": ("7200", timedelta(hours=2)),
    "a date": (None, timedelta(hours=3)),
    "for ever": ("9" * 40, timedelta(days=7)),
    "sooner than we would": ("1", EVERY),
    "nonsense": ("soon", EVERY),
    "the past": ("Thu, 01 Jan 1970 00:00:00 GMT", EVERY),
}


@pytest.mark.parametrize(("retry_after", "wait"), WAITS.values(), ids=WAITS.keys())
@pytest.mark.parametrize("status", [429, 503])
async def test_no_visit_comes_before_retry_after(
    sources: Sources, site: Website, status: int, retry_after: str | None, wait: timedelta
) -> None:
    retry_after = retry_after or format_datetime(datetime.now(UTC) + timedelta(hours=3), usegmt=True)
    await feed(sources, site.puts("/feed", "", status=status, Retry_After=retry_after))
    await sources.collect()
    assert abs((await only(sources)).next_visit - MORNING - wait) <= timedelta(seconds=30)


async def test_a_host_that_wants_rest_is_left_alone_by_its_other_sources(sources: Sources, site: Website) -> None:
    urls = [site.puts(f"/{n}", "", status=429, Retry_After="3600") for n in range(20)]
    await sources.add(urls, Kind.FEED)
    await sources.collect()
    assert len(site.asked) <= 2
    rested = await sources.everything()
    assert all(source.next_visit == MORNING + timedelta(hours=1) for source in rested)
    assert sum(source.failures for source in rested) <= 2, "a source that was not asked has not failed"


async def test_no_visit_comes_before_the_max_age_is_over(sources: Sources, site: Website) -> None:
    frequent = rss(*range(20), newest=MORNING, gap=0.02)
    await feed(sources, site.puts("/feed", frequent, Cache_Control="public, max-age=7200"))
    await sources.collect()
    assert (await only(sources)).next_visit == MORNING + timedelta(hours=2)


async def test_a_gone_source_is_in_trouble_at_once_and_tried_in_a_week(sources: Sources, site: Website) -> None:
    await feed(sources, site.puts("/feed", "", status=410))
    await sources.collect()
    source = await only(sources)
    assert source.in_trouble
    assert source.next_visit == MORNING + timedelta(days=7)


async def test_the_owner_is_told_once_of_trouble_and_once_of_recovery(
    sources: Sources, site: Website, clock: Clock
) -> None:
    reported = []
    await feed(sources, site.url("/feed"))
    for day in range(9):
        if day == 7:
            site.puts("/feed", rss(1, newest=MORNING))
        await sources.collect()
        clock.advance(days=1)
        news = await sources.untold()
        await sources.note_told(news)
        reported.append([source.in_trouble for source in news])
    assert reported == [[], [], [], [], [True], [], [], [False], []]


WALL = "<html><title>Just a moment...</title><body><h1>Verify you are human</h1><script>window._cf_chl_opt={}</script>"


@pytest.mark.parametrize("kind", [Kind.PAGE, Kind.FEED])
async def test_a_source_that_shows_only_walls_is_in_trouble_and_its_owner_is_told_why(
    sources: Sources, site: Website, clock: Clock, database: Database, kind: Kind
) -> None:
    await sources.add([site.puts("/wall", WALL, "text/html")], kind)
    told: list[Source] = []
    for _ in range(TROUBLE_FAILURES):
        assert told == []
        (visit,) = await sources.collect()
        assert visit.error == Problem("page-wall", {"kind": "robots"})
        clock.advance(days=1)
        told = await sources.untold()
    (source,) = told
    assert (source.in_trouble, source.last_error) == (True, Problem("page-wall", {"kind": "robots"}))
    assert await titles(database) == []


async def test_an_item_that_is_only_a_wall_is_refused(sources: Sources, site: Website, database: Database) -> None:
    walls = (
        "Подтвердите, что вы не робот.",
        "Bitte aktivieren Sie JavaScript, um fortzufahren.",
        "请先登录后阅读全文。",
    )
    items = "".join(
        f"<item><guid>{n}</guid><title>N{n}</title><description>{text}</description></item>"
        for n, text in enumerate((*walls, "Die Fähre fährt ab Samstag wieder zu den Inseln, sagte der Hafen."))
    )
    await feed(sources, site.puts("/feed", f"<rss version='2.0'><channel><title>T</title>{items}</channel></rss>"))
    (visit,) = await sources.collect()
    assert (visit.new, visit.refused, visit.error) == (1, 3, None)
    assert await titles(database) == ["N3"]


async def test_a_page_is_one_article_and_unchanged_it_is_known(
    sources: Sources, site: Website, clock: Clock, database: Database
) -> None:
    await sources.add([site.puts("/page", page(), "text/html")], Kind.PAGE)
    for new, known in ((1, 0), (0, 1)):
        (visit,) = await sources.collect()
        assert (visit.new, visit.known, visit.error) == (new, known, None)
        clock.advance(days=2)
    assert await titles(database) == ["Port authority opens a new pier"]


async def test_a_visit_that_was_cut_off_is_made_again_and_stores_nothing_twice(
    sources: Sources, site: Website, clock: Clock, database: Database, worker: Worker
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
    await Sources(database, fetcher, clock, EVERY, worker).collect()
    assert len(await titles(database)) == 4
    assert all(source.last_ok for source in await sources.everything())


async def test_two_rounds_at_once_visit_each_source_once(sources: Sources, site: Website) -> None:
    await sources.add([site.puts(f"/{n}", rss(n, newest=MORNING)) for n in range(20)], Kind.FEED)
    await asyncio.gather(sources.collect(), sources.collect())
    assert sorted(site.paths()) == sorted(f"/{n}" for n in range(20))


async def test_one_host_gets_at_most_two_requests_at_once(sources: Sources, site: Website) -> None:
    await sources.add([site.puts(f"/{n}", rss(n, newest=MORNING)) for n in range(12)], Kind.FEED)
    site.takes = 0.02
    assert len(await sources.collect()) == 12
    assert site.most_at_once == 2


async def test_a_stopped_round_begins_no_visit(sources: Sources, site: Website) -> None:
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


async def test_a_bug_in_one_visit_costs_no_other(
    sources: Sources, site: Website, database: Database, clock: Clock, caplog: pytest.LogCaptureFixture, worker: Worker
) -> None:
    class FaultyFetcher(Fetcher):
        async def get(self, url: str, **marks: str | None):
            if url.endswith("/bad"):
                raise RuntimeError("a bug")
            return await super().get(url, **marks)

    site.puts("/good", rss(1, newest=MORNING))
    await sources.add([site.url("/bad"), site.url("/good")], Kind.FEED)
    with caplog.at_level(logging.CRITICAL):
        visits = await collect(database, lambda: FaultyFetcher(allow_hosts=HERE), worker, clock, EVERY)
    assert sorted(visit.new for visit in visits) == [0, 1]
    assert (await sources.everything())[0].last_error == Problem("parser-broke", {"kind": "RuntimeError"})


async def test_a_feed_that_takes_too_long_is_trouble_of_its_source_alone(
    database: Database, site: Website, clock: Clock
) -> None:
    site.puts("/bad", demanding(MORNING))
    site.puts("/good", rss(1, newest=MORNING))
    async with Worker(cpu_seconds=1) as worker:
        sources = Sources(database, fetcher, clock, EVERY, worker)
        await sources.add([site.url("/bad"), site.url("/good")], Kind.FEED)
        visits = {visit.source.url: visit for visit in await sources.collect()}
    assert visits[site.url("/good")].new == 1
    bad, good = await sources.everything()
    assert bad.last_error == visits[bad.url].error == Problem("parser-too-slow", {"seconds": 1})
    assert (bad.failures, good.failures, good.last_error) == (1, 0, None)


async def test_a_worker_that_cannot_start_is_no_failure_of_the_source(
    sources: Sources, site: Website, database: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await feed(sources, site.puts("/feed", rss(2, 1, newest=MORNING)))
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    (visit,) = await sources.collect()
    assert visit.error == Problem("worker-not-started", {"cause": "no such file or directory"})
    assert ((await only(sources)).failures, (await only(sources)).last_error) == (0, None)
    monkeypatch.undo()
    clock.now += EVERY
    await sources.collect()
    assert len(await titles(database)) == 2


async def test_items_that_left_a_feed_are_remembered_for_a_while(sources: Sources, site: Website, clock: Clock) -> None:
    await feed(sources, site.puts("/feed", rss(*range(40), newest=MORNING)))
    await sources.collect()
    clock.advance(days=1)
    site.puts("/feed", rss(41, newest=MORNING))
    await sources.collect()
    clock.advance(days=1)
    site.puts("/feed", rss(*range(40), newest=MORNING))
    (visit,) = await sources.collect()
    assert (visit.new, visit.known) == (0, 40)


async def test_trouble_with_the_database_is_no_failure_of_the_source(
    sources: Sources, site: Website, database: Database, clock: Clock
) -> None:
    await feed(sources, site.puts("/feed", rss(2, 1)))
    async with database.write() as connection:
        await connection.exec_driver_sql("ALTER TABLE known_items RENAME TO away")
    await sources.collect()
    async with database.write() as connection:
        await connection.exec_driver_sql("ALTER TABLE away RENAME TO known_items")
    assert ((await only(sources)).failures, (await only(sources)).last_error) == (0, None)
    clock.now += EVERY
    await sources.collect()
    assert len(await titles(database)) == 2
