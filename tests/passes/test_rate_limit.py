"""The rate limit: how many messages go out and when, who goes first, and what happens when that cannot be kept."""

import asyncio
import gc
import itertools
import logging
import time
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
from fakes import MORNING, Clock
from sqlalchemy import select

from briefings.errors import Problem, StoreTrouble
from briefings.passes.rate_limit import RateLimit
from briefings.store import schema
from briefings.store.database import Database

SECOND, MILLISECOND, MICROSECOND = timedelta(seconds=1), timedelta(milliseconds=1), timedelta(microseconds=1)
FAST = 100_000  # messages a second; at this rate nobody really waits
ANY_SECONDS = 10  # by then a test hangs, however slow the machine


@pytest.fixture
async def limit(database):
    """Make a rate limit that is closed when the test is over."""
    made = []

    def limit(clock, per_second, *, of=database):
        made.append(RateLimit(of, clock, per_second))
        return made[-1]

    yield limit
    for rate_limit in made:
        await rate_limit.close()


class RunningClock:
    """A clock that runs, and can be set back by hand."""

    def __init__(self):
        self._start, self.set_back = time.monotonic(), timedelta(0)

    def __call__(self):
        return MORNING - self.set_back + timedelta(seconds=time.monotonic() - self._start)


class WatchedDatabase:
    """Notes each write and what it was asked for, and fails those it is told to, counted from 1."""

    def __init__(self, database, *, failing=(), error=StoreTrouble):
        self._database, self._failing, self._error = database, failing, error
        self.writes = []
        self.began = []
        self.problem = None

    def trouble(self):
        return self.problem

    @asynccontextmanager
    async def write(self, **how):
        self.writes.append(how)
        self.began.append(time.monotonic())
        if len(self.writes) in self._failing:
            raise self._error("the database is locked")
        async with self._database.write(**how) as connection:
            yield connection


def spacing_at(per_second):
    """The time from one message to the next: 97 % of the allowed rate is used."""
    return SECOND / (0.97 * per_second)


async def reserved_until(database):
    """The first send time that is not reserved."""
    async with database.read() as connection:
        return await connection.scalar(select(schema.pace.c.free_at))


def start(rate_limit, count, *, answer=False):
    return [asyncio.create_task(rate_limit.take(answer=answer)) for _ in range(count)]


async def give_up(tasks):
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def goes_at_once(rate_limit):
    """True if a message goes out without waiting for anything."""
    [task] = start(rate_limit, 1)
    await asyncio.sleep(0)
    if not (went := task.done()):
        await give_up([task])
    return went


async def leave_one_send_time(rate_limit):
    """Two messages go out; two send times were reserved for the second. One is left, two spacings from the start."""
    await rate_limit.take(answer=False)
    await rate_limit.take(answer=False)


def fullest_second(times):
    """The most of these times that any sliding second holds."""
    return max(sum(start <= other < start + SECOND for other in times) for start in times)


# The pace


@pytest.mark.parametrize("per_second", [1, 7, 30, 1000])
async def test_the_next_message_goes_at_97_percent_of_the_allowed_rate(database, limit, per_second):
    await limit(Clock(MORNING), per_second).take(answer=False)
    assert await reserved_until(database) == MORNING + spacing_at(per_second)


async def test_no_message_goes_before_its_send_time(limit):
    clock, went = RunningClock(), []
    rate_limit = limit(clock, 100)

    async def send():
        await rate_limit.take(answer=False)
        went.append(clock())

    began = clock()
    await asyncio.gather(*(send() for _ in range(30)))
    assert all(time >= began + n * spacing_at(100) for n, time in enumerate(went))


async def test_a_tenth_of_a_second_is_reserved_for_those_who_wait(database, limit):
    rate_limit = limit(Clock(MORNING), 100)
    tasks = start(rate_limit, 25)
    await tasks[0]
    await rate_limit.close()  # before more is reserved
    assert await reserved_until(database) == MORNING + 10 * spacing_at(100)


async def test_send_times_are_reserved_for_as_many_as_wait(database, limit):
    rate_limit = limit(Clock(MORNING), 1000)
    tasks = start(rate_limit, 5)
    await tasks[0]
    await rate_limit.close()
    assert await reserved_until(database) == MORNING + 5 * spacing_at(1000)


async def test_twice_as_many_are_reserved_ahead_each_time(database, limit):
    rate_limit, reserved = limit(Clock(MORNING), 1000), []
    for _ in range(8):
        await rate_limit.take(answer=False)
        reserved.append((await reserved_until(database) - MORNING) / spacing_at(1000))
    assert reserved == pytest.approx([1, 3, 3, 7, 7, 7, 7, 15], abs=0.01)


async def test_the_next_batch_is_reserved_before_the_last_one_is_used_up(database, limit):
    watched, reservations = WatchedDatabase(database), []
    tasks = start(limit(Clock(MORNING), 100, of=watched), 25)
    for task in tasks:
        task.add_done_callback(lambda _: reservations.append(len(watched.writes)))
    await tasks[7]
    await asyncio.sleep(0)
    assert reservations[:8] == [1, 1, 1, 1, 1, 1, 1, 2], "the second is made when two of ten send times are left"
    await give_up(tasks)


async def test_nothing_is_reserved_early_when_there_are_enough_for_all(database, limit):
    watched = WatchedDatabase(database)
    await asyncio.gather(*start(limit(Clock(MORNING), 100, of=watched), 10))
    assert len(watched.writes) == 1


async def test_reserving_goes_ahead_of_other_writes_and_waits_for_no_turn(database, limit):
    watched = WatchedDatabase(database)
    await limit(Clock(MORNING), 30, of=watched).take(answer=False)
    assert watched.writes == [{"urgent": True, "own_rows": True, "even_if_lost": True}]


async def test_a_message_that_goes_at_once_uses_up_its_send_time(limit):
    clock = Clock(MORNING)
    rate_limit = limit(clock, 20)
    await leave_one_send_time(rate_limit)
    clock.now += 2 * spacing_at(20)
    assert await goes_at_once(rate_limit)
    assert not await goes_at_once(rate_limit)


async def test_a_message_does_not_go_at_once_before_its_send_time(limit):
    clock = Clock(MORNING)
    rate_limit = limit(clock, 20)
    await leave_one_send_time(rate_limit)
    clock.now += 2 * spacing_at(20) - MICROSECOND
    assert not await goes_at_once(rate_limit)


LATE = {"50-ms-late-is-used": (50 * MILLISECOND, True), "later-lapses": (50 * MILLISECOND + MICROSECOND, False)}


@pytest.mark.parametrize(("late", "is_used"), LATE.values(), ids=LATE.keys())
async def test_a_send_time_that_passed_is_used_up_to_50_ms_late(limit, late, is_used):
    clock = Clock(MORNING)
    rate_limit = limit(clock, 20)
    await leave_one_send_time(rate_limit)
    clock.now += 2 * spacing_at(20) + late
    assert await goes_at_once(rate_limit) is is_used


AFTER = {"the-second-is-full": (timedelta(0), False), "the-second-has-room-again": (50 * MILLISECOND, True)}


@pytest.mark.parametrize(("later", "is_sent"), AFTER.values(), ids=AFTER.keys())
async def test_a_message_that_went_late_delays_the_one_a_second_after_it(limit, later, is_sent):
    clock, spacing = Clock(MORNING), spacing_at(20)
    rate_limit = limit(clock, 20)
    await leave_one_send_time(rate_limit)
    clock.now = MORNING + 2 * spacing + 50 * MILLISECOND
    assert await goes_at_once(rate_limit)
    for n in range(3, 22):
        clock.now = MORNING + n * spacing
        await rate_limit.take(answer=False)
    clock.now = MORNING + 22 * spacing + later
    assert await goes_at_once(rate_limit) is is_sent


async def test_no_wait_is_shorter_than_5_ms(limit):
    rate_limit = limit(Clock(MORNING), 1000)
    await leave_one_send_time(rate_limit)
    began = time.monotonic()
    await rate_limit.take(answer=False)
    assert time.monotonic() - began >= 0.005


async def test_send_times_that_nobody_used_lapse_and_then_only_one_is_reserved(database, limit):
    clock = Clock(MORNING)
    rate_limit = limit(clock, 1000)
    await leave_one_send_time(rate_limit)
    later = clock.advance(hours=1)
    await rate_limit.take(answer=True)
    assert await reserved_until(database) == later + spacing_at(1000)


async def test_a_stall_is_followed_by_no_burst(limit):
    """The machine sleeps for half a second in the middle of a batch; the messages it owes must not go all at once."""
    began, slept, calls = time.monotonic(), timedelta(0), itertools.count()

    def clock():
        nonlocal slept
        if next(calls) == 1:  # after the first reservation, before its first message
            slept = timedelta(seconds=0.5)
        return MORNING + slept + timedelta(seconds=time.monotonic() - began)

    rate_limit, went = limit(clock, 100), []

    async def send():
        await rate_limit.take(answer=False)
        went.append(clock())

    await asyncio.gather(*(send() for _ in range(115)))
    assert fullest_second(went) <= 100


# Urgency


async def test_answers_overtake_a_waiting_broadcast(database, limit):
    rate_limit, order = limit(Clock(MORNING), FAST), []

    async def take(name, *, answer):
        await rate_limit.take(answer=answer)
        order.append(name)

    async with database.write(urgent=True):  # nothing can be reserved yet
        broadcast = [asyncio.create_task(take(f"broadcast {n}", answer=False)) for n in range(20)]
        await asyncio.sleep(0)
        answers = [asyncio.create_task(take(f"answer {n}", answer=True)) for n in range(2)]
        await asyncio.sleep(0)
    await asyncio.gather(*broadcast, *answers)
    assert order == ["answer 0", "answer 1", *(f"broadcast {n}" for n in range(20))]


async def test_an_answer_takes_the_very_next_send_time_of_a_running_broadcast(limit):
    rate_limit, order = limit(lambda: datetime.now(UTC), 200), []

    async def take(name, *, answer):
        await rate_limit.take(answer=answer)
        order.append(name)

    tasks = [asyncio.create_task(take("broadcast", answer=False)) for _ in range(40)]
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    asked_after = len(order)
    await take("answer", answer=True)
    await asyncio.gather(*tasks)
    assert order.index("answer") <= asked_after + 1


async def test_a_broadcast_message_does_not_slip_in_before_a_waiting_answer(limit):
    clock, order = Clock(MORNING), []
    rate_limit = limit(clock, 20)
    await leave_one_send_time(rate_limit)

    async def take(name, *, answer):
        await rate_limit.take(answer=answer)
        order.append(name)

    answer = asyncio.create_task(take("answer", answer=True))
    for _ in range(3):
        await asyncio.sleep(0)  # until the answer waits for the one send time that is left
    clock.now += 2 * spacing_at(20)  # it has come, and the answer has not woken up yet
    await take("broadcast", answer=False)
    await answer
    assert order == ["answer", "broadcast"]


async def test_a_message_that_gives_up_costs_the_others_nothing(database, limit):
    rate_limit = limit(Clock(MORNING), FAST)
    async with database.write(urgent=True):
        tasks = start(rate_limit, 5)
        await asyncio.sleep(0)
        for task in tasks[::2]:
            task.cancel()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert [isinstance(result, asyncio.CancelledError) for result in results] == [True, False, True, False, True]
    await rate_limit.take(answer=True)


async def test_a_message_that_gives_up_uses_up_no_send_time(limit):
    clock = Clock(MORNING)
    rate_limit = limit(clock, 20)
    await leave_one_send_time(rate_limit)
    tasks = start(rate_limit, 1)
    await asyncio.sleep(0)
    await give_up(tasks)
    await rate_limit.take(answer=False)
    clock.now += 4 * spacing_at(20)
    assert not await goes_at_once(rate_limit), "the one that was left went to the next message"


# Trouble with the database


async def test_trouble_is_waited_out_three_times_with_a_pause(database, limit):
    watched = WatchedDatabase(database, failing={1, 2})
    await limit(Clock(MORNING), FAST, of=watched).take(answer=False)
    assert len(watched.writes) == 3
    assert all(later - earlier >= 0.3 for earlier, later in itertools.pairwise(watched.began))


async def test_trouble_that_lasts_reaches_every_message_that_waits(database, limit):
    watched = WatchedDatabase(database, failing={1, 2, 3})
    rate_limit = limit(Clock(MORNING), FAST, of=watched)
    results = await asyncio.gather(*start(rate_limit, 3), return_exceptions=True)
    assert [type(result) for result in results] == [StoreTrouble] * 3
    assert len(watched.writes) == 3
    await rate_limit.take(answer=False)
    assert len(watched.writes) == 4, "the next message tries anew"


async def test_answers_go_by_a_pace_of_the_process_while_the_database_gives_no_send_time(database, limit):
    watched = WatchedDatabase(database, failing=range(1, 100))
    clock = RunningClock()
    rate_limit = limit(clock, 50, of=watched)
    broadcast = start(rate_limit, 3)
    began = clock()
    await asyncio.gather(*start(rate_limit, 5, answer=True))
    assert clock() - began >= 5 * spacing_at(50)
    assert {type(result) for result in await asyncio.gather(*broadcast, return_exceptions=True)} == {StoreTrouble}


async def test_answers_that_wait_go_in_the_order_of_their_ranks(limit):
    rate_limit, order = limit(RunningClock(), 50), []

    async def take(rank):
        await rate_limit.take(answer=True, rank=rank)
        order.append(rank)

    await asyncio.gather(*(take(rank) for rank in (5.0, 3.0, -1.0, 3.0, 4.0)))
    assert sorted(order[1:]) == order[1:], "the first one finds nobody waiting"


async def test_answers_do_not_wait_for_a_database_that_is_known_to_be_in_trouble(database, limit):
    watched = WatchedDatabase(database)
    watched.problem = Problem("database-unusable", {"cause": "database or disk is full"})
    rate_limit = limit(RunningClock(), FAST, of=watched)
    await rate_limit.take(answer=True)
    assert watched.writes == []
    watched.problem = None
    await rate_limit.take(answer=True)
    assert len(watched.writes) == 1, "the shared pace is used again"


async def test_a_bug_reaches_every_message_that_waits_and_is_not_tried_again(database, limit):
    watched = WatchedDatabase(database, failing={1}, error=LookupError)
    rate_limit = limit(Clock(MORNING), FAST, of=watched)
    results = await asyncio.gather(*start(rate_limit, 3), return_exceptions=True)
    assert [type(result) for result in results] == [LookupError] * 3
    assert len(watched.writes) == 1


async def test_trouble_reaches_no_message_that_gave_up(database, limit):
    watched = WatchedDatabase(database, failing={1, 2, 3})
    tasks = start(limit(Clock(MORNING), FAST, of=watched), 2)
    await asyncio.sleep(0)
    tasks[0].cancel()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(result) for result in results] == [asyncio.CancelledError, StoreTrouble]


async def test_an_early_reservation_that_fails_is_made_again_in_silence(database, limit, caplog):
    watched = WatchedDatabase(database, failing={2, 3, 4})
    with caplog.at_level(logging.ERROR):
        await asyncio.gather(*start(limit(RunningClock(), 100, of=watched), 15))
        gc.collect()  # an error that nobody looked at is logged when its task is thrown away
    assert len(watched.writes) == 5
    assert caplog.records == []


async def test_a_missing_table_is_trouble_and_the_next_message_tries_anew(url):
    async with Database(url) as database, Database(url) as theirs:
        rate_limit = RateLimit(database, Clock(MORNING), FAST)
        async with theirs.write() as connection:
            await connection.exec_driver_sql("ALTER TABLE pace RENAME TO elsewhere")
        with pytest.raises(StoreTrouble):
            await rate_limit.take(answer=False)
        async with theirs.write() as connection:
            await connection.exec_driver_sql("ALTER TABLE elsewhere RENAME TO pace")
        await rate_limit.take(answer=False)
        await rate_limit.close()


# A clock that is set back


async def test_a_clock_set_back_delays_nobody(limit):
    clock = RunningClock()
    rate_limit = limit(clock, 4)
    for _ in range(4):
        await rate_limit.take(answer=False)
    clock.set_back = timedelta(hours=1)
    async with asyncio.timeout(ANY_SECONDS):
        await rate_limit.take(answer=True)


async def test_a_clock_set_back_in_the_middle_of_a_batch_delays_nobody(limit):
    clock = RunningClock()
    waiting = start(limit(clock, 100), 20)
    await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    clock.set_back = timedelta(hours=1)
    async with asyncio.timeout(ANY_SECONDS):
        await asyncio.gather(*waiting)


@pytest.mark.parametrize("call", range(1, 9))
async def test_a_clock_set_back_at_any_moment_delays_nobody(limit, call):
    calls = itertools.count()
    rate_limit = limit(lambda: MORNING - (timedelta(hours=1) if next(calls) >= call else timedelta(0)), FAST)
    async with asyncio.timeout(ANY_SECONDS):
        await asyncio.gather(*start(rate_limit, 3))


# The end


async def test_closing_cancels_the_messages_that_wait(database, limit):
    rate_limit = limit(Clock(MORNING), 1)
    tasks = start(rate_limit, 5)
    await tasks[0]
    await rate_limit.close()
    assert asyncio.all_tasks() - {asyncio.current_task(), *tasks} == set(), "nothing of the rate limit runs on"
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(result) for result in results] == [type(None)] + [asyncio.CancelledError] * 4


async def test_closing_twice_or_unused_is_no_trouble(limit):
    rate_limit = limit(Clock(MORNING), FAST)
    await rate_limit.close()
    await rate_limit.take(answer=True)
    await rate_limit.close()
    await rate_limit.close()
