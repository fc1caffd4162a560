"""A small web on this machine: pages that change, forbid, move and misbehave as a story tells."""

from __future__ import annotations

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
    """What stands at each path; `asked` is every request so far."""

    server: TestServer | None = None
    pages: dict[str, Answer] = field(default_factory=dict)
    asked: list[web.Request] = field(default_factory=list)

    def url(self, path: str) -> str:
        assert self.server
        return str(self.server.make_url(path))

    def puts(self, path: str, body: str | bytes, kind: str = RSS, status: int = 200, **headers: str) -> str:
        """From now on this stands there; a header's name is written with underscores."""
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

    def paths(self) -> list[str]:
        return [request.path for request in self.asked]


@asynccontextmanager
async def website() -> AsyncIterator[Website]:
    site = Website()

    async def answer(request: web.Request) -> web.StreamResponse:
        site.asked.append(request)
        found = site.pages.get(request.path)
        return found(request) if found else web.Response(status=404)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    async with TestServer(app) as site.server:
        yield site


def rss(*numbers: int, title: str = "Sample Wire", newest: datetime | None = None, gap: float = 1.0) -> str:
    """A feed with these reports, newest first, so many hours apart."""
    slug = title.replace(" ", "-")
    items = "".join(
        f"<item><title>Harbour {number} opens its new pier</title><link>https://example.org/{slug}/{number}</link>"
        f"<description>Harbour number {number} opened its new pier on Tuesday, the port authority said.</description>"
        + (f"<pubDate>{format_datetime(newest - place * timedelta(hours=gap))}</pubDate>" if newest else "")
        + "</item>"
        for place, number in enumerate(numbers)
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>{escape(title)}</title>{items}</channel></rss>'


def page(title: str = "Port authority opens a new pier", head: str = "", text: str = "") -> str:
    """A web page with a readable article."""
    text = text or "The port authority opened a new pier for frigates on Tuesday and named it after its builder. " * 4
    return f"<html lang=en><head><title>{title}</title>{head}</head><body><article><h1>{title}</h1><p>{text}</p></article></body></html>"


NOON = datetime(2025, 12, 4, 12, tzinfo=UTC)
