"""Turns the reply to a change into text and back: the inbox keeps it until it is its turn to be said."""

from __future__ import annotations

import json
from dataclasses import asdict

from bot.conversation.keyboards import Button
from bot.conversation.request import Reply
from bot.conversation.sending import Place
from briefings.editions.model import Block


def to_text(place: Place, reply: Reply) -> str:
    """Return a reply and where it is to be said, as compact JSON."""
    return json.dumps([asdict(place), asdict(reply)], separators=(",", ":"))


def from_text(text: str) -> tuple[Place, Reply]:
    """Return what `to_text` was given."""
    place, reply = json.loads(text)
    blocks = tuple(Block(**block) for block in reply["blocks"])
    keyboard = tuple(tuple(Button(**button) for button in row) for row in reply["keyboard"])
    return Place(**place), Reply(reply["html"], blocks, keyboard, reply["messages"])
