"""What a text asks for: the command, or a keyword, or nothing that is ours."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation.answering import MOST_WORDS, Said, understand
from bot.conversation.commands import BY_NAME
from bot.conversation.handlers import topics

US = "the_bot"


def command(name: str, words: str = "") -> Said:
    known = BY_NAME[name]
    return Said(known.handler, name, words, known.changes_settings)


def keyword(words: str) -> Said:
    return Said(topics.keyword, "", words, changes_settings=False)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("/today", command("today"), id="command"),
        pytest.param("/TODAY", command("today"), id="any-case"),
        pytest.param("  /today  ", command("today"), id="blanks-around"),
        pytest.param("/at 07:30 mon-fri", command("at", "07:30 mon-fri"), id="words"),
        pytest.param("/at\n07:30", command("at", "07:30"), id="a-line-end-before-the-words"),
        pytest.param("/search a\nb", command("search", "a\nb"), id="words-over-lines"),
        pytest.param("/at\u00a007:30", command("at", "07:30"), id="non-breaking-blank"),
        pytest.param("/today@the_bot", command("today"), id="to-us"),
        pytest.param("/today@THE_Bot now", command("today", "now"), id="to-us-in-any-case"),
        pytest.param("/today@other_bot", None, id="to-another"),
        pytest.param("/relos@other_bot", None, id="keyword-to-another"),
        pytest.param("/today@the_bot2", None, id="to-one-who-is-called-like-us"),
        pytest.param("/start relos", command("start", "relos"), id="deep-link"),
        pytest.param("/relos", keyword("relos"), id="topic"),
        pytest.param("/s-400", keyword("s-400"), id="topic-with-a-hyphen"),
        pytest.param("relos", keyword("relos"), id="word"),
        pytest.param("air defence", keyword("air defence"), id="two-words"),
        pytest.param("релос", keyword("релос"), id="other-scripts"),
        pytest.param("🙂", keyword("🙂"), id="emoji"),
        pytest.param("today", keyword("today"), id="no-slash-no-command"),
        pytest.param("see /today", keyword("see /today"), id="a-command-within-a-sentence"),
        pytest.param("/search " + "x" * 500, command("search", "x" * MOST_WORDS), id="long-words"),
        pytest.param("x" * 500, keyword("x" * MOST_WORDS), id="long-keyword"),
        pytest.param("/" + "x" * 500, keyword("x" * MOST_WORDS), id="long-command"),
        pytest.param("/today" + " " * 500, command("today"), id="only-blanks"),
    ],
)
def test_what_a_person_asks_for(text: str, expected: Said | None) -> None:
    assert understand(text, US, group=False) == expected


@pytest.mark.parametrize("text", ["/", "//", "/ today", "/@the_bot", "/?", "/релос"])
def test_a_slash_alone_is_no_command(text: str) -> None:
    said = understand(text, US, group=False)
    assert said is None or said.handler is topics.keyword


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("/today", command("today"), id="command"),
        pytest.param("/relos@the_bot", keyword("relos"), id="keyword-to-us"),
        pytest.param("/relos", keyword("relos"), id="keyword"),
        pytest.param("/relos@other_bot", None, id="to-another"),
        pytest.param("relos", None, id="plain-text"),
        pytest.param("@the_bot relos", None, id="a-mention"),
        pytest.param("see /today", None, id="a-command-within-a-sentence"),
        pytest.param("/", None, id="slash"),
        pytest.param("//", None, id="two-slashes"),
        pytest.param("/ relos", None, id="slash-and-blank"),
        pytest.param("🙂", None, id="emoji"),
    ],
)
def test_what_a_group_asks_for(text: str, expected: Said | None) -> None:
    assert understand(text, US, group=True) == expected


def test_the_words_after_a_topic_do_not_hide_it() -> None:
    said = understand("/RELOS@the_bot now", US, group=False)
    assert (said.handler, said.words.split()[0].lower()) == (topics.keyword, "relos")


@pytest.mark.parametrize("name", BY_NAME)
def test_every_command_is_understood_and_says_whether_it_settles(name: str) -> None:
    assert understand(f"/{name}@{US}", US, group=True) == command(name)


@given(st.text(), st.booleans())
def test_any_text_is_understood(text: str, group: bool) -> None:
    said = understand(text, US, group=group)
    assert said is None or len(said.words) <= MOST_WORDS
