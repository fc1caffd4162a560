"""The chat page: a reader's phone in the browser, for `briefings try`.

**Promise**: serves one file that loads nothing from outside, and three small calls for it. A post must be JSON (against
other sites' forms); the server refuses what another site's page sends before it comes here.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from pathlib import Path
from typing import Any

from aiohttp import web

from bot.simulator.chats import Chat, Json, Sent, seconds
from bot.simulator.state import State

READER = 1001  # the chat the page opens with
_LONGEST_WAIT = 25  # seconds
_LONGEST_TEXT = 4096
_HTML = Path(__file__).with_name("chat.html")
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; "
    "connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


class Page:
    """The routes of the page. `closing`, once set, ends the requests that wait."""

    def __init__(self, state: State, closing: asyncio.Event) -> None:
        self.state = state
        self.closing = closing

    def add_to(self, app: web.Application) -> None:
        app.router.add_get("/", self._page)
        app.router.add_get("/page/events", self._events)
        app.router.add_post("/page/say", self._say)
        app.router.add_post("/page/press", self._press)

    async def _page(self, request: web.Request) -> web.Response:
        text = await asyncio.to_thread(_HTML.read_text, encoding="utf-8")
        return web.Response(text=text, content_type="text/html", headers=_HEADERS)

    async def _events(self, request: web.Request) -> web.Response:
        """Answer with the whole chat as soon as it differs from what the page shows, after a while in any case."""
        chat, seen = self._chat(request.query.get("chat")), request.query.get("seen", "")
        with contextlib.suppress(TimeoutError):
            await self.state.wait_for(lambda s: self.closing.is_set() or str(s.version) != seen, _LONGEST_WAIT)
        return web.json_response(self._shown(chat), headers=_HEADERS)

    async def _say(self, request: web.Request) -> web.Response:
        body = await _posted(request)
        text = body.get("text")
        if not isinstance(text, str) or not 1 <= len(text.strip()) <= _LONGEST_TEXT:
            raise web.HTTPBadRequest(text=f"text must be 1 to {_LONGEST_TEXT} characters")
        return web.json_response({"message": self.state.say(self._chat(body.get("chat")).id, text)})

    async def _press(self, request: web.Request) -> web.Response:
        body = await _posted(request)
        chat, data = self._chat(body.get("chat")), body.get("data")
        message = chat.messages.get(body["message"]) if isinstance(body.get("message"), int) else None
        if not message or not any(data == button_data for row in message.buttons for _, button_data in row):
            raise web.HTTPBadRequest(text="no such button")
        return web.json_response({"query": self.state.press(chat.id, message.message_id, str(data))})

    def _chat(self, number: Any) -> Chat:
        """Return the reader's chat, opened when it is first named."""
        if not str(number).isascii() or not str(number).isdigit() or not 0 < len(str(number)) < 16:
            raise web.HTTPBadRequest(text="chat must be a reader's number")
        chat_id = int(number)
        return self.state.chats.get(chat_id) or self.state.person(chat_id)

    def _shown(self, chat: Chat) -> Json:
        notices = [press for press in self.state.presses.values() if press.chat_id == chat.id and press.text]
        return {
            "version": str(self.state.version),
            "bot": self.state.me["first_name"],
            "typing": chat.typing_until > time.monotonic(),
            "messages": [_bubble(message) for message in chat.messages.values() if not message.deleted],
            "commands": self.state.menu(chat),
            "notices": [{"id": press.id, "text": press.text} for press in notices[-1:]],
        }


def _bubble(message: Sent) -> Json:
    return {
        "id": message.message_id,
        "mine": not message.method,
        "at": seconds(message.at),
        "edited": message.edited > 0,
        "text": message.text,
        "entities": [entity.as_json() for entity in message.entities],
        "buttons": [[{"text": b["text"], "data": b.get("callback_data"), "url": b.get("url")} for b in row]
                    for row in (message.markup or {}).get("inline_keyboard", [])],
        "file": message.file_name,
    }  # fmt: skip


async def _posted(request: web.Request) -> Json:
    if request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType(text="JSON, please")
    try:
        body = json.loads(await request.text())
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise web.HTTPBadRequest(text="a JSON object, please")
    return body
