"""Bounds the heaps of the C library, so that the memory of a process that runs for weeks levels off.

glibc gives threads heaps of their own, up to eight for each core. What a thread frees stays in its heap, for that heap
alone; with the threads of the database and of the parsers, that rose for hours. Python's threads seldom need a heap at
the same time, so two heaps are enough. Does nothing where the C library is another one, or where the operator has set
a bound.
"""

from __future__ import annotations

import ctypes
import os
import platform

MOST_HEAPS = 2
"""One for the event loop, one for all the other threads, so that these do not wait for it."""

_ARENA_MAX = -8
"""M_ARENA_MAX of glibc's <malloc.h>."""


def bound_heaps() -> None:
    """Let the threads that start from now on share `MOST_HEAPS` heaps."""
    if platform.libc_ver()[0] == "glibc" and "MALLOC_ARENA_MAX" not in os.environ:
        ctypes.CDLL(None).mallopt(_ARENA_MAX, MOST_HEAPS)
