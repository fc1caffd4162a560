"""The receiver: takes updates by polling or by a webhook, keeps the command menu, and alerts the owners.

Promises that the same conversation answers every update, however it comes. Before it polls, it takes a webhook down;
what an earlier webhook has left in the inbox is answered too.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

from telegram import BotCommand
from telegram.error import TelegramError
from telegram.ext import ExtBot

from bot.conversation.answering import Conversation
from bot.conversation.commands import menu
from bot.ops.alerts import alert_owners
from bot.ops.http_service import Handler
from bot.ops.metrics import Metrics
from bot.settings import TelegramSettings
from bot.telegram.connections import Connections
from bot.updates.inbox import SWEEP_SECONDS, InboxWorker
from bot.updates.polling import Poller
from bot.updates.webhook import Webhook, keep_webhook, remove_webhook
from briefings.errors import BriefingsError
from briefings.newsroom.opening import Newsroom
from briefings.newsroom.reading import Reading

log = logging.getLogger(__name__)

MENU_SECONDS = 5.0
"""Seconds between two looks at the topics, so that the menu follows a change of them."""

LEFT_OVER_SECONDS = 10.0
"""Seconds between two looks into the inbox while polling: only an earlier webhook can have left anything there."""


class Receiver:
    """Receives the updates of one bot, and has them answered."""

    def __init__(
        self, connections: Connections, newsroom: Newsroom, telegram: TelegramSettings, metrics: Metrics
    ) -> None:
        self._bot = connections.bot
        self._newsroom = newsroom
        self._telegram = telegram
        self._conversation = Conversation(connections.bot, newsroom, connections.chats)
        handle = metrics.timed(self._conversation.handle)
        by_webhook = bool(telegram.webhook_url)
        sweep = SWEEP_SECONDS if by_webhook else LEFT_OVER_SECONDS
        self._inbox = InboxWorker(newsroom.inbox, connections.bot, handle, sweep_seconds=sweep)
        self._poller = (
            None if by_webhook else Poller(connections.polling, connections.endpoint, connections.bot, handle)
        )
        self._webhook = (
            Webhook(newsroom.inbox, connections.bot, telegram.webhook_secret, self._inbox.nudge) if by_webhook else None
        )

    def route(self) -> tuple[str, Handler] | None:
        """Return the webhook's path and its handler; None when updates are polled."""
        return (self._telegram.webhook_path(), self._webhook.take) if self._webhook else None

    def work(self) -> tuple[Coroutine[Any, Any, None], ...]:
        """Return the work that goes on for as long as the bot runs."""
        owners = self._telegram.owners()
        return (
            self._inbox.run(),
            self._receive(),
            offer_menu(self._bot, self._newsroom.reading),
            alert_owners(self._bot, self._newsroom.sources, owners, lambda: self._newsroom.upkeep.alone("owners")),
        )

    async def finish(self) -> None:
        """Take no more updates, and finish the answers and edits under way. Call it after `work` was cancelled."""
        if self._webhook is not None:
            self._webhook.stop()
        polled = self._poller.finish() if self._poller is not None else asyncio.sleep(0)
        await asyncio.gather(self._inbox.finish(), polled)
        await self._conversation.finish()

    async def _receive(self) -> None:
        if self._poller is None:
            await keep_webhook(self._bot, self._telegram.webhook_url, self._telegram.webhook_secret)
        else:
            await remove_webhook(self._bot)
            await self._poller.run()


async def offer_menu(bot: ExtBot[None], reading: Reading) -> None:
    """Register the commands with Telegram, and again whenever the topics have changed. Never ends."""
    offered: list[tuple[str, str]] = []
    while True:
        try:
            wanted = menu(await reading.topics())
            if wanted != offered:
                await bot.set_my_commands([BotCommand(name, sentence) for name, sentence in wanted])
                offered = wanted
        except (TelegramError, BriefingsError) as error:
            log.warning("the command menu was not registered (%s); trying again", error)
        await asyncio.sleep(MENU_SECONDS)
