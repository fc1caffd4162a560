"""A memory carries on what was left out, never calls an untold story told, and is soon equal to those of others."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from builders import NOW, ago, article, story
from hypothesis import example, given, settings
from hypothesis import strategies as st

from briefings.editions.compose import compose
from briefings.editions.memory import (
    FRESH_FOR,
    MOST_LEFT,
    TOLD_FOR,
    UNKNOWN_REPORT,
    Memory,
    Remembered,
    by_story,
    follow,
    is_left,
    marks_of,
    remember,
    tell_ahead,
    to_carry_on,
    until_next,
)
from briefings.editions.model import Mood
from briefings.model import Story, Wishes

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
MARK = NOW - DAY


def told(number: int, *, report: int = 100, until: datetime | None = None, last: datetime = NOW) -> Remembered:
    return Remembered(number, report, until, last)


def left(number: int, *, last: datetime = NOW) -> Remembered:
    return Remembered(number, None, None, last)


def after(
    memory: Memory = (),
    *,
    told: Sequence[int] = (),
    left: Sequence[int] = (),
    last: dict[int, datetime] | None = None,
    updates: dict[int, datetime] | None = None,
) -> Memory:
    """The memory after an edition at NOW; each story that it tells quotes report 700."""
    dates = dict.fromkeys((*told, *left), ago(2)) | (last or {})
    quoted = dict.fromkeys(told, 700)
    return remember(memory, told=quoted, left=left, last=dates, mark=MARK, told_until=NOW, updates=updates or {})


# After an edition


def test_stories_told_and_stories_left_out_are_remembered_in_order() -> None:
    assert after(told=[3], left=[2, 1]) == (
        Remembered(1, None, None, ago(2)),
        Remembered(2, None, None, ago(2)),
        Remembered(3, 700, None, ago(2)),
    )


def test_a_story_left_out_before_and_told_now_is_told() -> None:
    assert after((left(1),), told=[1]) == (told(1, report=700, last=ago(2)),)


def test_a_story_left_out_again_was_still_never_told() -> None:
    assert after((left(1),), left=[1]) == (left(1, last=ago(2)),)


def test_an_update_left_out_keeps_the_report_that_was_told_and_the_time_up_to_which_it_was() -> None:
    remembered = after((told(1, report=5),), left=[1], updates={1: ago(20)})
    assert remembered == (told(1, report=5, until=ago(20), last=ago(2)),)


def test_an_update_left_out_of_a_story_told_long_ago_has_no_known_report() -> None:
    assert after(left=[1], updates={1: ago(70)}) == (told(1, report=UNKNOWN_REPORT, until=ago(70), last=ago(2)),)


def test_of_the_stories_left_out_the_most_important_are_remembered() -> None:
    numbers = list(range(100, 100 - MOST_LEFT - 5, -1))
    assert {entry.story for entry in after(left=numbers)} == set(numbers[:MOST_LEFT])


def test_a_stale_story_that_was_left_out_takes_the_place_of_no_fresh_one() -> None:
    stale = dict.fromkeys(range(1, 11), NOW - FRESH_FOR - SECOND)
    remembered = after(left=range(1, MOST_LEFT + 11), last=stale)
    assert [entry.story for entry in remembered] == list(range(11, MOST_LEFT + 11))


AGES = {
    "left-out-and-fresh": ([], [1], FRESH_FOR, True),
    "left-out-and-stale": ([], [1], FRESH_FOR + SECOND, False),
    "told-now-however-old": ([1], [], 7 * DAY, True),
}


@pytest.mark.parametrize(("told_now", "left_out", "age", "is_remembered"), AGES.values(), ids=AGES)
def test_how_old_a_story_may_be(told_now: list[int], left_out: list[int], age: timedelta, is_remembered: bool) -> None:
    assert bool(after(told=told_now, left=left_out, last={1: NOW - age})) is is_remembered


@pytest.mark.parametrize(("age", "is_remembered"), [(TOLD_FOR, True), (TOLD_FOR + SECOND, False)])
def test_a_story_told_earlier_is_remembered_for_a_day_after_its_newest_report_then(
    age: timedelta, is_remembered: bool
) -> None:
    assert bool(after((told(1, last=NOW - age),), told=[])) is is_remembered


def test_an_update_that_is_not_carried_on_any_more_is_over() -> None:
    assert after((told(1, until=ago(30)),)) == (told(1),)
    assert after((told(1, report=UNKNOWN_REPORT, until=ago(30)),)) == (), "it would say nothing"


def test_a_story_told_ahead_of_the_mark_stays_told_though_its_report_is_not_known() -> None:
    assert after((told(1, report=UNKNOWN_REPORT, until=ago(3)),)) == (told(1, report=UNKNOWN_REPORT),)


def test_a_story_told_ahead_of_a_later_time_stays_so() -> None:
    ahead = told(1, until=NOW + SECOND)
    assert after((ahead,)) == (ahead,)


def test_a_story_that_was_left_out_and_is_not_wanted_any_more_is_forgotten() -> None:
    assert after((left(1),)) == ()


# Until the next edition

ENTRIES = {
    "never-told-and-fresh-then": (left(1, last=ago(24)), True),
    "never-told-and-stale-then": (left(1, last=ago(25)), False),
    "an-update-that-is-stale-then": (told(1, until=ago(30), last=ago(25)), False),
    "told": (told(1, last=ago(200)), True),
}


@pytest.mark.parametrize(("entry", "stays"), ENTRIES.values(), ids=ENTRIES)
def test_a_story_that_is_stale_by_the_next_edition_is_not_remembered(entry: Remembered, stays: bool) -> None:
    assert bool(until_next((entry,), NOW, NOW + DAY)) is stays


def test_only_fresh_stories_and_updates_that_were_left_out_are_carried_on() -> None:
    memory = (
        left(1, last=NOW - FRESH_FOR),
        left(2, last=NOW - FRESH_FOR - SECOND),
        told(3),
        told(4, until=MARK - SECOND),
        told(5, until=MARK + SECOND),
    )
    assert to_carry_on(memory, MARK, NOW) == (1, 4)
    assert [is_left(entry, None) for entry in memory] == [True, True, False, False, False], "nothing told, no update"


# What a reader was told

MARKS = {
    "told-up-to-the-mark": ((told(1),), 0, MARK),
    "told-ahead-of-the-mark": ((told(1, until=NOW),), 0, NOW),
    "an-update-was-left-out": ((told(1, until=ago(50)),), 0, ago(50)),
    "never-told": ((left(1),), 0, None),
    "never-told-however-old": ((left(1),), 300, None),
    "not-in-memory-and-young": ((told(2),), 24 + 47, None),
    "not-in-memory-and-old": ((told(2),), 24 + 49, MARK),
    "nothing-was-noted-yet": ((), 24 + 47, MARK),
}


@pytest.mark.parametrize(("memory", "hours", "expected"), MARKS.values(), ids=MARKS)
def test_up_to_when_a_reader_was_told_a_story(memory: Memory, hours: float, expected: datetime | None) -> None:
    assert marks_of({1: ago(hours)}, memory, MARK) == {1: expected}


def test_a_reader_without_a_mark_was_told_nothing_but_what_arrived() -> None:
    assert marks_of({1: NOW, 2: NOW}, (told(2, until=ago(3)),), None) == {1: None, 2: ago(3)}


# Stories that were grouped anew


def test_a_story_is_found_again_by_the_report_that_was_quoted() -> None:
    assert follow((told(1, report=7), left(2)), MARK, {7: 9}) == (left(2), told(9, report=7))


def test_where_a_story_never_told_was_merged_with_one_that_was_it_is_told() -> None:
    assert follow((told(1, report=7), left(9)), MARK, {7: 9}) == (told(9, report=7),)
    assert follow((left(1), told(9, report=7)), MARK, {7: 1}) == (told(1, report=7),)


def test_where_two_told_stories_were_merged_it_is_told_up_to_the_later_time() -> None:
    behind, ahead = told(1, report=7, until=MARK - DAY), told(2, report=8, until=MARK + SECOND)
    assert follow((behind, ahead), MARK, {7: 2, 8: 2}) == (ahead,)
    assert follow((behind, told(2, report=8)), MARK, {7: 2, 8: 2}) == (told(2, report=8),)


def test_a_story_whose_quoted_report_is_gone_stays_as_it_is() -> None:
    memory = (told(1, report=7), told(2, report=UNKNOWN_REPORT, until=NOW))
    assert follow(memory, MARK, {}) == memory


def test_the_part_of_an_edition_that_arrived_is_told_ahead() -> None:
    memory = (left(1), told(2), left(3))
    assert tell_ahead(memory, [told(1, until=NOW), told(4, until=NOW)]) == (
        told(1, until=NOW),
        told(2),
        left(3),
        told(4, until=NOW),
    )


# Through composition


def event(number: int, hours: float, outlets: int = 1, *, on: str = "relos", every: float = 1 / 60) -> Story:
    """A story that so many outlets report, the first so many hours before NOW, the others `every` so many hours."""
    reports = (
        article(
            f"Norvell opens port number {number}0{n}",
            f"Minister Anders Holm opened port number {number}0{n} of Norvell. It holds {number}{n} ships at a time.",
            hours=hours - n * every,
            source=f"Outlet {number}{n}",
            topics=(on,),
            about=frozenset({on}),
        )
        for n in range(outlets)
    )
    return story(*reports, id=number)


def compose_at(stories: Sequence[Story], mark: datetime | None, now: datetime, memory: Memory = ()):
    by_then = [Story(s.id, ready) for s in stories if (ready := tuple(a for a in s.articles if a.ready <= now))]
    carried = to_carry_on(memory, mark, now)
    since = [s for s in by_then if mark is None or s.id in carried or any(a.ready > mark for a in s.articles)]
    return compose(since, Wishes(minutes=1), mark=mark, now=now, memory=memory)


def test_a_story_left_out_is_told_the_next_day_as_new() -> None:
    stories = [event(number, 30 - number / 10, on=f"topic{number}") for number in range(1, 40)]
    first = compose_at(stories, NOW - 3 * DAY, NOW - DAY)
    assert first.left
    second = compose_at(stories, NOW - DAY, NOW, first.memory)
    assert {item.story for item in second.items} <= set(first.left)
    assert second.items
    assert {item.mood for item in second.items} == {Mood.NEW}


def test_a_story_never_told_is_new_when_a_further_report_comes() -> None:
    before, further = event(1, 30, 1), event(1, 2, 3)
    both = Story(1, before.articles + further.articles)
    draft = compose([both], Wishes(), mark=MARK, now=NOW, memory=(left(1, last=ago(30)),))
    assert [item.mood for item in draft.items] == [Mood.NEW]
    told_before = compose([both], Wishes(), mark=MARK, now=NOW, memory=(told(1, last=ago(30)),))
    assert [item.mood for item in told_before.items] == [Mood.UPDATED]


def test_a_story_left_out_goes_after_a_fresh_one_that_matters_as_much() -> None:
    stories = [event(1, 3, on="s400"), event(2, 3)]
    draft = compose(stories, Wishes(), mark=MARK, now=NOW, memory=(left(2, last=ago(3)),))
    assert [item.story for item in draft.items] == [1, 2]


def test_an_edition_remembers_the_report_that_each_story_quotes() -> None:
    draft = compose([event(1, 3, 3)], Wishes(), mark=MARK, now=NOW)
    [item] = draft.items
    assert item.report == 102, "the newest"
    assert draft.memory == (told(1, report=102, last=draft.memory[0].last),)


def test_an_update_left_out_remembers_the_newest_report_that_was_told_and_not_the_mark() -> None:
    stories = [event(number, 2, 4, on=f"topic{number}") for number in range(2, 40)]
    old, new = event(1, 60), event(1, 2, 3)
    updated = Story(1, old.articles + new.articles)
    drafts = [compose([updated, *stories], Wishes(minutes=1), mark=ago(hours), now=NOW) for hours in (58, 31)]
    assert all(1 in draft.left for draft in drafts)
    entries = [by_story(draft.memory)[1] for draft in drafts]
    assert entries == [told(1, report=UNKNOWN_REPORT, until=ago(60), last=updated.last)] * 2


# Equal memories meet again

HISTORY, DAYS = 2, 5
EVENTS = st.lists(
    st.tuples(
        st.integers(-24 * HISTORY, 24 * DAYS), st.integers(1, 4), st.integers(0, 5), st.sampled_from([0.02, 5, 11])
    ),
    min_size=1,
    max_size=60,
)
"""Each by the hour at which it begins, its outlets, its topic, and the hours from one report to the next."""


def memory_of_reader(stories: Sequence[Story], start: datetime, slots: Sequence[datetime]) -> Memory:
    """The memory after these slots of a reader who got a first edition at `start`."""
    memory, mark = until_next(compose_at(stories, None, start).memory, start, slots[0]), start
    for slot in slots:
        draft = compose_at(stories, mark, slot, memory)
        memory, mark = until_next(draft.memory, slot, slot + DAY), slot
    return memory


@settings(max_examples=60)
@given(EVENTS, st.integers(1, 1439), st.integers(1, 1439))
@example([(n, 1 + n % 3, n % 6, 5.0) for n in range(-40, 100)], 1, 1400)
def test_readers_who_began_at_different_minutes_have_equal_memories_after_a_few_days(
    events: list[tuple[int, int, int, float]], first: int, second: int
) -> None:
    begin = NOW - DAYS * DAY
    stories = [
        event(number, 24 * DAYS - hour, outlets, on=f"topic{topic}", every=every)
        for number, (hour, outlets, topic, every) in enumerate(events, 1)
    ]
    slots = [begin + day * DAY for day in range(1, DAYS + 1)]
    memories = [memory_of_reader(stories, begin + timedelta(minutes=minute), slots) for minute in (first, second)]
    assert memories[0] == memories[1]
