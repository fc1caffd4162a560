"""Word lists of English that several rules share: weekdays, months, number words, scales and auxiliary verbs.

Each list stands here once; other modules derive their sets and patterns from it. Words that only one rule needs stand
beside that rule, such as the month names of other languages in `dates.py`.
"""

from __future__ import annotations

from collections.abc import Iterable


def word_set(words: str) -> frozenset[str]:
    """Return the words of a list that is separated by blanks."""
    return frozenset(words.split())


def any_of(words: Iterable[str]) -> str:
    """Return the alternatives of a pattern, the longest first. A blank in one stands for any white space."""
    return "|".join(sorted(words, key=len, reverse=True)).replace(" ", r"\s+")


_DOTS_OF_I = str.maketrans("İı", "ii")


def fold_case(word: str) -> str:
    """Return a word as the lists below spell it, after a pattern that ignores case has matched it.

    Such a pattern takes "ı" and "ſ" for "i" and "s" ("fıve", "ſix"), which `str.lower` does not.
    """
    return word.translate(_DOTS_OF_I).casefold()


WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
"""In the order of `date.weekday()`: Monday is 0."""

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)

SHORT_WEEKDAYS = {name[:3]: name for name in WEEKDAYS} | {"Tues": "Tuesday", "Thur": "Thursday", "Thurs": "Thursday"}
"""Short name → full name."""

SHORT_MONTHS = {name[:3]: name for name in MONTHS} | {"Sept": "September"}
"""Short name → full name. May is its own short name."""

SMALL_NUMBERS = {
    word: number
    for number, word in enumerate(
        "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
        "eighteen nineteen".split(),
        1,
    )
}
"""Number word → its value, 1 to 19."""

TENS = {
    word: number * 10 for number, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)
}
"""Number word → its value, 20 to 90."""

SCALES = {"hundred": 2, "thousand": 3, "lakh": 5, "million": 6, "crore": 7, "billion": 9, "trillion": 12}
"""Scale word → power of ten. A lakh is 100,000, a crore 10,000,000 (South Asian English)."""

SHORT_SCALES = {"mn": 6, "bn": 9, "tn": 12}
"""Abbreviated scale → power of ten. Single letters ("5m") are ambiguous and stand with the rules that read them."""

AUXILIARIES = word_set("is are was were be been has have had do does did will would can could may might should must")
"""Verbs that carry no meaning of their own."""
