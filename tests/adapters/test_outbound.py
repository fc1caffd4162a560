"""Sessions through a proxy: what it resolves, and how each of its refusals is told from those of the host behind it."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from program import free_port
from socks import CONNECTION_REFUSED, NOT_ALLOWED_BY_RULES, Socks, socks

from briefings.adapters.outbound import session_options
from briefings.adapters.proxy_trouble import ProxyTrouble
from briefings.errors import BadInput

HOST = "only-the-proxy-knows.example"
NOT_CONNECTING = f"proxy-not-connecting (host={HOST})"


@pytest.fixture
async def site() -> AsyncIterator[TestServer]:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(text=f"{request.host}{request.path}")

    async def endless(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await asyncio.Event().wait()
        return response

    app = web.Application()
    app.router.add_get("/endless", endless)
    app.router.add_get("/{path:.*}", answer)
    async with TestServer(app) as running:
        yield running


@pytest.fixture
async def proxy(site: TestServer) -> AsyncIterator[Socks]:
    assert site.port
    async with socks({HOST: ("127.0.0.1", site.port)}) as running:
        yield running


async def get(url: str, proxy: str, **options: Any) -> tuple[int, str]:
    async with (
        aiohttp.ClientSession(**session_options(proxy, **options), timeout=aiohttp.ClientTimeout(total=10)) as session,
        session.get(url) as response,
    ):
        return response.status, await response.text()


async def trouble(url: str, proxy: str) -> str:
    """Return the problem of a request that the proxy does not let through. It must not show the password."""
    with pytest.raises(ProxyTrouble) as caught:
        await get(url, proxy)
    shown = repr(caught.value) + str(caught.value) + str(caught.value.problem)
    assert "sesame" not in shown
    return str(caught.value.problem)


# SOCKS5


async def test_a_socks_proxy_resolves_the_names(proxy: Socks) -> None:
    assert await get(f"http://{HOST}/a", proxy.url()) == (200, f"{HOST}/a")
    assert proxy.asked == [(HOST, 80)]


async def test_a_socks_proxy_is_given_the_user_and_the_password_of_its_address(proxy: Socks) -> None:
    proxy.user = ("me", "s@same: 1")
    assert await get(f"http://{HOST}/a", proxy.url("me:s%40same%3A%201")) == (200, f"{HOST}/a")


@pytest.mark.parametrize("user", ["me:sesame", ""], ids=["wrong", "none"])
async def test_a_socks_proxy_that_wants_another_password_is_named(proxy: Socks, user: str) -> None:
    proxy.user = ("me", "another")
    assert await trouble(f"http://{HOST}/", proxy.url(user)) == "proxy-password-refused"


@pytest.mark.parametrize("code", [1, NOT_ALLOWED_BY_RULES, CONNECTION_REFUSED, 8, 99])
async def test_a_socks_proxy_that_does_not_connect_is_named(proxy: Socks, code: int) -> None:
    proxy.code = code
    assert await trouble(f"http://{HOST}/", proxy.url("me:sesame")) == NOT_CONNECTING


async def test_a_socks_proxy_that_breaks_off_is_named(proxy: Socks) -> None:
    proxy.breaks_off = True
    assert await trouble(f"https://{HOST}/", proxy.url()) == NOT_CONNECTING


async def test_plain_http_at_an_https_address_behind_a_socks_proxy_is_a_bad_certificate(proxy: Socks) -> None:
    with pytest.raises(aiohttp.ClientSSLError):
        await get(f"https://{HOST}/", proxy.url())


@pytest.mark.skipif(not hasattr(socket, "TCP_USER_TIMEOUT"), reason="the system has no such limit")
async def test_unconfirmed_bytes_are_given_up_on_through_a_socks_proxy_too(proxy: Socks) -> None:
    options = session_options(proxy.url(), give_up_after=7)
    async with aiohttp.ClientSession(**options) as session, session.get(f"http://{HOST}/endless") as response:
        assert response.connection
        assert response.connection.transport
        connection = response.connection.transport.get_extra_info("socket")
        assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 7000


# HTTP


@asynccontextmanager
async def answering(answer: bytes) -> AsyncIterator[str]:
    """Run an HTTP proxy that answers every request with these bytes and closes; gives its address, with a password."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        writer.close()

    async with await asyncio.start_server(handle, "127.0.0.1", 0) as server:
        yield f"http://me:sesame@127.0.0.1:{server.sockets[0].getsockname()[1]}"


EMPTY = b"\r\nContent-Length: 0\r\n\r\n"
REFUSALS = {
    "password-encrypted": ("https", b"HTTP/1.1 407 Proxy Authentication Required" + EMPTY, "proxy-password-refused"),
    "password-plain": ("http", b"HTTP/1.1 407 Proxy Authentication Required" + EMPTY, "proxy-password-refused"),
    "forbidden": ("https", b"HTTP/1.1 403 Forbidden" + EMPTY, NOT_CONNECTING),
    "bad-gateway": ("https", b"HTTP/1.1 502 Bad Gateway" + EMPTY, NOT_CONNECTING),
    "closed": ("https", b"", NOT_CONNECTING),
    "no-http": ("https", b"SSH-2.0-OpenSSH_9.6\r\n", NOT_CONNECTING),
}


@pytest.mark.parametrize(("scheme", "answer", "problem"), REFUSALS.values(), ids=REFUSALS.keys())
async def test_an_http_proxy_that_does_not_connect_is_named(scheme: str, answer: bytes, problem: str) -> None:
    async with answering(answer) as proxy:
        assert await trouble(f"{scheme}://{HOST}/", proxy) == problem


async def test_an_http_proxy_is_given_the_user_and_the_password_of_its_address() -> None:
    async def forward(request: web.Request) -> web.Response:
        return web.Response(text=request.headers["Proxy-Authorization"])

    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", forward)
    async with TestServer(app) as server:
        assert server.port
        basic = aiohttp.encode_basic_auth("me", "s@same")
        assert await get(f"http://{HOST}/", f"http://me:s%40same@127.0.0.1:{server.port}") == (200, basic)


# Both


@pytest.mark.parametrize("scheme", ["http", "socks5"])
@pytest.mark.parametrize("encrypted", [False, True], ids=["plain", "encrypted"])
async def test_a_dead_proxy_is_named(scheme: str, encrypted: bool) -> None:
    url = f"{'https' if encrypted else 'http'}://{HOST}/"
    assert await trouble(url, f"{scheme}://me:sesame@127.0.0.1:{free_port()}") == "proxy-not-reached"


@pytest.mark.parametrize("scheme", ["http", "socks5"])
async def test_a_proxy_whose_name_cannot_be_found_is_named(scheme: str) -> None:
    assert await trouble(f"http://{HOST}/", f"{scheme}://nowhere.invalid:1") == "proxy-not-reached"


@pytest.mark.parametrize("proxy", ["socks4://127.0.0.1:1", "nonsense", "http://[::1", "socks5://"])
def test_an_address_that_is_no_proxys_is_refused(proxy: str) -> None:
    with pytest.raises(BadInput, match="proxy-not-address"):
        session_options(proxy)
