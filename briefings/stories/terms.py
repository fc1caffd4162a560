"""Weighs the words of one report: its terms. Pure; never looks at another report.

A term weighs the logarithm of how often it stands in the title (each use counts twice) and in the beginning of the
text. Numbers weigh more, since two reports of one event share them. `grouping.py` adds how rare a term is among other
reports.
"""

from __future__ import annotations

import math
import re
import zlib
from collections import Counter
from functools import lru_cache

from briefings.text.english import word_set

LEAD_WORDS = 150
"""Words at the beginning of a text that are read."""

TITLE_WEIGHT = 2
"""Times that a word of the title counts."""

NUMBER_WEIGHT = 1.5
"""Times that a number weighs more than a word."""

_WORD = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")
_STOP_WORDS = word_set(
    "a about after all also an and any are as at be been before being but by can could did do does for from had has "
    "have he her his how if in into is it its just may more most new no not of on one or other our out over said says "
    "she should so some such than that the their them then there these they this those to two under up was we were "
    "what when which while who will with would you"
)


def weigh_terms(title: str, text: str) -> dict[str, float]:
    """Return the stems of a report's words with their weights, all above 0."""
    words = [*_WORD.findall(title) * TITLE_WEIGHT, *_WORD.findall(text)[:LEAD_WORDS]]
    stems = (_stem(word.casefold()) for word in words)
    counted = Counter(stem for stem in stems if len(stem) > 1 and stem not in _STOP_WORDS)
    return {
        stem: (1 + math.log(number)) * (NUMBER_WEIGHT if stem[0].isdigit() else 1.0) for stem, number in counted.items()
    }


def term_number(stem: str) -> int:
    """Return the number under which a stem is stored: 31 bits of its CRC-32. Few stems share one."""
    return zlib.crc32(stem.encode("utf-8", "replace")) >> 1


@lru_cache(maxsize=1 << 16)
def _stem(word: str) -> str:
    word = word.replace("’", "'").removesuffix("'s")
    for ending in ("ing", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word.removesuffix(ending)
    return word
