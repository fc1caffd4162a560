"""APScheduler, which only ticks: one interval job a pass. Who is due is the database's business.

A pass that knows when it has something to do next says so and is ticked then; otherwise it looks again after
its interval. A tick that comes while its pass still runs is skipped, a nudge is not; one that fails is logged
in one line and the next tick tries again. Stopping waits for the passes under way, but not for ever.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from briefings.errors import BriefingsError

log = logging.getLogger(__name__)


TRY_AGAIN_SECONDS = 1.0

Pass = Callable[[], Awaitable[float | None]]
"""What a tick runs; it returns the seconds until it wants the next one, None when its interval will do."""


class Scheduler:
    """Ticks passes until it is stopped. `passes`: name → (what to run, seconds between ticks at most)."""

    def __init__(self, passes: dict[str, tuple[Pass, float]]) -> None:
        self._passes = passes
        self._running: dict[str, asyncio.Task[None]] = {}
        self._missed: set[str] = set()
        self._stopping = False
        self._apscheduler = AsyncIOScheduler(timezone=UTC)
        logging.getLogger("apscheduler").setLevel(logging.ERROR)  # a tick skipped or late is not news

    def start(self) -> None:
        """Begin to tick."""
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
        """Tick now, or as soon as the pass under way has ended: there is something to do."""
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

    def _tick_in(self, name: str, seconds: float) -> None:
        if not self._stopping and self._apscheduler.get_job(name):
            self._apscheduler.modify_job(name, next_run_time=datetime.now(UTC) + timedelta(seconds=seconds))

    async def _tick(self, name: str) -> None:
        if not self._stopping and name not in self._running:
            self._running[name] = asyncio.create_task(self._run(name))

    async def _run(self, name: str) -> None:
        again: float | None = TRY_AGAIN_SECONDS
        try:
            again = await self._passes[name][0]()
        except BriefingsError as error:
            log.error("%s: %s; it is tried again", name, error)
        except Exception:  # one failed tick must not end the ticking; the next one tries again
            log.exception("%s failed; it is tried again", name)
        finally:
            del self._running[name]
            if name in self._missed:
                self._missed.remove(name)
                again = 0.0
            if again is not None and again < self._passes[name][1]:
                self._tick_in(name, again)
