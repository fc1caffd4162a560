"""Reads a search as a reader types it: `words "a phrase" -not since:2026-01-01 source:name`. Pure.

Promises that nothing else in a search is an operator, and that an error repeats at most 20 characters of it.
"""

from __future__ import annotations

import re
from datetime import date

from briefings.errors import BadQuery
from briefings.model import Query

MAX_TERMS = 20
"""Terms of a search that are read; further ones are passed over."""

QUOTED = 20
"""Characters of what a reader typed that an error repeats."""

_TERM = re.compile(r'(?P<sign>-?)(?:(?P<field>since|source):)?(?:"(?P<phrase>[^"]*)"?|(?P<word>\S+))', re.IGNORECASE)


def parse_query(words: str) -> Query:
    """Read a search. Raises BadQuery if it asks for nothing or its date cannot be read."""
    single_words: list[str] = []
    phrases: list[str] = []
    without: list[str] = []
    since: date | None = None
    source: str | None = None
    for match in list(_TERM.finditer(words.replace("“", '"').replace("”", '"')))[:MAX_TERMS]:
        field, value = (match["field"] or "").lower(), (match["phrase"] or match["word"] or "").strip()
        if field == "since":
            since = _day(value)
        elif field == "source":
            source = value or None
        elif not re.search(r"\w", value):
            continue
        elif match["sign"]:
            without.append(value)
        elif match["phrase"] is not None:
            phrases.append(value)
        else:
            single_words.append(value)
    if not (single_words or phrases or since or source):
        raise BadQuery("empty-query")
    return Query(tuple(single_words), tuple(phrases), tuple(without), since, source)


def _day(value: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise BadQuery("since-not-date", text=value[:QUOTED]) from None
