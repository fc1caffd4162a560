"""Operators' sentences for files of articles: what a file looks like that holds none, and what was left out of one.

`bot/ops/problems.py` fills them in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

LOOKS = {
    "address-book": "an address book (vCard)",
    "archive": "an archive of files; unpack it first",
    "binary": "data that is no text",
    "calendar": "a calendar (iCalendar)",
    "code": "source code",
    "database": "a database (SQLite)",
    "docx": "a document of a word processor; save it as text first",
    "epub": "a book (EPUB)",
    "image": "a picture",
    "key": "a key or certificate",
    "latex": "LaTeX",
    "log": "a log of a program",
    "mail": "an e-mail",
    "mbox": "a mailbox (mbox)",
    "old-office": "an old Office file; save it as text or CSV first",
    "parquet": "a table in Parquet; save it as CSV first",
    "pdf": "a PDF; save its text first",
    "pptx": "a presentation",
    "program": "a program",
    "rtf": "a document in RTF; save it as text first",
    "settings": "settings (TOML or INI)",
    "sitemap": "a sitemap",
    "sound-or-film": "sound or a film",
    "web-archive": "a web archive (WARC)",
    "xlsx": "a spreadsheet; save it as CSV first",
    "xml": "XML that is neither a page nor a feed",
    "yaml": "YAML",
}
"""The kinds of files that `briefings/parse/foreign.py` and `file.py` refuse. The words go after "looks like"."""


def _other_kind(kind: str) -> str:
    return f"looks like {LOOKS[kind]}"


def _left_out(field: str, times: int, unit: str) -> str:
    counted = f" (in {times:,} {unit}s)" if times > 1 else ""
    return f"field “{field}” is not understood and left out{counted}"


def _others_left_out(times: int) -> str:
    return f"further fields are not understood and left out ({times:,} values)"


INTAKE: Mapping[str, str | Callable[..., str]] = {
    "file-empty": "the file is empty",
    "file-is-feed": "this is a feed; `briefings sources add` reads it from its address",
    "file-is-list-of-feeds": "this is a list of feeds (OPML); `briefings sources import` takes it",
    "file-of-other-kind": _other_kind,
    "whole-file-too-long": "longer than {megabytes} MB, which only JSON lines, lists in JSON and tables may be",
    "unpacked-too-long": "longer than {megabytes} MB when unpacked",
    "gzip-broken": "cannot be unpacked: this is not a whole gzip file",
    "field-left-out": _left_out,
    "fields-left-out": _others_left_out,
    "json-without-articles": "JSON that is no article and holds no list of articles",
    "json-ends-here": "not JSON from here on",
    "table-without-title": "the first line names no column for titles, or no other column that is understood",
    "row-quotes-open": "a quotation mark opens and closes at the wrong place",
    "row-does-not-fit": "the number of its cells, {cells}, is not that of the columns, {columns}",
}
"""Key → the operator's sentence."""
