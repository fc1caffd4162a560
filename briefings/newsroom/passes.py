"""The passes of one newsroom, ready to be ticked by the scheduler. Part of the door."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from briefings.clock import JumpMeter
from briefings.editions.render import Renderer
from briefings.errors import StoreTrouble
from briefings.newsroom.sources import Sources
from briefings.passes.dispatch import DELIVERY_LEASE, Dispatcher
from briefings.passes.enrich import Summarise, enrich
from briefings.passes.messenger import Messenger
from briefings.passes.publish import follow_clock_back, next_due, publish
from briefings.passes.rate_limit import RateLimit
from briefings.scheduler import Pass
from briefings.store import outbox
from briefings.store.database import Database

__all__ = ["DELIVERY_LEASE", "PASSES", "Dispatcher", "Passes"]

PASSES = ("collect", "enrich", "publish", "dispatch")
"""In the order in which news goes through them."""

LOOK_SECONDS = 5.0
"""Publish and dispatch are woken when they have work; in between they look for work left by another process."""

RETRY_SECONDS = 0.5
"""The pause before the next tick of publish while a slot is due or a fan-out is unfinished, and of dispatch while a
delivery is open."""

COLLECT_SECONDS = 15.0
"""Between two looks for sources that are due or new."""

ENRICH_SECONDS = 5.0
"""Between two looks for articles that wait; the end of a round of collecting wakes the pass as well."""

REST_SECONDS = 1.0
"""Between two looks if the database can be used again. A look takes no trip to it: somebody else tries it."""

NO_JUMP = timedelta()


class Passes:
    """The passes of one newsroom. `clock` gives aware UTC, `monotonic` seconds that only grow.

    `nudge` is called with a pass that has something to do.
    """

    def __init__(
        self,
        database: Database,
        renderer: Renderer,
        clock: Callable[[], datetime],
        sources: Sources,
        nudge: Callable[[str], None],
        summarise: Summarise | None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._renderer = renderer
        self._clock = clock
        self._sources = sources
        self._nudge = nudge
        self._summarise = summarise
        self._monotonic = monotonic
        self._jumps = {name: JumpMeter(clock, monotonic) for name in ("collect", "publish")}
        self._set_back = dict.fromkeys((*self._jumps, "dispatch"), NO_JUMP)
        """Pass → by how much the clock was set back, as long as that is to be followed up. At the start it is: the
        clock may have been set back while no process ran. Later, the dispatcher notices by itself."""

    def ticked(self, only: Collection[str], dispatcher: Dispatcher | None) -> dict[str, tuple[Pass, float]]:
        """Return those of the passes named in `only`, each with the seconds between two ticks.

        The dispatch pass needs a `dispatcher`. All passes rest while the database cannot be read and written: what they
        did could not be saved.
        """

        async def dispatch() -> float | None:
            assert dispatcher is not None  # noqa: S101 - stated above
            return await self._dispatch(dispatcher)

        passes: dict[str, tuple[Pass, float]] = {
            "collect": (self._collect, COLLECT_SECONDS),
            "enrich": (self._enrich, ENRICH_SECONDS),
            "publish": (self._publish, LOOK_SECONDS),
            "dispatch": (dispatch, LOOK_SECONDS),
        }
        return {name: (self._resting(passes[name][0]), passes[name][1]) for name in PASSES if name in only}

    def dispatcher(
        self, messenger: Messenger, rate_limit: RateLimit, *, per_second: float, leave_unknown: bool
    ) -> Dispatcher:
        """Make the dispatcher of this process. `leave_unknown`: do not repeat what may have arrived."""
        return Dispatcher(
            self._database,
            messenger,
            rate_limit,
            self._clock,
            per_second=per_second,
            leave_unknown=leave_unknown,
            monotonic=self._monotonic,
        )

    @asynccontextmanager
    async def rate_limit(self, per_second: float) -> AsyncIterator[RateLimit]:
        """Open the rate limit, which all processes share through the database; it is closed when the block ends."""
        rate_limit = RateLimit(self._database, self._clock, per_second)
        try:
            yield rate_limit
        finally:
            await rate_limit.close()

    def _resting(self, run: Pass) -> Pass:
        async def run_if_it_can_be_saved() -> float | None:
            if self._database.trouble() is not None:
                return REST_SECONDS
            try:
                return await run()
            except StoreTrouble:
                if await self._database.probe(self._clock()) is None:
                    raise  # it is the pass's alone
                return REST_SECONDS  # the watch over the database says it once for all passes

        return run_if_it_can_be_saved

    async def _collect(self) -> None:
        await self._follow_clock_back("collect", self._sources.follow_clock_back)
        if await self._sources.collect():
            self._nudge("enrich")

    async def _enrich(self) -> None:
        async with self._database.alone("enrich") as ours:  # grouping needs all new articles in one process
            if ours:
                await enrich(self._database, self._clock(), summarise=self._summarise)

    async def _publish(self) -> float | None:
        await self._follow_clock_back("publish", lambda _: follow_clock_back(self._database, self._clock()))
        await publish(self._database, self._renderer, self._clock(), queued=lambda: self._nudge("dispatch"))
        due = await next_due(self._database, now := self._clock())
        if due is None:
            return None
        return (due - now).total_seconds() if due > now else RETRY_SECONDS

    async def _dispatch(self, dispatcher: Dispatcher) -> float | None:
        if not await dispatcher.is_anything_open():
            return None
        await self._follow_clock_back("dispatch", self._bring_deliveries_forward)
        await dispatcher.run()
        return RETRY_SECONDS if await dispatcher.is_anything_open() else None

    async def _bring_deliveries_forward(self, by: timedelta) -> None:
        async with self._database.write() as connection:
            await outbox.bring_forward(connection, self._clock(), by)

    async def _follow_clock_back(self, name: str, follow: Callable[[timedelta], Awaitable[None]]) -> None:
        """If the clock was set back, have what that put off brought forward; again at the next run if it fails."""
        jump = self._jumps[name].jump() if name in self._jumps else NO_JUMP
        if jump < NO_JUMP:
            self._set_back[name] = self._set_back.get(name, NO_JUMP) - jump
        if name in self._set_back:
            await follow(self._set_back[name])
            del self._set_back[name]
