"""Only a person who acts is an actor."""

from __future__ import annotations

import pytest

from briefings.text.actors import read_actors


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Olga Venn flew to Lindale.", ["Olga Venn"], id="name"),
        pytest.param("Tarvian President Idris Vale has signed it.", ["Idris Vale"], id="without-title-and-people"),
        pytest.param("On Monday Venn met the mayor.", ["Venn"], id="one-word-within-a-sentence"),
        pytest.param("Venn met the mayor.", [], id="one-word-may-merely-begin-the-sentence"),
        pytest.param("Olga Venn said so.", [], id="speaks"),
        pytest.param("It rained after Olga Venn flew in.", [], id="aside"),
        pytest.param("In Port Selda rebels met.", [], id="place"),
        pytest.param("The United Nations met.", [], id="organisation"),
        pytest.param("Democrats voted.", [], id="party"),
        pytest.param("The EU joined.", [], id="abbreviation"),
        pytest.param("Olga Venn's office flew in.", [], id="possessive"),
    ],
)
def test_a_person_who_acts_is_named(text: str, expected: list[str]) -> None:
    assert read_actors(text) == expected


def test_a_word_that_the_report_also_writes_small_is_no_name() -> None:
    assert read_actors("On Monday Harbour met the mayor.", "The harbour is open.") == []
