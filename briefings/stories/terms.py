"""Weighs the words of one report: its terms. Pure; never looks at another report.

A term weighs the logarithm of how often it stands in the title (each use counts twice) and in the beginning of the
text. Numbers weigh more, since two reports of one event share them. `grouping.py` adds how rare a term is among other
reports.
"""

from __future__ import annotations

import math
import zlib
from collections import Counter
from functools import lru_cache

from briefings.text.english import word_set
from briefings.text.function_words import LATIN, OTHERS
from briefings.text.words import comparable_words

LEAD_WORDS = 150
"""Words at the beginning of a text that are read."""

TITLE_WEIGHT = 2
"""Times that a word of the title counts."""

NUMBER_WEIGHT = 1.5
"""Times that a number weighs more than a word."""

_ENGLISH = word_set(
    "a about after all also an and any are as at be been before being but by can could did do does for from had has "
    "have he her his how if in into is it its just may more most new no not of on one or other our out over said says "
    "she should so some such than that the their them then there these they this those to two under up was we were "
    "what when which while who will with would you"
)
FEWEST_FOREIGN = 5
"""Function words of other languages in Latin letters that a report has, more often than those of English, if it is in
such a language."""


def weigh_terms(title: str, text: str) -> dict[str, float]:
    """Return the stems of a report's words with their weights, all above 0."""
    words = [*comparable_words(title) * TITLE_WEIGHT, *comparable_words(text)[:LEAD_WORDS]]
    counted = Counter(map(_stem, words))
    skipped = counted.pop("", 0)
    foreign = _FOREIGN.intersection(counted)
    if len(foreign) >= FEWEST_FOREIGN and sum(map(counted.__getitem__, foreign)) > skipped:
        for stem in foreign:
            del counted[stem]
    return {
        stem: (1 + math.log(number)) * (NUMBER_WEIGHT if stem[0].isdigit() else 1.0) for stem, number in counted.items()
    }


def term_number(stem: str) -> int:
    """Return the number under which a stem is stored: 31 bits of its CRC-32. Few stems share one."""
    return zlib.crc32(stem.encode("utf-8", "replace")) >> 1


@lru_cache(maxsize=1 << 16)
def _stem(word: str) -> str:
    """Return the stem of a word; empty if the word says nothing of what a report is about."""
    stem = _without_ending(word)
    return stem if len(stem) > 1 and stem not in _SKIPPED else ""


def _without_ending(word: str) -> str:
    word = word.replace("’", "'").removesuffix("'s")
    for ending in ("ing", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word.removesuffix(ending)
    return word


_SKIPPED = _ENGLISH | frozenset(map(_without_ending, OTHERS))
_FOREIGN = frozenset(map(_without_ending, LATIN))
