"""Carrying: every edition at least once, in order, whole; and nothing lost in silence."""

import asyncio
from datetime import timedelta

import pytest
from fakes import MORNING, FakeMessenger, blocks, join, queue, rows, states

from briefings.editions.model import DeliveryState
from briefings.errors import Problem, stated
from briefings.model import Status
from briefings.passes.dispatch import FLUSH_SECONDS, LEASE, LEAST_LEASE, Dispatcher
from briefings.passes.messenger import Gone, Later, Moved, Refused, Sent, Unknown
from briefings.passes.outcomes import PART_GAP
from briefings.passes.rate_limit import RateLimit
from briefings.store import outbox, subscribers
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
async def carry(database, clock, rate_limit):
    """Hand the outbox to a messenger, until nothing more can be claimed."""

    async def carry(messenger, *, leave_unknown=False):
        return await Dispatcher(
            database, messenger, rate_limit, clock, per_second=100, leave_unknown=leave_unknown
        ).run()

    return carry


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


async def test_an_empty_outbox_is_carried_at_once(carry):
    messenger = FakeMessenger()
    assert await carry(messenger) == 0
    assert messenger.letters == []


async def test_every_reader_is_brought_the_edition_once(database, carry):
    await queue(database, blocks("one", "two"), *"123", now=MORNING)
    messenger = FakeMessenger()
    assert await carry(messenger) == 3
    assert await carry(messenger) == 0
    assert sorted(messenger.taken) == [(address, ("one", "two")) for address in "123"]
    assert await states(database) == ["delivered"] * 3


async def test_the_reference_of_the_last_message_is_kept(database, carry):
    await queue(database, blocks("one"), "1", now=MORNING)
    await carry(FakeMessenger().says(Sent(1, "4711")))
    [delivery] = await rows(database, deliveries)
    assert (delivery["reference"], delivery["cursor"], delivery["token"]) == ("4711", 1, None)


async def test_a_messenger_that_gives_no_reference_delivers_all_the_same(database, carry):
    await queue(database, blocks("one"), "1", now=MORNING)
    assert await carry(FakeMessenger().says(Sent(1))) == 1
    assert await states(database) == ["delivered"]


async def test_more_than_one_claim_is_carried_in_one_run(database, carry):
    await join(database, *map(str, range(100, 250)), at=MORNING)
    await queue(database, blocks("one"), *map(str, range(100, 250)), now=MORNING)
    assert await carry(FakeMessenger()) == 150


# Whole and in order


async def test_an_edition_of_several_messages_comes_in_order_a_second_apart(database, carry, clock):
    await queue(database, blocks("a", "b", "c", "d", "e"), "1", now=MORNING)
    messenger = FakeMessenger()
    for expected in (1, 2, 3, 3):
        await carry(messenger)
        await carry(messenger)  # in the same instant: not again
        assert len(messenger.letters) == expected
        clock.advance(seconds=PART_GAP.total_seconds())
    assert messenger.received("1") == [("a", "b"), ("c", "d"), ("e",)]
    assert await states(database) == ["delivered"]


async def test_an_interrupted_edition_goes_on_where_it_stood(database, carry, clock):
    await queue(database, blocks("a", "b", "c", "d"), "1", now=MORNING)
    messenger = FakeMessenger().says(Sent(2), Later(stated("busy"), SECONDS_30))
    await carry(messenger)
    clock.advance(seconds=PART_GAP.total_seconds())
    await carry(messenger)
    clock.advance(seconds=30)
    await carry(messenger)
    assert [message.cursor for message in messenger.letters] == [0, 2, 2]
    assert messenger.received("1") == [("c", "d")]


async def test_another_process_goes_on_where_the_dead_one_stood(url, database, carry, clock):
    await queue(database, blocks("a", "b", "c", "d"), "1", now=MORNING)
    await carry(FakeMessenger())
    clock.advance(seconds=PART_GAP.total_seconds())
    async with database.write() as connection:
        await outbox.claim(connection, clock(), limit=9, token="of the dead", until=clock() + LEASE)
    messenger = FakeMessenger()
    await carry(messenger)
    assert messenger.letters == []
    clock.advance(seconds=LEASE.total_seconds())
    await carry(messenger)
    assert messenger.received("1") == [("c", "d")]


async def test_the_newer_edition_waits_until_the_older_is_whole(database, carry, clock):
    await queue(database, blocks("a", "b", "c"), "1", now=MORNING)
    await queue(database, blocks("x"), "1", now=MORNING)
    messenger = FakeMessenger().says(Later(stated("busy"), SECONDS_30))
    for seconds in (29, *[PART_GAP.total_seconds()] * 3):
        await carry(messenger)
        clock.advance(seconds=seconds)
    await carry(messenger)
    assert messenger.received("1") == [("a", "b"), ("c",), ("x",)]


async def test_one_reader_who_must_wait_holds_up_no_other(database, carry):
    await queue(database, blocks("a"), *"123", now=MORNING)
    messenger = FakeMessenger().says(Later(stated("busy"), SECONDS_30), to="2")
    await carry(messenger)
    assert sorted(address for address, _ in messenger.taken) == ["1", "3"]


# Later


@pytest.mark.parametrize("seconds", [1, 7, 30, 3600])
async def test_later_is_obeyed_to_the_second(database, carry, clock, seconds):
    await queue(database, blocks("a"), "1", now=MORNING)
    messenger = FakeMessenger().says(Later(stated("busy"), timedelta(seconds=seconds)))
    await carry(messenger)
    clock.advance(seconds=seconds - 0.001)
    await carry(messenger)
    assert len(messenger.letters) == 1
    clock.advance(seconds=0.001)
    await carry(messenger)
    assert messenger.received("1") == [("a",)]


async def test_without_a_word_on_how_long_the_pauses_double_up_to_five_minutes(database, carry, clock):
    await queue(database, blocks("a"), "1", now=MORNING)
    messenger = FakeMessenger().says(*[Later(stated("down"))] * 12)
    pauses = []
    while not messenger.taken:
        await carry(messenger)
        if not messenger.taken:
            [waiting] = await rows(database, deliveries)
            pauses.append((waiting["not_before"] - clock.now).total_seconds())
            clock.now = waiting["not_before"]
    assert pauses == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]


async def test_the_pauses_begin_anew_after_a_message_was_taken(database, carry, clock):
    await queue(database, blocks("a", "b", "c"), "1", now=MORNING)
    messenger = FakeMessenger().says(*[Later(stated("down"))] * 5, Sent(2), Later(stated("down")))
    while len(messenger.letters) < 7:
        await carry(messenger)
        [waiting] = await rows(database, deliveries)
        pause, clock.now = waiting["not_before"] - clock.now, waiting["not_before"]
    assert pause == timedelta(seconds=1)


async def test_later_for_everyone_holds_everyone(database, clock, rate_limit):
    await join(database, *map(str, range(100, 200)), at=MORNING)
    await queue(database, blocks("a"), *map(str, range(100, 200)), now=MORNING)
    messenger = FakeMessenger().says(Later(stated("too many"), SECONDS_30, everyone=True))
    dispatcher = Dispatcher(database, messenger, rate_limit, clock, per_second=60)
    await dispatcher.run()
    in_flight = len(messenger.letters)
    assert in_flight <= 32, "only what was on its way already"
    assert set(await states(database)) <= {"waiting", "delivered"}, "nothing is kept under a lease"
    clock.advance(seconds=29)
    await dispatcher.run()
    assert len(messenger.letters) == in_flight
    clock.advance(seconds=PART_GAP.total_seconds())
    await dispatcher.run()
    assert await states(database) == ["delivered"] * 100
    assert len({address for address, _ in messenger.taken}) == len(messenger.taken) == 100


async def test_of_two_holds_the_longer_counts(database, clock, rate_limit):
    await queue(database, blocks("a"), *"123", now=MORNING)
    messenger = (
        FakeMessenger()
        .says(Later(stated("too many"), SECONDS_30, everyone=True), to="1")
        .says(Later(stated("too many"), timedelta(seconds=3), everyone=True), to="2")
        .holds()
    )
    dispatcher = Dispatcher(database, messenger, rate_limit, clock, per_second=100)
    running = asyncio.create_task(dispatcher.run())
    await messenger.holding(3)
    await queue(database, blocks("b"), "3", now=MORNING)
    messenger.goes_on()
    await running
    clock.advance(seconds=29)
    await dispatcher.run()
    assert len(messenger.letters) == 3
    clock.advance(seconds=PART_GAP.total_seconds())
    await dispatcher.run()
    assert messenger.received("3") == [("a",), ("b",)]


# Gone, moved, refused, unknown


async def test_who_is_gone_is_retired_with_settings_kept_and_everything_open_closed(database, carry):
    await queue(database, blocks("a"), "1", "2", now=MORNING)
    await queue(database, blocks("b"), "1", now=MORNING)
    before = await reader(database, "1")
    await carry(FakeMessenger().says(Gone(stated("bot was blocked")), to="1"))
    gone = await reader(database, "1")
    assert (gone.status, gone.rhythm, gone.wishes) == (Status.GONE, before.rhythm, before.wishes)
    assert await states(database) == ["failed", "delivered", "failed"]
    assert [one.reason for one in await report(database)] == [stated("bot was blocked")] * 2
    [row, *_] = await rows(database, readers_table)
    assert row["reason"] == "bot was blocked"


async def test_who_moved_is_followed(database, carry, clock):
    await queue(database, blocks("a"), "1", now=MORNING)
    await queue(database, blocks("b"), "1", now=MORNING)
    messenger = FakeMessenger().says(Moved("-1001"), to="1")
    await carry(messenger)
    await carry(messenger)
    assert messenger.received("1") == []
    assert messenger.received("-1001") == [("a",), ("b",)]
    assert (await reader(database, "-1001")).status is Status.ACTIVE


async def test_who_moved_in_with_another_subscriber_is_retired_and_the_other_is_not(database, carry):
    await queue(database, blocks("a"), "1", "2", now=MORNING)
    messenger = FakeMessenger().says(Moved("2"), to="1")
    await carry(messenger)
    assert (await reader(database, "1")).status is Status.GONE
    assert (await reader(database, "2")).status is Status.ACTIVE
    assert messenger.received("2") == [("a",)]
    [failed] = await report(database)
    assert failed.reason == Problem("address-taken")


async def test_what_is_refused_is_kept_and_the_next_edition_goes_out(database, carry):
    await queue(database, blocks("bad"), "1", now=MORNING)
    await queue(database, blocks("good"), "1", now=MORNING)
    messenger = FakeMessenger().says(Refused(stated("message is too long")))
    await carry(messenger)
    assert messenger.received("1") == [("good",)]
    [failed] = await report(database)
    assert (failed.state, failed.reason, failed.address) == (DeliveryState.FAILED, stated("message is too long"), "1")
    assert (await reader(database, "1")).status is Status.ACTIVE


async def test_what_was_refused_is_sent_when_asked_for_again(database, carry):
    [delivery] = await queue(database, blocks("a"), "1", now=MORNING)
    messenger = FakeMessenger().says(Refused(stated("no")))
    await carry(messenger)
    async with database.write() as connection:
        await outbox.retry(connection, delivery, MORNING)
    await carry(messenger)
    assert messenger.received("1") == [("a",)]


async def test_an_unknown_message_is_sent_again(database, carry, clock):
    await queue(database, blocks("a", "b", "c"), "1", now=MORNING)
    messenger = FakeMessenger().says(Sent(2), Unknown(stated("no answer")))
    for _ in range(3):
        await carry(messenger)
        clock.advance(seconds=PART_GAP.total_seconds())
    assert [message.cursor for message in messenger.letters] == [0, 2, 2], "that one message, and no other"
    assert await states(database) == ["delivered"]


async def test_an_unknown_message_is_left_when_the_operator_chose_so(database, carry, clock):
    await queue(database, blocks("a"), "1", "2", now=MORNING)
    messenger = FakeMessenger().says(Unknown(stated("no answer")), to="1")
    await carry(messenger, leave_unknown=True)
    clock.advance(hours=1)
    await carry(messenger, leave_unknown=True)
    assert messenger.received("1") == []
    [left] = await report(database)
    assert (left.state, left.reason) == (DeliveryState.UNKNOWN, stated("no answer"))


# Trouble of our own


async def test_one_letter_that_breaks_the_messenger_breaks_no_other(database, carry):
    await queue(database, blocks("a"), *"123", now=MORNING)
    messenger = FakeMessenger().says(LookupError("a bug"), to="2")
    with pytest.raises(LookupError, match="a bug"):
        await carry(messenger)
    assert await states(database) == ["delivered", "waiting", "delivered"], "the claim is returned at once"
    await carry(messenger)
    assert sorted(messenger.taken) == [(address, ("a",)) for address in "123"]


async def test_nothing_is_sent_twice_though_the_database_is_locked_for_a_while(url, database, clock, rate_limit):
    await queue(database, blocks("a"), "1", now=MORNING)
    messenger = FakeMessenger().holds()
    async with Database(url) as theirs:
        running = asyncio.create_task(Dispatcher(database, messenger, rate_limit, clock, per_second=100).run())
        await messenger.holding(1)
        async with theirs.write():
            messenger.goes_on()
            await asyncio.sleep(0.2)
        assert await running == 1
    assert len(messenger.letters) == 1
    assert await states(database) == ["delivered"]


async def test_stopping_finishes_what_is_on_its_way_and_gives_back_the_rest(database, clock, rate_limit):
    await join(database, *map(str, range(100, 200)), at=MORNING)
    await queue(database, blocks("a"), *map(str, range(100, 200)), now=MORNING)
    messenger = FakeMessenger().holds()
    dispatcher = Dispatcher(database, messenger, rate_limit, clock, per_second=100)
    running = asyncio.create_task(dispatcher.run())
    await messenger.holding(10)
    dispatcher.stop()
    on_their_way = len(messenger.letters)
    messenger.goes_on()
    taken = await running
    assert taken == len(messenger.taken) == len(messenger.letters) <= on_their_way + 1
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


async def test_who_wakes_late_sends_nothing(database, clock, rate_limit):
    """The machine sleeps between the claim and the send; by then another process may have taken over."""
    await queue(database, blocks("a"), "1", now=MORNING)

    class Sleepy:
        """A pace at which the machine falls asleep every time."""

        async def take(self, *, answer):
            await rate_limit.take(answer=answer)
            clock.advance(seconds=(LEASE - LEAST_LEASE).total_seconds())

    messenger = FakeMessenger()
    dispatcher = Dispatcher(database, messenger, Sleepy(), clock, per_second=100)
    for _ in range(3):  # it claims, wakes late and gives back, again and again
        assert await dispatcher.run() == 0
    assert messenger.letters == []
    assert await states(database) == ["waiting"]


async def test_what_is_slow_to_be_taken_is_kept_under_a_renewed_lease(url, database, clock, rate_limit):
    await queue(database, blocks("a"), "1", now=MORNING)
    messenger = FakeMessenger().holds()
    ours = asyncio.create_task(Dispatcher(database, messenger, rate_limit, clock, per_second=100).run())
    await messenger.holding(1)
    async with Database(url) as theirs:
        other, other_pace = FakeMessenger(), RateLimit(theirs, clock, FAST)
        for _ in range(5):
            clock.advance(seconds=PART_GAP.total_seconds())
            async with asyncio.timeout(10):
                while (await rows(database, deliveries))[0]["lease_until"] < clock.now + LEASE:  # noqa: ASYNC110 - no event to wait for
                    await asyncio.sleep(FLUSH_SECONDS)
            assert await Dispatcher(theirs, other, other_pace, clock, per_second=100).run() == 0
        await other_pace.close()
    messenger.goes_on()
    assert await ours == 1
    assert other.letters == []


async def test_a_clock_set_back_delays_nobody(database, clock, rate_limit):
    await queue(database, blocks("a"), "1", "2", now=MORNING)
    messenger = FakeMessenger().says(Later(stated("busy"), timedelta(seconds=30)), to="1")
    steady = [0.0]
    dispatcher = Dispatcher(database, messenger, rate_limit, clock, per_second=100, monotonic=lambda: steady[0])
    await dispatcher.run()
    steady[0] += 30
    clock.advance(seconds=30 - 3600)
    await dispatcher.run()
    assert messenger.received("1") == [("a",)]


async def test_two_dispatchers_bring_everyone_everything_once(url, clock):
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
