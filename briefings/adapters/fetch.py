"""Fetches pages and feeds from the public internet: one polite request, bounded in time, size and redirects.

Promises bytes or `Unreachable`, which names the host, never the path, a password or the proxy. Never sends a request to
a private network: names are judged by the addresses they resolve to at the moment of connecting, and every redirect
is judged again. Keeps no cookies, reads no environment. Asks the server not to send a page again that has not changed,
and returns how long the server wants to be left alone.

Through a proxy, of whatever kind, the connection is the proxy's, which resolves the name by itself. Then an address
written as a number is judged as ever, and a name by the addresses that it has here: all must be public. A name that
only the proxy can resolve, or resolves otherwise, is not judged, so the proxy should refuse private addresses itself.
"""

from __future__ import annotations

import asyncio
import ipaddress
import re
import socket
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from importlib.metadata import version
from types import TracebackType
from typing import Self

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver
from yarl import URL

from briefings.adapters.body import read_body
from briefings.adapters.outbound import proxy_address, session_options
from briefings.adapters.proxy_trouble import LONGEST_HOST, ProxyTrouble
from briefings.errors import ServerRefused, Unreachable

TIMEOUT = 20.0  # seconds for the whole request: names, redirects, the last byte
LARGEST_PAGE, LARGEST_FEED = 5_000_000, 20_000_000  # bytes after decompression
MOST_REDIRECTS = 5
CONNECTIONS, CONNECTIONS_A_HOST = 32, 2
LONGEST_WAIT = timedelta(days=7)
"""A server that asks for a longer wait is mistaken."""

_REDIRECTS = frozenset((301, 302, 303, 307, 308))
_PERMANENT = frozenset((301, 308))
_MAX_AGE = re.compile(r"(?:^|[,\s])max-age\s*=\s*\"?(\d{1,9})", re.IGNORECASE)
_LONGEST_VALIDATOR = 1000  # characters; a longer ETag or date is not sent back
_ACCEPT = (
    "text/html, application/xhtml+xml, application/atom+xml, application/rss+xml, application/xml;q=0.9, */*;q=0.5"
)
_CHARSET = re.compile(r";\s*charset\s*=\s*\"?'?([\w.:-]{2,40})", re.IGNORECASE | re.ASCII)

# Addresses that `ipaddress` of some Python versions calls global although they lead inside: IETF protocol
# assignments (Oracle's metadata), 6to4 and its relays, Teredo, NAT64, Azure's wire server, documentation, SRv6.
_INSIDE = [
    ipaddress.ip_network(net)
    for net in (
        "192.0.0.0/24",
        "192.88.99.0/24",
        "168.63.129.16/32",
        "2001::/23",
        "2002::/16",
        "3fff::/20",
        "5f00::/16",
        "64:ff9b::/96",
        "64:ff9b:1::/48",
    )
]
_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")


@dataclass(frozen=True, slots=True)
class Response:
    """The answer to a request, after all redirects.

    `url` is the address that answered, without a password; `content_type` has no parameters, and `charset` is the name
    that stood in one, unchecked. `unchanged`: the server has nothing newer than `etag` and `last_modified` stand for,
    and sent no data. `moved` is the new permanent address, if the server named one. `max_age`: the server has nothing
    newer for so long.
    """

    url: str
    data: bytes
    content_type: str
    unchanged: bool = False
    etag: str | None = None
    last_modified: str | None = None
    moved: str | None = None
    charset: str | None = None
    max_age: timedelta = timedelta()


def is_public(address: str) -> bool:
    """True if a text is a public unicast IP address, neither translated nor tunnelled nor mapped. Never raises."""
    try:
        ip = ipaddress.ip_address(address.strip("[]"))
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address) and (ip not in _GLOBAL_UNICAST or ip.scope_id):
        return False  # loopback, mapped, link-local, unique local, multicast and future kinds
    if any(ip.version == net.version and ip in net for net in _INSIDE):
        return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)


class _PublicResolver(AbstractResolver):
    """Resolves names to public addresses only, those in `trusted` to any. aiohttp connects to the results."""

    def __init__(self, trusted: frozenset[str]) -> None:
        self._trusted = trusted
        self._system = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        results = await self._system.resolve(host, port, family)
        if _plain_host(host) in self._trusted:
            return results
        public = [result for result in results if is_public(result["host"])]
        if not public:
            raise _Private(host)
        return public

    async def close(self) -> None:
        await self._system.close()


class _Private(OSError):
    """A name that leads to a private network."""


class Fetcher:
    """A session for many requests. `allow_hosts` names hosts and addresses that may be private.

    `proxy` is the address of an HTTP or SOCKS5 proxy; anything else raises `BadInput`. `timeout` is in seconds, for a
    whole `get`.
    """

    def __init__(
        self, proxy: str | None = None, allow_hosts: frozenset[str] = frozenset(), *, timeout: float = TIMEOUT
    ) -> None:
        self._proxy = proxy
        self._has_proxy = proxy_address(proxy) is not None
        self._timeout = timeout
        self._trusted = frozenset(map(_plain_host, allow_hosts))
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        # With a proxy the only name this session resolves is that of the operator's own proxy.
        resolver = ThreadedResolver() if self._has_proxy else _PublicResolver(self._trusted)
        self._session = aiohttp.ClientSession(
            **session_options(self._proxy, resolver=resolver, limit=CONNECTIONS, limit_per_host=CONNECTIONS_A_HOST),
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
            timeout=aiohttp.ClientTimeout(total=self._timeout),
            headers={"User-Agent": f"Briefings/{version('briefings')} (+self-hosted newsroom)", "Accept": _ACCEPT}
            | {"Accept-Encoding": "gzip, deflate, br"},
            max_field_size=16_384,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session:
            await self._session.close()

    async def get(
        self, url: str, *, etag: str | None = None, last_modified: str | None = None, largest: int = LARGEST_PAGE
    ) -> Response:
        """Fetch `url` and follow its redirects. `etag` and `last_modified` are those of the last response, if any.

        `largest` is in bytes of the body, unpacked. The data are text by their look, whatever their label says.
        Raises `ServerRefused` when the server answers with an error, `Unreachable` for all else that goes wrong.
        """
        where, moved = _address(url), None
        validators = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        headers = {name: value for name, value in validators.items() if value}
        for_good = True  # every redirect so far was permanent
        async with _translated(where, self._timeout), asyncio.timeout(self._timeout):
            for _ in range(MOST_REDIRECTS + 1):
                await self._judge(where)
                answer = await self._request(where, headers, largest)
                if isinstance(answer, Response):
                    return replace(answer, moved=moved)
                where, permanent = answer
                for_good = for_good and permanent
                moved = str(where) if for_good else moved
        raise Unreachable("too-many-redirects", host=_host(where), most=MOST_REDIRECTS)

    async def _judge(self, url: URL) -> None:
        """Refuse private hosts that the resolver never sees: addresses written as numbers, names behind a proxy."""
        host = _plain_host(url.host or "")
        if host in self._trusted:
            return
        local = host == "localhost" or host.endswith((".localhost", ".local", ".internal"))
        if local or (_is_literal(host) and not is_public(host)):
            raise _Private(host)
        if self._has_proxy:
            try:
                results = await ThreadedResolver().resolve(host, url.port or 0, socket.AF_UNSPEC)
            except OSError:
                return  # only the proxy can resolve this name
            if not all(is_public(result["host"]) for result in results):
                raise _Private(host)

    async def _request(self, url: URL, headers: dict[str, str], largest: int) -> Response | tuple[URL, bool]:
        """Send one request. Return the response, or the target of a redirect and True if it is permanent."""
        if self._session is None:
            raise RuntimeError("use the Fetcher with `async with`")
        async with self._session.get(url, allow_redirects=False, headers=headers) as answer:
            status, stated = answer.status, answer.headers
            if status in _REDIRECTS and (target := stated.get("Location")):
                return _address(target, url), status in _PERMANENT
            kind = stated.get("Content-Type", "")
            charset = _CHARSET.search(kind)
            response = Response(
                str(url.with_user(None)),
                b"",
                kind.split(";")[0].strip().lower(),
                charset=charset[1] if charset else None,
                etag=_validator(stated.get("ETag")),
                last_modified=_validator(stated.get("Last-Modified")),
                max_age=_max_age(stated.get("Cache-Control", "")),
            )
            if status == 304 and headers:
                return replace(response, unchanged=True)
            if status >= 300:
                wait = wait_asked(stated.get("Retry-After", ""), datetime.now(UTC))
                raise ServerRefused("server-refused", host=_host(url), status=status, wait=wait)
            return replace(response, data=await read_body(answer, _host(url), largest))


def wait_asked(retry_after: str, now: datetime) -> timedelta | None:
    """Return the wait a Retry-After asks for, in seconds or until a date (RFC 9110, 10.2.3); at most `LONGEST_WAIT`.

    None for a value that is neither, and for a wait that is over. Never raises.
    """
    retry_after = retry_after.strip()
    try:
        if re.fullmatch("[0-9]{1,12}", retry_after):
            wait = timedelta(seconds=int(retry_after))
        else:
            when = parsedate_to_datetime(retry_after)
            wait = (when if when.tzinfo else when.replace(tzinfo=UTC)) - now
    except (ValueError, TypeError, IndexError, OverflowError):
        return LONGEST_WAIT if re.fullmatch("[0-9]+", retry_after) else None
    return min(wait, LONGEST_WAIT) if wait > timedelta() else None


def _max_age(cache_control: str) -> timedelta:
    """Return the max-age of a Cache-Control, at most `LONGEST_WAIT`; zero when it has none."""
    match = _MAX_AGE.search(cache_control)
    return timedelta(seconds=min(int(match[1]), int(LONGEST_WAIT.total_seconds()))) if match else timedelta()


def _validator(value: str | None) -> str | None:
    """Return an ETag or a date if it can be sent back, else None."""
    usable = value and len(value) <= _LONGEST_VALIDATOR and value.isprintable() and value.isascii()
    return value if usable else None


def web_address(url: str) -> str:
    """Return an address in the spelling in which it is requested. Raises `Unreachable` when it is no web address."""
    return str(_address(url))


def _address(url: str, base: URL | None = None) -> URL:
    """Return `url`, resolved against `base`, as an http(s) address with a host. Raises `Unreachable`."""
    try:
        address = base.join(URL(url)) if base else URL(url.strip())
        valid = address.scheme in ("http", "https") and bool(address.host) and address.port is not None
    except ValueError:
        valid = False
    if not valid:
        raise Unreachable("redirect-to-no-address", host=_host(base)) if base else Unreachable("not-web-address")
    return address.with_fragment(None)


def _host(url: URL) -> str:
    """Return the host as errors name it."""
    return (url.host or "")[:LONGEST_HOST]


def _plain_host(host: str) -> str:
    return host.strip("[]").rstrip(".").lower()


def _is_literal(host: str) -> bool:
    """True if the system reads `host` as an IPv4 or IPv6 address: also 127.1, 0x7f.1 and 2130706433."""
    try:
        socket.inet_aton(host)
    except OSError:
        return ":" in host
    return True


def _causes(error: BaseException) -> Iterable[BaseException]:
    """Return an error and its causes, the outermost first."""
    chain: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and cause not in chain:
        chain.append(cause)
        cause = getattr(cause, "os_error", None) or cause.__cause__ or cause.__context__
    return chain


@asynccontextmanager
async def _translated(url: URL, timeout: float) -> AsyncIterator[None]:
    """Turn every error of a request into `Unreachable` without its message, which may hold secrets."""
    host = _host(url)
    try:
        yield
    except Unreachable:
        raise
    except TimeoutError:
        raise Unreachable("answer-too-slow", host=host, seconds=timeout) from None
    except (aiohttp.ClientError, OSError, ValueError) as error:
        private = next((cause for cause in _causes(error) if isinstance(cause, _Private)), None)
        raise _unreachable(host, error, private) from None


def _unreachable(host: str, error: Exception, private: _Private | None) -> Unreachable:
    if private:
        return Unreachable("private-network", host=str(private)[:LONGEST_HOST])
    if isinstance(error, ProxyTrouble):
        return Unreachable.of(error.problem)
    if isinstance(error, aiohttp.ClientSSLError):
        return Unreachable("bad-certificate", host=host)
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return Unreachable("host-not-found", host=host)
    if isinstance(error, aiohttp.ClientConnectorError):
        return Unreachable("connection-refused", host=host)
    if isinstance(error, aiohttp.ServerDisconnectedError | aiohttp.ClientOSError):
        return Unreachable("connection-closed", host=host)
    return Unreachable("answer-unreadable", host=host)
