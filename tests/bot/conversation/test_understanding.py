"""A text asks for a command, for a keyword, or for nothing that is ours."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation.commands import BY_NAME
from bot.conversation.handlers import topics
from bot.conversation.understanding import MOST_CHARACTERS, Intent, understand

US = "the_bot"


def command(name: str, words: str = "") -> Intent:
    row = BY_NAME[name]
    return Intent(row.handler, name, words, row.changes_settings)


def keyword(words: str) -> Intent:
    return Intent(topics.keyword, "", words)


def several_words(words: str) -> Intent:
    return Intent(topics.several_words, "", words)


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
        pytest.param("/s@other_bot 400", None, id="keywords-to-another"),
        pytest.param("/today@the_bot2", None, id="to-one-who-is-called-like-us"),
        pytest.param("/start relos", command("start", "relos"), id="deep-link"),
        pytest.param("/relos", keyword("relos"), id="topic"),
        pytest.param("/s-400", keyword("s-400"), id="topic-with-a-hyphen"),
        pytest.param("/s.400", keyword("s.400"), id="topic-with-a-dot"),
        pytest.param("/s,400", keyword("s,400"), id="topic-with-a-comma"),
        pytest.param("/s.400@the_bot", keyword("s.400"), id="topic-with-a-dot-to-us"),
        pytest.param("/s.400@other_bot", None, id="topic-with-a-dot-to-another"),
        pytest.param("/S.400 now", several_words("S.400 now"), id="words-after-a-topic-with-a-dot"),
        pytest.param("/at.07:30", keyword("at.07:30"), id="a-command-ends-at-a-blank"),
        pytest.param("/relos!", keyword("relos"), id="punctuation-after-a-topic"),
        pytest.param("/stop.", command("stop"), id="punctuation-after-a-command"),
        pytest.param("/at, 07:30", command("at", "07:30"), id="punctuation-between-a-command-and-its-words"),
        pytest.param("/today@the_bot.", command("today"), id="punctuation-after-our-name"),
        pytest.param("/s 400", several_words("s 400"), id="topic-of-two-words"),
        pytest.param("/Black  Sea", several_words("Black Sea"), id="topic-of-two-words-in-capitals"),
        pytest.param("/black\nsea", several_words("black sea"), id="topic-over-two-lines"),
        pytest.param("/RELOS@the_bot now", several_words("RELOS now"), id="words-after-a-topic"),
        pytest.param("/todays news", several_words("todays news"), id="nearly-a-command"),
        pytest.param("relos", keyword("relos"), id="word"),
        pytest.param("air defence", keyword("air defence"), id="two-words"),
        pytest.param("релос", keyword("релос"), id="other-scripts"),
        pytest.param("🙂", keyword("🙂"), id="emoji"),
        pytest.param("today", keyword("today"), id="no-slash-no-command"),
        pytest.param("see /today", keyword("see /today"), id="a-command-within-a-sentence"),
        pytest.param("/search " + "x" * 500, command("search", "x" * MOST_CHARACTERS), id="long-words"),
        pytest.param("x" * 500, keyword("x" * MOST_CHARACTERS), id="long-keyword"),
        pytest.param("/" + "x" * 500, keyword("x" * MOST_CHARACTERS), id="long-command"),
        pytest.param("/x" + "." * 500, keyword("x"), id="long-punctuation"),
        pytest.param("/x " + "y" * 500, several_words("x " + "y" * (MOST_CHARACTERS - 2)), id="long-keywords"),
        pytest.param("/today" + " " * 500, command("today"), id="only-blanks"),
        pytest.param("/relos" + " " * 500, keyword("relos"), id="only-blanks-after-a-topic"),
    ],
)
def test_a_text_in_private_is_a_command_or_a_keyword(text: str, expected: Intent | None) -> None:
    assert understand(text, US, group=False) == expected


@pytest.mark.parametrize("text", ["/", "//", "/ today", "/@the_bot", "/?", "/релос"])
def test_a_slash_alone_is_no_command(text: str) -> None:
    intent = understand(text, US, group=False)
    assert intent is None or intent.handler is topics.keyword


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("/today", command("today"), id="command"),
        pytest.param("/relos@the_bot", keyword("relos"), id="keyword-to-us"),
        pytest.param("/relos", keyword("relos"), id="keyword"),
        pytest.param("/s@the_bot 400", several_words("s 400"), id="keywords-to-us"),
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
def test_only_commands_are_for_us_in_a_group(text: str, expected: Intent | None) -> None:
    assert understand(text, US, group=True) == expected


@pytest.mark.parametrize("name", BY_NAME)
def test_every_command_is_understood_and_says_if_it_changes_settings(name: str) -> None:
    assert understand(f"/{name}@{US}", US, group=True) == command(name)


@given(st.text(), st.booleans())
def test_any_text_is_understood(text: str, group: bool) -> None:
    intent = understand(text, US, group=group)
    assert intent is None or len(intent.words) <= MOST_CHARACTERS


@given(st.text(min_size=1))
def test_words_after_a_slash_begin_with_a_first_word(text: str) -> None:
    intent = understand(f"/x {text}", US, group=False)
    assert intent is not None
    assert intent.words.split(maxsplit=1)[0] == "x"
