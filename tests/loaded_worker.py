"""A process that has the readers of foreign bytes loaded and becomes a worker in a fork: loading takes 0.5 s of CPU.

`interpreter` starts it and returns the path of a script that stands in for the Python interpreter. With the
arguments of a worker, the script hands them on with its stdin and stdout, and ends as the worker does; when it is
killed, so is the worker. With other arguments it becomes the real interpreter. This process ends with its parent.
"""

from __future__ import annotations

import atexit
import functools
import gc
import os
import runpy
import select
import signal
import socket
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

PYTHON = sys.executable
"""The real interpreter."""

MODULE = "briefings.adapters.worker_process"

LEAST_MEMORY = 200_000_000
"""Bytes; a worker that may hold less is started anew, because what is loaded in a fork counts as its own."""

_SCRIPT = """#!{python} -IS
import _socket, os, signal, sys
if sys.argv[1:4] != ["-P", "-m", {module!r}] or int(sys.argv[5]) < {least}:
    os.execv({python!r}, [{python!r}, *sys.argv[1:]])
signal.signal(signal.SIGINT, signal.SIG_IGN)
signal.signal(signal.SIGTERM, signal.SIG_IGN)
door = _socket.socket(_socket.AF_UNIX)
door.connect({address!r})
pipes = b"".join(number.to_bytes(4, sys.byteorder) for number in (0, 1))
door.sendmsg([" ".join(sys.argv[4:]).encode()], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, pipes)])
os.close(0)
os.close(1)
status = int(door.recv(20))
if status < 0:
    os.kill(os.getpid(), -status)
os._exit(status)
"""


@functools.cache
def interpreter() -> str:
    """Return the path of the script. The real interpreter where the system cannot wait for a process and a socket."""
    if not hasattr(os, "pidfd_open"):
        return PYTHON
    folder = Path(tempfile.mkdtemp(prefix="worker-"))
    script, address = folder / "python", str(folder / "door")
    door = socket.socket(socket.AF_UNIX)
    door.bind(address)
    door.listen(64)
    environment = {name: value for name, value in os.environ.items() if name in ("PATH", "LANG", "LC_ALL", "TZ")}
    process = subprocess.Popen(
        [PYTHON, "-P", __file__, str(door.fileno())],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        env={**environment, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "OMP_NUM_THREADS": "1"},
        pass_fds=[door.fileno()],
        start_new_session=True,
    )
    door.close()
    script.write_text(_SCRIPT.format(python=PYTHON, module=MODULE, address=address, least=LEAST_MEMORY))
    script.chmod(0o700)

    def end() -> None:
        assert process.stdin
        process.stdin.close()
        process.wait(10)
        for path in (script, Path(address)):
            path.unlink()
        folder.rmdir()

    atexit.register(end)
    return str(script)


def main() -> None:
    """Start a worker for each script that connects, until stdin is closed."""
    _load()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the system forgets the forks that have ended
    with socket.socket(fileno=int(sys.argv[1])) as door:
        while sys.stdin.fileno() not in select.select([door, sys.stdin.fileno()], [], [])[0]:
            connection, _ = door.accept()
            if not os.fork():
                door.close()
                return attend(connection)
            connection.close()


def _load() -> None:
    import feedparser  # noqa: F401
    import py3langid
    import trafilatura  # noqa: F401

    py3langid.classify("unpacks its model, 0.3 s")
    gc.collect()
    gc.freeze()  # else the collector of each fork would walk, and so copy, all that is loaded


def attend(connection: socket.socket) -> None:
    """Start a worker, end it when the script is gone, and write its exit status."""
    arguments, pipes, _, _ = socket.recv_fds(connection, 1000, 2)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    if not (pid := os.fork()):
        connection.close()
        return become(arguments.decode().split(), pipes)
    for pipe in (0, *pipes):
        os.close(pipe)
    if connection in select.select([connection, os.pidfd_open(pid)], [], [])[0]:
        os.kill(pid, signal.SIGKILL)
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    with suppress(OSError):  # the script is gone
        connection.send(b"%d" % status)
    os._exit(0)


def become(arguments: list[str], pipes: list[int]) -> None:
    """Turn this fork into the worker process."""
    for number, pipe in enumerate(pipes):
        os.dup2(pipe, number)
        os.close(pipe)
    sys.argv = [MODULE, *arguments]
    runpy.run_module(MODULE, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
