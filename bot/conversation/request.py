"""A request, which a handler gets, a reply, which it returns, and the outcome of a change. None knows of Telegram."""

from __future__ import annotations

from dataclasses import dataclass

from bot.conversation.keyboards import Keyboard
from briefings.editions.model import Block
from briefings.newsroom.opening import Newsroom


@dataclass(frozen=True, slots=True)
class Request:
    """A chat's request.

    For a command of the table or a button, `command` is its name (`at`) and `words` are what follows it (`07:30`). For
    a keyword `command` is empty and `words` are the keyword, without a slash: `relos` for `/relos` and for `relos`.
    """

    newsroom: Newsroom
    address: str
    command: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer: a sentence of ours (`html`), then blocks of the newsroom, and buttons under the last message.

    At most `messages` are sent: one for a keyword, two for an edition.
    """

    html: str = ""
    blocks: tuple[Block, ...] = ()
    keyboard: Keyboard = ()
    messages: int = 1


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome of a change. `reply` is still to be said in the chat, as `kept_reply` writes it; None for nothing."""

    reply: str | None = None
    is_saved: bool = True
    """False if the change could not be saved: then its reply cannot be kept either."""


def page_in(words: str) -> int:
    """Return the page that a button asks for, counted from 0; 0 for anything that is no page."""
    return int(words) if words.isascii() and words.isdigit() and len(words) < 4 else 0
