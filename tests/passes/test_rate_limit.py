"""The pace: what is promised, as pure numbers; who goes first; and what happens when the promise cannot be kept."""

import asyncio
import itertools
import time
from datetime import UTC, datetime, timedelta

import pytest
from fakes import MORNING, Clock

from briefings.errors import StoreTrouble
from briefings.passes.rate_limit import AIM, RateLimit
from briefings.store import pace
from briefings.store.database import Database

SECOND = timedelta(seconds=1)
SPACING = SECOND / (AIM * 30)


async def reserve(database, count, now, spacing=SPACING):
    async with database.write() as connection:
        return await pace.reserve(connection, count, spacing, now)


def fullest_second(instants):
    """The most of these instants that any sliding second holds."""
    instants = sorted(instants)
    return max(sum(1 for other in instants if start <= other < start + SECOND) for start in instants)


# What is promised


async def test_the_first_promise_is_for_now(database):
    assert await reserve(database, 1, MORNING) == MORNING


async def test_promises_follow_each_other_without_gap_or_overlap(database):
    first = await reserve(database, 3, MORNING)
    second = await reserve(database, 2, MORNING)
    third = await reserve(database, 1, MORNING + 2 * SPACING)
    assert [first, second, third] == [MORNING, MORNING + 3 * SPACING, MORNING + 5 * SPACING]


async def test_unused_time_is_not_saved_up(database):
    await reserve(database, 3, MORNING)
    later = MORNING + timedelta(hours=1)
    assert await reserve(database, 1, later) == later
    assert await reserve(database, 1, later) == later + SPACING


async def test_no_sliding_second_holds_more_than_the_allowed_rate_whoever_asks_and_when(url):
    """Four processes, each asking for a batch every so often; the clock of each is its own."""
    promised = []
    async with Database(url) as ours, Database(url) as theirs:
        askers = itertools.cycle([ours, theirs])
        for tick in range(60):
            now = MORNING + tick * timedelta(milliseconds=(37, 61, 5, 140)[tick % 4])
            first = await reserve(next(askers), 3, now)
            promised += [first + n * SPACING for n in range(3)]
    assert len(set(promised)) == 180
    assert fullest_second(promised) <= 30
    assert all(later - earlier >= SPACING for earlier, later in itertools.pairwise(sorted(promised)))


SET_BACK = {
    "an-hour": timedelta(hours=1),
    "a-year": timedelta(days=365),
    "just-past-the-horizon": pace.HORIZON + SECOND,
}


@pytest.mark.parametrize("step", SET_BACK.values(), ids=SET_BACK.keys())
async def test_promises_of_a_clock_that_was_set_back_are_void(database, step):
    await reserve(database, 1, MORNING + step)
    assert await reserve(database, 1, MORNING) == MORNING


async def test_a_clock_a_little_behind_waits_for_the_others(database):
    await reserve(database, 1, MORNING + SECOND)
    assert await reserve(database, 1, MORNING) == MORNING + SECOND + SPACING


# Who goes first

FAST = 100_000  # a second; at this rate nobody really waits


async def test_answers_overtake_a_waiting_broadcast(database):
    rate = RateLimit(database, Clock(MORNING), FAST)
    order = []

    async def take(name, *, answer):
        await rate.take(answer=answer)
        order.append(name)

    async with database.write(urgent=True):  # nobody can be promised anything yet
        broadcast = [asyncio.create_task(take(f"broadcast {n}", answer=False)) for n in range(20)]
        await asyncio.sleep(0)
        answers = [asyncio.create_task(take(f"answer {n}", answer=True)) for n in range(2)]
        await asyncio.sleep(0)
    await asyncio.gather(*broadcast, *answers)
    await rate.close()
    assert order == ["answer 0", "answer 1", *(f"broadcast {n}" for n in range(20))]


async def test_an_answer_takes_the_very_next_instant_of_a_running_broadcast(database):
    rate = RateLimit(database, lambda: datetime.now(UTC), 200)
    order = []

    async def take(name, *, answer):
        await rate.take(answer=answer)
        order.append(name)

    tasks = [asyncio.create_task(take("broadcast", answer=False)) for _ in range(40)]
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    asked_after = len(order)
    await take("answer", answer=True)
    await asyncio.gather(*tasks)
    await rate.close()
    assert order.index("answer") <= asked_after + 1


async def test_who_gives_up_costs_the_others_nothing(database):
    rate = RateLimit(database, Clock(MORNING), FAST)
    async with database.write(urgent=True):
        tasks = [asyncio.create_task(rate.take(answer=False)) for _ in range(5)]
        await asyncio.sleep(0)
        for task in tasks[::2]:
            task.cancel()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert [isinstance(result, asyncio.CancelledError) for result in results] == [True, False, True, False, True]
    await rate.take(answer=True)
    await rate.close()


async def test_trouble_with_the_database_reaches_who_waits_and_the_next_try_is_a_new_one(url):
    async with Database(url) as database, Database(url) as theirs:
        rate = RateLimit(database, Clock(MORNING), FAST)
        async with theirs.write() as connection:
            await connection.exec_driver_sql("ALTER TABLE pace RENAME TO elsewhere")
        with pytest.raises(StoreTrouble):
            await rate.take(answer=True)
        waiting = [asyncio.create_task(rate.take(answer=False)) for _ in range(3)]
        results = await asyncio.gather(*waiting, return_exceptions=True)
        assert [type(result) for result in results] == [StoreTrouble] * 3
        async with theirs.write() as connection:
            await connection.exec_driver_sql("ALTER TABLE elsewhere RENAME TO pace")
        await rate.take(answer=True)
        await rate.close()


async def test_a_stall_is_followed_by_no_burst(database):
    """The machine sleeps for half a second in the middle of a batch; what it owed must not come all at once."""
    start, slept, calls = time.monotonic(), timedelta(0), itertools.count()

    def clock():
        nonlocal slept
        if next(calls) == 1:  # after the first promise, before its first message
            slept = timedelta(seconds=0.5)
        return MORNING + slept + timedelta(seconds=time.monotonic() - start)

    rate = RateLimit(database, clock, 100)
    went = []

    async def take():
        await rate.take(answer=False)
        went.append(clock())

    await asyncio.gather(*(take() for _ in range(115)))
    await rate.close()
    assert fullest_second(went) <= 100


async def test_a_clock_set_back_holds_nobody_up(database):
    start, set_back = time.monotonic(), timedelta(0)

    def clock():
        return MORNING - set_back + timedelta(seconds=time.monotonic() - start)

    rate = RateLimit(database, clock, 4)
    for _ in range(4):
        await rate.take(answer=False)
    set_back = timedelta(hours=1)
    async with asyncio.timeout(5):
        await rate.take(answer=True)
    await rate.close()


async def test_a_clock_set_back_in_the_middle_of_a_batch_holds_nobody_up(database):
    start, set_back = time.monotonic(), timedelta(0)

    def clock():
        return MORNING - set_back + timedelta(seconds=time.monotonic() - start)

    rate = RateLimit(database, clock, 100)
    waiting = [asyncio.create_task(rate.take(answer=False)) for _ in range(20)]
    await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    set_back = timedelta(hours=1)
    async with asyncio.timeout(5):
        await asyncio.gather(*waiting)
    await rate.close()


async def test_instants_that_nobody_came_for_are_not_used_later(database):
    """Asked for ahead, because more were expected; an hour later none of them is good any more."""
    clock = Clock(MORNING)
    rate = RateLimit(database, clock, FAST)
    await asyncio.gather(*(rate.take(answer=False) for _ in range(50)))
    later = clock.advance(hours=1)
    await rate.take(answer=True)
    await rate.close()
    assert await reserve(database, 1, later) > later, "an instant of this hour was promised for it"


async def test_a_promise_made_ahead_that_fails_is_asked_for_again(url):
    async with Database(url) as database, Database(url) as theirs:
        rate = RateLimit(database, lambda: datetime.now(UTC), 100)
        waiting = [asyncio.create_task(rate.take(answer=False)) for _ in range(12)]
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        async with theirs.write() as connection:
            await connection.exec_driver_sql("ALTER TABLE pace RENAME TO elsewhere")
        results = await asyncio.gather(*waiting, return_exceptions=True)
        assert {type(result) for result in results} <= {StoreTrouble, type(None)}
        async with theirs.write() as connection:
            await connection.exec_driver_sql("ALTER TABLE elsewhere RENAME TO pace")
        await rate.take(answer=True)
        await rate.close()


async def test_closing_twice_or_unused_is_no_trouble(database):
    rate = RateLimit(database, Clock(MORNING), FAST)
    await rate.close()
    await rate.take(answer=True)
    await rate.close()
    await rate.close()


@pytest.mark.parametrize("call", range(1, 9))
async def test_a_clock_set_back_at_any_moment_holds_nobody_up(database, call):
    calls = itertools.count()
    rate = RateLimit(database, lambda: MORNING - (timedelta(hours=1) if next(calls) >= call else timedelta(0)), FAST)
    async with asyncio.timeout(5):
        await asyncio.gather(*(rate.take(answer=False) for _ in range(3)))
    await rate.close()
