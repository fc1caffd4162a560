"""Publish: each slot is printed once, reaches each of its readers once, and no news falls between two editions."""

import asyncio
from collections import Counter
from datetime import time, timedelta

import pytest
from fakes import MORNING, in_line, join, report, rows, states

from briefings import starter
from briefings.editions.model import DeliveryState, text_of
from briefings.model import Rhythm, Wishes
from briefings.passes import publish as passes
from briefings.passes.enrich import enrich
from briefings.passes.ingest import ingest
from briefings.passes.publish import follow_clock_back, next_due, print_due, publish
from briefings.store import editions
from briefings.store.database import Database
from briefings.store.schema import deliveries, rhythms
from briefings.store.schema import editions as editions_table
from briefings.store.schema import subscribers as readers_table

MINUTE = timedelta(minutes=1)
DAILY = Rhythm((time(7, 30),), "UTC")
TWICE = Rhythm((time(7, 30), time(12, 0)), "UTC")


async def scheduled(database):
    """The scheduled editions as (slot, text), oldest first."""
    return [
        (f"{row['slot_day']} {row['slot_hour']}", "\n".join(text_of(block[0]) for block in row["blocks"]))
        for row in await rows(database, editions_table, kind="scheduled")
    ]


async def slots_of_readers(database):
    """The slots for which an edition was queued, by address."""
    names = {row["id"]: row["address"] for row in await rows(database, readers_table)}
    queued = {address: [] for address in names.values()}
    for row in await rows(database, deliveries):
        if row["slot"]:
            queued[names[row["subscriber_id"]]].append(row["slot"])
    return queued


async def marks(database):
    return {row["address"]: row["mark"] for row in await rows(database, readers_table)}


def words(event):
    """A word by which an edition names this event."""
    return {"relos": "RELOS", "tejas": "Tejas", "taiwan": "Lai Ching-te", "arctic": "icebreakers"}[event]


# A slot, once


async def test_nothing_is_due_before_its_time(database, renderer, clock):
    await join(database, "1", at=MORNING)
    assert await publish(database, renderer, clock.at(7, 29, 59)) == 0
    assert await scheduled(database) == []


async def test_a_slot_is_printed_when_it_comes(newsroom, database, renderer, clock):
    await join(database, "1", at=MORNING)
    await newsroom.editing.add([report("relos")])
    assert await publish(database, renderer, clock.at(7, 30)) == 1
    [(slot, text)] = await scheduled(database)
    assert slot == "2025-12-04 07:30"
    assert words("relos") in text
    assert "meant for" not in text
    assert await states(database) == ["waiting"]


async def test_ticking_again_queues_nothing_twice(database, renderer, clock):
    await join(database, "1", at=MORNING)
    counts = [await publish(database, renderer, clock.at(7, 30, second)) for second in (0, 0, 1, 59)]
    assert counts == [1, 0, 0, 0]
    assert await slots_of_readers(database) == {"1": ["2025-12-04 07:30"]}


async def test_two_schedulers_at_once_print_a_slot_once(url, renderer, clock):
    async with Database(url) as ours, Database(url) as theirs:
        await join(ours, *"123456", at=MORNING)
        now = clock.at(7, 30)
        await asyncio.gather(*(publish(database, renderer, now) for database in (ours, theirs, ours, theirs)))
        assert len(await scheduled(ours)) == 1
        assert await slots_of_readers(ours) == {address: ["2025-12-04 07:30"] for address in "123456"}


async def test_two_schedulers_whose_clocks_differ_print_a_slot_once(url, renderer, clock):
    async with Database(url) as ours, Database(url) as theirs:
        await join(ours, *"12", at=MORNING)
        await asyncio.gather(publish(ours, renderer, clock.at(7, 30)), publish(theirs, renderer, clock.at(7, 31)))
        assert await slots_of_readers(ours) == {address: ["2025-12-04 07:30"] for address in "12"}


async def test_each_day_has_its_slot(database, renderer, clock):
    await join(database, "1", at=MORNING)
    for day in (4, 5, 6):
        await publish(database, renderer, clock.at(7, 30, day=day))
    assert await slots_of_readers(database) == {"1": [f"2025-12-0{day} 07:30" for day in (4, 5, 6)]}


async def test_the_tick_after_a_crash_does_the_fan_out(database, renderer, clock):
    await join(database, *"123", at=MORNING)
    now = clock.at(7, 30)
    await print_due(database, renderer, now)  # and here the power goes
    assert (len(await scheduled(database)), await states(database)) == (1, [])
    assert await publish(database, renderer, clock.advance(minutes=20)) == 3
    assert len(await scheduled(database)) == 1
    assert await slots_of_readers(database) == {address: ["2025-12-04 07:30"] for address in "123"}


async def test_the_fan_out_stays_a_bounded_number_of_deliveries_ahead(database, renderer, clock, monkeypatch):
    monkeypatch.setattr(passes, "AHEAD", 5)
    await join(database, *map(str, range(12)), at=MORNING)
    now, queued = clock.at(7, 30), []
    assert await next_due(database, now - MINUTE) == now
    while await next_due(database, now) == now:
        queued.append(await publish(database, renderer, now))
        assert await publish(database, renderer, now) == 0, "nobody has tried the last ones yet"
        async with database.write() as connection:
            await connection.execute(deliveries.update().values(state=DeliveryState.DELIVERED))
    assert queued == [5, 5, 2]
    assert Counter(map(len, (await slots_of_readers(database)).values())) == {1: 12}


async def test_the_tick_after_a_crash_finishes_the_fan_out(database, renderer, clock):
    await join(database, *map(str, range(10)), at=MORNING)
    now = clock.at(7, 30)
    await print_due(database, renderer, now)
    async with database.write() as connection:
        await editions.fan_out(connection, now, 4)
    assert await publish(database, renderer, clock.advance(minutes=20)) == 6
    assert Counter(map(len, (await slots_of_readers(database)).values())) == {1: 10}


# The readers of a slot


async def test_readers_who_join_at_or_after_the_slot_do_not_get_it(database, renderer, clock):
    await join(database, "early", at=MORNING)
    await join(database, "on-the-minute", at=clock.at(7, 30))
    await join(database, "late", at=clock.at(7, 30, 1))
    await publish(database, renderer, clock.at(7, 30, 2))
    assert {address: len(slots) for address, slots in (await slots_of_readers(database)).items()} == {
        "early": 1,
        "on-the-minute": 0,
        "late": 0,
    }
    await publish(database, renderer, clock.at(7, 30, day=5))
    assert {address: len(slots) for address, slots in (await slots_of_readers(database)).items()} == {
        "early": 2,
        "on-the-minute": 1,
        "late": 1,
    }


async def test_readers_who_unsubscribed_get_nothing(newsroom, database, renderer, clock):
    await newsroom.readers.subscribe("1")
    await newsroom.readers.subscribe("2")
    await newsroom.readers.unsubscribe("1")
    await publish(database, renderer, clock.at(7, 30))
    assert await slots_of_readers(database) == {"1": [], "2": ["2025-12-04 07:30"]}


async def test_readers_who_come_back_after_the_slot_do_not_get_it(newsroom, database, renderer, clock):
    await newsroom.readers.subscribe("1")
    await newsroom.readers.unsubscribe("1")
    clock.at(7, 30, 1)
    await newsroom.readers.subscribe("1")
    await publish(database, renderer, clock.at(7, 30, 2))
    assert await slots_of_readers(database) == {"1": []}


async def test_readers_who_want_the_same_share_one_edition_and_others_get_their_own(
    newsroom, database, renderer, clock
):
    await newsroom.editing.add([report("relos"), report("tejas")])
    for address in "12345":
        await newsroom.readers.subscribe(address)
    [topicless] = [Wishes(frozenset({"nothing"}))]
    await join(database, *"67", at=MORNING, wishes=topicless)
    await publish(database, renderer, clock.at(7, 30))
    shared = Counter(row["edition_id"] for row in await rows(database, deliveries) if row["slot"])
    assert sorted(shared.values()) == [2, 5]


async def test_readers_who_joined_at_different_times_have_one_mark_after_a_slot(newsroom, database, renderer, clock):
    for address in "123":
        await newsroom.readers.subscribe(address)
        clock.advance(minutes=5)
    await publish(database, renderer, clock.at(7, 30))
    assert len(await scheduled(database)) == 3
    assert len(set((await marks(database)).values())) == 1
    await publish(database, renderer, clock.at(7, 30, day=5))
    assert len(await scheduled(database)) == 4


async def test_readers_get_their_slot_at_the_hour_of_their_zone(database, renderer, clock):
    zones = {"London": "Europe/London", "Delhi": "Asia/Kolkata", "New York": "America/New_York"}
    for address, zone in zones.items():
        await join(database, address, at=MORNING - timedelta(days=1), rhythm=Rhythm((time(7, 30),), zone))
    for hour, minute in ((1, 59), (2, 0), (7, 30), (12, 30)):
        await publish(database, renderer, clock.at(hour, minute))
    printed = [(row["slot_hour"], row["printed"].strftime("%H:%M")) for row in await rows(database, editions_table)]
    # Delhi's slot of the fourth, 02:00 UTC, came due at 02:00; at 01:59 only yesterday's New York slot was overdue,
    # and too near to today's to be worth an edition.
    assert ("07:30", "02:00") in printed
    assert ("07:30", "07:30") in printed
    assert ("07:30", "12:30") in printed
    assert {address: slots[-1] for address, slots in (await slots_of_readers(database)).items()} == dict.fromkeys(
        zones, "2025-12-04 07:30"
    )


async def test_a_thousand_and_more_readers_are_reached_in_steps(database, renderer, clock):
    addresses = [str(number) for number in range(1200)]
    await join(database, *addresses, at=MORNING)
    assert await publish(database, renderer, clock.at(7, 30)) == 1200
    assert len(await scheduled(database)) == 1
    assert set(map(len, (await slots_of_readers(database)).values())) == {1}
    assert set((await marks(database)).values()) == {clock.now}


async def test_an_urgent_writer_gets_in_between_two_steps(database, renderer, clock, monkeypatch):
    monkeypatch.setattr(passes, "STEP", 500)
    await join(database, *(str(number) for number in range(1200)), at=MORNING)
    running = asyncio.create_task(publish(database, renderer, clock.at(7, 30)))
    seen = set()
    while not running.done():
        async with database.write(urgent=True):
            seen.add(len(await states(database)))
        await asyncio.sleep(0)
    await running
    assert seen & {passes.STEP, 2 * passes.STEP}, "nobody could write while the fan-out ran"


# Late, skipped, missed

LATENESS = {
    "on-time": (DAILY, (7, 34), ["2025-12-04 07:30"], False),
    "late": (DAILY, (7, 36), ["2025-12-04 07:30"], True),
    "late-all-morning": (DAILY, (11, 0), ["2025-12-04 07:30"], True),
    "nearer-to-the-next": (DAILY, (19, 31), [], False),
    "two-missed-one-printed": (TWICE, (12, 20), ["2025-12-04 12:00"], True),
    "two-missed-the-last-on-time": (TWICE, (12, 1), ["2025-12-04 12:00"], False),
    "nearer-to-noon": (TWICE, (9, 46), [], False),
}


@pytest.mark.parametrize(("rhythm", "back", "printed", "late"), LATENESS.values(), ids=LATENESS.keys())
async def test_a_slot_missed_while_down_is_printed_late_or_skipped(
    database, renderer, clock, rhythm, back, printed, late
):
    await join(database, "1", at=MORNING, rhythm=rhythm)
    await publish(database, renderer, clock.at(*back))
    assert (await slots_of_readers(database))["1"] == printed
    for slot, text in await scheduled(database):
        assert (f"meant for {slot[-5:]}" in text) is late


async def test_several_missed_days_bring_one_edition(newsroom, database, renderer, clock):
    await newsroom.readers.subscribe("1")
    await newsroom.editing.add([report("relos")])
    await publish(database, renderer, clock.at(8, 0, day=9))
    assert await slots_of_readers(database) == {"1": ["2025-12-09 07:30"]}
    [(_, text)] = await scheduled(database)
    assert words("relos") in text


async def test_the_stories_of_a_skipped_slot_are_in_the_next_edition(newsroom, database, renderer, clock):
    await newsroom.readers.subscribe("1")
    await newsroom.editing.add([report("relos")])
    await publish(database, renderer, clock.at(23, 0))
    assert await scheduled(database) == []
    assert (await marks(database))["1"] == MORNING
    await publish(database, renderer, clock.at(7, 30, day=5))
    [(slot, text)] = await scheduled(database)
    assert slot == "2025-12-05 07:30"
    assert words("relos") in text


async def test_a_skipped_slot_stays_skipped(database, renderer, clock):
    await join(database, "1", at=MORNING)
    await publish(database, renderer, clock.at(23, 0))
    await publish(database, renderer, clock.at(8, 0))  # the clock is set back
    assert await slots_of_readers(database) == {"1": []}


# A clock that was ahead and has been set back


async def test_a_slot_that_a_clock_ahead_has_skipped_is_printed_once_the_clock_is_right(database, renderer, clock):
    await join(database, "1", at=MORNING)
    await publish(database, renderer, clock.at(6, 30, day=5))
    assert await scheduled(database) == []
    await follow_clock_back(database, clock.at(6, 30))
    await publish(database, renderer, clock.at(7, 30))
    assert await slots_of_readers(database) == {"1": ["2025-12-04 07:30"]}


async def test_a_slot_that_a_clock_ahead_has_printed_brings_its_readers_nothing_twice(
    newsroom, database, renderer, clock
):
    await newsroom.readers.subscribe("1")
    await newsroom.editing.add([report("relos")])
    await publish(database, renderer, clock.at(7, 30))
    before = await marks(database)
    await follow_clock_back(database, clock.at(6, 30))
    await newsroom.editing.add([report("tejas")])
    await publish(database, renderer, clock.at(7, 30))
    assert (await slots_of_readers(database))["1"] == ["2025-12-04 07:30"]
    assert await marks(database) == before
    await publish(database, renderer, clock.at(7, 30, day=5))
    assert words("tejas") in (await scheduled(database))[-1][1]


async def test_a_reader_who_came_while_the_clock_was_a_year_ahead_is_served_once_it_is_right(database, renderer, clock):
    await join(database, "1", at=MORNING + timedelta(days=365))
    await follow_clock_back(database, clock.at(6, 30))
    await publish(database, renderer, clock.at(7, 30))
    assert await slots_of_readers(database) == {"1": ["2025-12-04 07:30"]}


async def test_a_clock_that_was_right_has_nothing_to_follow(database, renderer, clock):
    await join(database, "1", at=MORNING)
    await publish(database, renderer, clock.at(7, 30))
    before = [await rows(database, table) for table in (rhythms, readers_table)]
    await follow_clock_back(database, clock.at(8, 0))
    assert [await rows(database, table) for table in (rhythms, readers_table)] == before


# Settings that change meanwhile


@pytest.fixture
async def half_way(newsroom, database, renderer, clock):
    """Five readers have news; their slot is printed, three of them are reached, then the process dies."""
    for address in "12345":
        await newsroom.readers.subscribe(address)
    await newsroom.editing.add([report("relos")])
    now = clock.at(7, 30)
    await print_due(database, renderer, now)
    async with database.write() as connection:
        await editions.fan_out(connection, now, 3)
    clock.advance(seconds=1)


CHANGES = {
    "other-hours": lambda newsroom, address: newsroom.readers.set_times(address, "09:00"),
    "another-zone": lambda newsroom, address: newsroom.readers.set_zone(address, "Asia/Kolkata"),
    "the-same-hours": lambda newsroom, address: newsroom.readers.set_times(address, "07:30"),
    "another-topic": lambda newsroom, address: newsroom.readers.set_topic(address, "relos", is_followed=False),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
@pytest.mark.parametrize("address", ["1", "5"], ids=["already-reached", "not-yet-reached"])
async def test_readers_who_change_settings_during_a_fan_out_get_the_edition_once(
    half_way, newsroom, database, renderer, clock, starters, change, address
):
    await change(newsroom, address)
    await publish(database, renderer, clock.now)
    everyone = await slots_of_readers(database)
    assert set(map(tuple, everyone.values())) == {("2025-12-04 07:30",)}
    assert set((await marks(database)).values()) == {clock.now - timedelta(seconds=1)}


@pytest.fixture
async def starters(newsroom):
    await newsroom.editing.seed_topics(starter.topics())


async def test_moving_to_a_zone_where_the_hour_is_still_to_come_uses_no_slot_twice(newsroom, database, renderer, clock):
    """07:30 of the fourth was in Delhi; in London the same date and hour comes again, and nothing is sent."""
    await newsroom.readers.subscribe("1")
    await newsroom.readers.set_zone("1", "Asia/Kolkata")
    await newsroom.readers.subscribe("2")
    await newsroom.readers.set_zone("2", "Europe/London")
    clock.at(2, 0, day=5)
    await publish(database, renderer, clock.now)
    mark = (await marks(database))["1"]
    reader = await newsroom.readers.set_zone("1", "Europe/London")
    assert reader.next.key == "2025-12-06 07:30"
    await newsroom.editing.add([report("relos", published=clock.now)])
    await publish(database, renderer, clock.at(7, 30, day=5))
    assert (await slots_of_readers(database))["1"] == ["2025-12-05 07:30"]
    assert (await slots_of_readers(database))["2"][-1] == "2025-12-05 07:30"
    assert (await marks(database))["1"] == mark
    await publish(database, renderer, clock.at(7, 30, day=6))
    assert (await slots_of_readers(database))["1"] == ["2025-12-05 07:30", "2025-12-06 07:30"]
    newest = [row for row in await rows(database, editions_table) if row["slot_day"] == "2025-12-06"]
    assert any(words("relos") in str(row["blocks"]) for row in newest), "its news came with the next edition"


# News


async def test_an_edition_tells_what_is_new_since_the_mark_and_nothing_twice(newsroom, database, renderer, clock):
    await newsroom.editing.add([report("relos")])
    await newsroom.readers.subscribe("1")
    await newsroom.editing.add([report("tejas")])
    await publish(database, renderer, clock.at(7, 30))
    clock.at(12, 0)
    await newsroom.editing.add([report("taiwan")])
    await publish(database, renderer, clock.at(7, 30, day=5))
    (_, first), (_, second) = await scheduled(database)
    assert (words("relos") in first, words("tejas") in first, words("taiwan") in first) == (False, True, False)
    assert (words("relos") in second, words("tejas") in second, words("taiwan") in second) == (False, False, True)


async def test_a_quiet_day_says_so_and_is_sent(newsroom, database, renderer, clock):
    await newsroom.editing.add([report("relos")])
    await newsroom.readers.subscribe("1")
    await publish(database, renderer, clock.at(7, 30))
    [(_, text)] = await scheduled(database)
    assert "Nothing new" in text
    assert words("relos") in text, "the story that is still open is recalled"
    assert await slots_of_readers(database) == {"1": ["2025-12-04 07:30"]}


async def test_without_readers_nothing_is_printed(newsroom, database, renderer, clock):
    await newsroom.readers.subscribe("1")
    await newsroom.readers.unsubscribe("1")
    await publish(database, renderer, clock.at(7, 30))
    assert await scheduled(database) == []
    [rhythm] = await rows(database, rhythms)
    assert rhythm["slot_day"] == "2025-12-05"


CLOCK_STEPS = {
    "later": timedelta(milliseconds=5),
    "in-the-same-instant": timedelta(0),
    "by-a-clock-set-back": -timedelta(minutes=10),
}


@pytest.mark.parametrize("step", CLOCK_STEPS.values(), ids=CLOCK_STEPS.keys())
async def test_news_made_ready_while_an_edition_is_printed_is_told_now_or_next_time(
    newsroom, database, renderer, clock, step
):
    await newsroom.readers.subscribe("1")
    now = clock.at(7, 30)
    await newsroom.editing.add([report("relos")])
    await ingest(database, [report("tejas")], now)
    async with database.write():
        enriching = asyncio.create_task(enrich(database, now + step))
        await in_line(database, 1)
        publishing = asyncio.create_task(publish(database, renderer, now))  # has read what was ready, without Tejas
        await in_line(database, 2)
    await asyncio.gather(enriching, publishing)
    await publish(database, renderer, clock.at(7, 30, day=5))
    printed = await scheduled(database)
    assert [slot for slot, _ in printed] == ["2025-12-04 07:30", "2025-12-05 07:30"]
    news = [text.split("Still open")[0] for _, text in printed]
    assert ["Tejas" in text for text in news].count(True) == 1


# Marks


async def test_marks_are_moved_by_first_and_scheduled_editions_only(newsroom, database, renderer, clock):
    await newsroom.readers.subscribe("1")
    assert (await marks(database))["1"] == MORNING
    await newsroom.editing.add([report("relos")])
    clock.at(7, 0)
    reading = await newsroom.reading.today("1")
    assert words("relos") in str(reading.blocks)
    await newsroom.reading.more("1")
    await newsroom.reading.look_up("relos", "1")
    assert (await marks(database))["1"] == MORNING
    await publish(database, renderer, clock.at(7, 30))
    assert (await marks(database))["1"] == clock.now
    [(_, text)] = await scheduled(database)
    assert words("relos") in text, "having read it in /today does not take it out of the briefing"


async def test_a_rhythm_scheduled_by_a_clock_that_ran_ahead_gets_its_true_slot_again(database, renderer, clock):
    await join(database, "1", at=MORNING)
    await publish(database, renderer, clock.at(7, 30, day=4) + timedelta(days=400))
    await publish(database, renderer, clock.at(8, 0, day=4))
    assert await publish(database, renderer, clock.at(7, 30, day=5)) == 1
