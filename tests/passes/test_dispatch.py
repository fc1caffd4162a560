"""Dispatch: every edition is sent at least once, in order, whole; and nothing is lost in silence."""

import asyncio
from datetime import timedelta

import pytest
from fakes import MORNING, FakeMessenger, blocks, join, queue, rows, states

from briefings.editions.model import DeliveryState
from briefings.errors import Problem, stated
from briefings.model import Status
from briefings.passes.dispatch import DELIVERY_LEASE, FLUSH_SECONDS, Dispatcher
from briefings.passes.messenger import Gone, Later, Moved, Refused, Sent, Unknown
from briefings.passes.outcomes import PART_GAP
from briefings.passes.rate_limit import RateLimit
from briefings.store import outbox, subscribers, undelivered
from briefings.store.database import Database
from briefings.store.schema import deliveries
from briefings.store.schema import subscribers as readers_table

FAST = 100_000  # a second: nobody waits for the pace in here
SECONDS_30 = timedelta(seconds=30)


@pytest.fixture
async def rate_limit(database, clock):
    rate_limit = RateLimit(database, clock, FAST)
    yield rate_limit
    await rate_limit.close()


@pytest.fixture
async def send_all(database, clock, rate_limit):
    """Send the outbox by a messenger, until nothing more can be claimed."""

    async def send_all(messenger, *, leave_unknown=False):
        return await Dispatcher(
            database, messenger, rate_limit, clock, per_second=100, leave_unknown=leave_unknown
        ).run()

    return send_all


@pytest.fixture(autouse=True)
async def readers(database):
    await join(database, *"123", at=MORNING)


async def report(database, *, failed=True):
    async with database.read() as connection:
        return await outbox.report(connection, failed=failed)


async def reader(database, address):
    async with database.read() as connection:
        return await subscribers.find(connection, address)


# As it should be


async def test_an_empty_outbox_sends_nothing(send_all):
    messenger = FakeMessenger()
    assert await send_all(messenger) == 0
    assert messenger.messages == []


async def test_every_reader_is_sent_the_edition_once(database, send_all):
    await queue(database, blocks("one", "two"), *"123", now=MORNING)
    messenger = FakeMessenger()
    assert await send_all(messenger) == 3
    assert await send_all(messenger) == 0
    assert sorted(messenger.taken) == [(address, ("one", "two")) for address in "123"]
    assert await states(database) == ["delivered"] * 3


async def test_the_reference_of_the_last_message_is_kept(database, send_all):
    await queue(database, blocks("one"), "1", now=MORNING)
    await send_all(FakeMessenger().says(Sent(1, "4711")))
    [delivery] = await rows(database, deliveries)
    assert (delivery["reference"], delivery["cursor"], delivery["token"]) == ("4711", 1, None)


async def test_a_message_without_a_reference_is_delivered(database, send_all):
    await queue(database, blocks("one"), "1", now=MORNING)
    assert await send_all(FakeMessenger().says(Sent(1))) == 1
    assert await states(database) == ["delivered"]


async def test_more_deliveries_than_one_claim_holds_are_sent_in_one_run(database, send_all):
    await join(database, *map(str, range(100, 250)), at=MORNING)
    await queue(database, blocks("one"), *map(str, range(100, 250)), now=MORNING)
    assert await send_all(FakeMessenger()) == 150


# Whole and in order


async def test_an_edition_of_several_messages_comes_in_order_a_second_apart(database, send_all, clock):
    await queue(database, blocks("a", "b", "c", "d", "e"), "1", now=MORNING)
    messenger = FakeMessenger()
    for expected in (1, 2, 3, 3):
        await send_all(messenger)
        await send_all(messenger)  # at the same time: not again
        assert len(messenger.messages) == expected
        clock.advance(seconds=PART_GAP.total_seconds())
    assert messenger.received("1") == [("a", "b"), ("c", "d"), ("e",)]
    assert await states(database) == ["delivered"]


async def test_an_interrupted_edition_goes_on_at_its_cursor(database, send_all, clock):
    await queue(database, blocks("a", "b", "c", "d"), "1", now=MORNING)
    messenger = FakeMessenger().says(Sent(2), Later(stated("busy"), SECONDS_30))
    await send_all(messenger)
    clock.advance(seconds=PART_GAP.total_seconds())
    await send_all(messenger)
    clock.advance(seconds=30)
    await send_all(messenger)
    assert [message.cursor for message in messenger.messages] == [0, 2, 2]
    assert messenger.received("1") == [("c", "d")]


async def test_another_process_goes_on_at_the_cursor_of_a_dead_one(url, database, send_all, clock):
    await queue(database, blocks("a", "b", "c", "d"), "1", now=MORNING)
    await send_all(FakeMessenger())
    clock.advance(seconds=PART_GAP.total_seconds())
    async with database.write() as connection:
        await outbox.claim(connection, clock(), limit=9, token="of the dead", until=clock() + DELIVERY_LEASE)
    messenger = FakeMessenger()
    await send_all(messenger)
    assert messenger.messages == []
    clock.advance(seconds=DELIVERY_LEASE.total_seconds())
    await send_all(messenger)
    assert messenger.received("1") == [("c", "d")]


async def test_the_newer_edition_waits_until_the_older_is_whole(database, send_all, clock):
    await queue(database, blocks("a", "b", "c"), "1", now=MORNING)
    await queue(database, blocks("x"), "1", now=MORNING)
    messenger = FakeMessenger().says(Later(stated("busy"), SECONDS_30))
    for seconds in (29, *[PART_GAP.total_seconds()] * 3):
        await send_all(messenger)
        clock.advance(seconds=seconds)
    await send_all(messenger)
    assert messenger.received("1") == [("a", "b"), ("c",), ("x",)]


async def test_one_reader_who_must_wait_delays_no_other(database, send_all):
    await queue(database, blocks("a"), *"123", now=MORNING)
    messenger = FakeMessenger().says(Later(stated("busy"), SECONDS_30), to="2")
    await send_all(messenger)
    assert sorted(address for address, _ in messenger.taken) == ["1", "3"]


# Later


@pytest.mark.parametrize("seconds", [1, 7, 30, 3600])
async def test_later_is_obeyed_to_the_second(database, send_all, clock, seconds):
    await queue(database, blocks("a"), "1", now=MORNING)
    messenger = FakeMessenger().says(Later(stated("busy"), timedelta(seconds=seconds)))
    await send_all(messenger)
    clock.advance(seconds=seconds - 0.001)
    await send_all(messenger)
    assert len(messenger.messages) == 1
    clock.advance(seconds=0.001)
    await send_all(messenger)
    assert messenger.received("1") == [("a",)]


async def test_pauses_that_nobody_named_double_up_to_a_minute(database, send_all, clock):
    await queue(database, blocks("a"), "1", now=MORNING)
    messenger = FakeMessenger().says(*[Later(stated("down"))] * 12)
    pauses = []
    while not messenger.taken:
        await send_all(messenger)
        if not messenger.taken:
            [waiting] = await rows(database, deliveries)
            pauses.append((waiting["not_before"] - clock.now).total_seconds())
            clock.now = waiting["not_before"]
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60, 60, 60, 60, 60]


async def test_the_pauses_start_again_at_a_second_after_a_message_was_taken(database, send_all, clock):
    await queue(database, blocks("a", "b", "c"), "1", now=MORNING)
    messenger = FakeMessenger().says(*[Later(stated("down"))] * 5, Sent(2), Later(stated("down")))
    while len(messenger.messages) < 7:
        await send_all(messenger)
        [waiting] = await rows(database, deliveries)
        pause, clock.now = waiting["not_before"] - clock.now, waiting["not_before"]
    assert pause == timedelta(seconds=1)


def seconds_of(clock):
    """Return a function that gives seconds which pass as this clock is moved."""
    return lambda: (clock() - MORNING).total_seconds()


async def test_later_for_everyone_holds_everyone(database, clock, rate_limit):
    await join(database, *map(str, range(100, 200)), at=MORNING)
    await queue(database, blocks("a"), *map(str, range(100, 200)), now=MORNING)
    messenger = FakeMessenger().says(Later(stated("too many"), SECONDS_30, everyone=True))
    dispatcher = Dispatcher(database, messenger, rate_limit, clock, per_second=60, monotonic=seconds_of(clock))
    await dispatcher.run()
    in_flight = len(messenger.messages)
    assert in_flight <= 32, "only what was on its way already"
    assert set(await states(database)) <= {"waiting", "delivered"}, "nothing is kept under a lease"
    clock.advance(seconds=29)
    await dispatcher.run()
    assert len(messenger.messages) == in_flight
    clock.advance(seconds=PART_GAP.total_seconds())
    await dispatcher.run()
    assert await states(database) == ["delivered"] * 100
    assert len({address for address, _ in messenger.taken}) == len(messenger.taken) == 100


async def test_the_longer_of_two_holds_counts(database, clock, rate_limit):
    await queue(database, blocks("a"), *"123", now=MORNING)
    messenger = (
        FakeMessenger()
        .says(Later(stated("too many"), SECONDS_30, everyone=True), to="1")
        .says(Later(stated("too many"), timedelta(seconds=3), everyone=True), to="2")
        .holds()
    )
    dispatcher = Dispatcher(database, messenger, rate_limit, clock, per_second=100, monotonic=seconds_of(clock))
    running = asyncio.create_task(dispatcher.run())
    await messenger.holding(3)
    await queue(database, blocks("b"), "3", now=MORNING)
    messenger.goes_on()
    await running
    clock.advance(seconds=29)
    await dispatcher.run()
    assert len(messenger.messages) == 3
    clock.advance(seconds=PART_GAP.total_seconds())
    await dispatcher.run()
    assert messenger.received("3") == [("a",), ("b",)]


# Gone, moved, refused, unknown


async def test_a_reader_who_is_gone_is_retired_and_keeps_their_settings(database, send_all):
    await queue(database, blocks("a"), "1", "2", now=MORNING)
    await queue(database, blocks("b"), "1", now=MORNING)
    before = await reader(database, "1")
    await send_all(FakeMessenger().says(Gone(stated("bot was blocked")), to="1"))
    gone = await reader(database, "1")
    assert (gone.status, gone.rhythm, gone.wishes) == (Status.GONE, before.rhythm, before.wishes)
    assert await states(database) == ["failed", "delivered", "failed"]
    assert [delivery.reason for delivery in await report(database)] == [stated("bot was blocked")] * 2
    [row, *_] = await rows(database, readers_table)
    assert row["reason"] == "bot was blocked"


async def test_a_reader_who_moved_is_followed(database, send_all, clock):
    await queue(database, blocks("a"), "1", now=MORNING)
    await queue(database, blocks("b"), "1", now=MORNING)
    messenger = FakeMessenger().says(Moved("-1001"), to="1")
    await send_all(messenger)
    await send_all(messenger)
    assert messenger.received("1") == []
    assert messenger.received("-1001") == [("a",), ("b",)]
    assert (await reader(database, "-1001")).status is Status.ACTIVE


async def test_a_reader_who_moved_to_another_subscriber_is_retired_and_the_other_is_not(database, send_all):
    await queue(database, blocks("a"), "1", "2", now=MORNING)
    messenger = FakeMessenger().says(Moved("2"), to="1")
    await send_all(messenger)
    assert (await reader(database, "1")).status is Status.GONE
    assert (await reader(database, "2")).status is Status.ACTIVE
    assert messenger.received("2") == [("a",)]
    [failed] = await report(database)
    assert failed.reason == Problem("address-taken")


async def test_a_refused_delivery_is_kept_and_its_reader_was_not_told(database, send_all):
    await queue(database, blocks("bad"), "1", "2", now=MORNING)
    messenger = FakeMessenger().says(Refused(stated("message is too long")), to="1")
    await send_all(messenger)
    assert (messenger.received("1"), messenger.received("2")) == ([], [("bad",)])
    assert [(await reader(database, address)).mark for address in "12"] == [None, MORNING]
    [failed] = await report(database)
    assert (failed.state, failed.reason, failed.address) == (DeliveryState.FAILED, stated("message is too long"), "1")
    assert (await reader(database, "1")).status is Status.ACTIVE


async def test_a_refused_delivery_is_sent_when_it_is_asked_for_again(database, send_all):
    [delivery] = await queue(database, blocks("a"), "1", now=MORNING)
    messenger = FakeMessenger().says(Refused(stated("no")))
    await send_all(messenger)
    async with database.write() as connection:
        assert await undelivered.retry(connection, delivery, MORNING) is None
    await send_all(messenger)
    assert messenger.received("1") == [("a",)]


async def test_an_unknown_message_is_sent_again(database, send_all, clock):
    await queue(database, blocks("a", "b", "c"), "1", now=MORNING)
    messenger = FakeMessenger().says(Sent(2), Unknown(stated("no answer"), 1))
    for _ in range(3):
        await send_all(messenger)
        clock.advance(seconds=PART_GAP.total_seconds())
    assert [message.cursor for message in messenger.messages] == [0, 2, 2], "that one message, and no other"
    assert await states(database) == ["delivered"]


async def test_an_unknown_message_is_left_when_the_operator_chose_so(database, send_all, clock):
    await queue(database, blocks("a"), "1", "2", now=MORNING)
    messenger = FakeMessenger().says(Unknown(stated("no answer"), 1), to="1")
    await send_all(messenger, leave_unknown=True)
    clock.advance(hours=1)
    await send_all(messenger, leave_unknown=True)
    assert messenger.received("1") == []
    [left] = await report(database)
    assert (left.state, left.reason) == (DeliveryState.UNKNOWN, stated("no answer"))


async def test_an_unknown_message_is_sent_again_twice_at_most_and_what_follows_it_is_sent(database, send_all, clock):
    await queue(database, blocks("a", "b", "c"), "1", now=MORNING)
    messenger = FakeMessenger().says(*[Unknown(stated("no answer"), 2)] * 3)
    for _ in range(6):
        await send_all(messenger)
        clock.advance(minutes=1)
    assert [message.cursor for message in messenger.messages] == [0, 0, 0, 2], "three sends, and then the rest"
    assert messenger.received("1") == [("c",)]
    [left] = await report(database)
    assert (left.state, left.reason) == (DeliveryState.UNKNOWN, Problem("part-unknown"))
    assert (await reader(database, "1")).mark == MORNING, "what may have arrived is told"


async def test_a_put_off_between_two_unknown_sends_does_not_make_more_copies(database, send_all, clock):
    await queue(database, blocks("a"), "1", now=MORNING)
    unknown, busy = Unknown(stated("no answer"), 1), Later(stated("busy"), timedelta(seconds=1))
    messenger = FakeMessenger().says(unknown, busy, unknown, busy, unknown, busy)
    for _ in range(9):
        await send_all(messenger)
        clock.advance(minutes=1)
    assert len(messenger.messages) == 5
    assert await states(database) == ["unknown"]


async def test_the_copies_of_each_message_are_counted_anew(database, send_all, clock):
    await queue(database, blocks("a", "b", "c"), "1", now=MORNING)
    unknown = Unknown(stated("no answer"), 2)
    messenger = FakeMessenger().says(unknown, unknown, Sent(2), unknown, unknown)
    for _ in range(9):
        await send_all(messenger)
        clock.advance(minutes=1)
    assert [message.cursor for message in messenger.messages] == [0, 0, 0, 2, 2, 2]
    assert await states(database) == ["delivered"]


# When the line comes back


async def test_what_an_outage_put_off_is_sent_at_once_when_a_message_is_taken(database, send_all, clock, rate_limit):
    await join(database, *"45", at=MORNING)
    messenger = FakeMessenger()
    for address in "1234":
        messenger.says(*[Later(stated("down"))] * 5, to=address)
    await queue(database, blocks("a"), *"1234", now=MORNING)
    dispatcher = Dispatcher(database, messenger, rate_limit, clock, per_second=100)
    for _ in range(5):
        await dispatcher.run()
        clock.advance(seconds=16)
    await queue(database, blocks("a"), "5", now=clock())
    clock.advance(seconds=-15)
    await dispatcher.run()
    first, *others = [address for address, _ in messenger.taken]
    assert (first, sorted(others)) == ("5", list("1234")), "the others had to wait half a minute more"


async def test_a_reader_whose_own_trouble_lasts_is_not_tried_at_once_when_another_is_served(
    database, clock, rate_limit
):
    messenger = FakeMessenger().says(*[Later(stated("down"))] * 5, to="1")
    dispatcher = Dispatcher(database, messenger, rate_limit, clock, per_second=100)
    for _ in range(4):
        await queue(database, blocks("a"), "1", "2", now=MORNING)
        await dispatcher.run()
    assert sum(message.address == "1" for message in messenger.messages) == 1


async def test_what_was_put_off_is_sent_at_once_when_the_line_is_known_to_be_back(database, clock, rate_limit):
    await queue(database, blocks("a"), "1", now=MORNING)
    messenger = FakeMessenger().says(Later(stated("down")))
    dispatcher = Dispatcher(database, messenger, rate_limit, clock, per_second=100)
    await dispatcher.run()
    await dispatcher.run()
    assert messenger.taken == []
    dispatcher.note_line_is_back()
    await dispatcher.run()
    assert messenger.received("1") == [("a",)]


# Claims


CLAIMS = {0.5: 1, 7: 7, 30: 30}
"""Messages a second → most claims at once."""


@pytest.mark.parametrize(("per_second", "most"), CLAIMS.items())
async def test_a_second_of_pace_is_claimed_at_once(database, clock, rate_limit, per_second, most):
    addresses = [str(n) for n in range(100, 140)]
    await join(database, *addresses, at=MORNING)
    await queue(database, blocks("a"), *addresses, now=MORNING)
    assert await most_claimed(database, clock, rate_limit, per_second, sending=most) == most


async def test_at_most_500_deliveries_are_claimed_and_200_sent_at_once(database, clock, rate_limit):
    addresses = [str(n) for n in range(1000, 1501)]
    await join(database, *addresses, at=MORNING)
    await queue(database, blocks("a"), *addresses, now=MORNING)
    assert await most_claimed(database, clock, rate_limit, FAST, sending=200) == 500


async def most_claimed(database, clock, rate_limit, per_second, *, sending):
    """Return how many deliveries are claimed once so many messages are on their way and none has been answered."""
    messenger = FakeMessenger().holds()
    running = asyncio.create_task(Dispatcher(database, messenger, rate_limit, clock, per_second=per_second).run())
    await messenger.holding(sending)
    claimed = await rows(database, deliveries, state="sending")
    assert len(messenger.messages) == sending
    assert {row["lease_until"] for row in claimed} == {MORNING + timedelta(seconds=4)}
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    return len(claimed)


async def test_a_delivery_is_open_until_it_is_delivered(database, clock, rate_limit):
    messenger = FakeMessenger().says(Later(stated("busy"), SECONDS_30))
    dispatcher = Dispatcher(database, messenger, rate_limit, clock, per_second=100)
    assert await dispatcher.is_anything_open() is False
    await queue(database, blocks("a"), "1", now=MORNING)
    await dispatcher.run()
    assert await dispatcher.is_anything_open() is True, "it waits for its time"
    clock.advance(seconds=30)
    await dispatcher.run()
    assert await dispatcher.is_anything_open() is False


# Trouble of our own


async def test_a_message_that_breaks_the_messenger_breaks_no_other(database, send_all):
    await queue(database, blocks("a"), *"123", now=MORNING)
    messenger = FakeMessenger().says(LookupError("a bug"), to="2")
    with pytest.raises(LookupError, match="a bug"):
        await send_all(messenger)
    assert await states(database) == ["delivered", "waiting", "delivered"], "the claim is returned at once"
    await send_all(messenger)
    assert sorted(messenger.taken) == [(address, ("a",)) for address in "123"]


async def test_nothing_is_sent_twice_when_the_database_is_locked_for_a_while(url, database, clock, rate_limit):
    await queue(database, blocks("a"), "1", now=MORNING)
    messenger = FakeMessenger().holds()
    async with Database(url) as theirs:
        running = asyncio.create_task(Dispatcher(database, messenger, rate_limit, clock, per_second=100).run())
        await messenger.holding(1)
        async with theirs.write():
            messenger.goes_on()
            await asyncio.sleep(0.2)
        assert await running == 1
    assert len(messenger.messages) == 1
    assert await states(database) == ["delivered"]


async def test_stopping_finishes_the_messages_on_their_way_and_gives_back_the_rest(database, clock, rate_limit):
    await join(database, *map(str, range(100, 200)), at=MORNING)
    await queue(database, blocks("a"), *map(str, range(100, 200)), now=MORNING)
    messenger = FakeMessenger().holds()
    dispatcher = Dispatcher(database, messenger, rate_limit, clock, per_second=100)
    running = asyncio.create_task(dispatcher.run())
    await messenger.holding(10)
    dispatcher.stop()
    on_their_way = len(messenger.messages)
    messenger.goes_on()
    taken = await running
    assert taken == len(messenger.taken) == len(messenger.messages) <= on_their_way + 1
    counted = await states(database)
    assert (counted.count("delivered"), counted.count("waiting")) == (taken, 100 - taken)


async def test_being_cancelled_gives_the_claims_back(database, clock, rate_limit):
    await queue(database, blocks("a"), *"123", now=MORNING)
    messenger = FakeMessenger().holds()
    running = asyncio.create_task(Dispatcher(database, messenger, rate_limit, clock, per_second=100).run())
    await messenger.holding(3)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert await states(database) == ["waiting"] * 3


SLEPT = {"a-second-of-the-lease-is-left": (3.0, False), "more-is-left": (2.999, True)}


@pytest.mark.parametrize(("seconds", "is_sent"), SLEPT.values(), ids=SLEPT.keys())
async def test_a_process_that_wakes_late_sends_nothing(database, clock, rate_limit, seconds, is_sent):
    """The machine sleeps between the claim and the send; by then another process may have taken the claim over."""
    await queue(database, blocks("a"), "1", now=MORNING)

    class Sleepy:
        """A rate limit at which the machine falls asleep every time."""

        async def take(self, *, answer):
            await rate_limit.take(answer=answer)
            clock.advance(seconds=seconds)

    messenger = FakeMessenger()
    dispatcher = Dispatcher(database, messenger, Sleepy(), clock, per_second=100)
    for _ in range(3):  # it claims, wakes late and gives back, again and again
        await dispatcher.run()
    assert len(messenger.messages) == int(is_sent)
    assert await states(database) == ["delivered" if is_sent else "waiting"]


async def test_the_lease_of_a_slow_message_is_renewed(url, database, clock, rate_limit):
    await queue(database, blocks("a"), "1", now=MORNING)
    messenger = FakeMessenger().holds()
    ours = asyncio.create_task(Dispatcher(database, messenger, rate_limit, clock, per_second=100).run())
    await messenger.holding(1)
    async with Database(url) as theirs:
        other, other_limit = FakeMessenger(), RateLimit(theirs, clock, FAST)
        for _ in range(5):
            clock.advance(seconds=PART_GAP.total_seconds())
            async with asyncio.timeout(10):
                while (await rows(database, deliveries))[0]["lease_until"] < clock.now + DELIVERY_LEASE:  # noqa: ASYNC110 - no event to wait for
                    await asyncio.sleep(FLUSH_SECONDS)
            assert await Dispatcher(theirs, other, other_limit, clock, per_second=100).run() == 0
        await other_limit.close()
    messenger.goes_on()
    assert await ours == 1
    assert other.messages == []


SET_BACK = {"an-hour": (3600, True), "six-seconds": (6, True), "five-seconds-are-a-correction": (5, False)}


@pytest.mark.parametrize(("seconds", "is_sent"), SET_BACK.values(), ids=SET_BACK.keys())
async def test_a_clock_set_back_delays_nobody(database, clock, rate_limit, seconds, is_sent):
    await queue(database, blocks("a"), "1", "2", now=MORNING)
    messenger = FakeMessenger().says(Later(stated("busy"), SECONDS_30), to="1")
    steady = [0.0]
    dispatcher = Dispatcher(database, messenger, rate_limit, clock, per_second=100, monotonic=lambda: steady[0])
    await dispatcher.run()
    steady[0] += 30
    clock.advance(seconds=30 - seconds)
    await dispatcher.run()
    assert messenger.received("1") == ([("a",)] if is_sent else [])


@pytest.mark.parametrize("hours", [-24, -1, 0, 1, 24])
async def test_a_hold_lasts_as_long_as_was_asked_whatever_the_clock_does(database, clock, rate_limit, hours):
    await queue(database, blocks("a"), "1", now=MORNING)
    messenger = FakeMessenger().says(Later(stated("too many"), SECONDS_30, everyone=True))
    steady = [0.0]
    dispatcher = Dispatcher(database, messenger, rate_limit, clock, per_second=100, monotonic=lambda: steady[0])
    await dispatcher.run()
    steady[0] += 29
    clock.advance(hours=hours, seconds=29)
    await dispatcher.run()
    assert messenger.received("1") == []
    steady[0] += 1
    clock.advance(seconds=1)
    await dispatcher.run()
    assert messenger.received("1") == [("a",)]


async def test_two_dispatchers_send_every_reader_everything_once(url, clock):
    async with Database(url) as ours, Database(url) as theirs:
        addresses = [str(n) for n in range(100, 160)]
        await join(ours, *addresses, at=MORNING)
        await queue(ours, blocks("a"), *addresses, now=MORNING)
        await queue(ours, blocks("b"), *addresses, now=MORNING)
        messenger, limits = FakeMessenger(), [RateLimit(database, clock, FAST) for database in (ours, theirs)]
        await asyncio.gather(
            *(
                Dispatcher(database, messenger, rate_limit, clock, per_second=7).run()
                for database, rate_limit in zip((ours, theirs), limits, strict=True)
            )
        )
        for rate_limit in limits:
            await rate_limit.close()
        assert {address: messenger.received(address) for address in addresses} == {
            address: [("a",), ("b",)] for address in addresses
        }
