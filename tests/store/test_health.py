"""The newsroom's vital signs, as its tables give them."""

from __future__ import annotations

from datetime import timedelta

from fakes import Clock, blocks, join, queue
from sqlalchemy import update

from briefings.store import health, inbox, pace, schema
from briefings.store.database import Database
from briefings.store.health import Vitals

NOTHING = timedelta(0)


async def look(database: Database, clock: Clock) -> Vitals:
    async with database.read() as connection:
        return await health.look(connection, clock())


async def test_an_empty_newsroom_is_well(database: Database, clock: Clock) -> None:
    assert await look(database, clock) == Vitals(0, NOTHING, NOTHING, 0, 0, NOTHING)


async def test_what_waits_is_counted_and_has_an_age(database: Database, clock: Clock) -> None:
    await join(database, "1", "2", "3", at=clock())
    await queue(database, blocks("news"), "1", "2", "3", now=clock())
    clock.advance(minutes=3)
    found = await look(database, clock)
    assert (found.outbox, found.oldest, found.late) == (3, timedelta(minutes=3), timedelta(minutes=3))


async def test_who_waits_for_their_time_is_not_late(database: Database, clock: Clock) -> None:
    await join(database, "1", "2", at=clock())
    first, _ = await queue(database, blocks("news"), "1", "2", now=clock())
    async with database.write() as connection:
        later = update(schema.deliveries).where(schema.deliveries.c.id == first)
        await connection.execute(later.values(not_before=clock() + timedelta(hours=1)))
    clock.advance(minutes=2)
    await queue(database, blocks("more"), "2", now=clock())
    assert (await look(database, clock)).late == timedelta(minutes=2)
    async with database.write() as connection:
        await connection.execute(update(schema.deliveries).values(not_before=clock() + timedelta(hours=1)))
    found = await look(database, clock)
    assert (found.oldest, found.late) == (timedelta(minutes=2), NOTHING)


async def test_the_pace_says_how_far_it_is_promised(database: Database, clock: Clock) -> None:
    async with database.write() as connection:
        await pace.reserve(connection, 10, timedelta(seconds=0.5), clock())
    assert (await look(database, clock)).promised == timedelta(seconds=5)
    clock.advance(hours=-1)
    assert (await look(database, clock)).promised == NOTHING, "a promise by a clock that was set back is void"


async def test_the_inbox_is_counted_until_it_is_done(database: Database, clock: Clock) -> None:
    async with database.write() as connection:
        for number in (1, 2):
            await inbox.keep(connection, number, number, "{}", clock())
        await inbox.claim(connection, clock(), limit=1, token="one", until=clock() + timedelta(seconds=5))
        await inbox.finish(connection, [1], "one", clock())
    assert (await look(database, clock)).inbox == 1


async def test_sources_with_five_failures_in_a_row_or_more_are_in_trouble(database: Database, clock: Clock) -> None:
    def source(number: int, failures: int) -> dict[str, object]:
        return {
            "url": f"https://example.org/{number}", "kind": "feed", "title": "A", "folder": "",
            "next_visit": clock(), "interval": 900, "failures": failures, "told": False,
        }  # fmt: skip

    async with database.write() as connection:
        await connection.execute(schema.sources.insert(), [source(1, 0), source(2, 4), source(3, 5), source(4, 9)])
    assert (await look(database, clock)).sources_in_trouble == 2
