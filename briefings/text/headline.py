"""Chooses and cuts headlines: the bold lead of a story, and the first line of an edition. Pure.

Promises a whole title, or one cut where a clause ends if the part before says something by itself. Never cuts a title
inside a clause, unless nothing shorter exists for the first line.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from briefings.text.sentences import split
from briefings.text.words import count_words

LEAD_WORDS = 12
"""A longer title is cut if it can be. Words are counted as readers count them: see `words.py`."""

LEAD_WORDS_UNCUT = 20
"""A title that cannot be cut may have this many words."""

LEAD_CHARACTERS = 200
FIRST_LINE_CHARACTERS = 80
"""The part of a message that a phone's notification shows."""

FEWEST_WORDS = 4
"""A shorter clause says too little by itself."""

# A comma or dash ends a clause only where a clause follows that merely adds: "as …", "allowing …". The speaker and the
# condition must stay ("…, says ministry", "…, but only if …", "… – report"); a colon follows a label.
_CLAUSE = re.compile(r";\s|(?:,|\s[–—-])\s(?=(?:as|amid|while|with|[a-z]{4,}ing)\b(?! said\b| to\b))", re.IGNORECASE)
# An opening without a clause of its own: "If …", and a preposition up to the first comma ("By lowering standards, …";
# not "In Moscow, thousands rally, …").
_CONDITION = re.compile(
    r"(?i)(?:if|when|while|as|after|before|unless|although|though|despite|because|without)\b"
    r"|(?:by|in|with|for|to|from|on|at(?! least| most)|amid|since|upon|under|during|following|ahead of|thanks to|"
    r"instead of|rather than)\b[^,;–—]*(?:;|[,–—])\s(?:as|amid|while|with|[a-z]{4,}ing)\b"
)


def lead(titles: Sequence[str]) -> str:
    """Return the first title that is short, can be cut, or may stay whole. Statements go before questions.

    Where every title is too long, return the one with the fewest words, cut after a word if it has more characters than
    any headline. Raises ValueError without titles.
    """
    for title in (*(t for t in titles if not t.endswith("?")), *titles):
        if count_words(title) <= LEAD_WORDS and len(title) <= LEAD_CHARACTERS:
            return title
        if cut := first_clause(title, LEAD_WORDS, LEAD_CHARACTERS):
            return cut
        if count_words(title) <= LEAD_WORDS_UNCUT and len(title) <= LEAD_CHARACTERS:
            return title
    return _shortened(min(titles, key=count_words))


def top_line(titles: Sequence[str], sentences: Sequence[str] = ()) -> str:
    """Return the line that a notification shows of a story: at most FIRST_LINE_CHARACTERS long where that can be.

    The first title is its own and goes first, whole or cut where a clause ends; then another title, statements before
    questions; then the first clause of its sentences; else the first title whole. Raises IndexError without titles.
    """
    own, *others = titles
    fitting = [title for title in others if _fits_first_line(title)]
    fitting.sort(key=lambda title: title.endswith("?"))
    own_cut, clause = (
        first_clause(text, LEAD_WORDS_UNCUT, FIRST_LINE_CHARACTERS) for text in (own, "".join(sentences[:1]))
    )
    is_fit = _fits_first_line(own) and not own.endswith("?")
    ways = (own if is_fit else "", own_cut, *fitting, clause)
    return next(filter(None, ways), None) or _shortened(own)


def _fits_first_line(title: str) -> bool:
    return len(title) <= FIRST_LINE_CHARACTERS and not title.endswith((":", "…"))


def first_clause(title: str, most_words: int, most_characters: int) -> str:
    """Return the longest opening of a title that ends with a clause and can stand alone; empty if there is none."""
    if _CONDITION.match(title):
        return ""
    sentences = split(title)
    openings = [sentences[0].rstrip(".")] if len(sentences) > 1 else []
    openings += [title[: match.start()] for match in _CLAUSE.finditer(title)]
    fitting = (
        o for o in reversed(openings) if FEWEST_WORDS <= count_words(o) <= most_words and len(o) <= most_characters
    )
    return next(filter(_is_balanced, fitting), "")


def is_title_case(title: str) -> bool:
    """True if most words after the first begin with a capital, so that a capital marks no name."""
    words = [word for word in title.split()[1:] if word[0].isalpha()]
    return sum(word[0].isupper() for word in words) * 2 > len(words)


def _is_balanced(text: str) -> bool:
    """True if every quotation and bracket that opens in the text closes in it."""
    single = len(re.findall(r"(?<!\w)['‘]", text)) == len(re.findall(r"['’](?!\w)", text))
    double = text.count("“") == text.count("”") and text.count('"') % 2 == 0
    return single and double and text.count("(") == text.count(")")


def _shortened(title: str) -> str:
    """Return a title, cut after a word if it is longer than any headline: it must fit a message."""
    if len(title) <= LEAD_CHARACTERS:
        return title
    return title[: LEAD_CHARACTERS - 1].rsplit(" ", 1)[0].rstrip(",;:") + "…"
