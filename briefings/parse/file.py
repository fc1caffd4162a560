"""Turns a file into entries. Tells the kinds of files apart: text, Markdown, HTML, JSON, CSV and TSV, gzip of these.

Promises one result for every article in the file, in order: an `Entry`, or a `Rejected` with the reason. The bytes
decide the kind, the ending of the name only what they leave open. A file of any other kind is one rejection that says
what it looks like. One broken article never stops the others, and no content raises.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePath

from briefings.errors import BadInput, Problem
from briefings.model import Entry
from briefings.parse.charsets import decode_text
from briefings.parse.foreign import foreign_kind, is_binary
from briefings.parse.json_file import is_json_feed, looks_like_json, read_json
from briefings.parse.markdown import read_markdown
from briefings.parse.page import read_page
from briefings.parse.plain import one_line
from briefings.parse.records import LeftOut, Placed
from briefings.parse.tables import divider_of, read_table
from briefings.parse.text_file import read_text

LARGEST_UNPACKED = 50_000_000  # bytes of a gzip file's content
_LOOKED_AT = 65_536  # bytes by which the kind is told
_KINDS = {
    **dict.fromkeys((".txt", ".text"), "text"),
    **dict.fromkeys((".md", ".markdown"), "markdown"),
    **dict.fromkeys((".html", ".htm", ".xhtml"), "html"),
    **dict.fromkeys((".jsonl", ".ndjson", ".json"), "json"),
    **dict.fromkeys((".csv", ".tsv"), "table"),
}
_FOREIGN_ENDINGS = {".yaml": "yaml", ".yml": "yaml", ".toml": "settings", ".ini": "settings", ".eml": "mail"}
# The first element of a document in XML or HTML, after its declaration, comments and DOCTYPE.
_ROOT = re.compile(
    r"(?>\s+|<\?.{0,2000}?\?>|<!--.{0,5000}?-->|<!DOCTYPE\s+(?P<doctype>[\w:]+)[^>\[]{0,500}(?:\[.{0,5000}?\]\s*)?>)*+"
    r"<(?P<root>[A-Za-z][\w:.-]{0,60})(?=[\s/>])",
    re.DOTALL | re.IGNORECASE,
)
_HTML = frozenset(
    "html head body title meta link style script article section main header div p span h1 h2 h3 h4 h5 h6 ul ol table "
    "a b i em strong blockquote figure img br hr pre nav form center font base".split()
)
_ROOTS = {**dict.fromkeys(("rss", "feed", "rdf", "channel"), "feed"), "opml": "opml", "svg": "image"}
_ROOTS |= {"urlset": "sitemap", "sitemapindex": "sitemap"}
_FRONT_MATTER = re.compile(r"---[ \t]*\r?\n(?:.{0,20000}?\n)?(?:---|\.\.\.)[ \t]*\r?\n\s*\S", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Rejected:
    """An article that cannot be used: its place ("line 14", or the file's name) and the reason."""

    where: str
    reason: Problem


@dataclass(frozen=True, slots=True)
class FileContent:
    """The articles of a file, in order, at least one; and notes on what was left out of them, each with its place."""

    articles: tuple[Placed, ...]
    notes: tuple[tuple[str, Problem], ...] = ()


def read_file(name: str, data: bytes) -> list[Entry | Rejected]:
    """Return the articles of a file, at least one item. `name` is "-" for standard input. Never raises."""
    where = "standard input" if name == "-" else one_line(PurePath(name).name)[:100] or "file"
    return [
        article.result if isinstance(article.result, Entry) else Rejected(article.where or where, article.result)
        for article in read_content(name, data).articles
    ]


def read_content(name: str, data: bytes, url: str | None = None, charset: str | None = None) -> FileContent:
    """Return the articles of a file with notes on what was left out. Never raises.

    `url` is that of a fetched page, `charset` the one that its server names.
    """
    path, left_out = PurePath(name), LeftOut()
    try:
        if data.startswith(b"\x1f\x8b"):
            data, path = _unpacked(data), path.with_suffix("") if path.suffix.lower() == ".gz" else path
        articles = read_whole(path.suffix.lower(), data, left_out, url, charset)
    except BadInput as error:
        return FileContent((Placed("", error.problem),))
    return FileContent(tuple(articles), tuple(left_out.notes()))


def read_whole(
    ending: str, data: bytes, left_out: LeftOut, url: str | None = None, charset: str | None = None
) -> list[Placed]:
    """Return the articles of a file that is not packed. Raises BadInput when it holds none."""
    if not data.strip(b"\xef\xbb\xbf \t\r\n"):
        raise BadInput("file-empty")
    kind = kind_of(ending, data)
    if kind == "html":
        return [Placed("", read_page(data, url, charset))]
    if not is_readable(kind):
        raise refusal(kind)
    return _READERS[kind](data, left_out) or [Placed("", Problem("file-empty"))]


def kind_of(ending: str, data: bytes) -> str:
    """Return the kind of a file: "html", a key of `_READERS`, or what it looks like otherwise.

    `ending` is that of its name, with its dot, in small letters. The beginning of a long file is enough as `data`.
    """
    text = beginning_of(data)
    if is_json_feed(data):
        return "json-feed"
    if looks_like_json(data):
        return "json"
    if kind := _document_kind(ending, text):
        return kind
    if divider_of(text):
        return "table"
    has_front_matter = bool(_FRONT_MATTER.match(text))
    is_markdown = has_front_matter and _KINDS.get(ending) == "markdown"
    if not is_markdown and (kind := foreign_kind(ending, data, text)):
        return kind
    if is_binary(data, text):
        return "binary"
    if ending in _FOREIGN_ENDINGS:
        return _FOREIGN_ENDINGS[ending]
    if ending in _KINDS:
        return _KINDS[ending]
    return "markdown" if has_front_matter or re.match(r"\s*#{1,6} ", text) else "text"


def beginning_of(data: bytes) -> str:
    """Return the text of the first bytes. Where they end within a letter of UTF-8, that letter is left out."""
    head = data[:_LOOKED_AT]
    for cut in range(4 if len(data) > _LOOKED_AT else 0):
        try:
            return head[: len(head) - cut].decode("utf-8").removeprefix("\ufeff")
        except UnicodeDecodeError:
            continue
    return decode_text(head)


def _document_kind(ending: str, text: str) -> str | None:
    """Return the kind of a document in XML or HTML by its first element; None for a text that is neither."""
    first = _ROOT.match(text)
    if not first:
        return None
    names = [name.lower() for name in (first["doctype"], first["root"]) if name]
    if kind := next(filter(None, (_ROOTS.get(name.rpartition(":")[2]) for name in names)), None):
        return kind
    if not _HTML.isdisjoint(names) or _KINDS.get(ending) == "html":
        return "html"
    is_xml = text.lstrip().startswith("<?xml") or f"</{first['root']}" in text
    return "xml" if is_xml else None


def is_readable(kind: str) -> bool:
    """True if files of this kind hold articles."""
    return kind == "html" or kind in _READERS


def refusal(kind: str) -> BadInput:
    """Return the error to raise for a file of a kind that holds no articles."""
    if kind in ("feed", "json-feed"):
        return BadInput("file-is-feed")
    if kind == "opml":
        return BadInput("file-is-list-of-feeds")
    return BadInput("file-of-other-kind", kind=kind)


def _unpacked(data: bytes) -> bytes:
    """Return the content of a gzip file. Raises `BadInput` if it is broken or too long."""
    unpacked, packed = b"", data
    try:
        while packed.startswith(b"\x1f\x8b"):  # it may have several parts
            part = zlib.decompressobj(wbits=31)
            unpacked += part.decompress(packed, LARGEST_UNPACKED + 1 - len(unpacked))
            if len(unpacked) > LARGEST_UNPACKED:
                raise BadInput("unpacked-too-long", megabytes=LARGEST_UNPACKED // 1_000_000)
            if not part.eof:
                raise BadInput("gzip-broken")
            packed = part.unused_data
    except zlib.error:
        raise BadInput("gzip-broken") from None
    return unpacked


def _alone(read: Callable[[str], Entry]) -> Callable[[bytes, LeftOut], list[Placed]]:
    """Return a reader of files that are one article."""
    return lambda data, _: [Placed("", read(decode_text(data)))]


def _read_table(data: bytes, left_out: LeftOut) -> list[Placed]:
    text = decode_text(data)
    return read_table(text, divider_of(text) or ",", left_out)


_READERS: dict[str, Callable[[bytes, LeftOut], list[Placed]]] = {
    "json": read_json,
    "table": _read_table,
    "markdown": _alone(read_markdown),
    "text": _alone(read_text),
}
