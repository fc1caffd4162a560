"""Builds the bot, or some of its roles, on an open newsroom, and starts and stops it in order.

Promises to stop within ten seconds, in this order: take no more updates; finish the answers under way while the
dispatcher finishes the messages in flight and gives its claims back; then close the connections and the database.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from collections.abc import AsyncIterator, Callable, Collection, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Any

from prometheus_client import CollectorRegistry
from telegram.ext import ExtBot

from bot.conversation import replies
from bot.conversation.commands import COMMAND_NAMES
from bot.ops.clock_check import ClockCheck
from bot.ops.http_service import Service, serving
from bot.ops.metrics import Metrics
from bot.ops.store_watch import store_notice, watch_store
from bot.receiver import Receiver
from bot.roles import NEED_TELEGRAM, ROLES
from bot.settings import TelegramSettings
from bot.telegram.connections import Connections, open_connections, reach
from bot.telegram.retry import SHIPPED, Patience
from bot.telegram.server_time import TelegramTime
from briefings.clock import Clock
from briefings.errors import Outdated, StoreTrouble
from briefings.newsroom.opening import Newsroom, open_newsroom
from briefings.newsroom.passes import Dispatcher
from briefings.newsroom.upkeep import Upkeep
from briefings.scheduler import Scheduler
from briefings.settings import NewsroomSettings

log = logging.getLogger(__name__)

TEMPLATE_SECONDS = 3.0
"""Time that the start gives the operator's templates to be tried, so that an edition which is due already is printed by
them. They take 1 s; a bad one may take longer, and is not waited for."""

CLOCK_SECONDS = 10.0
"""Seconds between two comparisons of the clock with the database's and with Telegram's."""

MEASURE_SECONDS = 1.0
"""Time that the database gets to tell its clock after ours was set; a slot is due within two seconds of that."""

STOP_SECONDS = 8.0
"""Time that a pass gets to stop: a message in flight is done by then; work that is not saved, the next start does."""


async def run(
    settings: NewsroomSettings,
    telegram: TelegramSettings,
    stop: asyncio.Event,
    *,
    only: Collection[str] = ROLES,
    clock: Clock | None = None,
    started: Callable[[Newsroom], None] = lambda _: None,
    patience: Patience = SHIPPED,
) -> None:
    """Run the bot, or `only` some of its roles, until `stop` is set. `started` is called once everything runs.

    All parts go by `clock`; without one, by this machine's. `patience` says how trouble with Telegram is waited out.
    Raises BadToken, BadWebhook, ListenTrouble, Outdated (a newer program has changed the schema), and StoreTrouble.
    """
    os.environ.setdefault("PTB_TIMEDELTA", "1")  # python-telegram-bot gives durations this way from its next version on
    clock = clock or Clock()
    metrics = Metrics(CollectorRegistry(), telegram.messages_per_second)
    # The newsroom nudges the scheduler, which is made from the newsroom below. So the lambdas look it up when called.
    async with (
        open_newsroom(settings, COMMAND_NAMES, clock, lambda name: scheduler.nudge(name), clock.monotonic) as newsroom,
        _sending(settings, telegram, newsroom, metrics, clock, only) as (connections, dispatcher),
        newsroom.upkeep.listen(lambda name: scheduler.wake(name)) as nudge_elsewhere,
    ):
        await _check_before_start(newsroom)
        passes = newsroom.passes.ticked(only, dispatcher)
        scheduler = Scheduler(passes, nudge_elsewhere, clock, partial(_measure_clock, newsroom.upkeep))
        if connections and await _until(stop, reach(connections, patience)):
            return
        check, store = _clock_check(newsroom, connections), store_notice()
        receiver = None
        if connections and "talk" in only:
            recovered, notices = partial(_send_what_waits, dispatcher, scheduler), (check.notice, store)
            receiver = Receiver(connections, newsroom, telegram, metrics, notices, recovered, patience)
        service = Service(newsroom.upkeep, scheduler, metrics, check)
        async with serving(telegram.address(), service, receiver.route() if receiver else None):
            scheduler.start()
            started(newsroom)
            await _greet(newsroom, connections.bot if connections and receiver else None, only)
            try:
                watches = watch_store(newsroom.upkeep, store), _keep_checking(newsroom.upkeep, check)
                await _until(stop, *watches, newsroom.templates.watch(), *(receiver.work() if receiver else ()))
            finally:
                await _finish(newsroom, dispatcher, scheduler, receiver)
    log.info("stopped")


async def _finish(
    newsroom: Newsroom, dispatcher: Dispatcher | None, scheduler: Scheduler, receiver: Receiver | None
) -> None:
    if dispatcher:
        dispatcher.stop()
    newsroom.sources.stop()
    await asyncio.gather(scheduler.stop(STOP_SECONDS), *([receiver.finish()] if receiver else []))


def _send_what_waits(dispatcher: Dispatcher | None, scheduler: Scheduler) -> None:
    """Try at once what an outage put off, because Telegram answers again."""
    if dispatcher:
        dispatcher.note_line_is_back()
        scheduler.nudge("dispatch")


@asynccontextmanager
async def _sending(
    settings: NewsroomSettings,
    telegram: TelegramSettings,
    newsroom: Newsroom,
    metrics: Metrics,
    clock: Clock,
    only: Collection[str],
) -> AsyncIterator[tuple[Connections | None, Dispatcher | None]]:
    """Open the connections to Telegram and make the dispatcher that sends through them, if a role needs Telegram."""
    if NEED_TELEGRAM.isdisjoint(only):
        yield None, None
        return
    per_second = telegram.messages_per_second
    telegram_time = TelegramTime(newsroom.clock, clock.monotonic)
    async with AsyncExitStack() as stack:
        rate_limit = await stack.enter_async_context(newsroom.passes.rate_limit(per_second))
        connections = await stack.enter_async_context(
            open_connections(settings.proxy, telegram, rate_limit, metrics.counter, telegram_time, replies.THREAD_GONE)
        )
        leave_unknown = telegram.on_unknown == "leave"
        yield (
            connections,
            newsroom.passes.dispatcher(
                connections.messenger, rate_limit, per_second=per_second, leave_unknown=leave_unknown
            ),
        )


def _clock_check(newsroom: Newsroom, connections: Connections | None) -> ClockCheck:
    """Return the check of the newsroom's clock against Telegram's, whose time stays unknown without connections."""
    ahead = connections.telegram_time.ahead if connections else lambda: None
    return ClockCheck(ahead, of_server=newsroom.upkeep.goes_by_server)


async def _greet(newsroom: Newsroom, bot: ExtBot[None] | None, only: Collection[str]) -> None:
    if set(only) != set(ROLES):
        log.info("running only: %s", ", ".join(name for name in ROLES if name in only))
    if bot is None:
        return
    log.info("@%s is listening", bot.username)
    if not await newsroom.editing.articles(1):
        log.info("the newsroom holds no article yet; `briefings add FILE` puts some in, also while this runs")


async def _check_before_start(newsroom: Newsroom) -> None:
    if problem := await newsroom.upkeep.check_before_start():
        log.warning("%s", problem)
    await newsroom.templates.look(within=TEMPLATE_SECONDS)


async def _keep_checking(upkeep: Upkeep, clock_check: ClockCheck) -> None:
    """Compare the clock with Telegram's and the database's every CLOCK_SECONDS.

    Raises Outdated once a newer program has changed the schema.
    """
    while True:
        await asyncio.sleep(CLOCK_SECONDS)
        clock_check.look()
        try:
            await upkeep.check_database()
        except Outdated:
            raise
        except StoreTrouble as trouble:
            log.debug("the database was not checked: %s", trouble)


async def _measure_clock(upkeep: Upkeep) -> None:
    """Compare our clock, which was just set, with the database's, before any pass acts by it.

    Trouble is left to the regular check.
    """
    with contextlib.suppress(StoreTrouble, TimeoutError):
        async with asyncio.timeout(MEASURE_SECONDS):
            await upkeep.check_database()


async def _until(stop: asyncio.Event, *work: Coroutine[Any, Any, object]) -> bool:
    """Run these until `stop` is set, or one of them ends or fails; then cancel the others. Return True for a stop."""
    tasks = [asyncio.create_task(coroutine) for coroutine in (*work, stop.wait())]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return stop.is_set()
