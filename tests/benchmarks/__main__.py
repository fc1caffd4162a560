"""Prints all tables, or those named: `python -m tests.benchmarks [stories summaries …]`. They decide no test.

A table whose data or package is missing says so in one line and is skipped.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys

TABLES = (
    "summaries",
    "stories",
    "editions",
    "facts",
    "topics",
    "feeds",
    "hostile",
    "bulk",
    "broadcast",
    "isolation",
    "dispatchers",
    "search",
    "planning",
    "sharing",
    "idle",
    "sustained",
)


def main() -> None:
    """Print the machine's kind, then each table, measured in a process of its own."""
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}", flush=True)
    for name in sys.argv[1:] or TABLES:
        print(f"\n== {name}", flush=True)
        subprocess.run([sys.executable, "-m", f"tests.benchmarks.{name}"], check=False)


if __name__ == "__main__":
    main()
