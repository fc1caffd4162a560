"""HTTP to the Bot API over aiohttp: python-telegram-bot's `BaseRequest`, and `post_json` for the
broadcast and for asking for updates, which goes the short way (`exchange.py`).

Keep-alive connections in a pool of its own for each lane, so that answers never queue behind a broadcast.
Errors say what happened and whether the request may have arrived; they never say where to, because the
address holds the token.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Awaitable, Callable, Mapping
from functools import cache
from typing import Any

import aiohttp
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData

from bot.telegram.fast_post import Target, bounded, exchange, target

try:
    import orjson
except ImportError:  # an optional speed-up; the standard library does as well
    orjson = None  # type: ignore[assignment] # stands for "not installed" below

SEND_SECONDS = 8.0
CONNECT_SECONDS = 4.0
AGENT = {"User-Agent": "Briefings"}
JSON = {"Content-Type": "application/json"}


def dumps(value: object) -> bytes:
    """JSON as UTF-8 bytes."""
    return orjson.dumps(value) if orjson else json.dumps(value, ensure_ascii=False).encode()


class Unsent(NetworkError):
    """The request never left: no connection could be made."""


class Unanswered(NetworkError):
    """The request left, or may have; no answer came back."""


Counted = Callable[[str, int], None]
"""Counts a call that has ended, by its method and HTTP status (0: no answer came). `bot.ops.metrics` fulfils it."""


def _not_counted(_method: str, _status: int) -> None:
    """Count nothing."""


class Transport(BaseRequest):
    """One pool of connections to the Bot API. `proxy`: an HTTP proxy's address, or none.

    What the other side has not confirmed to have received after `unheard` seconds is thrown away with its connection,
    so that a line that comes back brings no message that somebody else has sent meanwhile (where the system can).
    `count` is called for each call that has ended.
    """

    def __init__(
        self,
        *,
        connections: int,
        proxy: str | None = None,
        unheard: float | None = None,
        count: Counted = _not_counted,
    ) -> None:
        self._connections = connections
        self._unheard = unheard
        self._proxy = proxy
        self._count = count
        self._session: aiohttp.ClientSession | None = None
        self._targets: dict[str, Target] = {}

    @property
    def read_timeout(self) -> float:
        """Seconds an answer may take when the caller names none."""
        return SEND_SECONDS

    async def initialize(self) -> None:
        """Open the pool."""
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    limit=self._connections, ttl_dns_cache=300, socket_factory=_socket_factory(self._unheard)
                ),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers=AGENT,
            )

    async def shutdown(self) -> None:
        """Close the pool."""
        if self._session is not None:
            await self._session.close()
            self._session = None

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
        """What python-telegram-bot calls; return status and body."""
        read = SEND_SECONDS if read_timeout is BaseRequest.DEFAULT_NONE else read_timeout
        if method == "GET":
            return await self._request("GET", url, None, {}, read)
        data: Any = None
        headers: dict[str, str] = {}
        if request_data is not None and request_data.contains_files:
            data = _form(request_data)
        elif request_data is not None:
            data = dumps(request_data.parameters)
            headers = JSON
        return await self._request("POST", url, data, headers, read)

    async def post_json(self, url: str, body: bytes, seconds: float = SEND_SECONDS) -> tuple[int, bytes]:
        """Post JSON; return status and body. Raise Unsent, Unanswered or, after `seconds`, TimedOut."""
        if self._proxy is not None:  # which has words of its own in a request
            return await self._request("POST", url, body, JSON, seconds)
        return await self._called(url, self._exchange(url, body, seconds))

    @staticmethod
    def parse_json_payload(payload: bytes) -> Any:
        """The body as JSON; raise NetworkError for anything else, a proxy's error page perhaps."""
        try:
            return orjson.loads(payload) if orjson else json.loads(payload)
        except ValueError:
            raise NetworkError("the answer is not JSON") from None

    async def _request(
        self, method: str, url: str, data: Any, headers: Mapping[str, str], read: float | None
    ) -> tuple[int, bytes]:
        """Anything, as aiohttp's session does it."""
        return await self._called(url, self._by_session(method, url, data, headers, read))

    async def _by_session(
        self, method: str, url: str, data: Any, headers: Mapping[str, str], read: float | None
    ) -> tuple[int, bytes]:
        if self._session is None:
            raise Unsent("the transport is not open")
        async with self._session.request(
            method,
            url,
            data=data,
            headers=headers,
            timeout=_timeout(read),
            proxy=self._proxy,
            allow_redirects=False,
        ) as response:
            return response.status, await bounded(response.content)

    async def _exchange(self, url: str, body: bytes, seconds: float) -> tuple[int, bytes]:
        connector = self._session.connector if self._session is not None else None
        if connector is None:
            raise Unsent("the transport is not open")
        if url not in self._targets:
            self._targets[url] = target(url, AGENT | JSON)
        return await exchange(connector, self._targets[url], body, _timeout(seconds))

    async def _called(self, url: str, call: Awaitable[tuple[int, bytes]]) -> tuple[int, bytes]:
        """What came of a call, in our own errors; counted."""
        status = 0
        try:
            status, body = await call
            return status, body
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL) as error:
            raise Unsent(_reason(error)) from None
        except TimeoutError:
            raise TimedOut("no answer in time") from None
        except NetworkError:
            raise
        except Exception as error:  # whatever else broke, the request may have left: it must not count as never tried
            raise Unanswered(_reason(error)) from None
        finally:
            self._count(url.rpartition("/")[2], status)


def _socket_factory(unheard: float | None) -> Callable[[aiohttp.AddrInfoType], socket.socket] | None:
    if unheard is None or not hasattr(socket, "TCP_USER_TIMEOUT"):
        return None

    def made(address: aiohttp.AddrInfoType) -> socket.socket:
        line = socket.socket(*address[:3])
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(unheard * 1000))
        return line

    return made


@cache
def _timeout(read: float | None) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(total=read, connect=CONNECT_SECONDS)  # one more for each read would be a timer more


def _form(request_data: RequestData) -> aiohttp.FormData:
    form = aiohttp.FormData()
    for name, value in request_data.json_parameters.items():
        form.add_field(name, value)
    for name, (filename, content, kind) in request_data.multipart_data.items():
        form.add_field(name, content, filename=filename, content_type=kind)
    return form


def _reason(error: BaseException) -> str:
    """What went wrong without the address it went wrong at."""
    cause = getattr(error, "os_error", None) or error
    words = getattr(cause, "strerror", None)
    return f"{type(error).__name__}: {words}" if words else type(error).__name__
