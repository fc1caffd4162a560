"""The program in a process of its own, as an operator starts it.

`program` starts a bot from nothing and reads what it prints line by line. `briefings` runs a verb to its end, in a
fork of a process that has the program loaded already (`loaded.py`): loading takes ten times as long as most verbs.
"""

from __future__ import annotations

import asyncio
import atexit
import functools
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

VERB_SECONDS = 60
"""A verb that runs longer is killed, and the test fails."""

_PYTHON = (sys.executable, "-W", "ignore::DeprecationWarning")


class Program:
    """A running `briefings`; `output` is all it has printed so far, both streams."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.output = ""

    async def says(self, words: str, timeout: float = 30) -> None:
        """Read on until these words have been printed."""
        async with asyncio.timeout(timeout):
            while words not in self.output:
                line = await self._stream.readline()
                assert line, f"it ended without saying {words!r}:\n{self.output}"
                self.output += line.decode()

    async def ends(self, timeout: float = 30) -> int:
        """Wait for the end; return the exit status."""
        async with asyncio.timeout(timeout):
            self.output += (await self._stream.read()).decode()
            return await self.process.wait()

    @property
    def _stream(self) -> asyncio.StreamReader:
        assert self.process.stdout is not None
        return self.process.stdout


def free_port() -> int:
    """A port of this machine that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def program(*arguments: str, cwd: Path, within: Sequence[str] = (), **environment: str) -> AsyncIterator[Program]:
    """Run `briefings` with these arguments and settings; killed when the block ends.

    `within` is what the command begins with, to run it on another host.
    """
    process = await asyncio.create_subprocess_exec(
        *within,
        *_PYTHON,
        "-m",
        "bot",
        *arguments,
        cwd=cwd,
        env=_environment(**environment),
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
    """Run a verb to its end. Returns its exit status and all that it printed, both streams.

    Raises TimeoutError when it takes longer than `VERB_SECONDS`.
    """
    return await asyncio.to_thread(_loaded().run, arguments, cwd, _environment(**environment))


class _Loaded:
    """The process that has the program loaded; it runs one verb at a time."""

    def __init__(self) -> None:
        command = (*_PYTHON, str(Path(__file__).with_name("loaded.py")))
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=_environment())
        self._turn = threading.Lock()

    def run(self, arguments: Sequence[str], cwd: Path, environment: dict[str, str]) -> tuple[int, str]:
        assert self._process.stdin
        assert self._process.stdout
        with self._turn, tempfile.NamedTemporaryFile() as output:
            request = {"arguments": arguments, "cwd": str(cwd), "environment": environment, "output": output.name}
            print(json.dumps(request), file=self._process.stdin, flush=True)
            limit = threading.Timer(VERB_SECONDS, os.kill, (int(self._process.stdout.readline()), signal.SIGKILL))
            limit.start()
            status = int(self._process.stdout.readline())
            limit.cancel()
            printed = output.read().decode()
        if status == -signal.SIGKILL:
            raise TimeoutError(f"briefings {' '.join(arguments)}: not done after {VERB_SECONDS} s:\n{printed}")
        return status, printed

    def end(self) -> None:
        with self._process:  # closes its stdin, at which it ends, and waits for that
            pass


@functools.cache
def _loaded() -> _Loaded:
    """The one of this worker, started when the first verb is run."""
    loaded = _Loaded()
    atexit.register(loaded.end)
    return loaded


def _environment(**more: str) -> dict[str, str]:
    """What every process starts with: nothing of an operator's own settings, and these.

    Without PYTHONDONTWRITEBYTECODE: every start would compile the program again, a third of what it takes.
    """
    own = ("BRIEFINGS_", "TELEGRAM_", "PYTHONDONTWRITEBYTECODE")
    clean = {name: value for name, value in os.environ.items() if not name.startswith(own)}
    return {**clean, "PYTHONUNBUFFERED": "1", "TELEGRAM_LISTEN": "off", **more}
