"""A SOCKS5 proxy (RFC 1928, 1929) that a test orders to refuse, to break off, or to know names of its own.

It is ours because no proxy from the package index resolves invented names, answers with every code, or stops in the
middle.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

ALLOWED, NOT_ALLOWED_BY_RULES, HOST_UNREACHABLE, CONNECTION_REFUSED = 0, 2, 4, 5
NO_PASSWORD, PASSWORD, NOTHING_ACCEPTABLE = 0, 2, 0xFF


@dataclass
class Socks:
    """A running proxy. `names` are the only ones it knows; `code` answers every request to connect."""

    names: Mapping[str, tuple[str, int]]
    user: tuple[str, str] | None = None
    code: int = ALLOWED
    breaks_off: bool = False
    """Close the connection instead of answering a request to connect."""

    port: int = 0
    asked: list[tuple[str, int]] = field(default_factory=list)
    """Host, as it was sent, and port of each request to connect."""

    connections: set[asyncio.Task[None]] = field(default_factory=set)

    def url(self, user: str = "") -> str:
        """Return its address; `user` is a user and a password, as `me:secret`."""
        return f"socks5://{user}{'@' if user else ''}127.0.0.1:{self.port}"

    async def hang_up(self) -> None:
        """Close every connection."""
        tasks = tuple(self.connections)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            if await self._lets_in(reader, writer):
                await self._connect(reader, writer)
        writer.close()

    async def _lets_in(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        _, count = await reader.readexactly(2)
        methods = await reader.readexactly(count)
        wanted = PASSWORD if self.user else NO_PASSWORD
        if wanted not in methods:
            writer.write(bytes((5, NOTHING_ACCEPTABLE)))
            return False
        writer.write(bytes((5, wanted)))
        if self.user is None:
            return True
        await reader.readexactly(1)
        user, password = [(await reader.readexactly((await reader.readexactly(1))[0])).decode() for _ in range(2)]
        is_right = (user, password) == self.user
        writer.write(bytes((1, not is_right)))
        return is_right

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        kind = (await reader.readexactly(4))[3]
        if kind == 3:
            host = (await reader.readexactly((await reader.readexactly(1))[0])).decode()
        else:
            host = ".".join(map(str, await reader.readexactly(4)))
        port = int.from_bytes(await reader.readexactly(2), "big")
        self.asked.append((host, port))
        if self.breaks_off:
            return
        code = self.code if host in self.names else self.code or HOST_UNREACHABLE
        writer.write(bytes((5, code, 0, 1, 0, 0, 0, 0, 0, 0)))
        if code == ALLOWED:
            await self.carry(host, reader, writer)

    async def carry(self, name: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry bytes both ways between a connection and the place that a name leads to, until both sides end."""
        there_reader, there_writer = await asyncio.open_connection(*self.names[name])
        try:
            await asyncio.gather(_carry(reader, there_writer), _carry(there_reader, writer))
        finally:
            there_writer.close()


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
    writer.close()


@asynccontextmanager
async def socks(
    names: Mapping[str, tuple[str, int]], user: tuple[str, str] | None = None, port: int = 0
) -> AsyncIterator[Socks]:
    """Run a proxy until the block ends. `names`: name → the host and port that it leads to, whatever port is asked.

    A `port` of 0 is any free one.
    """
    proxy = Socks(names, user)

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        proxy.connections.add(task)
        try:
            await proxy.handle(reader, writer)
        except asyncio.CancelledError:  # `hang_up`; asyncio would log a cancelled handler as an error
            writer.close()
        finally:
            proxy.connections.discard(task)

    server = await asyncio.start_server(handle, "127.0.0.1", port)
    proxy.port = server.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        server.close()
        await proxy.hang_up()
