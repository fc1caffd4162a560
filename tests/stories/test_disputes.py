"""Different numbers for the same thing are told by outlet; all that only looks so is not."""

from __future__ import annotations

import dataclasses

import pytest
from builders import article
from hypothesis import given
from hypothesis import strategies as st

from briefings.stories.disputes import Disagreement, disagreements


def reports(*texts: str) -> list[object]:
    """One report of each outlet A, B, C…, an hour apart, the first the oldest."""
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
        pytest.param(
            ("2 killed.", "3 killed.", "3 dead."), "killed", ("2", "3"), id="three"
        ),
    ],
)  # fmt: skip
def test_a_disagreement(texts: tuple[str, ...], what: str, values: tuple[str, ...]) -> None:
    (found,) = disagreements(reports(*texts))
    assert found.what == what
    assert tuple(value for value, _ in found.values) == values
    assert sorted(outlet for _, outlets in found.values for outlet in outlets) == ["A", "B", "C"][: len(texts)]


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
        pytest.param(("12 killed.",), id="one-report"),
        pytest.param((), id="none"),
    ],
)
def test_no_disagreement(texts: tuple[str, ...]) -> None:
    assert disagreements(reports(*texts)) == ()


def test_each_outlet_speaks_by_its_newest_report() -> None:
    early, late = reports("12 killed.", "15 killed.")
    assert disagreements([early, late]) != ()
    revised = dataclasses.replace(late, source="A", id=3)
    assert disagreements([early, revised]) == ()
    assert disagreements([early, late, revised]) == ()


def test_a_copy_has_no_voice() -> None:
    early, late = reports("12 killed.", "15 killed.")
    assert disagreements([early, dataclasses.replace(late, copy_of=9)]) == ()


def test_a_number_of_the_day_before_yesterday_was_overtaken() -> None:
    old = article("A blast", "12 killed.", hours=60, source="A", id=1)
    new = article("A blast", "15 killed.", hours=1, source="B", id=2)
    assert disagreements([old, new]) == ()


def test_the_title_goes_before_the_text() -> None:
    one = article("Blast kills 12", "3 killed in the port. 4 killed in town.", source="A", id=1)
    other = article("Blast kills 15", "It was loud.", source="B", id=2)
    assert disagreements([one, other]) == (Disagreement("killed", (("12", ("A",)), ("15", ("B",)))),)


TEXTS = st.text() | st.lists(
    st.sampled_from(
        "at least 12 15 1,200 two $ billion deal worth killed dead people toll rose to . magnitude 6.1 drones".split()
    )
).map(" ".join)


@given(st.lists(st.tuples(TEXTS, TEXTS, st.sampled_from("ABC"))))
def test_whatever_reports_say_each_outlet_says_one_thing(given: list[tuple[str, str, str]]) -> None:
    told = [article(title or "x", text, source=outlet, id=n) for n, (title, text, outlet) in enumerate(given, 1)]
    for found in disagreements(told):
        voices = [outlet for _, outlets in found.values for outlet in outlets]
        assert len(found.values) > 1
        assert len(voices) == len(set(voices))
        words = " ".join(f"{title} {text}" for title, text, _ in given).split()
        assert all(" ".join(words).count(value) for value, _ in found.values), "as a source stated it"
    assert disagreements(told) == disagreements(list(reversed(told)))
