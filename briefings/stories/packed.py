"""Packs the terms of a report into bytes, and reads them again. Pure.

Six bytes a term: all numbers, 32 bits each, then all weights, 16 bits each; a weight loses a thousandth at most.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

_BYTES_A_TERM = 6


def pack(numbers: Sequence[int], weights: Sequence[float]) -> bytes:
    """Return terms and their weights as bytes. Weights lie below 60,000."""
    return struct.pack(f"<{len(numbers)}i{len(weights)}e", *numbers, *weights)


def unpack(packed: bytes) -> tuple[list[int], list[float]]:
    """Return the terms and weights of `pack`."""
    count = len(packed) // _BYTES_A_TERM
    values = struct.unpack(f"<{count}i{count}e", packed)
    return list(values[:count]), list(values[count:])
