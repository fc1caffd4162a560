"""Ticks the passes, by APScheduler: one job a pass. Never decides what is due; the database knows that.

A pass that knows when it has something to do next returns that and is ticked then; otherwise it is ticked again
after its interval. A tick that comes while its pass still runs is skipped; a nudge is not. A pass that fails is
logged in one line and tried again. Stopping waits for the passes under way, but not for ever.

APScheduler plans by wall time: once the clock is set back by an hour, it would tick nothing for an hour. So the clock
is watched, and after each jump, forward or back, every pass is ticked at once.

A process may run only some of the passes. It forwards a nudge for another one `elsewhere`; the process that runs
the pass calls `wake`.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger

from briefings.clock import Clock, JumpMeter
from briefings.errors import BriefingsError

log = logging.getLogger(__name__)

TRY_AGAIN_SECONDS = 1.0
"""The pause after a failure, so that trouble that lasts is not met in a tight loop."""

WATCH_SECONDS = 0.5
"""Between two looks at the clock: a slot that is due is noticed within 1 s, after a jump of the clock as well."""

Pass = Callable[[], Awaitable[float | None]]
"""A pass, as a tick runs it. Returns the seconds until it wants the next tick, or None if its interval will do."""


def ignore_nudge(_: str) -> None:
    """Drop a nudge for a pass of another process, because no process can be reached."""


async def ignore_jump() -> None:
    """Do nothing about a jump of the clock before the passes are ticked."""


class _Every(BaseTrigger):  # type: ignore[misc] # APScheduler has no types
    """Ticks at intervals. After a jump forward it gives one tick. APScheduler's own trigger lists each missed one: a
    jump of a year, as of a machine that starts without a clock, took that 10 s and 340 MB for one pass.
    """

    def __init__(self, seconds: float) -> None:
        self._interval = timedelta(seconds=seconds)

    def get_next_fire_time(self, _previous: datetime | None, now: datetime) -> datetime:
        """Return the time of the next tick, as APScheduler asks for it."""
        return now + self._interval


@dataclass(frozen=True, slots=True)
class PassHealth:
    """The health of a pass. Times are in seconds."""

    quiet: float
    """The time since its last run that ended well, or since the start."""

    interval: float
    running: float | None
    """The time since the run under way began, or None."""

    failed: bool
    """True if its last run failed."""


class Scheduler:
    """Ticks passes until it is stopped. `passes`: name → (the pass, the most seconds between two ticks).

    `elsewhere` is called with the name of a nudged pass that does not run here. `clock` is watched for jumps;
    `before_ticks` is awaited after a jump, before the passes are ticked.
    """

    def __init__(
        self,
        passes: dict[str, tuple[Pass, float]],
        elsewhere: Callable[[str], None] = ignore_nudge,
        clock: Clock | None = None,
        before_ticks: Callable[[], Awaitable[None]] = ignore_jump,
    ) -> None:
        self._passes = passes
        self._elsewhere = elsewhere
        self._clock = clock or Clock()
        self._before_ticks = before_ticks
        self._ended_well_at: dict[str, float] = {}
        self._begun_at: dict[str, float] = {}
        self._failed: set[str] = set()
        self._running: dict[str, asyncio.Task[None]] = {}
        self._nudged: set[str] = set()  # while they ran
        self._stopping = False
        self._watching: asyncio.Task[None] | None = None
        self._apscheduler = AsyncIOScheduler(timezone=UTC)
        logging.getLogger("apscheduler").setLevel(logging.ERROR)  # a tick skipped or late is not news

    def start(self) -> None:
        """Begin to tick; the first tick of each pass is at once."""
        self._ended_well_at = dict.fromkeys(self._passes, self._clock.monotonic())
        for name, (_, seconds) in self._passes.items():
            self._apscheduler.add_job(
                self._tick,
                _Every(seconds),
                (name,),
                id=name,
                coalesce=True,
                max_instances=1,
                misfire_grace_time=None,
                next_run_time=datetime.now(UTC),
            )
        self._apscheduler.start()
        self._watching = asyncio.create_task(self._watch_clock())

    def nudge(self, name: str) -> None:
        """Make a pass run because it has something to do, here or elsewhere."""
        if name in self._passes:
            self.wake(name)
        else:
            self._elsewhere(name)

    def wake(self, name: str) -> None:
        """Tick a pass now, or as soon as its run under way has ended. Ignores a pass that does not run here."""
        if name in self._running:
            self._nudged.add(name)
        self._tick_in(name, 0.0)

    async def stop(self, seconds: float) -> None:
        """Tick no more. Wait at most so many seconds for the passes under way, and cancel those that still run."""
        if self._stopping:
            return
        self._stopping = True
        if self._watching:
            self._watching.cancel()
            await asyncio.wait({self._watching})
        if self._apscheduler.running:
            self._apscheduler.shutdown(wait=False)
        if self._running:
            await asyncio.wait(self._running.values(), timeout=seconds)
        still_running = list(self._running.values())
        for task in still_running:
            task.cancel()
        await asyncio.gather(*still_running, return_exceptions=True)

    def health(self) -> dict[str, PassHealth]:
        """Return the health of each pass, by its name; empty before the start."""
        now = self._clock.monotonic()
        return {
            name: PassHealth(
                now - ended_well_at,
                self._passes[name][1],
                now - self._begun_at[name] if name in self._running else None,
                name in self._failed,
            )
            for name, ended_well_at in self._ended_well_at.items()
        }

    async def _watch_clock(self) -> None:
        meter = JumpMeter(self._clock, self._clock.monotonic)
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            if not (jump := meter.jump().total_seconds()):
                continue
            log.info("the clock was set %s by %.0f s", "forward" if jump > 0 else "back", abs(jump))
            try:
                await self._before_ticks()
            except Exception:  # a clock that is no longer watched would stop all ticks at its next jump
                log.exception("the jump of the clock was not followed up")
            for name in self._passes:
                self.wake(name)

    def _tick_in(self, name: str, seconds: float) -> None:
        if not self._stopping and self._apscheduler.get_job(name):
            # By this machine's clock, because APScheduler goes by that; the newsroom's may be another.
            self._apscheduler.modify_job(name, next_run_time=datetime.now(UTC) + timedelta(seconds=seconds))

    async def _tick(self, name: str) -> None:
        if not self._stopping and name not in self._running:
            self._begun_at[name] = self._clock.monotonic()
            self._running[name] = asyncio.create_task(self._run(name))

    async def _run(self, name: str) -> None:
        next_tick: float | None = TRY_AGAIN_SECONDS
        ended_well = False
        try:
            next_tick = await self._passes[name][0]()
            ended_well = True
        except BriefingsError as error:
            log.error("%s: %s; it is tried again", name, error)
        except Exception:  # one failed tick must not end the ticking; the next one tries again
            log.exception("%s failed; it is tried again", name)
        finally:
            del self._running[name]
            self._note_end(name, ended_well=ended_well)
            if name in self._nudged:
                self._nudged.remove(name)
                next_tick = 0.0
            if next_tick is not None and next_tick < self._passes[name][1]:
                self._tick_in(name, next_tick)

    def _note_end(self, name: str, *, ended_well: bool) -> None:
        if ended_well:
            self._ended_well_at[name] = self._clock.monotonic()
            self._failed.discard(name)
        else:
            self._failed.add(name)
