"""What a report is known by: its words, and how much each says. Pure; knows no other report.

A word counts by the logarithm of how often it stands in the title (twice) and in the beginning of the text.
Numbers count more, since two reports of one event share them. How rare a word is among other reports is for `desk.py`.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from functools import lru_cache

LEAD_WORDS = 150
TITLE_WEIGHT = 2
NUMBER_WEIGHT = 1.5

_WORD = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")
_STOP = frozenset(
    "a about after all also an and any are as at be been before being but by can could did do does for from had has "
    "have he her his how if in into is it its just may more most new no not of on one or other our out over said says "
    "she should so some such than that the their them then there these they this those to two under up was we were "
    "what when which while who will with would you".split()
)


def terms(title: str, text: str) -> dict[str, float]:
    """The words of a report, cut to their stems, with their weights (above 0)."""
    words = [*_WORD.findall(title) * TITLE_WEIGHT, *_WORD.findall(text)[:LEAD_WORDS]]
    stems = (_stem(word.casefold()) for word in words)
    counted = Counter(stem for stem in stems if len(stem) > 1 and stem not in _STOP)
    return {
        stem: (1 + math.log(number)) * (NUMBER_WEIGHT if stem[0].isdigit() else 1.0) for stem, number in counted.items()
    }


@lru_cache(maxsize=1 << 16)
def _stem(word: str) -> str:
    word = word.replace("’", "'").removesuffix("'s")
    for ending in ("ing", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word.removesuffix(ending)
    return word
