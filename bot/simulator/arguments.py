"""Which methods there are, which parameters each takes, and the parameters of one call as Python values.

**Promise**: the same call is understood alike from JSON, form text, multipart and the query. Stricter than Telegram: a
parameter that the method's line does not name is refused, because Telegram would ignore the slip in silence.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.simulator.chats import Json
from bot.simulator.state import State
from bot.simulator.trouble import bad_request


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came in a multipart body."""

    name: str
    content: bytes


Carry = Callable[[State, Json], Any]
METHODS: dict[str, tuple[dict[str, str], Carry]] = {}


_TYPES: dict[str, type | tuple[type, ...]] = {
    "int": int, "flag": bool, "object": dict, "list": list, "text": str, "chat": (int, str), "file": (str, Upload),
}  # fmt: skip


def method(name: str, parameters: str = "") -> Callable[[Carry], Carry]:
    """Enter a function into the table under its Bot API name, with its parameters as `name:kind`."""

    def enter(function: Carry) -> Carry:
        METHODS[name] = (dict(one.split(":") for one in parameters.split()), function)
        return function

    return enter


def arguments(name: str, raw: Mapping[str, Any]) -> Json:
    """The parameters as Python values, whether they came as JSON or as form text. Raises ApiError 400."""
    kinds = METHODS[name][0]
    found: Json = {}
    for key, value in raw.items():
        if key not in kinds:
            raise bad_request(f"{name} has no parameter {key!r} (the simulator is stricter than Telegram)")
        if value is not None and value != "":
            found[key] = _converted(key, kinds[key], value)
    return found


def _converted(key: str, kind: str, value: Any) -> Any:
    if isinstance(value, str):
        if kind == "flag" and value.lower() in ("true", "false", "1", "0"):
            return value.lower() in ("true", "1")
        if kind in ("int", "chat") and re.fullmatch(r"-?\d{1,18}", value, re.ASCII):
            return int(value)
        if kind in ("object", "list"):
            try:
                value = json.loads(value)
            except (ValueError, RecursionError):
                raise bad_request(f"can't parse {key}: invalid JSON") from None
    if not isinstance(value, _TYPES[kind]) or (isinstance(value, bool) and kind != "flag"):
        raise bad_request(f"can't parse {key}: expected {kind}")
    return value
