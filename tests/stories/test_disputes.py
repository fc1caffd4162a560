"""Different numbers for the same thing are a dispute, told by outlet; numbers that only look different are none."""

from __future__ import annotations

import dataclasses

import pytest
from builders import article
from hypothesis import given
from hypothesis import strategies as st

from briefings.model import Dispute
from briefings.stories.disputes import find_disputes


def reports(*texts: str) -> list[object]:
    """One report from each outlet A, B, C…, an hour apart, the oldest first."""
    return [
        article("A blast in Norvell", text, hours=9 - n, source=chr(ord("A") + n), id=n + 1)
        for n, text in enumerate(texts)
    ]


@pytest.mark.parametrize(
    ("texts", "what", "values"),
    [
        pytest.param(("At least 12 killed.", "It left 15 dead."), "killed", ("At least 12", "15"), id="dead"),
        pytest.param(("Some 12 people were killed.", "15 people died."), "killed", ("Some 12", "15"), id="people"),
        pytest.param(("It killed 12 people.", "It killed 15 in the port."), "killed", ("12", "15"), id="verb-first"),
        pytest.param(("The death toll rose to 12.", "Fifteen were killed."), "killed", ("12", "Fifteen"), id="toll"),
        pytest.param(("700 deaths.", "1,200 deaths."), "killed", ("700", "1,200"), id="thousands"),
        pytest.param(("Twenty-one wounded.", "30 people injured."), "injured", ("Twenty-one", "30"), id="injured"),
        pytest.param(("3 soldiers were killed.", "4 soldiers killed."), "soldiers killed", ("3", "4"), id="soldiers"),
        pytest.param(("A $2 billion deal.", "A $2.5 billion deal."), "deal", ("$2 billion", "$2.5 billion"), id="sum"),
        pytest.param(("A deal worth $2 billion.", "A $3bn arms deal."), "deal", ("$2 billion", "$3bn"), id="worth"),
        pytest.param(("A magnitude 6.1 quake.", "A 6.4-magnitude quake."), "magnitude", ("6.1", "6.4"), id="size"),
        pytest.param(("It launched 120 drones.", "It fired 90 big drones."), "drones launched", ("90", "120"), id="d"),
        pytest.param(("A $2tn budget.", "A $3 trillion budget."), "budget", ("$2tn", "$3 trillion"), id="trillions"),
        pytest.param(
            ("2 killed.", "3 killed.", "3 dead."), "killed", ("2", "3"), id="three"
        ),
    ],
)  # fmt: skip
def test_different_numbers_for_the_same_thing_are_a_dispute(
    texts: tuple[str, ...], what: str, values: tuple[str, ...]
) -> None:
    (dispute,) = find_disputes(reports(*texts))
    assert dispute.what == what
    assert tuple(value for value, _ in dispute.values) == values
    assert sorted(outlet for _, outlets in dispute.values for outlet in outlets) == ["A", "B", "C"][: len(texts)]


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
        assert all(value in stated for value, _ in dispute.values)
    assert find_disputes(articles) == find_disputes(list(reversed(articles)))
