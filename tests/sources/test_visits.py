"""Tables of the pause before the next visit; no source is ever visited too soon, or never again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefings.sources.source import Kind, Source
from briefings.sources.visits import LATEST, SOONEST, next_interval, wait_after_failure

NOW = datetime(2025, 12, 4, 12, tzinfo=UTC)
QUARTER = timedelta(minutes=15)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def source(kind: Kind = Kind.FEED, *, interval: timedelta = HOUR, last_ok: datetime | None = NOW - HOUR) -> Source:
    return Source(1, "https://example.org/feed", kind, "Wire", NOW, interval, last_ok=last_ok)


def dated(*ago: timedelta) -> list[datetime]:
    return [NOW - age for age in ago]


FIRST_VISITS = {
    "an agency: an item a minute": ([MINUTE * n for n in range(20)], QUARTER),
    "two-hourly": ([HOUR * 2 * n for n in range(20)], HOUR),
    "daily": ([DAY * n for n in range(10)], 12 * HOUR),
    "weekly": ([7 * DAY * n for n in range(10)], DAY),
    "hourly, but silent for ten hours": ([HOUR * (10 + n) for n in range(10)], 2 * HOUR),
    "silent for years": ([700 * DAY + HOUR * n for n in range(10)], DAY),
    "one great gap does not matter": ([HOUR * 4, HOUR * 8, HOUR * 12, DAY * 90], 2 * HOUR),
    "all of one instant": ([HOUR] * 20, HOUR),
    "undated": ([], HOUR),
    "two items tell nothing": ([HOUR, 9 * HOUR], HOUR),
    "dated ahead": ([-DAY, -2 * DAY, -3 * DAY], HOUR),
}


@pytest.mark.parametrize(("ago", "pause"), FIRST_VISITS.values(), ids=FIRST_VISITS.keys())
def test_after_the_first_visit_the_dates_of_the_items_decide(ago: list[timedelta], pause: timedelta) -> None:
    assert next_interval(source(last_ok=None), dated(*ago), NOW, QUARTER, news=max(len(ago), 1)) == pause


LATER_VISITS = {
    "nothing new: a quarter longer": (0, HOUR, HOUR, HOUR * 1.25),
    "nothing new for ever: a day at most": (0, DAY, DAY, DAY),
    "one item an hour: towards half an hour": (1, HOUR, HOUR, 45 * MINUTE),
    "a burst is half believed": (60, HOUR, HOUR, timedelta(minutes=30, seconds=15)),
    "at the least already": (9, QUARTER, QUARTER, QUARTER),
    "after a long silence": (1, DAY, 30 * DAY, DAY),
    "a clock set back": (1, HOUR, -HOUR, 30 * MINUTE),
}


@pytest.mark.parametrize(("news", "interval", "since", "pause"), LATER_VISITS.values(), ids=LATER_VISITS.keys())
def test_after_later_visits_the_number_of_new_items_decides(
    news: int, interval: timedelta, since: timedelta, pause: timedelta
) -> None:
    assert next_interval(source(interval=interval, last_ok=NOW - since), [], NOW, QUARTER, news=news) == pause


@pytest.mark.parametrize("news", [0, 5])
def test_a_folder_is_visited_as_often_as_the_operator_allows(news: int) -> None:
    assert next_interval(source(Kind.FOLDER, interval=DAY), [], NOW, timedelta(seconds=30), news=news).seconds == 30


FAILURES = {1: QUARTER, 2: 2 * QUARTER, 3: HOUR, 4: 2 * HOUR, 5: 4 * HOUR, 8: DAY, 1000: DAY, 10**9: DAY}


@pytest.mark.parametrize(("failures", "pause"), FAILURES.items())
def test_each_failure_doubles_the_pause_up_to_a_day(failures: int, pause: timedelta) -> None:
    assert wait_after_failure(failures, QUARTER) == pause


pauses = st.timedeltas(timedelta(), timedelta(days=3650))
dates = st.lists(st.datetimes(timezones=st.just(UTC)), max_size=30)
every = st.timedeltas(timedelta(seconds=1), timedelta(days=7))


@given(st.sampled_from([Kind.FEED, Kind.PAGE]), pauses, st.none() | dates.map(lambda d: d[0] if d else None), dates,
       every, st.integers(0, 10_000))  # fmt: skip
def test_every_pause_is_within_the_bounds(kind, interval, last_ok, published, every, news):
    pause = next_interval(source(kind, interval=interval, last_ok=last_ok), published, NOW, every, news=news)
    assert max(SOONEST, every) <= pause <= max(LATEST, every)


@given(st.integers(0, 10**6), every)
def test_a_failed_source_is_visited_again_but_not_at_once(failures, every):
    assert max(SOONEST, every) <= wait_after_failure(failures, every) <= max(LATEST, every)
