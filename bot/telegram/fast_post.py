"""Sends one POST on a kept-alive connection and reads its answer, by the shortest way through aiohttp.

aiohttp's connector opens, secures and keeps the connection, and its parser reads the answer; between them the request
is written as bytes made beforehand. The rest that a `ClientSession` does for each request (cookies, redirects, headers
joined and checked again, half a dozen objects) takes three fifths of its time, and we need none of it.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import aiohttp
from yarl import URL

LARGEST_ANSWER = 16 * 1024 * 1024
"""Bytes; a hundred updates are far smaller."""

CONNECTIONS_TRIED = 3
"""Kept-alive connections tried for one request; one on which bytes came unasked is closed and the next is tried."""

_OUR_HEADERS = ("Accept", "Accept-Encoding", "User-Agent", "Content-Length")
"""Headers that aiohttp must not add: we write those we need ourselves."""


class AnswerTooLarge(aiohttp.ClientPayloadError):
    """An answer is larger than LARGEST_ANSWER."""


@dataclass(frozen=True, slots=True)
class Target:
    """An address to post to: the request as aiohttp's connector reads it, and the head up to the body's length."""

    request: aiohttp.ClientRequest = field(repr=False)  # both hold the token
    head: bytes = field(repr=False)


def target(url: str, headers: dict[str, str]) -> Target:
    """Return a target for many requests. Raises aiohttp.InvalidURL if `url` is not an HTTP address."""
    try:
        address = URL(url)
    except ValueError:
        raise aiohttp.InvalidURL(url) from None
    if address.scheme not in ("http", "https"):
        raise aiohttp.InvalidURL(url)
    loop = asyncio.get_running_loop()
    request = aiohttp.ClientRequest("POST", address, headers=headers, skip_auto_headers=_OUR_HEADERS, loop=loop)
    lines = [f"POST {address.raw_path_qs} HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in request.headers.items() if name != "Content-Length"]
    return Target(request, ("\r\n".join(lines) + "\r\nContent-Length: ").encode())


async def exchange(
    connector: aiohttp.BaseConnector, to: Target, body: bytes, timeout: aiohttp.ClientTimeout
) -> tuple[int, bytes, str | None]:
    """Post a body; return status, body and `Date` header of the answer.

    `timeout.connect` limits getting a connection, `total` all.
    Raises what aiohttp raises; ConnectionTimeoutError means that nothing was sent.
    """
    async with asyncio.timeout(timeout.total):
        try:
            for _ in range(CONNECTIONS_TRIED):
                connection = await connector.connect(to.request, [], timeout)
                if connection.protocol is None or not connection.protocol.should_close:
                    break
                connection.close()  # bytes came on it before we sent any: they are no answer to this request
            else:
                raise aiohttp.ConnectionTimeoutError
        except TimeoutError:
            raise aiohttp.ConnectionTimeoutError from None
        try:
            answer = await _send(connection, b"%b%d\r\n\r\n%b" % (to.head, len(body), body))
        except BaseException:
            connection.close()  # the rest of the answer may still come on it
            raise
        connection.release()
        return answer


async def _send(connection: aiohttp.connector.Connection, request: bytes) -> tuple[int, bytes, str | None]:
    protocol, transport = connection.protocol, connection.transport
    if protocol is None or transport is None:  # cannot be: the connection was open just before, without a pause
        raise aiohttp.ServerDisconnectedError
    protocol.set_response_params(read_until_eof=True)
    transport.write(request)
    while True:
        message, content = await protocol.read()
        if message.code >= 200 or message.code == 101:
            return message.code, await read_bounded(content), message.headers.get("Date")


async def read_bounded(content: aiohttp.StreamReader) -> bytes:
    """Return the whole body. Raises AnswerTooLarge."""
    body = bytearray()
    while chunk := await content.readany():
        body += chunk
        if len(body) > LARGEST_ANSWER:
            raise AnswerTooLarge
    return bytes(body)
