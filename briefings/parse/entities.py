"""Reads the HTML entities of a text: `&#8217;` is an apostrophe, `&amp;` is "&".

Promises to read one level of them, and of a text that was encoded twice (`&amp;#8217;`) the second level too. Of
`&amp;amp;`, and of every text that speaks of HTML or quotes code, only one level is read, because there the entity is
what the text says. Text that no entity stands for stays as it is: "AT&T", "?a=1&copy=2".
"""

from __future__ import annotations

import html
import re
from html.entities import html5

# The semicolon is required: without it HTML reads "&copy=2" in an address as "©=2".
_ENTITY = re.compile(r"&(?:#(?:\d{1,7}|[xX][0-9a-fA-F]{1,6})|([A-Za-z][A-Za-z0-9]{1,31}));")
_MARKUP_ITSELF = frozenset({"amp", "AMP", "lt", "LT", "gt", "GT"})
_SPEAKS_OF_CODE = re.compile(
    r"\b(?:X?HTML\d?|XML|entity|entities|markup|ampersands?|character references?)\b|`|</?code>", re.IGNORECASE
)


def read_entities(text: str) -> str:
    """Return `text` with its entities read."""
    return read_left_over(_read(text, frozenset())) if "&" in text else text


def read_left_over(text: str) -> str:
    """Return a text of which one level of entities was read, with what is left of a second level read too."""
    if "&" not in text or _SPEAKS_OF_CODE.search(text):
        return text
    return _read(text, _MARKUP_ITSELF)


def _read(text: str, without: frozenset[str]) -> str:
    def character(entity: re.Match[str]) -> str:
        name = entity[1]
        if name and (name in without or f"{name};" not in html5):
            return entity[0]
        return html.unescape(entity[0])

    return _ENTITY.sub(character, text)
