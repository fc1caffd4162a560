"""Capitals in a headline mark names only where most words have none."""

from __future__ import annotations

import pytest

from briefings.text.headline import is_title_case


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        pytest.param("Norvell Opens Its Port to Grain Ships", True, id="title-case"),
        pytest.param("Norvell opens its port to grain ships", False, id="sentence-case"),
        pytest.param("Norvell opens Estmark port", False, id="a-name-within"),
        pytest.param("Putin meets Modi", False, id="half-of-them"),
        pytest.param("Norvell", False, id="one-word"),
        pytest.param("", False, id="empty"),
    ],
)
def test_most_words_of_a_headline_in_title_case_begin_with_a_capital(title: str, expected: bool) -> None:
    assert is_title_case(title) is expected
