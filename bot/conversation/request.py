"""What a handler is given and what it answers. Knows nothing of how either travels."""

from __future__ import annotations

from dataclasses import dataclass

from bot.conversation.keyboards import Keyboard
from briefings.editions.model import Block
from briefings.newsroom.opening import Newsroom


@dataclass(frozen=True, slots=True)
class Request:
    """One request of one chat. `words` follow the command, or the button's verb."""

    newsroom: Newsroom
    address: str
    command: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer: a sentence of ours (`html`) or the newsroom's blocks, the sentence first, and buttons.

    `messages` is the most that may be sent: a keyword answer is one message, an edition two.
    """

    html: str = ""
    blocks: tuple[Block, ...] = ()
    keyboard: Keyboard = ()
    messages: int = 1


def page_in(words: str) -> int:
    """The page that a button asks for, counted from 0; 0 for anything else."""
    return int(words) if words.isascii() and words.isdigit() and len(words) < 4 else 0
