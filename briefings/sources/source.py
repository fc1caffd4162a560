"""The nouns of sources: a source, its kind and its health.

Promises one rule for a source's health, which listings, alerts and metrics share. Pure: no clock, no database.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import urlsplit

from briefings.errors import Problem

TROUBLE = 5
"""Failures in a row from which on a source is in trouble. Its owner is told then."""


class Kind(StrEnum):
    """The kind of a source: a feed of many items, one page, or a folder of files on this machine."""

    FEED = "feed"
    PAGE = "page"
    FOLDER = "folder"


class Health(StrEnum):
    """How a source fares: not visited yet, working, failing, or in trouble (`TROUBLE` failures in a row or more)."""

    NEW = "new"
    OK = "ok"
    FAILING = "failing"
    IN_TROUBLE = "in trouble"


@dataclass(frozen=True, slots=True)
class Source:
    """A feed, page or folder that is read again and again.

    `url` is a web address, or the absolute path of a folder. `etag` and `last_modified` are the names that its server
    gave to the state we saw last. `outlet` is the name under which readers see its news, empty for its title; `owner`
    owns that outlet. `interval` is the pause after a visit that works. `failures` counts the failed visits since the
    last one that worked.
    """

    id: int
    url: str
    kind: Kind
    title: str
    next_visit: datetime
    interval: timedelta
    failures: int = 0
    last_error: Problem | None = None
    last_ok: datetime | None = None
    etag: str | None = None
    last_modified: str | None = None
    outlet: str = ""
    owner: str = ""

    @property
    def health(self) -> Health:
        if self.failures:
            return Health.IN_TROUBLE if self.failures >= TROUBLE else Health.FAILING
        return Health.OK if self.last_ok else Health.NEW

    @property
    def in_trouble(self) -> bool:
        return self.health is Health.IN_TROUBLE

    @property
    def place(self) -> str:
        """Its host, or its folder. May be shown where an address may not, because an address can hold a secret."""
        if self.kind is Kind.FOLDER:
            return self.url
        try:
            return urlsplit(self.url).hostname or self.url
        except ValueError:
            return self.url

    @property
    def name(self) -> str:
        """Its title, else its place."""
        return self.title or self.place
