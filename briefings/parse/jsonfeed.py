"""Reads a JSON Feed (jsonfeed.org, versions 1 and 1.1) as far as possible.

Promises the feed's title, its web page and its items in order; of a file that breaks off, the items before the break
and the fault. Values of the wrong type count as absent. Raises `BadInput` and nothing else.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from briefings.errors import BadInput, Problem
from briefings.parse.dates import instant
from briefings.parse.item import RawItem
from briefings.parse.markup import text_of
from briefings.parse.plain import clean, decode


@dataclass(frozen=True, slots=True)
class JsonFeed:
    """The feed's own values, its items unread, and the fault of the file, if it has one."""

    title: str
    link: str
    language: str
    items: list[dict[str, Any]]
    trouble: Problem | None = None


def read_json(data: bytes, charset: str | None = None) -> JsonFeed:
    """Read a feed. `charset` is that of the HTTP header. Raises `BadInput` for JSON that is no feed."""
    text = decode(data, charset).strip()
    trouble = None
    try:
        feed = json.loads(text)
    except (ValueError, RecursionError):  # ValueError also for a number of more than 4,300 digits
        trouble = Problem("json-broken-off")
        feed = {"items": list(_salvaged(text))}
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list) or (trouble and not items):
        raise BadInput("not-feed")
    return JsonFeed(
        text_of(_string(feed, "title")),
        _string(feed, "home_page_url"),
        _string(feed, "language"),
        [item for item in items if isinstance(item, dict)],
        trouble,
    )


def _salvaged(text: str) -> Iterator[Any]:
    """Yield the whole values at the beginning of `items` in a file that breaks off."""
    begin = re.search(r'"items"\s*:\s*\[\s*', text)
    decoder, at = json.JSONDecoder(), begin.end() if begin else len(text)
    while at < len(text):
        try:
            value, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            return
        yield value
        comma = re.compile(r"\s*,\s*").match(text, end)
        at = comma.end() if comma else len(text)


def digest(item: dict[str, Any]) -> str:
    """Return the SHA-256, in hex, of all values of an item."""
    return hashlib.sha256(json.dumps(item).encode()).hexdigest()


def key(item: dict[str, Any]) -> str:
    """Return the id, else the address of an item; empty if it has neither. By the specification any id is a text."""
    value = item.get("id")
    identifier = str(value) if isinstance(value, str | int | float) else ""
    return clean(identifier) or clean(_string(item, "url"))


def raw_item(item: dict[str, Any], language: str, host: str | None = None) -> RawItem:
    """Return the values of an item. `language` and `host` are the feed's."""
    language = _string(item, "language") or language
    stated = (_string(item, name) for name in ("date_published", "date_modified"))
    dates = (instant(date, language=language, host=host) for date in stated)
    texts = (text_of(_string(item, "content_html")), _string(item, "content_text"), _string(item, "summary"))
    return RawItem(
        title=_string(item, "title"),
        texts=tuple(filter(None, texts)),
        url=_string(item, "url") or _string(item, "external_url"),
        published=next(filter(None, dates), None),
        language=language,
        author=_author(item),
    )


def _author(item: dict[str, Any]) -> str:
    """Return the authors. Version 1.1 has a list of them, version 1 has one."""
    authors = item.get("authors") if isinstance(item.get("authors"), list) else [item.get("author")]
    return ", ".join(filter(None, (_string(author, "name") for author in authors or () if isinstance(author, dict))))


def _string(values: dict[str, Any], name: str) -> str:
    value = values.get(name)
    return value if isinstance(value, str) else ""
