"""Recognises the sentences that a site shows instead of an article: consent, robot tests, walls, errors.

Knows them in English, German, French, Spanish, Russian, Hindi and Chinese. Promises to recognise sentences that speak
to the visitor ("please enable JavaScript"), or that say nothing else ("Access denied"): a report *about* such notices
quotes one and goes on. Pure; never raises.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from briefings.text.notice_patterns import PATTERNS

LONGEST_TEXT = 3_000  # characters; a longer text is more than a notice
KINDS = frozenset(PATTERNS)
"""The kinds of notice. An operator's sentence names each."""

_COMPILED = {kind: re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)
             for kind, patterns in PATTERNS.items()}  # fmt: skip
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


def notice_in(sentence: str) -> str | None:
    """Return the kind of notice that a sentence is; None for any other sentence."""
    sentence = _QUOTED.sub("", sentence)
    return next((kind for kind, pattern in _COMPILED.items() if pattern.search(sentence)), None)


def is_notice(title: str) -> str | None:
    """Return the kind of notice that a title is from its beginning nearly to its end; None for any other title."""
    for kind, pattern in _COMPILED.items():
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
    for sentence, letters in sentences:
        if kind := notice_in(sentence):
            spent[kind] += letters
        else:
            rest += letters
            if rest > (1 - least) * total:
                break
    kind = spent.most_common(1)[0][0] if spent else None
    return Notices(kind, sum(spent.values()), total)
