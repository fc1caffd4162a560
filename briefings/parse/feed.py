"""Turns a feed into entries: RSS 0.9 to 2.0, RDF, Atom, JSON Feed. A malformed feed is read as far as possible.

Promises the items in order (of more than `MOST_ITEMS` the newest), each with its key and a digest that changes when the
item does. Reads only the items whose digest is not known: a feed without news costs a thirtieth of a full reading.
Raises `BadInput` for bytes that are no feed or are an entity bomb, and nothing else. Never fetches, never takes today
for a date.
Uses CPU alone, 1 to 3 ms a new item: callers leave the event loop for it.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
from calendar import timegm
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urljoin

from briefings.errors import LONGEST_CAUSE, BadInput, Problem
from briefings.model import Entry
from briefings.parse import caps, jsonfeed
from briefings.parse.dates import instant
from briefings.parse.document import Document, read_document
from briefings.parse.item import RawItem, entry_of
from briefings.parse.keys import own_keys
from briefings.parse.markup import text_of
from briefings.parse.newest import dated, instant_of, newest
from briefings.parse.page import wall_instead
from briefings.parse.plain import clean, one_line
from briefings.parse.split import Span, split
from briefings.parse.urls import canonical, exact, outlet

LARGEST_FEED = 20_000_000  # bytes
MOST_ITEMS = 2_000  # the newest; the others are left out, and `trouble` says so
# Limits of a malformed feed, which is read whole: a second for each megabyte, and longer the more "<" it has.
_LARGEST_MALFORMED, _MOST_MALFORMED_TAGS = 5_000_000, 150_000
_LONGEST_TITLE = 200  # characters
_LONGEST_KEY = 500  # characters; a longer one is replaced by its hash
_FEEDLIKE = re.compile(rb"<(?:[\w.-]{1,50}:)?(?:rss|feed|rdf|channel|item|entry)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FeedItem:
    """One item of a feed. `entry` is None if the digest was known, or if `reason` says why the item is refused.

    `key` is what the item states: guid, id or link, else the digest. `own_key` identifies the item within its feed,
    None if nothing does. `digest` changes with any byte of the raw item; in a malformed feed, with any value that could
    be read of it.
    """

    key: str
    digest: str
    entry: Entry | None
    reason: Problem | None = None
    own_key: str | None = None


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed: its title, the address of its web page, its items in the feed's order.

    `trouble` names a fault that did not prevent reading. `moved` is the new address that the feed states of itself.
    """

    title: str
    link: str | None
    items: tuple[FeedItem, ...]
    trouble: Problem | None = None
    moved: str | None = None


def read_feed(
    data: bytes, url: str | None, known_digests: Collection[str] = frozenset(), charset: str | None = None
) -> Feed:
    """Read the feed in `data`, which was fetched from `url`. Items with a known digest are not read again.

    `charset` is that of the HTTP header, for a feed that names none. A short teaser is an entry too. If an item has no
    text, its title is the text. Raises `BadInput`.
    """
    if len(data) > LARGEST_FEED:
        raise BadInput("feed-too-long", megabytes=LARGEST_FEED // 1_000_000)
    url = url if url and canonical(url) else None
    if data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{":
        return _read_json(data, url, frozenset(known_digests), charset)
    try:
        document = read_document(data, charset)
        feedlike = _FEEDLIKE.search(document.body)
        spans = split(document) if feedlike else None
    except BadInput as error:
        raise BadInput("feed-unsafe", problem=error.problem) from None
    if not feedlike:
        raise wall_instead(data, charset) or BadInput("not-feed")
    feed = _read_new(document, spans, url, frozenset(known_digests)) if spans is not None else None
    return feed or _read_whole(document, url, frozenset(known_digests))


# --- XML -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Parsed:
    """A document as the library read it: the feed without its items, and the items in the library's own form."""

    head: Feed
    version: str
    language: str
    authors: str
    entries: list[dict[str, Any]]


def _read_new(document: Document, spans: list[Span], url: str | None, known_digests: frozenset[str]) -> Feed | None:
    """Read only the items with unknown digests. Return None if the library sees other items than the spans hold."""
    body, newest_spans = document.body, spans
    if len(spans) > MOST_ITEMS:
        instants = [dated(body[span.start : span.end]) for span in spans]
        newest_spans = [spans[place] for place in newest(instants, MOST_ITEMS)]
    digests = [hashlib.sha256(body[span.start : span.end]).hexdigest() for span in newest_spans]
    new = [span for span, digest in zip(newest_spans, digests, strict=True) if digest not in known_digests]
    try:
        parsed = _parse(document, _only(body, spans, new), url)
    except BadInput:
        parsed = _one_by_one(document, spans, new, url)
    if len(parsed.entries) != len(new) or not (spans or parsed.version):
        return None
    entries = iter(parsed.entries)
    items = []
    for span, digest in zip(newest_spans, digests, strict=True):
        key = _key(span.key) or digest
        is_known = digest in known_digests
        items.append(FeedItem(key, digest, None) if is_known else _item(key, digest, next(entries), parsed, url))
    return _with_items(parsed.head, items, len(spans))


def _only(body: bytes, spans: list[Span], wanted: Collection[Span]) -> bytes:
    """Return the feed with the wanted items only, and with everything that stands between and around items."""
    pieces, at, wanted = [], 0, frozenset(wanted)
    for span in spans:
        if span not in wanted:
            pieces.append(body[at : span.start])
            at = span.end
    return b"".join([*pieces, body[at:]])


def _one_by_one(document: Document, spans: list[Span], new: list[Span], url: str | None) -> _Parsed:
    """Read each new item in a feed of its own, because one of them upsets the library; that one becomes empty."""
    body, entries = document.body, list[dict[str, Any]]()
    before, behind = body[: spans[0].start] if spans else b"", body[spans[-1].end :] if spans else b""
    if (len(before) + len(behind)) * len(new) > LARGEST_FEED:
        raise BadInput("feed-unreadable")
    for span in new:
        try:
            alone = _parse(document, before + body[span.start : span.end] + behind, url)
        except BadInput:
            entries.append({})
        else:
            entries += alone.entries
    return replace(_parse(document, _only(body, spans, ()), url), entries=entries)


def _read_whole(document: Document, url: str | None, known_digests: frozenset[str]) -> Feed:
    """Read a feed that cannot be cut into items. The digests are of the values that the library read."""
    if len(document.body) > _LARGEST_MALFORMED or document.body.count(b"<") > _MOST_MALFORMED_TAGS:
        raise BadInput("feed-malformed-and-long")
    try:
        caps.check_attributes(document.body)
    except BadInput as error:
        raise BadInput("feed-unsafe", problem=error.problem) from None
    parsed = _parse(document, document.body, url)
    if not parsed.version and not parsed.entries:
        raise BadInput("not-feed")
    items = []
    instants = [_instant(entry) for entry in parsed.entries]
    for entry in (parsed.entries[place] for place in newest(instants, MOST_ITEMS)):
        values = {name: value for name, value in entry.items() if not name.endswith("_parsed")}
        digest = hashlib.sha256(json.dumps(values, default=str).encode()).hexdigest()
        key = _key(str(entry.get("id") or "")) or _key(str(entry.get("link") or "")) or digest
        is_known = digest in known_digests
        items.append(FeedItem(key, digest, None) if is_known else _item(key, digest, entry, parsed, url))
    return _with_items(parsed.head, items, len(parsed.entries))


def _instant(values: dict[str, Any]) -> float | None:
    """Return the date of an item as the library read it, in seconds since 1970."""
    parsed = next(
        (when for name in ("published", "created", "updated") if (when := values.get(f"{name}_parsed"))), None
    )
    try:
        return timegm(parsed) if parsed else None
    except (ValueError, OverflowError):
        return None


def _parse(document: Document, body: bytes, url: str | None) -> _Parsed:
    """Parse `body`, a part of the document, with feedparser, which leaves markup as it is. Raises `BadInput`."""
    import feedparser  # type: ignore[import-untyped]  # publishes no types; 0.1 s to load

    try:
        caps.check_names(body, document.entities)
    except BadInput as error:
        raise BadInput("feed-unsafe", problem=error.problem) from None
    headers = {"content-type": "application/xml; charset=utf-8", "content-location": url or ""}
    try:
        # A stream, because it tries bytes as a file's name first.
        parsed = feedparser.parse(
            io.BytesIO(document.whole(body)), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
        )
    except Exception:  # hostile feeds upset it in ever new ways; each means "not readable"
        raise BadInput("feed-unreadable") from None
    feed, malformed = dict(parsed["feed"]), parsed.get("bozo_exception")
    cause = one_line(str(getattr(malformed, "getMessage", lambda: malformed)()))[:LONGEST_CAUSE]
    head = Feed(
        one_line(_named(feed, "title"))[:_LONGEST_TITLE],
        _address(feed.get("link"), url),
        (),
        Problem("feed-malformed", {"cause": cause}) if malformed else None,
        _address(feed.get("itunes_new-feed-url"), None),
    )
    # The library's own dictionaries give other values for missing names, and warn then.
    entries = [dict(entry) for entry in parsed["entries"]]
    version = str(parsed.get("version") or ("channel" if body[:8].lower() == b"<channel" else ""))
    # By RFC 4287 an Atom entry without an author has the feed's; RSS names an editor there, who is no author.
    authors = _authors(feed) if version.startswith("atom") else ""
    return _Parsed(head, version, str(feed.get("language") or ""), authors, entries)


def _item(key: str, digest: str, values: dict[str, Any], parsed: _Parsed, url: str | None) -> FeedItem:
    contents = [value for value in values.get("content", ()) if isinstance(value, dict)]
    languages = [value.get("language") for value in (*contents, values.get("title_detail") or {})]
    dated = [name for name in ("published", "updated", "created") if values.get(name)]
    source = values.get("source")
    language = next(filter(None, (*languages, parsed.language)), "")
    host = outlet(parsed.head.link or url)
    dates = (instant(str(values[name]), values.get(f"{name}_parsed"), language=language, host=host) for name in dated)
    raw = RawItem(
        title=_named(values, "title"),
        texts=(*map(_plain, contents), _named(values, "summary")),
        url=_item_address(values.get("link"), url) or _address(values.get("id"), None) or "",
        published=next(filter(None, dates), None),
        source=text_of(str(source.get("title") or "")) if isinstance(source, dict) else "",
        language=language,
        author=_authors(values) or parsed.authors,
    )
    return _judged(key, digest, raw, parsed.head, url)


def _authors(values: dict[str, Any]) -> str:
    """Return the names of all authors of an item or a feed, with commas between."""
    names = (text_of(str(author.get("name") or "")) for author in values.get("authors") or () if author)
    return ", ".join(dict.fromkeys(filter(None, names)))


def _plain(content: dict[str, Any]) -> str:
    """Return the plain text of a content as the library gives it: its `type` tells if its `value` is markup."""
    value = str(content.get("value") or "")
    return clean(value) if content.get("type") == "text/plain" else text_of(value)


def _named(values: dict[str, Any], name: str) -> str:
    """Return a title or summary. Its `_detail` has the type, but sometimes the value of another such element."""
    return _plain({**(values.get(f"{name}_detail") or {}), "value": values.get(name)})


# --- JSON ------------------------------------------------------------------------------------------------------------


def _read_json(data: bytes, url: str | None, known_digests: frozenset[str], charset: str | None) -> Feed:
    feed = jsonfeed.read_json(data, charset)
    head = Feed(one_line(feed.title)[:_LONGEST_TITLE], _address(feed.link, url), (), feed.trouble)
    items = []
    instants = [instant_of(str(item.get("date_published") or item.get("date_modified"))) for item in feed.items]
    for item in (feed.items[place] for place in newest(instants, MOST_ITEMS)):
        digest = jsonfeed.digest(item)
        key = _key(jsonfeed.key(item)) or digest
        if digest in known_digests:
            items.append(FeedItem(key, digest, None))
        else:
            raw = jsonfeed.raw_item(item, feed.language, outlet(head.link or url))
            raw = replace(raw, url=_item_address(raw.url, url) or "")
            items.append(_judged(key, digest, raw, head, url))
    return _with_items(head, items, len(feed.items))


# --- both ------------------------------------------------------------------------------------------------------------


def _judged(key: str, digest: str, raw: RawItem, head: Feed, url: str | None) -> FeedItem:
    entry = entry_of(raw, head.title, head.link or url)
    return FeedItem(key, digest, None, entry) if isinstance(entry, Problem) else FeedItem(key, digest, entry)


def _with_items(head: Feed, items: list[FeedItem], total: int) -> Feed:
    if total > MOST_ITEMS:
        head = replace(head, trouble=Problem("feed-cut", {"most": MOST_ITEMS, "items": total}))
    stated = ["" if item.key == item.digest else item.key for item in items]
    keys = own_keys(stated, [item.entry for item in items])
    keyed = [
        replace(item, own_key=key, entry=replace(item.entry, key=key) if item.entry else None)
        for item, key in zip(items, keys, strict=True)
    ]
    return replace(head, items=tuple(keyed))


def _address(stated: object, url: str | None) -> str | None:
    """Return a web address, resolved against the feed's own if it is relative; None for anything else."""
    try:
        address = urljoin(url or "", one_line(str(stated or "")))
    except ValueError:
        return None
    return address if stated and canonical(address) else None


def _item_address(stated: object, url: str | None) -> str | None:
    """Return the web address of an item. An empty one leads to the feed itself, where nobody finds the item."""
    address = _address(stated, url)
    return None if address and exact(address) == exact(url) else address


def _key(stated: str) -> str:
    stated = one_line(stated)
    return stated if len(stated) <= _LONGEST_KEY else hashlib.sha256(stated.encode()).hexdigest()
