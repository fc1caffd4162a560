"""HTTP to the Bot API over aiohttp: python-telegram-bot's `BaseRequest`, and `post_json` for broadcast and polling.

A transport is one pool of kept-alive connections; `post_json` takes the short way through it (`fast_post.py`). Errors
say what happened and if the request may have arrived; they never hold the address, because that holds the token.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from functools import cache
from typing import Any

import aiohttp
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData

from bot.telegram.fast_post import Target, exchange, read_bounded, target
from bot.telegram.payload import read, without_halves
from briefings.newsroom.outbound import ProxyTrouble, session_options

try:
    import orjson
except ImportError:  # an optional speed-up; the standard library does as well
    orjson = None  # type: ignore[assignment] # stands for "not installed" below

SEND_SECONDS = 8.0
"""Time that a call may take in all, unless the caller names another."""

CONNECT_SECONDS = 4.0
"""Time that getting a connection may take, waiting for a free one included."""

AGENT = {"User-Agent": "Briefings"}
JSON = {"Content-Type": "application/json"}

PROXY_TROUBLE = {
    "proxy-not-reached": "the proxy cannot be reached",
    "proxy-password-refused": "the proxy refuses the user or the password in BRIEFINGS_PROXY",
    "proxy-not-connecting": "the proxy makes no connection to it",
}
"""The reason why a request was not sent, by the key of the proxy's problem."""


def dumps(value: object) -> bytes:
    """Return a value as JSON, in UTF-8. Half of a surrogate pair, which UTF-8 cannot write, becomes U+FFFD."""
    try:
        return orjson.dumps(value) if orjson else json.dumps(value, ensure_ascii=False).encode()
    except (TypeError, UnicodeEncodeError):  # such a half, or a number that orjson does not write
        return without_halves(json.dumps(value)).encode()


class Unsent(NetworkError):
    """The request was never sent: no connection could be made."""


class NotJson(NetworkError):
    """A body came that is no JSON: something else answers in Telegram's place, a proxy with a page perhaps.

    The body may repeat the address, which holds the token, so the message never holds the body.
    """


class OddAnswer(TelegramError):
    """Telegram's answer lacks what the Bot API says is in it."""


class Unanswered(NetworkError):
    """The request was sent, or may have been; no answer came back."""


Counted = Callable[[str, int], None]
"""Counts a call that has ended, by its method and HTTP status (0: no answer came). `bot.ops.metrics` fulfils it."""


def _not_counted(_method: str, _status: int) -> None:
    """Count nothing."""


Seen = Callable[[str, int, str | None, bytes], None]
"""Sees an answer: the method that was called, the HTTP status, the `Date` header if there is one, and the body."""

Answer = tuple[int, bytes, str | None]
"""The HTTP status, the body, and the `Date` header."""


def _not_seen(_method: str, _status: int, _date: str | None, _body: bytes) -> None:
    """Ignore an answer."""


class Transport(BaseRequest):
    """One pool of connections to the Bot API, so many at most. `proxy`: the address of an HTTP or SOCKS5 proxy.

    Bytes that the other side has not confirmed to have received after `give_up_after` seconds are thrown away with
    their connection, so that a network that comes back delivers no message which another process has sent meanwhile
    (on systems with TCP_USER_TIMEOUT). `count` is called for each call that has ended, `seen` for each answer.
    """

    def __init__(
        self,
        *,
        connections: int,
        proxy: str | None = None,
        give_up_after: float | None = None,
        count: Counted = _not_counted,
        seen: Seen = _not_seen,
    ) -> None:
        self._connections = connections
        self._give_up_after = give_up_after
        self._proxy = proxy
        self._count = count
        self._seen = seen
        self._session: aiohttp.ClientSession | None = None
        self._targets: dict[str, Target] = {}

    @property
    def read_timeout(self) -> float:
        """Seconds that an answer may take when the caller names none."""
        return SEND_SECONDS

    async def initialize(self) -> None:
        """Open the pool."""
        if self._session is None:
            self._session = aiohttp.ClientSession(
                **session_options(
                    self._proxy, give_up_after=self._give_up_after, limit=self._connections, ttl_dns_cache=300
                ),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers=AGENT,
            )

    async def shutdown(self) -> None:
        """Close the pool."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def rebuild(self) -> None:
        """Close all connections of the pool, and open new ones from now on. Requests under way fail as Unanswered."""
        old, self._session = self._session, None
        await self.initialize()  # first, so that the pool is open even if closing the old connections is broken off
        if old is not None:
            await old.close()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Send a request of python-telegram-bot's; return status and body. Raises as `post_json` does."""
        seconds = SEND_SECONDS if read_timeout is BaseRequest.DEFAULT_NONE else read_timeout
        if method == "GET":
            return await self._request("GET", url, None, {}, seconds)
        data: Any = None
        headers: dict[str, str] = {}
        if request_data is not None and request_data.contains_files:
            data = _form(request_data)
        elif request_data is not None:
            data = dumps(request_data.parameters)
            headers = JSON
        return await self._request("POST", url, data, headers, seconds)

    async def post_json(self, url: str, body: bytes, seconds: float = SEND_SECONDS) -> tuple[int, bytes]:
        """Post JSON; return status and body. Raises Unsent, Unanswered or, after `seconds`, TimedOut."""
        if self._proxy is not None:  # `fast_post` does not write what an HTTP proxy needs
            return await self._request("POST", url, body, JSON, seconds)
        return await self._counted(url, self._exchange(url, body, seconds))

    @staticmethod
    def parse_json_payload(payload: bytes) -> Any:
        """Return the body as Python values. Raises NotJson."""
        try:
            return read(payload)
        except ValueError:
            raise NotJson("no JSON") from None

    async def _request(
        self, method: str, url: str, data: Any, headers: Mapping[str, str], seconds: float | None
    ) -> tuple[int, bytes]:
        """Send any request by aiohttp's session."""
        return await self._counted(url, self._by_session(method, url, data, headers, seconds))

    async def _by_session(
        self, method: str, url: str, data: Any, headers: Mapping[str, str], seconds: float | None
    ) -> Answer:
        if self._session is None:
            raise Unsent("the transport is not open")
        async with self._session.request(
            method,
            url,
            data=data,
            headers=headers,
            timeout=_timeout(seconds),
            allow_redirects=False,
        ) as response:
            return response.status, await read_bounded(response.content), response.headers.get("Date")

    async def _exchange(self, url: str, body: bytes, seconds: float) -> Answer:
        connector = self._session.connector if self._session is not None else None
        if connector is None:
            raise Unsent("the transport is not open")
        if url not in self._targets:
            self._targets[url] = target(url, AGENT | JSON)
        return await exchange(connector, self._targets[url], body, _timeout(seconds))

    async def _counted(self, url: str, call: Awaitable[Answer]) -> tuple[int, bytes]:
        """Return the answer to a call, and count it; its errors become ours."""
        status, method = 0, url.rpartition("/")[2]
        try:
            status, body, date = await call
            self._seen(method, status, date, body)
            return status, body
        except ProxyTrouble as trouble:
            raise Unsent(PROXY_TROUBLE[trouble.problem.key]) from None
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL) as error:
            raise Unsent(_reason(error)) from None
        except TimeoutError:
            raise TimedOut("no answer in time") from None
        except NetworkError:
            raise
        except Exception as error:  # on any other error the request may have left, so it must not count as unsent
            raise Unanswered(_reason(error)) from None
        finally:
            self._count(method, status)


@cache
def _timeout(seconds: float | None) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(total=seconds, connect=CONNECT_SECONDS)  # no limit for each read: one timer less


def _form(request_data: RequestData) -> aiohttp.FormData:
    form = aiohttp.FormData()
    for name, value in request_data.json_parameters.items():
        form.add_field(name, value)
    for name, (filename, content, kind) in request_data.multipart_data.items():
        form.add_field(name, content, filename=filename, content_type=kind)
    return form


def _reason(error: BaseException) -> str:
    """Return what went wrong, without the address, which holds the token."""
    cause = getattr(error, "os_error", None) or error
    words = getattr(cause, "strerror", None)
    return f"{type(error).__name__}: {words}" if words else type(error).__name__
