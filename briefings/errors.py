"""Every error the newsroom raises on purpose, and every reason it notes: a key with arguments, never a sentence.

A key names the trouble in kebab-case (`unknown-zone`). Arguments are values: texts, numbers, or another Problem. The
code that raises cuts a text that quotes foreign words to a safe length. Sentences for people are written by a face,
which has one for each key.

BriefingsError            anything a user can cause
├── BadInput              the input cannot be used; nothing was changed
│   ├── BadTime           not an hour of the day, or no weekday
│   ├── BadZone           no such time zone
│   ├── BadQuery          a search nobody can answer
│   └── BadTopic          a topic file that does not say what it must
├── Unreachable           a page could not be fetched, or may not be
│   └── ServerRefused     the server answered that it will not give it
├── BadTemplate           a template that does not render, or prints too much
├── WorkerTrouble         no process could be started to read a document, or it was ended too early
└── StoreTrouble          the database cannot be used: locked, foreign, away
    ├── NotSaved          nothing can be saved, because the database's file is gone
    └── Outdated          a newer program has changed its schema
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Self

LONGEST_CAUSE = 300
"""Characters of a foreign reason: a driver's message, a parser's, a server's. They fill about three lines of a log."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A reason that is noted or handed on instead of being raised."""

    key: str
    arguments: Mapping[str, Argument] = field(default_factory=dict, hash=False)

    def __str__(self) -> str:
        """The technical form: `page-too-long (megabytes=5)`."""
        given = ", ".join(f"{name}={value}" for name, value in self.arguments.items())
        return f"{self.key} ({given})" if given else self.key

    def to_text(self) -> str:
        """The problem as it is stored: compact JSON; the words of a stated one as they are."""
        if self.key == "stated":
            words = str(self.arguments["text"])
            if Problem.from_text(words) == self:
                return words
        return json.dumps(self, default=_as_json, separators=(",", ":"))

    @classmethod
    def from_text(cls, text: str) -> Problem:
        """The problem that a stored text stands for. A text that `to_text` never gave is a stated problem."""
        try:
            problem = json.loads(text, object_hook=_from_json) if text.startswith('{"problem":') else None
        except (ValueError, RecursionError):
            problem = None
        return problem if isinstance(problem, Problem) else stated(text)


Argument = str | int | float | Problem


def stated(text: str) -> Problem:
    """A reason in the words of the other side, which are shown as they are."""
    return Problem("stated", {"text": text})


def cause_of(error: OSError | ValueError) -> str:
    """The operating system's words for an error, in lower case. Empty when it has none."""
    return str(getattr(error, "strerror", None) or "").lower()[:LONGEST_CAUSE]


def _as_json(problem: Problem) -> dict[str, object]:
    return {"problem": problem.key, "arguments": dict(problem.arguments)}


def _from_json(values: dict[str, Any]) -> Problem | dict[str, Any]:
    """`_as_json` reversed, for each object from the innermost out; an object of arguments stays one."""
    if values.keys() == {"problem", "arguments"} and isinstance(values["problem"], str):
        arguments = values["arguments"]
        if isinstance(arguments, dict) and all(isinstance(value, Argument) for value in arguments.values()):
            return Problem(values["problem"], arguments)
    return values


class BriefingsError(Exception):
    """Anything a user can cause. `problem` is its key with its arguments."""

    def __init__(self, key: str, /, **arguments: Argument) -> None:
        super().__init__(key)
        self.problem = Problem(key, arguments)

    @classmethod
    def of(cls, problem: Problem) -> Self:
        """The error that raises a problem noted before."""
        return cls(problem.key, **problem.arguments)

    @property
    def key(self) -> str:
        return self.problem.key

    @property
    def arguments(self) -> Mapping[str, Argument]:
        return self.problem.arguments

    def __str__(self) -> str:
        """The technical form of its problem."""
        return str(self.problem)


class BadInput(BriefingsError):
    """The input cannot be used; nothing was changed."""


class BadTime(BadInput):
    """Not an hour of the day, or no weekday."""


class BadZone(BadInput):
    """No such time zone."""


class BadQuery(BadInput):
    """A search nobody can answer."""


class BadTopic(BadInput):
    """A topic file that does not say what it must."""


class Unreachable(BriefingsError):
    """A page could not be fetched, or may not be."""


class ServerRefused(Unreachable):
    """The server will not give the page. `status` is HTTP's; `wait` is how long the server wants to be left alone."""

    def __init__(self, key: str, /, *, host: str, status: int, wait: timedelta | None = None) -> None:
        super().__init__(key, host=host, status=status)
        self.status = status
        self.wait = wait


class BadTemplate(BriefingsError):
    """A template does not render, or prints too much."""


class WorkerTrouble(BriefingsError):
    """No process could be started to read a document, or the program ended it while it read."""


class StoreTrouble(BriefingsError):
    """The database cannot be used."""


class NotSaved(StoreTrouble):
    """Nothing can be saved, because the database's file is gone or is another."""


class Outdated(StoreTrouble):
    """A newer program has changed the schema of the database."""
