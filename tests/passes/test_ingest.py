"""Storing entries: each once, copies under their original, and one bad entry stops no other."""

import asyncio
import dataclasses
import json
import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fakes import MORNING, report, rows
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from briefings.model import Entry
from briefings.passes.enrich import enrich
from briefings.passes.ingest import BATCH, IngestResult, ingest
from briefings.store.database import Database
from briefings.store.schema import article_sketches, article_versions, articles

LATER = MORNING + timedelta(hours=1)

SAME_ADDRESS = {
    "the-same": "https://example.org/relos",
    "tracking": "https://example.org/relos?utm_source=telegram&fbclid=1",
    "fragment": "https://example.org/relos#comments",
    "http": "http://www.example.org/relos/",
    "capitals": "HTTPS://EXAMPLE.ORG/relos",
}


@pytest.mark.parametrize("address", SAME_ADDRESS.values(), ids=SAME_ADDRESS.keys())
async def test_an_address_is_stored_once_however_it_is_spelled(database, address):
    [first] = await ingest(database, [report("relos")], MORNING)
    [again] = await ingest(database, [report("relos", url=address, title="Cut", text="The State Duma on…")], LATER)
    assert again == IngestResult(first.article, known=True)
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
    originals = {row["id"]: row["copy_of"] for row in await rows(database, articles)}
    assert originals == {first.article: None, copy.article: first.article, another.article: first.article}


async def test_the_same_text_without_an_address_is_known(database):
    [first] = await ingest(database, [report("relos")], MORNING)
    assert await ingest(database, [report("relos", url=None)], LATER) == [IngestResult(first.article, known=True)]


async def test_other_typography_and_blanks_make_no_new_text(database):
    plain, typeset = "“It’s done,” he said — at last.", '"It\'s  done," he said - at last.'
    [first] = await ingest(database, [report("relos", url=None, text=plain)], MORNING)
    [again] = await ingest(database, [report("relos", url=None, text=typeset)], MORNING)
    assert again == IngestResult(first.article, known=True)


async def test_an_entry_twice_in_one_batch_is_stored_once(database):
    first, again = await ingest(database, [report("relos"), report("relos")], MORNING)
    assert (first.known, again) == (False, IngestResult(first.article, known=True))


async def test_an_address_that_leads_nowhere_is_left_out(database):
    first, second = await ingest(
        database, [report("relos", url="javascript:alert(1)"), report("tejas", url="javascript:alert(1)")], MORNING
    )
    assert not first.known
    assert not second.known
    assert [row["url"] for row in await rows(database, articles)] == [None, None]


async def test_more_than_a_batch_is_stored_in_order(database):
    entries = [report("relos", url=f"https://example.org/{n}", text=f"Text number {n}.") for n in range(BATCH + 5)]
    results = await ingest(database, entries, MORNING)
    assert [result.article for result in results] == sorted(result.article for result in results)
    assert [row["url"] for row in await rows(database, articles)] == [entry.url for entry in entries]


async def test_a_new_article_is_not_ready(database):
    await ingest(database, [report("relos")], MORNING)
    [article] = await rows(database, articles)
    assert (article["ready"], article["story_id"]) == (None, None)


async def test_two_processes_store_the_same_entries_once(url):
    entries = [report("relos", url=f"https://example.org/{n}", text=f"Text number {n}.") for n in range(30)]
    async with Database(url) as ours, Database(url) as theirs:
        results = await asyncio.gather(ingest(ours, entries, MORNING), ingest(theirs, entries, MORNING))
        assert [result.article for result in results[0]] == [result.article for result in results[1]]
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
    added = await newsroom.editing.add([report("tejas"), report("relos", **bad), report("arctic")])
    assert [result.status for result in added][::2] == ["stored", "stored"]
    assert added[1].status in ("stored", "rejected")
    assert added[1].status == "stored" or added[1].reason
    titles = {article.title for article in await newsroom.editing.articles()}
    assert {report("tejas").title, report("arctic").title} <= titles


async def test_the_address_that_is_shown_is_the_one_the_source_gave(newsroom):
    """The canonical address is only a key (`urls.py`), because some sites do not answer without their `www.`."""
    given = "http://www.example.org/News/relos/?id=7"
    [added] = await newsroom.editing.add([report("relos", url=given)])
    assert added.article.url == given


# Copies

COPIES = json.loads((Path(__file__).parents[1] / "data" / "copies.json").read_text())
GRID = COPIES["reports"]["grid"]


def _grid(*instead, **changes):
    """The report on the grid, or these paragraphs and numbers of its own."""
    text = "\n\n".join(part if isinstance(part, str) else GRID["text"][part] for part in instead or range(5))
    return Entry(**{"title": GRID["title"], "text": text, "source": "Plain Renderer", "published": MORNING} | changes)


async def _copies(database):
    return [row["copy_of"] for row in await rows(database, articles)]


@pytest.mark.parametrize("together", [True, False], ids=["in-one-batch", "later"])
async def test_a_text_with_light_edits_at_another_address_is_a_copy(database, together):
    wire = _grid(url="https://plain.example/1")
    paper = _grid(
        0, 1, 2, 3, "Our desk in the north adds nothing.", title="Dark valleys", url="https://b.example/x", source="B"
    )
    if together:
        await ingest(database, [wire, paper], MORNING)
    else:
        await ingest(database, [wire], MORNING)
        await ingest(database, [paper], LATER)
    [original, copy] = await rows(database, articles)
    assert (original["copy_of"], copy["copy_of"]) == (None, original["id"])


async def test_ten_papers_print_one_report_and_it_counts_once(newsroom):
    papers = [
        _grid(0, 1, 2, 3, 4, f"Printed in the paper of {town}.", url=f"https://{town}.example/a", source=f"{town} Post")
        for town in "vik sollen orla karst selby norvell aldhaven estmark lund haug".split()
    ]
    first, *others = await newsroom.editing.add([_grid(url="https://plain.example/1"), *papers])
    assert {result.article.copy_of for result in others} == {first.article.id}
    [story] = await newsroom.editing.stories()
    assert story.outlets == ("Plain Renderer",)


async def test_a_copy_of_a_copy_is_a_copy_of_the_original(database):
    near = _grid(0, 1, 2, 3, url="https://b.example/x", source="B")
    await ingest(database, [_grid(url="https://plain.example/1"), near], MORNING)
    await ingest(database, [dataclasses.replace(near, url="https://c.example/y", source="C")], LATER)
    assert await _copies(database) == [None, 1, 1]


@pytest.mark.parametrize(
    ("days", "copy_of"), [(0, 1), (7, 1), (8, None), (-7, 1), (-8, None)], ids=lambda value: str(value)
)
async def test_copies_are_searched_within_a_week(database, days, copy_of):
    later = _grid(0, 1, 2, 3, url="https://b.example/x", source="B", published=MORNING + timedelta(days=days))
    await ingest(database, [_grid(url="https://plain.example/1"), later], MORNING)
    assert await _copies(database) == [None, copy_of]


async def test_notices_that_differ_in_their_numbers_are_no_copies(database):
    pattern = COPIES["reports"]["weather"]["text"][0]
    notices = [
        _grid(pattern.replace("17", str(degrees)), url=f"https://coast.example/{degrees}", title="Forecast")
        for degrees in range(10, 30)
    ]
    await ingest(database, notices, MORNING)
    assert set(await _copies(database)) == {None}


async def test_a_nearly_known_text_without_an_address_is_stored_as_a_copy(database):
    await ingest(database, [_grid(url="https://plain.example/1"), _grid(0, 1, 2, 3, source="B")], MORNING)
    assert await _copies(database) == [None, 1]


async def test_only_originals_have_sketches(database):
    await ingest(database, [_grid(url="https://plain.example/1"), _grid(0, 1, 2, 3, source="B")], MORNING)
    assert {row["article_id"] for row in await rows(database, article_sketches)} == {1}


ENTRIES = st.builds(
    Entry,
    title=st.sampled_from(["Dark valleys", "Other", "\ud800", ""]) | st.text(max_size=20),
    text=st.sampled_from(["\n\n".join(GRID["text"]), "\n\n".join(GRID["text"][:4]), "Short text.", "403 Forbidden", ""])
    | st.text(max_size=60),
    url=st.none() | st.sampled_from(["https://a.example/1", "http://www.a.example/1/", "https://b.example/2", "no"]),
    published=st.none() | st.datetimes(timezones=st.just(UTC) | st.none()),
    source=st.none() | st.sampled_from(["A", "B"]),
)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(batches=st.lists(st.lists(ENTRIES, max_size=6), max_size=3))
def test_every_title_and_text_of_an_article_stays_stored(migrated, batches):
    """Every title and text an article ever had is in it or in its versions; copies name originals."""

    async def run():
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "x.db"
            shutil.copy(migrated, path)
            async with Database(f"sqlite:///{path}") as database:
                earlier = set()
                for batch in batches:
                    results = await ingest(database, batch, MORNING)
                    assert len(results) == len(batch)
                    assert all((result.article is None) == bool(result.reason) for result in results)
                    await enrich(database, MORNING)
                    stored = await rows(database, articles)
                    now = {(row["id"], row["title"], row["text"]) for row in stored}
                    then = {
                        (row["article_id"], row["title"], row["text"]) for row in await rows(database, article_versions)
                    }
                    assert earlier <= now | then
                    earlier |= now
                    originals = {row["id"] for row in stored if row["copy_of"] is None}
                    assert {row["copy_of"] for row in stored} <= originals | {None}

    asyncio.run(run())


async def test_nul_is_left_out_of_every_text(database):
    nul = {"title": "Russian\0 pact", "source": "Wi\0re", "summary": "A\0", "author": "\0Jane", "language": "e\0n"}
    entry = report("relos", url="https://example.org/\0a", text=report("relos").text + "\0", **nul)
    [result] = await ingest(database, [entry], MORNING)
    [article] = await rows(database, articles, id=result.article)
    assert not any("\0" in value for value in article.values() if isinstance(value, str))
    texts = [article[name] for name in ("title", "source", "author", "language", "url")]
    assert texts == ["Russian pact", "Wire", "Jane", "en", "https://example.org/a"]


async def test_half_a_character_in_an_author_is_refused(database):
    [result] = await ingest(database, [report("relos", author="Jane \ud800")], MORNING)
    assert result.article is None
