"""Reads a file of any length in portions of a few megabytes: lists of articles in JSON, one object a line, tables.

Promises that a file which fits into one portion gives what `file.py` gives; that of a longer one each article is read
once, in order, with its place in the whole file; and that no more than a few portions of it are in memory. A file of
another kind is one article, so it is read whole, and refused if it is longer than any article. Never raises: what
cannot be read is a `Placed` with its reason.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import PurePath

from briefings.errors import BadInput, Problem
from briefings.parse.charsets import decode_text
from briefings.parse.file import beginning_of, is_readable, kind_of, read_whole, refusal
from briefings.parse.json_file import (
    ENDS_HERE,
    LONGEST_LINE,
    has_json_lines,
    is_wide,
    length_to_members,
    read_json_lines,
    read_members,
)
from briefings.parse.records import LeftOut, Placed
from briefings.parse.tables import header_of, read_rows

PORTION = 2_000_000
"""Bytes that are read at a time: about 2,000 articles, 2 s of parsing."""

LARGEST_WHOLE = 20_000_000
"""Bytes of a file that is read whole; the longest that a folder's source may hold."""


@dataclass(frozen=True, slots=True)
class Position:
    """The state of reading a file.

    `kind` is `lines`, `list`, `table`, or `whole` for a file that cannot be read in portions. `number` is that of the
    next line or member. A table has the `names` of its columns and what divides its cells. `is_in_line` is True in the
    middle of a line that is too long.
    """

    kind: str
    number: int = 1
    names: tuple[str, ...] = ()
    divider: str = ""
    is_in_line: bool = False


@dataclass(frozen=True, slots=True)
class Portion:
    """The articles of a portion, in order, and the fields left out of them.

    `rest` are the bytes that were not read and stand before those that follow. `next` is where reading goes on; None at
    the end, also where the file cannot be read any further.
    """

    articles: list[Placed]
    left_out: LeftOut
    rest: bytes = b""
    next: Position | None = None


def read_portion(name: str, data: bytes, position: Position | None, *, is_last: bool) -> Portion:
    """Read the next portion of a file that is not packed.

    `data` is what the last portion left (`rest`) and the bytes that follow; `position` is None at the beginning.
    """
    ending = PurePath(name).suffix.lower()
    try:
        if position is None and not is_last:
            data, position = _begin(ending, data)
        if position is None or (position.kind == "whole" and is_last):
            left_out = LeftOut()
            return Portion(read_whole(ending, data, left_out), left_out)
        if position.kind == "whole":
            if len(data) > LARGEST_WHOLE:
                raise BadInput("whole-file-too-long", megabytes=LARGEST_WHOLE // 1_000_000)
            return Portion([], LeftOut(), data, position)
    except BadInput as error:
        return Portion([Placed("", error.problem)], LeftOut())
    read = {"lines": _read_lines, "list": _read_list, "table": _read_table}[position.kind]
    return read(data, position, is_last)


def _begin(ending: str, data: bytes) -> tuple[bytes, Position]:
    """Return how a file is read whose first bytes these are, and the bytes at which its articles begin."""
    kind = kind_of(ending, data)
    if not is_readable(kind):
        raise refusal(kind)
    if not (is_wide(data) or data.startswith((b"\xfe\xff", b"\xff\xfe"))):
        data = data.removeprefix(b"\xef\xbb\xbf")
        if kind == "json" and has_json_lines(data):
            return data, Position("lines")
        if kind == "json" and (length := length_to_members(beginning_of(data))) is not None:
            above = beginning_of(data)[:length].encode()
            if data.startswith(above):
                return data[len(above) :], Position("list")
        if kind == "table" and (header := header_of(beginning_of(data))):
            divider, names, lines = header
            below = re.match(rb"(?:[^\r\n]*(?:\r\n|\r|\n)){%d}" % lines, data)
            if below:
                return data[below.end() :], Position("table", lines + 1, tuple(names), divider)
    return data, Position("whole")


def _read_lines(data: bytes, position: Position, is_last: bool) -> Portion:
    number, left_out, articles = position.number, LeftOut(), list[Placed]()
    if position.is_in_line:
        _, newline, data = data.partition(b"\n")
        if not newline:
            return Portion([], left_out, b"", None if is_last else position)
        number += 1
    cut = len(data) if is_last else data.rfind(b"\n") + 1
    lines, rest = data[:cut], data[cut:]
    articles += read_json_lines(lines.split(b"\n"), left_out, number)
    number += lines.count(b"\n")
    if is_last:
        return Portion(articles, left_out)
    is_in_line = len(rest) > LONGEST_LINE
    if is_in_line:
        articles.append(Placed(f"line {number}", Problem("line-too-long", {"bytes": LONGEST_LINE})))
        rest = b""
    return Portion(articles, left_out, rest, Position("lines", number, is_in_line=is_in_line))


def _read_list(data: bytes, position: Position, is_last: bool) -> Portion:
    left_out, articles, rest = LeftOut("item"), list[Placed](), b""
    goes_on, trouble = not is_last, ENDS_HERE
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        text = data[: error.start].decode("utf-8")
        if goes_on and error.start > len(data) - 4:  # the bytes end within a letter
            rest = data[error.start :]
        else:
            goes_on, trouble = False, Problem("not-utf-8")
    read, number = read_members(text, position.number, left_out, articles, goes_on=goes_on, trouble=trouble)
    if number is None:
        return Portion(articles, left_out)
    return Portion(articles, left_out, text[read:].encode() + rest, replace(position, number=number))


def _read_table(data: bytes, position: Position, is_last: bool) -> Portion:
    left_out, articles = LeftOut(), list[Placed]()
    cut = len(data) if is_last else data.rfind(b"\n") + 1
    if not cut:
        if len(data) <= LARGEST_WHOLE:
            return Portion([], left_out, data, position)
        return Portion([Placed(f"line {position.number}", Problem("row-quotes-open"))], left_out)
    window = re.sub(rb"\r(?!\n)", b"\n", data[:cut])  # so that lines can be counted in the bytes as in the text
    lines = re.findall(r"[^\n]*\n|[^\n]+", decode_text(window))
    names, above = list(position.names), position.number - 1
    read = read_rows(lines, above, names, position.divider, left_out, articles, goes_on=not is_last)
    if is_last:
        return Portion(articles, left_out)
    rest = _after_lines(window, read) + data[cut:]
    return Portion(articles, left_out, rest, replace(position, number=position.number + read))


def _after_lines(window: bytes, count: int) -> bytes:
    """Return the bytes after so many lines."""
    return b"\n".join(window.split(b"\n")[count:])
