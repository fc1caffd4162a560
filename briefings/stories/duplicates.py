"""Finds copies: reports that repeat another report's text, so that a text in ten papers counts once. Pure.

A copy may have another headline, a changed first or last paragraph, an editor's note, light edits, a truncated
end. Candidates share part of a *sketch*, the smallest hashes of a text's shingles (runs of words), which even a part of
a text shares with the whole. A candidate is a copy only when most of its shingles stand in the original.

Precision goes first, because readers are told nothing of a copy. Never calls a report a copy, however much of it is
the same, if it states a number that its original lacks, has another number, day or name in the same place (notices
made from one pattern), or names somebody new in its headline. Never calls a short text a copy; `identity.fingerprint`
finds those that are the same word for word.
"""

from __future__ import annotations

import difflib
import heapq
import re
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from briefings.text.english import MONTHS, SHORT_MONTHS, SMALL_NUMBERS, WEEKDAYS
from briefings.text.fact_check import unsupported
from briefings.text.headline import is_title_case
from briefings.text.words import MARKS, RUN, UNSPACED, UNSPACED_LETTER

WINDOW_DAYS = 7
"""Texts dated farther apart are compared by fingerprint alone."""

SHINGLE = 3
"""Words of a shingle."""

SKETCH = 12
"""Shingles of a sketch."""

FEWEST_WORDS = 40
"""A shorter text has no sketch and is no copy."""

SHORT_WORDS = 100
"""A text with fewer words is a short one."""

LONG_SHARED, SHORT_SHARED, OWN_SHARED = 0.65, 0.85, 0.9
"""The share of a copy's shingles that its original must hold: of a long text, of a short one, and of any text if both
are from one outlet, which prints its own report again with a new beginning when something has happened."""

COMMON_IN = 30
"""A shingle in the sketches of so many originals within the window is common: a phrase that finds nothing."""

FEWEST_COMMON = 2
"""Shingles that two sketches must share."""

MOST_CANDIDATES = 3
"""Originals that a report is compared with."""

MOST_IN_A_PLACE = 8
"""With more words than that between the same neighbours, the place is in a list or a table and proves nothing."""

COMPARED = 20_000
"""Characters of a text in which facts are looked for."""

_Word = TypeVar("_Word", str, bytes)

# A number is one word with its points and commas; a letter of a script without blanks is a word.
_NUMBER = r"\d+(?:[.,:]\d+)+"
_PLAIN_WORD = re.compile(rf"{_NUMBER}|\w+")
_WORD = re.compile(rf"{_NUMBER}|{UNSPACED_LETTER}|{RUN}")
_ODD = re.compile(f"[{UNSPACED}{MARKS}]")


def _words(text: str) -> list[str]:
    words: list[str] = (_WORD if _ODD.search(text) else _PLAIN_WORD).findall(text)
    return words


def _runs(words: Sequence[_Word]) -> Iterator[tuple[_Word, ...]]:
    """Return every run of SHINGLE words."""
    return zip(*(words[start:] for start in range(SHINGLE)), strict=False)


_Place = tuple[str, str, str, str, str]
"""Two words before, "#" for a number or day or "A" for a word with a capital, two words after."""


@dataclass(frozen=True)
class ReportText:
    """A text under its headline, with the outlet it is from."""

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
    def shingles(self) -> set[tuple[str, ...]]:
        return set(_runs(self.folded))

    @cached_property
    def sketch(self) -> tuple[int, ...]:
        """The SKETCH smallest 32-bit hashes of the text's shingles, in order; empty for a text that is too short."""
        if len(self.words) < FEWEST_WORDS:
            return ()
        words = " ".join(self.folded).encode("utf-8", "replace").split(b" ")
        hashes = set(map(zlib.crc32, map(b" ".join, _runs(words))))
        return tuple(sorted(hashes)[:SKETCH])

    @cached_property
    def vocabulary(self) -> set[str]:
        """All words of headline and text, in small letters."""
        return {*_words(self.title.casefold()), *self.folded}

    @cached_property
    def values(self) -> list[str]:
        """Each word of the text as a number, a weekday or a month; "" for any other word."""
        return list(map(_value, self.folded))

    @cached_property
    def numbers(self) -> set[str]:
        """The numbers that headline and text state, except days of a month and years."""
        title = _words(self.title.casefold())
        return _numbers(title, list(map(_value, title))) | _numbers(self.folded, self.values)

    @cached_property
    def places(self) -> dict[_Place, set[str]]:
        """The numbers, days and words with a capital of the text, by the two words on either side."""
        plain = ["#" if value else word for word, value in zip(self.folded, self.values, strict=True)]
        plain = ["", "", *plain, "", ""]
        fillings: dict[_Place, set[str]] = {}
        for index, (word, value) in enumerate(zip(self.words, self.values, strict=True)):
            if value or word[0].isupper():
                kind = "#" if value else "A"
                place = (plain[index], plain[index + 1], kind, plain[index + 3], plain[index + 4])
                fillings.setdefault(place, set()).add(value or word)
        return fillings


class Originals:
    """The sketches of the originals of some days. `number` is any number by which the caller knows a report."""

    def __init__(self, rows: Iterable[tuple[int, int, int]]) -> None:
        """Take the rows (shingle, day, number) of all sketches; a day counts from any fixed date."""
        self._where: dict[int, list[tuple[int, int]]] = {}
        for shingle, day, number in rows:
            self._where.setdefault(shingle, []).append((day, number))

    def near(self, sketch: Iterable[int], day: int) -> list[int]:
        """Return the originals within the window that share most of a sketch, the most first; of equals the oldest.

        At most MOST_CANDIDATES of them.
        """
        common = Counter(number for shingle in sketch for number in self._numbers(shingle, day))
        ranked = [(-count, abs(number), number) for number, count in common.items() if count >= FEWEST_COMMON]
        return [number for _, _, number in heapq.nsmallest(MOST_CANDIDATES, ranked)]

    def add(self, sketch: Iterable[int], day: int, number: int) -> list[int]:
        """Note an original. Return the shingles that may find it: those that are not common."""
        telling = [shingle for shingle in sketch if len(self._numbers(shingle, day)) < COMMON_IN]
        for shingle in telling:
            self._where.setdefault(shingle, []).append((day, number))
        return telling

    def _numbers(self, shingle: int, day: int) -> list[int]:
        return [number for other, number in self._where.get(shingle, ()) if abs(day - other) <= WINDOW_DAYS]


def is_copy(report: ReportText, original: ReportText) -> bool:
    """True if a report says nothing but what its original says, in its words."""
    if min(len(report.words), len(original.words)) < FEWEST_WORDS:
        return False
    if len(report.shingles & original.shingles) < _needed_share(report, original) * len(report.shingles):
        return False
    return not (
        report.numbers - original.numbers or _replaces(report, original) or headline_additions(report, original)
    )


def likeness(report: ReportText, other: ReportText) -> float:
    """Return the share of the shorter text's shingles that the other holds, 0 to 1; case does not count."""
    fewer, more = sorted((report.shingles, other.shingles), key=len)
    return len(fewer & more) / len(fewer) if fewer else 0.0


def _needed_share(report: ReportText, original: ReportText) -> float:
    if report.source and report.source.casefold() == original.source.casefold():
        return OWN_SHARED
    return SHORT_SHARED if len(report.words) < SHORT_WORDS else LONG_SHARED


_MONTHS = frozenset(name.lower() for name in (*MONTHS, *SHORT_MONTHS))
_YEAR = re.compile(r"(?:19|20)\d\d")
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+")
# "one" is mostly a pronoun, "may" a verb.
_VALUES = {word: str(number) for word, number in SMALL_NUMBERS.items() if 2 <= number <= 12}
_VALUES |= {name: name for name in (*map(str.lower, WEEKDAYS), *_MONTHS - {"may"})}


def _value(low: str) -> str:
    """Return a number as digits, a weekday or month as it is, "" for any other word. `low` is in small letters."""
    if low.isalpha():
        return _VALUES.get(low, "")
    return low.replace(",", "") if _THOUSANDS.fullmatch(low) else low


def _numbers(words: Sequence[str], values: Sequence[str]) -> set[str]:
    numbers = set()
    for index, value in enumerate(values):
        if value and value[0].isdigit() and not _YEAR.fullmatch(value):
            neighbours = (*words[max(index - 1, 0) : index], *words[index + 1 : index + 2])
            if _MONTHS.isdisjoint(neighbours):
                numbers.add(value)
    return numbers


def _replaces(report: ReportText, original: ReportText) -> bool:
    """True if another number or day, or two other names, stand between the same words."""
    names: set[str] = set()
    for place in report.places.keys() & original.places.keys():
        others = original.places[place]
        for word in report.places[place] - others:
            low = word.casefold()
            if _value(low):
                return True
            if len(others) > MOST_IN_A_PLACE or low in original.vocabulary:
                continue
            if not difflib.get_close_matches(low, map(str.casefold, others), 1, 0.7):
                names.add(low)
    return len(names) > 1


def headline_additions(report: ReportText, original: ReportText) -> list[str]:
    """Return the numbers and names of a report's headline that the original lacks.

    Return none for a headline in title case, where a capital marks no name. A headline's first word is a name only if
    the report's text writes it with a capital in the middle of a sentence.
    """
    title = report.title
    if is_title_case(title) or original.vocabulary.issuperset(_words(title.casefold())):
        return []
    first = title.split()[0] if title.split() else ""
    pieces = unsupported(title, f"{original.title}\n{original.text[:COMPARED]}", strict=False)
    return [piece for piece in pieces if piece != first or re.search(rf"[\w,] {re.escape(piece)}\b", report.text)]
