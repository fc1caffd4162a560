"""The inbox: items are stored once, claimed by lane and turn, and free again when a dead process's lease ends."""

from __future__ import annotations

from datetime import datetime, timedelta

from fakes import Clock, rows

from briefings.store import inbox, schema
from briefings.store.database import Database
from briefings.store.inbox import MOST_QUESTIONS, Lane, NewItem, Stored

ANN, BOB = 5, 6
LEASE = timedelta(seconds=5)


async def store(database: Database, now: datetime, *items: tuple[int, int], lane: Lane = Lane.QUESTION) -> None:
    """Store items of these numbers and keys, in one lane."""
    async with database.write() as connection:
        for number, key in items:
            await inbox.keep(connection, NewItem(number, key, lane, f"body {number}"), now)


async def claim(database: Database, now: datetime, token: str = "one", limit: int = 64) -> list[int]:  # noqa: S107 - a claim's name
    async with database.write() as connection:
        items = await inbox.claim(connection, now, limit=limit, token=token, until=now + LEASE)
        return [item.number for item in items]


async def finish(database: Database, now: datetime, *numbers: int, token: str = "one") -> int:  # noqa: S107 - a claim's name
    async with database.write() as connection:
        return await inbox.finish(connection, numbers, token, now)


async def test_a_repeated_item_is_recognised_even_after_it_is_done(database: Database, clock: Clock) -> None:
    await store(database, clock(), (1, ANN), (1, ANN))
    assert await claim(database, clock()) == [1]
    assert await finish(database, clock(), 1) == 1
    await store(database, clock(), (1, ANN))
    assert await claim(database, clock()) == []
    [row] = await rows(database, schema.inbox)
    assert row["payload"] == "", "what readers wrote is not kept"


async def test_the_largest_numbers_are_read_back(database: Database, clock: Clock) -> None:
    await store(database, clock(), (2**62, -(2**62)))
    async with database.write() as connection:
        [item] = await inbox.claim(connection, clock(), limit=1, token="one", until=clock() + LEASE)
    assert (item.number, item.key, item.payload) == (2**62, -(2**62), f"body {2**62}")


async def test_only_the_oldest_open_item_of_a_key_is_claimed(database: Database, clock: Clock) -> None:
    await store(database, clock(), (2, ANN), (1, ANN), (3, BOB))
    assert sorted(await claim(database, clock(), "one")) == [1, 3]
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


# Lanes and turns


async def take(database: Database, now: datetime, *, limit: int = 64) -> list[int]:
    """Claim, and mark as done what was claimed."""
    numbers = await claim(database, now, limit=limit)
    await finish(database, now, *numbers)
    return numbers


async def test_every_keys_first_question_is_claimed_before_any_second_one(database: Database, clock: Clock) -> None:
    await store(database, clock(), (1, ANN), (2, ANN), (3, ANN), (4, BOB), (5, BOB))
    await store(database, clock(), (6, 7))
    assert [await take(database, clock(), limit=1) for _ in range(6)] == [[1], [4], [6], [2], [5], [3]]


async def test_a_change_waits_for_earlier_changes_only_and_a_question_for_all(database: Database, clock: Clock) -> None:
    await store(database, clock(), (1, ANN))
    await store(database, clock(), (2, ANN), (3, ANN), lane=Lane.CHANGE)
    await store(database, clock(), (4, ANN))
    assert await claim(database, clock()) == [2, 1], "changes come first"
    await finish(database, clock(), 1)
    assert await claim(database, clock()) == []
    await finish(database, clock(), 2)
    assert await take(database, clock()) == [3]
    assert await take(database, clock()) == [4]


async def test_the_reply_to_a_change_waits_for_the_questions_before_it(database: Database, clock: Clock) -> None:
    await store(database, clock(), (1, ANN))
    await store(database, clock(), (2, ANN), lane=Lane.CHANGE)
    await store(database, clock(), (3, ANN))
    assert await claim(database, clock()) == [2, 1]
    async with database.write() as connection:
        await inbox.keep_replies(connection, {2: "Done."}, "one")
    assert await claim(database, clock()) == [], "1 is being answered"
    await finish(database, clock(), 1)
    async with database.write() as connection:
        [item] = await inbox.claim(connection, clock(), limit=9, token="two", until=clock() + LEASE)
    assert (item.number, item.lane, item.payload) == (2, Lane.REPLY, "Done.")


async def test_a_reply_is_kept_only_by_the_process_that_holds_the_claim(database: Database, clock: Clock) -> None:
    await store(database, clock(), (1, ANN), lane=Lane.CHANGE)
    await claim(database, clock(), "one")
    async with database.write() as connection:
        await inbox.keep_replies(connection, {1: "Done."}, "two")
    [row] = await rows(database, schema.inbox)
    assert (row["payload"], row["lane"], row["token"]) == ("body 1", Lane.CHANGE, "one")


async def keep_and_claim(database: Database, now: datetime, number: int, key: int, lane: Lane) -> Stored | None:
    async with database.write() as connection:
        item = NewItem(number, key, lane, "")
        return await inbox.keep(connection, item, now, token="one", until=now + LEASE)


async def test_an_item_that_waits_for_no_other_is_claimed_as_it_is_stored(database: Database, clock: Clock) -> None:
    kept = [
        await keep_and_claim(database, clock(), number, ANN, lane)
        for number, lane in enumerate((Lane.QUESTION, Lane.QUESTION, Lane.CHANGE, Lane.CHANGE, Lane.QUESTION))
    ]
    assert kept == [Stored(0, True), Stored(1, False), Stored(2, True), Stored(2, False), Stored(2, False)]
    assert await keep_and_claim(database, clock(), 0, ANN, Lane.QUESTION) is None, "it is there already"
    assert await keep_and_claim(database, clock(), 9, BOB, Lane.QUESTION) == Stored(0, True)
    assert await claim(database, clock(), "two") == []
    await finish(database, clock(), 0, 2)
    assert await claim(database, clock(), "two") == [3, 1], "the last question waits for both"


async def test_only_the_lanes_asked_for_are_claimed(database: Database, clock: Clock) -> None:
    await store(database, clock(), (1, ANN))
    await store(database, clock(), (2, BOB), lane=Lane.CHANGE)
    async with database.write() as connection:
        items = await inbox.claim(
            connection, clock(), limit=9, token="one", until=clock() + LEASE, lanes=(Lane.CHANGE,)
        )
    assert [item.number for item in items] == [2]


async def leave_out(database: Database, now: datetime, *keys: int) -> None:
    async with database.write() as connection:
        await inbox.leave_out(connection, keys, now)


async def test_of_many_questions_the_newest_wait_and_the_oldest_of_them_says_how_many_were_left_out(
    database: Database, clock: Clock
) -> None:
    many = MOST_QUESTIONS + 5
    await store(database, clock(), *((number, ANN) for number in range(many)))
    await store(database, clock(), (100, BOB), (101, BOB))
    await store(database, clock(), (102, ANN), lane=Lane.CHANGE)
    await leave_out(database, clock(), ANN, BOB)
    left_out = {row["number"]: row["payload"] for row in await rows(database, schema.inbox) if row["done"]}
    assert left_out == dict.fromkeys(range(5), ""), "nothing of what readers wrote is kept"
    assert {row["number"]: row["left_out"] for row in await rows(database, schema.inbox) if row["left_out"]} == {5: 5}
    await store(database, clock(), *((number, ANN) for number in range(200, 203)))
    await leave_out(database, clock(), ANN)
    assert {row["number"]: row["left_out"] for row in await rows(database, schema.inbox) if not row["done"]} == {
        8: 8, **dict.fromkeys([*range(9, many), 100, 101, 102, 200, 201, 202], 0)
    }  # fmt: skip


def test_of_many_questions_brought_together_only_the_newest_are_stored() -> None:
    many = [NewItem(number, ANN, Lane.QUESTION, "") for number in range(MOST_QUESTIONS + 5)]
    others = [NewItem(100, BOB, Lane.QUESTION, ""), NewItem(101, ANN, Lane.CHANGE, "")]
    kept = inbox.newest([others[0], *many, others[1]])
    assert [(item.number, item.left_out) for item in kept] == [
        (100, 0), (5, 5), *((number, 0) for number in range(6, MOST_QUESTIONS + 5)), (101, 0)
    ]  # fmt: skip
    assert inbox.newest(many[:MOST_QUESTIONS]) == many[:MOST_QUESTIONS]


async def test_a_question_under_way_is_not_left_out(database: Database, clock: Clock) -> None:
    await store(database, clock(), (0, ANN))
    assert await claim(database, clock()) == [0]
    await store(database, clock(), *((number, ANN) for number in range(1, MOST_QUESTIONS + 2)))
    await leave_out(database, clock(), ANN)
    assert [row["number"] for row in await rows(database, schema.inbox) if row["done"]] == [1]
