"""The receiver: takes updates by polling or by a webhook, keeps the command menu, and alerts the owners.

Promises that the same conversation answers every update, however it comes. When it polls, a webhook that is set is
taken down; what an earlier webhook has left in the inbox is answered too. No trouble with the menu or the alerts ends
anything.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine, Sequence
from contextlib import AbstractAsyncContextManager
from functools import partial
from typing import Any

from telegram import BotCommand
from telegram.error import BadRequest
from telegram.ext import ExtBot

from bot.conversation.answering import Conversation
from bot.conversation.commands import menu
from bot.ops.alerts import alert_owners, send_to_owners
from bot.ops.http_service import Handler
from bot.ops.metrics import Metrics
from bot.ops.notice import Notice, keep_telling
from bot.ops.problems import sentence
from bot.settings import TelegramSettings
from bot.telegram.connections import Connections
from bot.telegram.retry import SHIPPED, Outage, Patience, Pauses, Trouble, ignored, trouble_in
from bot.telegram.token_doubt import TokenDoubt
from bot.updates.handling import Handling
from bot.updates.inbox import InboxWorker
from bot.updates.polling import Poller
from bot.updates.webhook import Webhook, keep_webhook
from briefings.errors import BriefingsError
from briefings.newsroom.opening import Newsroom
from briefings.newsroom.reading import Reading

log = logging.getLogger(__name__)

MENU_SECONDS = 5.0
"""Seconds between two looks at the topics, so that the menu follows a change of them."""


Menu = Sequence[tuple[str, str]]
"""Commands and their descriptions."""


class Receiver:
    """Receives the updates of one bot, and has them answered.

    The owners are told of the `notices`. `recovered` is called whenever Telegram answers again after trouble.
    """

    def __init__(
        self,
        connections: Connections,
        newsroom: Newsroom,
        telegram: TelegramSettings,
        metrics: Metrics,
        notices: Sequence[Notice],
        recovered: Callable[[], None] = ignored,
        patience: Patience = SHIPPED,
    ) -> None:
        self._connections = connections
        self._recovered = recovered
        self._patience = patience
        self._newsroom = newsroom
        self._telegram = telegram
        self._notices = notices
        bot = connections.bot
        self._conversation = Conversation(bot, newsroom, connections.chats, connections.telegram_time)
        handling = Handling(bot, self._conversation, metrics.observe_answer)
        self._inbox = InboxWorker(newsroom.inbox, handling)
        self._poller = self._webhook = None
        if telegram.webhook_url:
            self._webhook = Webhook(self._inbox, handling, telegram.webhook_secret)
        else:
            self._poller = Poller(
                connections.polling,
                connections.endpoint,
                bot,
                self._inbox,
                handling,
                recovered=recovered,
                patience=patience,
            )

    def route(self) -> tuple[str, Handler] | None:
        """Return the webhook's path and its handler; None when updates are polled."""
        return (self._telegram.webhook_path(), self._webhook.take) if self._webhook else None

    def work(self) -> tuple[Coroutine[Any, Any, None], ...]:
        """Return the work that goes on for as long as the bot runs."""
        bot, chores = self._connections.bot, self._patience.chores
        owners = self._telegram.owners()

        def alone() -> AbstractAsyncContextManager[bool]:
            return self._newsroom.upkeep.alone("owners")

        return (
            self._inbox.run(),
            self._receive(),
            offer_menu(bot, self._newsroom.reading, chores),
            alert_owners(bot, self._newsroom.sources, owners, alone, chores),
            *(keep_telling(notice, partial(send_to_owners, bot, owners), alone, chores) for notice in self._notices),
        )

    async def finish(self) -> None:
        """Take no more updates, and finish the answers and edits under way. Call it after `work` was cancelled."""
        if self._webhook is not None:
            self._webhook.stop()
        polled = self._poller.finish() if self._poller is not None else asyncio.sleep(0)
        await asyncio.gather(self._inbox.finish(), polled)
        await self._conversation.finish()

    async def _receive(self) -> None:
        if self._poller is not None:
            await self._poller.run()
            return
        doubt = TokenDoubt(self._connections.polling, self._connections.endpoint, self._patience.token_refused)
        await keep_webhook(
            self._connections.bot,
            self._telegram.webhook_url,
            self._telegram.webhook_secret,
            doubt,
            recovered=self._recovered,
            patience=self._patience,
        )


async def offer_menu(
    bot: ExtBot[None], reading: Reading, pauses: Pauses = SHIPPED.chores, *, look_seconds: float = MENU_SECONDS
) -> None:
    """Register the commands with Telegram, and again whenever the topics have changed. Never ends.

    After a failed attempt it is tried again after growing pauses; a menu that was refused for its commands also as soon
    as it has changed.
    """
    offered: Menu = []
    refused: Menu | None = None
    outage = Outage(pauses)
    due = 0.0
    while True:
        try:
            wanted = menu(await reading.topics())
            is_due = time.monotonic() >= due or (refused is not None and refused != wanted)
            if wanted != offered and is_due:
                if (error := await _register(bot, wanted)) is None:
                    offered, refused = wanted, None
                else:
                    refused = wanted if isinstance(error, BadRequest) else None
                    outage.note(trouble_in(error, "setMyCommands", "the command menu was not registered: "))
                    due = time.monotonic() + outage.next_pause()
            if wanted == offered and outage.end():
                log.info("the command menu is registered")
        except BriefingsError as trouble:
            outage.note(Trouble(f"the command menu cannot be made: {sentence(trouble)}; trying again"))
        wait = due - time.monotonic()
        await asyncio.sleep(min(wait, look_seconds) if wait > 0 else look_seconds)


async def _register(bot: ExtBot[None], wanted: Menu) -> Exception | None:
    """Register the commands. Return what went wrong, if anything did."""
    try:
        await bot.set_my_commands([BotCommand(name, description) for name, description in wanted])
    except Exception as error:  # any odd answer: a menu is no reason to stop
        return error
    return None
