"""A later report adds news to a story if it states a new number or a new name."""

from __future__ import annotations

import pytest
from builders import NOW, ago, article, story

from briefings.model import Article
from briefings.stories.changes import facts_in, news

MARK = ago(10)
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
        pytest.param(
            "Systems", "On Thurs. and Fridays they rest, and in Sept. too.", set(), id="short-and-plural-days"
        ),
        pytest.param("Systems", "It was confirmed by Mays.", {"Mays"}, id="a-name-that-begins-like-a-month"),
    ],
)
def test_numbers_and_names_that_no_earlier_report_states_are_news(title: str, text: str, expected: set[str]) -> None:
    assert news(story(*followed_by(title, text)), MARK) == expected


def test_a_copy_brings_no_news() -> None:
    assert not news(story(*followed_by("Systems", "He says it is 7.", copy_of=100)), MARK)


def test_a_report_that_a_reader_was_told_is_no_news() -> None:
    assert not news(story(*followed_by("Systems", "He says it is 7.")), NOW)


def test_the_facts_in_a_sentence_are_counted() -> None:
    assert facts_in("In Delhi, Belousov spoke of 7 systems.", frozenset({"7", "Belousov", "9"})) == 2
