"""One POST and its answer on a kept connection, by the shortest way through aiohttp.

aiohttp's connector finds, secures and keeps the connection, its parser reads the answer; between them the request is
written as bytes made beforehand. What a `ClientSession` does for each request besides (cookies, redirects, headers
joined and checked anew, half a dozen objects) is three fifths of what it costs, and nothing of it is wanted here.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import aiohttp
from yarl import URL

LARGEST_ANSWER = 16 * 1024 * 1024
"""Bytes; a hundred updates are far smaller."""

CONNECTIONS_TRIED = 3

_OURS_TO_SAY = ("Accept", "Accept-Encoding", "User-Agent", "Content-Length")


class Endless(aiohttp.ClientPayloadError):
    """An answer larger than any can be."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where to: what aiohttp's connector wants to know of a request, and its head up to the body's length."""

    request: aiohttp.ClientRequest = field(repr=False)  # both hold the token
    head: bytes = field(repr=False)


def target(url: str, headers: dict[str, str]) -> Target:
    """A target for many requests. Raise aiohttp.InvalidURL for what no HTTP address is."""
    try:
        address = URL(url)
    except ValueError:
        raise aiohttp.InvalidURL(url) from None
    if address.scheme not in ("http", "https"):
        raise aiohttp.InvalidURL(url)
    loop = asyncio.get_running_loop()
    request = aiohttp.ClientRequest("POST", address, headers=headers, skip_auto_headers=_OURS_TO_SAY, loop=loop)
    lines = [f"POST {address.raw_path_qs} HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in request.headers.items() if name != "Content-Length"]
    return Target(request, ("\r\n".join(lines) + "\r\nContent-Length: ").encode())


async def exchange(
    connector: aiohttp.BaseConnector, to: Target, body: bytes, timeout: aiohttp.ClientTimeout
) -> tuple[int, bytes]:
    """Status and body of the answer. Raise what aiohttp raises, ConnectionTimeoutError when nothing was sent in time.

    `timeout.connect` holds for getting a connection, `timeout.total` for all of it, in seconds.
    """
    async with asyncio.timeout(timeout.total):
        try:
            for _ in range(CONNECTIONS_TRIED):
                connection = await connector.connect(to.request, [], timeout)
                if connection.protocol is None or not connection.protocol.should_close:
                    break
                connection.close()  # something came on it before we said a word: no answer of ours
            else:
                raise aiohttp.ConnectionTimeoutError
        except TimeoutError:
            raise aiohttp.ConnectionTimeoutError from None
        try:
            answer = await _say(connection, b"%b%d\r\n\r\n%b" % (to.head, len(body), body))
        except BaseException:
            connection.close()  # nobody knows what else is coming on it
            raise
        connection.release()
        return answer


async def _say(connection: aiohttp.connector.Connection, request: bytes) -> tuple[int, bytes]:
    protocol, transport = connection.protocol, connection.transport
    if protocol is None or transport is None:  # lost between two lines of ours: it cannot be
        raise aiohttp.ServerDisconnectedError
    protocol.set_response_params(read_until_eof=True)
    transport.write(request)
    while True:
        message, content = await protocol.read()
        if message.code >= 200 or message.code == 101:
            return message.code, await bounded(content)


async def bounded(content: aiohttp.StreamReader) -> bytes:
    """All of it, or Endless."""
    body = bytearray()
    while chunk := await content.readany():
        body += chunk
        if len(body) > LARGEST_ANSWER:
            raise Endless
    return bytes(body)
