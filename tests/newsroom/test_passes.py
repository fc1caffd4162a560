"""The passes, ready to be ticked: they bring forward what a clock that ran ahead has put off, also after a restart."""

from datetime import timedelta

import pytest
from fakes import UTC_0730, Clock, join, rows

from briefings.editions.render import Renderer
from briefings.errors import StoreTrouble
from briefings.newsroom.opening import put_together
from briefings.newsroom.sources import Kind
from briefings.store import schema
from briefings.store.database import Database

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)


class World:
    """A newsroom's passes, as a process that has just begun runs them, and its clock."""

    def __init__(self, database: Database, renderer: Renderer, clock: Clock) -> None:
        self.database, self.renderer, self.clock = database, renderer, clock
        self.seconds = 0.0
        self.restart()

    def restart(self) -> None:
        newsroom = put_together(self.database, self.renderer, self.clock, UTC_0730, monotonic=lambda: self.seconds)
        self.sources = newsroom.sources
        self.passes = newsroom.passes.ticked(("collect", "publish"), None)

    async def tick(self, name: str) -> None:
        await self.passes[name][0]()

    async def slots(self) -> list[str]:
        return [row["slot"] for row in await rows(self.database, schema.deliveries)]


@pytest.fixture
def world(database: Database, renderer: Renderer, clock: Clock) -> World:
    return World(database, renderer, clock)


@pytest.mark.parametrize("is_restarted", [False, True], ids=["running", "restarted"])
async def test_a_slot_is_printed_although_a_clock_a_day_ahead_has_skipped_it(world: World, is_restarted: bool) -> None:
    await join(world.database, "1", at=world.clock())
    await world.tick("publish")
    world.clock.now += DAY
    await world.tick("publish")
    assert await world.slots() == []
    world.clock.now -= DAY
    if is_restarted:
        world.restart()
    await world.tick("publish")
    world.clock.at(7, 30)
    await world.tick("publish")
    assert await world.slots() == ["2025-12-04 07:30"]


async def test_the_publish_pass_follows_the_clock_again_when_the_database_was_in_trouble(world: World) -> None:
    await join(world.database, "1", at=world.clock())
    world.clock.now += DAY
    await world.tick("publish")
    world.clock.now -= DAY
    async with world.database.write() as connection:
        await connection.exec_driver_sql("ALTER TABLE rhythms RENAME TO away")
    with pytest.raises(StoreTrouble):
        await world.tick("publish")
    async with world.database.write() as connection:
        await connection.exec_driver_sql("ALTER TABLE away RENAME TO rhythms")
    await world.tick("publish")
    world.clock.at(7, 30)
    await world.tick("publish")
    assert await world.slots() == ["2025-12-04 07:30"]


@pytest.mark.parametrize(("back", "days"), [(DAY, 1), (timedelta(), 2)], ids=["set-back", "not-set"])
async def test_the_collect_pass_brings_visits_forward_once(world: World, back: timedelta, days: int) -> None:
    await world.sources.add(["https://example.org/feed"], Kind.FEED)
    async with world.database.write() as connection:
        await connection.execute(schema.sources.update().values(next_visit=world.clock() + 2 * DAY))
    await world.tick("collect")
    world.clock.now -= back
    async with world.database.write() as connection:
        await connection.execute(schema.sources.update().values(next_visit=world.clock() + 2 * DAY))
    for _ in range(2):
        await world.tick("collect")
    [source] = await world.sources.everything()
    assert source.next_visit == world.clock() + days * DAY
