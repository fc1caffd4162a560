"""Buttons under messages, and the callback data they send back. Pure.

Callback data is at most 64 bytes (Bot API, InlineKeyboardButton): a verb, a colon, its arguments. A button that changes
a setting names the state that it sets, so that a press that comes twice, or from an old keyboard, does no harm:

    on:relos     off:relos      follow a topic, or leave it out; then show its dossier
    on:relos:2   off:relos:2    the same; then show page 2 of the topics, counted from 0
    show:relos   show:relos:2   change nothing, show only
    topics:2     more:2         turn to a page
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from bot.conversation import replies
from briefings.model import Topic

TOPICS_A_PAGE = 8
TOPICS_A_ROW = 2


@dataclass(frozen=True, slots=True)
class Button:
    """One button: the label a reader sees, and the callback data it sends."""

    label: str
    data: str


Keyboard = tuple[tuple[Button, ...], ...]


def follow(topic: Topic) -> Keyboard:
    """Return the button under a dossier that follows its topic."""
    return ((Button(replies.follow_label(topic), f"on:{topic.command}"),),)


def unfollow(topic: Topic) -> Keyboard:
    """Return the button under a dossier whose topic the reader has just followed; it leaves the topic out again."""
    return ((Button(replies.following_label(topic), f"off:{topic.command}"),),)


def arrows(verb: str, page: int, pages: int) -> Keyboard:
    """Return arrows to the pages before and after (of the last, the first); no buttons for a single page.

    `page` counts from 0.
    """
    if pages < 2:
        return ()
    before, after = (page - 1) % pages, (page + 1) % pages
    here = Button(replies.page_label(page, pages), f"{verb}:{page}")
    return ((Button("◀", f"{verb}:{before}"), here, Button("▶", f"{verb}:{after}")),)


def topics(all_topics: Sequence[Topic], followed: Collection[str] | None, page: int) -> Keyboard:
    """Return the topics of a page, those that are followed marked (None: all are), and arrows to the other pages.

    `page` counts from 0; one beyond the last is the last.
    """
    pages = max(1, -(-len(all_topics) // TOPICS_A_PAGE))
    page = min(max(page, 0), pages - 1)
    shown = all_topics[page * TOPICS_A_PAGE : (page + 1) * TOPICS_A_PAGE]
    buttons = [_topic_button(topic, followed is None or topic.command in followed, page) for topic in shown]
    rows = [tuple(buttons[start : start + TOPICS_A_ROW]) for start in range(0, len(buttons), TOPICS_A_ROW)]
    return (*rows, *arrows("topics", page, pages))


def renewed(data: str, label: str) -> str:
    """Return today's callback data for that of a button drawn before buttons named the state they set.

    Such a button (`follow:relos`, `toggle:2:relos`) does what its label offered; without a label it only shows.
    """
    verb, _, words = data.partition(":")
    if verb == "toggle":
        page, _, command = words.partition(":")
        words = f"{command}:{page}"
    elif verb != "follow":
        return data
    is_followed = replies.is_followed_by(label)
    return f"{'show' if is_followed is None else 'off' if is_followed else 'on'}:{words}"


def _topic_button(topic: Topic, is_followed: bool, page: int) -> Button:
    label = replies.topic_label(topic, is_followed=is_followed)
    return Button(label, f"{'off' if is_followed else 'on'}:{topic.command}:{page}")
