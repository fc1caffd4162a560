"""What a feed states about one of its items becomes an entry, whichever format stated it.

Promises an `Entry` that can be kept, or the reason why there is none. Never invents: a date that is not
stated in full is no date, an address that is none is left out.
"""

from __future__ import annotations

import re
from calendar import timegm
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import takewhile
from time import struct_time

from briefings.errors import Problem
from briefings.model import Entry
from briefings.parse.page import LONGEST_TEXT, LONGEST_TITLE
from briefings.parse.plain import clean, language, name, one_line, parse_date
from briefings.parse.urls import canonical, outlet
from briefings.text.sentences import split

_LONGEST_URL = 2048  # characters; what most servers take
_LONGEST_NAME = 100  # characters of a source
_HEADLINE = 250  # characters of a title we take from the text
_LANGUAGE = re.compile(r"([a-z]{2,3})(?:[-_][a-z0-9-]{1,20})?", re.IGNORECASE)
# A year, month and day in this order, or (not beginning with a year) a month's name and two numbers.
_WHOLE_DAY = re.compile(
    r"\s*\d{4}(?:-?\d\d-?\d\d|[^\s\dtT]\s?(?:\d{1,2}|[^\W\d]{3,})[^\s\dtT]\s?\d{1,2})(?!\d)"
    r"|(?!\s*\d{4})(?=.*[^\W\d_]{3}).*\d\D+\d",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Stated:
    """An item as its feed states it: plain text throughout. `texts` are its versions, longest or not, none empty."""

    title: str = ""
    texts: tuple[str, ...] = ()
    url: str = ""
    published: datetime | None = None
    source: str = ""
    language: str = ""
    author: str = ""


def entry_of(stated: Stated, feed_title: str, feed_url: str | None) -> Entry | Problem:
    """The entry, or the reason why there is none.

    A feed may give a teaser, so no number of words is asked for: where there is no text at all the title is the text,
    and where there is no title the text's first sentence is. The source is the one the item names, else the feed's
    title, else the host of the item's address or of the feed's.
    """
    texts = sorted(filter(None, map(clean, stated.texts)), key=len, reverse=True)
    title = one_line(stated.title)
    text = texts[0] if texts else title
    if not text:
        return Problem("no-title-and-no-text")
    if not title or len(title) > LONGEST_TITLE:
        title = _headline(title or text)
    if len(text) > LONGEST_TEXT:
        return Problem("text-too-long", {"most": LONGEST_TEXT})
    url = one_line(stated.url)
    if len(url) > _LONGEST_URL or " " in url or not canonical(url):
        url = ""
    said = _LANGUAGE.fullmatch(one_line(stated.language))
    return Entry(
        title=title,
        text=text,
        url=url or None,
        published=stated.published,
        source=one_line(stated.source or feed_title)[:_LONGEST_NAME].strip() or outlet(url) or outlet(feed_url),
        language=said[1].lower() if said else language(text),
        summary=_summary(texts),
        author=name(stated.author),
        by_hand=False,
    )


def _headline(text: str) -> str:
    """The first sentence; of one too long for a headline, as many whole words as fit and an ellipsis."""
    first = one_line(next(iter(split(text)), text))
    if len(first) <= _HEADLINE:
        return first
    return f"{first[: _HEADLINE - 1].rsplit(' ', 1)[0]}…"


def _summary(texts: list[str]) -> str | None:
    """The shortest version, if it is more than the beginning of the longest with a "read on" behind it."""
    if len(texts) < 2:
        return None
    words, begun = texts[-1].split(), texts[0].split()
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(words, begun, strict=False)))
    cut_off = texts[-1].rstrip(" )]").endswith(("…", "..."))
    return None if cut_off or 2 * same > len(words) else texts[-1]


def instant(stated: str, parsed: struct_time | None = None) -> datetime | None:
    """The instant an item states, in UTC, or None if it cannot be read or does not say the day.

    `parsed` is how a feed library read it, in UTC: it knows more spellings than `parse_date`, but completes what is
    missing with the first of the month or with today, which is why it is asked for whole days only.
    """
    if parsed is not None and _WHOLE_DAY.match(stated[:100]):
        try:
            when = datetime.fromtimestamp(timegm(parsed), UTC)
            return when if 1900 <= when.year <= 2100 else None
        except (ValueError, OverflowError, OSError):
            return None
    return parse_date(stated)
