"""Ticking: at once, again and again, never twice at once, through any failure, and to an orderly end."""

import asyncio
import itertools
import logging
import time
from datetime import timedelta

import pytest

from briefings.clock import Clock
from briefings.errors import StoreTrouble
from briefings.scheduler import Scheduler

SOON = 0.02
NEVER = 3600.0


class Pass:
    """A pass that counts its runs, holds while it is asked to, and fails as scripted. It notes its runs in `order`."""

    def __init__(self, *failures, wants=None, order=None, name=""):
        self._wants = wants
        self._order, self._name = order, name
        self.begun = self.done = self.at_once = self.most_at_once = 0
        self.began = []
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
        self.began.append(time.monotonic())
        self.begun, self.at_once = self.begun + 1, self.at_once + 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        if self._order is not None:
            self._order.append(self._name)
        async with self._changed:
            self._changed.notify_all()
        await self._open.wait()
        self.at_once -= 1
        if self._failures:
            raise self._failures.pop(0)
        self.done += 1
        return self._wants


async def has_ticked_several_times(often):
    """Wait while a pass that is due every few milliseconds runs again and again: other due ticks have come by then."""
    await often.has_begun(often.begun + 3)


# When a pass is ticked


async def test_the_first_tick_is_at_once_and_others_follow():
    often, once = Pass(), Pass()
    scheduler = Scheduler({"often": (often, SOON), "once": (once, NEVER)})
    scheduler.start()
    await often.has_begun(3)
    await scheduler.stop(5)
    assert once.done == 1


async def test_a_pass_is_ticked_after_its_interval_and_not_before():
    often = Pass()
    scheduler = Scheduler({"often": (often, 0.2)})
    started = time.monotonic()
    scheduler.start()
    await often.has_begun(2)
    await scheduler.stop(5)
    assert often.began[1] - started >= 0.19


async def test_no_pass_is_ticked_before_the_start_or_after_the_stop():
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


async def test_a_pass_is_ticked_when_it_asked_to_be_and_not_before():
    sooner = Pass(wants=0.2)
    scheduler = Scheduler({"sooner": (sooner, NEVER)})
    scheduler.start()
    await sooner.has_begun(3)
    await scheduler.stop(5)
    assert all(later - earlier >= 0.19 for earlier, later in itertools.pairwise(sooner.began))


async def test_a_pass_that_asks_for_a_long_pause_is_ticked_after_its_interval():
    later = Pass(wants=NEVER)
    scheduler = Scheduler({"later": (later, SOON)})
    scheduler.start()
    await later.has_begun(3)
    await scheduler.stop(5)


async def test_a_tick_that_is_late_because_the_process_was_busy_is_not_lost():
    seldom = Pass()
    scheduler = Scheduler({"seldom": (seldom, NEVER)})
    scheduler.start()
    await seldom.has_begun(1)
    scheduler.nudge("seldom")
    time.sleep(1.2)  # noqa: ASYNC251 - the event loop is meant to be busy, for longer than APScheduler forgives unasked
    await seldom.has_begun(2)
    await scheduler.stop(5)


@pytest.fixture
def far_zone(monkeypatch):
    """The machine's clock shows five and a half hours more than UTC."""
    monkeypatch.setenv("TZ", "Asia/Kolkata")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


async def test_the_time_zone_of_the_machine_changes_nothing(far_zone):
    seldom = Pass()
    scheduler = Scheduler({"seldom": (seldom, NEVER)})
    scheduler.start()
    await seldom.has_begun(1)
    scheduler.nudge("seldom")
    await seldom.has_begun(2)
    await scheduler.stop(5)


# A clock that is set


JUMPS = {"an-hour-back": -1, "an-hour-forward": 1, "a-day-back": -24, "a-day-forward": 24}


@pytest.mark.parametrize("hours", JUMPS.values(), ids=JUMPS.keys())
async def test_every_pass_is_ticked_after_the_clock_was_set(hours):
    """The next tick is an hour away by then: as far as a clock that is set back by an hour puts one."""
    clock, one, other = Clock(), Pass(), Pass()
    scheduler = Scheduler({"one": (one, NEVER), "other": (other, NEVER)}, clock=clock)
    scheduler.start()
    await one.has_begun(1)
    clock.move_to(clock() + timedelta(hours=hours))
    await one.has_begun(2)
    await other.has_begun(2)
    await scheduler.stop(5)


async def test_the_clock_is_compared_with_others_before_the_passes_are_ticked():
    order, clock = [], Clock()
    seldom = Pass(order=order, name="ticked")

    async def compare():
        order.append("compared")

    scheduler = Scheduler({"seldom": (seldom, NEVER)}, clock=clock, before_ticks=compare)
    scheduler.start()
    await seldom.has_begun(1)
    clock.move_to(clock() + timedelta(hours=1))
    await seldom.has_begun(2)
    await scheduler.stop(5)
    assert order == ["ticked", "compared", "ticked"]


async def test_the_clock_is_watched_on_after_a_comparison_failed():
    clock, seldom = Clock(), Pass()

    async def fail():
        raise LookupError("a bug")

    scheduler = Scheduler({"seldom": (seldom, NEVER)}, clock=clock, before_ticks=fail)
    scheduler.start()
    await seldom.has_begun(1)
    for ticks in (2, 3):
        clock.move_to(clock() - timedelta(hours=1))
        await seldom.has_begun(ticks)
    await scheduler.stop(5)


# Failures

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
    [record] = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert record.getMessage().startswith("publish")
    assert bool(record.exc_info) is isinstance(failure, LookupError), "trouble we expect is one line"


async def test_a_failed_pass_is_tried_again_after_a_second():
    order = []
    failing = Pass(StoreTrouble("the database is locked"), order=order, name="failed")
    sooner = Pass(wants=0.5, order=order, name="wants 0.5 s")
    later = Pass(wants=1.75, order=order, name="wants 1.75 s")
    scheduler = Scheduler({"failing": (failing, NEVER), "sooner": (sooner, NEVER), "later": (later, NEVER)})
    scheduler.start()
    await later.has_begun(2)
    await scheduler.stop(5)
    second_runs = sorted(set(order), key=order[3:].index)
    assert second_runs == ["wants 0.5 s", "failed", "wants 1.75 s"]


# Nudges


async def test_a_nudge_ticks_now_and_once():
    seldom, often = Pass(), Pass()
    scheduler = Scheduler({"seldom": (seldom, NEVER), "often": (often, SOON)})
    scheduler.start()
    await seldom.has_begun(1)
    scheduler.nudge("seldom")
    await seldom.has_begun(2)
    await has_ticked_several_times(often)
    await scheduler.stop(5)
    assert seldom.begun == 2


async def test_a_nudged_pass_is_ticked_before_one_that_is_due_later():
    order = []
    nudged, later = Pass(order=order, name="nudged"), Pass(wants=0.5, order=order, name="due in 0.5 s")
    scheduler = Scheduler({"nudged": (nudged, NEVER), "later": (later, NEVER)})
    scheduler.start()
    await later.has_begun(1)
    await nudged.has_begun(1)
    scheduler.nudge("nudged")
    await later.has_begun(2)
    await scheduler.stop(5)
    assert order[2:] == ["nudged", "due in 0.5 s"]


async def test_a_nudge_for_a_pass_that_runs_nowhere_is_ignored():
    scheduler = Scheduler({"seldom": (Pass(), NEVER)})
    scheduler.start()
    scheduler.nudge("nobody")
    scheduler.wake("nobody")
    await scheduler.stop(5)


async def test_a_nudge_for_a_pass_that_does_not_run_here_goes_elsewhere():
    forwarded, here = [], Pass()
    scheduler = Scheduler({"publish": (here, NEVER)}, forwarded.append)
    scheduler.start()
    await here.has_begun(1)
    scheduler.nudge("dispatch")
    scheduler.nudge("publish")
    await here.has_begun(2)
    await scheduler.stop(5)
    assert forwarded == ["dispatch"]


async def test_a_nudge_from_elsewhere_wakes_the_pass_and_is_not_forwarded():
    forwarded, here = [], Pass()
    scheduler = Scheduler({"publish": (here, NEVER)}, forwarded.append)
    scheduler.start()
    await here.has_begun(1)
    scheduler.wake("dispatch")
    scheduler.wake("publish")
    await here.has_begun(2)
    await scheduler.stop(5)
    assert forwarded == []


async def test_a_nudge_while_the_pass_runs_ticks_it_again_once_when_it_ends():
    slow, often = Pass().holds(), Pass()
    scheduler = Scheduler({"slow": (slow, NEVER), "often": (often, SOON)})
    scheduler.start()
    await slow.has_begun(1)
    scheduler.nudge("slow")
    scheduler.nudge("slow")
    await has_ticked_several_times(often)  # the nudge's own tick has come and was skipped
    slow.goes_on()
    await slow.has_begun(2)
    await has_ticked_several_times(often)
    await scheduler.stop(5)
    assert (slow.begun, slow.most_at_once) == (2, 1)


async def test_a_nudge_while_a_pass_fails_ticks_it_again_at_once():
    order = []
    failing = Pass(StoreTrouble("the database is locked"), order=order, name="failed").holds()
    later = Pass(wants=0.5, order=order, name="wants 0.5 s").holds()
    often = Pass()
    scheduler = Scheduler({"failing": (failing, NEVER), "later": (later, NEVER), "often": (often, SOON)})
    scheduler.start()
    await failing.has_begun(1)
    await later.has_begun(1)
    scheduler.nudge("failing")
    await has_ticked_several_times(often)  # the nudge's own tick has come and was skipped
    later.goes_on()
    failing.goes_on()
    await later.has_begun(2)
    await scheduler.stop(5)
    assert order[2:] == ["failed", "wants 0.5 s"]


# Stopping


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


async def test_a_pass_that_was_nudged_is_not_ticked_again_once_stopping_began():
    slow = Pass(wants=0.0).holds()
    scheduler = Scheduler({"slow": (slow, NEVER)})
    scheduler.start()
    await slow.has_begun(1)
    scheduler.nudge("slow")
    stopping = asyncio.create_task(scheduler.stop(5))
    await asyncio.sleep(0)
    slow.goes_on()
    await stopping
    await asyncio.sleep(2 * SOON)
    assert slow.begun == 1


async def test_stopping_a_second_time_does_not_shorten_the_first():
    slow = Pass().holds()
    scheduler = Scheduler({"slow": (slow, SOON)})
    scheduler.start()
    await slow.has_begun(1)
    stopping = asyncio.create_task(scheduler.stop(5))
    await asyncio.sleep(0)
    await scheduler.stop(0)
    slow.goes_on()
    await stopping
    assert slow.done == 1


async def test_a_pass_that_does_not_end_is_cancelled_when_its_time_is_up():
    endless = Pass().holds()
    scheduler = Scheduler({"endless": (endless, SOON)})
    scheduler.start()
    await endless.has_begun(1)
    async with asyncio.timeout(5):
        await scheduler.stop(SOON)
    assert endless.done == 0


async def test_stopping_waits_until_a_cancelled_pass_has_cleaned_up():
    begun, has_cleaned_up = asyncio.Event(), []

    async def endless():
        try:
            begun.set()
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(SOON)
            has_cleaned_up.append(True)

    scheduler = Scheduler({"endless": (endless, NEVER)})
    scheduler.start()
    async with asyncio.timeout(10):
        await begun.wait()
    await scheduler.stop(0)
    assert has_cleaned_up == [True]


async def test_stopping_a_scheduler_that_never_started_is_no_trouble():
    await Scheduler({"often": (Pass(), SOON)}).stop(5)


# The health of a pass


async def test_the_scheduler_says_how_each_pass_fares():
    well, failing, slow = Pass(), Pass(*[StoreTrouble("the database is locked")] * 100), Pass().holds()
    scheduler = Scheduler({"well": (well, SOON), "failing": (failing, SOON), "slow": (slow, NEVER)})
    assert scheduler.health() == {}, "nothing is late before the start"
    scheduler.start()
    for often in (well, failing):
        await often.has_begun(3)
    health = scheduler.health()
    assert {name: each.failed for name, each in health.items()} == {"well": False, "failing": True, "slow": False}
    assert 0 <= health["well"].quiet < health["failing"].quiet
    assert 0 <= health["slow"].running <= health["slow"].quiet
    assert (health["slow"].interval, health["well"].interval) == (NEVER, SOON)
    slow.goes_on()
    await scheduler.stop(5)
    assert scheduler.health()["slow"].running is None


async def test_a_pass_that_failed_and_then_ends_well_has_not_failed():
    recovering = Pass(StoreTrouble("the database is locked"))
    scheduler = Scheduler({"recovering": (recovering, SOON)})
    scheduler.start()
    await recovering.has_begun(3)
    assert not scheduler.health()["recovering"].failed
    await scheduler.stop(5)
