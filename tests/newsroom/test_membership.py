"""The door's membership: readers who moved, and chats where the face was removed, silenced or let in again."""

import pytest
from fakes import join, report, rows, states

from briefings.errors import Problem
from briefings.model import Status
from briefings.newsroom.membership import REMOVED, SILENCED
from briefings.passes.publish import publish
from briefings.store import subscribers
from briefings.store.schema import subscribers as readers_table

ACTIVE, PAUSED, STOPPED, GONE = Status.ACTIVE, Status.PAUSED, Status.STOPPED, Status.GONE


async def readers(database):
    stored = await rows(database, readers_table)
    return {row["address"]: (row["status"], row["reason"] and Problem.from_text(row["reason"])) for row in stored}


async def set_status(database, reader, status):
    async with database.write() as connection:
        await subscribers.set_status(connection, reader, status)


async def test_all_places_of_an_address_move_with_it(newsroom, database, clock):
    await join(database, "-5", "-5/7", "-50", "-5x", "-4/7", at=clock())
    await newsroom.membership.move("-5", "-1005")
    assert set(await readers(database)) == {"-1005", "-1005/7", "-50", "-5x", "-4/7"}


async def test_moving_keeps_settings_and_open_deliveries(newsroom, database, clock):
    await newsroom.readers.subscribe("-5")
    await newsroom.readers.set_times("-5", "18:00")
    await newsroom.membership.move("-5", "-1005")
    reader = await newsroom.readers.find("-1005")
    assert str(reader.subscriber.rhythm.times[0]) == "18:00:00"
    assert await states(database) == ["waiting"]


async def test_moving_twice_changes_nothing_more(newsroom, database, clock):
    await join(database, "-5", at=clock())
    for _ in range(2):
        await newsroom.membership.move("-5", "-1005")
    assert await readers(database) == {"-1005": (ACTIVE, None)}


async def test_nobody_is_subscribed_twice_because_they_moved(newsroom, database, clock):
    await join(database, "-5", "-1005", at=clock())
    await newsroom.membership.move("-5", "-1005")
    assert await readers(database) == {"-5": (GONE, Problem("address-taken")), "-1005": (ACTIVE, None)}


async def test_who_removes_the_face_is_gone_and_was_not_told_what_was_on_its_way(newsroom, database):
    await newsroom.editing.add([report("relos")])
    await newsroom.readers.subscribe("5")
    await newsroom.membership.remove("5")
    assert await readers(database) == {"5": (GONE, REMOVED)}
    assert await states(database) == ["failed"]
    [row] = await rows(database, readers_table)
    assert row["mark"] is None


@pytest.mark.parametrize("status", [STOPPED, GONE])
async def test_removing_the_face_changes_no_reader_who_left_before(newsroom, database, clock, status):
    await join(database, "5", at=clock())
    await set_status(database, 1, status)
    await newsroom.membership.remove("5")
    assert await readers(database) == {"5": (status, None)}


async def test_while_the_face_is_silenced_nothing_is_printed_and_afterwards_everything_is(
    newsroom, database, renderer, clock
):
    await join(database, "-5", at=clock())
    await newsroom.membership.silence("-5")
    assert await readers(database) == {"-5": (PAUSED, SILENCED)}
    await newsroom.editing.add([report("relos")])
    assert await publish(database, renderer, clock.at(7, 30)) == 0
    assert await newsroom.membership.restore("-5")
    assert await readers(database) == {"-5": (ACTIVE, None)}
    assert await publish(database, renderer, clock.at(7, 30, day=5)) == 1


@pytest.mark.parametrize("status", [PAUSED, STOPPED, GONE])
async def test_a_reader_whom_something_else_ended_stays_so_when_the_face_may_speak_again(
    newsroom, database, clock, status
):
    await join(database, "-5", at=clock())
    await set_status(database, 1, status)
    assert not await newsroom.membership.restore("-5")
    assert await readers(database) == {"-5": (status, None)}


async def test_where_nobody_is_subscribed_nothing_happens(newsroom, database):
    await newsroom.membership.move("-5", "-1005")
    await newsroom.membership.remove("-5")
    await newsroom.membership.silence("-5")
    assert not await newsroom.membership.restore("-5")
    assert await newsroom.membership.subscribed_address("-5") is None
    assert await readers(database) == {}


WHERE = {
    "at-the-address": (["5"], "5"),
    "at-a-place": (["5/7"], "5/7"),
    "at-both": (["5", "5/7"], "5"),
    "at-another": (["50", "4/5", "51/7"], None),
}


@pytest.mark.parametrize(("addresses", "expected"), WHERE.values(), ids=WHERE)
async def test_a_subscription_is_found_by_the_address_it_is_within(newsroom, database, clock, addresses, expected):
    await join(database, *addresses, at=clock())
    assert await newsroom.membership.subscribed_address("5") == expected


async def test_an_active_subscription_is_found_before_one_that_ended(newsroom, database, clock):
    await join(database, "5", "5/7", at=clock())
    await set_status(database, 1, STOPPED)
    assert await newsroom.membership.subscribed_address("5") == "5/7"
