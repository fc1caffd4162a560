"""Reports of one event are one story in every script, and those of different events are not.

`events.jsonl` holds made-up reports of a few events in several languages, two outlets each; `unrelated_hindi.txt` those
of eighty different events, one a line, title and text parted by a bar.
"""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path

import pytest
from builders import NOW

from briefings.stories.grouping import StoryGrouper
from briefings.stories.recognition import are_alike
from briefings.stories.terms import weigh_terms

DATA = Path(__file__).resolve().parents[1] / "data"
Report = tuple[str, str]


def _events() -> dict[str, list[Report]]:
    """Returns language → reports; the two reports of an event stand side by side."""
    reports: dict[str, list[Report]] = defaultdict(list)
    for line in (DATA / "events.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        reports[row["language"]].append((row["title"], row["text"]))
    return reports


EVENTS = _events()
HINDI: list[Report] = [
    (title, text)
    for title, _, text in (
        line.partition("|") for line in (DATA / "unrelated_hindi.txt").read_text(encoding="utf-8").splitlines()
    )
]
ENGLISH: list[Report] = [
    (f"Council of {place} votes on {thing}", f"The council of {place} voted on Monday on {thing}, the mayor said.")
    for place, thing in zip(
        "Vik Sollen Orla Karst Selby Norvell Aldhaven Estmark Lund Haug Timra Branok".split(),
        "a tram,a school,a bridge,a park,the harbour,waste,a museum,taxes,bees,a stadium,a clinic,noise".split(","),
        strict=True,
    )
]


def groups_of(reports: list[Report], among: list[Report]) -> list[list[int]]:
    """Returns the stories of these reports that hold several, by place; `among` are others that came before."""
    grouper, first = StoryGrouper(), len(among) + 1
    for number, report in enumerate([*among, *reports], 1):
        grouper.place(number, *report, NOW)
    groups = grouper.regroup(range(1, first + len(reports)))
    ours = ([number - first for number in group if number >= first] for group in groups)
    return sorted(group for group in ours if len(group) > 1)


@pytest.mark.parametrize("among", [pytest.param([], id="alone"), pytest.param(ENGLISH, id="among-english-ones")])
@pytest.mark.parametrize("language", EVENTS)
def test_two_reports_of_one_event_are_one_story_and_those_of_two_events_are_not(
    language: str, among: list[Report]
) -> None:
    reports = EVENTS[language]
    assert groups_of(reports, among) == [[place, place + 1] for place in range(0, len(reports), 2)]


@pytest.mark.parametrize("among", [pytest.param([], id="alone"), pytest.param(ENGLISH, id="among-english-ones")])
@pytest.mark.parametrize("number", [10, 20, 40, 80])
def test_unrelated_hindi_reports_are_stories_of_their_own(number: int, among: list[Report]) -> None:
    assert groups_of(HINDI[:number], among) == []


def test_words_of_grammar_are_no_terms() -> None:
    assert not weigh_terms("यह उनके लिए नहीं है", "और वे भी इसके बाद ही").keys()
    assert set(weigh_terms("Der Hafen", "Die Stadt hat den Hafen mit einem Zaun und einer Mauer umgeben")) == {
        *("hafen", "stadt", "zaun", "mauer", "umgeben")
    }
    assert "die" in weigh_terms("Four die in a fire", "The men die of smoke, the doctor said, and the son lives.")


def test_the_article_makes_no_other_term_in_arabic() -> None:
    assert weigh_terms("الاتفاق", "").keys() == weigh_terms("", "بالاتفاق").keys() == weigh_terms("", "اتفاق").keys()


def test_titles_without_blanks_are_alike_by_what_they_share() -> None:
    assert are_alike("诺维尔港口粮仓起火", "诺维尔港口粮仓夜间起火")
    assert not are_alike("诺维尔港口粮仓起火", "塞尔比大桥重新开放")
