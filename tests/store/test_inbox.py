"""The inbox: items are stored once, claimed in order within a key, and free again when a dead process's lease ends."""

from __future__ import annotations

from datetime import datetime, timedelta

from fakes import Clock, rows

from briefings.store import inbox, schema
from briefings.store.database import Database

ANN, BOB = 5, 6
LEASE = timedelta(seconds=5)


async def store(database: Database, now: datetime, *items: tuple[int, int]) -> list[bool]:
    """Store items of these numbers and keys. Returns for each True if it was new."""
    async with database.write() as connection:
        return [await inbox.keep(connection, number, key, f"body {number}", now) for number, key in items]


async def claim(database: Database, now: datetime, token: str = "one", limit: int = 64) -> list[int]:  # noqa: S107 - a claim's name
    async with database.write() as connection:
        items = await inbox.claim(connection, now, limit=limit, token=token, until=now + LEASE)
        return [item.number for item in items]


async def finish(database: Database, now: datetime, *numbers: int, token: str = "one") -> int:  # noqa: S107 - a claim's name
    async with database.write() as connection:
        return await inbox.finish(connection, numbers, token, now)


async def test_a_repeated_item_is_recognised_even_after_it_is_done(database: Database, clock: Clock) -> None:
    assert await store(database, clock(), (1, ANN), (1, ANN)) == [True, False]
    assert await claim(database, clock()) == [1]
    assert await finish(database, clock(), 1) == 1
    assert await store(database, clock(), (1, ANN)) == [False]
    assert await claim(database, clock()) == []
    [row] = await rows(database, schema.inbox)
    assert row["payload"] == "", "what readers wrote is not kept"


async def test_the_largest_numbers_are_read_back(database: Database, clock: Clock) -> None:
    assert await store(database, clock(), (2**62, -(2**62))) == [True]
    async with database.write() as connection:
        [item] = await inbox.claim(connection, clock(), limit=1, token="one", until=clock() + LEASE)
    assert (item.number, item.key, item.payload) == (2**62, -(2**62), f"body {2**62}")


async def test_only_the_oldest_open_item_of_a_key_is_claimed(database: Database, clock: Clock) -> None:
    await store(database, clock(), (2, ANN), (1, ANN), (3, BOB))
    assert await claim(database, clock(), "one") == [1, 3]
    assert await claim(database, clock(), "two") == [], "2 waits for 1"
    await finish(database, clock(), 1)
    assert await claim(database, clock(), "two") == [2]


async def test_no_more_items_are_claimed_than_the_limit(database: Database, clock: Clock) -> None:
    await store(database, clock(), *((number, number) for number in range(1, 6)))
    assert await claim(database, clock(), limit=2) == [1, 2]
    assert await claim(database, clock(), limit=2) == [3, 4]


async def test_items_of_a_dead_process_are_free_when_its_lease_ends(database: Database, clock: Clock) -> None:
    await store(database, clock(), (1, ANN), (2, ANN))
    assert await claim(database, clock(), "dead") == [1]
    assert await claim(database, clock.advance(seconds=4), "alive") == []
    assert await claim(database, clock.advance(seconds=1), "alive") == [1]


async def test_a_renewed_claim_holds(database: Database, clock: Clock) -> None:
    await store(database, clock(), (1, ANN))
    await claim(database, clock(), "slow")
    async with database.write() as connection:
        await inbox.renew(connection, [1], "slow", clock.advance(seconds=4) + LEASE)
    assert await claim(database, clock.advance(seconds=4), "other") == []


async def test_a_process_that_wakes_after_its_lease_marks_nothing_done(database: Database, clock: Clock) -> None:
    await store(database, clock(), (1, ANN))
    await claim(database, clock(), "late")
    assert await claim(database, clock.advance(seconds=6), "other") == [1]
    assert await finish(database, clock(), 1, token="late") == 0
    assert await finish(database, clock(), 1, token="other") == 1


async def test_a_lease_by_a_clock_that_was_set_back_is_void(database: Database, clock: Clock) -> None:
    await store(database, clock(), (1, ANN))
    await claim(database, clock(), "dead")
    assert await claim(database, clock.advance(hours=-1), "alive") == [1]


async def test_items_that_are_given_back_are_free_at_once(database: Database, clock: Clock) -> None:
    await store(database, clock(), (1, ANN), (2, BOB))
    await claim(database, clock(), "one")
    await finish(database, clock(), 2)
    async with database.write() as connection:
        await inbox.give_back(connection, "one")
    assert await claim(database, clock(), "two") == [1]


async def test_anything_claimable_is_true_only_while_a_claim_would_get_an_item(
    database: Database, clock: Clock
) -> None:
    async def is_anything_claimable() -> bool:
        async with database.read() as connection:
            return await inbox.is_anything_claimable(connection, clock())

    assert not await is_anything_claimable()
    await store(database, clock(), (1, ANN), (2, ANN))
    assert await is_anything_claimable()
    await claim(database, clock())
    assert not await is_anything_claimable()


async def test_only_items_done_long_ago_are_forgotten(database: Database, clock: Clock) -> None:
    await store(database, clock(), (1, ANN), (2, BOB), (3, BOB))
    await claim(database, clock())
    await finish(database, clock(), 1)
    await finish(database, clock.advance(days=2), 2)
    async with database.write() as connection:
        assert await inbox.forget(connection, clock() - timedelta(days=1)) == 1
    assert [row["number"] for row in await rows(database, schema.inbox)] == [2, 3]
