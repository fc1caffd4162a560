"""Computes the next visit of a source: frequent for one that publishes often, rarer and rarer for one that fails.

Promises that a source is visited no sooner than the operator allows, nor than its server asks, up to a day; and, while
it works, at least once a day unless the operator wants less. Half the usual gap between two items brings news late by a
quarter of that gap; a source gone silent is left alone for a fifth of its silence. Pure: no clock.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

from briefings.sources.source import Kind, Source

SOONEST, LATEST = timedelta(minutes=5), timedelta(hours=24)
"""Bounds of the pause between two visits."""

FIRST_GUESS = timedelta(hours=1)
"""The pause before a source has shown how often it publishes."""

RECENT_ITEMS = 20
"""Items that show how often a source publishes. They suffice, and older ones may stem from another rhythm."""

_SLOWER = 1.25
"""A visit that brought nothing new lengthens the pause by this factor."""


def bounded(interval: timedelta, every: timedelta) -> timedelta:
    """Return an interval within the bounds. `every` is the least pause that the operator allows."""
    least = max(SOONEST, every)
    return max(min(interval, max(LATEST, least)), least)


def next_interval(
    source: Source, dates: Sequence[datetime], now: datetime, every: timedelta, *, news: int
) -> timedelta:
    """Return the pause after a visit that worked.

    `news` counts the new items, `dates` are theirs, `every` is the least pause that the operator allows. After the
    first visit the dates decide; later the number of items since the visit before, weighed half and half with the
    interval so far, so that one burst does not turn a weekly into an agency.
    """
    if source.kind is Kind.FOLDER:
        return max(every, timedelta(seconds=1))  # looking costs nobody anything
    if not news:
        return bounded(source.interval * _SLOWER, every)
    if source.last_ok is None:
        return bounded(_usual_gap(dates, now) or source.interval, every)
    half_gap = max(now - source.last_ok, timedelta()) / (2 * news)
    return bounded((source.interval + min(half_gap, LATEST)) / 2, every)


def wait_after_failure(failures: int, every: timedelta) -> timedelta:
    """Return the pause after so many failures in a row: doubled each time, a day at most."""
    least = bounded(timedelta(), every)
    doublings = min(max(failures - 1, 0), 16)
    return min(least * (1 << doublings), max(LATEST, least))


def _usual_gap(published: Sequence[datetime], now: datetime) -> timedelta | None:
    """Return half the median gap of the newest items or, if longer, a fifth of the silence since the last one.

    None for fewer than three instants. Items of one instant count once: some feeds date all items by the moment when
    the feed was written.
    """
    instants = sorted({when for when in published if when <= now}, reverse=True)[:RECENT_ITEMS]
    if len(instants) < 3:
        return None
    gaps = [(later - earlier).total_seconds() for later, earlier in pairwise(instants)]
    return max(timedelta(seconds=median(gaps) / 2), (now - instants[0]) / 5)
