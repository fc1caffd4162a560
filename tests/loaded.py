"""A process that has the program loaded and starts it again and again, each time in a fork: loading takes a second.

`program.py` sends it one line of JSON for each start, `{"arguments", "cwd", "environment", "python"}`, on the socket
named by the only argument, together with two pipes: one for what the program prints, one for two lines, its process id
and, when it has ended, its exit status.
A fork does what `python -m bot` does, from `bot/__main__.py` to the end of the
interpreter. This process ends when the other end of the socket is closed; it never stops what it has started.
"""

from __future__ import annotations

import gc
import json
import os
import runpy
import signal
import socket
import sys
from typing import Any

# The folder of this script comes first in the search path, and tests/ holds folders named like the packages.
sys.path.pop(0)

# The program imports some of these only when it needs them.
import alembic.command  # noqa: F401
import py3langid
import sqlalchemy.dialects.sqlite.aiosqlite  # noqa: F401
import uvloop  # noqa: F401

import bot.app
import bot.cli.main
import bot.cli.trial  # noqa: F401
import briefings.stories.grouping  # noqa: F401


def main() -> None:
    """Start a program for each request, until the socket is closed."""
    py3langid.classify("unpacks its model, 0.3 s")
    gc.collect()
    gc.freeze()  # else the collector of each fork would walk, and so copy, all that is loaded
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the system forgets the forks that have ended
    with socket.socket(fileno=int(sys.argv[1])) as requests:
        while request := _next(requests):
            if not os.fork():
                requests.close()
                return keep(*request)
            for pipe in request[1:]:
                os.close(pipe)


def _next(requests: socket.socket) -> tuple[dict[str, Any], int, int] | None:
    row, pipes, _, _ = socket.recv_fds(requests, 1 << 16, 2)
    while row and not row.endswith(b"\n"):
        row += requests.recv(1 << 16)
    return (json.loads(row), pipes[0], pipes[1]) if row else None


def keep(request: dict[str, Any], output: int, answers: int) -> None:
    """Start the program, wait for its end, and write its exit status."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    if not (pid := os.fork()):
        os.close(answers)
        return become(request, output)
    os.close(output)
    os.write(answers, b"%d\n" % pid)
    os.write(answers, b"%d\n" % os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
    os._exit(0)


def become(request: dict[str, Any], output: int) -> None:
    """Turn this fork into the program. The interpreter then ends as it does when the program was started anew."""
    os.chdir(request["cwd"])
    os.environ.clear()
    os.environ.update(request["environment"])
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.close(output)
    sys.path.insert(0, request["cwd"])
    sys.argv = ["-m", *request["arguments"]]
    sys.executable = request["python"]  # its workers are forks too
    runpy.run_module("bot", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
