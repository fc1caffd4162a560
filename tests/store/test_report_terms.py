"""The stored terms of reports: which are read again, which reports are found by theirs, and which are not any more."""

import contextlib
import dataclasses
import sqlite3
from datetime import timedelta

import pytest
from fakes import MORNING, NEWS, report, rows
from older import back_to

from briefings.passes.enrich import enrich
from briefings.passes.ingest import ingest
from briefings.passes.revise import drop_shared_text
from briefings.store import articles, recognition, removal, report_terms
from briefings.store.database import Database
from briefings.store.recognition import TakenOver
from briefings.store.report_terms import ALL_REPORTS, StoredReport
from briefings.store.schema import report_terms as report_terms_table
from briefings.store.schema import term_reports, term_uses
from briefings.stories.packed import pack, unpack
from briefings.stories.term_usage import period_of
from briefings.stories.terms import term_number

TITLE, TEXT = NEWS["relos"]
DAY = 20_426.0
LATER = MORNING + timedelta(hours=1)
ELSEWHERE = "https://other.example/relos"


async def made_ready(database, *entries, now=MORNING):
    """Store these entries and make them ready. Returns their ids in the order of storing."""
    await ingest(database, entries, now)
    await enrich(database, now)
    async with database.read() as connection:
        return [article.id for article in reversed(await articles.newest(connection, None))]


async def unread(database):
    async with database.read() as connection:
        return [beginning.id for beginning in await report_terms.unread(connection, 1000)]


async def terms_of(database, id):
    """Return the numbers of the stored terms of a report; None if it has none."""
    async with database.read() as connection:
        return next((set(unpack(stored.terms)[0]) for stored in await report_terms.by_ids(connection, [id])), None)


async def found(database, word):
    """Return the readable reports of all periods that are found by this word, which is its own stem."""
    async with database.read() as connection:
        ids = [
            id
            for period in {row["period"] for row in await rows(database, report_terms_table)}
            for _, id in await report_terms.users(connection, period, [term_number(word)])
        ]
        return [stored.id for stored in await report_terms.by_ids(connection, ids)]


async def counts(database):
    """Return how many reports use each term, over all periods."""
    return {row["term"]: row["uses"] for row in await rows(database, term_uses) if row["uses"]}


# Stored and found


def stored(id, *terms, telling=2, day=DAY):
    packed = pack(terms, [1.5] * len(terms))
    return StoredReport(id, 0, period_of(day), day, packed, telling, length=3.0, crowd=0.1, measured=9)


@pytest.fixture
async def two_ready(database):
    """Two ready articles whose terms are forgotten, and their ids."""
    ids = await made_ready(database, report("relos"), report("tejas"))
    async with database.write() as connection:
        for table in (report_terms_table, term_reports, term_uses):
            await connection.execute(table.delete())
    return ids


async def test_a_report_is_found_by_its_telling_terms_in_its_own_period(database, two_ready):
    first, second = two_ready
    async with database.write() as connection:
        await report_terms.keep(connection, [stored(first, 5, 6, 7), stored(second, 5, 8, 9, day=DAY + 8)])
    period = period_of(DAY)
    async with database.read() as connection:
        assert await report_terms.users(connection, period, [5, 6, 7]) == [(5, first), (6, first)]
        assert await report_terms.users(connection, period + 1, [5, 9]) == [(5, second)]
        [read] = await report_terms.by_ids(connection, [first, 12_345])
    assert dataclasses.replace(read, story=0) == stored(first, 5, 6, 7)


async def test_terms_are_counted_by_period_with_the_number_of_all_reports(database, two_ready):
    first, second = two_ready
    async with database.write() as connection:
        await report_terms.keep(connection, [stored(first, 5, 6, 7)])
        await report_terms.keep(connection, [stored(second, 5, 8)])
    async with database.read() as connection:
        asked = [5, 6, 8, 99, ALL_REPORTS]
        assert await report_terms.uses(connection, period_of(DAY), asked) == {5: 2, 6: 1, 8: 1, ALL_REPORTS: 2}
        assert await report_terms.uses(connection, period_of(DAY) + 1, asked) == {}


async def test_a_report_without_terms_is_stored_as_read_and_counted(database, two_ready):
    async with database.write() as connection:
        await report_terms.keep(connection, [stored(two_ready[0], telling=0)])
        await report_terms.keep(connection, [])
    assert await terms_of(database, two_ready[0]) == set()
    assert await counts(database) == {ALL_REPORTS: 1}


async def test_more_terms_are_asked_for_than_a_statement_takes(database, two_ready):
    terms = range(2000)
    async with database.write() as connection:
        await report_terms.keep(connection, [stored(two_ready[0], *terms, telling=2000)])
    async with database.read() as connection:
        assert len(await report_terms.uses(connection, period_of(DAY), terms)) == 2000
        assert len(await report_terms.users(connection, period_of(DAY), terms)) == 2000


async def test_the_reports_of_stories_are_read_in_the_periods_asked_for(database, two_ready):
    first, second = two_ready
    async with database.write() as connection:
        await report_terms.keep(connection, [stored(first, 5), stored(second, 5, day=DAY + 8)])
        story_of = await articles.stories_of(connection, two_ready)
    both, period = sorted(story_of.values()), period_of(DAY)
    async with database.read() as connection:
        near = await report_terms.of_stories(connection, both, period, period)
        assert [(each.id, each.story) for each in near] == [(first, story_of[first])]
        everything = await report_terms.of_stories(connection, both, period - 1, period + 1)
        assert sorted(each.id for each in everything) == two_ready
        assert await report_terms.of_stories(connection, [story_of[second]], period, period) == []


async def test_a_new_measure_replaces_the_old_one_and_the_terms_stay(database, two_ready):
    first, second = two_ready
    async with database.write() as connection:
        await report_terms.keep(connection, [stored(first, 5), stored(second, 6)])
        await report_terms.note_measures(connection, [(first, 4.25, 0.125, 70)])
        await report_terms.note_measures(connection, [])
    async with database.read() as connection:
        reports = {report.id: report for report in await report_terms.by_ids(connection, two_ready)}
    measured, as_before = reports[first], reports[second]
    expected = dataclasses.replace(stored(first, 5), story=measured.story, length=4.25, crowd=0.125, measured=70)
    assert measured == expected
    assert (as_before.length, as_before.measured) == (3.0, 9)


# Reports that are read again, and those that are not found any more


async def test_ready_reports_are_read_and_copies_and_attached_ones_have_no_terms(database):
    original, copy = await made_ready(database, report("relos"), report("relos", url=ELSEWHERE, source="Other Wire"))
    assert await terms_of(database, original)
    assert await terms_of(database, copy) is None
    assert await unread(database) == []


async def test_a_revised_report_is_read_again_and_found_by_its_new_words_alone(database):
    feed = {"by_hand": False}
    [id] = await made_ready(database, report("relos", **feed))
    assert await found(database, "airfield") == [id]
    await ingest(database, [report("relos", **feed, text=TEXT.replace("airfields", "dockyards"))], LATER)
    assert await unread(database) == [id]
    assert await found(database, "relo") == await found(database, "airfield") == [], "not until it is read"
    await enrich(database, LATER)
    assert await unread(database) == []
    assert await found(database, "dockyard") == [id]
    assert term_number("airfield") not in await terms_of(database, id)


async def test_a_replaced_report_is_not_found_until_it_is_ready_again(database):
    feed = {"by_hand": False}
    [id] = await made_ready(database, report("relos", **feed))
    title, text = NEWS["tejas"]
    await ingest(database, [report("relos", **feed, title=title, text=text)], LATER)
    assert await unread(database) == []
    assert await terms_of(database, id) is None
    await enrich(database, LATER)
    assert await found(database, "teja") == [id]
    assert term_number("relo") not in await terms_of(database, id)


async def test_a_report_whose_shared_text_is_dropped_is_read_again(database):
    [id] = await made_ready(database, report("relos"))
    async with database.write() as connection:
        await drop_shared_text(connection, [id], LATER)
    assert await unread(database) == [id]
    await enrich(database, LATER)
    terms = await terms_of(database, id)
    assert term_number("pact") in terms, "of the title"
    assert term_number("airfield") not in terms, "of the text"


async def test_a_removed_report_takes_its_terms_with_it_and_is_not_found(database):
    ids = await made_ready(database, report("relos"), report("tejas"))
    assert await found(database, "airfield") == ids[:1]
    async with database.write() as connection:
        await removal.remove_articles(connection, ids[:1], LATER)
    assert [row["article_id"] for row in await rows(database, report_terms_table)] == ids[1:]
    assert {row["article_id"] for row in await rows(database, term_reports)} == set(ids[1:])
    assert await unread(database) == []


async def test_a_copy_is_read_when_its_original_is_removed(database):
    original, copy, other_copy = await made_ready(
        database, *(report("relos", url=f"https://{n}.example/relos", source=f"Wire {n}") for n in range(3))
    )
    async with database.write() as connection:
        await removal.remove_articles(connection, [original], LATER)
    assert await unread(database) == [copy]
    await enrich(database, LATER)
    assert await found(database, "airfield") == [copy]
    assert await terms_of(database, other_copy) is None


async def test_a_report_that_becomes_attached_is_forgotten_and_read_when_it_is_free_again(database):
    old, main = await made_ready(database, report("relos"), report("tejas"))
    async with database.write() as connection:
        await recognition.take_over(connection, TakenOver(old=old, main=main, is_copy=False))
    assert await terms_of(database, old) is None
    assert await unread(database) == []
    async with database.write() as connection:
        await removal.remove_articles(connection, [main], LATER)
    assert await unread(database) == [old]


async def test_articles_that_are_not_ready_are_not_marked(database):
    await ingest(database, [report("relos")], MORNING)
    async with database.write() as connection:
        await report_terms.mark_unread(connection, [1, 99])
        assert not await report_terms.is_any_unread(connection)


async def test_no_more_unread_reports_are_read_than_asked_for_in_the_order_of_storing(database):
    ids = await made_ready(database, *map(report, NEWS))
    async with database.write() as connection:
        await report_terms.mark_unread(connection, reversed(ids))
        assert await report_terms.is_any_unread(connection)
        assert [beginning.id for beginning in await report_terms.unread(connection, 2)] == ids[:2]


@pytest.mark.parametrize("event", ["again", "revised", "removed"])
async def test_a_report_that_was_read_twice_or_went_is_counted_once_or_not_at_all(database, event):
    feed = {"by_hand": False}
    ids = await made_ready(database, report("relos", **feed), report("tejas", **feed))
    before = await counts(database)
    async with database.write() as connection:
        if event == "again":
            await report_terms.mark_unread(connection, ids)
        elif event == "removed":
            await removal.remove_articles(connection, ids[:1], LATER)
    if event == "revised":
        await ingest(database, [report("relos", **feed, text=TEXT.replace("airfields", "dockyards"))], LATER)
    await enrich(database, LATER)
    after = await counts(database)
    if event == "again":
        assert after == before
    else:
        assert (before[term_number("airfield")], after.get(term_number("airfield"), 0)) == (1, 0)
        assert after[ALL_REPORTS] == (2 if event == "revised" else 1)


# An older newsroom


async def test_the_recent_reports_of_an_older_newsroom_are_read_and_found_after_the_migration(file_url):
    old = MORNING - timedelta(days=60)
    async with Database(file_url) as database:
        await made_ready(database, report("taiwan", published=old), now=old)
        ids = await made_ready(
            database, report("relos"), report("relos", url=ELSEWHERE, source="Other Wire"), report("tejas")
        )
    with contextlib.closing(sqlite3.connect(file_url.removeprefix("sqlite:///"))) as file:
        file.executescript(back_to("0014"))
    async with Database(file_url) as database:
        _, relos, copy, tejas = ids
        assert await unread(database) == [relos, tejas], "neither the old one nor the copy"
        followed = report("relos", url="https://third.example/", text=f"{TEXT} President Putin has to sign it.")
        await made_ready(database, followed, now=LATER)
        assert await unread(database) == []
        async with database.read() as connection:
            story_of = {article.id: article.story for article in await articles.newest(connection, None)}
        assert story_of[max(story_of)] == story_of[relos] == story_of[copy] != story_of[tejas]


async def test_reports_stored_before_words_of_every_script_were_known_are_read_again(file_url):
    async with Database(file_url) as database:
        [id] = await made_ready(database, report("relos"))
        before = await terms_of(database, id)
    with contextlib.closing(sqlite3.connect(file_url.removeprefix("sqlite:///"))) as file:
        file.executescript(back_to("0017"))
    async with Database(file_url) as database:
        assert await unread(database) == [id]
        assert await rows(database, term_uses) == await rows(database, term_reports) == []
        await enrich(database, LATER)
        assert await terms_of(database, id) == before
