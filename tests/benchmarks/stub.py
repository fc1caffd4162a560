"""A Bot API that only answers, after a fixed delay, and is fast enough never to be the bottleneck.

It notes when each chat was sent a message. `/ask?20` has people send `/relos` 20 times a second, and `/stats` returns
the messages since the last look. Chats that ask are numbered from ASKERS on; each asks once.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from typing import Any

MESSAGE = b'{"ok":true,"result":{"message_id":1,"date":1,"chat":{"id":1,"type":"private"},"text":"x"}}'
ME = b'{"ok":true,"result":{"id":1,"is_bot":true,"first_name":"B","username":"b_bot"}}'
NO_WEBHOOK = b'{"ok":true,"result":{"url":"","has_custom_certificate":false,"pending_update_count":0}}'
TRUE = b'{"ok":true,"result":true}'
ASKERS = 5_000_000_000
LONGEST_POLL = 1.0

_CHAT = re.compile(rb'"chat_id": ?"?(\d+)')


class _Board:
    """The state that all connections share."""

    def __init__(self, delay: float) -> None:
        self.delay = delay
        self.sends: list[tuple[float, int]] = []
        self.asked: dict[int, float] = {}
        self.questions = 0
        self.answered: list[float] = []
        self.per_second = 0.0
        self.next = 0.0

    def sent(self, body: bytes) -> None:
        """Note a message by its chat."""
        now = time.monotonic()
        match = _CHAT.search(body)
        chat = int(match[1]) if match else 0
        if chat >= ASKERS:
            self.answered.append(now - self.asked.pop(chat, now))
        else:
            self.sends.append((now, chat))

    def updates(self) -> tuple[float, bytes]:
        """Return in how many seconds a poll is to be answered, and the answer."""
        now = time.monotonic()
        if not self.per_second or self.next - now > LONGEST_POLL:
            return LONGEST_POLL, b'{"ok":true,"result":[]}'
        wait = max(0.0, self.next - now)
        chat = ASKERS + self.questions
        self.questions += 1
        self.asked[chat] = now + wait
        self.next = max(self.next, now) + 1 / self.per_second
        person = {"id": chat, "type": "private", "first_name": "R", "is_bot": False}
        command = [{"type": "bot_command", "offset": 0, "length": 6}]
        message = {
            "message_id": 1,
            "date": int(time.time()),
            "chat": person,
            "from": person,
            "text": "/relos",
            "entities": command,
        }
        return wait, json.dumps({"ok": True, "result": [{"update_id": chat - ASKERS + 1, "message": message}]}).encode()

    def ask(self, per_second: float) -> bytes:
        """Have people ask so many questions a second from now on."""
        self.per_second, self.next = per_second, time.monotonic()
        return TRUE

    def stats(self) -> bytes:
        """Return all messages since the last call."""
        stats = {"sends": self.sends, "answers": self.answered, "open": len(self.asked)}
        self.sends, self.answered = [], []
        return json.dumps(stats).encode()


class _Connection(asyncio.Protocol):
    def __init__(self, board: _Board) -> None:
        self._board = board
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._loop = asyncio.get_running_loop()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while True:
            head, end_of_head, rest = self._buffer.partition(b"\r\n\r\n")
            if not end_of_head:
                return
            low = head.lower()
            length = int(low.partition(b"content-length:")[2].split(b"\r\n", 1)[0] or 0)
            if b"transfer-encoding: chunked" in low:
                end = rest.find(b"0\r\n\r\n")
                if end < 0:
                    return
                length = end + 5
            if len(rest) < length:
                return
            self._buffer = rest[length:]
            after, body = self._answer(head.split(b" ", 2)[1], rest[:length])
            answer = (
                b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body) + body
            )
            self._loop.call_later(after, self._write, answer)

    def _write(self, answer: bytes) -> None:
        if not self._transport.is_closing():  # as when the program was killed
            self._transport.write(answer)  # type: ignore[attr-defined] # it is a socket's transport

    def _answer(self, path: bytes, body: bytes) -> tuple[float, bytes]:
        board = self._board
        if path.endswith(b"/sendMessage"):
            board.sent(body)
            return board.delay, MESSAGE
        if path.endswith(b"/getUpdates"):
            return board.updates()
        if path.startswith(b"/ask?"):
            return 0.0, board.ask(float(path[5:]))
        if path == b"/stats":
            return 0.0, board.stats()
        return board.delay, {b"getMe": ME, b"getWebhookInfo": NO_WEBHOOK}.get(path.rpartition(b"/")[2], TRUE)


async def _serve(port: int, delay: float) -> None:
    board = _Board(delay)
    server = await asyncio.get_running_loop().create_server(lambda: _Connection(board), "127.0.0.1", port, backlog=4096)
    print("ready", flush=True)
    await server.serve_forever()


@contextlib.contextmanager
def stub(delay: float) -> Iterator[str]:
    """Run a stub in a process of its own that answers after `delay` seconds; yields its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen([sys.executable, __file__, str(port), str(delay)], stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        process.stdout.readline()
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


def control(url: str, order: str) -> Any:
    """Send an order, `ask?20` or `stats`, to a running stub; return its answer."""
    with urllib.request.urlopen(f"{url}/{order}") as answer:  # noqa: S310 - our own, on loopback
        return json.load(answer)


if __name__ == "__main__":
    try:
        import uvloop

        run = uvloop.run
    except ImportError:  # an optional speed-up
        run = asyncio.run
    run(_serve(int(sys.argv[1]), float(sys.argv[2])))
