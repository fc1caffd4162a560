"""A topic is found by any spelling of its names, and nothing else finds it; near names are only offered."""

from __future__ import annotations

import pytest
from builders import topic

from briefings.model import Topic
from briefings.topics.lookup import find_topic, key, nearest_topics

S400 = topic("s400", "S-400", "Triumf")
RELOS = topic("relos", "RELOS", "Reciprocal Exchange of Logistics Support")
BECA = topic("beca", "Basic Exchange and Cooperation Agreement", exact=("BECA",))
AIR = topic("airdefence", "air defence")
TOPICS = [S400, RELOS, BECA, AIR]


@pytest.mark.parametrize("word", ["S-400", "/s400", "s400", "S 400", "S_400", "s‑400"])
def test_a_key_is_the_spelling_of_commands(word: str) -> None:
    assert key(word) == "s400"


def test_vowel_signs_make_another_name() -> None:
    assert key("भारत") == "भारत" != key("भरत")
    assert find_topic("भरत", [topic("india", "भारत")]) is None


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        pytest.param("relos", RELOS, id="command"),
        pytest.param("/RELOS", RELOS, id="slash-and-case"),
        pytest.param("S-400", S400, id="title-with-hyphen"),
        pytest.param("triumf", S400, id="alias"),
        pytest.param("reciprocal exchange of logistics support", RELOS, id="phrase"),
        pytest.param("beca", BECA, id="exact-in-any-case"),
        pytest.param("relso", None, id="misspelled"),
        pytest.param("", None, id="nothing"),
        pytest.param("—", None, id="only-a-dash"),
        pytest.param("x" * 10_000, None, id="very-long"),
    ],
)
def test_a_topic_is_found_by_its_names_only(word: str, expected: Topic | None) -> None:
    assert find_topic(word, TOPICS) is expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        pytest.param("relso", ["relos"], id="swapped"),
        pytest.param("rlos", ["relos"], id="letter-missing"),
        pytest.param("s-40", ["s400"], id="number-cut"),
        pytest.param("S4000", ["s400"], id="digit-too-many"),
        pytest.param("triumph", ["s400"], id="like-an-alias"),
        pytest.param("reciprocal", ["relos"], id="beginning-of-a-phrase"),
        pytest.param("qwxzy", [], id="nonsense"),
        pytest.param("", [], id="nothing"),
        pytest.param("!?", [], id="only-signs"),
        pytest.param("relos" * 2_000, [], id="very-long"),
    ],
)
def test_the_nearest_topics_look_like_the_word(word: str, expected: list[str]) -> None:
    assert [t.command for t in nearest_topics(word, TOPICS)] == expected


def test_at_most_three_nearest_topics_are_offered() -> None:
    assert len(nearest_topics("abcde", [topic(f"abcd{letter}") for letter in "efghi"])) == 3
