"""Runs the program in a process of its own, as an operator starts it, and reads its output line by line.

Most processes are forks of one that has the program loaded (`loaded.py`), because loading it takes ten times as long
as most verbs do. A test that needs a program started from nothing says `anew`.
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
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import loaded_worker

_PYTHON = (loaded_worker.PYTHON, "-W", "ignore::DeprecationWarning")


class Forked:
    """A fork of the loaded program, with those members of asyncio's `Process` that tests use."""

    def __init__(self, pid: int, stdout: asyncio.StreamReader, answers: asyncio.StreamReader) -> None:
        self.pid = pid
        self.stdout = stdout
        self.returncode: int | None = None
        self._answers = answers

    def send_signal(self, number: int) -> None:
        os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    async def wait(self) -> int:
        if self.returncode is None:
            self.returncode = int(await self._answers.readline())
        return self.returncode


class Program:
    """A running `briefings`. `output` is all that it has printed so far, on both streams."""

    def __init__(self, process: asyncio.subprocess.Process | Forked) -> None:
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
        assert "Traceback" not in self.output, self.output
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
async def program(
    *arguments: str, cwd: Path, within: Sequence[str] = (), anew: bool = False, **environment: str
) -> AsyncIterator[Program]:
    """Run `briefings` with these arguments and settings; killed when the block ends.

    `anew` starts it from nothing, as a child of this process. `within` is what the command begins with, to run it on
    another host; that is always anew.
    """
    started = _anew(within, arguments, cwd, environment) if anew or within else _forked(arguments, cwd, environment)
    async with started as process:
        try:
            yield Program(process)
        finally:
            if process.returncode is None:
                with suppress(ProcessLookupError):  # it has ended by itself
                    process.kill()
            await process.wait()


async def briefings(*arguments: str, cwd: Path, **environment: str) -> tuple[int, str]:
    """Run a verb to its end; return its exit status and all that it printed."""
    async with program(*arguments, cwd=cwd, **environment) as running:
        status = await running.ends(60)
        return status, running.output


@asynccontextmanager
async def _anew(
    within: Sequence[str], arguments: Sequence[str], cwd: Path, environment: dict[str, str]
) -> AsyncIterator[asyncio.subprocess.Process]:
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
        yield process
    finally:
        process._transport.close()  # type: ignore[attr-defined] # asyncio leaves it to the collector, too late for us


@asynccontextmanager
async def _forked(arguments: Sequence[str], cwd: Path, environment: dict[str, str]) -> AsyncIterator[Forked]:
    request = {
        "arguments": arguments,
        "cwd": str(cwd),
        "environment": _environment(**environment),
        "python": loaded_worker.interpreter(),
    }
    (output_end, output), (answers_end, answers) = os.pipe(), os.pipe()
    async with _reader(output_end) as stdout, _reader(answers_end) as answer_lines:
        try:
            socket.send_fds(_loaded(), [json.dumps(request).encode() + b"\n"], [output, answers])
        finally:
            os.close(output)
            os.close(answers)
        yield Forked(int(await answer_lines.readline()), stdout, answer_lines)


@asynccontextmanager
async def _reader(pipe: int) -> AsyncIterator[asyncio.StreamReader]:
    reader = asyncio.StreamReader()
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(pipe, "rb", 0)
    )
    try:
        yield reader
    finally:
        transport.close()


@functools.cache
def _loaded() -> socket.socket:
    """The socket of the process that has the program loaded, started when it is first needed."""
    requests, other_end = socket.socketpair()
    with other_end:
        number = other_end.fileno()
        command = (*_PYTHON, str(Path(__file__).with_name("loaded.py")), str(number))
        null = subprocess.DEVNULL
        process = subprocess.Popen(command, stdin=null, stdout=null, env=_environment(), pass_fds=[number])

    def end() -> None:
        requests.close()
        process.wait(10)

    atexit.register(end)
    return requests


def _environment(**more: str) -> dict[str, str]:
    """Return the environment of a process: this one's without an operator's own settings, and `more`.

    Without PYTHONDONTWRITEBYTECODE: every start would compile the program again, a third of what it takes.
    """
    own = ("BRIEFINGS_", "TELEGRAM_", "PYTHONDONTWRITEBYTECODE", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
    clean = {name: value for name, value in os.environ.items() if not name.upper().startswith(own)}
    return {**clean, "PYTHONUNBUFFERED": "1", "TELEGRAM_LISTEN": "off", **more}
