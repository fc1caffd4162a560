"""Opens the connections to Telegram: one pool each for polling, answers and broadcast, so that none waits for another.

Answers and broadcast share one rate limit and the clocks of the chats; what they send is counted by pool.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from telegram.error import InvalidToken
from telegram.ext import ExtBot

from bot.errors import BadToken
from bot.settings import TelegramSettings
from bot.telegram.chat_limits import AnswerLimiter, ChatClock
from bot.telegram.messenger import TelegramMessenger
from bot.telegram.readable_answers import ReadableAnswers
from bot.telegram.retry import SHIPPED, Patience, until_answered
from bot.telegram.server_time import TelegramTime
from bot.telegram.token_doubt import TokenDoubt
from bot.telegram.transport import Counted, OddAnswer, Transport
from briefings.newsroom.passes import DELIVERY_LEASE
from briefings.passes.rate_limit import RateLimit

BROADCAST_CONNECTIONS = 200
"""Messages on their way at once. At 1,000 a second, Telegram's paid ceiling, an answer may then take 0.2 s."""

ANSWER_CONNECTIONS = 64
"""As many as updates that one process answers at once (`bot/updates/inbox.py`)."""


@dataclass(frozen=True, slots=True)
class Connections:
    """The bot, the clocks of its chats, the messenger, and the transport for polling.

    `endpoint` holds the token: it is never shown.
    """

    bot: ExtBot[None]
    chats: ChatClock
    polling: Transport
    messenger: TelegramMessenger
    endpoint: str
    telegram_time: TelegramTime


@asynccontextmanager
async def open_connections(
    proxy: str | None,
    telegram: TelegramSettings,
    rate_limit: RateLimit,
    counter: Callable[[str], Counted],
    telegram_time: TelegramTime,
    thread_gone: str = "",
) -> AsyncIterator[Connections]:
    """Open the connections until the block ends. `proxy`: the address of an HTTP or SOCKS5 proxy.

    `counter` gives the function that counts the messages of a pool, `answers` or `broadcast`. `thread_gone` is for the
    messenger. `telegram_time` learns from every answer.
    """
    seen = telegram_time.note_answer
    token = telegram.bot_token.get_secret_value()
    endpoint = f"{telegram.api_url}/bot{token}"
    chats = ChatClock(time.monotonic)
    polling = Transport(connections=2, proxy=proxy, seen=seen)
    answers = Transport(connections=ANSWER_CONNECTIONS, proxy=proxy, count=counter("answers"), seen=seen)
    broadcast = Transport(
        connections=BROADCAST_CONNECTIONS,
        proxy=proxy,
        give_up_after=DELIVERY_LEASE.total_seconds(),  # by then another process may send the same message
        count=counter("broadcast"),
        seen=seen,
    )
    bot = ExtBot(
        token,
        base_url=f"{telegram.api_url}/bot",
        base_file_url=f"{telegram.api_url}/file/bot",
        request=ReadableAnswers(answers),
        get_updates_request=polling,
        rate_limiter=AnswerLimiter(rate_limit, chats),
    )
    messenger = TelegramMessenger(broadcast, endpoint, chats, thread_gone)
    async with polling, answers, broadcast:
        yield Connections(bot, chats, polling, messenger, endpoint, telegram_time)


async def reach(connections: Connections, patience: Patience = SHIPPED) -> None:
    """Wait until Telegram answers, and learn the bot's own name from it.

    Raises BadToken when the Bot API refuses the token twice.
    """
    doubt = TokenDoubt(connections.polling, connections.endpoint)

    async def learn_name() -> None:
        try:
            me = await connections.bot.get_me()
        except InvalidToken:
            await asyncio.sleep(patience.before_second_look)
            if await doubt.is_refused_to_get_me():
                raise BadToken("bad-token") from None
            raise
        if type(me.id) is not int or not isinstance(me.username, str) or not me.username:
            raise OddAnswer("it holds no id or no username")

    await until_answered("getMe", learn_name, pauses=patience.line)
