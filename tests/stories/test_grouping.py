"""Reports of one event are one story, in whatever order they come; another event is another story."""

from __future__ import annotations

import itertools
import random
from datetime import UTC, datetime, timedelta

import pytest
from builders import NOW
from hypothesis import given
from hypothesis import strategies as st

from briefings.stories.grouping import GROUPING_WINDOW, StoryGrouper
from briefings.stories.linkage import group, heirs
from briefings.stories.terms import weigh_terms

Report = tuple[str, str]

DUMA: Report = (
    "Duma ratifies RELOS pact with India",
    "Russia's State Duma ratified the RELOS logistics agreement with India on Tuesday. The pact was signed in Moscow "
    "on 18 February by Ambassador Vinay Kumar. Speaker Vyacheslav Volodin called the ties strategic.",
)
DUMA_ELSEWHERE: Report = (
    "Russian parliament approves RELOS logistics agreement",
    "The State Duma in Moscow approved on Tuesday the RELOS pact, under which India and Russia may use each other's "
    "bases. Volodin, the speaker, said ratification was a step towards reciprocity. Vinay Kumar had signed it.",
)
WITKOFF: Report = (
    "Witkoff and Putin talk for five hours in the Kremlin",
    "Vladimir Putin met the American envoys Steve Witkoff and Jared Kushner in the Kremlin on Tuesday. Five hours of "
    "talks on Ukraine produced no compromise on territory, Yuri Ushakov said.",
)
PUTIN_DELHI: Report = (
    "Putin due in New Delhi for summit with Modi",
    "Vladimir Putin arrives in New Delhi on Thursday for the 23rd annual summit. Narendra Modi will give a private "
    "dinner. Fighter aircraft, air defence missiles and trade are on the agenda.",
)
GAS: Report = (
    "EU agrees to end Russian gas imports by 2027",
    "Negotiators of the European Union agreed to ban imports of Russian pipeline gas by autumn 2027. Hungary and "
    "Slovakia oppose the plan and may go to court.",
)
DUMA_AGAIN: Report = (
    "What the RELOS agreement lets India and Russia do",
    "The RELOS logistics pact, ratified by the State Duma on Tuesday, lets Russian and Indian ships refuel in each "
    "other's ports. Up to five warships and ten aircraft may be sent, the agreement says.",
)
WITKOFF_ELSEWHERE: Report = (
    "No compromise after Kremlin talks with Trump envoys Witkoff and Kushner",
    "Five hours of talks between Putin and the envoys Witkoff and Kushner ended in the Kremlin without a compromise on "
    "Ukraine's territory, said his aide Yuri Ushakov.",
)
PUTIN_DELHI_ELSEWHERE: Report = (
    "Modi to host Putin at private dinner ahead of annual summit",
    "The Russian president comes to New Delhi on Thursday for the 23rd annual summit; Prime Minister Modi gives a "
    "private dinner. Air defence missiles and fighter aircraft will be discussed.",
)
GAS_ELSEWHERE: Report = (
    "Europe to ban Russian gas for good from 2027",
    "The European Union will ban imports of Russian pipeline gas by autumn 2027, negotiators agreed. Hungary said it "
    "would challenge the ban in court; Slovakia opposes it too.",
)
QUAKE: Report = (
    "Strong earthquake shakes northern Chile",
    "An earthquake of magnitude 6.4 shook Calama in northern Chile. Power failed in parts of the Antofagasta region; "
    "no tsunami warning was given.",
)
QUAKE_ELSEWHERE: Report = (
    "Magnitude 6.4 earthquake hits Chile near Calama",
    "The earthquake struck the Antofagasta region of Chile on Tuesday at a depth of 90 kilometres and cut power to "
    "homes in Calama. There is no tsunami danger.",
)
EVENTS: tuple[tuple[Report, ...], ...] = (
    (DUMA, DUMA_ELSEWHERE, DUMA_AGAIN),
    (WITKOFF, WITKOFF_ELSEWHERE),
    (PUTIN_DELHI, PUTIN_DELHI_ELSEWHERE),
    (GAS, GAS_ELSEWHERE),
    (QUAKE, QUAKE_ELSEWHERE),
)


def grouper_with(*reports: tuple[int, Report], when: datetime = NOW) -> StoryGrouper:
    """Returns a grouper that knows these reports, each as a story of its own with the same number."""
    grouper = StoryGrouper()
    for number, report in reports:
        grouper.learn(number, number, *report, when)
    return grouper


def starts(grouper: StoryGrouper, report: Report, when: datetime = NOW) -> bool:
    return grouper.place(99, *report, when) == -99


# Placing one report


def test_a_report_of_the_same_event_from_another_outlet_joins() -> None:
    assert grouper_with((1, DUMA), (2, GAS)).place(99, *DUMA_ELSEWHERE, NOW) == 1


@pytest.mark.parametrize(
    ("known", "report"),
    [
        pytest.param(WITKOFF, PUTIN_DELHI, id="same-president"),
        pytest.param(DUMA, PUTIN_DELHI, id="same-countries"),
        pytest.param(DUMA, GAS, id="other-news"),
        pytest.param(DUMA, ("", ""), id="without-words"),
        pytest.param(("", ""), ("", ""), id="neither-has-words"),
        pytest.param(("The", "of and"), ("The", "of and"), id="stop-words-only"),
    ],
)
def test_another_event_starts_a_story(known: Report, report: Report) -> None:
    assert starts(grouper_with((1, known)), report)


def test_an_empty_grouper_starts_a_story_that_the_next_report_joins() -> None:
    grouper = StoryGrouper()
    assert grouper.place(7, *DUMA, NOW) == -7
    assert grouper.place(8, *DUMA_ELSEWHERE, NOW) == -7


@pytest.mark.parametrize(
    ("later", "joins"),
    [
        pytest.param(timedelta(days=3), True, id="three-days"),
        pytest.param(GROUPING_WINDOW, True, id="four-days"),
        pytest.param(GROUPING_WINDOW + timedelta(seconds=1), False, id="beyond-four-days"),
        pytest.param(-GROUPING_WINDOW - timedelta(seconds=1), False, id="found-late"),
    ],
)
def test_a_report_joins_a_story_within_four_days(later: timedelta, joins: bool) -> None:
    assert starts(grouper_with((1, DUMA)), DUMA, NOW + later) is not joins


def test_every_report_prolongs_its_story_by_four_days() -> None:
    grouper = grouper_with((1, DUMA))
    grouper.learn(2, 1, *DUMA_ELSEWHERE, NOW + timedelta(days=3))
    assert grouper.place(3, *DUMA, NOW + timedelta(days=6)) == 1
    assert grouper.regroup([3]) == [[1, 2, 3]], "the first and the last are not compared and do not count against it"


def test_a_report_is_added_once() -> None:
    grouper = grouper_with((1, DUMA), (1, DUMA))
    assert grouper.regroup([1]) == [[1]]


# Grouping again


def in_groups(grouper: StoryGrouper, *new: int) -> set[frozenset[int]]:
    return {frozenset(reports) for reports in grouper.regroup(new)}


def test_a_report_that_belongs_to_two_stories_bridges_them() -> None:
    grouper = grouper_with((1, DUMA), (2, DUMA_AGAIN))
    grouper.place(3, *DUMA_ELSEWHERE, NOW)
    assert in_groups(grouper, 3) == {frozenset({1, 2, 3})}


def test_a_story_of_two_events_is_split_when_a_new_report_comes_near() -> None:
    grouper = grouper_with((1, DUMA))
    for number, report in enumerate((DUMA_ELSEWHERE, QUAKE), 2):
        grouper.learn(number, 1, *report, NOW)
    grouper.place(4, *QUAKE_ELSEWHERE, NOW)
    assert in_groups(grouper, 4) == {frozenset({1, 2}), frozenset({3, 4})}


def test_stories_that_are_not_near_a_new_report_are_left_alone() -> None:
    grouper = grouper_with((1, QUAKE), (2, GAS), (3, DUMA))
    assert in_groups(grouper, 3) == {frozenset({3})}
    assert in_groups(grouper) == set()
    assert in_groups(grouper, 1234) == set()


@pytest.mark.parametrize("seed", range(12))
def test_events_are_told_apart_in_any_order(seed: int) -> None:
    reports = [(event, report) for event, of_event in enumerate(EVENTS) for report in of_event]
    random.Random(seed).shuffle(reports)  # noqa: S311 an order, not a secret
    grouper = StoryGrouper()
    for number, (_, report) in enumerate(reports, 1):
        grouper.place(number, *report, NOW)
    expected = [{n for n, (event, _) in enumerate(reports, 1) if event == wanted} for wanted in range(len(EVENTS))]
    assert in_groups(grouper, *range(1, len(reports) + 1)) == {frozenset(numbers) for numbers in expected}


def test_words_that_all_reports_share_make_no_story() -> None:
    grouper = StoryGrouper()
    for number in range(1, 61):
        grouper.place(
            number, "President speaks on the economy", f"The president spoke in Town{number} of Item{number}.", NOW
        )
    assert len(grouper.regroup(range(1, 61))) > 30


def test_a_crowd_that_came_after_a_report_is_deducted_from_its_likenesses_too() -> None:
    grouper = StoryGrouper()

    def place(number: int, town: int) -> None:
        text = f"The president spoke in Town{town} of Item{town}."
        grouper.place(number, "President speaks on the economy", text, NOW)

    place(1, 1)
    grouper.regroup([1])
    assert grouper.report(1).crowd == 0
    for number in range(2, 61):
        place(number, number)
    place(99, 1)
    grouper.regroup([99])
    assert grouper.report(1).crowd == pytest.approx(grouper.report(99).crowd, rel=0.1)
    assert grouper.report(1).crowd > 0
    assert grouper.report(1).crowd_measured == 61


def test_a_report_whose_story_is_decided_has_a_crowd() -> None:
    placed, learned = StoryGrouper(), StoryGrouper()
    for number in range(1, 41):
        report = ("President speaks on the economy", f"The president spoke in Town{number} of Item{number}.")
        story = placed.place(number, *report, NOW)
        learned.learn(number, story, *report, NOW)
    assert learned.report(40).crowd == placed.report(40).crowd > 0


def test_a_story_of_hundreds_holds_together() -> None:
    grouper = StoryGrouper()
    words = (
        "quake Calama tsunami Antofagasta magnitude homes power hospital rescue mayor tent coast alarm sirens".split()
    )
    for number in range(1, 151):
        own_words = random.Random(number).sample(words, 9)  # noqa: S311 an order, not a secret
        grouper.learn(number, number, "Earthquake shakes Chile", " ".join([*own_words, f"Witness{number}"]), NOW)
        grouper.learn(
            1000 + number, 1000 + number, f"Result{number}", f"Team{number} met Side{number} at Ground{number}", NOW
        )
    largest = max(grouper.regroup(range(1, 151)), key=len)
    assert len(largest) > 100


WHENS = st.datetimes(timezones=st.just(UTC))
REPORTS = st.lists(st.tuples(st.text(max_size=60), st.text(max_size=200), WHENS | st.just(NOW)), max_size=12)


@given(REPORTS)
def test_no_report_is_lost_or_doubled(reports: list[tuple[str, str, datetime]]) -> None:
    grouper = StoryGrouper()
    for number, (title, text, when) in enumerate(reports, 1):
        assert abs(grouper.place(number, title, text, when)) in range(1, number + 1)
    groups = grouper.regroup(range(1, len(reports) + 1))
    assert sorted(itertools.chain(*groups)) == list(range(1, len(reports) + 1))


@given(st.text(), st.text())
def test_every_term_weighs_something(title: str, text: str) -> None:
    assert all(term and weight > 0 for term, weight in weigh_terms(title, text).items())


# Linkage

GROUPS = {
    "nothing": ((), [], []),
    "strangers": ((0, 0), [], [[0], [1]]),
    "alike": ((0, 0), [(0.5, 0, 1)], [[0, 1]]),
    "not-enough": ((0, 0), [(0.2, 0, 1)], [[0], [1]]),
    "no-chain": ((0, 0, 0), [(0.5, 0, 1), (0.4, 1, 2)], [[0, 1], [2]]),
    "bridge": ((0, 0, 0), [(0.5, 0, 1), (0.4, 1, 2), (0.3, 0, 2)], [[0, 1, 2]]),
    "best-first": ((0, 0, 0), [(0.4, 0, 1), (0.6, 1, 2)], [[0], [1, 2]]),
    "too-far-apart-to-count": ((0, 3, 6), [(0.5, 0, 1), (0.4, 1, 2)], [[0, 1, 2]]),
}


@pytest.mark.parametrize(("whens", "pairs", "expected"), GROUPS.values(), ids=GROUPS.keys())
def test_reports_are_grouped_by_average_likeness(
    whens: list[float], pairs: list[tuple[float, int, int]], expected: list[list[int]]
) -> None:
    assert sorted(group(whens, pairs, least=0.3, window=4)) == expected


HEIRS = {
    "as-it-was": ([[1, 2], [3]], {1: 7, 2: 7, 3: 8}, [7, 8]),
    "split-stays-with-the-larger-part": ([[1], [2, 3]], {1: 7, 2: 7, 3: 7}, [None, 7]),
    "merged-keeps-the-larger-part": ([[1, 2, 3]], {1: 7, 2: 8, 3: 8}, [8]),
    "merged-of-equals-keeps-the-older": ([[1, 2]], {1: 9, 2: 7}, [7]),
    "second-choice": ([[1, 2, 3], [4, 5]], {1: 7, 2: 7, 3: 7, 4: 7, 5: 8}, [7, 8]),
    "no-story-twice": ([[1], [2]], {1: 7, 2: 7}, [7, None]),
    "nobody": ([[], [1]], {1: 7}, [None, 7]),
}


@pytest.mark.parametrize(("groups", "story_of", "expected"), HEIRS.values(), ids=HEIRS.keys())
def test_each_group_continues_at_most_one_old_story(
    groups: list[list[int]], story_of: dict[int, int], expected: list[int | None]
) -> None:
    assert heirs(groups, story_of) == expected


STORIES = st.dictionaries(st.integers(1, 30), st.integers(1, 9), max_size=30)


@given(STORIES, st.integers(1, 6))
def test_every_group_has_its_own_story_and_an_old_one_only_from_its_members(
    stories: dict[int, int], parts: int
) -> None:
    groups = [[report for report in stories if report % parts == part] for part in range(parts)]
    continued = heirs(groups, stories)
    old_stories = [story for story in continued if story is not None]
    assert len(old_stories) == len(set(old_stories))
    assert all(
        story is None or story in {stories[r] for r in reports}
        for reports, story in zip(groups, continued, strict=True)
    )
