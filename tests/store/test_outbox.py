"""The outbox, arrow by arrow; the letters are those of `store/outbox.py`."""

import asyncio
from datetime import timedelta

import pytest
from fakes import MORNING, blocks, join, queue, rows, states

from briefings.editions.model import DeliveryState
from briefings.errors import stated
from briefings.store import outbox
from briefings.store.database import Database
from briefings.store.outbox import Result
from briefings.store.schema import deliveries

LEASE = timedelta(seconds=30)
SECOND = timedelta(seconds=1)
DELIVERED, FAILED, UNKNOWN = DeliveryState.DELIVERED, DeliveryState.FAILED, DeliveryState.UNKNOWN
WAITING = DeliveryState.WAITING


@pytest.fixture
async def readers(database):
    await join(database, "1", "2", "3", at=MORNING)


OURS = "ours"


async def claim(database, token=OURS, *, now=MORNING, limit=10):
    async with database.write() as connection:
        return await outbox.claim(connection, now, limit=limit, token=token, until=now + LEASE)


async def record(database, *results):
    async with database.write() as connection:
        await outbox.record(connection, results)


def became(claimed, state, *, cursor=0, not_before=MORNING, **known):
    return Result(claimed.delivery, claimed.token, state, cursor, claimed.attempts + 1, not_before, **known)


async def only(database):
    [row] = await rows(database, deliveries)
    return row


async def reported(database, *, failed):
    async with database.read() as connection:
        return await outbox.report(connection, failed=failed)


# The arrows


async def test_a_queued_with_its_edition(database, readers):
    await queue(database, blocks("one", "two"), "1", "2", now=MORNING)
    assert await states(database) == ["waiting", "waiting"]
    [first, _] = await reported(database, failed=False)
    assert (first.address, first.cursor, first.blocks, first.attempts, first.created) == ("1", 0, 2, 0, MORNING)


async def test_b_claimed_under_a_token_and_a_lease(database, readers):
    await queue(database, blocks("one"), "1", now=MORNING)
    [claimed] = await claim(database, "ours")
    assert (claimed.address, claimed.cursor, claimed.attempts, claimed.token) == ("1", 0, 0, "ours")
    row = await only(database)
    assert (row["state"], row["token"], row["lease_until"]) == ("sending", "ours", MORNING + LEASE)


async def test_b_what_is_claimed_cannot_be_claimed(database, readers):
    await queue(database, blocks("one"), "1", "2", "3", now=MORNING)
    assert [c.address for c in await claim(database, "ours", limit=2)] == ["1", "2"]
    assert [c.address for c in await claim(database, "theirs")] == ["3"]
    assert await claim(database, "nobody's") == []


async def test_b_two_processes_never_claim_the_same(url):
    async with Database(url) as ours, Database(url) as theirs:
        await join(ours, *map(str, range(40)), at=MORNING)
        await queue(ours, blocks("one"), *map(str, range(40)), now=MORNING)
        claims = await asyncio.gather(
            *(claim(database, f"{n}", limit=7) for n in range(4) for database in (ours, theirs)[n % 2 :][:1])
        )
        claimed = [c.delivery for batch in claims for c in batch]
        assert len(claimed) == len(set(claimed)) == 28


async def test_b_what_has_to_wait_is_not_claimed_before_its_time(database, readers):
    await queue(database, blocks("one"), "1", now=MORNING)
    [claimed] = await claim(database)
    await record(database, became(claimed, WAITING, not_before=MORNING + SECOND))
    assert await claim(database) == []
    assert len(await claim(database, now=MORNING + SECOND)) == 1


async def test_b_what_was_never_tried_waits_for_no_clock(database, readers):
    await queue(database, blocks("one"), "1", now=MORNING + 3600 * SECOND)  # and then the clock was set back
    assert len(await claim(database)) == 1


async def test_b_a_lease_from_a_clock_since_set_back_is_void(database, readers):
    await queue(database, blocks("one"), "1", now=MORNING)
    await claim(database, "theirs", now=MORNING + 3600 * SECOND)
    assert len(await claim(database)) == 1


async def test_a_lease_is_renewed_for_all_that_is_still_held(database, readers):
    await queue(database, blocks("one"), "1", "2", now=MORNING)
    done, _ = await claim(database)
    await record(database, became(done, DELIVERED, cursor=1))
    async with database.write() as connection:
        await outbox.renew(connection, OURS, MORNING + 2 * LEASE)
    assert [row["lease_until"] for row in await rows(database, deliveries)] == [None, MORNING + 2 * LEASE]


async def test_what_waits_is_brought_forward_when_the_clock_was_set_back(database, readers):
    await queue(database, blocks("one"), "1", now=MORNING)
    [claimed] = await claim(database)
    hour = timedelta(hours=1)
    await record(database, became(claimed, WAITING, not_before=MORNING + hour + 30 * SECOND))
    async with database.write() as connection:
        await outbox.bring_forward(connection, MORNING, hour)
    assert (await only(database))["not_before"] == MORNING + 30 * SECOND


async def test_b_only_the_oldest_open_delivery_of_a_reader(database, readers):
    older, _ = (
        await queue(database, blocks("older"), "1", now=MORNING),
        await queue(database, blocks("newer"), "1", "2", now=MORNING),
    )
    assert [(c.delivery, c.address) for c in await claim(database, "ours")] == [(older[0], "1"), (older[0] + 2, "2")]
    assert await claim(database, "theirs") == [], "the older one is still being sent"


async def test_b_the_newer_one_waits_even_while_the_older_one_must(database, readers):
    await queue(database, blocks("older"), "1", now=MORNING)
    await queue(database, blocks("newer"), "1", now=MORNING)
    [older] = await claim(database)
    await record(database, became(older, WAITING, not_before=MORNING + 60 * SECOND))
    assert await claim(database) == []


@pytest.mark.parametrize("state", [DELIVERED, FAILED, UNKNOWN])
async def test_b_the_newer_one_goes_when_the_older_is_closed(database, readers, state):
    await queue(database, blocks("older"), "1", now=MORNING)
    [newer] = await queue(database, blocks("newer"), "1", now=MORNING)
    [claimed] = await claim(database)
    await record(database, became(claimed, state, cursor=1))
    assert [c.delivery for c in await claim(database)] == [newer]


async def test_c_delivered_when_the_cursor_reached_the_last_block(database, readers):
    await queue(database, blocks("one", "two"), "1", now=MORNING)
    [claimed] = await claim(database)
    await record(database, became(claimed, DELIVERED, cursor=2, reference="message 7"))
    row = await only(database)
    assert (row["state"], row["cursor"], row["reference"]) == ("delivered", 2, "message 7")
    assert (row["token"], row["lease_until"]) == (None, None)
    assert await claim(database, now=MORNING + 2 * LEASE) == []


async def test_d_later_keeps_its_place_its_count_and_its_reason(database, readers):
    await queue(database, blocks("one", "two"), "1", now=MORNING)
    [claimed] = await claim(database)
    await record(database, became(claimed, WAITING, cursor=1, not_before=MORNING + 5 * SECOND, reason=stated("busy")))
    [told] = await reported(database, failed=False)
    assert (told.state, told.cursor, told.attempts, told.reason) == (WAITING, 1, 1, stated("busy"))
    assert await claim(database, now=MORNING + 4 * SECOND) == []
    [again] = await claim(database, now=MORNING + 5 * SECOND)
    assert (again.cursor, again.attempts) == (1, 1)


async def test_d_given_back(database, readers):
    await queue(database, blocks("one"), "1", "2", now=MORNING)
    await claim(database, "ours", limit=1)
    await claim(database, "theirs")
    async with database.write() as connection:
        await outbox.give_back(connection, "ours")
    assert await states(database) == ["waiting", "sending"]
    assert [c.address for c in await claim(database, "next")] == ["1"], "at once, and with nothing held against it"


async def test_d_giving_back_leaves_alone_what_is_recorded(database, readers):
    await queue(database, blocks("one"), "1", now=MORNING)
    [claimed] = await claim(database)
    await record(database, became(claimed, DELIVERED, cursor=1))
    async with database.write() as connection:
        await outbox.give_back(connection, claimed.token)
    assert await states(database) == ["delivered"]


async def test_d_an_expired_lease_is_taken_over(database, readers):
    await queue(database, blocks("one"), "1", now=MORNING)
    await claim(database, "dead")
    assert await claim(database, "ours", now=MORNING + LEASE - SECOND) == []
    [taken] = await claim(database, "ours", now=MORNING + LEASE)
    assert taken.token == "ours"


@pytest.mark.parametrize("state", [DELIVERED, WAITING, FAILED, UNKNOWN])
async def test_who_wakes_after_the_lease_changes_nothing(database, readers, state):
    await queue(database, blocks("one"), "1", now=MORNING)
    [old] = await claim(database, "asleep")
    await claim(database, "ours", now=MORNING + LEASE)
    before = await only(database)
    await record(database, became(old, state, cursor=1, reason=stated("late")))
    async with database.write() as connection:
        await outbox.give_back(connection, "asleep")
    assert await only(database) == before


async def test_who_wakes_after_all_is_done_changes_nothing(database, readers):
    await queue(database, blocks("one"), "1", now=MORNING)
    [old] = await claim(database, "asleep")
    [new] = await claim(database, "ours", now=MORNING + LEASE)
    await record(database, became(new, DELIVERED, cursor=1))
    await record(database, became(old, WAITING))
    assert await states(database) == ["delivered"]


async def test_e_refused_is_kept_with_its_reason(database, readers):
    await queue(database, blocks("one"), "1", now=MORNING)
    [claimed] = await claim(database)
    await record(database, became(claimed, FAILED, reason=stated("too long")))
    [told] = await reported(database, failed=True)
    assert (told.state, told.reason) == (FAILED, stated("too long"))
    assert await reported(database, failed=False) == []
    assert await claim(database, now=MORNING + 2 * LEASE) == []


async def test_e_a_reader_who_is_gone_closes_all_that_is_open_and_nothing_else(database, readers):
    await queue(database, blocks("told"), "1", now=MORNING)
    [told] = await claim(database)
    await record(database, became(told, DELIVERED, cursor=1))
    [sending] = await queue(database, blocks("on its way"), "1", now=MORNING)
    await claim(database)
    await queue(database, blocks("waiting"), "1", "2", now=MORNING)
    async with database.write() as connection:
        await outbox.close(connection, 1, "blocked", but=sending)
    assert await states(database) == ["delivered", "sending", "failed", "waiting"]
    async with database.write() as connection:
        await outbox.close(connection, 1, "unsubscribed")
    assert await states(database) == ["delivered", "failed", "failed", "waiting"]
    assert [one.reason for one in await reported(database, failed=True)] == [stated("unsubscribed"), stated("blocked")]


async def test_f_unknown_is_left_and_seen(database, readers):
    await queue(database, blocks("one"), "1", now=MORNING)
    [claimed] = await claim(database)
    await record(database, became(claimed, UNKNOWN, reason=stated("no answer")))
    [told] = await reported(database, failed=True)
    assert (told.state, told.reason) == (UNKNOWN, stated("no answer"))
    assert await claim(database, now=MORNING + 2 * LEASE) == []


@pytest.mark.parametrize("state", [FAILED, UNKNOWN])
async def test_g_asked_for_again_it_goes_on_where_it_stood(database, readers, state):
    await queue(database, blocks("one", "two"), "1", now=MORNING)
    [claimed] = await claim(database)
    await record(database, became(claimed, state, cursor=1, reason=stated("trouble")))
    async with database.write() as connection:
        assert await outbox.retry(connection, claimed.delivery, MORNING + SECOND)
    [again] = await claim(database, now=MORNING + SECOND)
    assert (again.cursor, again.attempts) == (1, 0)
    [told] = await reported(database, failed=False)
    assert told.reason is None


async def test_g_is_for_what_failed_only(database, readers):
    [delivery] = await queue(database, blocks("one"), "1", now=MORNING)
    async with database.write() as connection:
        assert not await outbox.retry(connection, delivery, MORNING)
        assert not await outbox.retry(connection, 999, MORNING)
    [claimed] = await claim(database)
    await record(database, became(claimed, DELIVERED, cursor=1))
    async with database.write() as connection:
        assert not await outbox.retry(connection, delivery, MORNING)
    assert await states(database) == ["delivered"]


async def test_a_reason_with_a_character_that_not_every_database_keeps_is_kept_without_it(database, readers):
    await queue(database, blocks("one"), "1", now=MORNING)
    [claimed] = await claim(database)
    await record(database, became(claimed, FAILED, reason=stated("Bad\0 Request")))
    assert (await only(database))["reason"] == "Bad Request"
