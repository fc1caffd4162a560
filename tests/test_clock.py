"""The clock of a program, and the measuring of its jumps."""

from datetime import timedelta

import pytest
from fakes import Clock as SetClock
from journey import MORNING

from briefings.clock import Clock, JumpMeter

HOUR = timedelta(hours=1)


def test_a_clock_with_a_start_begins_there_and_can_be_set() -> None:
    clock = Clock(MORNING)
    assert timedelta() <= clock() - MORNING < timedelta(minutes=1)
    clock.move_to(MORNING - HOUR)
    assert timedelta() <= clock() - (MORNING - HOUR) < timedelta(minutes=1)


def test_setting_a_clock_leaves_its_growing_seconds_alone() -> None:
    clock = Clock(MORNING)
    before = clock.monotonic()
    clock.move_to(MORNING + 1000 * HOUR)
    assert 0 <= clock.monotonic() - before < 60


@pytest.mark.parametrize("by", [HOUR, -HOUR, timedelta(days=1), timedelta(days=-1)], ids=str)
def test_a_jump_is_measured_once(by: timedelta) -> None:
    wall, steady = SetClock(MORNING), [0.0]
    meter = JumpMeter(wall, lambda: steady[0])
    wall.now += by + timedelta(seconds=5)
    steady[0] += 5
    assert meter.jump() == by
    assert meter.jump() == timedelta()


def test_a_small_correction_is_no_jump() -> None:
    wall = SetClock(MORNING)
    meter = JumpMeter(wall, lambda: 0.0)
    wall.advance(seconds=0.4)
    assert meter.jump() == timedelta()
