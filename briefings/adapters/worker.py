"""Calls functions that read foreign bytes in worker processes, which are ended when they need too much.

Promises that no document holds up or fills the program: a call gets `CPU_SECONDS` and `MEMORY`; one that needs more
raises, its process is ended, and the next call gets another process. The first process starts with the first call; all
end after `IDLE_SECONDS` without one, and when the program is gone. A process gets no setting and no secret.

Never calls a function twice, and never calls one in the program's own process.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import pickle
import signal
import subprocess
import sys
import time
import weakref
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Any, ParamSpec, Self, TypeVar

from briefings.adapters.worker_process import BROKE, HEADER, REFUSED, RETURNED, TOO_LARGE
from briefings.errors import BadInput, WorkerTrouble, cause_of

log = logging.getLogger(__name__)

MOST_PROCESSES = 2
"""One reads on while another is at a document that takes long."""

PATIENCE = 1.0
"""Seconds after which a document takes long, so that the next call may have another process."""

IDLE_SECONDS = 600.0
"""After so long without a call the processes end: the memory is worth more than the start, 0.3 s of CPU."""

CPU_SECONDS = 10.0
"""CPU that one document may take. The largest real feeds take about 3 s."""

ON_THE_CLOCK = 6
"""Times the CPU seconds that may pass on the clock: other programs may keep the processor from ours."""

MEMORY = 600_000_000
"""Bytes that a process may allocate. With ordinary documents it holds less than 150 MB."""

_KEPT = (
    *("PATH", "SYSTEMROOT", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "PYTHONHOME"),  # to start and find its libraries
    *("LANG", "LC_ALL", "LC_CTYPE", "PYTHONUTF8", "TZ"),  # to spell file names and read dates as the program does
)
"""The variables of the program's environment that a process gets: none that could hold a secret."""

NOT_STARTED, TOO_SLOW = "not-started", "too-slow"
"""Outcomes that a process cannot send. The value of the first is its cause."""

Answer = tuple[str, Any, bool]
"""The outcome of a call, its value, and True if the process should be replaced (`worker_process.py`)."""

P = ParamSpec("P")
Result = TypeVar("Result")


class Worker:
    """Up to `most_processes` processes, each with one call at a time. A context manager; or call `close`.

    Limits of a call: `cpu_seconds`, and `memory` in bytes for the process.
    """

    def __init__(
        self,
        *,
        most_processes: int = MOST_PROCESSES,
        patience: float = PATIENCE,
        idle_seconds: float = IDLE_SECONDS,
        cpu_seconds: float = CPU_SECONDS,
        memory: int = MEMORY,
    ) -> None:
        self._patience = patience
        self._idle_seconds = idle_seconds
        self._cpu_seconds = cpu_seconds
        self._memory = memory
        self._turn = asyncio.Semaphore()
        self._aside = asyncio.Semaphore(most_processes - 1)
        self._idle: list[_Process] = []
        self._busy: set[_Process] = set()
        self._ending: asyncio.TimerHandle | None = None
        self._is_closed = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()

    async def run(self, function: Callable[P, Result], /, *arguments: P.args, **named: P.kwargs) -> Result:
        """Call a function of a module in a worker process and return its result. Arguments and result are pickled.

        Raises the BriefingsError that the function raises. Raises BadInput `parser-too-slow` or `parser-too-large`
        when the call exceeds a limit, `parser-broke` when the function has a bug or its process dies. Raises
        WorkerTrouble when no process can be started.
        """
        await self._turn.acquire()
        permit = self._turn
        try:
            process = self._take()
            is_usable = False
            try:
                answer = process.call((function, arguments, named))
                while not (await asyncio.wait({answer}, timeout=self._patience))[0]:
                    if permit is self._turn and not self._aside.locked():
                        await self._aside.acquire()
                        permit = self._aside  # this document takes long: the next call gets the other process
                        self._turn.release()
                    process.end_if_late()
                outcome, value, is_spent = answer.result()
                is_usable = not is_spent
            finally:
                self._put_back(process, is_usable)
        finally:
            permit.release()
        return self._result(function, outcome, value)

    async def close(self) -> None:
        """End the processes, for good: a later call raises WorkerTrouble."""
        self._is_closed = True
        if self._ending:
            self._ending.cancel()
        ends = [process.end() for process in (*self._idle, *self._busy)]
        self._idle.clear()
        await asyncio.gather(*map(asyncio.wrap_future, ends))

    def _take(self) -> _Process:
        """Return an idle process, or start one."""
        if self._is_closed:
            raise WorkerTrouble("worker-not-started", cause="closed")
        if self._ending:
            self._ending.cancel()
        process = self._idle.pop() if self._idle else None
        if process and not process.is_alive:
            process.end()
            process = None
        process = process or _Process(self._cpu_seconds, self._memory)
        self._busy.add(process)
        return process

    def _put_back(self, process: _Process, is_usable: bool) -> None:
        """End a process that is not usable. Let the others end when nothing calls them for long."""
        self._busy.discard(process)
        if is_usable and not self._is_closed:
            self._idle.append(process)
        else:
            process.end()
        if not self._busy and not self._is_closed:
            self._ending = asyncio.get_running_loop().call_later(self._idle_seconds, self._end_idle)

    def _end_idle(self) -> None:
        while self._idle:
            self._idle.pop().end()

    def _result(self, function: Callable[..., Result], outcome: str, value: Any) -> Result:
        if outcome == RETURNED:
            result: Result = value
            return result
        if outcome == REFUSED:
            raise value
        if outcome == NOT_STARTED:
            raise WorkerTrouble("worker-not-started", cause=value)
        if outcome == TOO_LARGE:
            raise BadInput("parser-too-large", megabytes=self._memory // 1_000_000)
        if outcome == TOO_SLOW:
            raise BadInput("parser-too-slow", seconds=self._cpu_seconds)
        kind, details = value
        log.error("%s failed in its process: %s", getattr(function, "__qualname__", function), details)
        raise BadInput("parser-broke", kind=kind)


class _Process:
    """One worker process, started at once, and the thread that waits for its answers. Raises WorkerTrouble."""

    def __init__(self, cpu_seconds: float, memory: int) -> None:
        program = [sys.executable, "-P", "-m", "briefings.adapters.worker_process", str(cpu_seconds), str(memory)]
        try:
            self._child = subprocess.Popen(  # noqa: S603 - our own program
                program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=_environment()
            )
        except (OSError, ValueError) as error:
            raise WorkerTrouble("worker-not-started", cause=cause_of(error)) from None
        self._longest = cpu_seconds * ON_THE_CLOCK
        self._called = 0.0
        self._is_ready = self._is_ended = self._is_late = False
        self._thread = ThreadPoolExecutor(1, "worker")
        self._finalizer = weakref.finalize(self, _end, self._child)

    @property
    def is_alive(self) -> bool:
        """True if the process runs."""
        return self._child.poll() is None

    def call(self, request: tuple[Any, ...]) -> asyncio.Future[Answer]:
        """Hand over a request. The answer of a process that dies over it has the outcome that its end means."""
        self._called = time.monotonic()
        return asyncio.wrap_future(self._thread.submit(self._exchange, request))

    def end_if_late(self) -> None:
        """End the process when the call has lasted too long on the clock."""
        if time.monotonic() > self._called + self._longest:
            self._is_late = True
            self._child.kill()

    def end(self) -> Future[Any]:
        """End the process now. The returned future is done when nothing is left of it."""
        self._is_ended = True
        self._child.kill()
        gone = self._thread.submit(self._finalizer)
        self._thread.shutdown(wait=False)
        return gone

    def _exchange(self, request: tuple[Any, ...]) -> Answer:
        message = pickle.dumps(request, pickle.HIGHEST_PROTOCOL)
        try:
            if not self._is_ready:
                self._receive()
                self._is_ready = True
            assert self._child.stdin  # noqa: S101 - it is a pipe
            self._child.stdin.write(len(message).to_bytes(HEADER))
            self._child.stdin.write(message)
            self._child.stdin.flush()
            del message
            reply = self._receive()
        except (OSError, EOFError):
            return self._outcome_of_death(self._child.wait())
        answer: Answer = pickle.loads(reply)  # noqa: S301 - our own program wrote it
        return answer

    def _receive(self) -> bytes:
        assert self._child.stdout  # noqa: S101 - it is a pipe
        header = self._child.stdout.read(HEADER)
        message = self._child.stdout.read(int.from_bytes(header))
        if len(header) < HEADER or len(message) < int.from_bytes(header):
            raise EOFError
        return message

    def _outcome_of_death(self, status: int) -> Answer:
        if self._is_late or -status == getattr(signal, "SIGXCPU", None):
            return TOO_SLOW, None, True
        end = signal.Signals(-status).name if status < 0 else f"exit status {status}"
        if self._is_ended or not self._is_ready:
            return NOT_STARTED, end, True
        return BROKE, (end, "it died"), True


def _end(child: subprocess.Popen[bytes]) -> None:
    child.kill()
    child.wait()
    for pipe in (child.stdin, child.stdout):
        with contextlib.suppress(OSError):  # what was not yet written has no reader any more
            if pipe:
                pipe.close()


def _environment() -> dict[str, str]:
    """Return the environment of a worker process. It imports from where the program does."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    paths = [path for path in sys.path if path]
    # One thread is enough for what numpy does here, and each costs memory.
    return {**kept, "PYTHONPATH": os.pathsep.join(paths), "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
