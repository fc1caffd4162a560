"""The patterns that find defects in printed editions find what they are named for, and pass over good text."""

from __future__ import annotations

import pytest

from tests.benchmarks.edition_defects import (
    alone,
    begins_with,
    holds,
    no_news,
    of_headline,
    of_visible,
    sentences,
    twice,
)

GOOD = [
    "Umerov will meet Witkoff on Thursday, two days after their talks in Moscow.",
    "The decision of the court was read out on Monday by Judge Ida Holm.",
    "“We will fight this,” Mayor Karl Aune said on Monday.",
    "A senator said he would vote against the bill that Gov. Olga Prins had sent.",
    "It took 93 years to build the port of Lindholm.",
    "By the numbers that the port gives, 12 ships called there in May.",
]

BAD = [
    ("LINDHOLM, Norvell (AP) — The port was opened on Monday.", "dateline"),
    ("(Reuters) - The port was opened on Monday.", "dateline"),
    ("The port was opened. By the numbers: 12 ships called.", "label"),
    ("The port was opened. Why it matters, via the Post's Ida Holm: 12 ships called.", "label"),
    ("Updated 11/28: The port was opened on Monday.", "label"),
    ("The port was opened on Monday. Updated: 11/28 at noon.", "time of an update"),
    ("The port […] was opened on Monday.", "cut mark"),
    ("Sign up for our letter on ports and ships.", "request"),
    ("The port was opened on...", "ends in …"),
    ("Politico reports:", "ends in :"),
    ("“We will fight this. It is not over.", "half a quotation"),
    ("The two will meet again on Monday in Lindholm.", "leaning opener"),
    ("That committee will meet again on Monday in Lindholm.", "leaning opener"),
    ("The move came on Monday, a day after the vote.", "leaning opener"),
]

NOT_ALONE = [
    ("“We will fight this,” he said.", "a quotation without speaker"),
    ("“We will fight this in every court.”", "a quotation without speaker"),
    ("But the port of Lindholm stays closed for a year.", "begins as a follower"),
    ("They met again on Monday in the port of Lindholm.", "begins as a follower"),
    ("Notably, he left the port of Lindholm on Monday.", "begins as a follower"),
    ("On the day before he left, the port was closed.", "a pronoun without its noun"),
    ("Politico reports:", "says too little"),
    ("", "says too little"),
]


@pytest.mark.parametrize("visible", GOOD)
def test_good_text_has_no_defect(visible: str) -> None:
    assert not [*of_visible(visible), *alone(visible)]


@pytest.mark.parametrize(("visible", "kind"), BAD)
def test_furniture_and_half_text_are_named(visible: str, kind: str) -> None:
    assert kind in [defect.kind for defect in of_visible(visible)]


@pytest.mark.parametrize(("visible", "kind"), NOT_ALONE)
def test_text_that_does_not_stand_alone_is_named(visible: str, kind: str) -> None:
    assert [defect.kind for defect in alone(visible)] == [kind]


def test_a_sentence_may_have_additions_inside_but_loses_no_word() -> None:
    sentence = "RELOS was signed on Friday, Putin's aide said."
    assert begins_with(f"{sentence} It takes effect in May.", sentence)
    assert begins_with("The Reciprocal Exchange (RELOS) was signed on Friday [28 Nov], Putin’s aide said.", sentence)
    assert not begins_with("RELOS was signed on Friday.", sentence)
    assert not begins_with(f"It takes effect in May. {sentence} It is a pact.", "Nothing of this.")
    assert holds(f"It takes effect in May. {sentence}", sentence)


TITLE = "Estmark's court strikes down the port law, and Norvell protests"
HEADLINES = [
    (TITLE, ""),
    ("Estmark’s court strikes down the port law", ""),
    ("The port law fell on Monday", ""),
    ("Estmark's court strikes down the port", "cut inside a clause"),
    ("Estmark's court strikes down the…", "ends in …"),
    ("Dam breaks above Lindholm", "another story's"),
]


@pytest.mark.parametrize(("line", "fault"), HEADLINES)
def test_a_headline_is_a_title_or_a_whole_clause_of_its_story(line: str, fault: str) -> None:
    assert of_headline(line, ["Another title of it", TITLE], ["The port law fell on Monday, a judge said."]) == fault


def test_a_title_after_a_label_is_whole() -> None:
    assert of_headline("The port law falls", ["Breaking: The port law falls"], []) == ""


def test_sentences_and_expansions_that_stand_twice_are_found() -> None:
    first = "The Reciprocal Exchange of Logistics (REL) was signed. Ships may call at ports."
    second = "Ships may call at ports! The Reciprocal Exchange of Logistics (REL) takes effect."
    assert len(list(twice([first, second]))) == 2
    assert not list(twice([first, "Estmark buys boats for its ports."]))


def test_abbreviations_end_no_sentence() -> None:
    assert sentences("Sen. Ida Holm met Gov. J. Aune. They spoke at 9 a.m. Monday.") == [
        "Sen. Ida Holm met Gov. J. Aune.",
        "They spoke at 9 a.m. Monday.",
    ]


@pytest.mark.parametrize(
    ("headline", "outlet", "visible"),
    [
        ("Why the port must stay open", "Post", "The port was opened."),
        ("Will the port stay open?", "Post", "The port was opened."),
        ("4 takeaways from the port's opening", "Post", "The port was opened."),
        ("Norvell opens a port", "Post (Opinion)", "The port was opened."),
        ("Norvell opens a port", "Post", "Let me say that the port was opened. “We did it,” Ida Holm said."),
    ],
)
def test_opinion_questions_and_lists_are_told_from_news(headline: str, outlet: str, visible: str) -> None:
    assert len(list(no_news(headline, outlet, visible))) == 1


def test_news_may_quote_questions_and_first_persons() -> None:
    assert not list(no_news("“Why now?” asks Norvell", "Post", "“We will fight this,” Ida Holm said of 12 ships."))
