"""Keeping what comes in: once each, the first time, and one bad entry stops no other."""

import asyncio
from datetime import datetime, timedelta

import pytest
from fakes import MORNING, report, rows

from briefings.ingest import BATCH, Kept, ingest
from briefings.store.database import Database
from briefings.store.schema import articles

LATER = MORNING + timedelta(hours=1)

SAME_ADDRESS = {
    "the-same": "https://example.org/relos",
    "tracking": "https://example.org/relos?utm_source=telegram&fbclid=1",
    "fragment": "https://example.org/relos#comments",
    "http": "http://www.example.org/relos/",
    "capitals": "HTTPS://EXAMPLE.ORG/relos",
}


@pytest.mark.parametrize("address", SAME_ADDRESS.values(), ids=SAME_ADDRESS.keys())
async def test_the_same_address_is_kept_once_the_first_time(database, address):
    [first] = await ingest(database, [report("relos")], MORNING)
    [again] = await ingest(database, [report("relos", url=address, title="Cut", text="The State Duma on…")], LATER)
    assert again == Kept(first.article, known=True)
    [article] = await rows(database, articles)
    assert (article["title"], article["added"]) == (report("relos").title, MORNING)


OTHER_ADDRESS = {
    "path": "https://example.org/relos2",
    "query": "https://example.org/relos?id=2",
    "host": "https://a.org",
}


@pytest.mark.parametrize("address", OTHER_ADDRESS.values(), ids=OTHER_ADDRESS.keys())
async def test_the_same_text_at_another_address_is_a_copy_of_the_first(database, address):
    first, copy, another = await ingest(
        database, [report("relos"), report("relos", url=address), report("relos", url="https://third.example")], MORNING
    )
    assert not copy.known
    kept = {row["id"]: row["copy_of"] for row in await rows(database, articles)}
    assert kept == {first.article: None, copy.article: first.article, another.article: first.article}


async def test_the_same_text_without_an_address_is_known(database):
    [first] = await ingest(database, [report("relos")], MORNING)
    assert await ingest(database, [report("relos", url=None)], LATER) == [Kept(first.article, known=True)]


async def test_typography_and_blanks_make_no_new_text(database):
    plain, typeset = "“It’s done,” he said — at last.", '"It\'s  done," he said - at last.'
    [first] = await ingest(database, [report("relos", url=None, text=plain)], MORNING)
    [again] = await ingest(database, [report("relos", url=None, text=typeset)], MORNING)
    assert again == Kept(first.article, known=True)


async def test_the_same_twice_in_one_batch_is_kept_once(database):
    first, again = await ingest(database, [report("relos"), report("relos")], MORNING)
    assert (first.known, again) == (False, Kept(first.article, known=True))


async def test_an_address_that_is_none_is_no_address(database):
    first, second = await ingest(
        database, [report("relos", url="javascript:alert(1)"), report("tejas", url="javascript:alert(1)")], MORNING
    )
    assert not first.known
    assert not second.known
    assert [row["url"] for row in await rows(database, articles)] == [None, None]


async def test_more_than_a_batch_is_kept_in_order(database):
    entries = [report("relos", url=f"https://example.org/{n}", text=f"Text number {n}.") for n in range(BATCH + 5)]
    kept = await ingest(database, entries, MORNING)
    assert [one.article for one in kept] == sorted(one.article for one in kept)
    assert [row["url"] for row in await rows(database, articles)] == [entry.url for entry in entries]


async def test_what_is_kept_is_not_ready_to_be_told(database):
    await ingest(database, [report("relos")], MORNING)
    [article] = await rows(database, articles)
    assert (article["ready"], article["story_id"]) == (None, None)


async def test_two_processes_keep_the_same_entries_once(url):
    entries = [report("relos", url=f"https://example.org/{n}", text=f"Text number {n}.") for n in range(30)]
    async with Database(url) as ours, Database(url) as theirs:
        kept = await asyncio.gather(ingest(ours, entries, MORNING), ingest(theirs, entries, MORNING))
        assert [one.article for one in kept[0]] == [one.article for one in kept[1]]
        assert len(await rows(ours, articles)) == 30


BAD = {
    "half-a-character": {"text": "A \ud800 text."},
    "half-a-character-in-the-title": {"title": "A \udfff title"},
    "half-a-character-in-the-address": {"url": "https://example.org/\ud800"},
    "a-date-without-a-zone": {"published": datetime(2025, 12, 4)},  # noqa: DTZ001 - the point
    "the-first-day": {"published": MORNING.replace(year=1, month=1, day=1)},
    "the-last-day": {"published": MORNING.replace(year=9999, month=12, day=31)},
    "nul": {"text": "A\x00text", "title": "\x00"},
}


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD.keys())
async def test_one_bad_entry_stops_no_other(newsroom, bad):
    added = await newsroom.add([report("tejas"), report("relos", **bad), report("arctic")])
    assert [one.status for one in added][::2] == ["stored", "stored"]
    assert added[1].status in ("stored", "rejected")
    assert added[1].status == "stored" or added[1].reason
    told = {article.title for article in await newsroom.articles()}
    assert {report("tejas").title, report("arctic").title} <= told


async def test_the_address_that_is_shown_is_the_one_the_source_gave(newsroom):
    """The canonical address is only a key (`identity.py`): not every site answers without its `www.`."""
    given = "http://www.example.org/News/relos/?id=7"
    [added] = await newsroom.add([report("relos", url=given)])
    assert added.article.url == given
