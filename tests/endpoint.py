"""A chat-completions endpoint on this machine that answers as a test orders."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any, Self

from aiohttp import web
from aiohttp.test_utils import TestServer

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def says(content: Any, **more: Any) -> Handler:
    """Answer with this content; anything but text is sent as JSON. `more` are further fields of the choice."""
    text = content if isinstance(content, str) else json.dumps(content)
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"} | more

    async def handler(_: web.Request) -> web.StreamResponse:
        return web.json_response({"object": "chat.completion", "choices": [choice]})

    return handler


def answers(status: int = 200, body: bytes | str = b"", **headers: str) -> Handler:
    """Answer with these bytes."""

    async def handler(_: web.Request) -> web.StreamResponse:
        data = body.encode() if isinstance(body, str) else body
        return web.Response(status=status, body=data, headers={k.replace("_", "-"): v for k, v in headers.items()})

    return handler


async def endless(request: web.Request) -> web.StreamResponse:
    """Answer with a body that goes on until the other side closes the connection."""
    response = web.StreamResponse()
    await response.prepare(request)
    while True:
        await response.write(b" " * 65_536)


async def silent(_: web.Request) -> web.StreamResponse:
    """Never answer."""
    await asyncio.Event().wait()
    raise AssertionError("the event is never set")


async def hangs_up(request: web.Request) -> web.StreamResponse:
    """Close the connection before answering."""
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


class Endpoint:
    """The endpoint. `requests` holds address, headers and JSON of each call."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, dict[str, str], Any]] = []
        self.at_once = self.most_at_once = 0
        self._handlers: list[Handler] = [answers(500)]
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._handle)
        self._server = TestServer(app)

    @property
    def url(self) -> str:
        return str(self._server.make_url("/v1"))

    def tell(self, *handlers: Handler) -> None:
        """Answer from now on by these handlers: one for each call, the last one again and again."""
        self._handlers = list(handlers)

    async def __aenter__(self) -> Self:
        await self._server.start_server()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._server.close()

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        self.requests.append((str(request.url), dict(request.headers), await request.json()))
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            handler = self._handlers.pop(0) if len(self._handlers) > 1 else self._handlers[0]
            return await handler(request)
        finally:
            self.at_once -= 1
