"""Counts of terms: by periods, with those beside; what is stored is asked for once, and nothing is guessed."""

from __future__ import annotations

import pytest

from briefings.stories.term_usage import PERIOD_DAYS, TermUsage, beside, period_of

WAR, PEACE, TRUCE = 11, 22, 33


def test_a_period_is_twice_the_window_long() -> None:
    assert PERIOD_DAYS == 8


PERIODS = {
    "first-day": (0.0, 0),
    "end-of-the-first": (7.9, 0),
    "beginning-of-the-next": (8.0, 1),
    "just-before-1970": (-0.1, -1),
    "eight-days-before-1970": (-8.0, -1),
    "nine-days-before-1970": (-8.1, -2),
}


@pytest.mark.parametrize(("day", "period"), PERIODS.values(), ids=PERIODS)
def test_a_day_is_in_one_period_before_1970_too(day: float, period: int) -> None:
    assert period_of(day) == period
    assert list(beside(period)) == [period - 1, period, period + 1]


def test_a_term_has_one_place_and_a_place_one_term() -> None:
    usage = TermUsage()
    assert usage.places([WAR, PEACE, WAR]).tolist() == [0, 1, 0]
    assert usage.places([TRUCE, PEACE]).tolist() == [2, 1]
    assert usage.numbers([2, 0]) == [TRUCE, WAR]
    assert len(usage) == 3


def test_a_report_is_counted_in_its_period_and_in_the_two_beside_it() -> None:
    usage = TermUsage()
    usage.add(5, usage.places([WAR]))
    assert [usage.uses(period, usage.places([WAR])).tolist() for period in range(3, 8)] == [[0], [1], [1], [1], [0]]
    assert [usage.reports(period) for period in range(3, 8)] == [0, 1, 1, 1, 0]


def test_a_word_of_every_report_this_week_tells_little_now_and_much_at_another_time() -> None:
    usage = TermUsage()
    for _ in range(50):
        usage.add(5, usage.places([WAR]))
        usage.add(50, usage.places([PEACE]))
    usage.add(50, usage.places([WAR]))
    war = usage.places([WAR])
    assert usage.rarity(5, war) < 1 < usage.rarity(50, war)


def test_a_term_tells_less_the_more_reports_use_it() -> None:
    usage = TermUsage()
    places = usage.places([WAR, PEACE, TRUCE])
    for number in range(9):
        usage.add(0, places[: 1 + (number < 3)])
    war, peace, truce = usage.rarity(0, places).tolist()
    assert war < peace < truce


# Stored counts


def test_a_period_without_stored_reports_needs_no_count() -> None:
    usage = TermUsage()
    usage.open_period(5, 0)
    places = usage.places([WAR])
    assert not usage.is_stored(5)
    assert usage.are_known(5, places)
    assert usage.uses(5, places).tolist() == [0]


def test_stored_counts_are_asked_for_once_and_only_of_periods_that_have_reports() -> None:
    usage = TermUsage()
    usage.open_period(5, 100)
    usage.open_period(4, 0)
    places = usage.places([WAR, PEACE])
    assert usage.unknown(4, places) == {5: [WAR, PEACE]}
    usage.note(5, [WAR], {WAR: 7})
    assert usage.unknown(4, places) == {5: [PEACE]}
    assert not usage.are_known(4, places)
    usage.note(5, [PEACE], {})
    assert usage.are_known(4, places)
    assert usage.uses(4, places).tolist() == [7, 0]


def test_a_term_that_is_met_after_its_period_was_opened_is_unknown_too() -> None:
    usage = TermUsage()
    usage.open_period(5, 100)
    usage.note(5, [WAR], {WAR: 7})
    many = usage.places(range(1000, 1200))
    assert usage.unknown(5, many) == {5: list(range(1000, 1200))}


def test_stored_and_new_reports_add_up() -> None:
    usage = TermUsage()
    usage.open_period(5, 100)
    places = usage.places([WAR])
    usage.note(5, [WAR], {WAR: 7})
    usage.add(5, places)
    usage.add(4, places)
    assert usage.uses(5, places).tolist() == [9]
    assert (usage.reports(5), usage.reports(6), usage.reports(3)) == (102, 101, 1)


def test_periods_are_opened_once_with_those_beside_them() -> None:
    usage = TermUsage()
    assert usage.unopened([5]) == {4, 5, 6}
    usage.open_period(5, 3)
    usage.open_period(6, 0)
    assert usage.unopened([5, 6]) == {4, 7}
