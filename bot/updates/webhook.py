"""The webhook: Telegram posts updates to our address; each is stored, then acknowledged, then handled from the inbox.

Promises to refuse a post without the secret before its body is read. A post that nobody could ever read is
acknowledged and dropped with a line in the log, because Telegram would repeat it without end; when we cannot store an
update, the answer is 503, and Telegram posts it again. Setting and removing the webhook drop no pending updates, and
stopping leaves it set, because other processes may listen at the same address.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import hdrs, web
from pydantic import SecretStr
from telegram import Bot, WebhookInfo
from telegram.error import BadRequest

from bot.errors import BadWebhook
from bot.telegram import payload
from bot.telegram.retry import SHIPPED, Answer, Patience, ignored, until_answered
from bot.telegram.token_doubt import TokenDoubt
from bot.telegram.transport import OddAnswer
from bot.updates import raw_updates
from bot.updates.handling import Handling
from bot.updates.inbox import InboxWorker
from briefings.errors import LONGEST_CAUSE, StoreTrouble

log = logging.getLogger(__name__)

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the header's name
LARGEST_UPDATE = 1024 * 1024
"""Bytes; Telegram's are a few thousand."""

BODY_SECONDS = 10.0
"""Time that a post's body may take to arrive."""

CHECK_SECONDS = 60.0
"""Seconds between two questions to Telegram if the webhook is still set."""


class Webhook:
    """Takes the posts. Those that `handling` says are for us are stored by `worker`."""

    def __init__(self, worker: InboxWorker, handling: Handling, secret: SecretStr) -> None:
        self._worker = worker
        self._handling = handling
        self._secret = secret.get_secret_value().encode()
        self._stopping = False

    def stop(self) -> None:
        """Take no more posts: Telegram repeats them to the process that listens next."""
        self._stopping = True

    async def take(self, request: web.Request) -> web.Response:
        """Take one post: 200 once it is stored, or is not for us; else a status that has Telegram repeat it."""
        secret = request.headers.get(SECRET_HEADER, "").encode(errors="surrogateescape")
        if not hmac.compare_digest(secret, self._secret):
            return web.Response(status=403)
        if self._stopping:
            return web.Response(status=503)
        body = await _body(request)
        if isinstance(body, web.Response):
            return body
        if (decoded := _decoded(body)) is None:
            # Telegram encodes no body, so one that is unreadable and encoded was broken on its way: it may come whole.
            return web.Response(status=400 if hdrs.CONTENT_ENCODING in request.headers else 200)
        if (heard := self._handling.hear(*decoded)) is None:
            return web.Response()
        try:
            await self._worker.store([heard])
        except StoreTrouble:  # the worker logs it
            return web.Response(status=503)
        return web.Response()


async def _body(request: web.Request) -> bytes | web.Response:
    """Return a post's body; when it does not come whole, log one line and return the answer that says so."""
    try:
        async with asyncio.timeout(BODY_SECONDS):
            return await request.read()
    except TimeoutError:
        trouble, status = f"did not arrive within {BODY_SECONDS:.0f} s", 408
    except web.HTTPRequestEntityTooLarge:
        trouble, status = f"is longer than {LARGEST_UPDATE} bytes", 413
    except ConnectionError:
        trouble, status = "broke off", 400
    except web.RequestPayloadError:
        trouble, status = "cannot be decoded", 400
    log.warning("a post to the webhook %s; it is not taken", trouble)
    return web.Response(status=status)


def _decoded(body: bytes) -> tuple[dict[str, Any], str] | None:
    """Return the update and its JSON; None, and a line in the log, for anything else."""
    text = payload.text_of(body)
    try:
        raw = json.loads(text)
    except (ValueError, RecursionError):
        log.warning("a post to the webhook is not JSON; it is skipped")
        return None
    if raw_updates.number_of(raw) is None:
        log.warning("a post to the webhook has no update_id; it is skipped")
        return None
    return raw, text


async def keep_webhook(
    bot: Bot,
    url: str,
    secret: SecretStr,
    doubt: TokenDoubt,
    *,
    recovered: Callable[[], None] = ignored,
    patience: Patience = SHIPPED,
    check_seconds: float = CHECK_SECONDS,
) -> None:
    """Set the webhook, set it again when somebody removed it, and log what Telegram reports against it. Never ends.

    `recovered` is called whenever Telegram answers again after trouble. Raises BadWebhook when Telegram refuses the
    address twice at the start, BadToken once `doubt` is sure that Telegram does not know the token.
    """

    async def insist(method: str, call: Callable[[], Awaitable[Answer]]) -> Answer:
        return await until_answered(method, lambda: doubt.guard(call), pauses=patience.line, recovered=recovered)

    await insist("setWebhook", lambda: _set_first(bot, url, secret, patience.before_second_look))
    log.info("Telegram brings updates to %s", url)
    logged: str | None = None
    while True:
        await asyncio.sleep(check_seconds)
        info = await insist("getWebhookInfo", lambda: _info(bot))
        if not info.url:
            log.warning("somebody took the webhook down, by polling with the same token perhaps; it is set again")
            await insist("setWebhook", lambda: _set(bot, url, secret))
        elif (trouble := _trouble(info, url)) != logged:
            logged = trouble
            if trouble:
                log.warning("%s", trouble)


async def remove_webhook(bot: Bot) -> None:
    """Ask Telegram once to take the webhook down, so that polling is allowed; pending updates are kept.

    Raises whatever python-telegram-bot raises.
    """
    await bot.delete_webhook(drop_pending_updates=False)
    log.warning("a webhook was set for this token; it was taken down, because we poll")


async def _set_first(bot: Bot, url: str, secret: SecretStr, pause: float) -> None:
    """Set the webhook. Raises BadWebhook if the Bot API refuses it, and again after a pause of so many seconds.

    Later on no refusal ends the program: Telegram also refuses an address whose name it cannot resolve for a while.
    """
    for was_refused in (False, True):
        try:
            return await _set(bot, url, secret)
        except BadRequest as error:
            if was_refused:
                raise BadWebhook("webhook-refused", cause=error.message[:LONGEST_CAUSE]) from None
        await asyncio.sleep(pause)


async def _set(bot: Bot, url: str, secret: SecretStr) -> None:
    await bot.set_webhook(
        url, secret_token=secret.get_secret_value(), allowed_updates=list(raw_updates.ALLOWED_UPDATES)
    )


async def _info(bot: Bot) -> WebhookInfo:
    info = await bot.get_webhook_info()
    if not isinstance(info.url, str):
        raise OddAnswer("it holds no address")
    return info


def _trouble(info: WebhookInfo, url: str) -> str | None:
    if info.url != url:
        return "another address than TELEGRAM_WEBHOOK_URL is set as this bot's webhook; updates go there"
    if info.last_error_message:
        return f"Telegram could not bring an update to the webhook: {info.last_error_message}"
    return None
