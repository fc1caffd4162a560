"""The program of a worker process: calls the functions that its parent names, one after the other, within limits.

Promises to end by itself: when a call takes more CPU than it may, when its memory is full, and as soon as the parent
is gone, even in the midst of a call. Started by `worker.py`; nothing else imports it.

A message is its length in eight bytes and a pickle. A request is `(function, arguments, named arguments)`. An answer
is `(outcome, value, is_spent)`: one of the outcomes below with its value, and True if the process has grown so much
that it should be replaced.
"""

from __future__ import annotations

import contextlib
import math
import os
import pickle
import select
import signal
import sys
import traceback
from typing import Any, BinaryIO

from briefings.errors import BriefingsError

if sys.platform != "win32":
    import fcntl
    import resource

HEADER = 8
"""Bytes of the length before each message."""

RETURNED, REFUSED, BROKE, TOO_LARGE = "returned", "refused", "broke", "too-large"
"""Outcomes: the value is the result; the BriefingsError that the function raised; the kind of another error and its
traceback; None, because there was no memory left."""

SPENT = 150_000_000
"""Resident bytes after a call; a process that keeps more is replaced. Ordinary feeds and pages leave less."""


def serve(cpu_seconds: float, memory: int) -> None:
    """Answer requests until the parent closes stdin. Each may take `cpu_seconds`; the process gets `memory` bytes."""
    if sys.platform != "win32":
        # Ctrl-C at a terminal and the stop of a service reach every process; the parent alone says when this one ends.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    requests = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    with open(os.devnull, "r+b") as nothing:  # what a library prints must not come between the answers
        os.dup2(nothing.fileno(), 1)
    _limit_memory(memory)
    _send(answers, pickle.dumps(None))  # ready
    while header := requests.read(HEADER):
        _limit_cpu(cpu_seconds)
        request = requests.read(int.from_bytes(header))
        _end_with_parent(requests, True)
        answer = _answer(request)
        _end_with_parent(requests, False)
        _send(answers, answer)


def _answer(request: bytes) -> bytes:
    """Return the pickled answer to a pickled request."""
    try:
        function, arguments, named = pickle.loads(request)  # noqa: S301 - the parent wrote it
        del request  # it may be as large as the document, which the function may need room for
        return _pickled(RETURNED, function(*arguments, **named))
    except BriefingsError as error:
        return _pickled(REFUSED, error.with_traceback(None))
    except MemoryError:
        outcome: tuple[str, Any] = (TOO_LARGE, None)
    except BaseException as error:  # the parent raises it; sys.exit in a parser is a bug like another
        outcome = (BROKE, (type(error).__name__, traceback.format_exc()))
    return _pickled(*outcome)


def _pickled(outcome: str, value: Any) -> bytes:
    is_spent = outcome == TOO_LARGE or _resident() > SPENT
    return pickle.dumps((outcome, value, is_spent), pickle.HIGHEST_PROTOCOL)


def _send(answers: BinaryIO, answer: bytes) -> None:
    answers.write(len(answer).to_bytes(HEADER))
    answers.write(answer)
    answers.flush()


def _limit_memory(memory: int) -> None:
    """Limit the memory of the process where the system can."""
    if sys.platform != "win32":
        with contextlib.suppress(OSError, ValueError):  # macOS refuses some limits; the parent's clock is left
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # an exceeded limit must not leave a file behind
            resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))


def _limit_cpu(seconds: float) -> None:
    """Let the process use so many more seconds of CPU. The system then ends it, even in the midst of C code."""
    if sys.platform != "win32":
        usage = resource.getrusage(resource.RUSAGE_SELF)
        most = math.ceil(usage.ru_utime + usage.ru_stime + seconds)
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_CPU, (most, resource.RLIM_INFINITY))


def _end_with_parent(requests: BinaryIO, is_on: bool) -> None:
    """End or do not end the process at once when the parent is gone.

    Between request and answer the parent writes nothing, so a change of stdin then means that its other end was
    closed. The system reports it by SIGIO, which ends a process, whatever the interpreter is doing.
    """
    if sys.platform != "win32":
        fcntl.fcntl(requests, fcntl.F_SETOWN, os.getpid())
        flags = fcntl.fcntl(requests, fcntl.F_GETFL) & ~os.O_ASYNC
        fcntl.fcntl(requests, fcntl.F_SETFL, flags | os.O_ASYNC if is_on else flags)
        if is_on and select.select([requests], [], [], 0)[0]:  # it was gone before
            sys.exit()


def _resident() -> int:
    """Return the bytes of memory that the process holds now; 0 where the system does not say."""
    with contextlib.suppress(OSError), open("/proc/self/statm") as numbers:
        return int(numbers.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return 0


if __name__ == "__main__":
    serve(float(sys.argv[1]), int(sys.argv[2]))
