"""A search is read as the reader meant it, and nothing in it is an operator by accident."""

from __future__ import annotations

from datetime import date

import pytest
from builders import open_sample_at
from hypothesis import given
from hypothesis import strategies as st

from briefings.errors import BadQuery, Problem
from briefings.model import Query
from briefings.topics.query import MAX_TERMS, parse_query


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        pytest.param("relos", Query(("relos",)), id="word"),
        pytest.param("  air   defence\n", Query(("air", "defence")), id="words"),
        pytest.param('"air defence" india', Query(("india",), ("air defence",)), id="phrase"),
        pytest.param("“air defence”", Query((), ("air defence",)), id="curly-quotes"),
        pytest.param('"air defence', Query((), ("air defence",)), id="unclosed-quote"),
        pytest.param('india -cricket -"world cup"', Query(("india",), (), ("cricket", "world cup")), id="unwanted"),
        pytest.param("su-57 -s-400", Query(("su-57",), (), ("s-400",)), id="hyphens-inside"),
        pytest.param("india since:2025-11-01", Query(("india",), since=date(2025, 11, 1)), id="since"),
        pytest.param("SINCE:2025-11-01", Query(since=date(2025, 11, 1)), id="since-alone-in-capitals"),
        pytest.param("source:reuters", Query(source="reuters"), id="source-alone"),
        pytest.param('source:"Sample Wire" gas', Query(("gas",), source="Sample Wire"), id="source-of-two-words"),
        pytest.param("a AND b", Query(("a", "AND", "b")), id="operators-are-words"),
        pytest.param("NOT OR NEAR", Query(("NOT", "OR", "NEAR")), id="only-operators"),
        pytest.param("title:relos", Query(("title:relos",)), id="a-column-is-a-word"),
        pytest.param("🙂 relos", Query(("relos",)), id="emoji-is-passed-over"),
        pytest.param("релос रूस", Query(("релос", "रूस")), id="other-scripts"),
        pytest.param('relos * ( ) " "', Query(("relos",)), id="signs-are-passed-over"),
        pytest.param("x" * 10_000, Query(("x" * 10_000,)), id="ten-thousand-letters"),
        pytest.param("x " * 5_000, Query(("x",) * MAX_TERMS), id="ten-thousand-characters-of-words"),
    ],
)
def test_a_search_is_read_as_the_reader_meant_it(words: str, expected: Query) -> None:
    assert parse_query(words) == expected


@pytest.mark.parametrize("words", ["", "   ", '"', '""', "-cricket", '-a -"b c"', "🙂", "*", "--", "-", "\0"])
def test_a_search_for_nothing_is_refused(words: str) -> None:
    with pytest.raises(BadQuery, match=r"^empty-query$"):
        parse_query(words)


@pytest.mark.parametrize("day", ["yesterday", "2025-13-01", "2025-02-30", "01.11.2025", "x" * 500, "0000-00-00", "-1"])
def test_a_bad_date_is_named_and_short(day: str) -> None:
    with pytest.raises(BadQuery) as raised:
        parse_query(f"india since:{day}")
    assert raised.value.problem == Problem("since-not-date", {"text": day[:20]})


@given(st.text())
def test_any_words_are_a_search_or_a_short_error(words: str) -> None:
    try:
        query = parse_query(words)
    except BadQuery as error:
        assert len(str(error)) < 50  # noqa: PT017 - which of the two it is depends on the words
    else:
        assert query.words or query.phrases or query.since or query.source


HOSTILE = ('a"b', "NEAR(relos duma)", "relos*", "^relos", "title:relos", "{title}:relos", "relos AND", "OR", "\0relos")
WORDS = ("relos", "RELOS", "s-400", '"State Duma"', "relos -duma", "relos since:2025-12-04", "relos source:wire")


async def test_the_archive_is_searched_as_the_query_says() -> None:
    async with open_sample_at() as newsroom:
        for words in HOSTILE:
            await newsroom.reading.search(words)  # raises nothing
        hits = {words: (await newsroom.reading.search(words))[1] for words in WORDS}
    assert all(hits.values())
    assert hits["relos"] == hits["RELOS"]
    assert all("State Duma" in a.text for a in hits['"State Duma"'])
    assert not any("Duma" in a.text for a in hits["relos -duma"])
    assert all(a.published.date() >= date(2025, 12, 4) for a in hits["relos since:2025-12-04"])
    assert {a.source for a in hits["relos source:wire"]} == {"Sample Wire"}
