"""One polite request: a page or a feed from the public internet, bounded in time, size and hops.

Promises bytes or `Unreachable`, which names the host, never the path, a password or the proxy. No
request goes to a private network, whoever asks for it: names are judged by the addresses they resolve to,
at the moment of connecting, and every redirect is judged again. Keeps no cookies, reads no environment.
What is unchanged since it was last seen is not sent again; how long a server wants to be left alone is told.
Through a proxy the connection is the proxy's; then a name is judged by what it resolves to here, if it
does, and the proxy should refuse private addresses itself.
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

from briefings.errors import BadInput, ServerRefused, Unreachable

TIMEOUT = 20.0  # seconds for everything: names, redirects, the last byte
LARGEST = 5_000_000  # bytes after decompression
MOST_REDIRECTS = 5
CONNECTIONS, CONNECTIONS_A_HOST = 32, 2
LONGEST_WAIT = timedelta(days=7)
"""A server that asks for more is mistaken."""

_CHUNK = 65_536  # bytes; aiohttp hands decompressed data over in pieces of this order, never the whole bomb
_REDIRECTS = frozenset((301, 302, 303, 307, 308))
_PERMANENT = frozenset((301, 308))
_MAX_AGE = re.compile(r"(?:^|[,\s])max-age\s*=\s*\"?(\d{1,9})", re.IGNORECASE)
_QUOTED = 60  # characters of what a server says it sends that an error repeats
_LONGEST_HOST = 253  # characters; the longest name that DNS allows
_LONGEST_MARK = 1000  # characters of an ETag or a date that are worth sending back
_ACCEPT = (
    "text/html, application/xhtml+xml, application/atom+xml, application/rss+xml, application/xml;q=0.9, */*;q=0.5"
)
_READABLE = ("text/", "application/xhtml", "application/xml", "application/json", "application/feed+json")

# Addresses that `ipaddress` of some Python versions calls global and that lead inside all the same: IETF protocol
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
class Page:
    """What came back. `url` is where it was found in the end, without a password; `content_type` without parameters.

    `unchanged`: the server has nothing newer than what `etag` and `last_modified` stand for, and sent nothing.
    `moved`: where the server says it is from now on. `fresh`: for how long asking again is no use.
    """

    url: str
    data: bytes
    content_type: str
    unchanged: bool = False
    etag: str | None = None
    last_modified: str | None = None
    moved: str | None = None
    fresh: timedelta = timedelta()


def is_public(address: str) -> bool:
    """Whether an IP address (as text) is a public unicast one, not translated, tunnelled or mapped. Never raises."""
    try:
        ip = ipaddress.ip_address(address.strip("[]"))
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address) and (ip not in _GLOBAL_UNICAST or ip.scope_id):
        return False  # loopback, mapped, link-local, unique local, multicast and whatever comes
    if any(ip.version == net.version and ip in net for net in _INSIDE):
        return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)


class _PublicResolver(AbstractResolver):
    """Resolves names to public addresses only; those in `trusted` to any. aiohttp connects to what it returns."""

    def __init__(self, trusted: frozenset[str]) -> None:
        self._trusted = trusted
        self._system = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        found = await self._system.resolve(host, port, family)
        if _plain_host(host) in self._trusted:
            return found
        public = [result for result in found if is_public(result["host"])]
        if not public:
            raise _Private(host)
        return public

    async def close(self) -> None:
        await self._system.close()


class _Private(OSError):
    """A name that leads to a private network."""


class Fetcher:
    """A session for many requests. `allow_hosts` names hosts and addresses that may be private.

    `proxy` is an http(s) URL; anything else raises `BadInput`. `timeout` is in seconds, for everything a page takes.
    """

    def __init__(
        self, proxy: str | None = None, allow_hosts: frozenset[str] = frozenset(), *, timeout: float = TIMEOUT
    ) -> None:
        try:
            self._proxy = URL(proxy) if proxy else None
        except ValueError:
            raise BadInput("proxy-not-address") from None
        if self._proxy and (self._proxy.scheme not in ("http", "https") or not self._proxy.host):
            raise BadInput("proxy-not-http")
        self._timeout = timeout
        self._trusted = frozenset(map(_plain_host, allow_hosts))
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        # With a proxy the only name this session connects to is the operator's own proxy.
        resolver = ThreadedResolver() if self._proxy else _PublicResolver(self._trusted)
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(resolver=resolver, limit=CONNECTIONS, limit_per_host=CONNECTIONS_A_HOST),
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

    async def get(self, url: str, *, etag: str | None = None, last_modified: str | None = None) -> Page:
        """The page at `url`, redirects followed; `etag` and `last_modified` are those it had when last seen.

        Raises `Unreachable` for everything that goes wrong, `ServerRefused` when the server answered that it will not.
        """
        where, moved = _address(url), None
        marks = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        headers = {name: value for name, value in marks.items() if value}
        for_good = True  # so far, every redirect said that it is permanent
        async with _translated(where, self._timeout), asyncio.timeout(self._timeout):
            for _ in range(MOST_REDIRECTS + 1):
                await self._judge(where)
                answer = await self._request(where, headers)
                if isinstance(answer, Page):
                    return replace(answer, moved=moved)
                where, permanent = answer
                for_good = for_good and permanent
                moved = str(where) if for_good else moved
        raise Unreachable("too-many-redirects", host=_host(where), most=MOST_REDIRECTS)

    async def _judge(self, url: URL) -> None:
        """Refuses what the resolver will not get to see: addresses written as numbers, and names behind a proxy."""
        host = _plain_host(url.host or "")
        if host in self._trusted:
            return
        local = host == "localhost" or host.endswith((".localhost", ".local", ".internal"))
        if local or (_is_literal(host) and not is_public(host)):
            raise _Private(host)
        if self._proxy:
            try:
                found = await ThreadedResolver().resolve(host, url.port or 0, socket.AF_UNSPEC)
            except OSError:
                return  # only the proxy knows this name
            if not all(is_public(result["host"]) for result in found):
                raise _Private(host)

    async def _request(self, url: URL, headers: dict[str, str]) -> Page | tuple[URL, bool]:
        """One request: the page, or where it says to go and whether for good."""
        if self._session is None:
            raise RuntimeError("use the Fetcher with `async with`")
        async with self._session.get(url, allow_redirects=False, proxy=self._proxy, headers=headers) as response:
            said = response.headers
            if response.status in _REDIRECTS and (target := said.get("Location")):
                return _address(target, url), response.status in _PERMANENT
            found = Page(
                str(url.with_user(None)),
                b"",
                said.get("Content-Type", "").split(";")[0].strip().lower(),
                etag=_mark(said.get("ETag")),
                last_modified=_mark(said.get("Last-Modified")),
                fresh=_fresh(said.get("Cache-Control", "")),
            )
            if response.status == 304 and headers:
                return replace(found, unchanged=True)
            if response.status >= 300:
                wait = wait_asked(said.get("Retry-After", ""), datetime.now(UTC))
                raise ServerRefused("server-refused", host=_host(url), status=response.status, wait=wait)
            kind = found.content_type
            if kind and not (kind.startswith(_READABLE) or kind.endswith("+xml")):
                raise Unreachable("answer-not-text", host=_host(url), kind=kind[:_QUOTED])
            return replace(found, data=await _bounded(response))


def wait_asked(said: str, now: datetime) -> timedelta | None:
    """The wait a Retry-After asks for, as seconds or as a date (RFC 9110, 10.2.3); at most a week. Never raises."""
    said = said.strip()
    try:
        if re.fullmatch("[0-9]{1,12}", said):
            wait = timedelta(seconds=int(said))
        else:
            when = parsedate_to_datetime(said)
            wait = (when if when.tzinfo else when.replace(tzinfo=UTC)) - now
    except (ValueError, TypeError, IndexError, OverflowError):
        return LONGEST_WAIT if re.fullmatch("[0-9]+", said) else None
    return min(wait, LONGEST_WAIT) if wait > timedelta() else None


def _fresh(said: str) -> timedelta:
    """How long a Cache-Control calls its answer fresh; no time when it does not say."""
    found = _MAX_AGE.search(said)
    return timedelta(seconds=min(int(found[1]), int(LONGEST_WAIT.total_seconds()))) if found else timedelta()


def _mark(value: str | None) -> str | None:
    """An ETag or a date as it can be sent back, or None."""
    usable = value and len(value) <= _LONGEST_MARK and value.isprintable() and value.isascii()
    return value if usable else None


async def _bounded(response: aiohttp.ClientResponse) -> bytes:
    """The body, decompressed; stops reading at the first byte too many."""
    pieces, size = [], 0
    async for piece in response.content.iter_chunked(_CHUNK):
        size += len(piece)
        if size > LARGEST:
            raise Unreachable("answer-too-long", host=_host(response.url), megabytes=LARGEST // 1_000_000)
        pieces.append(piece)
    return b"".join(pieces)


def web_address(url: str) -> str:
    """An address in the one spelling it is asked for in. Raises `Unreachable` when it is not a web address."""
    return str(_address(url))


def _address(url: str, base: URL | None = None) -> URL:
    """`url`, seen from `base`, as an http(s) address with a host."""
    try:
        found = base.join(URL(url)) if base else URL(url.strip())
        valid = found.scheme in ("http", "https") and bool(found.host) and found.port is not None
    except ValueError:
        valid = False
    if not valid:
        raise Unreachable("redirect-to-no-address", host=_host(base)) if base else Unreachable("not-web-address")
    return found.with_fragment(None)


def _host(url: URL) -> str:
    """The host as an error names it."""
    return (url.host or "")[:_LONGEST_HOST]


def _plain_host(host: str) -> str:
    return host.strip("[]").rstrip(".").lower()


def _is_literal(host: str) -> bool:
    """Whether the system would read `host` as an IPv4 or IPv6 address: also 127.1, 0x7f.1 and 2130706433."""
    try:
        socket.inet_aton(host)
    except OSError:
        return ":" in host
    return True


def _causes(error: BaseException) -> Iterable[BaseException]:
    seen: list[BaseException] = []
    found: BaseException | None = error
    while found is not None and found not in seen:
        seen.append(found)
        found = getattr(found, "os_error", None) or found.__cause__ or found.__context__
    return seen


@asynccontextmanager
async def _translated(url: URL, timeout: float) -> AsyncIterator[None]:
    """Turns everything a request may raise into `Unreachable`, without its message, which may hold secrets."""
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
        return Unreachable("private-network", host=str(private)[:_LONGEST_HOST])
    if isinstance(error, aiohttp.ClientProxyConnectionError | aiohttp.ClientHttpProxyError):
        return Unreachable("proxy-not-connecting", host=host)
    if isinstance(error, aiohttp.ClientSSLError):
        return Unreachable("bad-certificate", host=host)
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return Unreachable("host-not-found", host=host)
    if isinstance(error, aiohttp.ClientConnectorError):
        return Unreachable("connection-refused", host=host)
    if isinstance(error, aiohttp.ServerDisconnectedError | aiohttp.ClientOSError):
        return Unreachable("connection-closed", host=host)
    return Unreachable("answer-unreadable", host=host)
