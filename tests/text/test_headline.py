"""Capitals in a headline mark names only where most words have none."""

from __future__ import annotations

import pytest

from briefings.text.headline import is_title_case, lead


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


def test_a_long_headline_without_blanks_gives_way_to_a_short_one() -> None:
    long = "诺维尔市旧港口的一座粮仓星期二夜间起火十二辆消防车用了六个小时才把火扑灭四名工人被烧伤目前情况稳定"
    assert lead([long, "诺维尔港口粮仓起火"]) == "诺维尔港口粮仓起火"
