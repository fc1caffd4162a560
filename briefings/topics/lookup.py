"""Finds a topic by the name that a reader gives it. Pure.

Promises that hyphens, blanks, dots and capitals make no difference, and that `find_topic` never guesses: only
`nearest_topics` offers topics whose names merely look like the word.
"""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from briefings.model import Topic
from briefings.topics.matching import plain

_NEAR = 0.7
"""From this likeness on (0 to 1) a name is offered."""

_BEGINNING = 0.9
"""Likeness of a name that begins with the word."""


@lru_cache(4096)
def key(word: str) -> str:
    """Return a word as commands spell it: `S-400` and `/s400` are both `s400`."""
    return "".join(character for character in plain(word).casefold() if _belongs_to_word(character))


def find_topic(word: str, topics: Sequence[Topic]) -> Topic | None:
    """Return the topic whose command, title, expansion or alias this word is, or None."""
    wanted = key(word)
    for topic in topics:
        if wanted and wanted in {key(name) for name in _names(topic)}:
            return topic
    return None


def nearest_topics(word: str, topics: Sequence[Topic], limit: int = 3) -> list[Topic]:
    """Return the topics whose names look most like the word, best first; empty when none is near."""
    wanted = key(word)
    scored = [(max(_likeness(wanted, key(name)) for name in _names(topic)), topic) for topic in topics]
    near = sorted((pair for pair in scored if pair[0] >= _NEAR), key=lambda pair: -pair[0])
    return [topic for _, topic in near[:limit]]


def _names(topic: Topic) -> list[str]:
    return [topic.command, topic.title, *([topic.expansion] if topic.expansion else []), *topic.aliases, *topic.exact]


def _belongs_to_word(character: str) -> bool:
    """True for letters, digits, and the marks that belong to a letter, such as vowel signs."""
    return character.isalnum() or unicodedata.category(character)[0] == "M"


def _likeness(word: str, name: str) -> float:
    """Return how much a name looks like a word, from 0 to 1."""
    if len(word) >= 3 and name.startswith(word):
        return _BEGINNING
    return difflib.SequenceMatcher(None, word, name).ratio()
