"""The door's upkeep: the deliveries an operator sees, and the vital signs."""

from fakes import states

from briefings.errors import stated
from briefings.store import undelivered


async def test_deliveries_are_listed_and_a_failed_one_can_be_queued_again(newsroom, database, clock):
    await newsroom.readers.subscribe("5")
    assert [delivery.address for delivery in await newsroom.upkeep.deliveries(failed=False)] == ["5"]
    assert await newsroom.upkeep.deliveries(failed=True) == []
    assert await newsroom.upkeep.retry(1) is not None
    async with database.write() as connection:
        await undelivered.close(connection, 1, stated("blocked"))
    [failed] = await newsroom.upkeep.deliveries(failed=True)
    assert failed.reason == stated("blocked")
    assert await newsroom.upkeep.retry(failed.id) is None
    assert await states(database) == ["waiting"]


async def test_vital_signs_count_open_deliveries_only(newsroom):
    assert (await newsroom.upkeep.vitals()).outbox == 0
    await newsroom.readers.subscribe("5")
    assert (await newsroom.upkeep.vitals()).outbox == 1
    await newsroom.readers.unsubscribe("5")
    assert (await newsroom.upkeep.vitals()).outbox == 0
