"""What an edition left out competes in the next, once told it is told, and readers share editions by what they know."""

from __future__ import annotations

from datetime import timedelta

import pytest
from fakes import MORNING, join, rows

from briefings.editions.memory import FRESH_FOR, by_story
from briefings.editions.model import DeliveryState
from briefings.errors import stated
from briefings.model import Entry, Rhythm
from briefings.passes.edition_cache import LONGEST_WINDOW, MARK_MARGIN, NEWS_WINDOW, earliest_news
from briefings.passes.publish import print_due, publish
from briefings.store import articles, editions, memories, outbox, stories, subscribers, undelivered
from briefings.store.outbox import Result
from briefings.store.schema import deliveries
from briefings.store.schema import editions as editions_table
from briefings.store.schema import memories as memories_table
from briefings.store.schema import subscribers as readers_table

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PLACES = (
    "Oslo Lima Cairo Quito Hanoi Accra Riga Doha Tunis Sofia Dakar Minsk Lagos Paris Delhi Kabul Seoul Bern Porto "
    "Turin Milan Genoa Basel Ghent"
).split()


def news(*places, at=MORNING - HOUR, source="Post"):
    """A report on a harbour of each of these places, each a story of its own, more than one edition holds."""
    return [
        Entry(
            f"{place} opens harbour number {1000 + 7 * n} after {place} council vote",
            f"The council of {place} opened harbour number {1000 + 7 * n} on Tuesday after a vote of {20 + n} to {n}, "
            f"with a speech by the mayor, music of {place} and {30 + n} ships from all over the sea of {place}. "
            f"Mayor Ada {place}son said that {place} had waited {n + 3} years for it. "
            f"Work on the quays of {place} cost {40 + 3 * n} million euros.",
            f"https://example.org/{place}/{source}",
            at - timedelta(minutes=n),
            f"{place} {source}",
            "en",
        )
        for n, place in enumerate(PLACES)
        if place in places
    ]


async def printed_for(database, address="1"):
    """The editions that were queued for a reader, oldest first."""
    [reader] = await rows(database, readers_table, address=address)
    numbers = [row["edition_id"] for row in await rows(database, deliveries, subscriber_id=reader["id"])]
    async with database.read() as connection:
        by_id = await editions.by_ids(connection, numbers)
    return [by_id[number] for number in numbers]


async def memory_of(database, address="1"):
    async with database.read() as connection:
        reader = await subscribers.find(connection, address)
        return by_story(await memories.load(connection, reader.memory_id))


async def edition_at(database, renderer, clock, *, day, hour=7, minute=30):
    await publish(database, renderer, clock.at(hour, minute, day=day))
    return (await printed_for(database))[-1]


@pytest.fixture
async def first(newsroom, database):
    """The first edition of reader 1, which left stories out."""
    await newsroom.editing.add(news(*PLACES))
    await newsroom.readers.subscribe("1")
    [edition] = await printed_for(database)
    assert 3 < len(edition.left) < len(PLACES) - 3
    return edition


# Carrying on


async def test_stories_left_out_of_an_edition_come_in_the_next_as_new_and_only_once(first, database, renderer, clock):
    second = await edition_at(database, renderer, clock, day=4)
    third = await edition_at(database, renderer, clock, day=5)
    told = [*first.stories, *second.stories, *third.stories]
    assert len(set(told)) == len(told)
    assert set(told) == {*first.stories, *first.left}, "three editions hold all of it"
    assert all(reason.mood == "new" for reason in (*second.why, *third.why))


async def test_a_story_left_out_for_two_days_is_told_no_more(first, newsroom, database, renderer, clock):
    assert (await memory_of(database))[first.left[-1]].last > MORNING - 2 * HOUR
    clock.now = MORNING + FRESH_FOR
    await publish(database, renderer, clock.now)
    await publish(database, renderer, clock.at(7, 30, day=6))
    told = {story for edition in await printed_for(database) for story in edition.stories}
    assert not set(first.left) <= told


async def test_a_left_story_that_grows_is_new_and_not_updated(first, newsroom, database, renderer, clock):
    async with database.read() as connection:
        [untold] = await stories.by_ids(connection, [first.left[0]])
    place = untold.title.split()[0]
    clock.advance(minutes=10)
    await newsroom.editing.add(news(place, at=clock.now, source="Times"))
    second = await edition_at(database, renderer, clock, day=4)
    moods = dict(zip(second.stories, (reason.mood for reason in second.why), strict=True))
    assert moods[untold.id] == "new"


async def test_editions_are_stored_with_the_reports_that_they_quote(first, database):
    async with database.read() as connection:
        assert await articles.stories_of(connection, first.reports) == dict(
            zip(first.reports, first.stories, strict=True)
        )
    remembered = await memory_of(database)
    assert [remembered[story].report for story in first.stories] == list(first.reports)
    assert {remembered[story].report for story in first.left} == {None}
    assert by_story(first.memory) == remembered


# Stories that are grouped anew


async def test_a_told_story_that_was_merged_into_one_left_out_is_not_new(first, database, renderer, clock):
    told, untold = first.stories[0], first.left[0]
    async with database.write() as connection:
        await articles.move(connection, {first.reports[0]: untold})
    second = await edition_at(database, renderer, clock, day=4)
    third = await edition_at(database, renderer, clock, day=5)
    assert {told, untold}.isdisjoint((*second.stories, *third.stories))


# Sharing


async def test_readers_who_began_at_different_minutes_share_an_edition_after_a_few_days(
    newsroom, database, renderer, clock
):
    await newsroom.editing.add(news(*PLACES[:12]))
    await newsroom.readers.subscribe("1")
    clock.advance(minutes=40)
    await newsroom.editing.add(news(*PLACES[12:], at=clock.now))
    await newsroom.readers.subscribe("2")
    for day in (4, 5, 6, 7):
        await publish(database, renderer, clock.at(7, 30, day=day))
    ours, theirs = await printed_for(database, "1"), await printed_for(database, "2")
    assert ours[1].id != theirs[1].id
    assert ours[-1].id == theirs[-1].id
    assert (await memory_of(database, "1")) == (await memory_of(database, "2"))


async def test_equal_memories_are_stored_once(newsroom, database, renderer, clock):
    await newsroom.editing.add(news(*PLACES))
    for address in "123":
        await newsroom.readers.subscribe(address)
    assert len({row["memory_id"] for row in await rows(database, readers_table)}) == 1
    assert len(await rows(database, memories_table)) == 1


async def test_readers_with_one_mark_and_different_memories_get_editions_of_their_own(
    first, newsroom, database, renderer, clock
):
    await join(database, "2", at=MORNING)
    [one] = await rows(database, readers_table, address="1")
    async with database.write() as connection:
        there = readers_table.c.address == "2"
        await connection.execute(readers_table.update().where(there).values(mark=one["mark"], memory_id=None))
    await publish(database, renderer, clock.at(7, 30))
    assert len(await rows(database, editions_table, kind="scheduled")) == 2
    assert (await printed_for(database, "1"))[-1].stories
    assert (await printed_for(database, "2"))[-1].stories == ()


async def test_a_crash_between_printing_and_the_fan_out_moves_mark_and_memory_together(
    first, database, renderer, clock
):
    before = await memory_of(database)
    await print_due(database, renderer, clock.at(7, 30))
    assert await memory_of(database) == before
    await publish(database, renderer, clock.advance(minutes=1))
    second = (await printed_for(database))[-1]
    assert await memory_of(database) == by_story(second.memory) != before
    [reader] = await rows(database, readers_table, address="1")
    assert reader["mark"] == second.told_until


# Editions that could not be delivered


async def refuse(database, clock, cursor):
    """Close reader 1's second edition as failed once so many of its blocks arrived."""
    async with database.write() as connection:
        claims = await outbox.claim(connection, clock.now, limit=10, token="t", until=clock.now + HOUR)
        [told] = claims
        await outbox.record(connection, [Result(told.delivery, "t", DeliveryState.DELIVERED, 9, 1, clock.now)])
        [claim] = await outbox.claim(connection, clock.now, limit=10, token="t", until=clock.now + HOUR)
        await connection.execute(deliveries.update().where(deliveries.c.id == claim.delivery).values(cursor=cursor))
        assert await undelivered.give_up(connection, claim, stated("no rights"))


@pytest.mark.parametrize("arrived", [0, 2])
async def test_after_a_refused_edition_the_next_tells_what_did_not_arrive_and_nothing_twice(
    first, database, renderer, clock, arrived
):
    refused = await edition_at(database, renderer, clock, day=4)
    await refuse(database, clock, cursor=arrived and arrived + 1)
    following = [await edition_at(database, renderer, clock, day=day) for day in (5,)]
    told = [*first.stories, *refused.stories[:arrived], *(story for each in following for story in each.stories)]
    assert len(set(told)) == len(told)
    assert set(refused.stories[arrived:]) <= set(told)


# Editions that are printed again


async def test_readers_of_an_edition_that_was_printed_again_remember_that_one(
    first, newsroom, database, renderer, clock
):
    old = await edition_at(database, renderer, clock, day=4)
    clock.advance(minutes=5)
    await newsroom.editing.remove_articles([old.reports[0]])
    again = (await printed_for(database))[-1]
    assert again.id != old.id
    assert old.stories[0] not in again.stories
    assert await memory_of(database) == by_story(again.memory)
    following = await edition_at(database, renderer, clock, day=5)
    assert set(again.stories).isdisjoint(following.stories)


async def test_an_edition_printed_again_keeps_its_readers_among_those_of_the_next_that_is_printed_already(
    first, newsroom, database, renderer, clock
):
    old = await edition_at(database, renderer, clock, day=4)
    await print_due(database, renderer, clock.at(7, 30, day=5))
    await newsroom.editing.remove_articles([old.reports[0]])
    await publish(database, renderer, clock.now)
    slots = [row["slot"] for row in await rows(database, deliveries) if row["slot"]]
    assert slots == ["2025-12-04 07:30", "2025-12-05 07:30"]


# How far back news goes

NOW = MORNING
WINDOWS = {
    "new-reader": (None, NEWS_WINDOW),
    "daily": (DAY, NEWS_WINDOW),
    "weekly": (7 * DAY, 7 * DAY + MARK_MARGIN),
    "weekly-after-one-missed": (14 * DAY, 14 * DAY + MARK_MARGIN),
    "back-after-a-year": (365 * DAY, LONGEST_WINDOW),
}


@pytest.mark.parametrize(("since_mark", "back"), WINDOWS.values(), ids=WINDOWS)
def test_news_reaches_back_to_a_margin_before_the_mark(since_mark, back):
    mark = since_mark and NOW - since_mark
    assert earliest_news(NOW, mark) == NOW - back


async def test_a_weekly_reader_is_told_what_came_in_late_in_the_week_before(newsroom, database, renderer, clock):
    weekly = Rhythm((clock.at(7, 30).time(),), "UTC", frozenset({3}))
    await join(database, "1", at=MORNING - 10 * DAY, rhythm=weekly)
    await publish(database, renderer, clock.at(7, 30))
    clock.at(12, 0)
    await newsroom.editing.add(news("Oslo", at=MORNING - DAY))
    await publish(database, renderer, clock.at(7, 30, day=11))
    assert [len(edition.stories) for edition in await printed_for(database)] == [0, 1]
