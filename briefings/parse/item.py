"""Turns an item of a feed of any format into an entry.

Promises an `Entry` that can be stored, or the reason why there is none. Never invents: a date that is not stated in
full is no date, and text that is no web address is left out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile

from briefings.errors import Problem
from briefings.model import Entry
from briefings.parse.bylines import byline, outlet_name
from briefings.parse.furniture import bare_title, own_text
from briefings.parse.language import language
from briefings.parse.page import LONGEST_TEXT, LONGEST_TITLE
from briefings.parse.plain import clean, one_line
from briefings.parse.urls import LONGEST_URL, canonical
from briefings.text.sentences import split

_HEADLINE = 250  # characters of a title that is taken from the text
_LANGUAGE = re.compile(r"([a-z]{2,3})(?:[-_][a-z0-9-]{1,20})?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class RawItem:
    """An item as its feed states it, in plain text. `texts` are its versions (content, summary) in any order."""

    title: str = ""
    texts: tuple[str, ...] = ()
    url: str = ""
    published: datetime | None = None
    source: str = ""
    language: str = ""
    author: str = ""


def entry_of(item: RawItem, feed_title: str, feed_url: str | None) -> Entry | Problem:
    """Return the entry of an item, or the reason why there is none.

    A feed may give a teaser, so no least number of words is required. Without a text the title is the text; without a
    title the first sentence of the text is the title. The source is the one that the item names, else the feed's title,
    else the host of the item's address or of the feed's.
    """
    outlets = (one_line(item.source), one_line(feed_title))
    title = bare_title(one_line(item.title), *outlets)
    stated = (own_text(clean(text), title, *outlets) for text in item.texts)
    texts = sorted(filter(None, stated), key=len, reverse=True)
    text = texts[0] if texts else title
    if not text:
        return Problem("no-title-and-no-text")
    if not title or len(title) > LONGEST_TITLE:
        title = _headline(title or text)
    if len(text) > LONGEST_TEXT:
        return Problem("text-too-long", {"most": LONGEST_TEXT})
    url = one_line(item.url)
    if len(url) > LONGEST_URL or " " in url or not canonical(url):
        url = ""
    code = _LANGUAGE.fullmatch(one_line(item.language))
    return Entry(
        title=title,
        text=text,
        url=url or None,
        published=item.published,
        source=outlet_name(item.source) or outlet_name(feed_title, url, feed_url),
        language=code[1].lower() if code else language(text),
        summary=_summary(texts),
        author=byline(item.author),
        by_hand=False,
    )


def _headline(text: str) -> str:
    """Return the first sentence; if it is too long, as many of its whole words as fit, and an ellipsis."""
    first = one_line(next(iter(split(text)), text))
    if len(first) <= _HEADLINE:
        return first
    return f"{first[: _HEADLINE - 1].rsplit(' ', 1)[0]}…"


def _summary(texts: list[str]) -> str | None:
    """Return the shortest version, unless it is only the beginning of the longest, cut off."""
    if len(texts) < 2:
        return None
    words, longest = texts[-1].split(), texts[0].split()
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(words, longest, strict=False)))
    cut_off = texts[-1].rstrip(" )]").endswith(("…", "..."))
    return None if cut_off or 2 * same > len(words) else texts[-1]
