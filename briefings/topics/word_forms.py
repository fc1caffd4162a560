"""Finds the other forms of ordinary words in a text: sanction, sanctions, sanctioned. Pure.

Uses Snowball's stems for the languages it knows; in English, two forms must also differ in a usual ending only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import takewhile

from Stemmer import Stemmer

_ALGORITHMS = dict(
    pair.split(":")
    for pair in (
        "hy:armenian eu:basque ca:catalan da:danish nl:dutch en:english et:estonian fi:finnish fr:french de:german "
        "el:greek hu:hungarian id:indonesian ga:irish it:italian lt:lithuanian no:norwegian nb:norwegian pl:polish "
        "pt:portuguese ro:romanian ru:russian sr:serbian es:spanish sv:swedish tr:turkish"
    ).split()
)
"""Language code of py3langid → Snowball algorithm, for scripts with capitals: in others, no word is an ordinary one."""

_INFLECTION = re.compile(r"(?:[bdgklmnprtz]?(?:ed|ing)|s|es|e|d|y|ies|ied|ying|)")
"""Endings in which two English forms of one word may differ.

English stems alone join too much: universe and university, organ and organisation.
"""


class WordForms:
    """Finds the forms of words in a text, by Snowball."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words = sorted(words)
        self._heads = frozenset(word[:3] for word in self._words)
        self._by_algorithm: dict[str, tuple[Stemmer, dict[str, list[str]]]] = {}

    def forms(self, parts: Iterable[str], language: str) -> dict[str, frozenset[str]]:
        """Return word → its forms among these parts of a text; empty for a language without an algorithm."""
        algorithm = _ALGORITHMS.get(language.partition("-")[0].lower())
        if not algorithm or not self._words:
            return {}
        if algorithm not in self._by_algorithm:
            self._by_algorithm[algorithm] = self._stemmed(algorithm)
        stemmer, by_stem = self._by_algorithm[algorithm]
        forms: dict[str, set[str]] = {}
        for part in (part for part in parts if part[:3] in self._heads):
            for word in by_stem.get(stemmer.stemWord(part), ()):
                if algorithm != "english" or _inflects(word, part):
                    forms.setdefault(word, set()).add(part)
        return {word: frozenset(parts_of) for word, parts_of in forms.items()}

    def _stemmed(self, algorithm: str) -> tuple[Stemmer, dict[str, list[str]]]:
        stemmer, by_stem = Stemmer(algorithm), dict[str, list[str]]()
        for word in self._words:
            by_stem.setdefault(stemmer.stemWord(word), []).append(word)
        return stemmer, by_stem


def _inflects(word: str, form: str) -> bool:
    """True if two English words differ in an ending of `_INFLECTION` only."""
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(word, form, strict=False)))
    return bool(_INFLECTION.fullmatch(word[same:]) and _INFLECTION.fullmatch(form[same:]))
