"""The vital signs of the newsroom, counted in its tables."""

from __future__ import annotations

from datetime import timedelta

from fakes import Clock, blocks, join, queue
from sqlalchemy import update

from briefings.store import health, inbox, pace, schema
from briefings.store.database import Database
from briefings.store.health import Vitals

NOTHING = timedelta(0)


async def vitals(database: Database, clock: Clock) -> Vitals:
    async with database.read() as connection:
        return await health.vitals(connection, clock())


async def test_an_empty_newsroom_is_well(database: Database, clock: Clock) -> None:
    assert await vitals(database, clock) == Vitals(0, NOTHING, NOTHING, 0, 0, 0, 0, NOTHING)


async def test_open_deliveries_are_counted_and_have_an_age(database: Database, clock: Clock) -> None:
    await join(database, "1", "2", "3", at=clock())
    await queue(database, blocks("news"), "1", "2", "3", now=clock())
    clock.advance(minutes=3)
    signs = await vitals(database, clock)
    assert (signs.outbox, signs.oldest, signs.late) == (3, timedelta(minutes=3), timedelta(minutes=3))


async def test_a_delivery_that_waits_for_its_time_is_not_late(database: Database, clock: Clock) -> None:
    await join(database, "1", "2", at=clock())
    first, _ = await queue(database, blocks("news"), "1", "2", now=clock())
    async with database.write() as connection:
        later = update(schema.deliveries).where(schema.deliveries.c.id == first)
        await connection.execute(later.values(not_before=clock() + timedelta(hours=1)))
    clock.advance(minutes=2)
    await queue(database, blocks("more"), "2", now=clock())
    assert (await vitals(database, clock)).late == timedelta(minutes=2)
    async with database.write() as connection:
        await connection.execute(update(schema.deliveries).values(not_before=clock() + timedelta(hours=1)))
    signs = await vitals(database, clock)
    assert (signs.oldest, signs.late) == (timedelta(minutes=2), NOTHING)


async def test_deliveries_that_did_not_arrive_are_counted(database: Database, clock: Clock) -> None:
    await join(database, *"12345", at=clock())
    ids = await queue(database, blocks("news"), *"12345", now=clock())
    async with database.write() as connection:
        for delivery, state in zip(ids, ("failed", "failed", "unknown", "delivered", "sending"), strict=True):
            now = update(schema.deliveries).where(schema.deliveries.c.id == delivery)
            await connection.execute(now.values(state=state))
    signs = await vitals(database, clock)
    assert (signs.failed, signs.unknown, signs.outbox) == (2, 1, 1)


async def test_the_pace_shows_how_far_ahead_send_times_are_reserved(database: Database, clock: Clock) -> None:
    async with database.write() as connection:
        await pace.reserve(connection, 10, timedelta(seconds=0.5), clock())
    assert (await vitals(database, clock)).reserved_ahead == timedelta(seconds=5)
    clock.advance(hours=-1)
    assert (await vitals(database, clock)).reserved_ahead == NOTHING, "a clock set back voids reservations"


async def test_inbox_items_are_counted_until_they_are_done(database: Database, clock: Clock) -> None:
    async with database.write() as connection:
        for number in (1, 2):
            await inbox.keep(connection, inbox.NewItem(number, number, inbox.Lane.CHANGE, "{}"), clock())
        await inbox.claim(connection, clock(), limit=1, token="one", until=clock() + timedelta(seconds=5))
        await inbox.finish(connection, [1], "one", clock())
    assert (await vitals(database, clock)).inbox == 1


async def test_sources_with_five_failures_in_a_row_or_more_are_in_trouble(database: Database, clock: Clock) -> None:
    def source(number: int, failures: int) -> dict[str, object]:
        return {
            "url": f"https://example.org/{number}", "kind": "feed", "title": "A", "folder": "",
            "next_visit": clock(), "interval": 900, "failures": failures, "told": False,
        }  # fmt: skip

    async with database.write() as connection:
        await connection.execute(schema.sources.insert(), [source(1, 0), source(2, 4), source(3, 5), source(4, 9)])
    assert (await vitals(database, clock)).sources_in_trouble == 2
