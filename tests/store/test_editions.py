"""Editions in the store: saved once, fanned out in steps, queued for a reader before their settings change."""

import dataclasses

import pytest
from fakes import MORNING, blocks, join, rows, states, the_slot

from briefings.editions.model import Edition
from briefings.model import Status, Wishes
from briefings.store import editions, subscribers
from briefings.store.schema import deliveries
from briefings.store.schema import subscribers as readers_table

SLOT = the_slot(4)


async def save(database, *, slot=SLOT, wishes_id=1, mark=None, told=None):
    printed = Edition(
        0, "scheduled" if slot else "first", blocks("one", "two"), told or SLOT.at, SLOT.at, (3, 1), (2,), slot
    )
    async with database.write() as connection:
        return await editions.save(connection, printed, rhythm_id=1, wishes_id=wishes_id, mark=mark)


async def step(database, limit=500):
    async with database.write() as connection:
        return await editions.fan_out(connection, SLOT.at, limit)


async def is_any_pending(database):
    async with database.read() as connection:
        return await editions.is_any_pending(connection)


async def addresses(database):
    queued = await rows(database, deliveries)
    names = {row["id"]: row["address"] for row in await rows(database, readers_table)}
    return [names[row["subscriber_id"]] for row in queued]


async def test_an_edition_is_read_back_as_it_was_printed(database):
    await join(database, "1", at=MORNING)
    number = await save(database)
    async with database.read() as connection:
        by_id = await editions.by_ids(connection, [number, 999])
    assert list(by_id) == [number]
    expected = Edition(number, "scheduled", blocks("one", "two"), SLOT.at, SLOT.at, (3, 1), (2,), SLOT)
    assert by_id[number] == expected


async def test_a_fan_out_goes_in_steps_and_reaches_each_reader_once(database):
    await join(database, *"12345", at=MORNING)
    await save(database)
    queued = []
    while count := await step(database, limit=2):
        queued.append(count)
    assert queued == [2, 2, 1]
    assert await addresses(database) == list("12345")
    assert not await is_any_pending(database)


async def test_an_edition_is_pending_until_no_reader_is_left(database):
    await join(database, *"123", at=MORNING)
    await save(database)
    await step(database, limit=2)
    assert await is_any_pending(database)
    await step(database, limit=2)
    await step(database, limit=2)
    assert not await is_any_pending(database)


async def test_a_fan_out_moves_the_marks_of_those_it_reached(database):
    await join(database, *"12", at=MORNING)
    await save(database, told=SLOT.at)
    await step(database, limit=1)
    assert [row["mark"] for row in await rows(database, readers_table)] == [SLOT.at, None]


async def test_a_repeated_step_adds_nothing(database):
    await join(database, *"12", at=MORNING)
    await save(database)
    await step(database)
    async with database.write() as connection:
        await connection.execute(readers_table.update().values(mark=None))  # as if the first step had not been made
        await connection.execute(editions.editions.update().values(cursor=0))
    await step(database)
    assert await addresses(database) == ["1", "2"]


LEFT_OUT = {
    "stopped": {"status": Status.STOPPED},
    "gone": {"status": Status.GONE},
    "joined-at-the-slot": {"armed": SLOT.at},
    "told-something-else": {"mark": MORNING},
}


@pytest.mark.parametrize("change", LEFT_OUT.values(), ids=LEFT_OUT.keys())
async def test_readers_it_was_not_printed_for_are_left_out(database, change):
    await join(database, *"12", at=MORNING)
    async with database.write() as connection:
        await connection.execute(readers_table.update().where(readers_table.c.address == "1").values(**change))
    await save(database)
    while await is_any_pending(database):
        await step(database)
    assert await addresses(database) == ["2"]
    assert not await is_any_pending(database)


async def test_two_editions_for_one_slot_use_it_once_and_the_mark_stays(database):
    await join(database, "1", at=MORNING)
    await save(database, told=SLOT.at)
    await save(database, mark=SLOT.at, told=the_slot(5).at)
    while await is_any_pending(database):
        await step(database)
    assert await states(database) == ["waiting"]
    [reader] = await rows(database, readers_table)
    assert reader["mark"] == SLOT.at
    assert not await is_any_pending(database)


async def test_queueing_for_one_reader_queues_for_no_other(database):
    await join(database, *"12", at=MORNING)
    await save(database)
    async with database.write() as connection:
        await editions.queue_for(connection, 2, SLOT.at)
    assert await addresses(database) == ["2"]
    assert await is_any_pending(database)
    while await step(database):
        pass
    assert sorted(await addresses(database)) == ["1", "2"]


async def test_queueing_for_a_reader_takes_only_editions_printed_for_them(database):
    await join(database, "1", at=MORNING)
    await join(database, "2", at=MORNING, wishes=Wishes(frozenset({"relos"})))
    await save(database, wishes_id=1)
    async with database.write() as connection:
        await editions.queue_for(connection, 2, SLOT.at)
    assert await addresses(database) == []


async def test_resuming_a_fan_out_moves_no_mark_back(database):
    """One reader got the edition and then another of their own while the fan-out was interrupted."""
    await join(database, *"12", at=MORNING)
    await save(database, told=SLOT.at)
    async with database.write() as connection:
        await editions.queue_for(connection, 1, SLOT.at)
        later = Edition(0, "first", blocks("more"), told_until=the_slot(5).at, printed=the_slot(5).at)
        first = await editions.save(connection, later, rhythm_id=1, wishes_id=1, mark=SLOT.at)
        await editions.deliver_to(connection, first, 1, the_slot(5).at)
    while await step(database):
        pass
    assert [row["mark"] for row in await rows(database, readers_table)] == [the_slot(5).at, SLOT.at]


async def test_a_first_edition_uses_no_slot_and_has_no_fan_out(database):
    await join(database, *"12", at=MORNING)
    number = await save(database, slot=None, told=MORNING)
    assert not await is_any_pending(database)
    async with database.write() as connection:
        await editions.deliver_to(connection, number, 2, MORNING)
    assert await addresses(database) == ["2"]
    [delivery] = await rows(database, deliveries)
    assert delivery["slot"] is None
    assert [row["mark"] for row in await rows(database, readers_table)] == [None, MORNING]


async def test_the_last_edition_of_a_reader_is_the_newest_queued_for_them(database):
    await join(database, *"12", at=MORNING)
    async with database.write() as connection:
        assert await editions.last_of(connection, 1) is None
    first = await save(database, slot=None)
    second = await save(database)
    async with database.write() as connection:
        await editions.deliver_to(connection, first, 1, MORNING)
        await editions.deliver_to(connection, second, 1, MORNING)
        await editions.deliver_to(connection, first, 2, MORNING)
        assert (await editions.last_of(connection, 1)).id == second
        assert (await editions.last_of(connection, 2)).id == first


async def test_a_fan_out_to_a_thousand_goes_in_steps_of_the_given_size(database):
    await join(database, *map(str, range(1000)), at=MORNING)
    await save(database)
    queued = []
    while count := await step(database, limit=300):
        queued.append(count)
    assert queued == [300, 300, 300, 100]
    assert len(await states(database)) == 1000


async def test_every_reader_of_a_group_gets_the_same_edition(database):
    await join(database, *"123", at=MORNING)
    number = await save(database)
    while await step(database):
        pass
    assert {row["edition_id"] for row in await rows(database, deliveries)} == {number}
    async with database.read() as connection:
        readers = [await subscribers.find(connection, address) for address in "123"]
    assert {dataclasses.replace(reader, id=0, address="") for reader in readers} == {
        dataclasses.replace(readers[0], id=0, address="")
    }


async def test_many_small_editions_share_a_step_which_may_end_within_one_of_them(database):
    for wishes_id, topic in enumerate(("arctic", "beca", "quad"), 1):
        await join(database, *(f"{wishes_id}{n}" for n in range(3)), at=MORNING, wishes=Wishes(frozenset({topic})))
        await save(database, wishes_id=wishes_id)
    queued = []
    while await is_any_pending(database):
        queued.append(await step(database, limit=4))
    assert queued == [4, 4, 1]
    assert sorted(await addresses(database)) == [f"{w}{n}" for w in (1, 2, 3) for n in range(3)]


async def two_slots_at_once(database):
    """One of an edition's two readers is queued when the next slot is printed, once for each of the two marks."""
    await join(database, *"12", at=MORNING)
    await save(database, told=SLOT.at)
    await step(database, limit=1)
    for mark in (None, SLOT.at):
        await save(database, slot=the_slot(5), mark=mark, told=the_slot(5).at)


async def slots(database):
    return [(row["subscriber_id"], row["slot"]) for row in await rows(database, deliveries)]


async def test_a_reader_queued_for_the_older_slot_becomes_a_reader_of_the_newer(database):
    await two_slots_at_once(database)
    while await is_any_pending(database):
        await step(database)
    assert sorted(await slots(database)) == [(n, the_slot(day).key) for n in (1, 2) for day in (4, 5)]


async def test_queueing_for_a_reader_takes_one_slot_after_the_other(database):
    await two_slots_at_once(database)
    async with database.write() as connection:
        await editions.queue_for(connection, 2, SLOT.at)
    assert await slots(database) == [(1, the_slot(4).key), (2, the_slot(4).key), (2, the_slot(5).key)]
