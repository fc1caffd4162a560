"""Reads the articles of a table, CSV or TSV, whose first row names the columns.

Promises one result for every row, in order. A row whose cells do not fit the columns is refused, because its values may
stand under wrong names; it stops no other. Commas, semicolons and tabs divide cells. No content raises.
"""

from __future__ import annotations

import csv
import io
import re

from briefings.errors import Problem
from briefings.parse.fields import meaning, quoted
from briefings.parse.page import LONGEST_TEXT
from briefings.parse.records import LeftOut, Placed, read_record

_DIVIDERS = (",", ";", "\t")
_LONGEST_NAME = 60  # characters of a column's name; a longer cell is no name, so the file is no table
_LONGEST_ROW = 4_000_000  # characters; a row that is longer has a quotation mark that never closes
_NO_VALUE = frozenset({"", "null", "nan", "none", "n/a", "\\n"})  # as programs write an empty cell
_SEP = re.compile(r"\Asep=.\r?\n", re.IGNORECASE)  # the first line of tables that Excel wrote names the divider


def divider_of(text: str) -> str | None:
    """Return what divides the cells, if the first line of `text` names columns, a title among them; else None.

    The next line must be divided too: "Title, summary and more" may be the first line of a text.
    """
    lines = filter(str.strip, io.StringIO(_SEP.sub("", text, count=1), newline=""))
    first, second = next(lines, ""), next(lines, None)
    by_names = {len(_understood(names)): divider for divider in _DIVIDERS if (names := _names(first, divider))}
    divider = by_names[max(by_names)] if by_names else None
    return divider if divider and (second is None or divider in second) else None


def read_table(text: str, divider: str, left_out: LeftOut) -> list[Placed]:
    """Return the articles of a table. What is not understood is counted in `left_out`."""
    lines = list(io.StringIO(text, newline=""))
    names, at = _header(lines, divider)
    if not names:
        return [Placed("", Problem("table-without-title"))]
    placed: list[Placed] = []
    read_rows(lines[at:], at, names, divider, left_out, placed)
    return placed


def header_of(text: str) -> tuple[str, list[str], int] | None:
    """Return what divides the cells of a table, the names of its columns, and the number of lines down to them.

    `text` is its beginning; None if that is no table.
    """
    divider = divider_of(text)
    names, at = _header(list(io.StringIO(text, newline="")), divider) if divider else (None, 0)
    return (divider, names, at) if divider and names else None


def _header(lines: list[str], divider: str) -> tuple[list[str] | None, int]:
    """Return the names of the columns, None if there are none, and the number of lines down to them."""
    at = 1 if lines and _SEP.fullmatch(lines[0]) else 0
    while at < len(lines) and not lines[at].strip():
        at += 1
    return (_names(lines[at], divider) if at < len(lines) else None), at + 1


def read_rows(
    lines: list[str],
    above: int,
    names: list[str],
    divider: str,
    left_out: LeftOut,
    placed: list[Placed],
    *,
    goes_on: bool = False,
) -> int:
    """Append the articles of rows to `placed`; `above` lines of the file stand above them. Return the lines read.

    After a row with faulty quotes, reading begins anew at the next line. If the file `goes_on` after these lines, a row
    that does not end in them is not read, unless it is longer than any row may be.
    """
    csv.field_size_limit(LONGEST_TEXT + 100_000)  # of the process; the library's own limit is 131,072 characters
    at = 0
    while at < len(lines):
        remaining = map(lines.__getitem__, range(at, len(lines)))  # a slice would copy them at every faulty row
        first, reader = at, csv.reader(remaining, delimiter=divider, strict=True)
        try:
            for cells in reader:
                start, at = at, first + reader.line_num
                if any(map(str.strip, cells)):
                    placed.append(_read_row(cells, f"line {above + start + 1}", names, left_out))
        except csv.Error:
            if goes_on and first + reader.line_num >= len(lines) and sum(map(len, lines[at:])) <= _LONGEST_ROW:
                return at
            cells, where = lines[at].rstrip("\r\n").split(divider), f"line {above + at + 1}"
            # With as many opening as closing quotes they are part of the text; else the row may go on below.
            is_whole = len(cells) == len(names) and lines[at].count('"') % 2 == 0
            faulty = Placed(where, Problem("row-quotes-open"))
            placed.append(_read_row(cells, where, names, left_out) if is_whole else faulty)
            at += 1
    return at


def _read_row(cells: list[str], where: str, names: list[str], left_out: LeftOut) -> Placed:
    if not _fit(cells, names):
        return Placed(where, Problem("row-does-not-fit", {"cells": len(cells), "columns": len(names)}))
    record: dict[str, str] = {}
    for name, cell in zip(names, cells, strict=False):
        value = "" if cell.strip().casefold() in _NO_VALUE else cell
        if value and record.get(name, value) != value:
            return Placed(where, Problem("field-given-twice", {"field": quoted(name)}))
        record[name] = value or record.get(name, "")
    return read_record(record, where, left_out)


def _fit(cells: list[str], names: list[str]) -> bool:
    """True if each cell has a column. Some programs leave empty cells out at the end of a row, but never a text's end.

    A row that ends inside a title or text was broken off there.
    """
    if len(cells) >= len(names):
        return not any(map(str.strip, cells[len(names) :]))
    return _understood(names[len(cells) - 1 :]).isdisjoint({"title", "text", "summary"})


def _names(line: str, divider: str) -> list[str] | None:
    """Return the names of the columns; None if the line is no row of names with a title and another known name."""
    try:
        names = [name.strip() for name in next(csv.reader([line], delimiter=divider, strict=True), [])]
    except csv.Error:
        return None
    understood = _understood(names)
    if any(len(name) > _LONGEST_NAME for name in names) or "title" not in understood or len(understood) < 2:
        return None
    return [name or f"column {number}" for number, name in enumerate(names, 1)]


def _understood(names: list[str]) -> set[str]:
    return {understood[0] for name in names if (understood := meaning(name))}
