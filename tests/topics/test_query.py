"""A search is read as the reader meant it, and nothing in it is an operator by accident."""

from __future__ import annotations

from datetime import date

import pytest
from builders import open_sample_at
from hypothesis import given
from hypothesis import strategies as st

from briefings.errors import BadQuery, Problem
from briefings.topics.query import MAX_TERMS, Query, parse_query


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
        pytest.param("-since:2025-11-01", Query(before=date(2025, 11, 1)), id="before-a-day"),
        pytest.param(
            "since:2025-10-01 -SINCE:2025-11-01",
            Query(since=date(2025, 10, 1), before=date(2025, 11, 1)),
            id="the-days-of-october",
        ),
        pytest.param("source:reuters", Query(source="reuters"), id="source-alone"),
        pytest.param("gas -source:wire", Query(("gas",), without_sources=("wire",)), id="excluded-source"),
        pytest.param("-source:wire", Query(without_sources=("wire",)), id="excluded-source-alone"),
        pytest.param(
            'gas -source:"Sample Wire" -source:pti source:times',
            Query(("gas",), source="times", without_sources=("Sample Wire", "pti")),
            id="excluded-sources-beside-a-wanted-one",
        ),
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


@pytest.mark.parametrize(
    "words", ["", "   ", '"', '""', "-cricket", '-a -"b c"', "🙂", "*", "--", "-", "\0", '-source:""']
)
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
        wanted = query.words or query.phrases or query.since or query.source
        assert wanted or query.before or query.without_sources


HOSTILE = ('a"b', "NEAR(relos duma)", "relos*", "^relos", "title:relos", "{title}:relos", "relos AND", "OR", "\0relos")
WORDS = ("relos", "RELOS", "s-400", '"State Duma"', "relos -duma", "relos since:2025-12-04", "relos source:wire")
MINUS = ("-since:2025-12-04", "-source:wire")
"""Ends of a search that exclude by date and by source; alone or after a word."""


async def test_the_archive_is_searched_as_the_query_says() -> None:
    async with open_sample_at() as newsroom:
        for words in HOSTILE:
            await newsroom.reading.search(words)  # whatever it finds, it is no error
        found = {words: [a for a in (await newsroom.reading.search(words))[1]] for words in WORDS}
    assert all(found.values())
    assert found["relos"] == found["RELOS"]
    assert all("State Duma" in a.text for a in found['"State Duma"'])
    assert not any("Duma" in a.text for a in found["relos -duma"])
    assert all(a.published.date() >= date(2025, 12, 4) for a in found["relos since:2025-12-04"])
    assert {a.source for a in found["relos source:wire"]} == {"Sample Wire"}


@pytest.mark.parametrize("words", ["relos", ""])
async def test_a_minus_before_since_or_source_excludes(words: str) -> None:
    async with open_sample_at() as newsroom:
        before, elsewhere = [(await newsroom.reading.search(f"{words} {minus}"))[1] for minus in MINUS]
    assert before
    assert all(article.published.date() < date(2025, 12, 4) for article in before)
    assert elsewhere
    assert not any("wire" in article.source.lower() for article in elsewhere)
