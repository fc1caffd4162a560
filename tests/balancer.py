"""A load balancer in front of several receivers: each post goes to the next one that answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer


class Balancer:
    """Forwards each post, headers and body, to the next of these addresses; one that does not answer is skipped.

    `forwarded` holds the address that answered each post.
    """

    def __init__(self, *targets: str) -> None:
        self._targets: Sequence[str] = targets
        self._next = 0
        self.forwarded: list[str] = []
        app = web.Application()
        app.router.add_post("/{path:.*}", self._forward)
        self._server = TestServer(app)

    @property
    def url(self) -> str:
        return str(self._server.make_url("/hook"))

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession()
        await self._server.start_server()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._server.close()
        await self._session.close()

    async def _forward(self, request: web.Request) -> web.Response:
        body = await request.read()
        for _ in self._targets:
            target = self._targets[self._next % len(self._targets)]
            self._next += 1
            try:
                async with self._session.post(target, data=body, headers=_passed_on(request)) as response:
                    self.forwarded.append(target)
                    return web.Response(status=response.status)
            except aiohttp.ClientError:
                continue
        return web.Response(status=502)


def _passed_on(request: web.Request) -> dict[str, str]:
    return {name: value for name, value in request.headers.items() if name.startswith("X-") or name == "Content-Type"}
