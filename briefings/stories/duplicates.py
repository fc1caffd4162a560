"""Is a report another's copy? One text in ten papers counts once. Pure and deterministic.

A copy may have another headline, a changed first or last paragraph, an editor's note, light edits, a truncated
end. It is looked for by a *sketch*, the smallest hashes of its shingles (runs of words), which even a part of a text
shares with the whole, and believed only when most of its shingles stand in the original.

Precision first, for what is called a copy tells nobody anything new: a report that brings a number its original
lacks, puts another number, day or name in the same place (notices made from one pattern), or names somebody new in
its headline is no copy, however much of it is the same; nor is a short text, unless it is the same word for word,
which is `identity.fingerprint`'s business.
"""

from __future__ import annotations

import difflib
import heapq
import re
import zlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from briefings.text.fact_check import unsupported

WINDOW_DAYS = 7
"""Texts dated farther apart are compared by fingerprint alone."""

SHINGLE = 3
SKETCH = 12
FEWEST_WORDS = 40
SHORT_WORDS = 100
MOST_SHARED, SHORT_SHARED, OWN_SHARED = 0.65, 0.85, 0.9
"""The part of a copy's shingles that its original holds: of a long text, of a short one, and where both are one
outlet's, which prints its own report again with a new beginning when something has happened."""

CROWD = 30
"""A shingle that so many originals of some days have in their sketches is a phrase of the trade and tells nothing."""

FEWEST_COMMON, MOST_CANDIDATES = 2, 3


# A number is one word with its points and commas; a letter of a script without blanks is a word.
_WORD = re.compile(r"\d+(?:[.,:]\d+)+|\w+")
_UNSPACED = re.compile(r"([\u3040-\u30ff\u3400-\u9fff])")


def _words(text: str) -> list[str]:
    words: list[str] = _WORD.findall(_UNSPACED.sub(r" \1 ", text) if _UNSPACED.search(text) else text)
    return words


MOST_IN_A_PLACE = 8
"""Between the same words in a list or a table there may be anything."""

COMPARED = 20_000
"""Characters of a text in which facts are looked for."""

_Shingle = tuple[str, str, str]
_Place = tuple[str, str, str, str, str]


@dataclass(frozen=True)
class Report:
    """What is compared: a text under its headline, and whose it is."""

    title: str
    text: str
    source: str

    @cached_property
    def words(self) -> list[str]:
        return _words(self.text)

    @cached_property
    def folded(self) -> list[str]:
        return list(map(str.casefold, self.words))

    @cached_property
    def shingles(self) -> set[_Shingle]:
        return set(zip(self.folded, self.folded[1:], self.folded[2:], strict=False))

    @cached_property
    def sketch(self) -> tuple[int, ...]:
        """The SKETCH smallest 32-bit hashes of the text's shingles, in order; none of a text too short for that."""
        if len(self.words) < FEWEST_WORDS:
            return ()
        words = " ".join(self.folded).encode("utf-8", "replace").split(b" ")
        hashes = set(map(zlib.crc32, map(b" ".join, zip(words, words[1:], words[2:], strict=False))))
        return tuple(sorted(hashes)[:SKETCH])

    @cached_property
    def stated(self) -> set[str]:
        """All words of headline and text, in small letters."""
        return {*_words(self.title.casefold()), *self.folded}

    @cached_property
    def values(self) -> list[str]:
        """What each word of the text is as a number, a day or a month; empty for the others."""
        return list(map(_value, self.folded))

    @cached_property
    def numbers(self) -> set[str]:
        """The numbers that headline and text state, but for days of a month and years."""
        title = _words(self.title.casefold())
        return _numbers(title, list(map(_value, title))) | _numbers(self.folded, self.values)

    @cached_property
    def places(self) -> dict[_Place, set[str]]:
        """What stands in the text between which two words on either side: numbers, days, and words with a capital."""
        plain = ["#" if value else word for word, value in zip(self.folded, self.values, strict=True)]
        plain = ["", "", *plain, "", ""]
        found: dict[_Place, set[str]] = {}
        for place, (word, value) in enumerate(zip(self.words, self.values, strict=True)):
            if value or word[0].isupper():
                kind = "#" if value else "A"
                around = (plain[place], plain[place + 1], kind, plain[place + 3], plain[place + 4])
                found.setdefault(around, set()).add(value or word)
        return found


class Originals:
    """The sketches of some days' originals, to be looked through; `number` is whatever the caller calls a report."""

    def __init__(self, rows: Iterable[tuple[int, int, int]]) -> None:
        """Take (shingle, day, number) of each."""
        self._where: dict[int, list[tuple[int, int]]] = {}
        for shingle, day, number in rows:
            self._where.setdefault(shingle, []).append((day, number))

    def near(self, sketch: Iterable[int], day: int) -> list[int]:
        """The originals of these days that share most of a sketch, those first; ties to the first kept."""
        common = Counter(number for shingle in sketch for number in self._numbers(shingle, day))
        found = [(-count, number) for number, count in common.items() if count >= FEWEST_COMMON]
        return [number for _, number in heapq.nsmallest(MOST_CANDIDATES, found, key=lambda one: (one[0], abs(one[1])))]

    def add(self, sketch: Iterable[int], day: int, number: int) -> list[int]:
        """Note an original; return the shingles it is to be found by."""
        telling = [shingle for shingle in sketch if len(self._numbers(shingle, day)) < CROWD]
        for shingle in telling:
            self._where.setdefault(shingle, []).append((day, number))
        return telling

    def _numbers(self, shingle: int, day: int) -> list[int]:
        return [number for other, number in self._where.get(shingle, ()) if abs(day - other) <= WINDOW_DAYS]


def is_copy(one: Report, original: Report) -> bool:
    """Whether a report says nothing but what its original says, in its words."""
    if min(len(one.words), len(original.words)) < FEWEST_WORDS:
        return False
    if len(one.shingles & original.shingles) < _needed(one, original) * len(one.shingles):
        return False
    return not (one.numbers - original.numbers or _replaces(one, original) or announced(one, original))


def likeness(one: Report, other: Report) -> float:
    """The part of the shorter text's shingles that the other holds, 0 to 1; case does not count."""
    fewer, more = sorted((one.shingles, other.shingles), key=len)
    return len(fewer & more) / len(fewer) if fewer else 0.0


def _needed(one: Report, original: Report) -> float:
    if one.source and one.source.casefold() == original.source.casefold():
        return OWN_SHARED
    return SHORT_SHARED if len(one.words) < SHORT_WORDS else MOST_SHARED


_NUMBER_WORDS = {
    word: str(number)
    for number, word in enumerate("two three four five six seven eight nine ten eleven twelve".split(), 2)
}
_DAYS = frozenset("monday tuesday wednesday thursday friday saturday sunday".split())
_MONTHS = frozenset(
    "january february march april may june july august september october november december "
    "jan feb mar apr jun jul aug sept sep oct nov dec".split()
)
_YEAR = re.compile(r"(?:19|20)\d\d")
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+")


_NAMED = _NUMBER_WORDS | {word: word for word in (_DAYS | _MONTHS) - {"may"}}


def _value(low: str) -> str:
    """A number as digits, a day or month as it is; empty for any other word. `low` is in small letters."""
    if low.isalpha():
        return _NAMED.get(low, "")
    return low.replace(",", "") if _THOUSANDS.fullmatch(low) else low


def _numbers(words: Sequence[str], values: Sequence[str]) -> set[str]:
    stated = set()
    for place, value in enumerate(values):
        if value and value[0].isdigit() and not _YEAR.fullmatch(value):
            near = (*words[max(place - 1, 0) : place], *words[place + 1 : place + 2])
            if _MONTHS.isdisjoint(near):
                stated.add(value)
    return stated


def _replaces(one: Report, original: Report) -> bool:
    """Does another number or day, or do two other names, stand between the same words?"""
    names: set[str] = set()
    for place in one.places.keys() & original.places.keys():
        others = original.places[place]
        for word in one.places[place] - others:
            low = word.casefold()
            if _value(low):
                return True
            if len(others) > MOST_IN_A_PLACE or low in original.stated:
                continue
            if not difflib.get_close_matches(low, map(str.casefold, others), 1, 0.7):
                names.add(low)
    return len(names) > 1


def announced(one: Report, original: Report) -> list[str]:
    """The numbers and names of a headline that the original lacks; none where most words are capitals, for who knows.

    A headline's first word is a name only if the text writes it so in the middle of a sentence.
    """
    words = [word for word in one.title.split()[1:] if word[0].isalpha()]
    if sum(word[0].isupper() for word in words) * 2 > len(words) or original.stated.issuperset(
        _words(one.title.casefold())
    ):
        return []
    first = one.title.split()[0] if one.title.split() else ""
    pieces = unsupported(one.title, f"{original.title}\n{original.text[:COMPARED]}", strict=False)
    return [piece for piece in pieces if piece != first or re.search(rf"[\w,] {re.escape(piece)}\b", one.text)]
