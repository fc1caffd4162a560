"""Ticks the passes, by APScheduler: one interval job a pass. Never decides what is due; the database knows that.

A pass that knows when it has something to do next returns that and is ticked then; otherwise it is ticked again
after its interval. A tick that comes while its pass still runs is skipped; a nudge is not. A pass that fails is
logged in one line and tried again. Stopping waits for the passes under way, but not for ever.

A process may run only some of the passes. It forwards a nudge for another one `elsewhere`; the process that runs
the pass calls `wake`.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from briefings.errors import BriefingsError

log = logging.getLogger(__name__)

TRY_AGAIN_SECONDS = 1.0
"""The pause after a failure, so that trouble that lasts is not met in a tight loop."""

Pass = Callable[[], Awaitable[float | None]]
"""A pass, as a tick runs it. Returns the seconds until it wants the next tick, or None if its interval will do."""


def ignore_nudge(_: str) -> None:
    """Drop a nudge for a pass of another process, because no process can be reached."""


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

    `elsewhere` is called with the name of a nudged pass that does not run here.
    """

    def __init__(self, passes: dict[str, tuple[Pass, float]], elsewhere: Callable[[str], None] = ignore_nudge) -> None:
        self._passes = passes
        self._elsewhere = elsewhere
        self._ended_well_at: dict[str, float] = {}
        self._begun_at: dict[str, float] = {}
        self._failed: set[str] = set()
        self._running: dict[str, asyncio.Task[None]] = {}
        self._nudged: set[str] = set()  # while they ran
        self._stopping = False
        self._apscheduler = AsyncIOScheduler(timezone=UTC)
        logging.getLogger("apscheduler").setLevel(logging.ERROR)  # a tick skipped or late is not news

    def start(self) -> None:
        """Begin to tick; the first tick of each pass is at once."""
        self._ended_well_at = dict.fromkeys(self._passes, time.monotonic())
        for name, (_, seconds) in self._passes.items():
            self._apscheduler.add_job(
                self._tick,
                "interval",
                (name,),
                seconds=seconds,
                id=name,
                coalesce=True,
                max_instances=1,
                misfire_grace_time=None,
                next_run_time=datetime.now(UTC),
            )
        self._apscheduler.start()

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
        now = time.monotonic()
        return {
            name: PassHealth(
                now - ended_well_at,
                self._passes[name][1],
                now - self._begun_at[name] if name in self._running else None,
                name in self._failed,
            )
            for name, ended_well_at in self._ended_well_at.items()
        }

    def _tick_in(self, name: str, seconds: float) -> None:
        if not self._stopping and self._apscheduler.get_job(name):
            self._apscheduler.modify_job(name, next_run_time=datetime.now(UTC) + timedelta(seconds=seconds))

    async def _tick(self, name: str) -> None:
        if not self._stopping and name not in self._running:
            self._begun_at[name] = time.monotonic()
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
            self._ended_well_at[name] = time.monotonic()
            self._failed.discard(name)
        else:
            self._failed.add(name)
