"""Entities are read once; twice where a text was encoded twice; and never where the text is about them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefings.parse.entities import read_entities


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Ukraine&#8217;s port", "Ukraine’s port", id="number"),
        pytest.param("Ukraine&#x2019;s port", "Ukraine’s port", id="hexadecimal"),
        pytest.param("Ukraine&#146;s port", "Ukraine’s port", id="number-of-windows"),
        pytest.param("Ukraine&rsquo;s &mdash; port", "Ukraine’s — port", id="name"),
        pytest.param("AT&amp;T", "AT&T", id="ampersand"),
        pytest.param("5 &lt; 7", "5 < 7", id="less-than"),
        pytest.param("Ukraine&amp;#8217;s port", "Ukraine’s port", id="encoded-twice"),
        pytest.param("&amp;quot;Yes&amp;quot;&amp;nbsp;he said", '"Yes"\xa0he said', id="names-encoded-twice"),
        pytest.param("write &amp;amp;", "write &amp;", id="about-the-ampersand"),
        pytest.param("In HTML write &amp;rsquo; for it", "In HTML write &rsquo; for it", id="about-html"),
        pytest.param("Write `&amp;#8217;` for it", "Write `&#8217;` for it", id="quotes-code"),
        pytest.param("AT&T, R&D and B&B", "AT&T, R&D and B&B", id="no-entity"),
        pytest.param("https://x.example/?a=1&copy=2&reg=3", "https://x.example/?a=1&copy=2&reg=3", id="address"),
        pytest.param("&nosuch; and &#99999999;", "&nosuch; and &#99999999;", id="unknown"),
    ],
)
def test_entities_are_read(text: str, expected: str) -> None:
    assert read_entities(text) == expected


@given(st.text() | st.from_regex(r"(?:&(?:#|#x)?\w{0,8};?){0,9}", fullmatch=True))
def test_any_text_is_read(text: str) -> None:
    if "&" not in text:
        assert read_entities(text) == text
    read_entities(text)
