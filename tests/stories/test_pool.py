"""The pool of reports: which terms tell a report, which reports are compared, and what of the stored is asked for."""

from __future__ import annotations

import numpy as np
import pytest

from briefings.stories.pool import (
    CROWD_RANKS,
    FEW_REPORTS,
    MOST_CANDIDATES,
    MOST_CROWD,
    MOST_USERS,
    TELLING_TERMS,
    WINDOW_DAYS,
    Report,
    ReportPool,
    crowd_of,
)

DAY = 20_000.0
"""A day in the middle of its period, far from 1970."""


def described(pool: ReportPool, id: int, *terms: int, day: float = DAY) -> Report:
    """A report of these terms that is not in the pool yet."""
    return Report(id, day, pool.usage.places(terms), np.ones(len(terms), np.float32))


def add(pool: ReportPool, id: int, *terms: int, day: float = DAY) -> Report:
    report = described(pool, id, *terms, day=day)
    pool.tell(report)
    pool.add(report)
    pool.measure(report)
    return report


def strangers(pool: ReportPool, number: int, *terms: int, first: int = 10_000, day: float = DAY) -> None:
    """Add so many reports that have only these terms in common."""
    for id in range(first, first + number):
        add(pool, id, *terms, 10 * id, 10 * id + 1, 10 * id + 2, day=day)
    pool.measure_stale()


def alike_ids(pool: ReportPool, report: Report) -> list[int]:
    pool.tell(report)
    handles, _ = pool.alike(report)
    return sorted(pool.report(handle).id for handle in handles.tolist())


def tell(pool: ReportPool, *terms: int) -> list[int]:
    """Return the numbers of the telling terms of a new report with these terms."""
    report = described(pool, 1, *terms)
    pool.tell(report)
    return pool.usage.numbers(report.telling.tolist())


# Telling terms


def test_the_rarest_terms_are_telling() -> None:
    pool = ReportPool()
    common, rare = range(1, 40), range(100, 100 + TELLING_TERMS)
    for number in range(FEW_REPORTS):
        add(pool, 1000 + number, *common)
    assert set(tell(pool, *common, *rare)) == set(rare)


def test_among_few_reports_all_terms_are_telling() -> None:
    pool = ReportPool()
    terms = range(1, 100)
    for number in range(FEW_REPORTS - 1):
        add(pool, 1000 + number, *range(1, 40))
    assert set(tell(pool, *terms)) == set(terms)


def test_a_heavy_term_is_telling_before_others_as_rare() -> None:
    pool = ReportPool()
    strangers(pool, 5)
    report = described(pool, 1, *range(1, 40))
    report.weights[-1] = 2.0
    pool.tell(report)
    assert pool.usage.numbers(report.telling[:1].tolist()) == [39]


def test_a_term_that_too_many_reports_use_tells_nothing() -> None:
    pool = ReportPool()
    strangers(pool, MOST_USERS, 7)
    assert tell(pool, 7, 8) == [8, 7]
    strangers(pool, 1, 7, first=90_000)
    assert tell(pool, 7, 8) == [8]
    assert tell(pool, 7) == []


def test_the_first_report_has_telling_terms_by_which_the_second_finds_it() -> None:
    pool = ReportPool()
    add(pool, 1, 1, 2, 3)
    add(pool, 2, 1, 2, 4)
    strangers(pool, 20)
    assert alike_ids(pool, described(pool, 3, 1, 2, 5)) == [1, 2]


# Reports that are alike


def test_reports_that_share_telling_terms_are_alike_and_a_report_is_not_like_itself() -> None:
    pool = ReportPool()
    report = add(pool, 1, 1, 2, 3)
    add(pool, 2, 1, 2, 4)
    strangers(pool, 20)
    assert alike_ids(pool, report) == [2]


def test_the_same_terms_are_wholly_alike_on_one_day_and_a_tenth_less_on_the_next() -> None:
    pool = ReportPool()
    strangers(pool, 20)
    others = [add(pool, 1, 1, 2, 3), add(pool, 2, 1, 2, 3, day=DAY + 1)]
    report = add(pool, 3, 1, 2, 3)
    for other in others:
        pool.measure(other)
    handles, likenesses = pool.alike(report)
    by_id = dict(zip((pool.report(handle).id for handle in handles.tolist()), likenesses.tolist(), strict=True))
    assert by_id == pytest.approx({1: 1.0, 2: 0.9}, abs=0.02)


WINDOWS = {
    "over-a-border": (7.9, 8.1, True),
    "over-a-border-backwards": (8.1, 7.9, True),
    "just-within": (6.0, 6.0 + WINDOW_DAYS, True),
    "just-beyond": (6.0, 6.01 + WINDOW_DAYS, False),
    "just-beyond-in-one-period": (0.5, 4.6, False),
    "over-1970": (-0.1, 0.1, True),
    "before-1970-over-a-border": (-8.1, -7.9, True),
    "before-1970-just-within": (-10.0, -6.0, True),
    "before-1970-just-beyond": (-10.0, -5.9, False),
}


@pytest.mark.parametrize(("day", "other", "is_near"), WINDOWS.values(), ids=WINDOWS)
def test_reports_within_four_days_are_compared_over_the_border_of_a_period(
    day: float, other: float, is_near: bool
) -> None:
    pool = ReportPool()
    strangers(pool, 20, day=day)
    strangers(pool, 20, first=20_000, day=other)
    add(pool, 1, 1, 2, 3, day=day)
    assert alike_ids(pool, described(pool, 2, 1, 2, 3, day=other)) == ([1] if is_near else [])


def test_a_report_is_compared_with_those_that_share_most_and_with_no_more_than_the_limit() -> None:
    pool = ReportPool()
    strangers(pool, 100)
    for id in range(1, MOST_CANDIDATES + 101):
        more = (3, 4) if id > 100 else ()  # the last ones share more
        add(pool, id, 1, 2, *more, 100_000 + id)
    ids = alike_ids(pool, described(pool, 5000, 1, 2, 3, 4))
    assert ids == list(range(101, MOST_CANDIDATES + 101))


def test_reports_that_share_only_what_tells_nothing_are_never_alike() -> None:
    pool = ReportPool()
    strangers(pool, MOST_USERS + 1, 7)
    assert alike_ids(pool, described(pool, 1, 7)) == []


def test_reports_can_be_compared_among_a_few_alone() -> None:
    pool = ReportPool()
    strangers(pool, 20)
    reports = [add(pool, id, 1, 2, 3) for id in (1, 2, 3)]
    for report in reports:
        pool.measure(report)
    first, second = pool.alike_among(reports[:2])
    assert [pool.report(handle).id for handle in first[0].tolist()] == [2]
    assert [pool.report(handle).id for handle in second[0].tolist()] == [1]


# The crowd


def test_the_crowd_are_the_tenth_to_thirtieth_neighbour_and_those_that_are_missing_count_as_nothing() -> None:
    ranks = CROWD_RANKS.stop - CROWD_RANKS.start
    own_story = np.full(CROWD_RANKS.start, 0.9, np.float32)
    assert crowd_of(own_story) == 0
    assert crowd_of(np.append(own_story, np.float32(0.5))) == pytest.approx(0.5 / ranks)
    assert crowd_of(np.append(np.full(ranks, 0.1, np.float32), own_story)) == pytest.approx(0.1)
    assert crowd_of(np.full(500, 0.9, np.float32)) == MOST_CROWD


# Stored reports that are not loaded


def stored(pool: ReportPool, report: Report, number: int) -> None:
    """Open the report's period with so many stored reports, none of which uses its terms."""
    for period in pool.usage.unopened([report.period]):
        pool.usage.open_period(period, number if period == report.period else 0)
    for period, terms in pool.usage.unknown(report.period, report.terms).items():
        pool.usage.note(period, terms, {})


def test_the_stored_users_of_telling_terms_are_asked_for_once_and_loaded_when_they_share_enough() -> None:
    pool = ReportPool()
    report = described(pool, 1, 1, 2, 3)
    stored(pool, report, 1000)
    pool.tell(report)
    period = report.period
    assert {near: sorted(terms) for near, terms in pool.unknown_users([report]).items()} == {period: [1, 2, 3]}
    pool.note_users(period, [1, 2, 3], [(1, 77), (2, 77), (3, 88)])
    assert pool.unknown_users([report]) == {period: []}
    assert sorted(pool.unloaded([report])) == [77, 88]
    assert pool.get(77) is None
    assert len(pool) == 0

    loaded = Report(77, DAY, pool.usage.places([1, 2]), np.ones(2, np.float32), telling=pool.usage.places([1, 2]))
    pool.measure(loaded)
    pool.load(loaded)
    assert len(pool) == 1
    assert pool.unloaded([report]) == [88]
    assert alike_ids(pool, report) == [77], "88 is stored under a term, and was never loaded: it is no longer there"


def test_stored_reports_that_share_too_little_are_not_asked_for() -> None:
    pool = ReportPool()
    report = described(pool, 1, *range(1, TELLING_TERMS + 1))
    report.weights[0] = 0.25  # worth less than a hundredth of all terms together
    stored(pool, report, 1000)
    pool.tell(report)
    pool.note_users(report.period, range(1, TELLING_TERMS + 1), [(1, 77), (2, 88)])
    assert pool.unloaded([report]) == [88]


def test_a_report_that_is_loaded_twice_is_counted_once() -> None:
    pool = ReportPool()
    report = described(pool, 1, 1, 2)
    pool.load(report)
    pool.load(report)
    assert len(pool) == 1
    assert pool.get(1) is report


def test_a_new_report_is_found_by_a_term_whose_stored_users_were_noted_before() -> None:
    pool = ReportPool()
    report = described(pool, 1, 1, 2, 3)
    stored(pool, report, 1000)
    pool.tell(report)
    pool.note_users(report.period, [1, 2, 3], [])
    pool.add(report)
    pool.measure(report)
    assert alike_ids(pool, described(pool, 2, 1, 2, 3)) == [1]


# Measuring again


def test_a_report_is_stale_when_a_few_or_a_thousand_reports_have_come_to_be_many_more() -> None:
    pool = ReportPool()
    strangers(pool, 9)
    report = add(pool, 1, 1, 2, 3)
    report.alike = pool.alike(report)  # measured in this run
    strangers(pool, 2, first=20_000)
    assert not pool.is_stale(report)
    strangers(pool, 2, first=30_000)
    assert report.measured == 14, "measuring the stale ones measured it again"
    assert not pool.is_stale(report)


def test_a_stale_report_whose_counts_are_not_known_keeps_its_length() -> None:
    pool = ReportPool()
    report = Report(1, DAY, pool.usage.places([1, 2]), np.ones(2, np.float32), length=3.0, measured=10)
    pool.load(report)
    pool.usage.open_period(report.period, 1000)
    assert pool.is_stale(report)
    pool.measure_stale()
    assert (report.length, report.measured) == (3.0, 10)
