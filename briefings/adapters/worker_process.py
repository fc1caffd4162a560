"""The program of a worker process: calls the functions that its parent names, one after the other, within limits.

Promises to end by itself: when a call takes more CPU than it may, when its memory is full, and as soon as the parent
is gone, even in the midst of a call. Started by `worker.py`; nothing else imports it.

A message is a `HEADER` and a pickle. A request is `(function, arguments, named arguments)`, an answer
`(outcome, value)`: one of the outcomes below with its value.
"""

from __future__ import annotations

import contextlib
import math
import os
import pickle
import select
import signal
import struct
import sys
import traceback
from typing import Any, BinaryIO

from briefings.errors import BriefingsError

if sys.platform != "win32":
    import fcntl
    import resource

HEADER = struct.Struct(">Q?")
"""Before each message: its length in bytes; in an answer also True if the process has grown so much that it should be
replaced."""

RETURNED, REFUSED, BROKE = "returned", "refused", "broke"
"""Outcomes: the value is the result; the BriefingsError that the function raised; the kind of another error and its
traceback."""

OUT_OF_MEMORY = 71
"""Exit status of a process that has no memory left, not even for an answer. EX_OSERR of sysexits.h, else unused."""

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
    _send(answers, b"")  # ready
    while header := requests.read(HEADER.size):
        _limit_cpu(cpu_seconds)
        _send(answers, _answer(requests, HEADER.unpack(header)[0]))


def _answer(requests: BinaryIO, length: int) -> bytes:
    """Read a request of so many bytes and return its pickled answer."""
    request = requests.read(length)
    _end_with_parent(requests, True)
    try:
        function, arguments, named = pickle.loads(request)  # noqa: S301 - the parent wrote it
        del request  # it is as large as the document, and the function may need the room
        return _pickled(RETURNED, function(*arguments, **named))
    except BriefingsError as error:
        return _pickled(REFUSED, error)
    except MemoryError:
        raise
    except BaseException as error:  # the parent raises it; sys.exit in a parser is a bug like another
        return _pickled(BROKE, (type(error).__name__, traceback.format_exc()))
    finally:
        _end_with_parent(requests, False)


def _pickled(outcome: str, value: Any) -> bytes:
    return pickle.dumps((outcome, value), pickle.HIGHEST_PROTOCOL)


def _send(answers: BinaryIO, answer: bytes) -> None:
    answers.write(HEADER.pack(len(answer), _resident() > SPENT))
    answers.write(answer)
    answers.flush()


def _limit_memory(memory: int) -> None:
    """Limit the memory of the process where the system can, and end it first where that is not enough."""
    if sys.platform != "win32":
        with contextlib.suppress(OSError, ValueError):  # macOS refuses some limits; the parent's clock is left
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # an exceeded limit must not leave a file behind
            resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as score:
        score.write("1000")  # when the machine has no memory left, Linux ends this process first


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
    try:
        serve(float(sys.argv[1]), int(sys.argv[2]))
    except MemoryError:
        os._exit(OUT_OF_MEMORY)
