"""Each outcome gives its delivery a state, cursor, count, next time and reason, and its reader a status."""

import logging
from datetime import timedelta

import pytest
from fakes import MORNING, blocks, join, queue, rows

from briefings.editions.model import DeliveryState
from briefings.errors import Problem, stated
from briefings.model import Status
from briefings.passes.messenger import Gone, Later, Moved, Refused, Sent, Unknown
from briefings.passes.outcomes import result_to_record
from briefings.store import outbox
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
    "refused": (Refused(stated("too long")), (FAILED, 1, 4, NO_TIME, None, stated("too long"))),
    "unknown": (Unknown(stated("no answer")), (WAITING, 1, 4, 8 * SECOND, None, stated("no answer"))),
}


@pytest.mark.parametrize(("outcome", "expected"), RESULTS.values(), ids=RESULTS.keys())
async def test_an_outcome_gives_the_result_to_record(outcome, expected):
    state, cursor, attempts, pause, reference, reason = expected
    assert await decide(NO_DATABASE, outcome) == Result(
        7, "ours", state, cursor, attempts, MORNING + pause, reference, reason
    )


async def test_an_unknown_message_is_left_as_unknown_when_the_operator_chose_so():
    result = await decide(NO_DATABASE, Unknown(stated("no answer")), leave_unknown=True)
    assert result == Result(7, "ours", UNKNOWN, 1, 4, MORNING, None, stated("no answer"))


async def test_leaving_unknown_messages_changes_no_other_outcome():
    assert (await decide(NO_DATABASE, Later(stated("busy"), SECOND), leave_unknown=True)).state is WAITING
    assert (await decide(NO_DATABASE, Sent(3, "4711"), leave_unknown=True)).state is DELIVERED


PAUSES = {0: 1, 1: 2, 2: 4, 3: 8, 7: 128, 8: 256, 9: 300, 10: 300, 11: 300, 100_000: 300}
"""Attempts so far → seconds until the next one."""


@pytest.mark.parametrize(("attempts", "seconds"), PAUSES.items())
@pytest.mark.parametrize("outcome", [Later(stated("down")), Unknown(stated("no answer"))], ids=["later", "unknown"])
async def test_pauses_that_nobody_named_double_up_to_five_minutes(outcome, attempts, seconds):
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
    [Sent(1, "4711"), Later(stated("busy")), Refused(stated("too long")), Unknown(stated("no answer"))],
    ids=lambda o: type(o).__name__,
)
async def test_an_outcome_that_concerns_one_message_leaves_the_reader_alone(database, outcome):
    claim = await two_deliveries(database)
    await decide(database, outcome, claim=claim)
    assert await readers(database) == {"1": (Status.ACTIVE, None), "2": (Status.ACTIVE, None)}
    assert await deliveries_of(database) == OPEN


async def test_a_reader_who_is_gone_is_retired_and_the_other_deliveries_are_closed(database):
    claim = await two_deliveries(database)
    result = await decide(database, Gone(stated("bot was blocked")), claim=claim)
    assert result == Result(claim.delivery, "ours", FAILED, 0, 1, MORNING, None, stated("bot was blocked"))
    assert await readers(database) == {"1": (Status.GONE, "bot was blocked"), "2": (Status.ACTIVE, None)}
    assert await deliveries_of(database) == [("sending", None), ("failed", "bot was blocked"), ("waiting", None)]


async def test_a_reader_who_moved_is_tried_again_at_once_at_the_new_address(database):
    claim = await two_deliveries(database)
    result = await decide(database, Moved("-1001"), claim=claim)
    assert result == Result(claim.delivery, "ours", WAITING, 0, 1, MORNING, None, Problem("reader-moved"))
    assert await readers(database) == {"-1001": (Status.ACTIVE, None), "2": (Status.ACTIVE, None)}
    assert await deliveries_of(database) == OPEN


async def test_a_reader_who_moved_to_another_subscriber_is_retired_with_that_reason(database):
    claim = await two_deliveries(database)
    reason = Problem("address-taken")
    result = await decide(database, Moved("2"), claim=claim)
    assert result == Result(claim.delivery, "ours", FAILED, 0, 1, MORNING, None, reason)
    assert await readers(database) == {"1": (Status.GONE, reason.to_text()), "2": (Status.ACTIVE, None)}
    assert await deliveries_of(database) == [("sending", None), ("failed", reason.to_text()), ("waiting", None)]


# The operator


def _words(argument):
    """The other side's words of a stated problem, as the log set-up of the program writes them."""
    return argument.arguments["text"] if isinstance(argument, Problem) else argument


LOGGED = {
    "refused": (Refused(stated("too long")), False, (logging.ERROR, "delivery 7 was refused: too long")),
    "left-unknown": (
        Unknown(stated("no answer")),
        True,
        (logging.WARNING, "delivery 7 may or may not have arrived: no answer"),
    ),
}


@pytest.mark.parametrize(("outcome", "leave_unknown", "expected"), LOGGED.values(), ids=LOGGED.keys())
async def test_a_delivery_that_is_given_up_is_logged_with_its_reason(caplog, outcome, leave_unknown, expected):
    with caplog.at_level(logging.WARNING):
        await decide(NO_DATABASE, outcome, leave_unknown=leave_unknown)
    assert [(record.levelno, record.msg % tuple(map(_words, record.args))) for record in caplog.records] == [expected]
