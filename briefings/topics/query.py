"""What a reader searches for: `words "a phrase" -not since:2026-01-01 source:name`. Pure."""

from __future__ import annotations

import re
from datetime import date

from briefings.errors import BadQuery
from briefings.model import Query

MAX_TERMS = 20
QUOTED = 20  # characters of what a reader typed that an error repeats

_TERM = re.compile(r'(?P<sign>-?)(?:(?P<field>since|source):)?(?:"(?P<phrase>[^"]*)"?|(?P<word>\S+))', re.IGNORECASE)


def parse_query(words: str) -> Query:
    """Read a search. Raises BadQuery when it asks for nothing or cannot be read."""
    wanted: list[str] = []
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
            wanted.append(value)
    if not (wanted or phrases or since or source):
        raise BadQuery("empty-query")
    return Query(tuple(wanted), tuple(phrases), tuple(without), since, source)


def _day(value: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise BadQuery("since-not-date", text=value[:QUOTED]) from None
