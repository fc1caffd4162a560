"""Makes one error of settings that cannot be used: the variable's name, what is wrong, what is allowed.

Promises that the error has our own words, not pydantic's, and never shows a secret or an address that may hold one:
only our validators repeat part of a value, and they know which values may be shown.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal, get_args, get_origin

from pydantic import ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings

from briefings.errors import BadInput, Problem


@contextmanager
def in_our_words(settings: type[BaseSettings]) -> Iterator[None]:
    """While `settings` are read, turn the first fault into BadInput, which gives the variable's name."""
    try:
        yield
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False)[0]
        field = str(fault["loc"][0])
        name = f"{settings.model_config['env_prefix']}{field}".upper()
        problem = _from_validator(fault.get("ctx", {})) or _allowed(settings.model_fields[field])
        raise BadInput("within", place=name, problem=problem) from None
    except UnicodeDecodeError:
        raise BadInput("settings-not-utf-8") from None


def _from_validator(context: dict[str, Any]) -> Problem | None:
    """Return the problem in a ValueError that a validator of ours raised. None for an error of pydantic's own."""
    error = context.get("error")
    argument = error.args[0] if isinstance(error, ValueError) and error.args else None
    return argument if isinstance(argument, Problem) else None


def _allowed(field: FieldInfo) -> Problem:
    """Return a problem that says which values a field takes, by its type; in place of pydantic's message."""
    least = next((bound.ge for bound in field.metadata if hasattr(bound, "ge")), None)
    most = next((bound.le for bound in field.metadata if hasattr(bound, "le")), None)
    if get_origin(field.annotation) is Literal:
        return Problem("not-choice", {"choices": ", ".join(map(str, get_args(field.annotation)))})
    if field.annotation is bool:
        return Problem("not-yes-or-no")
    if least is None or most is None:
        return Problem("setting-unusable")
    if field.annotation is int:
        return Problem("not-whole-number", {"least": least, "most": most})
    return Problem("not-number", {"least": least, "most": most})
