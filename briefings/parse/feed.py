"""A feed becomes entries: RSS 0.9 to 2.0, RDF, Atom, JSON Feed; malformed ones as far as they go.

Promises every item in order, each with its key and a digest that changes when the item does, and reads only those whose
digest is not known: a feed without news costs a thirtieth of reading it. Raises `BadInput` for what is no feed,
or would burst when opened, and nothing else, whatever the bytes. Never fetches, never takes today for a date.
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

from briefings.errors import LONGEST_CAUSE, BadInput, Problem
from briefings.model import Entry
from briefings.parse import jsonfeed
from briefings.parse.document import Document, read_document
from briefings.parse.item import Stated, entry_of, instant
from briefings.parse.markup import text_of
from briefings.parse.plain import clean, one_line
from briefings.parse.split import Span, split
from briefings.parse.urls import canonical

LARGEST_FEED = 20_000_000  # bytes
MOST_ITEMS = 2_000  # the rest are left, and `trouble` says so
# What is malformed is read whole, in a second for each megabyte, and worse where every "<" is one more riddle.
_LARGEST_MALFORMED, _MOST_MALFORMED_TAGS = 5_000_000, 150_000
_LONGEST_TITLE = 200  # characters
_LONGEST_KEY = 500  # characters; a longer one is replaced by its hash
_FEEDLIKE = re.compile(rb"<(?:[\w.-]{1,50}:)?(?:rss|feed|rdf|channel|item|entry)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FeedItem:
    """One item of a feed. `entry` is None when its digest was known, and when `reason` says why there is none.

    `key` is what identifies it within its feed: guid, id or link, else the digest. `digest` changes when the raw item
    does, in any byte; in a malformed feed, when what could be read of it does.
    """

    key: str
    digest: str
    entry: Entry | None
    reason: Problem | None = None


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed: what it calls itself, where its readers' page is, its items in the feed's order.

    `trouble` is what is wrong with a feed that could be read nevertheless.
    """

    title: str
    link: str | None
    items: tuple[FeedItem, ...]
    trouble: Problem | None = None


def read_feed(data: bytes, url: str | None, known: Collection[str] = frozenset()) -> Feed:
    """The feed in `data`, found at `url`; items whose digest is `known` are not read again.

    A short teaser is an entry too; where an item has no text at all, its title is the text.
    """
    if len(data) > LARGEST_FEED:
        raise BadInput("feed-too-long", megabytes=LARGEST_FEED // 1_000_000)
    url = url if url and canonical(url) else None
    if data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{":
        return _read_json(data, url, frozenset(known))
    try:
        document = read_document(data)
        feedlike = _FEEDLIKE.search(document.body)
        spans = split(document) if feedlike else None
    except BadInput as error:
        raise BadInput("feed-unsafe", problem=error.problem) from None
    if not feedlike:
        raise BadInput("not-feed")
    feed = _read_new(document, spans, url, frozenset(known)) if spans is not None else None
    return feed or _read_whole(document, url, frozenset(known))


# --- XML -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Parsed:
    """What the library made of a document: the feed without its items, and them in its words."""

    head: Feed
    version: str
    language: str
    entries: list[dict[str, Any]]


def _read_new(document: Document, spans: list[Span], url: str | None, known: frozenset[str]) -> Feed | None:
    """The feed with only its unknown items read; None if the library finds other items than the spans hold."""
    body, kept = document.body, spans[:MOST_ITEMS]
    digests = [hashlib.sha256(body[span.start : span.end]).hexdigest() for span in kept]
    fresh = [span for span, digest in zip(kept, digests, strict=True) if digest not in known]
    try:
        parsed = _parse(document, _only(body, spans, fresh), url)
    except BadInput:
        parsed = _one_by_one(document, spans, fresh, url)
    if len(parsed.entries) != len(fresh) or not (spans or parsed.version):
        return None
    entries = iter(parsed.entries)
    items = []
    for span, digest in zip(kept, digests, strict=True):
        key = _key(span.key) or digest
        items.append(FeedItem(key, digest, None) if digest in known else _item(key, digest, next(entries), parsed, url))
    return _with_items(parsed.head, items, len(spans))


def _only(body: bytes, spans: list[Span], wanted: Collection[Span]) -> bytes:
    """The feed without its items but for those wanted; all that stands around them stays."""
    pieces, at, wanted = [], 0, frozenset(wanted)
    for span in spans:
        if span not in wanted:
            pieces.append(body[at : span.start])
            at = span.end
    return b"".join([*pieces, body[at:]])


def _one_by_one(document: Document, spans: list[Span], fresh: list[Span], url: str | None) -> _Parsed:
    """The slow way round an item that upsets the library: each in a feed of its own; an upsetting one stays empty."""
    body, entries = document.body, list[dict[str, Any]]()
    before, behind = body[: spans[0].start] if spans else b"", body[spans[-1].end :] if spans else b""
    if (len(before) + len(behind)) * len(fresh) > LARGEST_FEED:
        raise BadInput("feed-unreadable")
    for span in fresh:
        try:
            alone = _parse(document, before + body[span.start : span.end] + behind, url)
        except BadInput:
            entries.append({})
        else:
            entries += alone.entries
    return replace(_parse(document, _only(body, spans, ()), url), entries=entries)


def _read_whole(document: Document, url: str | None, known: frozenset[str]) -> Feed:
    """The feed as the library reads it, for what cannot be cut: items are told apart by what was read of them."""
    if len(document.body) > _LARGEST_MALFORMED or document.body.count(b"<") > _MOST_MALFORMED_TAGS:
        raise BadInput("feed-malformed-and-long")
    parsed = _parse(document, document.body, url)
    if not parsed.version and not parsed.entries:
        raise BadInput("not-feed")
    items = []
    for entry in parsed.entries[:MOST_ITEMS]:
        said = {name: value for name, value in entry.items() if not name.endswith("_parsed")}
        digest = hashlib.sha256(json.dumps(said, default=str).encode()).hexdigest()
        key = _key(str(entry.get("id") or "")) or _key(str(entry.get("link") or "")) or digest
        items.append(FeedItem(key, digest, None) if digest in known else _item(key, digest, entry, parsed, url))
    return _with_items(parsed.head, items, len(parsed.entries))


def _parse(document: Document, body: bytes, url: str | None) -> _Parsed:
    """`body`, a part of the document, by feedparser; markup is left as it is."""
    import feedparser  # type: ignore[import-untyped]  # publishes no types; 0.1 s to load

    headers = {"content-type": "application/xml; charset=utf-8", "content-location": url or ""}
    try:
        # A stream, because it takes bytes for a file's name first.
        parsed = feedparser.parse(
            io.BytesIO(document.whole(body)), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
        )
    except Exception:  # hostile feeds find ever new ways to upset it; each means "not readable"
        raise BadInput("feed-unreadable") from None
    feed, malformed = dict(parsed["feed"]), parsed.get("bozo_exception")
    cause = one_line(str(getattr(malformed, "getMessage", lambda: malformed)()))[:LONGEST_CAUSE]
    head = Feed(
        one_line(_named(feed, "title"))[:_LONGEST_TITLE],
        _address(feed.get("link"), url),
        (),
        Problem("feed-malformed", {"cause": cause}) if malformed else None,
    )
    # Its own dictionaries answer for names that are not there, and warn when they do.
    entries = [dict(entry) for entry in parsed["entries"]]
    version = str(parsed.get("version") or ("channel" if body[:8].lower() == b"<channel" else ""))
    return _Parsed(head, version, str(feed.get("language") or ""), entries)


def _item(key: str, digest: str, said: dict[str, Any], parsed: _Parsed, url: str | None) -> FeedItem:
    contents = [value for value in said.get("content", ()) if isinstance(value, dict)]
    languages = [value.get("language") for value in (*contents, said.get("title_detail") or {})]
    dated = [name for name in ("published", "updated", "created") if said.get(name)]
    source = said.get("source")
    stated = Stated(
        title=_named(said, "title"),
        texts=(*map(_plain, contents), _named(said, "summary")),
        url=_address(said.get("link"), url) or _address(said.get("id"), None) or "",
        published=next(filter(None, (instant(str(said[name]), said.get(f"{name}_parsed")) for name in dated)), None),
        source=text_of(str(source.get("title") or "")) if isinstance(source, dict) else "",
        language=next(filter(None, (*languages, parsed.language)), ""),
        author=text_of(str((said.get("author_detail") or {}).get("name") or "")),
    )
    return _judged(key, digest, stated, parsed.head, url)


def _plain(content: dict[str, Any]) -> str:
    """A content in the library's words: `type` says whether its `value` is markup."""
    value = str(content.get("value") or "")
    return clean(value) if content.get("type") == "text/plain" else text_of(value)


def _named(values: dict[str, Any], name: str) -> str:
    """A title or summary. Its `_detail` has the type, but sometimes the value of another element of that name."""
    return _plain({**(values.get(f"{name}_detail") or {}), "value": values.get(name)})


# --- JSON ------------------------------------------------------------------------------------------------------------


def _read_json(data: bytes, url: str | None, known: frozenset[str]) -> Feed:
    feed = jsonfeed.read_json(data)
    head = Feed(one_line(feed.title)[:_LONGEST_TITLE], _address(feed.link, url), (), feed.trouble)
    items = []
    for item in feed.items[:MOST_ITEMS]:
        digest = jsonfeed.digest(item)
        key = _key(jsonfeed.key(item)) or digest
        if digest in known:
            items.append(FeedItem(key, digest, None))
        else:
            stated = jsonfeed.stated(item, feed.language)
            stated = replace(stated, url=_address(stated.url, url) or "")
            items.append(_judged(key, digest, stated, head, url))
    return _with_items(head, items, len(feed.items))


# --- both ------------------------------------------------------------------------------------------------------------


def _judged(key: str, digest: str, stated: Stated, head: Feed, url: str | None) -> FeedItem:
    entry = entry_of(stated, head.title, head.link or url)
    return FeedItem(key, digest, None, entry) if isinstance(entry, Problem) else FeedItem(key, digest, entry)


def _with_items(head: Feed, items: list[FeedItem], stated: int) -> Feed:
    if stated > MOST_ITEMS:
        head = replace(head, trouble=Problem("feed-cut", {"most": MOST_ITEMS, "items": stated}))
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
