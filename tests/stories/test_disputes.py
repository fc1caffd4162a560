"""Different numbers for the same thing are a dispute, told by outlet; numbers that only look different are none."""

from __future__ import annotations

import dataclasses

import pytest
from builders import article
from hypothesis import given
from hypothesis import strategies as st

from briefings.editions.locales import locale
from briefings.model import Dispute
from briefings.stories.disputes import find_disputes


def reports(*texts: str) -> list[object]:
    """One report from each outlet A, B, C…, an hour apart, the oldest first."""
    return [
        article("A blast in Norvell", text, hours=9 - n, source=chr(ord("A") + n), id=n + 1)
        for n, text in enumerate(texts)
    ]


@pytest.mark.parametrize(
    ("texts", "sentence"),
    [
        pytest.param(
            ("At least 12 killed.", "It left 15 dead."), "the number killed: at least 12 (A), 15 (B)", id="dead"
        ),
        pytest.param(
            ("15 people died.", "Some 12 people were killed."), "the number killed: some 12 (B), 15 (A)", id="people"
        ),
        pytest.param(
            ("It killed 12 people.", "It killed 15 in the port."), "the number killed: 12 (A), 15 (B)", id="verb-first"
        ),
        pytest.param(
            ("The death toll rose to 12.", "Fifteen were killed."), "the number killed: 12 (A), fifteen (B)", id="toll"
        ),
        pytest.param(("700 deaths.", "1,200 deaths."), "the number killed: 700 (A), 1,200 (B)", id="thousands"),
        pytest.param(
            ("Twenty-one wounded.", "30 people injured."), "the number injured: twenty-one (A), 30 (B)", id="injured"
        ),
        pytest.param(
            ("3 soldiers were killed.", "4 soldiers killed."),
            "the number of soldiers killed: 3 (A), 4 (B)",
            id="soldiers",
        ),
        pytest.param(("12 missing.", "15 people are missing."), "the number missing: 12 (A), 15 (B)", id="missing"),
        pytest.param(
            ("12 arrested.", "15 people were detained."), "the number arrested: 12 (A), 15 (B)", id="arrested"
        ),
        pytest.param(
            ("900 displaced.", "1,500 villagers evacuated. 1,500 evacuated."),
            "the number displaced: 900 (A), 1,500 (B)",
            id="displaced",
        ),
        pytest.param(
            ("A $2 billion deal.", "A $2.5 billion deal."),
            "the size of the deal: $2 billion (A), $2.5 billion (B)",
            id="sum",
        ),
        pytest.param(
            ("A deal worth $2 billion.", "A $3bn arms deal."),
            "the size of the deal: $2 billion (A), $3bn (B)",
            id="worth",
        ),
        pytest.param(
            ("A US$5M fine.", "A $7m fine."),
            "the size of the fine: US$5M (A), $7m (B)",
            id="capitals-of-currencies-stay",
        ),
        pytest.param(
            ("A magnitude 6.1 quake.", "A 6.4-magnitude quake."), "the magnitude: 6.1 (A), 6.4 (B)", id="magnitude"
        ),
        pytest.param(
            ("It launched 120 drones.", "It fired 90 big drones."),
            "how many drones were launched: 90 (B), 120 (A)",
            id="launched",
        ),
        pytest.param(
            ("India ordered 5 regiments.", "India bought 6 regiments."),
            "how many regiments were ordered: 5 (A), 6 (B)",
            id="ordered",
        ),
        pytest.param(
            ("It shot down 12 drones.", "It downed 9 drones."),
            "how many drones were shot down: 9 (B), 12 (A)",
            id="shot-down",
        ),
        pytest.param(
            ("A $2tn budget.", "A $3 trillion budget."),
            "the size of the budget: $2tn (A), $3 trillion (B)",
            id="trillions",
        ),
        pytest.param(("2 killed.", "3 killed.", "3 dead."), "the number killed: 2 (A), 3 (B, C)", id="three-outlets"),
        pytest.param(
            ("2 killed.", "3 killed.", "4 dead."), "the number killed: 2 (A), 3 (B), 4 (C)", id="three-numbers"
        ),
        pytest.param(
            ("12 killed.", "13 killed.", "14 dead.", "15 dead."),
            "the number killed: 12 (A) to 15 (D)",
            id="four-numbers",
        ),
        pytest.param(
            ("Blast in Norvell City: 12 killed.", "15 were killed in Norvell."),
            "the number killed: 12 (A), 15 (B)",
            id="a-place-within-a-place",
        ),
        pytest.param(
            ("Russia launched 120 drones.", "Russian forces fired 90 drones."),
            "how many drones were launched: 90 (B), 120 (A)",
            id="a-land-and-its-people",
        ),
        pytest.param(
            ("A $2 billion arms deal.", "A $3 billion arms deal with Norvell."),
            "the size of the deal: $2 billion (A), $3 billion (B)",
            id="one-purpose-in-common",
        ),
        pytest.param(
            ("12 people were killed. The bus left at 15:00.", "15 dead."),
            "the number killed: 12 (A), 15 (B)",
            id="the-other-number-elsewhere",
        ),
    ],
)
def test_different_numbers_for_the_same_thing_are_a_dispute(texts: tuple[str, ...], sentence: str) -> None:
    (dispute,) = find_disputes(reports(*texts))
    assert locale("en").dispute(dispute) == f"Reports differ on {sentence}."


@pytest.mark.parametrize(
    "texts",
    [
        pytest.param(("12 killed.", "Twelve people died."), id="the-same-in-words"),
        pytest.param(("2,000 killed.", "2000 dead."), id="the-same-with-a-comma"),
        pytest.param(("12 killed.", "15 injured."), id="another-fate"),
        pytest.param(("12 soldiers killed.", "15 people killed."), id="another-kind-of-people"),
        pytest.param(("12 killed.", "A blast last year killed 60 people."), id="last-year"),
        pytest.param(("12 killed.", "A separate attack killed 3 people."), id="a-separate-attack"),
        pytest.param(("12 killed.", "400 people were killed in 2022."), id="a-year"),
        pytest.param(("12 killed.", "Since then 400 people were killed."), id="since"),
        pytest.param(("12 killed.", "Nearly 13 killed."), id="rough"),
        pytest.param(("100 killed.", "More than 95 dead."), id="a-bound"),
        pytest.param(("A $2 billion deal.", "A $2.04 billion deal."), id="rounded"),
        pytest.param(("A $2 billion deal.", "A €3 billion deal."), id="another-currency"),
        pytest.param(("A $2 billion deal.", "A $3 billion loan."), id="another-thing"),
        pytest.param(("A $2 billion deal.", "A US$2bn deal."), id="the-same-money"),
        pytest.param(("12 killed.", "8 killed in the port. 15 killed in town."), id="two-numbers-in-one-report"),
        pytest.param(("It killed 12 people.", "It killed 3 hours of talks."), id="no-people"),
        pytest.param(("It launched 12 drones.", "It launched 15 days of talks."), id="time"),
        pytest.param(("It launched 12 drones.", "It launched 15 missiles."), id="other-things"),
        pytest.param(("12 killed.", "400 killed."), id="too-far-apart-for-one-thing"),
        pytest.param(("12 killed.", "0 killed."), id="none-killed"),
        pytest.param(("12 killed.", "13 dead, including the gunman."), id="counted-otherwise"),
        pytest.param(("250 killed.", "It killed two hundred and fifty people."), id="hundreds-in-words-are-not-read"),
        pytest.param(
            ("12 killed.", "12 were killed at first. The toll is now 15.", "15 dead."), id="one-report-states-both"
        ),
        pytest.param(
            ("12 killed.", "15 dead.", "12 were killed in another attack, 15 in this: all were killed."),
            id="one-report-states-both-of-another-event",
        ),
        pytest.param(
            ("A magnitude 5.9 quake.", "A magnitude 5.2 quake.", "A 5.9 quake, then a 5.2 aftershock."),
            id="a-report-of-both-tremors",
        ),
        pytest.param(("A magnitude 5.9 quake.", "An aftershock of magnitude 5.2."), id="an-aftershock"),
        pytest.param(
            ("A magnitude 5.9 quake shook Norvell.", "A magnitude 5.2 quake hit Belk."), id="tremors-in-two-places"
        ),
        pytest.param(("The ordinance sets a fine of $500.", "A second law sets a fine of $900."), id="a-second-law"),
        pytest.param(("The ordinance sets a fine of $500.", "The state law sets a fine of $900."), id="two-laws"),
        pytest.param(("Smith received 12 votes.", "Jones received 18 votes."), id="two-candidates"),
        pytest.param(
            ("In Norvell, Smith received 12 votes.", "In Norvell, Jones received 18 votes."),
            id="two-candidates-at-one-place",
        ),
        pytest.param(("Smith won. He received 12 votes.", "Jones won. He received 18 votes."), id="he-is-anybody"),
        pytest.param(("Russia launched 120 drones.", "Ukraine launched 90 drones."), id="two-sides"),
        pytest.param(
            ("9 were killed in New York as Ida struck.", "12 were killed in New Jersey as Ida struck."), id="two-places"
        ),
        pytest.param(("A $1.8 trillion package for families.", "A $1.9 trillion stimulus package."), id="two-packages"),
        pytest.param(("A $2 billion arms deal.", "A $3 billion gas deal."), id="two-deals"),
        pytest.param(("The death toll tops 150.", "The death toll passes 165."), id="two-bounds"),
        pytest.param(("A $27 million fine.", "A $27.5M fine."), id="rounded-down"),
        pytest.param(("12 killed.",), id="one-report"),
        pytest.param((), id="none"),
    ],
)
def test_other_numbers_are_no_dispute(texts: tuple[str, ...]) -> None:
    assert find_disputes(reports(*texts)) == ()


def test_only_the_newest_report_of_an_outlet_counts() -> None:
    early, late = reports("12 killed.", "15 killed.")
    assert find_disputes([early, late]) != ()
    revised = dataclasses.replace(late, source="A", id=3)
    assert find_disputes([early, revised]) == ()
    assert find_disputes([early, late, revised]) == ()


def test_a_copy_does_not_count() -> None:
    early, late = reports("12 killed.", "15 killed.")
    assert find_disputes([early, dataclasses.replace(late, copy_of=9)]) == ()


def test_a_number_older_than_a_day_before_the_newest_does_not_count() -> None:
    old = article("A blast", "12 killed.", hours=60, source="A", id=1)
    new = article("A blast", "15 killed.", hours=1, source="B", id=2)
    assert find_disputes([old, new]) == ()


def test_the_title_goes_before_the_text() -> None:
    first = article("Blast kills 12", "3 killed in the port. 4 killed in town.", source="A", id=1)
    second = article("Blast kills 15", "It was loud.", source="B", id=2)
    assert find_disputes([first, second]) == (Dispute("killed", (("12", ("A",)), ("15", ("B",)))),)


def test_letters_that_only_resemble_i_and_s_are_read_as_those() -> None:
    assert find_disputes(reports("fıve kılled.", "ſix kılled.")) == (
        Dispute("killed", (("fıve", ("A",)), ("ſix", ("B",)))),
    )


TEXTS = st.text() | st.lists(
    st.sampled_from(
        "at least 12 15 1,200 two $ billion deal worth killed dead people toll rose to . magnitude 6.1 drones".split()
    )
).map(" ".join)


@given(st.lists(st.tuples(TEXTS, TEXTS, st.sampled_from("ABC"))))
def test_an_outlet_stands_once_in_a_dispute_and_every_number_in_a_report(rows: list[tuple[str, str, str]]) -> None:
    articles = [article(title or "x", text, source=outlet, id=n) for n, (title, text, outlet) in enumerate(rows, 1)]
    stated = " ".join(" ".join(f"{title} {text}" for title, text, _ in rows).split())
    for dispute in find_disputes(articles):
        all_outlets = [outlet for _, outlets in dispute.values for outlet in outlets]
        assert len(dispute.values) > 1
        assert len(all_outlets) == len(set(all_outlets))
        assert all(value.lower() in stated.lower() for value, _ in dispute.values)
    assert find_disputes(articles) == find_disputes(list(reversed(articles)))
