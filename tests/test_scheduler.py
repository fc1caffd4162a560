"""Ticking: at once, again and again, never twice at once, through any failure, and to an orderly end."""

import asyncio
import logging

import pytest

from briefings.errors import StoreTrouble
from briefings.scheduler import Scheduler

SOON = 0.02
NEVER = 3600.0


class Pass:
    """A pass that counts its runs, holds while told to, and fails as scripted."""

    def __init__(self, *failures, wants=None):
        self._wants = wants
        self.begun = self.done = self.at_once = self.most_at_once = 0
        self._failures = list(failures)
        self._open = asyncio.Event()
        self._open.set()
        self._changed = asyncio.Condition()

    def holds(self):
        self._open.clear()
        return self

    def goes_on(self):
        self._open.set()

    async def has_begun(self, times):
        async with asyncio.timeout(10), self._changed:
            await self._changed.wait_for(lambda: self.begun >= times)

    async def __call__(self):
        self.begun, self.at_once = self.begun + 1, self.at_once + 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        async with self._changed:
            self._changed.notify_all()
        await self._open.wait()
        self.at_once -= 1
        if self._failures:
            raise self._failures.pop(0)
        self.done += 1
        return self._wants


async def test_the_first_tick_is_at_once_and_others_follow():
    often, once = Pass(), Pass()
    scheduler = Scheduler({"often": (often, SOON), "once": (once, NEVER)})
    scheduler.start()
    await often.has_begun(3)
    await scheduler.stop(5)
    assert once.done == 1


async def test_nobody_ticks_before_the_start_and_after_the_stop():
    often = Pass()
    scheduler = Scheduler({"often": (often, SOON)})
    assert often.begun == 0
    scheduler.start()
    await often.has_begun(2)
    await scheduler.stop(5)
    begun = often.begun
    scheduler.nudge("often")
    await asyncio.sleep(5 * SOON)
    assert often.begun == begun


async def test_a_tick_is_skipped_while_its_pass_still_runs_and_others_go_on():
    slow, often = Pass().holds(), Pass()
    scheduler = Scheduler({"slow": (slow, SOON), "often": (often, SOON)})
    scheduler.start()
    await often.has_begun(5)
    scheduler.nudge("slow")
    await often.has_begun(7)
    assert (slow.begun, slow.most_at_once) == (1, 1)
    slow.goes_on()
    await slow.has_begun(3)
    await scheduler.stop(5)
    assert slow.most_at_once == 1


FAILURES = {"expected": StoreTrouble("the database is locked"), "a-bug": LookupError("a bug")}


@pytest.mark.parametrize("failure", FAILURES.values(), ids=FAILURES.keys())
async def test_a_failed_tick_is_logged_and_the_next_one_tries_again(caplog, failure):
    failing = Pass(failure)
    scheduler = Scheduler({"publish": (failing, SOON)})
    with caplog.at_level(logging.ERROR):
        scheduler.start()
        await failing.has_begun(2)
        await scheduler.stop(5)
    assert failing.done >= 1
    [line] = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert line.getMessage().startswith("publish")
    assert bool(line.exc_info) is isinstance(failure, LookupError), "trouble we expect is one line"


async def test_a_nudge_ticks_now():
    seldom = Pass()
    scheduler = Scheduler({"seldom": (seldom, NEVER)})
    scheduler.start()
    await seldom.has_begun(1)
    scheduler.nudge("seldom")
    await seldom.has_begun(2)
    scheduler.nudge("nobody")
    await scheduler.stop(5)


async def test_a_nudge_for_a_pass_that_does_not_run_here_goes_elsewhere():
    told, here = [], Pass()
    scheduler = Scheduler({"publish": (here, NEVER)}, told.append)
    scheduler.start()
    await here.has_begun(1)
    scheduler.nudge("dispatch")
    scheduler.nudge("publish")
    await here.has_begun(2)
    await scheduler.stop(5)
    assert told == ["dispatch"]


async def test_who_is_told_of_a_nudge_wakes_the_pass_and_tells_nobody_further():
    told, here = [], Pass()
    scheduler = Scheduler({"publish": (here, NEVER)}, told.append)
    scheduler.start()
    await here.has_begun(1)
    scheduler.wake("dispatch")
    scheduler.wake("publish")
    await here.has_begun(2)
    await scheduler.stop(5)
    assert told == []


async def test_a_nudge_while_the_pass_runs_is_made_good_when_it_ends():
    slow = Pass().holds()
    scheduler = Scheduler({"slow": (slow, NEVER)})
    scheduler.start()
    await slow.has_begun(1)
    scheduler.nudge("slow")
    slow.goes_on()
    await slow.has_begun(2)
    await scheduler.stop(5)
    assert slow.most_at_once == 1


async def test_a_pass_says_when_it_is_wanted_next():
    sooner = Pass(wants=SOON)
    scheduler = Scheduler({"sooner": (sooner, NEVER)})
    scheduler.start()
    await sooner.has_begun(3)
    await scheduler.stop(5)


async def test_no_pass_is_left_alone_for_longer_than_its_interval():
    later = Pass(wants=NEVER)
    scheduler = Scheduler({"later": (later, SOON)})
    scheduler.start()
    await later.has_begun(3)
    await scheduler.stop(5)


async def test_stopping_waits_for_the_pass_under_way():
    slow = Pass().holds()
    scheduler = Scheduler({"slow": (slow, SOON)})
    scheduler.start()
    await slow.has_begun(1)
    stopping = asyncio.create_task(scheduler.stop(5))
    await asyncio.sleep(2 * SOON)
    assert not stopping.done()
    slow.goes_on()
    async with asyncio.timeout(5):
        await stopping
    assert (slow.begun, slow.done) == (1, 1)


async def test_a_pass_that_does_not_end_is_cancelled_when_its_time_is_up():
    endless = Pass().holds()
    scheduler = Scheduler({"endless": (endless, SOON)})
    scheduler.start()
    await endless.has_begun(1)
    async with asyncio.timeout(5):
        await scheduler.stop(SOON)
    assert endless.done == 0


async def test_stopping_what_never_started_is_no_trouble():
    await Scheduler({"often": (Pass(), SOON)}).stop(5)


async def test_how_a_pass_fares_is_known():
    well, failing, slow = Pass(), Pass(*[StoreTrouble("the database is locked")] * 100), Pass().holds()
    scheduler = Scheduler({"well": (well, SOON), "failing": (failing, SOON), "slow": (slow, NEVER)})
    assert scheduler.beats() == {}, "nothing is late before the start"
    scheduler.start()
    for one in (well, failing):
        await one.has_begun(3)
    beats = scheduler.beats()
    assert {name: beat.failed for name, beat in beats.items()} == {"well": False, "failing": True, "slow": False}
    assert beats["well"].quiet < beats["failing"].quiet
    assert beats["slow"].running is not None
    assert (beats["slow"].interval, beats["well"].interval) == (NEVER, SOON)
    slow.goes_on()
    await scheduler.stop(5)
    assert scheduler.beats()["slow"].running is None
