"""Each outcome gives its delivery a state, cursor, count, next time and reason, and its reader a status."""

import dataclasses
import logging
from datetime import timedelta

import pytest
from fakes import MORNING, blocks, join, queue, rows

from briefings.editions.model import DeliveryState
from briefings.errors import Problem, stated
from briefings.model import Status
from briefings.passes.messenger import PLACE_GONE, Gone, Later, Moved, Refused, Sent, Unknown
from briefings.passes.outcomes import result_to_record
from briefings.store import outbox, undelivered
from briefings.store.outbox import Claim, Result
from briefings.store.schema import deliveries
from briefings.store.schema import subscribers as readers_table

DELIVERED, FAILED, UNKNOWN = DeliveryState.DELIVERED, DeliveryState.FAILED, DeliveryState.UNKNOWN
WAITING = DeliveryState.WAITING

CLAIM = Claim("ours", delivery=7, edition=3, subscriber=1, address="1", cursor=1, attempts=3)
BLOCKS = 4  # of the claimed edition

SECOND, MILLISECOND = timedelta(seconds=1), timedelta(milliseconds=1)
NO_TIME = timedelta(0)
NO_DATABASE = None  # most outcomes write nothing


async def decide(database, outcome, *, claim=CLAIM, leave_unknown=False):
    return await result_to_record(database, claim, BLOCKS, outcome, MORNING, leave_unknown=leave_unknown)


# The delivery

RESULTS = {
    "a-part-was-taken": (Sent(2, "4711"), (WAITING, 3, 0, 1050 * MILLISECOND, "4711", None)),
    "the-last-block-was-taken": (Sent(3, "4711"), (DELIVERED, 4, 0, 1050 * MILLISECOND, "4711", None)),
    "more-was-taken-than-there-is": (Sent(9, "4711"), (DELIVERED, 10, 0, 1050 * MILLISECOND, "4711", None)),
    "taken-without-a-reference": (Sent(3), (DELIVERED, 4, 0, 1050 * MILLISECOND, "", None)),
    "later-after-so-long": (Later(stated("busy"), 30 * SECOND), (WAITING, 1, 4, 30 * SECOND, None, stated("busy"))),
    "later-without-a-time": (Later(stated("down")), (WAITING, 1, 4, 8 * SECOND, None, stated("down"))),
    "later-for-everyone": (
        Later(stated("flood"), 9 * SECOND, everyone=True),
        (WAITING, 1, 4, 9 * SECOND, None, stated("flood")),
    ),
    "unknown": (Unknown(stated("no answer"), 2), (WAITING, 1, 4, 8 * SECOND, None, stated("no answer"))),
}


@pytest.mark.parametrize(("outcome", "expected"), RESULTS.values(), ids=RESULTS.keys())
async def test_an_outcome_gives_the_result_to_record(outcome, expected):
    state, cursor, attempts, pause, reference, reason = expected
    result = await decide(NO_DATABASE, outcome)
    assert dataclasses.replace(result, unknown_sends=0) == Result(
        7, "ours", state, cursor, attempts, MORNING + pause, reference, reason
    )


NO_ANSWER = stated("no answer")
UNKNOWNS = {
    "first": (0, 1, False, (WAITING, 1, 4, 8 * SECOND, NO_ANSWER, 1, 0)),
    "second": (1, 1, False, (WAITING, 1, 4, 8 * SECOND, NO_ANSWER, 2, 0)),
    "third-is-left-and-the-rest-is-sent": (2, 2, False, (WAITING, 3, 0, 1050 * MILLISECOND, NO_ANSWER, 0, 1)),
    "third-is-left-and-was-the-last": (2, 3, False, (UNKNOWN, 4, 0, 1050 * MILLISECOND, NO_ANSWER, 0, 1)),
    "left-at-once-as-the-operator-chose": (0, 2, True, (WAITING, 3, 0, 1050 * MILLISECOND, NO_ANSWER, 0, 1)),
}
"""Unknown sends before, blocks of the message, leave them at once → the result."""


@pytest.mark.parametrize(("sends", "blocks", "leave_unknown", "expected"), UNKNOWNS.values(), ids=UNKNOWNS.keys())
async def test_an_unknown_message_is_sent_again_twice_and_then_left(sends, blocks, leave_unknown, expected):
    claim = dataclasses.replace(CLAIM, unknown_sends=sends)
    result = await decide(NO_DATABASE, Unknown(NO_ANSWER, blocks), claim=claim, leave_unknown=leave_unknown)
    state, cursor, attempts, pause, reason, unknown_sends, unknown_messages = expected
    assert result == Result(
        7, "ours", state, cursor, attempts, MORNING + pause, None, reason, unknown_sends, unknown_messages
    )


async def test_an_edition_of_which_a_message_was_left_ends_as_unknown():
    claim = dataclasses.replace(CLAIM, unknown_messages=1)
    result = await decide(NO_DATABASE, Sent(3, "4711"), claim=claim)
    assert (result.state, result.cursor, result.reason) == (UNKNOWN, 4, Problem("part-unknown"))


async def test_that_a_place_is_gone_is_remembered_until_the_reader_was_told():
    claim = dataclasses.replace(CLAIM, reason=PLACE_GONE)
    assert (await decide(NO_DATABASE, Later(stated("busy"), SECOND), claim=claim)).reason == PLACE_GONE
    assert (await decide(NO_DATABASE, Sent(1, "4711"), claim=claim)).reason is None


async def test_leaving_unknown_messages_changes_no_other_outcome():
    assert (await decide(NO_DATABASE, Later(stated("busy"), SECOND), leave_unknown=True)).state is WAITING
    assert (await decide(NO_DATABASE, Sent(3, "4711"), leave_unknown=True)).state is DELIVERED


PAUSES = {0: 1, 1: 2, 2: 4, 3: 8, 4: 16, 5: 32, 6: 60, 7: 60, 11: 60, 100_000: 60}
"""Attempts so far → seconds until the next one."""


@pytest.mark.parametrize(("attempts", "seconds"), PAUSES.items())
@pytest.mark.parametrize("outcome", [Later(stated("down")), Unknown(stated("no answer"), 1)], ids=["later", "unknown"])
async def test_pauses_that_nobody_named_double_up_to_a_minute(outcome, attempts, seconds):
    claim = Claim("ours", 7, 3, 1, "1", 1, attempts)
    assert (await decide(NO_DATABASE, outcome, claim=claim)).not_before == MORNING + seconds * SECOND


# The reader


async def two_deliveries(database):
    """Two readers; the first has a delivery that is claimed and a newer one that waits. Returns the claim."""
    await join(database, "1", "2", at=MORNING)
    await queue(database, blocks(*"abcd"), "1", now=MORNING)
    await queue(database, blocks("newer"), "1", "2", now=MORNING)
    async with database.write() as connection:
        [claim] = await outbox.claim(connection, MORNING, limit=1, token="ours", until=MORNING + SECOND)
    return claim


async def readers(database):
    return {row["address"]: (row["status"], row["reason"]) for row in await rows(database, readers_table)}


async def deliveries_of(database):
    return [(row["state"], row["reason"]) for row in await rows(database, deliveries)]


OPEN = [("sending", None), ("waiting", None), ("waiting", None)]


@pytest.mark.parametrize(
    "outcome",
    [Sent(1, "4711"), Later(stated("busy")), Unknown(stated("no answer"), 1)],
    ids=lambda o: type(o).__name__,
)
async def test_an_outcome_that_concerns_one_message_leaves_the_reader_alone(database, outcome):
    claim = await two_deliveries(database)
    await decide(database, outcome, claim=claim)
    assert await readers(database) == {"1": (Status.ACTIVE, None), "2": (Status.ACTIVE, None)}
    assert await deliveries_of(database) == OPEN


async def test_a_reader_who_is_gone_is_retired_and_the_other_deliveries_are_closed(database):
    claim = await two_deliveries(database)
    assert await decide(database, Gone(stated("bot was blocked")), claim=claim) is None
    assert await readers(database) == {"1": (Status.GONE, "bot was blocked"), "2": (Status.ACTIVE, None)}
    assert await deliveries_of(database) == [*[("failed", "bot was blocked")] * 2, ("waiting", None)]


async def test_a_refused_delivery_and_those_behind_it_are_closed_and_the_reader_stays_active(database):
    claim = await two_deliveries(database)
    assert await decide(database, Refused(stated("no rights")), claim=claim) is None
    assert await readers(database) == {"1": (Status.ACTIVE, None), "2": (Status.ACTIVE, None)}
    behind = undelivered.BEHIND.to_text()
    assert await deliveries_of(database) == [("failed", "no rights"), ("failed", behind), ("waiting", None)]


REFUSED_ON_DAYS = {
    "two-in-a-week": ((0, 7), Status.ACTIVE),
    "three-in-less-than-a-week": ((0, 1, 6), Status.ACTIVE),
    "three-in-a-week": ((0, 1, 7), Status.PAUSED),
    "weekly": ((0, 7, 14), Status.PAUSED),
}


@pytest.mark.parametrize(("days", "status"), REFUSED_ON_DAYS.values(), ids=REFUSED_ON_DAYS)
async def test_a_reader_is_paused_after_three_refusals_in_a_row_over_a_week(database, days, status):
    await join(database, "1", at=MORNING - SECOND)
    for day in days:
        now = MORNING + timedelta(days=day)
        await queue(database, blocks("news"), "1", now=now)
        async with database.write() as connection:
            [claim] = await outbox.claim(connection, now, limit=1, token="ours", until=now + SECOND)
        await result_to_record(database, claim, 1, Refused(stated("no rights")), now, leave_unknown=False)
    [row] = await rows(database, readers_table)
    assert (row["status"], row["reason"]) == (status, "no rights" if status is Status.PAUSED else None)


async def test_a_reader_who_moved_is_tried_again_at_once_at_the_new_address(database):
    claim = await two_deliveries(database)
    result = await decide(database, Moved("-1001"), claim=claim)
    assert result == Result(claim.delivery, "ours", WAITING, 0, 1, MORNING, None, Problem("reader-moved"))
    assert await readers(database) == {"-1001": (Status.ACTIVE, None), "2": (Status.ACTIVE, None)}
    assert await deliveries_of(database) == OPEN


async def test_a_reader_whose_place_is_gone_moves_for_that_reason(database):
    claim = await two_deliveries(database)
    assert (await decide(database, Moved("1001", PLACE_GONE), claim=claim)).reason == PLACE_GONE


async def test_a_reader_who_moved_to_another_subscriber_is_retired_with_that_reason(database):
    claim = await two_deliveries(database)
    reason = Problem("address-taken")
    assert await decide(database, Moved("2"), claim=claim) is None
    assert await readers(database) == {"1": (Status.GONE, reason.to_text()), "2": (Status.ACTIVE, None)}
    assert await deliveries_of(database) == [*[("failed", reason.to_text())] * 2, ("waiting", None)]


# The operator


def _words(argument):
    """The other side's words of a stated problem, as the log set-up of the program writes them."""
    return argument.arguments["text"] if isinstance(argument, Problem) else argument


LOGGED = {
    "refused": (Refused(stated("too long")), (logging.ERROR, "delivery 1 was refused: too long")),
    "left-unknown": (
        Unknown(stated("no answer"), 1),
        (logging.WARNING, "delivery 1: a message may or may not have arrived: no answer"),
    ),
}


@pytest.mark.parametrize(("outcome", "expected"), LOGGED.values(), ids=LOGGED.keys())
async def test_a_delivery_that_is_given_up_is_logged_with_its_reason(database, caplog, outcome, expected):
    claim = await two_deliveries(database)
    with caplog.at_level(logging.WARNING):
        await decide(database, outcome, claim=claim, leave_unknown=True)
    assert [(record.levelno, record.msg % tuple(map(_words, record.args))) for record in caplog.records] == [expected]
