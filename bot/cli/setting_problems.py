"""A setting that cannot be used, as an operator reads it: the variable's name, what is wrong, what is allowed.

Promises our own words, whichever library found the fault, and never the value of a secret or of an address that may
hold one: only our validators repeat anything of a value, and they know which may be shown.
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
    """While `settings` are read: raises BadInput for the first that is wrong, by its name in the environment."""
    try:
        yield
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        field = str(first["loc"][0])
        name = f"{settings.model_config['env_prefix']}{field}".upper()
        problem = _ours(first.get("ctx", {})) or _allowed(settings.model_fields[field])
        raise BadInput("within", place=name, problem=problem) from None
    except UnicodeDecodeError:
        raise BadInput("settings-not-utf-8") from None


def _ours(context: dict[str, Any]) -> Problem | None:
    """The problem that a validator of ours has put into its ValueError. None for an error of pydantic's own."""
    raised = context.get("error")
    given = raised.args[0] if isinstance(raised, ValueError) and raised.args else None
    return given if isinstance(given, Problem) else None


def _allowed(field: FieldInfo) -> Problem:
    """What a field takes, by its type; in place of pydantic's message."""
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
