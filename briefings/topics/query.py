"""Reads a search: `words "a phrase" -not since:2026-01-01 source:name -since:2026-02-01 -source:name`. Pure.

Promises that nothing a reader types is an operator by accident: all but the forms above is a word to look
for. An error repeats at most 20 characters of a search.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from briefings.errors import BadQuery

MAX_TERMS = 20
"""Terms of a search that are read; the rest is ignored. Each costs the index a lookup."""

QUOTED = 20
"""Characters of a reader's text that an error repeats."""

_TERM = re.compile(r'(?P<sign>-?)(?:(?P<field>since|source):)?(?:"(?P<phrase>[^"]*)"?|(?P<word>\S+))', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Query:
    """A search: words and phrases that an article must hold and must not hold, its first day, its source."""

    words: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    since: date | None = None
    source: str | None = None
    before: date | None = None
    """The day after the last; days are those of UTC."""

    without_sources: tuple[str, ...] = ()


def parse_query(text: str) -> Query:
    """Read a search. Raises BadQuery when it asks for nothing or gives a date that is none.

    A minus excludes: `-word`, `-"a phrase"`, `-source:name`; `-since:2026-02-01` means before that day. Excluded words
    and phrases are not a search by themselves. Of several wanted sources, or of several dates, the last counts.
    """
    words: list[str] = []
    phrases: list[str] = []
    without: list[str] = []
    without_sources: list[str] = []
    since: date | None = None
    before: date | None = None
    source: str | None = None
    for match in list(_TERM.finditer(text.replace("“", '"').replace("”", '"')))[:MAX_TERMS]:
        field, value = (match["field"] or "").lower(), (match["phrase"] or match["word"] or "").strip()
        is_excluded = bool(match["sign"])
        if field == "since" and is_excluded:
            before = _day(value)
        elif field == "since":
            since = _day(value)
        elif field == "source" and is_excluded:
            without_sources += [value] if value else []
        elif field == "source":
            source = value or None
        elif not re.search(r"\w", value):
            continue
        elif is_excluded:
            without.append(value)
        elif match["phrase"] is not None:
            phrases.append(value)
        else:
            words.append(value)
    if not (words or phrases or since or before or source or without_sources):
        raise BadQuery("empty-query")
    return Query(tuple(words), tuple(phrases), tuple(without), since, source, before, tuple(without_sources))


def _day(value: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise BadQuery("since-not-date", text=value[:QUOTED]) from None
