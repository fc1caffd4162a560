"""Subscribers in the store: their settings, when their rhythm is due, and which of them share an edition."""

from datetime import time, timedelta

import pytest
from fakes import MORNING, UTC_0730, blocks, join, queue, rows, the_slot

from briefings.editions.timetable import next_slot
from briefings.errors import StoreTrouble, stated
from briefings.model import Rhythm, Status, Wishes
from briefings.store import schema, subscribers

HOUR = timedelta(hours=1)
WORKDAYS = Rhythm((time(7, 30), time(18, 0)), "Asia/Kolkata", frozenset(range(5)))


async def _find(database, address):
    async with database.read() as connection:
        return await subscribers.find(connection, address)


async def test_a_reader_is_read_back_as_they_joined(database):
    await join(database, "5", at=MORNING, rhythm=WORKDAYS, wishes=Wishes(frozenset({"relos", "s400"}), 5))
    reader = await _find(database, "5")
    assert (reader.address, reader.rhythm, reader.status) == ("5", WORKDAYS, Status.ACTIVE)
    assert (reader.wishes, reader.mark, reader.armed) == (Wishes(frozenset({"relos", "s400"}), 5), None, MORNING)
    assert await _find(database, "6") is None


@pytest.mark.parametrize("topics", [None, frozenset(), frozenset({"relos"})], ids=["all", "none", "one"])
async def test_all_topics_and_no_topics_are_stored_differently(database, topics):
    await join(database, "5", at=MORNING, wishes=Wishes(topics))
    assert (await _find(database, "5")).wishes.topics == topics


async def test_readers_who_want_the_same_share_a_rhythm_and_wishes(database):
    await join(database, "5", "6", at=MORNING)
    await join(database, "7", at=MORNING, rhythm=WORKDAYS)
    assert len(await rows(database, schema.rhythms)) == 2
    assert len(await rows(database, schema.wishes)) == 1


async def test_joining_an_existing_rhythm_leaves_its_next_slot_alone(database):
    await join(database, "5", at=MORNING)
    await join(database, "6", at=MORNING + 5 * HOUR)  # 11:00, when half past seven has not been printed yet
    [rhythm] = await rows(database, schema.rhythms)
    assert rhythm["next_due"] == the_slot(4).at


async def test_an_address_has_one_subscriber_only(database):
    await join(database, "5", at=MORNING)
    with pytest.raises(StoreTrouble):
        await join(database, "5", at=MORNING)


async def test_settings_survive_a_change_of_status(database):
    await join(database, "5", at=MORNING, rhythm=WORKDAYS)
    before = await _find(database, "5")
    async with database.write() as connection:
        await subscribers.set_status(connection, before.id, Status.GONE, reason=stated("blocked"))
    gone = await _find(database, "5")
    assert (gone.status, gone.rhythm, gone.wishes) == (Status.GONE, WORKDAYS, before.wishes)
    async with database.write() as connection:
        await subscribers.rearm(connection, before.id, MORNING + HOUR)
    back = await _find(database, "5")
    assert (back.status, back.rhythm, back.armed) == (Status.ACTIVE, WORKDAYS, MORNING + HOUR)
    [row] = await rows(database, schema.subscribers)
    assert row["reason"] is None


async def test_a_reader_moves_to_a_free_address(database):
    await join(database, "-5", at=MORNING)
    reader = await _find(database, "-5")
    async with database.write() as connection:
        assert await subscribers.move(connection, reader.id, "-1005")
        assert await subscribers.move(connection, reader.id, "-1005"), "a move to the same address succeeds"
    assert (await _find(database, "-1005")).id == reader.id
    assert await _find(database, "-5") is None


async def test_a_reader_cannot_move_to_the_address_of_another(database):
    await join(database, "-5", "-1005", at=MORNING)
    reader = await _find(database, "-5")
    async with database.write() as connection:
        assert not await subscribers.move(connection, reader.id, "-1005")
    assert (await _find(database, "-5")).id == reader.id


async def test_used_slots_are_those_with_a_queued_edition(database):
    await join(database, "5", at=MORNING)
    await queue(database, blocks("first editions use no slot"), "5", now=MORNING)
    reader = await _find(database, "5")
    async with database.write() as connection:
        assert await subscribers.used_slots(connection, reader.id) == frozenset()
        await connection.execute(schema.deliveries.update().values(slot=the_slot(4).key))
    async with database.read() as connection:
        assert await subscribers.used_slots(connection, reader.id) == {"2025-12-04 07:30"}


# Due rhythms

DUE = {
    "before": (-timedelta(microseconds=1), 0),
    "on-the-instant": (timedelta(0), 1),
    "after": (HOUR, 1),
}


@pytest.mark.parametrize(("step", "count"), DUE.values(), ids=DUE.keys())
async def test_a_rhythm_is_due_from_the_instant_of_its_slot_on(database, step, count):
    await join(database, "5", "6", at=MORNING)
    async with database.read() as connection:
        due = await subscribers.due(connection, the_slot(4).at + step)
    assert [rhythm.slot for rhythm in due] == [the_slot(4)] * count
    assert [due_rhythm.rhythm for due_rhythm in due] == [UTC_0730] * count


async def test_the_longest_overdue_comes_first(database):
    late = Rhythm((time(9, 0),), "UTC")
    await join(database, "5", at=MORNING, rhythm=late)
    await join(database, "6", at=MORNING)
    async with database.read() as connection:
        due = await subscribers.due(connection, MORNING + 6 * HOUR)
    assert [due_rhythm.rhythm for due_rhythm in due] == [UTC_0730, late]


async def test_a_rhythm_is_not_due_after_its_next_slot_was_set(database):
    await join(database, "5", at=MORNING)
    async with database.write() as connection:
        [due] = await subscribers.due(connection, the_slot(4).at)
        assert await subscribers.still_due(connection, due)
        await subscribers.schedule(connection, due.id, next_slot(UTC_0730, the_slot(4).at))
        assert not await subscribers.still_due(connection, due)
        assert await subscribers.due(connection, the_slot(4).at) == []
        [again] = await subscribers.due(connection, the_slot(5).at)
    assert again.slot == the_slot(5)


# Groups that share an edition


async def test_readers_are_grouped_by_wishes_and_mark(database):
    few = Wishes(frozenset({"relos"}))
    await join(database, "1", "2", "3", at=MORNING)
    await join(database, "4", "5", at=MORNING, wishes=few)
    async with database.write() as connection:
        third = await subscribers.find(connection, "3")
        marked = schema.subscribers.update().where(schema.subscribers.c.id == third.id).values(mark=MORNING)
        await connection.execute(marked)
        groups = await subscribers.groups(connection, 1, the_slot(4).at)
    assert {(group.wishes, group.mark) for group in groups} == {(Wishes(), None), (Wishes(), MORNING), (few, None)}


LEFT_OUT = {
    "stopped": {"status": Status.STOPPED},
    "gone": {"status": Status.GONE},
    "joined-at-the-slot": {"armed": the_slot(4).at},
    "joined-after-the-slot": {"armed": the_slot(4).at + HOUR},
}


@pytest.mark.parametrize("change", LEFT_OUT.values(), ids=LEFT_OUT.keys())
async def test_readers_without_this_slot_make_no_group(database, change):
    await join(database, "1", at=MORNING)
    async with database.write() as connection:
        await connection.execute(schema.subscribers.update().values(**change))
        assert await subscribers.groups(connection, 1, the_slot(4).at) == []
