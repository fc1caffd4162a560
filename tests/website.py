"""A web site on this machine whose pages change, move and misbehave as a test tells them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from xml.sax.saxutils import escape

from aiohttp import web
from aiohttp.test_utils import TestServer

HERE = frozenset({"127.0.0.1"})
RSS = "application/rss+xml"

Answer = Callable[[web.Request], web.StreamResponse]


@dataclass
class Website:
    """A site with an answer at each path. `asked` has every request so far."""

    server: TestServer | None = None
    pages: dict[str, Answer] = field(default_factory=dict)
    asked: list[web.Request] = field(default_factory=list)
    takes: float = 0  # seconds an answer takes
    at_once: int = 0
    most_at_once: int = 0
    arrived: asyncio.Event = field(default_factory=asyncio.Event)  # a request for the held path has come
    _held: str | None = None
    _open: asyncio.Event = field(default_factory=asyncio.Event)

    def url(self, path: str) -> str:
        assert self.server
        return str(self.server.make_url(path))

    def puts(self, path: str, body: str | bytes, kind: str = RSS, status: int = 200, **headers: str) -> str:
        """Put a body at a path. Names of headers are written with underscores. Return the address."""
        data = body if isinstance(body, bytes) else body.encode()
        named = {name.replace("_", "-"): value for name, value in headers.items()} | {"Content-Type": kind}

        def answer(request: web.Request) -> web.StreamResponse:
            etag = named.get("ETag")
            if etag and request.headers.get("If-None-Match") == etag:
                return web.Response(status=304, headers={"ETag": etag})
            return web.Response(body=data, status=status, headers=named)

        self.pages[path] = answer
        return self.url(path)

    def moves(self, path: str, to: str, status: int) -> str:
        self.pages[path] = lambda _: web.Response(status=status, headers={"Location": to})
        return self.url(path)

    def holds(self, path: str) -> None:
        """Hold back the answers at a path until `goes_on`."""
        self._held = path

    def goes_on(self) -> None:
        self._held = None
        self._open.set()

    async def closes(self) -> int:
        """Stop the server. Return its port, which is free then."""
        assert self.server
        port = self.server.port
        assert port
        await self.server.close()
        return port

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            if request.path == self._held:
                self.arrived.set()
                await self._open.wait()
            await asyncio.sleep(self.takes)
            answer = self.pages.get(request.path)
            return answer(request) if answer else web.Response(status=404)
        finally:
            self.at_once -= 1

    def paths(self) -> list[str]:
        return [request.path for request in self.asked]


@asynccontextmanager
async def website(port: int | None = None) -> AsyncIterator[Website]:
    """Run a site on a free port, or on the given one."""
    site, app = Website(), web.Application()
    app.router.add_route("*", "/{path:.*}", site.answer)
    async with TestServer(app, port=port) as site.server:
        yield site


def rss(*numbers: int, title: str = "Sample Wire", newest: datetime | None = None, gap: float = 1.0) -> str:
    """Return a feed of numbered reports, newest first, `gap` hours apart."""
    slug = title.replace(" ", "-")
    items = "".join(
        f"<item><title>Harbour {number} opens its new pier</title><link>https://example.org/{slug}/{number}</link>"
        f"<description>Harbour number {number} opened its new pier on Tuesday, the port authority said.</description>"
        + (f"<pubDate>{format_datetime(newest - place * timedelta(hours=gap))}</pubDate>" if newest else "")
        + "</item>"
        for place, number in enumerate(numbers)
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>{escape(title)}</title>{items}</channel></rss>'


def demanding(newest: datetime) -> str:
    """Return a feed of 19 MB in good order that takes about 8 s of CPU to read."""
    words = " ".join(f"The port authority of harbour {n} opened pier {n} on Tuesday." for n in range(160))
    return rss(*range(1900), newest=newest).replace("</description>", f" {words}</description>")


def page(title: str = "Port authority opens a new pier", head: str = "", text: str = "") -> str:
    """Return a web page with a readable article."""
    text = text or "The port authority opened a new pier for frigates on Tuesday and named it after its builder. " * 4
    body = f"<article><h1>{title}</h1><p>{text}</p></article>"
    return f"<html lang=en><head><title>{title}</title>{head}</head><body>{body}</body></html>"


NOON = datetime(2025, 12, 4, 12, tzinfo=UTC)
