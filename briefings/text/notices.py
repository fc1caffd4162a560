"""Recognises the sentences that a site shows instead of an article: consent, robot tests, walls, errors.

Knows them in English, German, French, Spanish, Russian, Hindi and Chinese. Promises to recognise sentences that speak
to the visitor ("please enable JavaScript"), or that say nothing else ("Access denied"): a report *about* such notices
quotes one and goes on. Pure; never raises.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from operator import itemgetter

from briefings.text.notice_patterns import PATTERNS

LONGEST_TEXT = 3_000  # characters; a longer text is more than a notice
KINDS = frozenset(PATTERNS)
"""The kinds of notice. An operator's sentence names each."""

# Scripts beside Latin, whose patterns are looked for only in sentences that have a letter of it: half the time saved.
_SCRIPTS = tuple(map(re.compile, ("[\u0400-\u04ff]", "[\u0900-\u097f]", "[\u4e00-\u9fff]")))
_BEGINNINGS = ("^", r"\b", "")  # of patterns; those with one of these in common are searched together
_QUOTED = re.compile(r"[“„\"«「『][^“”„\"«»」』]{3,200}[”“\"»」』]")  # a report quotes a notice
_SENTENCE = re.compile(r"[^.!?\n。！？।]+(?:\.(?=\S)[^.!?\n。！？।]*)*")


@dataclass(frozen=True, slots=True)
class Notices:
    """The part of a text that is notices: their commonest kind (None without any), their letters, and all letters."""

    kind: str | None
    letters: int
    all_letters: int

    @property
    def rest(self) -> int:
        return self.all_letters - self.letters


def _alternatives(pattern: str) -> list[str]:
    """Return the alternatives of a pattern that stand in no group."""
    pieces, depth = [""], 0
    for atom in re.findall(r"\\.|\[(?:\\.|[^\]])*\]|.", pattern):
        depth += (atom == "(") - (atom == ")")
        if atom == "|" and depth == 0:
            pieces.append("")
        else:
            pieces[-1] += atom
    return pieces


def _compiled(patterns: Iterable[str]) -> dict[re.Pattern[str] | None, list[re.Pattern[str]]]:
    """Return script → patterns: for the beginning of a sentence, of a word, and for anywhere. None stands for Latin.

    They are for sentences in small letters: a pattern that ignores case takes four times as long.
    """
    groups: dict[tuple[re.Pattern[str] | None, str], list[str]] = {}
    for pattern in map(_in_small_letters, chain.from_iterable(map(_alternatives, patterns))):
        script = next((script for script in _SCRIPTS if script.search(pattern)), None)
        begin = next(filter(pattern.startswith, _BEGINNINGS))
        groups.setdefault((script, begin), []).append(pattern.removeprefix(begin))
    compiled: dict[re.Pattern[str] | None, list[re.Pattern[str]]] = {}
    for (script, begin), group in groups.items():
        compiled.setdefault(script, []).append(re.compile(f"{begin}(?:{'|'.join(group)})"))
    return compiled


def _in_small_letters(pattern: str) -> str:
    """Return a pattern with small letters, except those that have a meaning of their own after a backslash."""
    return re.sub(r"\\.|[^\\]+", lambda match: match[0] if match[0][0] == "\\" else match[0].lower(), pattern)


_COMPILED = {kind: _compiled(patterns) for kind, patterns in PATTERNS.items()}


def _patterns_for(sentence: str) -> Iterator[tuple[str, re.Pattern[str]]]:
    """Yield the kinds of notice and their patterns in the scripts of a sentence."""
    scripts = (None, *(script for script in _SCRIPTS if script.search(sentence)))
    for kind, by_script in _COMPILED.items():
        for script in scripts:
            for pattern in by_script.get(script, ()):
                yield kind, pattern


def notice_in(sentence: str) -> str | None:
    """Return the kind of notice that a sentence is; None for any other sentence."""
    sentence = _QUOTED.sub("", sentence).lower()
    return next((kind for kind, pattern in _patterns_for(sentence) if pattern.search(sentence)), None)


def is_notice(title: str) -> str | None:
    """Return the kind of notice that a title is from its beginning nearly to its end; None for any other title."""
    title = title.lower()
    for kind, pattern in _patterns_for(title):
        if any(len(match[0]) >= 0.8 * len(title) for match in pattern.finditer(title)):
            return kind
    return None


def notices_in(text: str, least: float = 0.0) -> Notices:
    """Return the part of a text that is notices. A text longer than `LONGEST_TEXT` is judged by its beginning.

    `least` is the share from which on the part matters: for a smaller one the answer may be too small, and comes soon.
    """
    spent: Counter[str] = Counter()
    sentences = [
        (sentence.strip(), sum(map(str.isalnum, sentence))) for sentence in _SENTENCE.findall(text[:LONGEST_TEXT])
    ]
    total = sum(letters for _, letters in sentences) + max(0, len(text) - LONGEST_TEXT)
    rest = 0
    for sentence, letters in sorted(sentences, key=itemgetter(1), reverse=True):  # the longest decides soonest
        if kind := notice_in(sentence):
            spent[kind] += letters
        else:
            rest += letters
            if rest > (1 - least) * total:
                break
    kind = spent.most_common(1)[0][0] if spent else None
    return Notices(kind, sum(spent.values()), total)
