"""Every reply is short and can be sent, also when it quotes hostile words."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from datetime import time

import pytest
from builders import NOW, topic
from hypothesis import given
from hypothesis import strategies as st
from telegram_parser import accepts, parsed, units

from bot.conversation import replies
from bot.conversation.commands import COMMANDS
from briefings.errors import BadInput, BadQuery
from briefings.model import Rhythm, Slot, Status, Subscriber, Wishes
from briefings.newsroom.readers import Reader
from briefings.starter import topics

KOLKATA = Rhythm((time(7, 30),), "Asia/Kolkata", frozenset(range(5)))
READER = Reader(Subscriber(1, "5", KOLKATA, Wishes(), None, Status.ACTIVE, NOW), Slot(NOW.date(), time(7, 30), NOW))
SENTENCES = {name: value for name, value in vars(replies).items() if name.isupper() and isinstance(value, str)}
HOSTILE = {
    "markup": "<b>x</b><script>",
    "ampersand": "a & b &lt;",
    "quotes": "\"'“”",
    "bidi": "abc\u202edcba\u2066x",
    "control": "a\x00b\x1b[31mc\rd",
    "lines": "a\n\n\nb",
    "long": "x" * 10_000,
    "astral": "👩‍🚀" * 100,
    "combining": "e\u0301" * 100,
    "markdown": "*a* _b_ [c](d)",
    "template": "{{ 7 * 7 }} {0} %s",
    "nothing": "",
}


def shown_text(html: str) -> str:
    """Return the reply as Telegram shows it."""
    shown = accepts(html)
    assert 1 <= units(shown) <= 4096
    return shown


@pytest.mark.parametrize("name", SENTENCES)
def test_a_sentence_can_be_sent_as_it_stands(name: str) -> None:
    assert shown_text(SENTENCES[name]) == SENTENCES[name]
    assert not SENTENCES[name].endswith(" ")


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_words_are_quoted_short_and_readable(text: str) -> None:
    for answer in (
        replies.unknown(text, [], archive=False),
        replies.unknown(text, ["relos", "s400"], archive=True),
    ):
        shown = shown_text(answer)
        assert len(shown) <= 250
        assert not [c for c in shown if unicodedata.category(c) in ("Cc", "Cf")]


@given(st.text())
def test_anything_can_be_quoted(text: str) -> None:
    quoted = replies.quoted(text)
    shown = accepts(f"“{quoted}”")[1:-1]
    assert len(shown) <= replies.QUOTED_CHARACTERS
    assert "\n" not in shown
    assert not [c for c in shown if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co", "Cn")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("relos", "relos", id="word"),
        pytest.param("<b>", "&lt;b&gt;", id="escaped"),
        pytest.param("  a \n b ", "a b", id="blanks"),
        pytest.param("x" * 40, "x" * 40, id="just-fits"),
        pytest.param("x" * 41, "x" * 39 + "…", id="cut"),
        pytest.param("&" * 50, "&amp;" * 39 + "…", id="cut-before-it-is-escaped"),
        pytest.param("a\u202eb\u200bc", "abc", id="direction-and-width"),
    ],
)
def test_a_quotation_is_escaped_and_cut(text: str, expected: str) -> None:
    assert replies.quoted(text) == expected


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_an_error_is_reported_in_the_readers_words(text: str) -> None:
    error = BadQuery("since-not-date", text=text[:20])
    assert accepts(replies.nothing_changed(error)).endswith("Nothing was changed.")
    assert accepts(replies.search_failed(error)).endswith("” is not a date. Write it like since:2025-11-01.")


def test_an_error_that_no_reader_can_cause_shows_nothing_of_the_inside() -> None:
    assert replies.search_failed(BadInput("feed-unreadable")) == "This cannot be used."


def test_a_near_topic_is_suggested() -> None:
    assert shown_text(replies.unknown("relso", ["relos"], archive=True)) == "No topic “relso”. Did you mean /relos?"


def test_several_near_topics_are_suggested() -> None:
    answer = shown_text(replies.unknown("relso", ["relos", "lemoa"], archive=False))
    assert answer == "No topic “relso”. Did you mean /relos or /lemoa?"


def test_commands_are_suggested_when_no_topic_is_near() -> None:
    answer = shown_text(replies.unknown("zebra", [], archive=False))
    assert answer.startswith("No topic “zebra”.")
    assert "/topics" in answer
    assert "/search" in answer


WITH_READER = [replies.welcome, replies.already, replies.done, replies.at_usage, replies.zone_usage]


@pytest.mark.parametrize("sentence", WITH_READER, ids=lambda sentence: sentence.__name__)
def test_a_readers_zone_is_named(sentence: object) -> None:
    assert "Asia/Kolkata" in shown_text(sentence(READER))


def test_a_changed_rhythm_is_repeated_with_its_next_time() -> None:
    answer = shown_text(replies.done(READER))
    assert answer == "Done: 07:30, Monday to Friday, Asia/Kolkata (UTC+05:30). Next: Thu 4 Dec 11:30."


@pytest.mark.parametrize("sentence", [replies.welcome, replies.already, replies.done])
def test_the_next_time_is_an_instant_that_keeps_its_text(sentence: Callable[[Reader], str]) -> None:
    answer = parsed(sentence(READER))
    (instant,) = (e for e in answer["entities"] if e["type"]["@type"] == "textEntityTypeDateTime")
    assert instant["type"] == {"@type": "textEntityTypeDateTime", "unix_time": int(READER.next.at.timestamp())}
    assert answer["text"][instant["offset"] :][: instant["length"]] == "Thu 4 Dec 11:30"


@pytest.mark.parametrize(
    ("followed", "expected"),
    [
        pytest.param(None, "You follow all 3 topics.", id="all"),
        pytest.param(frozenset({"a", "b"}), "You follow 2 of 3 topics.", id="two"),
        pytest.param(frozenset(), "You follow 0 of 3 topics.", id="none"),
        pytest.param(frozenset({"a", "gone"}), "You follow 1 of 3 topics.", id="one-is-no-more"),
    ],
)
def test_the_number_of_followed_topics_is_stated(followed: frozenset[str] | None, expected: str) -> None:
    assert shown_text(replies.topics([topic("a"), topic("b"), topic("c")], followed)).startswith(expected)


def test_the_starter_topics_are_listed_with_their_commands() -> None:
    listed = shown_text(replies.topic_list(topics()))
    assert all(f"/{topic.command} · {topic.title}" in listed for topic in topics())


def test_a_title_in_the_list_is_escaped() -> None:
    assert shown_text(replies.topic_list([topic("a", title="<b>A & B")])) == "/a · <b>A & B"


def test_two_hundred_topics_fit_one_message() -> None:
    many = [topic(f"{'t' * 28}{n}", title="T" * 40) for n in range(200)]
    shown_text(f"{replies.TOPICS_STRANGER}\n\n{replies.topic_list(many)}")


def test_help_names_every_command_and_some_dossiers() -> None:
    text = replies.help_text(((c.name, c.sentence) for c in COMMANDS), ["relos", "s400"])
    lines = shown_text(text).splitlines()
    assert [line.split(" ")[0] for line in lines[: len(COMMANDS)]] == [f"/{command.name}" for command in COMMANDS]
    assert "/relos /s400" in lines[-1]
    assert len(parsed(text)["entities"]) <= 100


def test_help_without_topics_names_no_dossiers() -> None:
    assert "Dossiers" not in replies.help_text([("help", "All <commands>")], [])
