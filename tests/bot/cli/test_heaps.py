"""The heaps of the C library: counted in a process whose threads all take memory at the same time."""

from __future__ import annotations

import os
import platform
import subprocess
import sys

import pytest

from bot.cli.heaps import MOST_HEAPS

THREADS = 12
COUNT_HEAPS = f"""
import ctypes, sys, threading

if "bound" in sys.argv:
    from bot.cli.heaps import bound_heaps
    bound_heaps()
library = ctypes.CDLL(None)
library.malloc.restype = ctypes.c_void_p
everybody_has_some = threading.Barrier({THREADS} + 1)

def take() -> None:
    library.malloc(1000)  # without Python's lock, as SQLite does
    everybody_has_some.wait()

for _ in range({THREADS}):
    threading.Thread(target=take).start()
everybody_has_some.wait()
library.malloc_info(0, ctypes.c_void_p.in_dll(library, "stdout"))
library.fflush(None)
"""

pytestmark = pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another C library has other heaps")


def count_heaps(*arguments: str, **environment: str) -> int:
    """Return the number of heaps of a process with many threads."""
    clean = {name: value for name, value in os.environ.items() if name != "MALLOC_ARENA_MAX"}
    command = [sys.executable, "-c", COUNT_HEAPS, *arguments]
    output = subprocess.run(command, env=clean | environment, capture_output=True, text=True, check=True).stdout
    return output.count("<heap nr=")


def test_threads_share_few_heaps() -> None:
    assert count_heaps() > MOST_HEAPS
    assert count_heaps("bound") == MOST_HEAPS


def test_the_bound_of_the_operator_stays() -> None:
    assert count_heaps("bound", MALLOC_ARENA_MAX="3") == 3
