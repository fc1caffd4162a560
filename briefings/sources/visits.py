"""When is a source visited next? As often as it publishes, as seldom as it asks, ever more seldom while it fails.

Promises that a source is visited no sooner than the operator and its server allow, and, while it works, at
least once a day unless its server asks for less. Half the usual gap between two of its items brings
news late by a quarter of it; a source gone silent is left alone for a fifth of its silence. Pure: no clock.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from statistics import median
from urllib.parse import urlsplit

from briefings.errors import Problem

SOONEST, LATEST = timedelta(minutes=5), timedelta(hours=24)
FIRST_GUESS = timedelta(hours=1)
"""Before a source has shown how often it publishes."""

TROUBLE = 5
"""Failures in a row after which a source is in trouble and its owner is told."""

RECENT_ITEMS = 20
"""Enough to know a rhythm by; older ones tell of another time."""

_SLOWER = 1.25


class Kind(StrEnum):
    """What a source is: a feed of many items, one page, or a folder of files on this machine."""

    FEED = "feed"
    PAGE = "page"
    FOLDER = "folder"


@dataclass(frozen=True, slots=True)
class Source:
    """A feed, page or folder that is read again and again, and how it fares.

    `url` is its address: of the web, or an absolute path. `etag` and `last_modified` are what its server
    called the state last seen. `interval` is the pause after a visit that works.
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

    @property
    def in_trouble(self) -> bool:
        return self.failures >= TROUBLE

    @property
    def place(self) -> str:
        """Its host, or its folder: what may be said of it where an address, which may hold a secret, may not."""
        if self.kind is Kind.FOLDER:
            return self.url
        try:
            return urlsplit(self.url).hostname or self.url
        except ValueError:
            return self.url

    @property
    def name(self) -> str:
        """What to call it."""
        return self.title or self.place


def bounded(interval: timedelta, every: timedelta) -> timedelta:
    """An interval within the bounds; `every` is the least the operator wants between two visits."""
    least = max(SOONEST, every)
    return max(min(interval, max(LATEST, least)), least)


def next_interval(
    source: Source, dates: Sequence[datetime], now: datetime, every: timedelta, *, news: int
) -> timedelta:
    """The pause after a visit that worked and brought `news` new items; `dates` are those that they bear.

    The first visit judges by the dates. Later ones by how much came since the last, half of it believed at a time,
    so that one burst does not make a weekly an agency.
    """
    if source.kind is Kind.FOLDER:
        return max(every, timedelta(seconds=1))  # looking costs nobody anything
    if not news:
        return bounded(source.interval * _SLOWER, every)
    if source.last_ok is None:
        return bounded(_usual_gap(dates, now) or source.interval, every)
    since = max(now - source.last_ok, timedelta()) / (2 * news)
    return bounded((source.interval + min(since, LATEST)) / 2, every)


def wait_after_failure(failures: int, every: timedelta) -> timedelta:
    """The pause after so many failures in a row: doubled each time, a day at most."""
    least = bounded(timedelta(), every)
    doublings = min(max(failures - 1, 0), 16)
    return min(least * (1 << doublings), max(LATEST, least))


def _usual_gap(published: Sequence[datetime], now: datetime) -> timedelta | None:
    """Half the median gap of the newest items, or a fifth of the silence since, if longer; None for fewer than three.

    Items of one instant (a feed that dates all of them by its own making) tell nothing of a rhythm.
    """
    instants = sorted({when for when in published if when <= now}, reverse=True)[:RECENT_ITEMS]
    if len(instants) < 3:
        return None
    gaps = [(later - earlier).total_seconds() for later, earlier in pairwise(instants)]
    return max(timedelta(seconds=median(gaps) / 2), (now - instants[0]) / 5)
