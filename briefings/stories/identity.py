"""Decides if an entry can be kept, and gives a text the key under which it is the same again.

Promises that typography does not make a text new. The keys of web addresses stand in `parse/urls.py`.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata

from briefings.errors import Problem
from briefings.model import Entry
from briefings.text.quality import emptiness

EARLIEST_YEAR, LATEST_YEAR = 1600, 2500
"""News bears dates between these years, both excluded: the first newspapers appeared in the early 1600s."""

_SURROGATE = re.compile("[\ud800-\udfff]")


def objection(entry: Entry) -> Problem | None:
    """Return the reason why an entry cannot be kept; None for nearly all, because parsers clean what they read."""
    if not entry.title.strip() or not entry.text.strip():
        return Problem("no-title") if entry.text.strip() else Problem("no-text")
    stated = (entry.title, entry.text, entry.url, entry.source, entry.language, entry.summary, entry.author)
    if any(_SURROGATE.search(value) for value in stated if value):
        return Problem("half-character")
    when = entry.published
    if when and (when.tzinfo is None or not EARLIEST_YEAR < when.year < LATEST_YEAR):
        return Problem("published-out-of-range")
    return emptiness(entry.text)


def fingerprint(text: str) -> str:
    """Return the SHA-256, in hex, of the words of `text`: case, blanks, punctuation and typography do not count."""
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    table = {ord(letter): _word_part(letter) for letter in set(text)}
    return hashlib.sha256(" ".join(text.translate(table).split()).encode("utf-8", "replace")).hexdigest()


def _word_part(letter: str) -> str:
    """Keep letters, digits and the marks that spell vowels in Indic scripts; drop invisible characters."""
    category = unicodedata.category(letter)
    return letter if category[0] in "LNM" else "" if category == "Cf" else " "
