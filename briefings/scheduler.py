"""APScheduler, which only ticks: one interval job a pass. Who is due is the database's business.

A tick that comes while its pass still runs is skipped (the pass looks again by itself); one that fails is
logged in one line and the next tick tries again. Stopping waits for the passes under way, but not for ever.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from briefings.errors import BriefingsError

log = logging.getLogger(__name__)


class Scheduler:
    """Ticks passes until it is stopped. `passes`: name → (what to run, seconds between ticks)."""

    def __init__(self, passes: dict[str, tuple[Callable[[], Awaitable[object]], float]]) -> None:
        self._passes = passes
        self._running: dict[str, asyncio.Task[None]] = {}
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
        """Tick now: there is something to do."""
        if not self._stopping and self._apscheduler.get_job(name):
            self._apscheduler.modify_job(name, next_run_time=datetime.now(UTC))

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

    async def _tick(self, name: str) -> None:
        if self._stopping or name in self._running:
            return
        self._running[name] = asyncio.create_task(self._run(name))

    async def _run(self, name: str) -> None:
        try:
            await self._passes[name][0]()
        except BriefingsError as error:
            log.error("%s: %s; it is tried again", name, error)
        except Exception:  # one failed tick must not end the ticking; the next one tries again
            log.exception("%s failed; it is tried again", name)
        finally:
            del self._running[name]
