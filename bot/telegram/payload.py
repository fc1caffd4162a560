"""Reads the JSON that Telegram sends, as much of it as anybody can read.

Promises that one odd update stops no other. Half of a surrogate pair, which is JSON but no text, becomes U+FFFD, and so
do bytes that are not UTF-8: what a reader typed can then be stored, and quoted in an answer. An update that no parser
takes (nested too deep, a number too long) is given as its number alone. Never logs what it reads.
"""

from __future__ import annotations

import json
import re
from typing import Any

try:
    import orjson
except ImportError:  # an optional speed-up; the standard library does as well
    orjson = None  # type: ignore[assignment] # stands for "not installed" below

_ESCAPE = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(?P<half>\\u[dD][89a-fA-F][0-9a-fA-F]{2})|\\.",
    re.DOTALL,
)
"""One escape of a JSON string: a whole surrogate pair, half of one, or any other."""

_UPDATES_BEGIN = re.compile(r'\s*\{\s*"ok"\s*:\s*true\s*,\s*"result"\s*:\s*\[')
_STRING_OR_BRACKET = re.compile(r'"(?:[^"\\]|\\.)*+"?|[\[\]{}]', re.DOTALL)
"""A string without an end goes as far as the text, so that the quotes in it begin no other search for an end."""

_NUMBER_FIRST = re.compile(r'\{\s*"update_id"\s*:\s*([0-9]{1,19})\b')
"""An update's number, which Telegram puts first; 19 digits are the longest that `raw_updates` takes."""


def read(payload: bytes) -> Any:
    """Return a body as Python values. Raises ValueError if it is neither JSON nor a list of updates."""
    try:
        return orjson.loads(payload) if orjson else json.loads(text_of(payload))
    except (ValueError, RecursionError):
        text = text_of(payload)
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return {"ok": True, "result": [_update(element) for element in _elements(text)]}


def text_of(payload: bytes) -> str:
    """Return JSON as text, with U+FFFD for bytes that are not UTF-8 and for halves of surrogate pairs."""
    return without_halves(payload.decode("utf-8-sig", errors="replace"))


def without_halves(text: str) -> str:
    """Return JSON text with U+FFFD in place of each escape that is half of a surrogate pair."""
    if "\\ud" not in text and "\\uD" not in text:
        return text
    return _ESCAPE.sub(lambda escape: r"\ufffd" if escape["half"] else escape[0], text)


def _update(element: str) -> Any:
    """Return one update; its number alone when it cannot be read, so that it can be confirmed; else nothing."""
    try:
        return json.loads(element)
    except (ValueError, RecursionError):
        number = _NUMBER_FIRST.match(element)
        return {"update_id": int(number[1])} if number else {}


def _elements(text: str) -> list[str]:
    """Split an answer to getUpdates into its updates, without parsing them. Raises ValueError if it is none."""
    begin = _UPDATES_BEGIN.match(text)
    if begin is None:
        raise ValueError("not JSON")
    elements: list[str] = []
    depth = start = 0
    for token in _STRING_OR_BRACKET.finditer(text, begin.end()):
        if token[0] in "[{":
            start = start if depth else token.start()
            depth += 1
        elif token[0] in "]}":
            depth -= 1
            if depth < 0:
                return elements
            if depth == 0:
                elements.append(text[start : token.end()])
    raise ValueError("the list of updates has no end")
