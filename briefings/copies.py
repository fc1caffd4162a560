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

from briefings.facts import unsupported

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

FEWEST_COMMON, MOST_CANDIDATES = 2, 5


@dataclass(frozen=True, slots=True)
class Report:
    """What is compared: a text under its headline, and whose it is."""

    title: str
    text: str
    source: str


# Letters of scripts without blanks count as words; a number is one word with its points and commas.
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|\d+(?:[.,:]\d+)+|[^\W\u3040-\u30ff\u3400-\u9fff]+")


def sketch(text: str) -> tuple[int, ...]:
    """The SKETCH smallest 32-bit hashes of a text's shingles, in order; none of a text too short for that."""
    words = _WORD.findall(text.casefold())
    if len(words) < FEWEST_WORDS:
        return ()
    shingles = {" ".join(run).encode("utf-8", "replace") for run in _runs(words)}
    return tuple(heapq.nsmallest(SKETCH, set(map(zlib.crc32, shingles))))


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
    raw, before = _WORD.findall(one.text), _WORD.findall(original.text)
    if min(len(raw), len(before)) < FEWEST_WORDS or held(raw, before) < _needed(one, original, len(raw)):
        return False
    if _numbers([*_WORD.findall(one.title), *raw]) - _numbers([*_WORD.findall(original.title), *before]):
        return False
    return not _replaces(raw, before) and not announced(one.title, f"{original.title}\n{original.text}")


def likeness(one: str, other: str) -> float:
    """The part of the shorter text's shingles that the other holds, 0 to 1."""
    words = sorted((_WORD.findall(one), _WORD.findall(other)), key=len)
    return held(*words)


def held(words: Sequence[str], others: Sequence[str]) -> float:
    """The part of the shingles of some words that others hold, 0 to 1; case does not count."""
    shingles = set(_runs([word.casefold() for word in words]))
    return len(shingles & set(_runs([word.casefold() for word in others]))) / len(shingles) if shingles else 0.0


def _runs(words: Sequence[str]) -> Iterable[tuple[str, ...]]:
    return zip(*(words[start:] for start in range(SHINGLE)), strict=False)


def _needed(one: Report, original: Report, words: int) -> float:
    if one.source and one.source.casefold() == original.source.casefold():
        return OWN_SHARED
    return SHORT_SHARED if words < SHORT_WORDS else MOST_SHARED


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


def _value(word: str) -> str:
    """A number as digits, a day or month as it is; empty for any other word."""
    low = word.casefold()
    if any(letter.isdigit() for letter in low):
        return low.replace(",", "") if _THOUSANDS.fullmatch(low) else low
    return _NUMBER_WORDS.get(low) or (low if low in _DAYS or (low in _MONTHS and low != "may") else "")


def _numbers(words: Sequence[str]) -> set[str]:
    """The numbers that words state, but for days of a month and years."""
    stated = set()
    for place, word in enumerate(words):
        value = _value(word)
        near = (words[place - 1] if place else "", words[place + 1] if place + 1 < len(words) else "")
        dated = _YEAR.fullmatch(value) or any(other.casefold() in _MONTHS for other in near)
        if value[:1].isdigit() and not dated:
            stated.add(value)
    return stated


def _replaces(words: Sequence[str], before: Sequence[str]) -> bool:
    """Does another number or day, or do two other names, stand between the same words?"""
    known = {word.casefold() for word in before}
    places, held = _places(before), _places(words)
    names: set[str] = set()
    for place in held.keys() & places.keys():
        for word in held[place] - places[place]:
            if _value(word):
                return True
            low = word.casefold()
            respelt = difflib.get_close_matches(low, [other.casefold() for other in places[place]], 1, 0.7)
            if low not in known and not respelt:
                names.add(low)
    return len(names) > 1


def _places(words: Sequence[str]) -> dict[tuple[str, ...], set[str]]:
    """What stands between which two words on either side: numbers, days, and words with a capital."""
    values = [_value(word) for word in words]
    plain = ["", "", *("#" if value else word.casefold() for word, value in zip(words, values, strict=True)), "", ""]
    found: dict[tuple[str, ...], set[str]] = {}
    for place, (word, value) in enumerate(zip(words, values, strict=True)):
        if value or word[0].isupper():
            around = (*plain[place : place + 2], "#" if value else "A", *plain[place + 3 : place + 5])
            found.setdefault(around, set()).add(value or word)
    return found


def announced(title: str, original: str) -> list[str]:
    """The numbers and names of a headline that a text lacks; none where most words are capitals, for who knows."""
    words = [word for word in title.split()[1:] if word[0].isalpha()]
    capitals = sum(word[0].isupper() for word in words) * 2 > len(words)
    return [] if capitals else unsupported(title, original, strict=False)
