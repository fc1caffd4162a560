"""Packed terms: what comes out is what went in, for no terms as for many."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefings.stories.packed import pack, unpack
from briefings.stories.terms import term_number

NUMBERS = st.integers(0, 2**31 - 1)
WEIGHTS = st.floats(1, 59_000)


def test_no_terms_are_no_bytes() -> None:
    assert pack([], []) == b""
    assert unpack(b"") == ([], [])


@given(st.lists(st.tuples(NUMBERS, WEIGHTS), max_size=200))
def test_terms_come_back_in_their_order_with_their_weights_to_a_thousandth(terms: list[tuple[int, float]]) -> None:
    numbers, weights = [number for number, _ in terms], [weight for _, weight in terms]
    unpacked_numbers, unpacked_weights = unpack(pack(numbers, weights))
    assert unpacked_numbers == numbers
    assert unpacked_weights == pytest.approx(weights, rel=1e-3)


def test_a_term_takes_six_bytes() -> None:
    assert len(pack([1, 2, 3], [1.0, 2.0, 3.0])) == 18


def test_bytes_that_were_stored_once_are_read_for_ever() -> None:
    assert unpack(bytes.fromhex("01000000 ffffff7f 003c 0041")) == ([1, 2**31 - 1], [1.0, 2.5])


@given(st.text())
def test_every_stem_has_a_number_that_can_be_packed_and_is_not_below_zero(stem: str) -> None:
    assert term_number(stem) >= 0
    assert unpack(pack([term_number(stem)], [1.0]))[0] == [term_number(stem)]


def test_a_stem_has_the_same_number_in_every_process() -> None:
    assert term_number("relos") == 297_145_108
