"""Packs leading blocks into one Telegram message. Pure; never splits a block.

Limits: 4,096 UTF-16 units after parsing and 100 entities (Bot API, sendMessage). A block is at most
3,500 units and 100 entities when printed, so one always fits.
"""

from __future__ import annotations

from collections.abc import Sequence

from briefings.editions.model import Block

MESSAGE_UNITS = 4096
MESSAGE_ENTITIES = 100
BETWEEN = "\n\n"


def fit(blocks: Sequence[Block]) -> int:
    """Return how many of the leading blocks one message holds; at least 1 when there are any."""
    units, entities = -len(BETWEEN), 0
    for number, block in enumerate(blocks):
        units += len(BETWEEN) + block.units
        entities += block.entities
        if number and (units > MESSAGE_UNITS or entities > MESSAGE_ENTITIES):
            return number
    return len(blocks)


def join(blocks: Sequence[Block]) -> str:
    """Return the HTML of the message that these blocks make."""
    return BETWEEN.join(block.html for block in blocks)
