"""A Telegram Bot API over HTTP on this machine, and the chat page that stands for a reader's phone.

**Promise**: answers `<url>/bot<token>/<method>` as Telegram does, with parameters as JSON, form, multipart or query;
of two pollers the earlier one is refused; faults ordered from the state strike on the wire. Binds the loopback address
unless another host is named. A port in use is an OSError. `stop` ends every open request.

Only programs and its own page are obeyed: each server has a token of its own, and a request of another site's page is
refused, also one that comes under a name of that site's (DNS rebinding).
"""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import json
import logging
import secrets
import time
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, Self
from weakref import WeakKeyDictionary

from aiohttp import web
from yarl import URL

from bot.simulator.arguments import METHODS, Upload, arguments
from bot.simulator.chats import BOT_ID, Call
from bot.simulator.methods import get_updates
from bot.simulator.page import READER, Page
from bot.simulator.state import State
from bot.simulator.trouble import ApiError, bad_request
from bot.simulator.webhooks import bring, is_loopback

_LONGEST_POLL = 50  # seconds
_LARGEST_BODY = 50 * 1024 * 1024  # bytes, as for uploads to Telegram
_NAMES = {name.lower(): name for name in METHODS}  # Telegram takes method names in any case

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

log = logging.getLogger(__name__)


def random_token() -> str:
    """Return a token that nobody can guess: the bot's number, and 35 characters as Telegram's have."""
    return f"{BOT_ID}:{secrets.token_urlsafe(26)}"


class Simulator:
    """The server and its state. After `start`, `url` goes into TELEGRAM_API_URL and `page_url` into a browser.

    Without a `token`, makes a random one.
    """

    def __init__(
        self,
        token: str = "",
        username: str = "briefings_bot",
        clock: Callable[[], datetime] | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        self.token = token or random_token()
        self.state = State(clock, username)
        self.host, self.port = host, port
        self._runner: web.AppRunner | None = None
        self._closing = asyncio.Event()
        self._bringing: asyncio.Task[None] | None = None
        self._polls = 0
        self._opened: WeakKeyDictionary[asyncio.Transport, float] = WeakKeyDictionary()
        """Connection → when it was first used, in seconds that only grow."""

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    @property
    def page_url(self) -> str:
        return f"{self.url}/?chat={READER}"

    async def start(self) -> None:
        """Listen. A port of 0 takes a free one and keeps it, so that a restart listens at the same address."""
        self._closing = asyncio.Event()
        app = web.Application(client_max_size=_LARGEST_BODY, middlewares=[self._refuse_other_sites])
        app.on_response_prepare.append(self._date)
        app.router.add_route("*", "/bot{token}/{method}", self._api)
        Page(self.state, self._closing).add_to(app)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, self.host, self.port).start()
        except OSError:
            await self.stop()
            raise
        self.port = self._runner.addresses[0][1]
        self._bringing = asyncio.create_task(bring(self.state))

    async def stop(self) -> None:
        self._closing.set()
        if self._bringing:
            self._bringing.cancel()
            await asyncio.wait({self._bringing})
            self._bringing = None
        self.state.touch()
        if self._runner:
            await self._runner.cleanup()
            self._runner = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await self.stop()

    @web.middleware
    async def _refuse_other_sites(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Refuse a request to a Host that is not this machine, and one from a page of another Origin than ours."""
        try:
            host = URL(f"http://{request.host}").host or ""
        except ValueError:
            host = ""
        is_ours = is_loopback(host) or host == self.host
        if not is_ours or any(origin != f"http://{request.host}" for origin in request.headers.getall("Origin", ())):
            raise web.HTTPForbidden(text="this is for programs and the page of this machine only")
        return await handler(request)

    async def _date(self, _: web.Request, response: web.StreamResponse) -> None:
        """Date an answer as the state orders it."""
        response.headers.pop("Date", None)
        if (date := self.state.date_header()) is not None:
            response.headers["Date"] = date

    async def _api(self, request: web.Request) -> web.StreamResponse:
        if self.state.down:
            return _hang_up(request)
        name = _NAMES.get(request.match_info["method"].lower(), "")
        if not hmac.compare_digest(request.match_info["token"].encode(), self.token.encode()):
            return _answer(ApiError(401, "Unauthorized"))
        if not name:
            return _answer(ApiError(404, "Not Found"))
        opened = self._opened.setdefault(request.transport, time.monotonic()) if request.transport else 0.0
        call = Call(name, {}, time.monotonic(), opened)
        self.state.calls.append(call)
        try:
            call.params.update(arguments(name, await _body(request)))
            answer = await self._carry_out_under_faults(call)
        except ApiError as error:
            answer = _answer(error)
        except Exception:  # a bug of the simulator must look like one to the test, not like a call that hangs
            log.exception("the simulator failed in %s", name)
            answer = _answer(ApiError(500, "Internal Server Error: the simulator itself failed, see its log"))
        call.status = answer.status if answer else 0
        self.state.touch()
        return answer or _hang_up(request)

    async def _carry_out_under_faults(self, call: Call) -> web.Response | None:
        """Carry a call out with the fault that was ordered for it. Return None when nothing is to be answered."""
        fault = self.state.strike(call.method, call.params.get("chat_id"))
        if fault and (error := fault.error()):
            raise error
        if fault and fault.kind == "reset":
            return None
        if fault and fault.body:
            status, body = fault.body
            kind = "application/json" if body[:1] in b"{[" else "text/html"
            return web.Response(status=status, body=body, content_type=kind)
        result = await self._carry_out(call)
        if fault and fault.kind == "slow":
            await self._pause(fault.delay)
        silent = self.state.down or (fault is not None and fault.kind == "lost")
        return None if silent else web.json_response({"ok": True, "result": result})

    async def _carry_out(self, call: Call) -> Any:
        if call.method == "getUpdates":
            return await self._poll(call)
        return METHODS[call.method][1](self.state, call.params)

    async def _poll(self, call: Call) -> Any:
        """Wait for updates for as long as the call asks. Raises ApiError 409 as soon as another poll comes in."""
        params = call.params
        self._polls += 1
        turn = self._polls
        self.state.touch()

        def ready(state: State) -> bool:
            over = turn != self._polls or state.down or self._closing.is_set()
            return over or (not is_deaf() and bool(get_updates(state, params)))

        def is_deaf() -> bool:
            return call.opened < self.state.deaf_since

        with contextlib.suppress(TimeoutError):
            await self.state.wait_for(ready, min(max(params.get("timeout", 0), 0), _LONGEST_POLL))
        if turn != self._polls:
            raise ApiError(
                409,
                "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
            )
        return [] if is_deaf() else get_updates(self.state, params)

    async def _pause(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._closing.wait(), seconds)


def _answer(error: ApiError) -> web.Response:
    return web.json_response(error.as_json(), status=error.code)


def _hang_up(request: web.Request) -> web.Response:
    """Close the connection. The response is never sent; aiohttp only wants one returned."""
    if request.transport:
        request.transport.abort()
    return web.Response()


async def _body(request: web.Request) -> dict[str, Any]:
    """Return all parameters of the request, those in the query included. Raises ApiError 400 or 413."""
    fields: dict[str, Any] = dict(request.query)
    try:
        if request.content_type == "application/json":
            body = json.loads(await request.text() or "{}")
            if not isinstance(body, dict):
                raise bad_request("can't parse the JSON body: an object was expected")
            return fields | body
        for name, value in (await request.post()).items():
            fields[name] = _part(value)
    except web.HTTPRequestEntityTooLarge:
        raise ApiError(413, "Request Entity Too Large") from None
    except (ValueError, LookupError, RecursionError):  # the second is an unknown charset
        raise bad_request("can't parse the body") from None
    files = {name: fields.pop(name) for name in list(fields) if isinstance(fields[name], Upload) and name != "document"}
    return {
        name: files.get(value.removeprefix("attach://"), value)
        if isinstance(value, str) and value.startswith("attach://")
        else value
        for name, value in fields.items()
    }


def _part(value: str | bytes | bytearray | web.FileField) -> Any:
    if isinstance(value, web.FileField):
        with value.file as file:
            return Upload(value.filename, file.read())
    return value if isinstance(value, str) else bytes(value).decode()
