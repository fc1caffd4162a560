"""Turns a record, an object of JSON or a row of a table, into an entry.

Promises to understand the usual names of fields in any spelling, to read markup and entities where there are any, and
to count the fields that it leaves out, so that nothing is left out in silence. Raises `BadInput` and nothing else.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from briefings.errors import BadInput, Problem
from briefings.model import Entry
from briefings.parse.dates import parse_date
from briefings.parse.entities import read_entities, read_left_over
from briefings.parse.fields import entry_of, meaning, quoted
from briefings.parse.markup import text_of
from briefings.parse.plain import one_line, without_markup

MOST_NOTES = 20
"""Fields of one file that are named as left out; a file of data has no more, a hostile one may have any number."""

_NEEDED = frozenset({"title", "text", "summary", "url", "published"})
"""Fields whose value must be readable. One of the others is left out when its value is not."""

# Seconds since 1970 of the dates from 1973 to 2100, and the same instants in thousandths and millionths of a second.
_EARLIEST, _LATEST = 10**8, 2_000_000_000
_UNITS = (1, 1_000, 1_000_000)
_PAGE = re.compile(r"</(?:p|div|h[1-6]|article|section|figure|ul|ol|table|blockquote)>", re.IGNORECASE)
_ENCODED_PAGE = re.compile(r"\s*&lt;(?:p|div|h[1-6]|article|section|figure|img|br|ul|ol|blockquote)\b", re.IGNORECASE)
# News services cut a text and state how much is missing: "… [+1234 chars]".
_CUT_OFF = re.compile(r"\[\+\d+ chars\]\s*$")


@dataclass(frozen=True, slots=True)
class Placed:
    """An article of a file: its place ("line 14"; empty for the whole file), and its entry or the reason against it."""

    where: str
    result: Entry | Problem


@dataclass(slots=True)
class LeftOut:
    """Counts the fields of one file that are not understood. `unit` is what the file is made of: `line` or `item`."""

    unit: str = "line"
    _first: dict[str, str] = field(default_factory=dict)
    _times: dict[str, int] = field(default_factory=dict)
    _others: int = 0

    def count(self, name: str, where: str) -> None:
        """Count a field that is left out at this place of the file."""
        if name not in self._first and len(self._first) == MOST_NOTES:
            self._others += 1
            return
        self._first.setdefault(name, where)
        self._times[name] = self._times.get(name, 0) + 1

    def add(self, later: LeftOut) -> None:
        """Count also what a later portion of the same file left out."""
        self.unit = later.unit
        self._others += later._others
        for name, where in later._first.items():
            if name not in self._first and len(self._first) == MOST_NOTES:
                self._others += later._times[name]
            else:
                self._first.setdefault(name, where)
                self._times[name] = self._times.get(name, 0) + later._times[name]

    def notes(self) -> list[tuple[str, Problem]]:
        """Return one note for each field, with the place where it first stood."""
        notes = [
            (
                where,
                Problem("field-left-out", {"field": quoted(name), "times": self._times[name], "unit": self.unit}),
            )
            for name, where in self._first.items()
        ]
        return notes + ([("", Problem("fields-left-out", {"times": self._others}))] if self._others else [])


def read_record(record: object, where: str, left_out: LeftOut) -> Placed:
    """Return the article of a record at this place. What is not understood is counted in `left_out`."""
    try:
        if not isinstance(record, Mapping):
            raise BadInput("not-json-object")
        return Placed(where, entry_of(_fields(record, where, left_out)))
    except BadInput as error:
        return Placed(where, error.problem)


def names_article(record: Mapping[str, object]) -> bool:
    """True if an object has a title, and a text or a summary: then it is an article and no list of them."""
    fields = {understood[0] for name in record if (understood := meaning(name))}
    return "title" in fields and bool(fields & {"text", "summary"})


def _fields(record: Mapping[str, object], where: str, left_out: LeftOut) -> dict[str, str]:
    """Return the plain texts of the fields that a record has: of several of one meaning, the best one.

    Raises `BadInput` if the only value of a needed field cannot be one.
    """
    fields: dict[str, str] = {}
    ranks: dict[str, tuple[int, int]] = {}
    unusable: dict[str, str] = {}  # name → field
    for name, value in record.items():
        if value is None or value == "" or value == [] or value == {}:
            continue
        understood = meaning(name)
        if understood is None:
            left_out.count(name, where)
            continue
        field_name, rank = understood
        text = _text_of(field_name, value)
        if text is None:
            unusable[name] = field_name
        elif text.strip() and (field_name not in ranks or (rank, -len(text)) < ranks[field_name]):
            fields[field_name], ranks[field_name] = text, (rank, -len(text))
    for name, field_name in unusable.items():
        if field_name in _NEEDED and field_name not in fields:
            raise BadInput("field-not-text", field=quoted(name))
        left_out.count(name, where)
    return fields


def _text_of(field_name: str, value: object) -> str | None:
    """Return the plain text of a value; None if it is of a type that the field cannot have."""
    if isinstance(value, Mapping) and len(value) == 1 and next(iter(value)) in ("$date", "$oid", "$numberLong"):
        value = next(iter(value.values()))  # the JSON of MongoDB
    if field_name == "published":
        return _date_of(value)
    if field_name in ("source", "author") and isinstance(value, Mapping):
        named = (value.get(part) for part in ("name", "title", "id"))
        return next((_plain(part) for part in named if isinstance(part, str) and part.strip()), None)
    if field_name == "author" and isinstance(value, list):
        names = [_text_of("author", member) for member in value]
        return None if None in names else ", ".join(filter(None, names))
    if field_name == "key" and isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, Mapping):
        value = value.get("rendered")  # the JSON of WordPress
    return _plain(value) if isinstance(value, str) else None


def _plain(text: str) -> str:
    """Return a text without markup and with its entities read, each once."""
    if "&" in text and _ENCODED_PAGE.match(text):
        text = read_entities(text)
    text = read_left_over(text_of(text)) if _PAGE.search(text) else without_markup(text)
    return _CUT_OFF.sub("", text)


def _date_of(value: object) -> str | None:
    """Return a date as text. A number is the time since 1970; a text that is a whole date is left to `parse_date`."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    text = one_line(str(value))
    if not re.fullmatch(r"-?\d{9,16}(?:\.\d{1,9})?", text) or parse_date(text):
        return text
    for unit in _UNITS:
        seconds = float(text) / unit
        if math.isfinite(seconds) and _EARLIEST <= seconds <= _LATEST:
            return datetime.fromtimestamp(seconds, UTC).isoformat()
    return text
