"""Grouping over many runs: the same stories as in one run, few reports in memory, and nothing lost in between."""

import asyncio
import contextlib
import dataclasses
import random
from collections import defaultdict
from datetime import UTC, datetime, timedelta

import pytest
from builders import topic
from fakes import MORNING, NEWS, in_line, keyed, report, rows
from sqlalchemy import insert, update

from briefings.model import Entry
from briefings.passes.enrich import enrich
from briefings.passes.grouping import BATCH, MOST_IN_MEMORY, REGROUPED_AT_ONCE, Grouping
from briefings.passes.ingest import ingest
from briefings.store import articles, removal, report_terms, stories
from briefings.store import topics as topics_of_store
from briefings.store.articles import Decided
from briefings.store.database import Database
from briefings.store.report_terms import StoredReport
from briefings.store.schema import articles as articles_table
from briefings.store.schema import report_terms as report_terms_table
from briefings.store.schema import stories as stories_table
from briefings.store.schema import term_reports, term_uses
from briefings.stories.keyed import NewArticle
from briefings.stories.packed import pack, unpack
from briefings.stories.pool import MOST_CANDIDATES
from briefings.stories.term_usage import period_of
from briefings.stories.terms import term_number, weigh_terms

DAY = timedelta(days=1)
LATER = MORNING + timedelta(hours=1)
TITLE, TEXT = NEWS["relos"]
ELSEWHERE = {
    "url": "https://other.example/relos",
    "title": "State Duma ratifies RELOS logistics pact between Russia and India",
    "text": "Russia's State Duma has ratified RELOS, a pact on logistics with India, on Tuesday. Vinay Kumar "
    "and Alexander Fomin signed the agreement in Moscow. Ships and aircraft of either country may then refuel.",
}
THIRD = {
    "url": "https://third.example/relos",
    "text": "The logistics agreement RELOS between Russia and India was ratified on Tuesday by the State Duma. With it "
    "ships may call at ports of the other and refuel. It was signed in Moscow by Fomin and Kumar on 18 February.",
}


def _reports(events, each, *, seed=1):
    """Return so many made-up events with so many reports of each, over two weeks, mixed as they would come.

    A report has eight of the twelve names of its event among words that many reports share.
    """
    draw = random.Random(seed)  # noqa: S311 an order, not a secret
    common = [f"common{number}" for number in range(60)]
    entries = []
    for event in range(events):
        names = [f"Name{event}x{number}" for number in range(12)]
        first = MORNING - timedelta(days=draw.uniform(0, 14))
        for number in range(each):
            own = draw.sample(names, 8)
            words = draw.sample([*own[3:], *draw.sample(common, 25)], 30)
            entries.append(
                Entry(
                    title=" ".join([*own[:3], *draw.sample(common, 3)]),
                    text=" ".join(words) + ".",
                    url=f"https://example.org/{event}/{number}",
                    published=first + timedelta(hours=draw.uniform(0, 30)),
                    source=f"Wire {number}",
                    language="en",
                )
            )
    draw.shuffle(entries)
    return entries


async def _run(database, entries, now=MORNING):
    await ingest(database, entries, now)
    return await enrich(database, now)


async def _partition(database):
    """Return the stories as sets of the addresses of their articles."""
    urls = defaultdict(set)
    async with database.read() as connection:
        for article in await articles.newest(connection, None):
            urls[article.story].add(article.url)
    return {frozenset(of_story) for of_story in urls.values()}


async def _story_of(database):
    async with database.read() as connection:
        return {article.url: article.story for article in await articles.newest(connection, None)}


# Run after run


@pytest.mark.parametrize("at_once", [7, 25])
async def test_many_small_runs_make_the_same_stories_as_one_run(database, tmp_path, at_once):
    entries = _reports(40, 5)
    for start in range(0, len(entries), at_once):
        await _run(database, entries[start : start + at_once])
    async with Database(f"sqlite:///{tmp_path}/at-once.db") as other:
        await _run(other, entries)
        expected = await _partition(other)
    ours = await _partition(database)
    assert len(expected) == 40
    assert len(ours & expected) >= 39


async def test_a_run_without_new_articles_reads_what_was_marked(database):
    await _run(database, [report("relos"), report("tejas")])
    async with database.write() as connection:
        await report_terms.mark_unread(connection, [1, 2])
    assert await enrich(database, LATER) == 0
    async with database.read() as connection:
        assert not await report_terms.is_any_unread(connection)
        assert len(await report_terms.by_ids(connection, [1, 2])) == 2


async def test_reports_that_are_read_again_are_measured_again(database):
    await _run(database, _reports(30, 5))
    before = await rows(database, report_terms_table)
    async with database.write() as connection:
        await report_terms.mark_unread(connection, [row["article_id"] for row in before])
    await enrich(database, LATER)
    after = await rows(database, report_terms_table)
    assert [row["article_id"] for row in after] == [row["article_id"] for row in before]
    assert [row["length"] for row in after] == pytest.approx([row["length"] for row in before], rel=0.25)
    crowds = [sum(row["crowd"] for row in measured) for measured in (before, after)]
    assert crowds[1] > crowds[0] / 2, "a new report near them has their crowds measured with all reports"


async def test_the_crowd_of_an_early_report_is_measured_again_when_many_more_came_and_one_joins_it(database):
    entries = sorted(_reports(80, 2), key=lambda entry: entry.url)
    early, late, others = entries[0], entries[1], entries[2::2]
    for batch in ([early], others[:40], others[40:], [late]):
        await _run(database, _today(batch))
    story_of = await _story_of(database)
    assert story_of[early.url] == story_of[late.url]
    crowds = [row["crowd"] for row in await rows(database, report_terms_table)]
    assert crowds[0] == pytest.approx(crowds[-1], rel=0.4)
    assert crowds[0] > 0.02


# Bounds


async def _store(database, entries, *, story=None):
    """Store these as ready reports that are to be measured, each in a story of its own unless `story` is given."""
    whens = [entry.published for entry in entries]
    described = [weigh_terms(entry.title, entry.text) for entry in entries]
    day = (MORNING - datetime(1970, 1, 1, tzinfo=UTC)) / DAY
    async with database.write() as connection:
        ids = [story] * len(entries) if story else await stories.start_all(connection, whens)
        new = [NewArticle(keyed(entry)) for entry in entries]
        numbers = await articles.keep(connection, new, MORNING)
        decided = [Decided(id, entry.title, own, {}) for id, entry, own in zip(numbers, entries, ids, strict=True)]
        await articles.make_ready(connection, decided, MORNING)
        reports = []
        for id, own, weight_of in zip(numbers, ids, described, strict=True):
            rarest = sorted(weight_of, key=lambda stem: stem.startswith("common"))
            terms = pack([term_number(stem) for stem in rarest], [weight_of[stem] for stem in rarest])
            reports.append(StoredReport(id, own, period_of(day), day, terms, min(32, len(rarest)), 1000.0, 0.0, 0))
        await report_terms.keep(connection, reports)
    return numbers


async def _prepared(database, entries, **options):
    """Return a grouping that is prepared for these new reports."""
    await ingest(database, entries, MORNING)
    grouping = Grouping(database, **options)
    async with database.read() as connection:
        raws = await articles.next_raw(connection, BATCH)
        await grouping.prepare(connection, raws)
    return grouping, raws


def _today(entries):
    return [dataclasses.replace(entry, published=MORNING) for entry in entries]


async def test_a_run_for_one_report_loads_no_more_the_more_unrelated_reports_are_stored(database):
    [*unrelated, new] = _today(_reports(3001, 1))
    loaded = []
    for start, end in ((0, 1000), (1000, 3000)):
        await _store(database, unrelated[start:end])
        grouping, [raw] = await _prepared(database, [new])
        loaded.append(grouping.in_memory)
    assert max(loaded) <= MOST_CANDIDATES
    assert loaded[1] <= loaded[0]
    assert grouping.place(raw) == -raw.id


async def test_a_run_loads_its_candidates_and_the_stories_near_them(database):
    unrelated = _today(entry for entry in _reports(1001, 1) if "/0/" not in entry.url)
    [new, *alike] = _today(entry for entry in _reports(1, 301, seed=2))
    await _store(database, unrelated)
    async with database.write() as connection:
        story = await stories.start(connection, MORNING)
    await _store(database, alike, story=story)
    grouping, [raw] = await _prepared(database, [new])
    assert len(alike) <= grouping.in_memory <= MOST_CANDIDATES + len(alike)
    assert grouping.place(raw) == story


async def test_a_term_that_finds_a_report_that_is_gone_finds_nothing(database):
    await _run(database, [report("relos"), report("tejas")])
    async with database.write() as connection:
        await removal.remove_articles(connection, [1], LATER)
        [near] = {row["period"] for row in await rows(database, term_reports)}
        stale = [{"period": near, "term": term_number(stem), "article_id": 1} for stem in weigh_terms(TITLE, TEXT)]
        await connection.execute(insert(term_reports), stale)
    followed = report("relos", url="https://other.example/", text=f"{TEXT} President Putin has to sign it.")
    await _run(database, [followed], LATER)
    story_of = await _story_of(database)
    assert story_of.keys() == {"https://example.org/tejas", "https://other.example/"}
    assert len(set(story_of.values())) == 2


async def test_reading_again_forgets_what_is_in_memory_when_that_is_much(database):
    await _run(database, _reports(60, 5))
    expected = await _partition(database)
    marked = [row["article_id"] for row in await rows(database, report_terms_table)]
    async with database.write() as connection:
        await report_terms.mark_unread(connection, marked)
    grouping = Grouping(database, most_in_memory=150)
    await grouping.read_unread()
    assert grouping.in_memory <= 150
    async with database.read() as connection:
        assert len(await report_terms.by_ids(connection, marked)) == 300
    assert await _partition(database) == expected


async def test_too_many_reports_in_memory_are_grouped_at_once_and_forgotten(database):
    grouping, raws = await _prepared(database, _reports(10, 5), most_in_memory=10)
    for raw in raws:
        grouping.place(raw)
    await grouping.regroup(MORNING, REGROUPED_AT_ONCE)
    assert grouping.in_memory == 0
    grouping, raws = await _prepared(database, [], most_in_memory=MOST_IN_MEMORY)
    for raw in raws:
        grouping.place(raw)
    await grouping.regroup(MORNING, REGROUPED_AT_ONCE)
    assert grouping.in_memory == 50, "few reports stay, and wait to be grouped again"


# Changes during a run


@contextlib.asynccontextmanager
async def _while_a_run_waits(database, now=LATER):
    """Start a run and give a connection in which to change things once it has read and is about to write."""
    async with database.write() as connection:
        run = asyncio.create_task(enrich(database, now))
        await in_line(database, 1)
        yield connection
    await run


async def _marked(database):
    """Store two reports that are to be read again, and return their ids."""
    await _run(database, [report("relos", by_hand=False), report("tejas", by_hand=False)])
    async with database.write() as connection:
        await report_terms.mark_unread(connection, [1, 2])
    return 1, 2


async def test_a_report_that_is_removed_while_it_is_read_again_stops_nobody(database):
    relos, tejas = await _marked(database)
    async with _while_a_run_waits(database) as connection:
        await removal.remove_articles(connection, [relos], LATER)
    assert [row["article_id"] for row in await rows(database, report_terms_table)] == [tejas]
    async with database.read() as connection:
        assert not await report_terms.is_any_unread(connection)


async def test_a_report_that_changes_while_it_is_read_again_is_read_once_more(database):
    relos, tejas = await _marked(database)
    async with _while_a_run_waits(database) as connection:
        await connection.execute(
            update(articles_table).where(articles_table.c.id == relos).values(text="An icebreaker sails.")
        )
        await report_terms.mark_unread(connection, [relos])
    async with database.read() as connection:
        stored = {each.id: set(unpack(each.terms)[0]) for each in await report_terms.by_ids(connection, [relos, tejas])}
    assert term_number("icebreaker") in stored[relos]
    assert term_number("airfield") not in stored[relos]
    assert term_number("nashik") in stored[tejas]


async def test_a_report_that_is_in_memory_and_is_replaced_during_the_run_is_placed_by_its_new_text(database):
    grouping, raws = await _prepared(database, [report("relos"), report("tejas")])
    for raw in raws:
        grouping.place(raw)
    async with database.write() as connection:
        decided = [Decided(raw.id, raw.title, await stories.start(connection, MORNING), {}) for raw in raws]
        await articles.make_ready(connection, decided, MORNING)
        await grouping.keep(connection, [raw.id for raw in raws])
    title, text = NEWS["arctic"]
    replaced = dataclasses.replace(raws[0], title=title, text=text)
    async with database.read() as connection:
        await grouping.prepare(connection, [replaced])
    assert grouping.place(replaced) == -replaced.id
    async with database.write() as connection:
        await grouping.keep(connection, [replaced.id])
        [stored] = await report_terms.by_ids(connection, [replaced.id])
    assert term_number("icebreaker") in unpack(stored.terms)[0]


async def test_a_report_whose_saving_was_put_off_stays_where_it_was_placed(database):
    grouping, raws = await _prepared(database, [report("relos"), report("tejas")])
    placed = [grouping.place(raw) for raw in raws]
    async with database.read() as connection:
        await grouping.prepare(connection, raws)
    assert grouping.in_memory == 2, "they will be grouped again, with what was placed before them"
    assert [grouping.place(raw) for raw in raws] == placed == [-1, -2]
    assert grouping.in_memory == 2


async def test_a_story_that_a_run_started_has_one_id_for_all_its_batches(database):
    grouping = Grouping(database)
    async with database.write() as connection:
        first = await grouping.story_ids(connection, {-1: MORNING, -2: MORNING})
        second = await grouping.story_ids(connection, {-2: MORNING, -3: MORNING, 1: MORNING})
    assert second[-2] == first[-2]
    assert len({first[-1], first[-2], second[-3]}) == 3
    assert second[1] == 1
    assert len(await rows(database, stories_table)) == 3


async def test_topics_that_change_during_a_run_leave_every_report_in_one_story(newsroom, database):
    entries = _reports(12, 5)
    await ingest(database, entries, MORNING)
    async with _while_a_run_waits(database) as connection:
        await topics_of_store.keep(connection, topic("name", "Name1x1"))
    assert len(await _partition(database)) == 12
    assert len(await rows(database, report_terms_table)) == 60


async def test_a_run_that_dies_before_grouping_again_leaves_reports_that_the_next_run_finds(database):
    entries = _reports(12, 5)
    grouping, raws = await _prepared(database, entries[:40])
    story_of = {raw.id: grouping.place(raw) for raw in raws}
    async with database.write() as connection:
        ids = await grouping.story_ids(connection, dict.fromkeys(story_of.values(), MORNING))
        decided = [Decided(raw.id, raw.title, ids[story_of[raw.id]], {}) for raw in raws]
        await articles.make_ready(connection, decided, MORNING)
        await grouping.keep(connection, [raw.id for raw in raws])
    await _run(database, entries[40:], LATER)
    assert len(await _partition(database)) == 12


async def test_the_placed_reports_are_grouped_again_in_between_when_they_are_enough(database):
    await _run(database, [report("relos"), report("relos", **ELSEWHERE)])
    async with database.write() as connection:
        apart = await stories.start(connection, MORNING)
        await articles.move(connection, {2: apart})
    grouping, [raw] = await _prepared(database, [report("relos", **THIRD)])
    story = grouping.place(raw)
    async with database.write() as connection:
        await articles.make_ready(connection, [Decided(raw.id, raw.title, story, {})], LATER)
        await grouping.keep(connection, [raw.id])
    await grouping.regroup(LATER, 2)
    assert len(await _partition(database)) == 2, "one report is not enough"
    await grouping.regroup(LATER, 1)
    assert len(await _partition(database)) == 1
    again = dataclasses.replace(raw, id=99, title=ELSEWHERE["title"], text=ELSEWHERE["text"])
    assert grouping.place(again) == story, "the reports in memory have moved too"
    async with database.write() as connection:
        await articles.move(connection, {2: apart})
    await grouping.regroup(LATER, 2)
    assert len(await _partition(database)) == 2, "one was placed since"


async def test_a_report_joins_a_story_that_was_started_and_grouped_again_in_the_same_run(database):
    grouping, [raw] = await _prepared(database, [report("relos")])
    async with database.write() as connection:
        [story] = (await grouping.story_ids(connection, {grouping.place(raw): MORNING})).values()
        await articles.make_ready(connection, [Decided(raw.id, raw.title, story, {})], MORNING)
        await grouping.keep(connection, [raw.id])
    await grouping.regroup(MORNING)
    assert grouping.place(dataclasses.replace(raw, id=99, title=ELSEWHERE["title"], text=ELSEWHERE["text"])) == story


async def test_two_processes_that_run_in_turn_find_each_others_reports(url):
    entries = _reports(20, 5)
    async with Database(url) as ours, Database(url) as theirs:
        for start in range(0, 100, 20):
            await _run((ours, theirs)[start // 20 % 2], entries[start : start + 20])
        assert len(await _partition(ours)) == 20


async def test_two_processes_at_once_store_and_count_every_report_once(url):
    async with Database(url) as ours, Database(url) as theirs:
        await ingest(ours, _reports(20, 5), MORNING)
        await asyncio.gather(enrich(ours, MORNING), enrich(theirs, MORNING))
        counted = [row["uses"] for row in await rows(ours, term_uses, term=report_terms.ALL_REPORTS)]
        assert sum(counted) == len(await rows(ours, report_terms_table)) == 100
        async with ours.write() as connection:
            await report_terms.mark_unread(connection, range(1, 101))
        await asyncio.gather(enrich(ours, LATER), enrich(theirs, LATER))
        counted = [row["uses"] for row in await rows(ours, term_uses, term=report_terms.ALL_REPORTS)]
        assert sum(counted) == len(await rows(ours, report_terms_table)) == 100
