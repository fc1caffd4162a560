"""The address to which Telegram brings updates: each is stored, then acknowledged, then handled from the inbox.

Whoever does not know the secret is turned away before anything of the body is read. What nobody could ever read is
acknowledged and dropped with a line in the log, for Telegram would bring it for ever; trouble of ours is answered
503, and Telegram brings the update again. Setting and taking down the webhook leave pending updates alone, and
stopping leaves it set, for others may listen at the same address.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web
from pydantic import SecretStr
from telegram import Bot, WebhookInfo
from telegram.error import BadRequest, InvalidToken

from bot.telegram.retry import Answer, until_answered
from bot.updates import reading
from bot.updates.polling import BadToken
from briefings.errors import BriefingsError, StoreTrouble
from briefings.newsroom.inbox import Inbox

log = logging.getLogger(__name__)

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the header's name
LARGEST_UPDATE = 1024 * 1024
"""Bytes; Telegram's are a few thousand."""

BODY_SECONDS = 10.0
CHECK_SECONDS = 60.0


class BadWebhook(BriefingsError):
    """Telegram does not take TELEGRAM_WEBHOOK_URL."""


class Webhook:
    """Takes the posts. `stored` is called for each new update; the bot is only needed to read them."""

    def __init__(
        self,
        inbox: Inbox,
        bot: Bot,
        secret: SecretStr,
        stored: Callable[[], None],
    ) -> None:
        self._inbox = inbox
        self._bot = bot
        self._secret = secret.get_secret_value().encode()
        self._stored = stored
        self._stopping = False
        self._in_trouble = False

    def stop(self) -> None:
        """Take nothing more: Telegram brings it again, to whoever listens then."""
        self._stopping = True

    async def take(self, request: web.Request) -> web.Response:
        """Answer one post."""
        given = request.headers.get(SECRET_HEADER, "").encode(errors="surrogateescape")
        if not hmac.compare_digest(given, self._secret):
            return web.Response(status=403)
        if self._stopping:
            return web.Response(status=503)
        try:
            async with asyncio.timeout(BODY_SECONDS):
                body = await request.read()
        except TimeoutError:
            return web.Response(status=408)
        except web.HTTPRequestEntityTooLarge:
            return web.Response(status=413)
        if (known := _understood(body)) is None:
            return web.Response()
        number, raw, text = known
        if (found := reading.read(raw, self._bot)) is None:
            return web.Response()
        return web.Response(status=200 if await self._keep(number, found[0], text) else 503)

    async def _keep(self, number: int, chat: int, text: str) -> bool:
        try:
            new = await self._inbox.keep(number, chat, text)
        except StoreTrouble as trouble:
            if not self._in_trouble:
                log.error("an update was not stored: %s; Telegram brings it again", trouble)
            self._in_trouble = True
            return False
        self._in_trouble = False
        if new:
            self._stored()
        return True


def _understood(body: bytes) -> tuple[int, dict[str, Any], str] | None:
    """The update's number, the update, and its text; None for what is no update."""
    try:
        text = body.decode()
        raw = json.loads(text)
    except (ValueError, RecursionError):
        log.warning("a post to the webhook is not JSON; it is skipped")
        return None
    if (number := reading.number_of(raw)) is None:
        log.warning("a post to the webhook has no update_id; it is skipped")
        return None
    return number, raw, text


async def keep_set(bot: Bot, url: str, secret: SecretStr) -> None:
    """Set the webhook, set it again when somebody took it down, and say what Telegram has against it, for ever.

    Raise BadWebhook when Telegram will never take it, BadToken when it no longer knows the token.
    """
    await _insist(lambda: _set(bot, url, secret))
    log.info("Telegram brings updates to %s", url)
    said: str | None = None
    while True:
        await asyncio.sleep(CHECK_SECONDS)
        info: WebhookInfo = await _insist(bot.get_webhook_info)
        if not info.url:
            log.warning("somebody took the webhook down, by polling with the same token perhaps; it is set again")
            await _insist(lambda: _set(bot, url, secret))
        elif (trouble := _trouble(info, url)) != said:
            said = trouble
            if trouble:
                log.warning("%s", trouble)


async def take_down(bot: Bot) -> None:
    """See that no webhook is set, so that polling is allowed; what waits is kept."""
    info: WebhookInfo = await _insist(bot.get_webhook_info)
    if info.url:
        await _insist(lambda: bot.delete_webhook(drop_pending_updates=False))
        log.warning("a webhook was set for this token; it was taken down, because we poll")


async def _set(bot: Bot, url: str, secret: SecretStr) -> bool:
    return await bot.set_webhook(
        url, secret_token=secret.get_secret_value(), allowed_updates=list(reading.ALLOWED_UPDATES)
    )


def _trouble(info: WebhookInfo, url: str) -> str | None:
    if info.url != url:
        return "another address than TELEGRAM_WEBHOOK_URL is set as this bot's webhook; updates go there"
    if info.last_error_message:
        return f"Telegram could not bring an update to the webhook: {info.last_error_message}"
    return None


async def _insist(call: Callable[[], Awaitable[Answer]]) -> Answer:
    """Return Telegram's answer, however long the outage. Raises BadToken and BadWebhook."""
    try:
        return await until_answered(call, final=(InvalidToken, BadRequest))
    except InvalidToken:
        raise BadToken from None
    except BadRequest as error:
        raise BadWebhook(f"Telegram does not take TELEGRAM_WEBHOOK_URL: {error.message}") from None
