"""Serves /healthz, /metrics, and the webhook when there is one, on a port of this process.

/healthz answers 200, or 503 with its reasons: the database cannot be read or written, or its file is gone; a pass has
not ticked for long, or a delivery is late. A clock that is off is a reason too, but the answer stays 200, because
editions still go out and no restart would set the clock right. Neither page holds a chat, a reader's words or a secret;
both are for the operator alone, and only the webhook's path belongs on a public address.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from bot.errors import ListenTrouble
from bot.ops.clock_check import ClockCheck
from bot.ops.metrics import CONTENT_TYPE, Metrics
from bot.ops.problems import sentence
from bot.updates.webhook import LARGEST_UPDATE
from briefings.errors import StoreTrouble
from briefings.newsroom.upkeep import Upkeep, Vitals
from briefings.scheduler import PassHealth, Scheduler

log = logging.getLogger(__name__)

DATABASE_SECONDS = 2.0
"""Time that the database gets to answer."""

QUIET_SECONDS, QUIET_INTERVALS = 60.0, 4
"""A pass is stuck when its last tick is longer ago than this, and than so many of its intervals."""

LONGEST_RUN_SECONDS = 900.0
"""A pass that has much to do may run this long before it counts as stuck."""

LATE_SECONDS = 900.0
"""A delivery may be late by this much before it is a reason."""

STOP_SECONDS = 2.0
"""Time that open requests get when the service stops."""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Service:
    """Reports on this process and its newsroom."""

    def __init__(
        self,
        upkeep: Upkeep,
        scheduler: Scheduler,
        metrics: Metrics,
        clock_check: ClockCheck | None = None,
    ) -> None:
        self._upkeep = upkeep
        self._scheduler = scheduler
        self._metrics = metrics
        self._clock_check = clock_check

    async def healthz(self, _: web.Request) -> web.Response:
        """Answer with the state of health as JSON: 503 when there is trouble, else 200."""
        (vitals, trouble), beats = await asyncio.gather(self._vitals(), self._trouble()), self._scheduler.health()
        troubles = [*([trouble] if trouble else []), *reasons(vitals, beats)]
        if (check := self._clock_check) is not None:
            check.look()
        clock_problem, ahead = (check.notice.problem, check.ahead()) if check else (None, None)
        body = {
            "status": "trouble" if troubles else "degraded" if clock_problem else "ok",
            "reasons": troubles + ([sentence(clock_problem)] if clock_problem else []),
            "database": vitals is not None,
            "seconds_since_tick": {name: round(beat.quiet, 1) for name, beat in beats.items()},
            "outbox_depth": vitals and vitals.outbox,
            "outbox_oldest_seconds": vitals and vitals.oldest.total_seconds(),
            "clock_ahead_seconds": None if ahead is None else round(ahead.total_seconds()),
        }
        return web.json_response(body, status=503 if troubles else 200)

    async def metrics(self, _: web.Request) -> web.Response:
        """Answer with the metrics, as Prometheus reads them."""
        body = self._metrics.exposition(await self._vitals(), self._scheduler.health())
        return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE})

    async def _trouble(self) -> str | None:
        """Try the database. Return what is wrong with it, None if nothing is."""
        try:
            async with asyncio.timeout(DATABASE_SECONDS):
                problem = await self._upkeep.try_database()
        except TimeoutError:
            problem = self._upkeep.trouble()
            if problem is None:
                return f"the database takes no changes within {DATABASE_SECONDS:.0f} s"
        return sentence(problem) if problem else None

    async def _vitals(self) -> Vitals | None:
        """Return the newsroom's vitals, None when the database does not answer in time."""
        try:
            async with asyncio.timeout(DATABASE_SECONDS):
                return await self._upkeep.vitals()
        except (StoreTrouble, TimeoutError) as trouble:
            log.debug("the database does not answer: %r", trouble)
            return None


class _ServerLog(logging.LoggerAdapter[logging.Logger]):
    """The log of the HTTP server. A fault of the other side is one line; a fault of ours keeps its traceback."""

    def exception(self, msg: object, *args: object, exc_info: Any = True, **more: Any) -> None:
        """Log an exception that was raised while a request was read or answered."""
        error = exc_info if isinstance(exc_info, BaseException) else sys.exc_info()[1]
        if isinstance(error, HttpProcessingError):
            self.info("a request that is not HTTP was refused (%s)", type(error).__name__)
        elif isinstance(error, web.RequestPayloadError):
            self.debug("the body of a request cannot be decoded")  # a handler that needs the body logs its own line
        else:
            super().exception(msg, *args, exc_info=exc_info, **more)

    def debug(self, msg: object, *args: object, exc_info: object = None, **more: Any) -> None:
        """Log one line: the exceptions that the server logs here are faults of the other side."""
        super().debug(msg, *args, **more)


def reasons(vitals: Vitals | None, beats: Mapping[str, PassHealth]) -> list[str]:
    """Return what is wrong, one sentence each; empty when nothing is. `vitals` is None when the database is silent."""
    troubles = [] if vitals else [f"the database does not answer within {DATABASE_SECONDS:.0f} s"]
    troubles += [
        f"{name} has not ticked for {beat.quiet:.0f} s" for name, beat in beats.items() if _is_stuck(name, beat)
    ]
    if vitals and (late := vitals.late.total_seconds()) > LATE_SECONDS:
        troubles.append(f"the oldest delivery that is due is {late / 60:.0f} minutes late")
    return troubles


def _is_stuck(name: str, beat: PassHealth) -> bool:
    """True if a pass is quiet for long, and not because it has much to do.

    A long broadcast may run for hours: if it stands still, its late deliveries show that.
    """
    if beat.quiet <= max(QUIET_SECONDS, QUIET_INTERVALS * beat.interval):
        return False
    at_work = beat.running is not None and (name == "dispatch" or beat.running <= LONGEST_RUN_SECONDS)
    return beat.failed or not at_work


@asynccontextmanager
async def serving(
    address: tuple[str, int] | None, service: Service, webhook: tuple[str, Handler] | None = None
) -> AsyncIterator[None]:
    """Serve at host and port until the block ends; nothing without an address. `webhook`: its path and its handler.

    A port that cannot be used is a warning; with a webhook, raises ListenTrouble.
    """
    if address is None:
        yield
        return
    app = web.Application(client_max_size=LARGEST_UPDATE)
    app.router.add_get("/healthz", service.healthz)
    app.router.add_get("/metrics", service.metrics)
    if webhook is not None:
        app.router.add_post(*webhook)
    runner = web.AppRunner(app, access_log=None, logger=_ServerLog(log), shutdown_timeout=STOP_SECONDS)
    await runner.setup()
    try:
        await _listen(runner, *address, needed=webhook is not None)
        yield
    finally:
        with contextlib.suppress(OSError):
            await runner.cleanup()


async def _listen(runner: web.AppRunner, host: str, port: int, *, needed: bool) -> None:
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as error:
        trouble = ListenTrouble("cannot-listen", host=host, port=port, cause=error.strerror or str(error))
        if needed:
            raise trouble from None
        log.warning("%s; there is no /healthz and no /metrics", trouble)
    else:
        log.info("/healthz and /metrics are at http://%s:%d", host, runner.addresses[0][1])
