"""What a headline may be cut to: the bold lead of a story, and the first line of an edition. Pure.

A title is kept whole, or cut where a clause ends and what stands before it says something by itself; it is
never cut in the middle of one (editorial rules 2 and 4).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

LEAD_WORDS = 12
LEAD_WORDS_UNCUT = 20
LEAD_CHARACTERS = 200
FIRST_LINE_CHARACTERS = 80
FEWEST_WORDS = 4

# A comma or dash ends a clause only where one begins that adds and takes nothing back: "as …", "allowing …". Who says
# it and on what condition must stay ("…, says ministry", "…, but only if …", "… – report"); a colon follows a label.
_CLAUSE = re.compile(r";\s|(?:,|\s[–—-])\s(?=(?:as|amid|while|with|[a-z]{4,}ing)\b(?! said\b| to\b))", re.IGNORECASE)
_CONDITION = re.compile(r"(?i)(if|when|while|as|after|before|unless|although|though|despite|because|without)\b")


def lead(titles: Sequence[str]) -> str:
    """The first title that is short, can be cut, or may stay whole; statements go before questions."""
    for title in (*(t for t in titles if not t.endswith("?")), *titles):
        if _count(title) <= LEAD_WORDS and len(title) <= LEAD_CHARACTERS:
            return title
        if cut := first_clause(title, LEAD_WORDS, LEAD_CHARACTERS):
            return cut
        if _count(title) <= LEAD_WORDS_UNCUT and len(title) <= LEAD_CHARACTERS:
            return title
    return min(titles, key=_count)


def first_line(leads: Sequence[str]) -> str:
    """The line a notification shows, at most 80 characters: the top lead, its first clause, or the next that fits."""
    if not leads:
        return ""
    cut = first_clause(leads[0], LEAD_WORDS_UNCUT, FIRST_LINE_CHARACTERS)
    fitting = [text for text in (leads[0], cut, *leads[1:]) if text and len(text) <= FIRST_LINE_CHARACTERS]
    if fitting:
        return fitting[0]
    return leads[0][: FIRST_LINE_CHARACTERS - 1].rsplit(" ", 1)[0].rstrip(",;:") + "…"


def first_clause(title: str, most_words: int, most_characters: int) -> str:
    """The longest opening of a title that ends where a clause does and can stand alone; empty when there is none."""
    if _CONDITION.match(title):
        return ""
    openings = [title[: match.start()] for match in _CLAUSE.finditer(title)]
    fitting = (o for o in reversed(openings) if FEWEST_WORDS <= _count(o) <= most_words and len(o) <= most_characters)
    return next(filter(_balanced, fitting), "")


def _balanced(text: str) -> bool:
    """Is every quotation and bracket that is opened here closed here?"""
    single = len(re.findall(r"(?<!\w)['‘]", text)) == len(re.findall(r"['’](?!\w)", text))
    double = text.count("“") == text.count("”") and text.count('"') % 2 == 0
    return single and double and text.count("(") == text.count(")")


def _count(text: str) -> int:
    return len(text.split())
