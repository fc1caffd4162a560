"""APScheduler, which only ticks: one interval job a pass. Who is due is the database's business.

A pass that knows when it has something to do next says so and is ticked then; otherwise it looks again after
its interval. A tick that comes while its pass still runs is skipped, a nudge is not; one that fails is logged
in one line and the next tick tries again. Stopping waits for the passes under way, but not for ever.

A process may run some of the passes only: a nudge for another goes `elsewhere`, and who is told of one there
says so by `wake`.
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

Pass = Callable[[], Awaitable[float | None]]
"""What a tick runs; it returns the seconds until it wants the next one, None when its interval will do."""


def nobody(_: str) -> None:
    """Where a nudge for a pass of another process goes as long as processes know nothing of each other."""


@dataclass(frozen=True, slots=True)
class Beat:
    """How a pass fares; all in seconds."""

    quiet: float
    """Since it last ended well, or since the start."""

    interval: float
    running: float | None
    """Since the run under way began."""

    failed: bool
    """Its last run did not end well."""


class Scheduler:
    """Ticks passes until it is stopped. `passes`: name → (what to run, seconds between ticks at most).

    `elsewhere` is told of a nudge for a pass that does not run here.
    """

    def __init__(self, passes: dict[str, tuple[Pass, float]], elsewhere: Callable[[str], None] = nobody) -> None:
        self._passes = passes
        self._elsewhere = elsewhere
        self._well: dict[str, float] = {}
        self._begun: dict[str, float] = {}
        self._failed: set[str] = set()
        self._running: dict[str, asyncio.Task[None]] = {}
        self._missed: set[str] = set()
        self._stopping = False
        self._apscheduler = AsyncIOScheduler(timezone=UTC)
        logging.getLogger("apscheduler").setLevel(logging.ERROR)  # a tick skipped or late is not news

    def start(self) -> None:
        """Begin to tick."""
        self._well = dict.fromkeys(self._passes, time.monotonic())
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
        """There is something to do for this pass, here or elsewhere."""
        if name in self._passes:
            self.wake(name)
        else:
            self._elsewhere(name)

    def wake(self, name: str) -> None:
        """Tick now, or as soon as the pass under way has ended; of a pass that does not run here, nothing."""
        if name in self._running:
            self._missed.add(name)
        self._tick_in(name, 0.0)

    async def stop(self, seconds: float) -> None:
        """Tick no more, and wait this long for the passes under way; what runs on is cancelled."""
        if self._stopping:
            return
        self._stopping = True
        if self._apscheduler.running:
            self._apscheduler.shutdown(wait=False)
        if self._running:
            await asyncio.wait(self._running.values(), timeout=seconds)
        late = list(self._running.values())
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    def beats(self) -> dict[str, Beat]:
        """How each pass fares, once it was started."""
        now = time.monotonic()
        return {
            name: Beat(
                now - well,
                self._passes[name][1],
                now - self._begun[name] if name in self._running else None,
                name in self._failed,
            )
            for name, well in self._well.items()
        }

    def _tick_in(self, name: str, seconds: float) -> None:
        if not self._stopping and self._apscheduler.get_job(name):
            self._apscheduler.modify_job(name, next_run_time=datetime.now(UTC) + timedelta(seconds=seconds))

    async def _tick(self, name: str) -> None:
        if not self._stopping and name not in self._running:
            self._begun[name] = time.monotonic()
            self._running[name] = asyncio.create_task(self._run(name))

    async def _run(self, name: str) -> None:
        again: float | None = TRY_AGAIN_SECONDS
        well = False
        try:
            again = await self._passes[name][0]()
            well = True
        except BriefingsError as error:
            log.error("%s: %s; it is tried again", name, error)
        except Exception:  # one failed tick must not end the ticking; the next one tries again
            log.exception("%s failed; it is tried again", name)
        finally:
            del self._running[name]
            self._note(name, well=well)
            if name in self._missed:
                self._missed.remove(name)
                again = 0.0
            if again is not None and again < self._passes[name][1]:
                self._tick_in(name, again)

    def _note(self, name: str, *, well: bool) -> None:
        if well:
            self._well[name] = time.monotonic()
            self._failed.discard(name)
        else:
            self._failed.add(name)
