"""Reports of one event are one story, whatever order they come in; another event is another story."""

from __future__ import annotations

import itertools
import random
from datetime import UTC, datetime, timedelta

import pytest
from builders import NOW
from hypothesis import given
from hypothesis import strategies as st

from briefings.stories.grouping import WINDOW, Desk
from briefings.stories.linkage import group, heirs
from briefings.stories.terms import terms

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


def desk(*known: tuple[int, Report], when: datetime = NOW) -> Desk:
    """A desk that knows these stories by one report each, numbered after them."""
    made = Desk()
    for number, report in known:
        made.learn(number, number, *report, when)
    return made


def starts(made: Desk, report: Report, when: datetime = NOW) -> bool:
    return made.place(99, *report, when) == -99


# At once


def test_the_same_event_at_another_outlet_joins() -> None:
    assert desk((1, DUMA), (2, GAS)).place(99, *DUMA_ELSEWHERE, NOW) == 1


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
    assert starts(desk((1, known)), report)


def test_an_empty_desk_starts_a_story_that_the_next_report_joins() -> None:
    made = Desk()
    assert made.place(7, *DUMA, NOW) == -7
    assert made.place(8, *DUMA_ELSEWHERE, NOW) == -7


@pytest.mark.parametrize(
    ("later", "joins"),
    [
        pytest.param(timedelta(days=3), True, id="three-days"),
        pytest.param(WINDOW, True, id="four-days"),
        pytest.param(WINDOW + timedelta(seconds=1), False, id="beyond-four-days"),
        pytest.param(-WINDOW - timedelta(seconds=1), False, id="found-late"),
    ],
)
def test_a_story_is_alive_for_four_days(later: timedelta, joins: bool) -> None:
    assert starts(desk((1, DUMA)), DUMA, NOW + later) is not joins


def test_every_report_keeps_a_story_alive() -> None:
    made = desk((1, DUMA))
    made.learn(2, 1, *DUMA_ELSEWHERE, NOW + timedelta(days=3))
    assert made.place(3, *DUMA, NOW + timedelta(days=6)) == 1
    assert made.regroup([3]) == [[1, 2, 3]], "the first and the last are not compared and do not count against it"


def test_a_report_is_noted_once() -> None:
    made = desk((1, DUMA), (1, DUMA))
    assert made.regroup([1]) == [[1]]


# Afresh


def in_groups(made: Desk, *fresh: int) -> set[frozenset[int]]:
    return {frozenset(reports) for reports in made.regroup(fresh)}


def test_a_report_of_both_bridges_two_stories() -> None:
    made = desk((1, DUMA), (2, DUMA_AGAIN))
    made.place(3, *DUMA_ELSEWHERE, NOW)
    assert in_groups(made, 3) == {frozenset({1, 2, 3})}


def test_a_story_of_two_events_is_split_when_something_comes_near() -> None:
    made = desk((1, DUMA))
    for number, report in enumerate((DUMA_ELSEWHERE, QUAKE), 2):
        made.learn(number, 1, *report, NOW)
    made.place(4, *QUAKE_ELSEWHERE, NOW)
    assert in_groups(made, 4) == {frozenset({1, 2}), frozenset({3, 4})}


def test_what_is_not_near_the_new_is_left_alone() -> None:
    made = desk((1, QUAKE), (2, GAS), (3, DUMA))
    assert in_groups(made, 3) == {frozenset({3})}
    assert in_groups(made) == set()
    assert in_groups(made, 1234) == set()


@pytest.mark.parametrize("seed", range(12))
def test_events_are_told_apart_in_any_order(seed: int) -> None:
    reports = [(event, report) for event, told in enumerate(EVENTS) for report in told]
    random.Random(seed).shuffle(reports)  # noqa: S311 an order, not a secret
    made = Desk()
    for number, (_, report) in enumerate(reports, 1):
        made.place(number, *report, NOW)
    found = in_groups(made, *range(1, len(reports) + 1))
    events = [{n for n, (event, _) in enumerate(reports, 1) if event == wanted} for wanted in range(len(EVENTS))]
    assert found == {frozenset(event) for event in events}


def test_what_a_whole_pool_says_tells_no_story() -> None:
    made = Desk()
    for number in range(1, 61):
        made.place(
            number, "President speaks on the economy", f"The president spoke in Town{number} of Item{number}.", NOW
        )
    assert len(made.regroup(range(1, 61))) > 30


def test_a_story_of_hundreds_holds_together() -> None:
    made = Desk()
    words = (
        "quake Calama tsunami Antofagasta magnitude homes power hospital rescue mayor tent coast alarm sirens".split()
    )
    for number in range(1, 151):
        said = random.Random(number).sample(words, 9)  # noqa: S311 an order, not a secret
        made.learn(number, number, "Earthquake shakes Chile", " ".join([*said, f"Witness{number}"]), NOW)
        made.learn(
            1000 + number, 1000 + number, f"Result{number}", f"Team{number} met Side{number} at Ground{number}", NOW
        )
    largest = max(made.regroup(range(1, 151)), key=len)
    assert len(largest) > 100


WHENS = st.datetimes(timezones=st.just(UTC))
REPORTS = st.lists(st.tuples(st.text(max_size=60), st.text(max_size=200), WHENS | st.just(NOW)), max_size=12)


@given(REPORTS)
def test_no_report_whatever_is_lost_or_doubled(reports: list[tuple[str, str, datetime]]) -> None:
    made = Desk()
    for number, (title, text, when) in enumerate(reports, 1):
        assert abs(made.place(number, title, text, when)) in range(1, number + 1)
    found = made.regroup(range(1, len(reports) + 1))
    assert sorted(itertools.chain(*found)) == list(range(1, len(reports) + 1))


@given(st.text(), st.text())
def test_every_word_weighs_something(title: str, text: str) -> None:
    assert all(word and weight > 0 for word, weight in terms(title, text).items())


# The rules beneath

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
def test_groups(whens: list[float], pairs: list[tuple[float, int, int]], expected: list[list[int]]) -> None:
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
def test_heirs(groups: list[list[int]], story_of: dict[int, int], expected: list[int | None]) -> None:
    assert heirs(groups, story_of) == expected


STORIES = st.dictionaries(st.integers(1, 30), st.integers(1, 9), max_size=30)


@given(STORIES, st.integers(1, 6))
def test_every_group_has_its_own_story_and_an_old_one_only_from_its_members(
    stories: dict[int, int], parts: int
) -> None:
    groups = [[report for report in stories if report % parts == part] for part in range(parts)]
    kept = heirs(groups, stories)
    given_away = [story for story in kept if story is not None]
    assert len(given_away) == len(set(given_away))
    assert all(
        story is None or story in {stories[r] for r in reports} for reports, story in zip(groups, kept, strict=True)
    )
