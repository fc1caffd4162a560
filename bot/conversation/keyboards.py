"""Buttons under messages, and the callback data they send back. Pure.

Callback data is at most 64 bytes (Bot API, InlineKeyboardButton): a verb, a colon, its arguments.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from briefings.model import Topic

TOPICS_A_PAGE = 8
ROW = 2


@dataclass(frozen=True, slots=True)
class Button:
    """One button: what it says and what it sends."""

    label: str
    data: str


Keyboard = tuple[tuple[Button, ...], ...]


def follow(topic: Topic) -> Keyboard:
    """Under a dossier: follow its topic."""
    return ((Button(f"➕ Follow {topic.title}", f"follow:{topic.command}"),),)


def unfollow(topic: Topic) -> Keyboard:
    """Under a dossier the reader has just followed."""
    return ((Button(f"✅ Following {topic.title}", f"follow:{topic.command}"),),)


def arrows(verb: str, page: int, pages: int) -> Keyboard:
    """Arrows to the pages before and after, round and round; nothing for a single page."""
    if pages < 2:
        return ()
    before, after = (page - 1) % pages, (page + 1) % pages
    here = Button(f"{page + 1} of {pages}", f"{verb}:{page}")
    return ((Button("◀", f"{verb}:{before}"), here, Button("▶", f"{verb}:{after}")),)


def topics(known: Sequence[Topic], followed: Collection[str] | None, page: int) -> Keyboard:
    """The topics of a page with a mark on those followed (None: all), and arrows to the other pages."""
    pages = max(1, -(-len(known) // TOPICS_A_PAGE))
    page = min(max(page, 0), pages - 1)
    shown = known[page * TOPICS_A_PAGE : (page + 1) * TOPICS_A_PAGE]
    buttons = [
        Button(
            f"{'✅' if followed is None or topic.command in followed else '▫️'} {topic.title}",
            f"toggle:{page}:{topic.command}",
        )
        for topic in shown
    ]
    rows = [tuple(buttons[start : start + ROW]) for start in range(0, len(buttons), ROW)]
    return (*rows, *arrows("topics", page, pages))
