"""The table of typography: spellings of the same text have one fingerprint, different texts have different ones."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefings.stories.identity import fingerprint


@pytest.mark.parametrize(
    ("text", "other"),
    [
        pytest.param("Don't go", "Don’t go", id="apostrophes"),
        pytest.param("“Go,” he said – now.", '"Go", he said -- now', id="quotes-and-dashes"),
        pytest.param("Two\u00a0words\n\nhere", "Two words here", id="blanks"),
        pytest.param("RELOS Clears", "relos clears", id="case"),
        pytest.param("co\u00adoperate", "cooperate", id="soft-hyphen"),
        pytest.param("caf\u00e9", "cafe\u0301", id="composition"),
        pytest.param("ﬁve", "five", id="ligature"),
    ],
)
def test_typography_does_not_change_a_fingerprint(text: str, other: str) -> None:
    assert fingerprint(text) == fingerprint(other)


@pytest.mark.parametrize(
    ("text", "other"),
    [
        pytest.param("five units", "four units", id="number"),
        pytest.param("3.5 million", "35 million", id="decimal"),
        pytest.param("रूस की", "रूस का", id="vowel-sign"),
        pytest.param("", "a", id="empty"),
    ],
)
def test_another_word_changes_the_fingerprint(text: str, other: str) -> None:
    assert fingerprint(text) != fingerprint(other)


@given(st.text())
def test_the_fingerprint_of_any_text_is_64_hex_digits(text: str) -> None:
    assert len(fingerprint(text)) == 64
    assert set(fingerprint(text)) <= set("0123456789abcdef")
