"""A file is read in pieces of the length asked for, and unpacked as it is read."""

from __future__ import annotations

import gzip
import io
import random
import tracemalloc

import pytest

from briefings.adapters.long_file import LongFile
from briefings.errors import BadInput

CONTENT = random.Random(1).randbytes(300_000) + b"a" * 300_000  # noqa: S311 - bytes that cannot be packed, the same every time


def pieces(data: bytes, length: int) -> list[tuple[bytes, bool]]:
    file, read = LongFile(io.BytesIO(data)), list[tuple[bytes, bool]]()
    while not read or not read[-1][1]:
        read.append(file.read(length))
    assert file.taken == len(data)
    return read


@pytest.mark.parametrize(
    "packed",
    [
        pytest.param(CONTENT, id="as-it-is"),
        pytest.param(gzip.compress(CONTENT), id="gzip"),
        pytest.param(gzip.compress(CONTENT[:99]) + gzip.compress(b"") + gzip.compress(CONTENT[99:]), id="three-parts"),
    ],
)
@pytest.mark.parametrize("length", [1_000, 70_000, 600_000, 700_000])
def test_all_pieces_but_the_last_have_the_length_asked_for(packed: bytes, length: int) -> None:
    read = pieces(packed, length)
    assert b"".join(data for data, _ in read) == CONTENT
    assert {len(data) for data, _ in read[:-1]} <= {length}
    assert [is_last for _, is_last in read].count(True) == 1
    assert read[-1][0]


@pytest.mark.parametrize("data", [b"", b"a", b"\x1f"])
def test_a_short_file_is_one_piece(data: bytes) -> None:
    assert pieces(data, 10) == [(data, True)]


@pytest.mark.parametrize("cut", [2, 12, 1_000, -9, -1])
def test_a_gzip_file_that_is_cut_off_is_broken(cut: int) -> None:
    with pytest.raises(BadInput, match="gzip-broken"):
        pieces(gzip.compress(CONTENT)[:cut], 1_000)


def test_a_small_file_that_unpacks_to_much_takes_little_memory() -> None:
    file = LongFile(io.BytesIO(gzip.compress(bytes(100_000_000))))
    tracemalloc.start()
    for _ in range(20):
        assert len(file.read(1_000_000)[0]) == 1_000_000
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 10_000_000
