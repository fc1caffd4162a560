"""The door's readers: subscribing, leaving, and changing hours, zone and topics."""

from datetime import datetime, time

import pytest
from fakes import MORNING, UTC_0730, FakeMessenger, report, rows, states

from briefings.errors import BadInput, BadTime, BadZone, Problem, stated
from briefings.model import Rhythm, Status, Wishes
from briefings.newsroom.opening import put_together
from briefings.newsroom.readers import next_in_words, offset_in_words
from briefings.passes.dispatch import Dispatcher
from briefings.passes.publish import publish
from briefings.passes.rate_limit import RateLimit
from briefings.store import subscribers
from briefings.store.schema import deliveries, editions
from briefings.store.schema import subscribers as readers_table

# Subscribing


async def test_a_new_reader_gets_the_default_rhythm_all_topics_and_a_first_edition(newsroom, database):
    await newsroom.editing.add([report("relos")])
    reader, first = await newsroom.readers.subscribe("5")
    assert first
    assert (reader.subscriber.address, reader.subscriber.rhythm, reader.subscriber.wishes) == ("5", UTC_0730, Wishes())
    assert (next_in_words(reader), offset_in_words(reader)) == ("Thu 4 Dec 07:30", "UTC+00:00")
    [edition] = await rows(database, editions)
    assert (edition["kind"], edition["slot_day"]) == ("first", None)
    assert await states(database) == ["waiting"]


async def test_subscribing_nudges_the_dispatcher(database, renderer, clock):
    nudged = []
    newsroom = put_together(database, renderer, clock, UTC_0730, nudge=nudged.append)
    await newsroom.readers.subscribe("5")
    assert nudged == ["dispatch"]
    await newsroom.readers.subscribe("5")
    assert nudged == ["dispatch"]


async def test_subscribing_again_changes_nothing(newsroom, database):
    await newsroom.readers.subscribe("5")
    await newsroom.readers.set_times("5", "18:00")
    reader, first = await newsroom.readers.subscribe("5")
    assert not first
    assert reader.subscriber.rhythm.times == (time(18),)
    assert await states(database) == ["waiting"]


async def test_unsubscribing_keeps_the_settings_and_closes_open_deliveries(newsroom, database):
    await newsroom.readers.subscribe("5")
    await newsroom.readers.set_times("5", "18:00")
    assert await newsroom.readers.unsubscribe("5")
    assert await newsroom.readers.find("5") is None
    assert await states(database) == ["failed"]
    assert not await newsroom.readers.unsubscribe("5")
    assert not await newsroom.readers.unsubscribe("nobody")
    [row] = await rows(database, readers_table)
    assert row["status"] == Status.STOPPED


@pytest.fixture
def delivered(database, clock):
    """Send everything in the outbox."""

    async def delivered():
        rate_limit = RateLimit(database, clock, 100_000)
        await Dispatcher(database, FakeMessenger(), rate_limit, clock, per_second=100).run()
        await rate_limit.close()

    return delivered


async def test_a_returning_reader_finds_their_settings_and_one_edition_of_all_they_missed(
    newsroom, database, renderer, clock, delivered
):
    await newsroom.editing.add([report("relos")])
    await newsroom.readers.subscribe("5")
    await delivered()
    await newsroom.readers.set_zone("5", "Asia/Kolkata")
    await newsroom.readers.unsubscribe("5")
    await newsroom.editing.add([report("tejas")])
    await publish(database, renderer, clock.at(7, 30))
    clock.at(9, 0, day=6)
    reader, first = await newsroom.readers.subscribe("5")
    assert first
    assert reader.subscriber.rhythm.zone == "Asia/Kolkata"
    assert reader.next.key == "2025-12-07 07:30"
    _, missed = await rows(database, editions)
    assert "Tejas" in str(missed["blocks"])
    assert "RELOS" not in str(missed["blocks"])


async def test_an_edition_that_never_arrived_is_told_to_a_returning_reader(newsroom, database):
    await newsroom.editing.add([report("relos")])
    await newsroom.readers.subscribe("5")
    await newsroom.readers.unsubscribe("5")
    await newsroom.readers.subscribe("5")
    _, again = await rows(database, editions)
    assert "RELOS" in str(again["blocks"])


async def test_a_slot_that_has_come_is_printed_before_the_hour_is_changed(newsroom, database, clock):
    await newsroom.readers.subscribe("5")
    clock.at(7, 30, day=5)
    await newsroom.readers.set_times("5", "18:00")  # before the tick that would have printed 07:30
    _, due = await rows(database, deliveries)
    assert due["slot"] == "2025-12-05 07:30"


async def test_a_reader_who_was_gone_can_subscribe_again(newsroom, database):
    reader, _ = await newsroom.readers.subscribe("5")
    async with database.write() as connection:
        await subscribers.set_status(connection, reader.subscriber.id, Status.GONE, reason=stated("blocked"))
    assert await newsroom.readers.find("5") is None
    reader, first = await newsroom.readers.subscribe("5")
    assert first
    assert reader.subscriber.status is Status.ACTIVE


async def test_a_reader_on_a_quiet_day_gets_a_first_edition_too(newsroom, database):
    await newsroom.readers.subscribe("5")
    [edition] = await rows(database, editions)
    assert "Nothing to report yet" in str(edition["blocks"])


# Hours and zones

HOURS = {
    "later-today-is-today": ("09:00", (time(9),), "2025-12-04 09:00"),
    "earlier-is-tomorrow": ("05:00", (time(5),), "2025-12-05 05:00"),
    "this-minute-is-tomorrow": ("06:00", (time(6),), "2025-12-05 06:00"),
    "several": ("18:00 7:30", (time(7, 30), time(18)), "2025-12-04 07:30"),
    "with-days": ("09:00 sat", (time(9),), "2025-12-06 09:00"),
}


@pytest.mark.parametrize(("words", "hours", "key"), HOURS.values(), ids=HOURS.keys())
async def test_setting_the_hours_returns_the_next_slot(newsroom, words, hours, key):
    await newsroom.readers.subscribe("5")
    reader = await newsroom.readers.set_times("5", words)
    assert reader.subscriber.rhythm.times == hours
    assert reader.next.key == key


async def test_setting_the_hour_keeps_the_zone_and_setting_the_zone_keeps_the_hour(newsroom):
    await newsroom.readers.subscribe("5")
    await newsroom.readers.set_zone("5", "kolkata")
    reader = await newsroom.readers.set_times("5", "18:15 mon-fri")
    assert reader.subscriber.rhythm == Rhythm((time(18, 15),), "Asia/Kolkata", frozenset(range(5)))
    assert (next_in_words(reader), offset_in_words(reader)) == ("Thu 4 Dec 18:15", "UTC+05:30")
    reader = await newsroom.readers.set_zone("5", "America/New_York")
    assert reader.subscriber.rhythm == Rhythm((time(18, 15),), "America/New_York", frozenset(range(5)))


async def test_the_offset_is_that_of_the_next_edition(newsroom, clock):
    clock.now = datetime(2026, 3, 28, 12, tzinfo=MORNING.tzinfo)  # the night before the clocks go forward in Paris
    await newsroom.readers.subscribe("5")
    reader = await newsroom.readers.set_zone("5", "Paris")
    assert (next_in_words(reader), offset_in_words(reader)) == ("Sun 29 Mar 07:30", "UTC+02:00")


async def test_a_bad_hour_or_zone_changes_nothing(newsroom):
    await newsroom.readers.subscribe("5")
    with pytest.raises(BadTime):
        await newsroom.readers.set_times("5", "25:00")
    with pytest.raises(BadZone):
        await newsroom.readers.set_zone("5", "Mars/Olympus")
    assert (await newsroom.readers.find("5")).subscriber.rhythm == UTC_0730


async def test_a_stranger_can_change_no_hours_zone_or_topics(topical):
    assert await topical.readers.set_times("stranger", "09:00") is None
    assert await topical.readers.set_zone("stranger", "Kolkata") is None
    assert await topical.readers.set_topic("stranger", "relos", is_followed=True) is None
    assert await topical.readers.find("stranger") is None


async def test_an_hour_set_for_later_today_brings_an_edition_today(newsroom, database, renderer, clock):
    await newsroom.readers.subscribe("5")
    await newsroom.readers.set_times("5", "06:01")
    await publish(database, renderer, clock.at(6, 1))
    slots = [row["slot"] for row in await rows(database, deliveries)]
    assert slots == [None, "2025-12-04 06:01"]


# Topics


async def test_a_topic_left_out_is_removed_from_all_topics_and_following_it_brings_all_back(topical):
    await topical.readers.subscribe("5")
    commands = {topic.command for topic in await topical.reading.topics()}
    reader = await topical.readers.set_topic("5", "relos", is_followed=False)
    assert reader.subscriber.wishes.topics == commands - {"relos"}
    reader = await topical.readers.set_topic("5", "relos", is_followed=True)
    assert reader.subscriber.wishes.topics is None, "each of them is all of them, and the topics still to come"


@pytest.mark.parametrize("is_followed", [True, False])
async def test_setting_a_topic_twice_is_the_same_as_setting_it_once(topical, is_followed):
    await topical.readers.subscribe("5")
    await topical.readers.set_topic("5", "tejas", is_followed=False)
    once = await topical.readers.set_topic("5", "relos", is_followed=is_followed)
    assert await topical.readers.set_topic("5", "relos", is_followed=is_followed) == once
    assert ("relos" in once.subscriber.wishes.topics) == is_followed


async def test_following_no_topic_is_not_following_all_topics(topical):
    await topical.readers.subscribe("5")
    for topic in await topical.reading.topics():
        reader = await topical.readers.set_topic("5", topic.command, is_followed=False)
    assert reader.subscriber.wishes.topics == frozenset()
    reader = await topical.readers.set_topic("5", "relos", is_followed=True)
    assert reader.subscriber.wishes.topics == {"relos"}


@pytest.mark.parametrize("is_followed", [True, False])
async def test_setting_an_unknown_topic_changes_nothing(topical, is_followed):
    await topical.readers.subscribe("5")
    reader = await topical.readers.set_topic("5", "zeppelin", is_followed=is_followed)
    assert reader.subscriber.wishes.topics is None


# Bad input


async def test_errors_that_a_reader_causes_are_named_by_their_keys(newsroom):
    await newsroom.readers.subscribe("5")
    for request, problem in (
        (newsroom.readers.set_times("5", "\n\n"), Problem("which-hour")),
        (newsroom.readers.set_zone("5", "x\ny"), Problem("unknown-zone", {"text": "x y"})),
        (newsroom.reading.search("since:never\nx"), Problem("since-not-date", {"text": "never"})),
    ):
        with pytest.raises(BadInput) as bad:
            await request
        assert bad.value.problem == problem
