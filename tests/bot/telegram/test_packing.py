"""A message takes as many leading blocks as fit: 4,096 units and 100 entities, blocks whole and in order."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram_parser import accepts, units

from bot.telegram.packing import MESSAGE_ENTITIES, MESSAGE_UNITS, fit, join
from briefings.editions.model import Block
from briefings.editions.render import BLOCK_ENTITIES, BLOCK_UNITS, measure


def block_of(units: int, entities: int = 0) -> Block:
    return Block("x", units, entities)


@pytest.mark.parametrize(
    ("blocks", "expected"),
    [
        pytest.param([], 0, id="none"),
        pytest.param([block_of(1)], 1, id="one"),
        pytest.param([block_of(3500)], 1, id="largest"),
        pytest.param([block_of(5000)], 1, id="never-none"),
        pytest.param([block_of(2047), block_of(2047)], 2, id="just-fits-with-the-blank-line"),
        pytest.param([block_of(2047), block_of(2048)], 1, id="one-unit-too-many"),
        pytest.param([block_of(1000)] * 5, 4, id="four-of-five"),
        pytest.param([block_of(3500), block_of(3500), block_of(1)], 1, id="a-small-one-waits-its-turn"),
        pytest.param([block_of(1, 50), block_of(1, 50)], 2, id="hundred-entities"),
        pytest.param([block_of(1, 50), block_of(1, 51)], 1, id="one-entity-too-many"),
        pytest.param([block_of(1, 100), block_of(1, 0)], 2, id="plain-text-spends-none"),
        pytest.param([block_of(0)] * 3000, 2049, id="blank-lines-count"),
    ],
)
def test_a_message_takes_as_many_blocks_as_fit(blocks: list[Block], expected: int) -> None:
    assert fit(blocks) == expected


BLOCK = st.builds(block_of, st.integers(0, BLOCK_UNITS), st.integers(0, BLOCK_ENTITIES))


@given(st.lists(BLOCK, max_size=40))
def test_all_blocks_are_taken_in_order_and_no_message_is_too_large(blocks: list[Block]) -> None:
    rest, taken = list(blocks), []
    while rest:
        count = fit(rest)
        assert count >= 1
        message, rest = rest[:count], rest[count:]
        assert sum(block.units + 2 for block in message) - 2 <= MESSAGE_UNITS
        assert sum(block.entities for block in message) <= MESSAGE_ENTITIES
        taken += message
    assert taken == blocks


@given(st.lists(BLOCK, min_size=1, max_size=20))
def test_a_message_takes_no_fewer_blocks_than_it_could(blocks: list[Block]) -> None:
    count = fit(blocks)
    more = blocks[: count + 1]
    if count < len(blocks):
        too_long = sum(block.units + 2 for block in more) - 2 > MESSAGE_UNITS
        assert too_long or sum(block.entities for block in more) > MESSAGE_ENTITIES


def test_joined_blocks_are_as_long_as_their_units_say() -> None:
    blocks = [measure("<b>one</b>"), measure("𝔘 &amp; /two"), measure("three")]
    assert join(blocks) == "<b>one</b>\n\n𝔘 &amp; /two\n\nthree"
    assert units(accepts(join(blocks))) == sum(block.units + 2 for block in blocks) - 2
