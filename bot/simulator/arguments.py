"""The table of methods with their parameters, and the parameters of one call as Python values.

**Promise**: the same call is understood alike from JSON, form text, multipart and the query. Stricter than Telegram: a
parameter that the method does not name is refused, because Telegram would ignore the slip in silence.
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
    """A file of a multipart body."""

    name: str
    content: bytes


MethodFunction = Callable[[State, Json], Any]
"""Carries a call out on the state; returns what goes into `result`."""

METHODS: dict[str, tuple[dict[str, str], MethodFunction]] = {}
"""Bot API name → kinds of its parameters by name, and its function. `method` fills it."""

_TYPES: dict[str, type | tuple[type, ...]] = {
    "int": int, "flag": bool, "object": dict, "list": list, "text": str, "chat": (int, str), "file": (str, Upload),
}  # fmt: skip


def method(name: str, parameters: str = "") -> Callable[[MethodFunction], MethodFunction]:
    """Enter a function into the table under its Bot API name, with its parameters as `name:kind`."""

    def enter(function: MethodFunction) -> MethodFunction:
        METHODS[name] = (dict(parameter.split(":") for parameter in parameters.split()), function)
        return function

    return enter


def arguments(name: str, raw: Mapping[str, Any]) -> Json:
    """Return the parameters of a call as Python values; JSON and form text give the same. Raises ApiError 400."""
    kinds = METHODS[name][0]
    converted: Json = {}
    for key, value in raw.items():
        if key not in kinds:
            raise bad_request(f"{name} has no parameter {key!r} (the simulator is stricter than Telegram)")
        if value is not None and value != "":
            converted[key] = _converted(key, kinds[key], value)
    return converted


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
