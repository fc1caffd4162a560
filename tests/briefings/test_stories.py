"""Reports of one event are one story; what a later report adds to it is a new number or a new name."""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta

import pytest
from builders import NOW, ago, article, story

from briefings.model import Article
from briefings.stories import WINDOW, Desk, facts_in, newest_original, news

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


def desk(*known: tuple[int, Report], when: datetime = NOW) -> Desk:
    made = Desk()
    for number, report in known:
        made.learn(number, *report, when)
    return made


def test_the_same_event_at_another_outlet_joins() -> None:
    assert desk((1, DUMA), (2, GAS)).place(*DUMA_ELSEWHERE, NOW) == 1


@pytest.mark.parametrize(
    ("known", "report"),
    [
        pytest.param(WITKOFF, PUTIN_DELHI, id="same-president"),
        pytest.param(DUMA, PUTIN_DELHI, id="same-countries"),
        pytest.param(DUMA, GAS, id="other-news"),
    ],
)
def test_another_event_starts_a_story(known: Report, report: Report) -> None:
    assert desk((1, known)).place(*report, NOW) is None


def test_an_empty_desk_starts_a_story() -> None:
    assert Desk().place(*DUMA, NOW) is None


def test_a_report_without_words_starts_a_story() -> None:
    assert desk((1, DUMA)).place("", "", NOW) is None


@pytest.mark.parametrize(
    ("later", "expected"),
    [
        pytest.param(timedelta(days=3), 1, id="three-days"),
        pytest.param(WINDOW, 1, id="four-days"),
        pytest.param(WINDOW + timedelta(seconds=1), None, id="beyond-four-days"),
        pytest.param(-WINDOW - timedelta(seconds=1), None, id="found-late"),
    ],
)
def test_a_story_is_alive_for_four_days(later: timedelta, expected: int | None) -> None:
    assert desk((1, DUMA)).place(*DUMA_ELSEWHERE, NOW + later) == expected


def test_every_report_keeps_a_story_alive() -> None:
    made = desk((1, DUMA))
    made.learn(1, *DUMA_ELSEWHERE, NOW + timedelta(days=3))
    assert made.place(*DUMA, NOW + timedelta(days=6)) == 1


def test_the_order_of_learning_does_not_matter() -> None:
    known = [(1, DUMA), (2, WITKOFF), (3, GAS), (4, PUTIN_DELHI)]
    placed = {desk(*order).place(*DUMA_ELSEWHERE, NOW) for order in itertools.permutations(known)}
    assert placed == {1}


def test_placing_notes_nothing() -> None:
    made = desk((1, DUMA))
    assert made.place(*GAS, NOW) is None
    assert made.place(*GAS, NOW) is None


TOLD = ago(10)
BEFORE = "Moscow has sent three of 5 systems, worth 5,400 dollars, said Peskov in Delhi on Tuesday."


def followed_by(title: str, text: str, **values: object) -> tuple[Article, Article]:
    first = article("Three of 5 systems have come", BEFORE, hours=20)
    return first, article(title, text, hours=1, **values)


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        pytest.param("Systems", "He says it is 7 systems.", {"7"}, id="new-number"),
        pytest.param("Systems", "It was confirmed by Belousov.", {"Belousov"}, id="new-name"),
        pytest.param("Systems of Belousov", "He says so.", {"Belousov"}, id="new-name-in-the-title"),
        pytest.param("Systems", BEFORE, set(), id="the-same-again"),
        pytest.param("Systems", "He says that it is 5400 dollars for 5.", set(), id="number-without-its-comma"),
        pytest.param("Systems", "He says that 3 have come.", set(), id="number-in-figures-was-a-word"),
        pytest.param("Systems", "He says that five systems were ordered.", set(), id="number-in-words-was-a-figure"),
        pytest.param("Systems", "They came from Moscow.", set(), id="name-that-opened-a-sentence-before"),
        pytest.param("Systems", "It is Peskov's view, and Delhi’s.", set(), id="possessives"),
        pytest.param("Three Of Five Systems Have Come", "He says so.", set(), id="headline-in-title-case"),
        pytest.param("Systems", "He said so on Wednesday.", set(), id="another-weekday-is-no-name"),
    ],
)
def test_news_is_what_no_report_held_before(title: str, text: str, expected: set[str]) -> None:
    told = story(*followed_by(title, text))
    assert news(told, TOLD) == expected
    assert bool(news(told, TOLD)) is bool(expected)


def test_a_copy_brings_nothing() -> None:
    assert not news(story(*followed_by("Systems", "He says it is 7.", copy_of=100)), TOLD)


def test_what_was_told_is_not_news() -> None:
    assert not news(story(*followed_by("Systems", "He says it is 7.")), NOW)


def test_facts_of_a_sentence_are_counted() -> None:
    assert facts_in("In Delhi, Belousov spoke of 7 systems.", frozenset({"7", "Belousov", "9"})) == 2


def test_the_newest_original_is_not_a_copy() -> None:
    copied = story(article("One", hours=3), article("Two", hours=2), article("Three", hours=1, copy_of=100))
    assert newest_original(copied).title == "Two"
