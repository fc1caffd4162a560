"""The only place that builds things: opens the newsroom, starts the bot, stops both in order.

Order of stopping: hear no more; at the same time finish the answers under way and let the dispatcher finish
the messages in flight and give its claims back; then close the lines and the database. All within ten seconds.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
import os
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from telegram import BotCommand
from telegram.error import InvalidToken, TelegramError
from telegram.ext import ExtBot

from bot.commands import menu
from bot.conversation import Conversation
from bot.limits import AnswerLimiter, ChatClock
from bot.messenger import TelegramMessenger
from bot.owners import keep_told
from bot.polling import BadToken, Poller
from bot.settings import TelegramSettings
from bot.transport import Transport
from briefings import starter
from briefings.dispatch import Dispatcher
from briefings.enrich import Summarise, enrich
from briefings.errors import BriefingsError
from briefings.fetch import Fetcher
from briefings.llm import Summariser
from briefings.newsroom import Newsroom
from briefings.pace import Pace
from briefings.publish import next_due, publish
from briefings.render import Press
from briefings.scheduler import Scheduler
from briefings.settings import NewsroomSettings
from briefings.sources import Sources
from briefings.store.database import Database

log = logging.getLogger(__name__)

Clock = Callable[[], datetime]

LOOK_SECONDS = 5.0
"""Printing and delivering know when they are wanted; in between they look whether another process left them work."""

RETRY_SECONDS = 0.5
"""How soon the outbox is looked at again while something in it waits."""

INGEST_SECONDS = 15.0
"""How soon a source that is due, or new, is noticed."""

ENRICH_SECONDS = 5.0
"""Whoever brings articles has them digested at once; this is for what a crash has left."""

MENU_SECONDS = 5.0
"""A change of topics is noticed within this time."""

BROADCAST_CONNECTIONS = 200
ANSWER_CONNECTIONS = 64
STOP_SECONDS = 8.0
"""Within this time a message in flight is done; what a pass had not saved by then, the next start does."""

START_PAUSES = (1, 2, 4, 8, 15, 30)


def utc_now() -> datetime:
    """The time, by the machine's clock."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Desk:
    """An open newsroom and what it is built on."""

    database: Database
    press: Press
    newsroom: Newsroom
    sources: Sources
    summarise: Summarise | None = None


def fetcher(settings: NewsroomSettings) -> Fetcher:
    """A line to the web, as the settings want it."""
    return Fetcher(settings.proxy, settings.may_be_private())


@asynccontextmanager
async def open_newsroom(settings: NewsroomSettings, clock: Clock = utc_now) -> AsyncIterator[Desk]:
    """The newsroom without a face: all that the operator's verbs need."""
    async with Database(settings.database_url) as database, _summariser(settings) as summarise:
        press = Press(settings.templates_dir)
        newsroom = Newsroom(database, press, clock, settings.rhythm(), summarise=summarise)
        await newsroom.seed(starter.topics())
        sources = Sources(database, lambda: fetcher(settings), clock, settings.visit_every())
        yield Desk(database, press, newsroom, sources, summarise)


def _summariser(settings: NewsroomSettings) -> AbstractAsyncContextManager[Summarise | None]:
    """The language model the operator named, or none."""
    if not (settings.summary_api_url and settings.summary_api_model):
        return contextlib.nullcontext()
    key = settings.summary_api_key.get_secret_value() if settings.summary_api_key else None
    return Summariser(settings.summary_api_url, settings.summary_api_model, key, proxy=settings.proxy)


async def run(
    settings: NewsroomSettings,
    telegram: TelegramSettings,
    stop: asyncio.Event,
    *,
    clock: Clock = utc_now,
    started: Callable[[Desk], None] = lambda _: None,
) -> None:
    """The whole bot until `stop` is set; raise BadToken when Telegram does not know the token."""
    os.environ.setdefault("PTB_TIMEDELTA", "1")  # the way python-telegram-bot gives durations from its next version on
    async with open_newsroom(settings, clock) as desk, _lanes(settings, telegram, desk, clock) as lanes:
        if not await _reached(lanes.bot, stop):
            return
        scheduler = _scheduler(desk, lanes.dispatcher, clock)
        desk.newsroom.nudge = scheduler.nudge
        conversation = Conversation(lanes.bot, desk.newsroom, clock)
        poller = Poller(lanes.polling, lanes.endpoint, lanes.bot, conversation.hear)
        scheduler.start()
        started(desk)
        log.info("@%s is listening", lanes.bot.username)
        if not await desk.newsroom.articles(1):
            log.info("the newsroom holds no article yet; `briefings add FILE` puts some in, also while this runs")
        try:
            await _until(
                stop,
                poller.run(),
                _offer_menu(lanes.bot, desk.newsroom),
                keep_told(lanes.bot, desk.sources, telegram.owners()),
            )
        finally:
            lanes.dispatcher.stop()
            desk.sources.stop()
            await asyncio.gather(poller.finish(), scheduler.stop(STOP_SECONDS))
    log.info("stopped")


@dataclass(frozen=True, slots=True)
class Lanes:
    """The lines to Telegram, each with connections of its own: questions, answers, broadcast."""

    bot: ExtBot[None]
    polling: Transport
    dispatcher: Dispatcher
    endpoint: str


@asynccontextmanager
async def _lanes(
    settings: NewsroomSettings, telegram: TelegramSettings, desk: Desk, clock: Clock
) -> AsyncIterator[Lanes]:
    token = telegram.bot_token.get_secret_value()
    endpoint = f"{telegram.api_url}/bot{token}"
    pace = Pace(desk.database, clock, telegram.messages_per_second)
    chats = ChatClock(time.monotonic)
    polling = Transport(connections=2, proxy=settings.proxy)
    answers = Transport(connections=ANSWER_CONNECTIONS, proxy=settings.proxy)
    broadcast = Transport(connections=BROADCAST_CONNECTIONS, proxy=settings.proxy)
    bot = ExtBot(
        token,
        base_url=f"{telegram.api_url}/bot",
        base_file_url=f"{telegram.api_url}/file/bot",
        request=answers,
        get_updates_request=polling,
        rate_limiter=AnswerLimiter(pace, chats),
    )
    dispatcher = Dispatcher(
        desk.database,
        TelegramMessenger(broadcast, endpoint, chats),
        pace,
        clock,
        per_second=telegram.messages_per_second,
        leave_unknown=telegram.on_unknown == "leave",
    )
    async with polling, answers, broadcast:
        try:
            yield Lanes(bot, polling, dispatcher, endpoint)
        finally:
            await pace.close()


def _scheduler(desk: Desk, dispatcher: Dispatcher, clock: Clock) -> Scheduler:
    async def ingest() -> None:
        if await desk.sources.collect():
            scheduler.nudge("enrich")

    async def make_ready() -> None:
        await enrich(desk.database, clock(), summarise=desk.summarise)

    async def print_editions() -> float | None:
        await publish(desk.database, desk.press, clock(), queued=lambda: scheduler.nudge("dispatch"))
        due = await next_due(desk.database, now := clock())
        return None if due is None else (due - now).total_seconds() if due > now else RETRY_SECONDS

    async def deliver() -> float | None:
        await dispatcher.run()
        return RETRY_SECONDS if await dispatcher.is_anything_open() else None

    scheduler = Scheduler(
        {
            "ingest": (ingest, INGEST_SECONDS),
            "enrich": (make_ready, ENRICH_SECONDS),
            "publish": (print_editions, LOOK_SECONDS),
            "dispatch": (deliver, LOOK_SECONDS),
        }
    )
    return scheduler


async def _reached(bot: ExtBot[None], stop: asyncio.Event) -> bool:
    """Wait until Telegram knows us; False when stopped first."""
    for attempt in itertools.count():
        try:
            await bot.initialize()
            return True
        except InvalidToken:
            raise BadToken from None
        except Exception as error:  # a proxy's page or a 403 in Telegram's place is one more way to be away
            if attempt == 0:
                reason = error.message if isinstance(error, TelegramError) else type(error).__name__
                log.warning("Telegram cannot be reached (%s); trying again until it can", reason)
        pause = START_PAUSES[min(attempt, len(START_PAUSES) - 1)]
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), pause)
            return False
    raise AssertionError("the loop above has no end")


async def _offer_menu(bot: ExtBot[None], newsroom: Newsroom) -> None:
    """Register the commands, and again whenever the topics have changed."""
    offered: list[tuple[str, str]] = []
    while True:
        try:
            wanted = menu(await newsroom.topics())
            if wanted != offered:
                await bot.set_my_commands([BotCommand(name, sentence) for name, sentence in wanted])
                offered = wanted
        except (TelegramError, BriefingsError) as error:
            log.warning("the command menu was not registered (%s); trying again", error)
        await asyncio.sleep(MENU_SECONDS)


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
