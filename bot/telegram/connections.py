"""The lines to Telegram, each with connections of its own, so that none waits: questions, answers, broadcast.

All that goes out by them is paced by one clock and counted by lane.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from telegram.error import InvalidToken, TelegramError
from telegram.ext import ExtBot

from bot.errors import BadToken
from bot.settings import TelegramSettings
from bot.telegram.chat_limits import AnswerLimiter, ChatClock
from bot.telegram.messenger import TelegramMessenger
from bot.telegram.transport import Counted, Transport
from briefings.newsroom.passes import LEASE
from briefings.passes.rate_limit import RateLimit

log = logging.getLogger(__name__)

BROADCAST_CONNECTIONS = 200
ANSWER_CONNECTIONS = 64
START_PAUSES = (1, 2, 4, 8, 15, 30)


@dataclass(frozen=True, slots=True)
class Connections:
    """The lines to Telegram, each with connections of its own: questions, answers, broadcast."""

    bot: ExtBot[None]
    polling: Transport
    messenger: TelegramMessenger
    endpoint: str


@asynccontextmanager
async def open_connections(
    proxy: str | None, telegram: TelegramSettings, rate_limit: RateLimit, counter: Callable[[str], Counted]
) -> AsyncIterator[Connections]:
    """Open the connections until the block ends. `counter` gives the counter of a lane, `answers` or `broadcast`."""
    token = telegram.bot_token.get_secret_value()
    endpoint = f"{telegram.api_url}/bot{token}"
    chats = ChatClock(time.monotonic)
    polling = Transport(connections=2, proxy=proxy)
    answers = Transport(connections=ANSWER_CONNECTIONS, proxy=proxy, count=counter("answers"))
    broadcast = Transport(
        connections=BROADCAST_CONNECTIONS,
        proxy=proxy,
        unheard=LEASE.total_seconds(),  # then another process sends it
        count=counter("broadcast"),
    )
    bot = ExtBot(
        token,
        base_url=f"{telegram.api_url}/bot",
        base_file_url=f"{telegram.api_url}/file/bot",
        request=answers,
        get_updates_request=polling,
        rate_limiter=AnswerLimiter(rate_limit, chats),
    )
    messenger = TelegramMessenger(broadcast, endpoint, chats)
    async with polling, answers, broadcast:
        yield Connections(bot, polling, messenger, endpoint)


async def reached(bot: ExtBot[None], stop: asyncio.Event) -> bool:
    """Wait until Telegram knows us; False when stopped first."""
    for attempt in itertools.count():
        try:
            await bot.initialize()
            return True
        except InvalidToken:
            raise BadToken("bad-token") from None
        except Exception as error:  # a proxy's page or a 403 in Telegram's place is one more way to be away
            if attempt == 0:
                reason = error.message if isinstance(error, TelegramError) else type(error).__name__
                log.warning("Telegram cannot be reached (%s); trying again until it can", reason)
        pause = START_PAUSES[min(attempt, len(START_PAUSES) - 1)]
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), pause)
            return False
    raise AssertionError("the loop above has no end")
