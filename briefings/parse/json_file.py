"""Reads the articles of a JSON file: one object a line, a list of objects, an object that holds such a list, or one.

Promises one result for every article in the file, in order. One broken line never stops the others; of a file that
breaks off, the articles before the break are read. No content raises.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from briefings.errors import BadInput, Problem
from briefings.parse.fields import meaning, quoted
from briefings.parse.plain import decode
from briefings.parse.records import LeftOut, Placed, names_article, read_record

LONGEST_LINE = 4_000_000  # bytes: LONGEST_TEXT in four-byte letters, and room for the other fields
LARGEST_VALUE = 50_000_000  # bytes of a file that is a single JSON value; it takes ten times as much memory

# The keys under which services put their list; of several lists the first of these is read.
_LIST_KEYS = "articles items results entries news posts stories docs data value".split()
_DEEPEST = 3  # objects within objects in which a list is looked for
_LOOKED_AT = 5  # lines by which a file of lines is recognised though its first one is broken
_LIST_START = re.compile(r"\s*(?:\{(?:[^{}\[\]]{0,2000}?:)?\s*)?\[\s*")
_LIST_OF_OBJECTS = re.compile(r'\s*(?:\{[^{}\[\]]{0,2000}?"(?P<name>\w{1,60})"\s*:\s*)?\[\s*(?=\{)')
_GOES_ON = re.compile(rb"(?:,|(?:^|[,:])\s*[\[{])\s*$")  # the end of a line in the middle of a value
ENDS_HERE = Problem("json-ends-here")
_GAP = re.compile(r"\s*,?\s*")


def looks_like_json(data: bytes) -> bool:
    """True if the bytes begin as JSON that can hold articles, or one of the first lines is an object."""
    head = _text(data[:4096]).lstrip()
    if re.match(r'\{\s*["}]|\[\s*(?:[{\[\]]|"[^"\n]*"\s*[,\]])', head):
        return True
    return head.startswith("{") and any(
        isinstance(_value(line), _OBJECTS) for line in data.split(b"\n", 5)[:_LOOKED_AT]
    )


def is_json_feed(data: bytes) -> bool:
    """True if the bytes are a JSON Feed (jsonfeed.org), which is read as a source."""
    head = data[:4096].removeprefix(b"\xef\xbb\xbf").lstrip()
    return head[:1] == b"{" and bool(re.search(rb'"version"\s*:\s*"https?:(?:\\?/){2}jsonfeed\.org\\?/', head))


def read_json(data: bytes, left_out: LeftOut) -> list[Placed]:
    """Return the articles of a JSON file. What is not understood is counted in `left_out`."""
    data = _text(data).encode("utf-8", "replace") if is_wide(data) else data.removeprefix(b"\xef\xbb\xbf")
    lines = data.split(b"\n")
    filled = list(islice(filter(bytes.strip, lines), _LOOKED_AT))
    if len(filled) > 1 and not isinstance(_value(filled[0]), BadInput):
        return list(read_json_lines(lines, left_out))
    whole = _value(data, LARGEST_VALUE)
    if not isinstance(whole, BadInput):
        return _read_members(whole, "line 1" if len(filled) == 1 else "", left_out)
    if not filled:
        return []
    if not _GOES_ON.search(filled[0][-1000:]) and any(isinstance(_value(line), _OBJECTS) for line in filled):
        return list(read_json_lines(lines, left_out))
    values = _salvaged(data.decode("utf-8", "replace"), left_out) if whole.key == "not-json" else []
    return values or [Placed("line 1" if len(filled) == 1 and whole.key != "not-json" else "", whole.problem)]


def read_json_lines(lines: Sequence[bytes], left_out: LeftOut, first: int = 1) -> Iterator[Placed]:
    """Yield the articles of lines, one object each; `first` is the number of the first line."""
    for number, line in enumerate(lines, first):
        if line.strip():
            value = _value(line)
            if isinstance(value, BadInput):
                yield Placed(f"line {number}", value.problem)
            else:
                yield _read(value, f"line {number}", left_out)


def _read(value: object, where: str, left_out: LeftOut) -> Placed:
    if isinstance(value, _Repeated):
        return Placed(where, Problem("field-given-twice", {"field": quoted(value.name)}))
    for member in value.values() if isinstance(value, dict) else ():
        if isinstance(member, _NoNumber):
            return Placed(where, Problem("not-json-number", {"name": member.name}))
    return read_record(value, where, left_out)


def _read_members(whole: object, where: str, left_out: LeftOut) -> list[Placed]:
    """Read a file that is a single value. `where` is the place of an article that is alone."""
    members: Sequence[object] | None = whole if isinstance(whole, list) else _list_in(whole)
    if members is None and _is_article(whole):
        return [_read(whole, where, left_out)]
    if members is None or (members and not any(isinstance(member, _OBJECTS) for member in members)):
        return [Placed("", Problem("json-without-articles"))]
    left_out.unit = "item"
    return [_read(member, f"item {number}", left_out) for number, member in enumerate(members, 1)]


def _is_article(whole: object) -> bool:
    """True if a value is an article, perhaps with faults: an object that has at least one field of an article."""
    return isinstance(whole, _Repeated) or (isinstance(whole, dict) and any(map(meaning, whole)))


def _list_in(value: object, depth: int = 0) -> Sequence[object] | None:
    """Return the list of objects that an object holds; None if it holds none, or is an article itself."""
    if not isinstance(value, dict):
        return None
    lists: dict[str, list[object]] = {name: member for name, member in value.items() if _is_list_of_objects(member)}
    usual = next((lists[name] for name in _LIST_KEYS if name in lists), None)
    is_article = names_article(value)
    if usual is not None and not (
        is_article and not any(isinstance(member, dict) and names_article(member) for member in usual)
    ):
        return usual
    if is_article:
        return None
    if len(lists) == 1:
        return next(iter(lists.values()))
    inner = [member for member in value.values() if isinstance(member, dict)]
    if lists or depth == _DEEPEST:
        return None
    holding = [members for member in inner if (members := _list_in(member, depth + 1)) is not None]
    return holding[0] if len(holding) == 1 else None


def _is_list_of_objects(value: object) -> bool:
    return isinstance(value, list) and bool(value) and any(isinstance(member, dict) for member in value)


# --- a file that is no single value ----------------------------------------------------------------------------------


def _salvaged(text: str, left_out: LeftOut) -> list[Placed]:
    """Read the objects of a list that breaks off, or objects that stand one after the other over several lines."""
    start = _LIST_START.match(text)
    left_out.unit = "item"
    placed: list[Placed] = []
    read_members(text[start.end() :] if start else text.lstrip(), 1, left_out, placed, in_list=bool(start))
    return placed


def read_members(
    text: str,
    first: int,
    left_out: LeftOut,
    placed: list[Placed],
    *,
    in_list: bool = True,
    goes_on: bool = False,
    trouble: Problem = ENDS_HERE,
) -> tuple[int, int | None]:
    """Append the articles of the members of a list, from number `first` on, to `placed`.

    Return the characters read, and the number of the next member: None if none is to be read any more. If the list
    `goes_on` after this text, a member that does not end in it is not read, unless it is longer than any may be.
    `trouble` is the problem of a member that cannot be read.
    """
    at, number = _end_of_gap(text, 0) if first > 1 else 0, first
    while at < len(text) and not (in_list and text[at] in "]}"):
        try:
            value, end = _DECODER.raw_decode(text, at)
        except (ValueError, RecursionError):
            if goes_on and len(text) - at <= LONGEST_LINE:
                return at, number
            if number > 1:
                placed.append(Placed(f"item {number}", trouble))
            return at, None
        placed.append(_read(value, f"item {number}", left_out))
        at, number = _end_of_gap(text, end), number + 1
    if at >= len(text) and goes_on:
        return at, number
    if at >= len(text) and in_list and number > 1:
        placed.append(Placed(f"item {number}", trouble))
    return at, None


def _end_of_gap(text: str, at: int) -> int:
    gap = _GAP.match(text, at)
    return gap.end() if gap else at


# --- a file that is read in portions ---------------------------------------------------------------------------------


def has_json_lines(head: bytes) -> bool:
    """True if a file holds one object a line, by its first lines; the last of these may be cut off."""
    filled = list(islice(filter(bytes.strip, head.split(b"\n")[:-1]), _LOOKED_AT))
    if len(filled) > 1 and not isinstance(_value(filled[0]), BadInput):
        return True
    goes_on = bool(filled) and _GOES_ON.search(filled[0][-1000:])
    return not goes_on and any(isinstance(_value(line), _OBJECTS) for line in filled)


def length_to_members(head: str) -> int | None:
    """Return the characters down to the first member of the list that a file is, or that its only object begins with.

    None if the beginning of the file does not tell that this list holds the articles.
    """
    start = _LIST_OF_OBJECTS.match(head)
    if not start:
        return None
    if start["name"] is None:
        return start.end()
    around = _value(f"{head[: start.end()]}]}}".encode("utf-8", "replace"))
    is_usual = isinstance(around, dict) and start["name"] in _LIST_KEYS and not names_article(around)
    return start.end() if is_usual else None


# --- values ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Repeated:
    """Stands for an object in which this name is given twice: nothing says which of the two is meant."""

    name: str


@dataclass(frozen=True, slots=True)
class _NoNumber:
    """Stands for NaN or Infinity, which are no JSON."""

    name: str


_OBJECTS = (dict, _Repeated)


def _value(data: bytes, most: int = LONGEST_LINE) -> Any:
    """Return the value of a piece of JSON, or the `BadInput` that says why it has none."""
    if len(data) > most:
        return BadInput("line-too-long", bytes=most)
    try:
        return json.loads(data.decode("utf-8"), object_pairs_hook=_object, parse_constant=_NoNumber)
    except UnicodeDecodeError:
        return BadInput("not-utf-8")
    except RecursionError:
        return BadInput("nested-too-deeply")
    except ValueError:  # raised also for a number of more than 4,300 digits
        return BadInput("not-json")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any] | _Repeated:
    fields = dict(pairs)
    if len(fields) == len(pairs):
        return fields
    names = [name for name, _ in pairs]
    return _Repeated(next(name for name in names if names.count(name) > 1))


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_NoNumber)


def is_wide(data: bytes) -> bool:
    """True if the bytes are UTF-16 or UTF-32, which JSON may be without a byte-order mark."""
    return json.detect_encoding(data[:4]).startswith(("utf-16", "utf-32"))


def _text(data: bytes) -> str:
    if not is_wide(data):
        return decode(data)
    return data.decode(json.detect_encoding(data[:4]), "replace").removeprefix("\ufeff")
