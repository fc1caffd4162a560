"""Telegram's own markup parser, called through TDLib on this machine. No network, no account."""

from __future__ import annotations

import functools
import json
from typing import Any

import tdjson


def parsed(html: str) -> dict[str, Any]:
    """Return Telegram's `text` and `entities` of the markup. Raises AssertionError with its reason when it refuses."""
    _quiet()
    answer = _call({"@type": "parseTextEntities", "text": html, "parse_mode": {"@type": "textParseModeHTML"}})
    assert answer["@type"] != "error", f"{answer.get('message')}: {html[:300]!r}"
    return answer


def accepts(html: str) -> str:
    """Return the plain text that Telegram shows. Raises AssertionError with its reason when it refuses the markup."""
    return str(parsed(html)["text"])


def links(html: str) -> list[str]:
    """Return the addresses that Telegram makes links of."""
    return [entity["type"]["url"] for entity in parsed(html)["entities"] if "url" in entity["type"]]


def units(text: str) -> int:
    """Return the length in UTF-16 code units, which Telegram counts in."""
    return len(text.encode("utf-16-le")) // 2


def _call(request: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(tdjson.td_execute(json.dumps(request).encode()) or b"{}")
    return answer


@functools.cache
def _quiet() -> None:
    _call({"@type": "setLogVerbosityLevel", "new_verbosity_level": 0})
