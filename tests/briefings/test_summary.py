"""The extract is the source's own words; the fact guard lets nothing else in."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefings.sentences import count_words, split
from briefings.summary import extract, supported, unsupported

DATA = Path(__file__).parents[1] / "data"
TITLE, _, BODY = (DATA / "harbour.txt").read_text("utf-8").split("\n", 2)
LEAD = (
    "The parliament of Norvell has approved a harbour accord with Estmark that lets the coast guards of both countries "
    "refuel, repair and shelter in each other’s ports."
)
NEXT = "Both sides will carry the costs equally, and no warship may stay longer than 21 days."


def test_the_extract_is_whole_sentences_in_order_within_sixty_words() -> None:
    summary = extract(TITLE, BODY)
    assert count_words(summary) <= 60
    assert summary.startswith(LEAD)
    at = [BODY.index(sentence) for sentence in split(summary)]
    assert at == sorted(at)


def test_fewer_words_take_fewer_sentences() -> None:
    assert extract(TITLE, BODY, words=30) == LEAD


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(f"{TITLE}.\n{LEAD}", LEAD, id="headline-again"),
        pytest.param(f"Photo: the port of Norvell at night.\n{LEAD}", LEAD, id="caption"),
        pytest.param(
            f"Subscribe to our newsletter for all of it.\n{LEAD}\nRead also: another fine story here.",
            LEAD,
            id="adverts",
        ),
        pytest.param(f"What does the harbour accord mean for us?\n{LEAD}", LEAD, id="question"),
        pytest.param(f"Key points at a glance\n{LEAD}", LEAD, id="fragment"),
        pytest.param(f"He said that it had been long overdue.\n{LEAD}", LEAD, id="dangling-he"),
        pytest.param(f"The deal had been talked about for years.\n{LEAD}", LEAD, id="dangling-deal"),
        pytest.param(f"“We have waited for this for years, and years more.\n{LEAD}", LEAD, id="half-a-quote"),
        pytest.param(f"NORVELL, May 2 (Reuters) - {LEAD}", LEAD, id="agency-dateline"),
        pytest.param(f"NORVELL — {LEAD}", LEAD, id="bare-dateline"),
        pytest.param(f"{LEAD} {LEAD}", LEAD, id="said-twice"),
        pytest.param("(c) 2026 The Norvell Courier and its partners.\n" + LEAD, LEAD, id="copyright"),
        pytest.param("Short ones first. It rained.", "It rained.", id="nothing-good-takes-the-shortest"),
        pytest.param("", "A title", id="no-text"),
        pytest.param("word " * 80 + "end.", "A title", id="only-a-sentence-that-is-too-long"),
        pytest.param("No sentence ends in this text", "A title", id="no-sentence"),
    ],
)
def test_what_an_extract_leaves_out(text: str, expected: str) -> None:
    title = TITLE if text.startswith(TITLE) else "A title"
    assert extract(title, text) == expected


def test_a_name_before_a_dash_is_no_dateline() -> None:
    text = "P-40 - Norvell’s newest patrol boat - will come to Estmark in June."
    assert extract("Boats", text) == text


def test_a_sentence_that_points_back_comes_with_the_one_before() -> None:
    text = f"President Ilva Brandt opened the new northern port on Monday. She left at noon for Estmark. {NEXT}"
    summary = extract("Port", text)
    assert "She left" not in summary or "President Ilva Brandt" in summary


@given(st.text(), st.text(), st.integers(5, 60))
def test_every_sentence_of_an_extract_stands_in_the_text(title: str, text: str, words: int) -> None:
    summary = extract(title, text, words=words)
    assert summary == title or (count_words(summary) <= words and all(part in text for part in split(summary)))


SOURCE = f"""{TITLE}
{BODY}
About 2,000 sailors and 3.5 million people in the U.S. watched on Dec. 4. Sales rose 5 percent to $2 billion.
The 3rd ship cost 1,00,000 rupees. General Sergei Palov spoke for the United Harbour Board.
The S-400 was shown at 7:30 p.m. Indian officials came, and the lawmakers left."""


@pytest.mark.parametrize(
    "summary",
    [
        pytest.param(LEAD, id="the-source-itself"),
        pytest.param("The S‑400 and S400 systems, the S-400s.", id="hyphen-variants-and-plural"),
        pytest.param("Some 2000 sailors came, or 2\u00a0000.", id="thousands"),
        pytest.param("They paid 100,000 rupees.", id="indian-grouping"),
        pytest.param("Some 3.50 million watched, 3,500,000 of them.", id="decimals-and-scale"),
        pytest.param("Sales rose 5% to $2bn.", id="percent-and-billions"),
        pytest.param("There were 5 boats, and 3 came.", id="words-as-digits"),
        pytest.param("The third ship came.", id="ordinals"),
        pytest.param("Norvell's parliament approved it.", id="possessive"),
        pytest.param("US and U.S. viewers agreed on December 4.", id="acronym-dots-and-month"),
        pytest.param("The UHB spoke.", id="acronym-of-a-name"),
        pytest.param("Indian President Brandt travels on Monday.", id="offices-before-a-name"),
        pytest.param("One of them left, and one day she may return.", id="one-that-counts-nothing"),
        pytest.param("Lawmakers cheered.", id="ordinary-first-word"),
        pytest.param("It began at 7:30.", id="clock"),
        pytest.param("", id="nothing-said"),
    ],
)
def test_what_the_source_says_may_be_said(summary: str) -> None:
    assert unsupported(summary, SOURCE) == []
    assert supported(summary, SOURCE)


@pytest.mark.parametrize(
    ("summary", "pieces"),
    [
        pytest.param("The S-4000 came.", ["S-4000"], id="longer-designation"),
        pytest.param("The S-40 came.", ["S-40"], id="shorter-designation"),
        pytest.param("They had 400 boats.", ["400"], id="digits-of-a-designation"),
        pytest.param("Some 20,000 sailors.", ["20000"], id="ten-times"),
        pytest.param("Some 2 million sailors.", ["2 million"], id="other-scale"),
        pytest.param("There were six boats.", ["six"], id="number-word"),
        pytest.param("There were thousands of boats.", ["thousands"], id="vague-number"),
        pytest.param("The second ship came.", ["second"], id="other-ordinal"),
        pytest.param("Sales rose 6%.", ["6%"], id="other-percent"),
        pytest.param("It began at 8:30.", ["8:30"], id="other-clock"),
        pytest.param("Orlov signed the accord.", ["Orlov"], id="name-at-the-start"),
        pytest.param("The accord pleased Kiruna and NATO.", ["Kiruna", "NATO"], id="place-and-acronym"),
        pytest.param("Then Tomas Palov spoke.", ["Tomas Palov"], id="two-names-mixed"),
        pytest.param("It passed on Tuesday.", ["Tuesday"], id="other-day"),
        pytest.param("Boeing watched.", ["Boeing"], id="a-name-that-ends-like-a-word"),
        pytest.param("Italy and Mohammed watched.", ["Italy", "Mohammed"], id="names-that-end-like-words"),
        pytest.param("They called on US and UN.", ["UN"], id="other-acronym"),
    ],
)
def test_what_the_source_does_not_say_is_named(summary: str, pieces: list[str]) -> None:
    assert unsupported(summary, SOURCE) == pieces
    assert not supported(summary, SOURCE)


def test_an_extract_always_passes_the_guard() -> None:
    assert unsupported(extract(TITLE, BODY), f"{TITLE}\n{BODY}") == []


@given(st.text())
def test_a_text_supports_itself_and_nothing_raises(text: str) -> None:
    unsupported(text, "")
    assert [piece for piece in unsupported(text, text) if piece.isascii()] == []


@pytest.mark.parametrize(
    "text",
    ["1," * 50_000, "a" * 100_000, "9" * 100_000, "A.A" * 30_000, "'a" * 40_000, "." * 100_000 + "a"],
    ids=["commas", "letters", "digits", "dots", "quotes", "stops"],
)
def test_hostile_texts_are_read_to_their_end(text: str) -> None:
    unsupported("It rained.", text)
    extract("", text)
    split(text)
