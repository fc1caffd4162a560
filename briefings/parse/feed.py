"""A feed becomes entries: RSS 0.9 to 2.0, RDF, Atom, JSON Feed; malformed ones as far as they go.

Promises every item in order, each with its key and a digest that changes when the item does, and reads only those whose
digest is not known: a feed without news costs a fiftieth of reading it. `BadInput` with one line for what is no feed,
or would burst when opened; nothing else is raised, whatever the bytes. Never fetches, never takes today for a date.
Work is CPU alone, 1 to 3 ms a new item: callers leave the event loop for it.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urljoin

from briefings.errors import BadInput
from briefings.identity import canonical
from briefings.model import Entry
from briefings.parse import jsonfeed
from briefings.parse.document import Document, read_document
from briefings.parse.item import Stated, entry_of, instant
from briefings.parse.markup import text_of
from briefings.parse.plain import clean, one_line
from briefings.parse.split import Span, split

LARGEST_FEED = 20_000_000  # bytes
MOST_ITEMS = 5_000  # the rest are left, and `trouble` says so
_LARGEST_MALFORMED = 5_000_000  # bytes; it is read whole, a second for each megabyte
_LONGEST_TITLE = 200  # characters
_LONGEST_KEY = 500  # characters; a longer one is replaced by its hash
_FEEDLIKE = re.compile(rb"<(?:[\w.-]{1,50}:)?(?:rss|feed|rdf|channel|item|entry)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FeedItem:
    """One item of a feed. `entry` is None when its digest was known, and when `reason` says why there is none.

    `key` is what identifies it within its feed: guid, id or link, else the digest. `digest` changes when the raw item
    does, in any byte.
    """

    key: str
    digest: str
    entry: Entry | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed: what it calls itself, where its readers' page is, its items in the feed's order.

    `trouble` says in one line what is wrong with a feed that could be read nevertheless.
    """

    title: str
    link: str | None
    items: tuple[FeedItem, ...]
    trouble: str | None = None


def read_feed(data: bytes, url: str | None, known: Collection[str] = frozenset()) -> Feed:
    """The feed in `data`, found at `url`; items whose digest is `known` are not read again.

    A short teaser is an entry too; where an item has no text at all, its title is the text.
    """
    if len(data) > LARGEST_FEED:
        raise BadInput(f"the feed is longer than {LARGEST_FEED // 1_000_000} MB")
    if data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{":
        return _bounded(_read_json(data, url, frozenset(known)))
    try:
        document = read_document(data)
        if not _FEEDLIKE.search(document.body):
            raise BadInput("this is no feed")
        spans = split(document.body)
    except BadInput as error:
        raise BadInput(f"the feed cannot be read: {error}" if str(error).startswith("it ") else str(error)) from None
    feed = _read_new(document, spans, url, frozenset(known)) if spans is not None else None
    return feed or _bounded(_read_whole(document, url, frozenset(known)))


def _bounded(feed: Feed) -> Feed:
    if len(feed.items) <= MOST_ITEMS:
        return feed
    return replace(feed, items=feed.items[:MOST_ITEMS], trouble=_too_many(len(feed.items)))


def _too_many(items: int) -> str:
    return f"only the first {MOST_ITEMS:,} of {items:,} items are read"


# --- XML -------------------------------------------------------------------------------------------------------------


def _read_new(document: Document, spans: list[Span], url: str | None, known: frozenset[str]) -> Feed | None:
    """The feed with only its unknown items read; None if the library finds other items than the spans hold."""
    body, kept = document.body, spans[:MOST_ITEMS]
    digests = [hashlib.sha256(body[span.start : span.end]).hexdigest() for span in kept]
    dropped = [span for span, digest in zip(kept, digests, strict=True) if digest in known] + spans[MOST_ITEMS:]
    pieces, at = [], 0
    for span in dropped:
        pieces.append(body[at : span.start])
        at = span.end
    parsed = _parse(document.whole(b"".join(pieces) + body[at:]), url)
    entries = iter(parsed["entries"])
    if len(parsed["entries"]) != len(spans) - len(dropped):
        return None
    head = _head(parsed, url)
    items = [
        FeedItem(_key(span.key) or digest, digest, None)
        if digest in known
        else _item(_key(span.key) or digest, digest, next(entries), head, url)
        for span, digest in zip(kept, digests, strict=True)
    ]
    return replace(head, items=tuple(items), trouble=_too_many(len(spans)) if spans[MOST_ITEMS:] else head.trouble)


def _read_whole(document: Document, url: str | None, known: frozenset[str]) -> Feed:
    """The feed as the library reads it, for what cannot be cut: items are told apart by what was read of them."""
    if len(document.body) > _LARGEST_MALFORMED:
        raise BadInput(f"the feed is malformed and longer than {_LARGEST_MALFORMED // 1_000_000} MB")
    parsed = _parse(document.whole(document.body), url)
    if not parsed["version"] and not parsed["entries"]:
        raise BadInput("this is no feed")
    head = _head(parsed, url)
    items = []
    for entry in parsed["entries"]:
        said = {name: value for name, value in entry.items() if not name.endswith("_parsed")}
        digest = hashlib.sha256(json.dumps(said, default=str).encode()).hexdigest()
        key = _key(str(entry.get("id") or "")) or _key(str(entry.get("link") or "")) or digest
        items.append(FeedItem(key, digest, None) if digest in known else _item(key, digest, entry, head, url))
    return replace(head, items=tuple(items))


def _parse(data: bytes, url: str | None) -> dict[str, Any]:
    """What feedparser makes of a whole document: plain dictionaries, markup left as it is."""
    import feedparser  # type: ignore[import-untyped]  # publishes no types; 0.1 s to load

    headers = {"content-type": "application/xml; charset=utf-8", "content-location": url or ""}
    try:
        # A stream, because it takes bytes for a file's name first.
        parsed = feedparser.parse(
            io.BytesIO(data), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
        )
    except Exception:  # hostile feeds find ever new ways to upset it; each means "not readable"
        raise BadInput("this is no feed that can be read") from None
    trouble = parsed.get("bozo_exception")
    return {
        "version": parsed.get("version", ""),
        "feed": dict(parsed.get("feed", {})),
        # Its own dictionaries answer for names that are not there, and warn when they do.
        "entries": [dict(entry) for entry in parsed.get("entries", ())],
        "trouble": one_line(f"malformed: {getattr(trouble, 'getMessage', lambda: trouble)()}")[:200] if trouble else None,
    }


def _head(parsed: dict[str, Any], url: str | None) -> Feed:
    """The feed without its items."""
    feed = parsed["feed"]
    return Feed(_shown(feed, "title")[:_LONGEST_TITLE], _address(feed.get("link"), url), (), parsed["trouble"])


def _item(key: str, digest: str, said: dict[str, Any], head: Feed, url: str | None) -> FeedItem:
    link = _address(said.get("link"), url) or _address(said.get("id"), None) or ""
    contents = [value for value in said.get("content", ()) if isinstance(value, dict)]
    detail = said.get("summary_detail") or {}
    texts = [_plain(value) for value in contents] or []
    texts.append(_plain(detail) if detail.get("value") else text_of(str(said.get("summary") or "")))
    dates = (
        instant(str(said[name]), said.get(f"{name}_parsed")) for name in ("published", "updated", "created") if said.get(name)
    )
    source = said.get("source")
    languages = (value.get("language") for value in (*contents, detail, said.get("title_detail") or {}))
    stated = Stated(
        title=_shown(said, "title"),
        texts=tuple(dict.fromkeys(filter(None, texts))),
        url=link,
        published=next(filter(None, dates), None),
        source=text_of(str(source.get("title") or "")) if isinstance(source, dict) else "",
        language=next(filter(None, languages), "") or "",
    )
    entry = entry_of(stated, head.title, head.link or url)
    return FeedItem(key, digest, None, entry) if isinstance(entry, str) else FeedItem(key, digest, entry)


def _plain(content: Any) -> str:
    """A content in the library's words: `type` says whether it is markup."""
    value = str(content.get("value") or "")
    return clean(value) if content.get("type") == "text/plain" else text_of(value)


def _shown(values: dict[str, Any], name: str) -> str:
    detail = values.get(f"{name}_detail") or {}
    return one_line(_plain(detail) if detail.get("value") else text_of(str(values.get(name) or "")))


# --- both ------------------------------------------------------------------------------------------------------------


def _read_json(data: bytes, url: str | None, known: frozenset[str]) -> Feed:
    feed = jsonfeed.read_json(data)
    head = Feed(one_line(feed.title)[:_LONGEST_TITLE], _address(feed.link, url), (), feed.trouble)
    items = []
    for item in feed.items[: MOST_ITEMS + 1]:
        digest = jsonfeed.digest(item)
        key, entry = _key(jsonfeed.key(item)) or digest, None
        if digest not in known:
            stated = jsonfeed.stated(item, feed.language)
            entry = entry_of(replace(stated, url=_address(stated.url, url) or ""), head.title, head.link or url)
        items.append(
            FeedItem(key, digest, None, entry) if isinstance(entry, str) else FeedItem(key, digest, entry)
        )
    return replace(head, items=tuple(items))


def _address(stated: object, url: str | None) -> str | None:
    """A web address, resolved against the feed's own where it is relative; None for anything else."""
    try:
        address = urljoin(url or "", one_line(str(stated or "")))
    except ValueError:
        return None
    return address if stated and canonical(address) else None


def _key(stated: str) -> str:
    stated = one_line(stated)
    return stated if len(stated) <= _LONGEST_KEY else hashlib.sha256(stated.encode()).hexdigest()
