"""Hearing readers and what belongs to it: updates by polling or by a webhook, the command menu, word to the owners.

However an update comes, it is answered by the same conversation. Who polls takes a webhook down first, and empties
what one has left in the inbox.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any

from telegram import BotCommand
from telegram.error import TelegramError
from telegram.ext import ExtBot

from bot.conversation.answering import Conversation
from bot.conversation.commands import menu
from bot.ops.alerts import keep_told
from bot.ops.http_service import Handler
from bot.ops.metrics import Metrics
from bot.settings import TelegramSettings
from bot.telegram.connections import Connections
from bot.updates.inbox import SWEEP_SECONDS, InboxReader
from bot.updates.polling import Poller
from bot.updates.webhook import Webhook, keep_set, take_down
from briefings.errors import BriefingsError
from briefings.newsroom.newsroom import Newsroom
from briefings.newsroom.sources import Sources
from briefings.store.database import Database

log = logging.getLogger(__name__)

MENU_SECONDS = 5.0
"""A change of topics is noticed within this time."""

LEFT_OVER_SECONDS = 10.0
"""Who polls looks into the inbox this often: only a webhook of before can have left anything there."""


class Receiver:
    """All of it for one bot. `webhook` is what answers at its path, if one is wanted."""

    def __init__(
        self,
        connections: Connections,
        database: Database,
        newsroom: Newsroom,
        sources: Sources,
        telegram: TelegramSettings,
        clock: Callable[[], datetime],
        metrics: Metrics,
    ) -> None:
        self._bot = connections.bot
        self._database = database
        self._newsroom = newsroom
        self._sources = sources
        self._telegram = telegram
        hear = metrics.timed(Conversation(connections.bot, newsroom, clock).hear)
        hooked = bool(telegram.webhook_url)
        sweep = SWEEP_SECONDS if hooked else LEFT_OVER_SECONDS
        self._inbox = InboxReader(database, connections.bot, hear, clock, sweep_seconds=sweep)
        self._poller = None if hooked else Poller(connections.polling, connections.endpoint, connections.bot, hear)
        self._webhook = (
            Webhook(database, connections.bot, telegram.webhook_secret, clock, self._inbox.nudge) if hooked else None
        )

    def route(self) -> tuple[str, Handler] | None:
        """The webhook's path and what answers there, if one is wanted."""
        return (self._telegram.webhook_path(), self._webhook.take) if self._webhook else None

    def work(self) -> tuple[Coroutine[Any, Any, None], ...]:
        """What runs as long as the bot does."""
        return (
            self._inbox.run(),
            self._hear(),
            offer_menu(self._bot, self._newsroom),
            keep_told(self._bot, self._sources, self._telegram.owners(), lambda: self._database.alone("owners")),
        )

    async def finish(self) -> None:
        """After `work` was cancelled: hear no more, and finish the answers under way."""
        if self._webhook is not None:
            self._webhook.stop()
        polled = self._poller.finish() if self._poller is not None else asyncio.sleep(0)
        await asyncio.gather(self._inbox.finish(), polled)

    async def _hear(self) -> None:
        if self._poller is None:
            await keep_set(self._bot, self._telegram.webhook_url, self._telegram.webhook_secret)
        else:
            await take_down(self._bot)
            await self._poller.run()


async def offer_menu(bot: ExtBot[None], newsroom: Newsroom) -> None:
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
