"""A Bot API that does nothing but answer, after a fixed delay: fast enough to be nobody's bottleneck."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import subprocess
import sys
from collections.abc import Iterator

MESSAGE = b'{"ok":true,"result":{"message_id":1,"date":1,"chat":{"id":1,"type":"private"},"text":"x"}}'
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
ME = b'{"ok":true,"result":{"id":1,"is_bot":true,"first_name":"B","username":"b_bot"}}'


class _Connection(asyncio.Protocol):
    def __init__(self, delay: float) -> None:
        self._delay = delay
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._loop = asyncio.get_running_loop()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while True:
            head, found, rest = self._buffer.partition(b"\r\n\r\n")
            if not found:
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
            body = ME if b"/getMe" in head.split(b"\r\n", 1)[0] else MESSAGE
            answer = (
                b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body) + body
            )
            self._loop.call_later(self._delay, self._transport.write, answer)  # type: ignore[attr-defined] # a socket's


async def _serve(port: int, delay: float) -> None:
    server = await asyncio.get_running_loop().create_server(lambda: _Connection(delay), "127.0.0.1", port, backlog=4096)
    print("ready", flush=True)
    await server.serve_forever()


@contextlib.contextmanager
def stub(delay: float) -> Iterator[str]:
    """The address of a stub in a process of its own that answers after `delay` seconds."""
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


if __name__ == "__main__":
    try:
        import uvloop

        run = uvloop.run
    except ImportError:  # an optional speed-up
        run = asyncio.run
    run(_serve(int(sys.argv[1]), float(sys.argv[2])))
