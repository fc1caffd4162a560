"""The door to the sources: adding, importing and exporting lists, removing, looking."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from fakes import MORNING, Clock, rows
from hypothesis import given
from hypothesis import strategies as st
from website import HERE, Website, demanding, page, rss, website

from briefings.adapters.fetch import Fetcher
from briefings.adapters.worker import Worker
from briefings.errors import BadInput, BriefingsError, Problem
from briefings.newsroom.sources import Kind, Sources, look
from briefings.parse.page import feed_links
from briefings.store import schema
from briefings.store.database import Database


@pytest.fixture
async def site() -> AsyncIterator[Website]:
    async with website() as site:
        yield site


@pytest.fixture
def sources(database: Database, clock: Clock, worker: Worker) -> Sources:
    return Sources(database, lambda: Fetcher(allow_hosts=HERE), clock, timedelta(minutes=15), worker)


def offers(*links: str, kind: str = "application/rss+xml") -> str:
    return page(head="".join(f'<link rel="alternate" type="{kind}" href="{link}">' for link in links))


async def test_a_feed_is_recognised_and_added_once(sources: Sources, site: Website) -> None:
    (result,) = await sources.add([site.puts("/feed", rss(1, newest=MORNING))])
    assert (result.kind, result.title, result.known) == (Kind.FEED, "Sample Wire", False)
    (again,) = await sources.add([site.url("/feed#top")])
    assert (again.id, again.known) == (result.id, True)


@pytest.mark.parametrize("link", ["/feed", "feed", "../feed#x", "//{host}/feed"])
async def test_a_page_that_offers_a_feed_is_added_by_that_feed(sources: Sources, site: Website, link: str) -> None:
    site.puts("/feed", rss(1, newest=MORNING))
    host = site.url("/").split("/")[2]
    (result,) = await sources.add([site.puts("/", offers(link.format(host=host)), "text/html")])
    assert (result.kind, result.address.split("#")[0]) == (Kind.FEED, site.url("/feed"))


async def test_a_feed_that_cannot_be_fetched_is_passed_over_for_the_next(sources: Sources, site: Website) -> None:
    site.puts("/feed", rss(1, newest=MORNING))
    links = ("/nope", "http://10.0.0.1/feed", "/feed")
    (result,) = await sources.add([site.puts("/", offers(*links), "text/html")])
    assert (result.kind, result.address) == (Kind.FEED, site.url("/feed"))


async def test_a_page_without_a_feed_is_added_as_a_page(sources: Sources, site: Website) -> None:
    (result,) = await sources.add([site.puts("/", page(), "text/html")])
    assert (result.kind, result.address) == (Kind.PAGE, site.url("/"))


async def test_a_permanently_moved_feed_is_added_at_its_new_address(sources: Sources, site: Website) -> None:
    site.puts("/new", rss(1, newest=MORNING))
    (result,) = await sources.add([site.moves("/old", "/new", 301)])
    assert result.address == site.url("/new")


async def test_an_unusable_address_is_named_and_stops_no_other(sources: Sources, site: Website, tmp_path: Path) -> None:
    good = site.puts("/feed", rss(1, newest=MORNING))
    wanted = [site.url("/nope"), "nonsense", "http://10.0.0.1/", "a\0b", "x" * 5000, str(tmp_path), good]
    results = await sources.add(wanted)
    assert [bool(result.reason) for result in results] == [True] * 5 + [False] * 2
    assert results[0].reason == Problem("server-refused", {"host": "127.0.0.1", "status": 404})


async def test_a_source_of_a_given_kind_is_added_without_a_request(sources: Sources, site: Website) -> None:
    (result,) = await sources.add([site.url("/later")], Kind.FEED)
    assert (result.kind, site.asked) == (Kind.FEED, [])
    (result,) = await sources.add(["/no/such/folder"], Kind.FOLDER)
    assert result.reason == Problem("no-such-folder")


LIST = """<opml version="2.0"><body><outline text="News">
<outline type="rss" text="One" xmlUrl="https://example.org/one"/>
<outline type="rss" text="Two" xmlUrl="feed://example.org/two"/>
<outline type="rss" text="Bad" xmlUrl="javascript:1"/>
</outline><outline type="rss" text="One again" xmlUrl="https://example.org/one#x"/></body></opml>"""


async def test_an_imported_list_is_exported_the_same(sources: Sources, database: Database) -> None:
    results = await sources.import_opml(LIST.encode())
    assert [(result.title, result.known, result.reason) for result in results] == [
        ("One", False, None),
        ("Two", False, None),
        ("One again", True, None),
        ("Bad", False, Problem("not-web-address")),
    ]
    exported = await sources.export_opml()
    for source in await sources.everything():
        assert await sources.remove(str(source.id))
    assert await rows(database, schema.sources) == []
    await sources.import_opml(exported)
    assert [(source.title, source.url) for source in await sources.everything()] == [
        ("One", "https://example.org/one"),
        ("Two", "http://example.org/two"),
    ]
    assert await sources.export_opml() == exported, "folders come back too"


async def test_data_that_is_no_list_changes_nothing(sources: Sources) -> None:
    with pytest.raises(BadInput):
        await sources.import_opml(b"no list")
    assert await sources.everything() == []


async def test_a_source_is_removed_by_number_or_address(sources: Sources, tmp_path: Path) -> None:
    await sources.add(["https://example.org/a", "https://example.org/b"], Kind.FEED)
    await sources.add([str(tmp_path)])
    for which in ("https://EXAMPLE.org/a", "2", str(tmp_path)):
        assert await sources.remove(which)
    assert await sources.remove("2") is None
    assert await sources.remove("\0") is None
    assert await sources.everything() == []


async def test_an_address_whose_document_takes_too_long_is_named_with_that_reason(
    database: Database, clock: Clock, site: Website
) -> None:
    slow = site.puts("/slow", demanding(MORNING))
    async with Worker(cpu_seconds=3) as worker:
        sources = Sources(database, lambda: Fetcher(allow_hosts=HERE), clock, timedelta(minutes=15), worker)
        (result, other) = await sources.add([slow, site.puts("/feed", rss(1, newest=MORNING))])
    assert result.reason == Problem("parser-too-slow", {"seconds": 3})
    assert other.reason is None


async def test_looking_at_an_address_or_a_file_stores_nothing(site: Website, tmp_path: Path) -> None:
    (tmp_path / "feed.xml").write_text(rss(2, 1, newest=MORNING))
    (tmp_path / "none.xml").write_text("nothing")
    async with Fetcher(allow_hosts=HERE) as fetcher:
        discovery = await look(fetcher, str(tmp_path / "feed.xml"))
        assert [item.entry.title for item in discovery.feed.items if item.entry] == [
            "Harbour 2 opens its new pier",
            "Harbour 1 opens its new pier",
        ]
        site.puts("/feed", rss(1, newest=MORNING))
        assert len((await look(fetcher, site.puts("/", offers("/feed"), "text/html"))).feed.items) == 1
        for missing in (str(tmp_path / "none.xml"), str(tmp_path / "no.xml"), str(tmp_path), "a\0b", site.url("/x")):
            with pytest.raises(BriefingsError):
                await look(fetcher, missing)


LINKS = {
    "relative": (offers("/feed"), ["https://example.org/feed"]),
    "by its base": (offers("feed").replace("<head>", '<head><base href="/deep/">'), ["https://example.org/deep/feed"]),
    "atom": (offers("/a", kind="application/atom+xml; charset=utf-8"), ["https://example.org/a"]),
    "twice": (offers("/a", "/a"), ["https://example.org/a"]),
    "a language": (offers("/de", kind="text/html"), []),
    "a script": (offers("javascript:alert(1)"), []),
    "no address": (offers("http://[::1"), []),
    "a style sheet": (offers("/a").replace("alternate", "stylesheet"), []),
    "a bad base": (offers("/feed").replace("<head>", '<head><base href="http://[">'), []),
}


@pytest.mark.parametrize(("html", "links"), LINKS.values(), ids=LINKS.keys())
def test_the_feeds_that_a_page_offers_are_returned(html: str, links: list[str]) -> None:
    assert feed_links(html.encode(), "https://example.org/") == links


@given(st.binary() | st.text().map(str.encode) | st.lists(st.sampled_from(
    ["<link ", "rel=alternate ", "type=application/rss+xml ", "href=", "'", '"', "//[", "<base ", ">", "x", "\0"])
).map(lambda parts: "".join(parts).encode()))  # fmt: skip
def test_any_bytes_give_a_list_of_feeds(data: bytes) -> None:
    feed_links(data, "https://example.org/")


VISITS = {
    "waiting": (timedelta(hours=-1), timedelta(hours=-1)),
    "soon": (timedelta(minutes=30), timedelta()),
    "later": (timedelta(hours=3), timedelta(hours=2)),
    "in-a-year": (timedelta(days=365), timedelta(days=7)),
}


@pytest.mark.parametrize(("before", "after"), VISITS.values(), ids=VISITS.keys())
async def test_visits_are_brought_forward_when_the_clock_was_set_back(
    sources: Sources, database: Database, clock: Clock, before: timedelta, after: timedelta
) -> None:
    await sources.add(["https://example.org/feed"], Kind.FEED)
    async with database.write() as connection:
        await connection.execute(schema.sources.update().values(next_visit=clock() + before))
    await sources.follow_clock_back(timedelta(hours=1))
    [source] = await sources.everything()
    assert source.next_visit == clock() + after


async def test_an_outline_without_an_address_is_named(sources: Sources) -> None:
    opml = """<opml><body><outline text="News"><outline type="rss" text="Lost paper"/>
    <outline type="rss" text="Empty" xmlUrl=""/><outline type="rss" text="Good" xmlUrl="https://good.example/rss"/>
    </outline></body></opml>"""
    good, *refused = await sources.import_opml(opml.encode())
    assert (good.title, good.reason) == ("Good", None)
    assert [(result.address, result.reason) for result in refused] == [
        ("Lost paper", Problem("feed-without-address")),
        ("Empty", Problem("feed-without-address")),
    ]


@pytest.mark.parametrize("address", ["news.example.com", "example.com/rss?x=1", " Example.COM:8080/feed "])
async def test_an_address_without_a_scheme_gets_one(sources: Sources, address: str) -> None:
    (result,) = await sources.add([address], Kind.FEED)
    assert result.address.startswith("https://")
    assert await sources.remove(address)


async def test_a_source_has_the_outlet_and_the_owner_that_the_operator_names(
    sources: Sources, site: Website, database: Database
) -> None:
    url = site.puts("/feed", rss(1, newest=MORNING))
    await sources.add([url], Kind.FEED)
    (again,) = await sources.add([url], Kind.FEED, outlet="Reuters", owner="Thomson Reuters")
    await sources.collect()
    assert again.known
    [article] = await rows(database, schema.articles)
    assert (article["source"], article["owner"]) == ("Reuters", "Thomson Reuters")
