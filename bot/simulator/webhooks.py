"""Posts updates to the bot's own address while a webhook is set.

**Promise**: while a webhook is set, every update is posted to it, one after the other in the order of their ids, with
the secret in its header, again and again until the answer is a 2xx; `getUpdates` is refused meanwhile. Addresses and
secrets that Telegram refuses are refused. Never posts to another machine: only loopback addresses are taken, by http
too, every name in them is this machine, and no redirect is followed.
"""

from __future__ import annotations

import asyncio
import re
import socket
from ipaddress import ip_address

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from bot.simulator.arguments import method
from bot.simulator.chats import Json, Webhook, seconds
from bot.simulator.state import State
from bot.simulator.trouble import ApiError, bad_request

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the header's name
_POST_SECONDS = 60
_PAUSE_SECONDS = 0.1


def is_loopback(host: str) -> bool:
    """True for localhost, ::1 and every address of 127.0.0.0/8."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:  # another name
        return False


class ThisMachine(AbstractResolver):
    """Resolves every name to this machine, because a hosts file or a name server may say otherwise of localhost."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        return [
            ResolveResult(hostname=host, host=address, port=port, family=kind, proto=0, flags=socket.AI_NUMERICHOST)
            for address, kind in (("127.0.0.1", socket.AF_INET), ("::1", socket.AF_INET6))
        ]

    async def close(self) -> None:
        """Do nothing: it holds nothing."""


def refuse_while_set(state: State) -> None:
    """Refuse a poll while a webhook is set. Raises ApiError 409."""
    if state.webhook is not None:
        raise ApiError(
            409,
            "Conflict: can't use getUpdates method while webhook is active; "
            "use deleteWebhook to delete the webhook first",
        )


@method(
    "setWebhook",
    "url:text certificate:file ip_address:text max_connections:int allowed_updates:list drop_pending_updates:flag "
    "secret_token:text",
)
def set_webhook(state: State, a: Json) -> bool:
    url, secret = a.get("url", ""), a.get("secret_token", "")
    if url:
        _check_address(url)
    if not re.fullmatch(r"[A-Za-z0-9_-]{0,256}", secret):
        raise bad_request("secret token contains unallowed characters")
    if a.get("drop_pending_updates"):
        state.updates.clear()
    if "allowed_updates" in a:
        state.allowed_updates = a["allowed_updates"]
    state.webhook = Webhook(url, secret, a.get("max_connections", 40)) if url else None
    state.touch()
    return True


def _check_address(url: str) -> None:
    """Raises ApiError 400 for an address that is not on this machine. It is read as the post will read it, by yarl."""
    try:
        address = URL(url)
    except ValueError:
        raise bad_request("bad webhook: invalid webhook URL specified") from None
    host = address.raw_host or ""
    if address.scheme != "https" and not (address.scheme == "http" and is_loopback(host)):
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    if not is_loopback(host):
        raise bad_request("bad webhook: the simulator posts to this machine only, for example to 127.0.0.1")


@method("deleteWebhook", "drop_pending_updates:flag")
def delete_webhook(state: State, a: Json) -> bool:
    return bool(set_webhook(state, a))


@method("getWebhookInfo")
def get_webhook_info(state: State, a: Json) -> Json:
    hook = state.webhook
    info: Json = {"url": hook.url if hook else "", "has_custom_certificate": False}
    info["pending_update_count"] = len(state.updates)
    if hook and hook.error:
        info |= {"last_error_date": hook.error_at, "last_error_message": hook.error}
    return info | ({"max_connections": hook.most, "allowed_updates": state.allowed_updates} if hook else {})


async def bring(state: State) -> None:
    """Post updates as they come. Never ends."""
    timeout = aiohttp.ClientTimeout(total=_POST_SECONDS)
    connector = aiohttp.TCPConnector(resolver=ThisMachine())
    cookies = aiohttp.DummyCookieJar()
    async with aiohttp.ClientSession(connector=connector, timeout=timeout, cookie_jar=cookies) as session:
        while True:
            hook = await state.wait_for(lambda state: state.updates and not state.down and state.webhook, None)
            assert hook  # noqa: S101 - the wait ends with a webhook
            update = state.updates[0]
            status = await _post(session, hook, update)
            hook.posted.append((update["update_id"], status))
            if 200 <= status < 300:
                state.updates = [other for other in state.updates if other is not update]
                state.touch()
            else:
                hook.error = f"Wrong response from the webhook: {status}" if status else "Connection failed"
                hook.error_at = seconds(state.clock())
                state.touch()
                await asyncio.sleep(_PAUSE_SECONDS)


async def _post(session: aiohttp.ClientSession, hook: Webhook, update: Json) -> int:
    headers = {SECRET_HEADER: hook.secret} if hook.secret else {}
    try:
        async with session.post(hook.url, json=update, headers=headers, allow_redirects=False) as response:
            return response.status
    except (aiohttp.ClientError, OSError, TimeoutError):
        return 0
