"""The outbox, arrow by arrow. The name of a test gives the letter of its arrow in `store/outbox.py`.

The arrows out of a failed delivery are in `test_undelivered.py`.
"""

import asyncio
from datetime import timedelta

import pytest
from fakes import MORNING, blocks, join, queue, rows, states
from sqlalchemy import update

from briefings.editions.model import DeliveryReport, DeliveryState
from briefings.errors import stated
from briefings.store import outbox
from briefings.store.database import Database
from briefings.store.outbox import Claim, Result
from briefings.store.schema import deliveries, editions

LEASE = timedelta(seconds=30)
SECOND, MICROSECOND = timedelta(seconds=1), timedelta(microseconds=1)
HOUR = timedelta(hours=1)
DELIVERED, FAILED, UNKNOWN = DeliveryState.DELIVERED, DeliveryState.FAILED, DeliveryState.UNKNOWN
WAITING, SENDING = DeliveryState.WAITING, DeliveryState.SENDING


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


async def renew(database, until, token=OURS):
    async with database.write() as connection:
        return await outbox.renew(connection, token, until)


async def give_back(database, token=OURS):
    async with database.write() as connection:
        await outbox.give_back(connection, token)


def result(claimed, state, *, cursor=0, not_before=MORNING, **values):
    return Result(claimed.delivery, claimed.token, state, cursor, claimed.attempts + 1, not_before, **values)


async def only(database):
    [row] = await rows(database, deliveries)
    return row


async def reported(database, *, failed, **how):
    async with database.read() as connection:
        return await outbox.report(connection, failed=failed, **how)


async def change(database, table, row_id, **values):
    """Write these values into a row, to make a situation that would take many steps."""
    async with database.write() as connection:
        await connection.execute(update(table).where(table.c.id == row_id).values(**values))


async def schedule(database, printed, *addresses):
    """One edition of a slot, on its way to each of these readers; delivery ids."""
    ids = await queue(database, printed, *addresses, now=MORNING)
    for delivery in ids:
        await change(database, deliveries, delivery, slot="2025-12-04 07:30")
    return ids


# The arrows


async def test_a_an_edition_is_queued_as_waiting(database, readers):
    await queue(database, blocks("one", "two"), "1", "2", now=MORNING)
    assert await states(database) == ["waiting", "waiting"]
    [first, _] = await reported(database, failed=False)
    assert (first.address, first.cursor, first.blocks, first.attempts, first.created) == ("1", 0, 2, 0, MORNING)


async def test_b_a_delivery_is_claimed_under_a_token_and_a_lease(database, readers):
    await queue(database, blocks("one"), "1", now=MORNING)
    [claimed] = await claim(database, "ours")
    assert (claimed.address, claimed.cursor, claimed.attempts, claimed.token) == ("1", 0, 0, "ours")
    row = await only(database)
    assert (row["state"], row["token"], row["lease_until"]) == ("sending", "ours", MORNING + LEASE)


async def test_b_a_claimed_delivery_cannot_be_claimed_again(database, readers):
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


async def test_b_a_delivery_that_must_wait_is_not_claimed_before_its_time(database, readers):
    await queue(database, blocks("one"), "1", now=MORNING)
    [claimed] = await claim(database)
    await record(database, result(claimed, WAITING, not_before=MORNING + SECOND))
    assert await claim(database) == []
    assert len(await claim(database, now=MORNING + SECOND)) == 1


async def test_b_a_delivery_that_was_never_tried_waits_for_no_clock(database, readers):
    await queue(database, blocks("one"), "1", now=MORNING + 3600 * SECOND)  # and then the clock was set back
    assert len(await claim(database)) == 1


async def test_b_a_lease_from_a_clock_since_set_back_is_void(database, readers):
    await queue(database, blocks("one"), "1", now=MORNING)
    await claim(database, "theirs", now=MORNING + 3600 * SECOND)
    assert len(await claim(database)) == 1


async def test_a_lease_is_renewed_for_all_claims_without_a_result(database, readers):
    await queue(database, blocks("one"), "1", "2", now=MORNING)
    first, second = await claim(database)
    await record(database, result(first, DELIVERED, cursor=1))
    assert await renew(database, MORNING + 2 * LEASE) == {second.delivery}
    assert [row["lease_until"] for row in await rows(database, deliveries)] == [None, MORNING + 2 * LEASE]


async def test_a_waiting_delivery_is_brought_forward_when_the_clock_was_set_back(database, readers):
    await queue(database, blocks("one"), "1", now=MORNING)
    [claimed] = await claim(database)
    await record(database, result(claimed, WAITING, not_before=MORNING + HOUR + 30 * SECOND))
    await bring_forward(database, HOUR)
    assert (await only(database))["not_before"] == MORNING + 30 * SECOND


async def bring_forward(database, by):
    async with database.write() as connection:
        await outbox.bring_forward(connection, MORNING, by)


TIMES = {
    "due": (WAITING, -SECOND, -SECOND),
    "due-now": (WAITING, 0 * SECOND, 0 * SECOND),
    "due-sooner-than-the-clock-went-back": (WAITING, HOUR - SECOND, 0 * SECOND),
    "due-later": (WAITING, 3 * HOUR, 2 * HOUR),
    "later-than-any-wait": (WAITING, 8760 * HOUR, 24 * HOUR),
    "sending": (SENDING, 3 * HOUR, 3 * HOUR),
    "failed": (FAILED, 3 * HOUR, 3 * HOUR),
}
"""State and next time before a clock is set back by an hour → next time after."""


@pytest.mark.parametrize(("state", "before", "after"), TIMES.values(), ids=TIMES.keys())
async def test_only_waiting_deliveries_are_brought_forward_and_never_into_the_past(
    database, readers, state, before, after
):
    await queue(database, blocks("one"), "1", now=MORNING)
    delivery = (await only(database))["id"]
    await change(database, deliveries, delivery, state=state, not_before=MORNING + before)
    await bring_forward(database, HOUR)
    assert (await only(database))["not_before"] == MORNING + after


async def test_each_waiting_delivery_is_brought_forward_from_its_own_time(database, readers):
    first, second = await queue(database, blocks("one"), "1", "2", now=MORNING)
    await change(database, deliveries, first, not_before=MORNING + 2 * HOUR)
    await change(database, deliveries, second, not_before=MORNING + 3 * HOUR)
    await bring_forward(database, HOUR)
    times = [row["not_before"] for row in await rows(database, deliveries)]
    assert times == [MORNING + HOUR, MORNING + 2 * HOUR]


async def test_b_only_the_oldest_open_delivery_of_a_reader_is_claimed(database, readers):
    older, _ = (
        await queue(database, blocks("older"), "1", now=MORNING),
        await queue(database, blocks("newer"), "1", "2", now=MORNING),
    )
    assert [(c.delivery, c.address) for c in await claim(database, "ours")] == [(older[0], "1"), (older[0] + 2, "2")]
    assert await claim(database, "theirs") == [], "the older one is still being sent"


async def test_b_a_newer_delivery_waits_while_the_older_one_must_wait(database, readers):
    await queue(database, blocks("older"), "1", now=MORNING)
    await queue(database, blocks("newer"), "1", now=MORNING)
    [older] = await claim(database)
    await record(database, result(older, WAITING, not_before=MORNING + 60 * SECOND))
    assert await claim(database) == []


@pytest.mark.parametrize("state", [DELIVERED, FAILED, UNKNOWN])
async def test_b_a_newer_delivery_goes_when_the_older_one_is_closed(database, readers, state):
    await queue(database, blocks("older"), "1", now=MORNING)
    [newer] = await queue(database, blocks("newer"), "1", now=MORNING)
    [claimed] = await claim(database)
    await record(database, result(claimed, state, cursor=1))
    assert [c.delivery for c in await claim(database)] == [newer]


async def test_c_a_delivery_is_delivered_and_its_claim_ends(database, readers):
    await queue(database, blocks("one", "two"), "1", now=MORNING)
    [claimed] = await claim(database)
    await record(database, result(claimed, DELIVERED, cursor=2, reference="message 7"))
    row = await only(database)
    assert (row["state"], row["cursor"], row["reference"]) == ("delivered", 2, "message 7")
    assert (row["token"], row["lease_until"]) == (None, None)
    assert await claim(database, now=MORNING + 2 * LEASE) == []


async def test_d_a_delivery_that_must_wait_keeps_its_cursor_count_and_reason(database, readers):
    await queue(database, blocks("one", "two"), "1", now=MORNING)
    [claimed] = await claim(database)
    await record(database, result(claimed, WAITING, cursor=1, not_before=MORNING + 5 * SECOND, reason=stated("busy")))
    [delivery] = await reported(database, failed=False)
    assert (delivery.state, delivery.cursor, delivery.attempts, delivery.reason) == (WAITING, 1, 1, stated("busy"))
    assert await claim(database, now=MORNING + 4 * SECOND) == []
    [again] = await claim(database, now=MORNING + 5 * SECOND)
    assert (again.cursor, again.attempts) == (1, 1)


async def test_d_claims_that_are_given_back_wait_again(database, readers):
    await queue(database, blocks("one"), "1", "2", now=MORNING)
    await claim(database, "ours", limit=1)
    await claim(database, "theirs")
    await give_back(database, "ours")
    given_back, _ = await rows(database, deliveries)
    assert (given_back["token"], given_back["lease_until"], given_back["attempts"]) == (None, None, 0)
    assert await states(database) == ["waiting", "sending"]
    assert [c.address for c in await claim(database, "next")] == ["1"]


async def test_d_giving_back_changes_no_recorded_result(database, readers):
    await queue(database, blocks("one"), "1", now=MORNING)
    [claimed] = await claim(database)
    await record(database, result(claimed, DELIVERED, cursor=1))
    await give_back(database, claimed.token)
    assert await states(database) == ["delivered"]


async def test_d_a_delivery_is_taken_over_when_its_lease_ran_out(database, readers):
    await queue(database, blocks("one"), "1", now=MORNING)
    await claim(database, "dead")
    assert await claim(database, "ours", now=MORNING + LEASE - SECOND) == []
    [taken] = await claim(database, "ours", now=MORNING + LEASE)
    assert taken.token == "ours"


@pytest.mark.parametrize("state", [DELIVERED, WAITING, FAILED, UNKNOWN])
async def test_a_process_that_wakes_after_its_lease_changes_nothing(database, readers, state):
    await queue(database, blocks("one"), "1", now=MORNING)
    [old] = await claim(database, "asleep")
    await claim(database, "ours", now=MORNING + LEASE)
    before = await only(database)
    await record(database, result(old, state, cursor=1, reason=stated("late")))
    await give_back(database, "asleep")
    assert await only(database) == before


async def test_a_process_that_wakes_after_the_delivery_changes_nothing(database, readers):
    await queue(database, blocks("one"), "1", now=MORNING)
    [old] = await claim(database, "asleep")
    [new] = await claim(database, "ours", now=MORNING + LEASE)
    await record(database, result(new, DELIVERED, cursor=1))
    await record(database, result(old, WAITING))
    assert await states(database) == ["delivered"]


async def test_e_a_refused_delivery_keeps_its_reason(database, readers):
    await queue(database, blocks("one"), "1", now=MORNING)
    [claimed] = await claim(database)
    await record(database, result(claimed, FAILED, reason=stated("too long")))
    [delivery] = await reported(database, failed=True)
    assert (delivery.state, delivery.reason) == (FAILED, stated("too long"))
    assert await reported(database, failed=False) == []
    assert await claim(database, now=MORNING + 2 * LEASE) == []


async def test_f_an_unknown_delivery_is_left_and_reported(database, readers):
    await queue(database, blocks("one"), "1", now=MORNING)
    [claimed] = await claim(database)
    await record(database, result(claimed, UNKNOWN, reason=stated("no answer")))
    [delivery] = await reported(database, failed=True)
    assert (delivery.state, delivery.reason) == (UNKNOWN, stated("no answer"))
    assert await claim(database, now=MORNING + 2 * LEASE) == []


async def test_a_reason_is_recorded_without_nul_characters(database, readers):
    await queue(database, blocks("one"), "1", now=MORNING)
    [claimed] = await claim(database)
    await record(database, result(claimed, FAILED, reason=stated("Bad\0 Request")))
    assert (await only(database))["reason"] == "Bad Request"


# More on arrow b


async def test_b_a_claim_names_all_that_is_needed_to_send(database, readers):
    [delivery] = await queue(database, blocks("one", "two"), "2", now=MORNING)
    await change(database, deliveries, delivery, cursor=1, attempts=3)
    [edition] = await rows(database, editions)
    assert await claim(database) == [Claim(OURS, delivery, edition["id"], 2, "2", 1, 3)]


@pytest.mark.parametrize("tried", [{"attempts": 1}, {"cursor": 1}], ids=["attempted", "partly-sent"])
async def test_b_a_delivery_that_was_tried_waits_for_its_time(database, readers, tried):
    [delivery] = await queue(database, blocks("one", "two"), "1", now=MORNING)
    await change(database, deliveries, delivery, not_before=MORNING + SECOND, **tried)
    assert await claim(database) == []
    assert len(await claim(database, now=MORNING + SECOND)) == 1


async def test_b_editions_that_were_asked_for_go_ahead_of_scheduled_ones(database, readers):
    await schedule(database, blocks("scheduled"), "1", "3")
    await queue(database, blocks("asked"), "2", now=MORNING)
    assert [c.address for c in await claim(database, limit=2)] == ["2", "1"]
    assert [c.address for c in await claim(database, limit=2)] == ["3"]


async def test_b_a_delivery_that_was_put_off_goes_behind_those_that_were_due_before_it_is_again(database, readers):
    await queue(database, blocks("one"), "1", "2", "3", now=MORNING)
    [refused] = await claim(database, limit=1)
    await record(database, result(refused, WAITING, not_before=MORNING + SECOND))
    await join(database, "4", at=MORNING)
    await queue(database, blocks("later"), "4", now=MORNING + 2 * SECOND)
    claimed = await claim(database, now=MORNING + 2 * SECOND)
    assert [c.address for c in claimed] == ["2", "3", "1", "4"]


async def test_b_no_more_is_claimed_than_the_limit(database, readers):
    await queue(database, blocks("asked"), "1", "2", now=MORNING)
    await schedule(database, blocks("scheduled"), "3")
    assert [c.address for c in await claim(database, limit=1)] == ["1"]
    assert await claim(database, limit=0) == []
    assert [c.address for c in await claim(database, limit=5)] == ["2", "3"]


async def test_b_the_oldest_are_claimed_first(database, readers):
    await schedule(database, blocks("older"), "3")
    await schedule(database, blocks("newer"), "1", "2")
    assert [c.address for c in await claim(database)] == ["3", "1", "2"]


AHEAD = {
    "a-minute-is-a-lease": (timedelta(minutes=1), "theirs", False),
    "more-than-a-minute-is-void": (timedelta(minutes=1) + MICROSECOND, "theirs", True),
    "our-own-is-never-void": (2 * HOUR, OURS, False),
}
"""How far ahead a lease ends, its token, and if we may claim what it covers."""


@pytest.mark.parametrize(("ahead", "token", "is_void"), AHEAD.values(), ids=AHEAD.keys())
async def test_b_a_lease_that_ends_more_than_a_minute_ahead_is_void(database, readers, ahead, token, is_void):
    [delivery] = await queue(database, blocks("one"), "1", now=MORNING)
    await claim(database, token)
    await change(database, deliveries, delivery, lease_until=MORNING + ahead)
    assert bool(await claim(database)) is is_void


# Claims that are renewed, recorded and given back


async def test_a_renewal_prolongs_no_claim_of_another_token(database, readers):
    await queue(database, blocks("one"), "1", "2", now=MORNING)
    await claim(database, "theirs", limit=1)
    [ours] = await claim(database)
    assert await renew(database, MORNING + 2 * LEASE) == {ours.delivery}
    assert [row["lease_until"] for row in await rows(database, deliveries)] == [MORNING + LEASE, MORNING + 2 * LEASE]
    assert await renew(database, MORNING + 2 * LEASE, "nobody's") == frozenset()


async def test_several_results_are_recorded_at_once_each_for_its_own_delivery(database, readers):
    await queue(database, blocks("one", "two"), "1", "2", "3", now=MORNING)
    first, second, third = await claim(database)
    await record(
        database,
        Result(first.delivery, OURS, DELIVERED, 2, 0, MORNING + SECOND, reference="message 7"),
        Result(second.delivery, OURS, WAITING, 1, 4, MORNING + 2 * SECOND, reason=stated("busy")),
        Result(third.delivery, "theirs", FAILED, 0, 9, MORNING, reason=stated("not their claim")),
    )
    columns = ("state", "cursor", "attempts", "not_before", "reference", "reason", "token", "lease_until")
    assert [tuple(row[column] for column in columns) for row in await rows(database, deliveries)] == [
        ("delivered", 2, 0, MORNING + SECOND, "message 7", None, None, None),
        ("waiting", 1, 4, MORNING + 2 * SECOND, None, "busy", None, None),
        ("sending", 0, 0, MORNING, None, None, OURS, MORNING + LEASE),
    ]


async def test_recording_nothing_changes_nothing(database, readers):
    await queue(database, blocks("one"), "1", now=MORNING)
    before = await only(database)
    await record(database)
    assert await only(database) == before


# Questions

OPEN = {WAITING: True, SENDING: True, DELIVERED: False, FAILED: False, UNKNOWN: False}


async def ask(database, question, *args):
    async with database.read() as connection:
        return await question(connection, *args)


async def test_an_empty_outbox_has_nothing_open_untried_or_due(database):
    assert await ask(database, outbox.is_anything_open) is False
    assert await ask(database, outbox.is_anything_due, MORNING) is False
    assert await ask(database, outbox.count_untried, 10) == 0


@pytest.mark.parametrize(("state", "is_open"), OPEN.items())
async def test_a_delivery_is_open_while_it_waits_or_is_sent(database, readers, state, is_open):
    [delivery] = await queue(database, blocks("one"), "1", now=MORNING)
    await change(database, deliveries, delivery, state=state, not_before=MORNING + HOUR)
    assert await ask(database, outbox.is_anything_open) is is_open
    assert await ask(database, outbox.count_untried, 10) == int(is_open)


async def test_untried_deliveries_are_counted_up_to_a_limit(database, readers):
    first, second, _ = await queue(database, blocks("one"), "1", "2", "3", now=MORNING)
    assert [await ask(database, outbox.count_untried, most) for most in (0, 1, 2, 3, 4)] == [0, 1, 2, 3, 3]
    await change(database, deliveries, first, attempts=1)
    await change(database, deliveries, second, cursor=1)
    assert await ask(database, outbox.count_untried, 10) == 1


DUE = {
    "its-time-has-come": ({"attempts": 1, "not_before": MORNING}, True),
    "its-time-is-to-come": ({"attempts": 1, "not_before": MORNING + MICROSECOND}, False),
    "its-lease-ran-out": ({"state": SENDING, "token": "theirs", "lease_until": MORNING}, True),
    "it-is-being-sent": ({"state": SENDING, "token": "theirs", "lease_until": MORNING + MICROSECOND}, False),
    "it-is-done": ({"state": DELIVERED}, False),
}


@pytest.mark.parametrize(("values", "is_due"), DUE.values(), ids=DUE.keys())
async def test_a_delivery_is_due_when_it_may_be_claimed(database, readers, values, is_due):
    [delivery] = await queue(database, blocks("one"), "1", now=MORNING)
    await change(database, deliveries, delivery, **values)
    assert await ask(database, outbox.is_anything_due, MORNING) is is_due


# The report


async def test_a_report_shows_each_delivery_with_its_reader_and_edition(database, readers):
    [delivery] = await queue(database, blocks("one", "two", "three"), "2", now=MORNING)
    await change(database, deliveries, delivery, state=FAILED, cursor=1, attempts=2, reason="too long")
    [edition] = await rows(database, editions)
    assert await reported(database, failed=True) == [
        DeliveryReport(delivery, edition["id"], "2", FAILED, 1, 3, 2, stated("too long"), MORNING)
    ]


async def test_a_report_names_open_or_failed_deliveries_oldest_first(database):
    await join(database, *"12345", at=MORNING)
    ids = await queue(database, blocks("one"), *"12345", now=MORNING)
    for delivery, state in zip(ids, (UNKNOWN, SENDING, DELIVERED, WAITING, FAILED), strict=True):
        await change(database, deliveries, delivery, state=state)
    assert [delivery.state for delivery in await reported(database, failed=False)] == [SENDING, WAITING]
    assert [delivery.state for delivery in await reported(database, failed=True)] == [UNKNOWN, FAILED]
    assert [delivery.state for delivery in await reported(database, failed=True, limit=1)] == [UNKNOWN]


async def test_a_report_names_200_deliveries_unless_asked_for_more(database):
    addresses = [str(n) for n in range(201)]
    await join(database, *addresses, at=MORNING)
    ids = await queue(database, blocks("one"), *addresses, now=MORNING)
    assert [delivery.id for delivery in await reported(database, failed=False)] == ids[:200]
    assert len(await reported(database, failed=False, limit=300)) == 201
