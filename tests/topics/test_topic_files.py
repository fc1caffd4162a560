"""A topic file is read whole or refused with its name, and a topic that is written is read as the same."""

from __future__ import annotations

import contextlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefings.errors import BadTopic
from briefings.model import Topic
from briefings.topics.topic_files import parse_topic, parse_topics, write_topic, write_topics

GOOD = 'title = "T"\ncommand = "t"\ndefinition = "D."\n'


def test_a_topic_file_is_read() -> None:
    data = (GOOD + 'expansion = "Tee"\naliases = ["T"]\nexact = ["TT"]\nrelated = ["u"]\ntags = ["v"]').encode()
    assert parse_topic("t.toml", data) == Topic("t", "T", "D.", "Tee", ("T",), ("TT",), ("u",), ("v",))


def test_a_topic_file_may_name_words_an_article_must_and_must_not_hold() -> None:
    assert parse_topic("t.toml", (GOOD + 'all = ["russia", "logistics"]\nnone = ["cricket"]').encode()) == Topic(
        "t", "T", "D.", all=("russia", "logistics"), none=("cricket",)
    )


LETTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
LINES = st.text(LETTERS, min_size=1, max_size=40).map(str.split).map(" ".join)
NAMES = st.lists(LINES.filter(lambda line: bool(re.search(r"\w", line))), max_size=3).map(tuple)
TOPICS = st.builds(
    Topic,
    command=st.from_regex(r"[a-z][a-z0-9_]{0,31}", fullmatch=True),
    title=LINES.filter(bool),
    definition=LINES.filter(bool),
    expansion=st.none() | LINES.filter(bool),
    aliases=NAMES.filter(bool),
    **dict.fromkeys(("exact", "related", "tags", "all", "none"), NAMES),
)


@given(st.lists(TOPICS, min_size=1, max_size=3))
def test_a_written_topic_is_read_as_the_same(topics: list[Topic]) -> None:
    assert [parse_topic("t.toml", write_topic(topic).encode()) for topic in topics] == topics
    assert parse_topics("t.toml", write_topics(topics).encode()) == topics


def test_nul_becomes_a_blank() -> None:
    """PostgreSQL stores no NUL."""
    assert parse_topic("t.toml", (GOOD + 'aliases = ["T"]\nexpansion = "Te\\u0000e"').encode()).expansion == "Te e"


def test_a_file_of_one_topic_is_read_as_a_list_too() -> None:
    assert parse_topics("t.toml", (GOOD + 'aliases = ["T"]').encode()) == [Topic("t", "T", "D.", aliases=("T",))]


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"topics = []", id="none"),
        pytest.param(b"topics = 5", id="a-number"),
        pytest.param(b"topics = [5]", id="numbers"),
        pytest.param(b"[topics]\nx = 1", id="one-table"),
        pytest.param(b"[[topics]]\n", id="an-empty-one"),
    ],
)
def test_an_error_in_a_file_of_several_topics_names_the_file(data: bytes) -> None:
    with pytest.raises(BadTopic) as raised:
        parse_topics("t.toml", data)
    assert str(raised.value.arguments["file"]).startswith("t.toml")


@given(st.binary() | st.text().map(str.encode))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with contextlib.suppress(BadTopic):
        parse_topics("t.toml", data)


@pytest.mark.parametrize(
    ("data", "key"),
    [
        pytest.param(b"title = ", "topic-not-toml", id="not-toml"),
        pytest.param(b"\xff\xfe\x00", "topic-not-toml", id="not-utf-8"),
        pytest.param(b"", "topic-text-missing", id="empty"),
        pytest.param((GOOD + "aliases = " + "[" * 5000).encode(), "topic-nested-too-deep", id="nested-without-end"),
        pytest.param((GOOD + "aliases = " + "9" * 5000).encode(), "topic-not-toml", id="number-without-end"),
        pytest.param(b'command = "t"\ndefinition = "D."\naliases = ["T"]', "topic-text-missing", id="no-title"),
        pytest.param(
            b'title = "T"\ncommand = "t"\ndefinition = "  "\naliases = ["T"]',
            "topic-text-missing",
            id="blank-definition",
        ),
        pytest.param(
            b'title = 5\ncommand = "t"\ndefinition = "D."\naliases = ["T"]',
            "topic-text-missing",
            id="title-is-a-number",
        ),
        pytest.param(
            (GOOD + 'aliases = ["T"]\nexpansion = 5').encode(), "topic-text-missing", id="expansion-is-a-number"
        ),
        pytest.param((GOOD + 'aliases = ["T"]\nalias = ["U"]').encode(), "topic-unknown-field", id="unknown-key"),
        pytest.param(
            (GOOD + 'aliases = ["T"]\n"a\\nb" = 1').encode(), "topic-unknown-field", id="unknown-key-of-two-lines"
        ),
        pytest.param((GOOD + 'aliases = "T"').encode(), "topic-not-list", id="aliases-are-no-list"),
        pytest.param((GOOD + 'aliases = ["T", 5]').encode(), "topic-not-list", id="an-alias-is-a-number"),
        pytest.param((GOOD + 'aliases = ["T", " "]').encode(), "topic-not-list", id="an-alias-is-blank"),
        pytest.param((GOOD + 'aliases = ["T", "—"]').encode(), "topic-name-without-letter", id="an-alias-is-a-dash"),
        pytest.param((GOOD + "aliases = []").encode(), "topic-without-alias", id="no-aliases"),
        pytest.param((GOOD + 'none = ["T"]').encode(), "topic-without-alias", id="only-what-is-unwanted"),
        pytest.param((GOOD + f'aliases = ["{"T" * 121}"]').encode(), "topic-list-too-long", id="an-alias-too-long"),
        pytest.param((GOOD + f"aliases = {['T'] * 201}").encode(), "topic-list-too-long", id="too-many-aliases"),
        pytest.param(
            (GOOD.replace('"t"', '"T-1"') + 'aliases = ["T"]').encode(), "topic-bad-command", id="command-with-a-hyphen"
        ),
        pytest.param(
            (GOOD.replace('"t"', '"1t"') + 'aliases = ["T"]').encode(),
            "topic-bad-command",
            id="command-begins-with-a-digit",
        ),
        pytest.param(
            (GOOD.replace('"t"', f'"{"t" * 33}"') + 'aliases = ["T"]').encode(),
            "topic-text-too-long",
            id="command-too-long",
        ),
        pytest.param(
            (GOOD.replace('"t"', '"t\\n"') + 'aliases = ["T"]').encode(),
            "topic-bad-command",
            id="command-with-a-line-end",
        ),
    ],
)
def test_an_error_in_a_topic_file_names_the_file_and_the_fault(data: bytes, key: str) -> None:
    with pytest.raises(BadTopic) as raised:
        parse_topic("t.toml", data)
    assert (raised.value.key, raised.value.arguments["file"]) == (key, "t.toml")
    assert "\n" not in str(raised.value.arguments.get("cause", ""))
