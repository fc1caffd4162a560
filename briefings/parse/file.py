"""Turns a file into entries: text, Markdown, HTML or JSON lines, told apart by name and, on standard input, by look.

Promises one result for every article in the file, in order: an `Entry`, or a `Rejected` with the reason. One broken
line never stops the others, and no content raises. Never invents: a value that the file does not state (a date, a
source) stays None, and a stated date that cannot be read is a rejection, not a guess.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, NoReturn

from briefings.errors import BadInput, Problem
from briefings.model import Entry
from briefings.parse.bylines import byline, outlet_name
from briefings.parse.main_text import FEWEST_WORDS
from briefings.parse.page import LONGEST_TEXT, LONGEST_TITLE, read_page
from briefings.parse.plain import clean, decode, language, one_line, parse_date, without_markup
from briefings.parse.urls import LONGEST_URL, canonical
from briefings.text.sentences import count_words, split
from briefings.text.words import fold_case

_LONGEST_LINE = 4_000_000  # bytes of a JSON line: LONGEST_TEXT in four-byte letters, and room for the other fields
_HEADLINE = 250  # characters; a longer first line is a paragraph
_KINDS = {
    **dict.fromkeys((".txt", ".text"), "text"),
    **dict.fromkeys((".md", ".markdown"), "markdown"),
    **dict.fromkeys((".html", ".htm", ".xhtml"), "html"),
    **dict.fromkeys((".jsonl", ".ndjson", ".json"), "json"),
}


@dataclass(frozen=True, slots=True)
class Rejected:
    """An article that cannot be used: its place ("line 14", or the file's name) and the reason."""

    where: str
    reason: Problem


def read_file(name: str, data: bytes) -> list[Entry | Rejected]:
    """Return the articles of a file, at least one item. Never raises.

    The ending of `name` decides the format; "-" (standard input) and unknown endings are judged by their look.
    """
    where = "standard input" if name == "-" else one_line(PurePath(name).name)[:100] or "file"
    kind = _KINDS.get(PurePath(name).suffix.lower()) or _looks_like(data)
    if kind == "json":
        return list(_read_json(where, data)) or [Rejected(where, Problem("file-empty"))]
    try:
        if b"\0" in data[:4096] and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
            raise BadInput("not-text-file")
        if kind == "html":
            return [read_page(data, None)]
        return [_read_markdown(decode(data)) if kind == "markdown" else _read_text(decode(data))]
    except BadInput as error:
        return [Rejected(where, error.problem)]


def _looks_like(data: bytes) -> str:
    head = decode(data[:4096]).lstrip()
    low = head[:200].lower()
    if low.startswith(("<!doctype", "<html", "<head", "<body", "<article", "<?xml")):
        return "html"
    if low.startswith("{") and any(_parses(line) for line in (data, *data.split(b"\n", 5)[:5])):
        return "json"
    if re.match(r"---[ \t]*\r?\n|#{1,6} ", head):
        return "markdown"
    return "text"


# --- JSON lines ------------------------------------------------------------------------------------------------------


def _read_json(where: str, data: bytes) -> Iterator[Entry | Rejected]:
    """Read one object a line; or, if the file is a single JSON value, that object or the objects of that list."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        data = decode(data).encode("utf-8", "replace")
    lines = data.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    if len(data) <= _LONGEST_LINE and not _parses(next(filter(bytes.strip, lines), b"")):
        try:
            whole = _parse(data)
            items = whole if isinstance(whole, list) else [whole]
            yield from (_judge(f"item {n}" if len(items) > 1 else where, item) for n, item in enumerate(items, 1))
            return
        except BadInput:
            pass  # then every line is a value of its own
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                item = _parse(line)
            except BadInput as error:
                yield Rejected(f"line {number}", error.problem)
            else:
                yield _judge(f"line {number}", item)


def _judge(where: str, item: object) -> Entry | Rejected:
    try:
        return _from_object(item)
    except BadInput as error:
        return Rejected(where, error.problem)


def _parses(line: bytes) -> bool:
    try:
        return isinstance(_parse(line), dict)
    except BadInput:
        return False


def _parse(line: bytes) -> object:
    if len(line) > _LONGEST_LINE:
        raise BadInput("line-too-long", bytes=_LONGEST_LINE)
    try:
        return json.loads(line.decode("utf-8"), object_pairs_hook=_without_repeats, parse_constant=_refuse)
    except UnicodeDecodeError:
        raise BadInput("not-utf-8") from None
    except RecursionError:
        raise BadInput("nested-too-deeply") from None
    except ValueError:  # raised also for a number of more than 4,300 digits
        raise BadInput("not-json") from None


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise BadInput("field-given-twice", field=_quoted(twice))
    return fields


def _refuse(name: str) -> NoReturn:
    raise BadInput("not-json-number", name=name)


def _from_object(item: object) -> Entry:
    """Return an entry from an object whose fields are all text or null. Raises `BadInput`."""
    if not isinstance(item, dict):
        raise BadInput("not-json-object")
    fields: dict[str, str] = {}
    for name in ("url", "title", "published", "source", "text", "summary", "language", "author"):
        value = item.get(name)
        if value is not None and not isinstance(value, str):
            if name == "published":
                raise BadInput("published-not-date", value=_quoted(str(value)))
            raise BadInput("field-not-text", field=name)
        fields[name] = value or ""
    for name in ("title", "text", "summary"):
        fields[name] = without_markup(fields[name])
    return _entry(fields)


def _entry(fields: dict[str, str]) -> Entry:
    """Check the fields of an article as every format needs it. Raises `BadInput`, the reason for the rejection."""
    title, text = one_line(fields.get("title", "")), clean(fields.get("text", ""))
    if not title:
        raise BadInput("no-title")
    if len(title) > LONGEST_TITLE:
        raise BadInput("title-too-long", most=LONGEST_TITLE)
    if not text:
        raise BadInput("no-text")
    if count_words(text) < FEWEST_WORDS:
        raise BadInput("text-too-short")
    if len(text) > LONGEST_TEXT:
        raise BadInput("text-too-long", most=LONGEST_TEXT)
    url, published = one_line(fields.get("url", "")), one_line(fields.get("published", ""))
    if url and (canonical(url) is None or " " in url):
        raise BadInput("url-not-address", value=_quoted(url))
    if len(url) > LONGEST_URL:
        raise BadInput("url-too-long", most=LONGEST_URL)
    when = parse_date(published)
    if published and when is None:
        raise BadInput("published-not-date", value=_quoted(published))
    code = one_line(fields.get("language", ""))
    if code and not re.fullmatch(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9-]{1,20})?", code):
        raise BadInput("language-not-code", value=_quoted(code))
    return Entry(
        title=title,
        text=text,
        url=url or None,
        published=when,
        source=outlet_name(fields.get("source", ""), url),
        language=re.split("[-_]", code)[0].lower() if code else language(text),
        summary=clean(fields.get("summary", "")) or None,
        author=byline(fields.get("author", "")),
    )


def _quoted(text: str) -> str:
    text = one_line(text)
    return text if len(text) <= 60 else f"{text[:59]}…"


# --- text ------------------------------------------------------------------------------------------------------------

_FIELDS = {"title": "title", "headline": "title"}
_FIELDS |= {"source": "source", "publisher": "source", "outlet": "source", "site": "source"}
_FIELDS |= {"date": "published", "published": "published", "url": "url", "link": "url", "canonical": "url"}
_FIELDS |= {"language": "language", "lang": "language", "summary": "summary", "description": "summary"}
_HEADER = re.compile(r"(title|date|published|source|url|link|language)\s*:\s*(\S.*)", re.IGNORECASE)
_MOST_HEADERS = 12  # lines; below them "Source: …" is part of the article
_NO_BYLINE = re.compile(r"[.!?:;,…。！？।]$|^[-*•#>\"“]|^(?!by )[a-z]")


def _read_text(text: str, stated: dict[str, str] | None = None) -> Entry:
    """Read a text whose first line is its title. Header lines, a byline and a date may follow it.

    `stated` are fields that stood elsewhere in the file.
    """
    fields = dict(stated or {})
    lines = clean(text).split("\n")
    for _ in range(_MOST_HEADERS):
        while lines and not lines[0]:
            del lines[0]
        if not lines or not _take_header(lines, fields):
            break
    fields["text"] = _unwrap("\n".join(lines))
    return _entry(fields)


def _take_header(lines: list[str], fields: dict[str, str]) -> bool:
    """Move the first line into `fields` and return True; return False if the line is part of the text."""
    line = lines[0]
    header = _HEADER.fullmatch(line)
    field = _FIELDS[fold_case(header[1])] if header else ""
    if header and not fields.get(field):
        fields[field] = header[2]
    elif "title" not in fields:
        if len(line) > _HEADLINE:
            fields["title"] = split(line)[0]
            return False
        fields["title"] = line
    elif not fields.get("url") and re.fullmatch(r"https?://\S+", line):
        fields["url"] = line
    elif not fields.get("published") and parse_date(line):
        fields["published"] = line
    elif not fields.get("source") and any(lines[1:]) and len(line.split()) <= 6 and not _NO_BYLINE.search(line):
        fields["source"] = re.sub(r"^by\s+", "", line, flags=re.IGNORECASE)
    else:
        return False
    del lines[0]
    return True


def _unwrap(text: str) -> str:
    """Join lines that were broken at a fixed width inside a sentence. Lists and short lines stay as they are."""
    blocks = []
    for block in text.split("\n\n"):
        lines = block.split("\n")
        wrapped = max(map(len, lines)) <= 100 and min(map(len, lines[:-1]), default=0) >= 40
        listed = any(re.match(r"[-*•]\s|\d+[.)]\s", line) for line in lines)
        blocks.append(re.sub(r"(?<![.!?:…”\"])\n", " ", block) if wrapped and not listed else block)
    return "\n\n".join(blocks)


# --- Markdown --------------------------------------------------------------------------------------------------------

_FRONT = re.compile(r"---[ \t]*\n(.{0,20000}?\n)?(?:---|\.\.\.)[ \t]*(?:\n|$)", re.DOTALL)
_PAIR = re.compile(r"([A-Za-z_-]{2,30})\s*:\s*(\S.*)")
_MARKUP = (  # in this order; every pattern is linear
    (re.compile(r"^ {0,3}(`{3,}|~{3,})[^\n]*\n(?:.*?\n)??(?: {0,3}\1[^\n]*$|\Z)", re.DOTALL | re.MULTILINE), ""),
    (re.compile(r"<!--.{0,5000}?-->", re.DOTALL), ""),
    (re.compile(r"^ {0,3}\[[^\]\n]{1,200}\]:[ \t]*\S[^\n]*$", re.MULTILINE), ""),  # targets of links
    (re.compile(r"!\[[^\[\]\n]{0,500}\](?:\([^()\n]{0,2000}\)|\[[^\]\n]{0,200}\])?"), ""),  # images
    (
        re.compile(r"\[([^\[\]\n]{0,500})\](?:\([^()\n]{0,2000}(?:\([^()\n]{0,200}\)[^()\n]{0,200})?\)|\[.{0,200}?\])"),
        r"\1",
    ),
    (re.compile(r"<(https?://[^<>\s]{1,2000})>"), r"\1"),
    (re.compile(r"</?[A-Za-z][^<>\n]{0,500}>"), ""),
    (re.compile(r"^ {0,3}(?:[-*_] ?){3,}$|^ {0,3}=+ *$|^\|?[ :|-]+\|[ :|-]*$", re.MULTILINE), ""),  # rules, table rules
    (re.compile(r"^ {0,3}(?:> ?)+", re.MULTILINE), ""),
    (re.compile(r"^ {0,3}#{1,6}[ \t]+([^\n]*?)[ \t]*#*$", re.MULTILINE), r"\n\1\n"),
    (re.compile(r"^[ \t]{0,12}(?:[-*+]|\d{1,3}[.)])[ \t]+(?:\[[ xX]\][ \t]+)?", re.MULTILINE), "\n"),
    (re.compile(r"^[ \t]*\|[ \t]*|[ \t]*\|[ \t]*$", re.MULTILINE), ""),
    (re.compile(r"(?<![\w*\\])\*{1,3}(?=[^\s*])([^*\n]+)\*{1,3}(?!\w)"), r"\1"),
    (re.compile(r"(?<![\w_\\])_{1,3}(?=[^\s_])([^_\n]+)_{1,3}(?!\w)"), r"\1"),
    (re.compile(r"~~([^~\n]+)~~"), r"\1"),
    (re.compile(r"`+([^`\n]+)`+"), r"\1"),
    (re.compile(r"\\([\\`*_{}\[\]()#+.!~|>-])"), r"\1"),
)


def _read_markdown(text: str) -> Entry:
    """Read Markdown. Its front matter has `key: value` lines; its first "# heading" is the title."""
    text = re.sub(r"\r\n?", "\n", text).lstrip("\n\ufeff ")
    text = re.sub(r"[ \t]{13,}", " " * 12, text)  # deeper indents have no meaning, and long runs cost quadratic time
    fields: dict[str, str] = {}
    if front := _FRONT.match(text):
        for line in (front[1] or "").split("\n"):
            pair = _PAIR.fullmatch(line.rstrip())
            if pair and pair[1].lower() in _FIELDS:
                fields.setdefault(_FIELDS[pair[1].lower()], re.sub(r"""^(["'])(.*)\1$""", r"\2", pair[2]))
        text = text[front.end() :]
    body = re.sub(r"(?m)^([^\n]+)\n={2,} *$", r"# \1", text)
    heading = re.match(r"\s*#[ \t]+([^\n]+?)[ \t]*#*[ \t]*(?:\n|$)", body)
    if heading:
        fields.setdefault("title", plain_markdown(heading[1]))
        body = body[heading.end() :]
    return _read_text(_joined(plain_markdown(body)), fields)


def plain_markdown(text: str) -> str:
    """Return Markdown without its markup. Links keep their words; images and code blocks are removed."""
    for pattern, instead in _MARKUP:
        text = pattern.sub(instead, text)
    return html.unescape(text)


def _joined(text: str) -> str:
    """Replace single line ends by blanks, as Markdown means them. Those of list items were doubled before."""
    return re.sub(r"(?<=[^\n])\n(?=[^\n])", " ", re.sub(r"[ \t]+\n", "\n", text))
