"""Everything the newsroom raises on purpose. The docstring of a leaf is its default message.

BriefingsError            anything a user can cause and should read in one line
├── BadInput              what was handed in cannot be used; nothing was changed
│   ├── BadTime           not an hour of the day, or no weekday
│   ├── BadZone           no such time zone
│   ├── BadQuery          a search nobody can answer
│   └── BadTopic          a topic file that does not say what it must
├── Unreachable           a page could not be fetched, or may not be
│   └── Refused           the server answered that it will not give it
├── BadTemplate           a template that does not render, or prints too much
└── StoreTrouble          the database cannot be used: locked, foreign, away
    └── Outdated          a newer program has changed its schema
"""

from __future__ import annotations

from datetime import timedelta


class BriefingsError(Exception):
    """Something went wrong."""

    def __str__(self) -> str:
        return super().__str__() or (type(self).__doc__ or "").strip()


class BadInput(BriefingsError):
    """This cannot be used."""


class BadTime(BadInput):
    """This is not an hour of the day."""


class BadZone(BadInput):
    """There is no such time zone."""


class BadQuery(BadInput):
    """Search for what?"""


class BadTopic(BadInput):
    """This topic file is incomplete."""


class Unreachable(BriefingsError):
    """The page could not be fetched."""


class Refused(Unreachable):
    """The server will not give the page. `status` is HTTP's; `wait`, when the server says how long."""

    def __init__(self, reason: str, status: int, wait: timedelta | None = None) -> None:
        super().__init__(reason)
        self.status = status
        self.wait = wait


class BadTemplate(BriefingsError):
    """A template does not render."""


class StoreTrouble(BriefingsError):
    """The database cannot be used."""


class Outdated(StoreTrouble):
    """The database was written by a newer Briefings; update the program."""
