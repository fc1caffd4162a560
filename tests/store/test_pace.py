"""The pace row: send times follow each other without gap or overlap, for every process that reserves some."""

import itertools
from datetime import timedelta

import pytest
from fakes import MORNING

from briefings.store import pace
from briefings.store.database import Database

SECOND = timedelta(seconds=1)
SPACING = SECOND / (0.97 * 30)
"""The time between two messages under a rate limit of 30 a second."""


async def reserve(database, count, now, spacing=SPACING):
    async with database.write() as connection:
        return await pace.reserve(connection, count, spacing, now)


async def test_the_first_send_time_is_now(database):
    assert await reserve(database, 1, MORNING) == MORNING


async def test_send_times_follow_each_other_without_gap_or_overlap(database):
    first = await reserve(database, 3, MORNING)
    second = await reserve(database, 2, MORNING)
    third = await reserve(database, 1, MORNING + 2 * SPACING)
    assert [first, second, third] == [MORNING, MORNING + 3 * SPACING, MORNING + 5 * SPACING]


async def test_unused_time_is_not_saved_up(database):
    await reserve(database, 3, MORNING)
    later = MORNING + timedelta(hours=1)
    assert await reserve(database, 1, later) == later
    assert await reserve(database, 1, later) == later + SPACING


async def test_no_sliding_second_holds_more_than_the_allowed_rate_with_two_processes_that_reserve_in_turn(url):
    reserved = []
    async with Database(url) as ours, Database(url) as theirs:
        askers = itertools.cycle([ours, theirs])
        for tick in range(60):
            now = MORNING + tick * timedelta(milliseconds=(37, 61, 5, 140)[tick % 4])
            first = await reserve(next(askers), 3, now)
            reserved += [first + n * SPACING for n in range(3)]
    assert len(set(reserved)) == 180
    reserved.sort()
    assert all(later - earlier >= SECOND for earlier, later in zip(reserved, reserved[30:], strict=False))
    assert all(later - earlier >= SPACING for earlier, later in itertools.pairwise(reserved))


AHEAD = {
    "within-30-seconds-counts": (30 * SECOND - SPACING - timedelta(microseconds=1), False),
    "30-seconds-are-void": (30 * SECOND - SPACING, True),
    "an-hour-is-void": (timedelta(hours=1), True),
    "a-year-is-void": (timedelta(days=365), True),
}


@pytest.mark.parametrize(("step", "is_void"), AHEAD.values(), ids=AHEAD.keys())
async def test_send_times_reserved_before_the_clock_was_set_back_by_30_seconds_are_void(database, step, is_void):
    await reserve(database, 1, MORNING + step)
    assert await reserve(database, 1, MORNING) == (MORNING if is_void else MORNING + step + SPACING)


async def test_a_clock_a_little_behind_waits_for_the_others(database):
    await reserve(database, 1, MORNING + SECOND)
    assert await reserve(database, 1, MORNING) == MORNING + SECOND + SPACING
