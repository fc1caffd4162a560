"""Chooses the newest items of a feed that has more than are read.

Promises an answer in a few milliseconds for a thousand items, so it looks only at the two notations of dates that
nearly all feeds use (RFC 2822 and ISO 8601). The entries get their dates from the parser of dates, not from here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_LOOKED_AT = 20_000  # bytes from the beginning and from the end of an item; dates stand there, between them the text
_DATED = re.compile(
    rb"<(?:[\w.-]{1,30}:)?(?P<name>pubdate|published|issued|date|updated|modified|created)\b[^>]{0,200}>"
    rb"\s*+(?:<!\[CDATA\[\s*+)?(?P<date>[^<\]]{8,60})",
    re.IGNORECASE,
)
_OF_CHANGES = (b"updated", b"modified")


def newest(instants: Sequence[float | None], most: int) -> list[int]:
    """Return the places of the newest items, `most` of them, in the feed's order. Undated ones come after all dated."""

    def age(place: int) -> float:
        instant = instants[place]
        return float("inf") if instant is None else -instant

    return sorted(sorted(range(len(instants)), key=age)[:most])


def dated(item: bytes) -> float | None:
    """Return the date of an item in XML, in seconds since 1970: of its publication, else of its last change."""
    head, tail = item[:_LOOKED_AT], item[_LOOKED_AT:][-_LOOKED_AT:]
    stated = [*_DATED.finditer(head), *_DATED.finditer(tail)]
    stated.sort(key=lambda match: match["name"].lower() in _OF_CHANGES)
    instants = (instant_of(match["date"].decode("utf-8", "replace")) for match in stated)
    return next((instant for instant in instants if instant is not None), None)


def instant_of(text: str) -> float | None:
    """Return an instant in seconds since 1970; None for text in another notation. Never raises."""
    text = text.strip()
    try:
        when = datetime.fromisoformat(text) if text[:4].isdigit() else parsedate_to_datetime(text)
        return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
