"""A process that has `briefings` loaded and runs verbs, each in a fork of its own: loading costs most of a second.

It reads one JSON object a line from stdin, `{"arguments", "cwd", "environment", "output"}`, and answers with two
lines: the process id of the verb when it has begun, its exit status when it has ended. A fork does what `python -m bot`
does, from `bot/__main__.py` to the end of the interpreter, in its own folder and environment. Both streams of the
verb go into the file `output`. It never runs two verbs at once, and ends when stdin does.
"""

from __future__ import annotations

import gc
import json
import os
import runpy
import sys
from typing import Any

# What a script finds first is its own folder, and tests/ holds folders named like the packages.
sys.path.pop(0)

# All that verbs load late is loaded here at once.
import alembic.command  # noqa: F401
import py3langid
import sqlalchemy.dialects.sqlite.aiosqlite  # noqa: F401
import uvloop  # noqa: F401

import bot.cli.main
import bot.cli.trial  # noqa: F401
import briefings.stories.grouping  # noqa: F401


def main() -> None:
    """Run verb after verb until stdin ends."""
    py3langid.classify("unpacks its model, 0.3 s")
    gc.collect()
    gc.freeze()  # else the collector of each fork would walk, and so copy, all that is loaded
    for row in sys.stdin:
        request = json.loads(row)
        sys.stdout.flush()
        if not (pid := os.fork()):
            return become(request)
        print(pid, flush=True)  # noqa: T201 - the answer
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)  # noqa: T201 - the answer


def become(request: dict[str, Any]) -> None:
    """Be the verb. The interpreter ends with it, by the same road as that of a program started anew."""
    os.chdir(request["cwd"])
    os.environ.clear()
    os.environ.update(request["environment"])
    with open(os.devnull) as nothing, open(request["output"], "wb") as output:
        for stream, file in ((0, nothing), (1, output), (2, output)):
            os.dup2(file.fileno(), stream)
    sys.path.insert(0, request["cwd"])
    sys.argv = ["-m", *request["arguments"]]
    runpy.run_module("bot", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
