"""Runs the program in a process of its own, as an operator starts it, and reads its output line by line."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path


class Program:
    """A running `briefings`. `output` is all that it has printed so far, on both streams."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.output = ""

    async def says(self, words: str, timeout: float = 30) -> None:
        """Wait until these words have been printed."""
        async with asyncio.timeout(timeout):
            while words not in self.output:
                line = await self._stream.readline()
                assert line, f"it ended without saying {words!r}:\n{self.output}"
                self.output += line.decode()

    async def ends(self, timeout: float = 30) -> int:
        """Wait until the process ends; return its exit status."""
        async with asyncio.timeout(timeout):
            self.output += (await self._stream.read()).decode()
            return await self.process.wait()

    def check_output(self, *secrets: str) -> None:
        """Check that no traceback and none of these secrets was printed."""
        assert "Traceback" not in self.output
        for secret in secrets:
            assert secret not in self.output

    @property
    def _stream(self) -> asyncio.StreamReader:
        assert self.process.stdout is not None
        return self.process.stdout


def free_port() -> int:
    """Return a port of this machine that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def program(*arguments: str, cwd: Path, within: Sequence[str] = (), **environment: str) -> AsyncIterator[Program]:
    """Run `briefings` with these arguments and settings; it is killed when the block ends.

    `within` goes before the command, to run it on another host.
    """
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("BRIEFINGS_", "TELEGRAM_"))}
    process = await asyncio.create_subprocess_exec(
        *within,
        sys.executable,
        "-W",
        "ignore::DeprecationWarning",
        "-m",
        "bot",
        *arguments,
        cwd=cwd,
        env={**clean, "PYTHONUNBUFFERED": "1", "TELEGRAM_LISTEN": "off", **environment},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        yield Program(process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        process._transport.close()  # type: ignore[attr-defined] # asyncio leaves it to the collector, too late for us


async def briefings(*arguments: str, cwd: Path, **environment: str) -> tuple[int, str]:
    """Run a verb to its end; return its exit status and all that it printed."""
    async with program(*arguments, cwd=cwd, **environment) as running:
        status = await running.ends(60)
        return status, running.output
