"""Builds the bot, or a part of it, on an open newsroom, and starts and stops it in order.

Order of stopping: hear no more; at the same time finish the answers under way and let the dispatcher finish
the messages in flight and give its claims back; then close the lines and the database. All within ten seconds.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from collections.abc import Callable, Collection, Coroutine
from contextlib import AbstractAsyncContextManager
from typing import Any

from prometheus_client import CollectorRegistry
from telegram.ext import ExtBot

from bot.ops.http_service import Service, serving
from bot.ops.metrics import Metrics
from bot.receiver import Receiver
from bot.settings import TelegramSettings
from bot.telegram.connections import Connections, open_connections, reached
from briefings.errors import Outdated, StoreTrouble
from briefings.newsroom.opening import NEED_TELEGRAM, PASSES, Clock, Desk, open_newsroom, utc_now
from briefings.passes.enrich import enrich
from briefings.passes.publish import next_due, publish
from briefings.scheduler import Pass, Scheduler
from briefings.settings import NewsroomSettings
from briefings.store.database import Database

log = logging.getLogger(__name__)

LOOK_SECONDS = 5.0
"""Printing and delivering know when they are wanted; in between they look whether another process left them work."""

RETRY_SECONDS = 0.5
"""How soon the outbox is looked at again while something in it waits."""

INGEST_SECONDS = 15.0
"""How soon a source that is due, or new, is noticed."""

ENRICH_SECONDS = 5.0
"""Whoever brings articles has them digested at once; this is for what a crash has left."""

CLOCK_SECONDS = 10.0
"""Between two comparisons of this machine's clock with the database's."""

STOP_SECONDS = 8.0
"""Within this time a message in flight is done; what a pass had not saved by then, the next start does."""


async def run(
    settings: NewsroomSettings,
    telegram: TelegramSettings,
    stop: asyncio.Event,
    *,
    only: Collection[str] = PASSES,
    clock: Clock = utc_now,
    started: Callable[[Desk], None] = lambda _: None,
) -> None:
    """The whole bot, or `only` some of it, until `stop` is set. Raise BadToken, BadWebhook, ListenTrouble."""
    os.environ.setdefault("PTB_TIMEDELTA", "1")  # the way python-telegram-bot gives durations from its next version on
    metrics = Metrics(CollectorRegistry(), telegram.messages_per_second)
    async with (
        open_newsroom(settings, clock) as desk,
        _connections(settings, telegram, desk, metrics, only) as connections,
        desk.database.listen(lambda name: scheduler.wake(name)) as say,
    ):
        scheduler = _scheduler(desk, connections, only, say)
        if connections and not await reached(connections.bot, stop):
            return
        desk.newsroom.nudge = scheduler.nudge
        receiver = None
        if connections and "talk" in only:
            receiver = Receiver(connections, desk.database, desk.newsroom, desk.sources, telegram, desk.clock, metrics)
        service = Service(desk.database, scheduler, metrics, desk.clock)
        async with serving(telegram.address(), service, receiver.route() if receiver else None):
            scheduler.start()
            started(desk)
            await _greet(desk, connections.bot if connections and receiver else None, only)
            try:
                await _until(stop, _keep_looking(desk.database), *(receiver.work() if receiver else ()))
            finally:
                if connections:
                    connections.dispatcher.stop()
                desk.sources.stop()
                await asyncio.gather(scheduler.stop(STOP_SECONDS), *([receiver.finish()] if receiver else []))
    log.info("stopped")


def _connections(
    settings: NewsroomSettings,
    telegram: TelegramSettings,
    desk: Desk,
    metrics: Metrics,
    only: Collection[str],
) -> AbstractAsyncContextManager[Connections | None]:
    """The lines to Telegram, for who talks or delivers."""
    if NEED_TELEGRAM.isdisjoint(only):
        return contextlib.nullcontext()
    return open_connections(settings.proxy, telegram, desk.database, desk.clock, metrics)


async def _greet(desk: Desk, bot: ExtBot[None] | None, only: Collection[str]) -> None:
    if set(only) != set(PASSES):
        log.info("running only: %s", ", ".join(name for name in PASSES if name in only))
    if bot is None:
        return
    log.info("@%s is listening", bot.username)
    if not await desk.newsroom.articles(1):
        log.info("the newsroom holds no article yet; `briefings add FILE` puts some in, also while this runs")


def _scheduler(
    desk: Desk, connections: Connections | None, only: Collection[str], elsewhere: Callable[[str], None]
) -> Scheduler:
    clock = desk.clock

    async def ingest() -> None:
        if await desk.sources.collect():
            scheduler.nudge("enrich")

    async def make_ready() -> None:
        async with desk.database.alone("enrich") as ours:  # stories are grouped over all that is new
            if ours:
                await enrich(desk.database, clock(), summarise=desk.summarise)

    async def print_editions() -> float | None:
        await publish(desk.database, desk.press, clock(), queued=lambda: scheduler.nudge("dispatch"))
        due = await next_due(desk.database, now := clock())
        return None if due is None else (due - now).total_seconds() if due > now else RETRY_SECONDS

    async def deliver() -> float | None:
        assert connections is not None  # noqa: S101 - who delivers has them, see NEED_TELEGRAM
        if not await connections.dispatcher.is_anything_open():
            return None
        await connections.dispatcher.run()
        return RETRY_SECONDS if await connections.dispatcher.is_anything_open() else None

    passes: dict[str, tuple[Pass, float]] = {
        "ingest": (ingest, INGEST_SECONDS),
        "enrich": (make_ready, ENRICH_SECONDS),
        "publish": (print_editions, LOOK_SECONDS),
        "dispatch": (deliver, LOOK_SECONDS),
    }
    chosen = {name: passes[name] for name in passes if name in only}
    scheduler = Scheduler(chosen, elsewhere)
    return scheduler


async def _keep_looking(database: Database) -> None:
    """See now and then that the clock is still right; raise Outdated once a newer program has changed the schema."""
    while True:
        await asyncio.sleep(CLOCK_SECONDS)
        try:
            await database.look()
        except Outdated:
            raise
        except StoreTrouble as trouble:
            log.debug("the database was not looked at: %s", trouble)


async def _until(stop: asyncio.Event, *endless: Coroutine[Any, Any, object]) -> None:
    """Run these until `stop` is set or one of them fails; then cancel them all."""
    tasks = [asyncio.create_task(one) for one in (*endless, stop.wait())]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
