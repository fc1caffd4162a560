"""A keyword is found as whole words, however it is spelled, and nowhere else."""

from __future__ import annotations

import pytest
from builders import NOW, ago, article, story, topic
from hypothesis import given
from hypothesis import strategies as st

from briefings.errors import BadTopic
from briefings.model import Topic
from briefings.topics import Matcher, dossier, find, key, nearest, parse_topic

S400 = topic("s400", "S-400", "Triumf")
RELOS = topic("relos", "RELOS", "Reciprocal Exchange of Logistics Support")
BECA = topic("beca", "Basic Exchange and Cooperation Agreement", exact=("BECA",))
AIR = topic("airdefence", "air defence")
KNOWN = [S400, RELOS, BECA, AIR]


def found(words: str, *topics: Topic) -> set[str]:
    return set(Matcher(topics or KNOWN).tag(words, ""))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("The S-400 is here", {"s400"}, id="as-written"),
        pytest.param("The S400 is here", {"s400"}, id="glued"),
        pytest.param("The S 400 is here", {"s400"}, id="blank"),
        pytest.param("The S\u00a0400 is here", {"s400"}, id="non-breaking-blank"),
        pytest.param("The S\u2011400 is here", {"s400"}, id="non-breaking-hyphen"),
        pytest.param("The S–400 is here", {"s400"}, id="en-dash"),
        pytest.param("The S—400 is here", {"s400"}, id="em-dash"),
        pytest.param("The S\u00ad400 is here", {"s400"}, id="soft-hyphen"),
        pytest.param("the s-400 is here", {"s400"}, id="lower-case"),
        pytest.param("Five “S-400s” came", {"s400"}, id="plural-in-quotes"),
        pytest.param("The S-400's radar", {"s400"}, id="possessive"),
        pytest.param("The S-400’s radar", {"s400"}, id="curly-possessive"),
        pytest.param("The S-400s’ radars", {"s400"}, id="plural-possessive"),
        pytest.param("(S-400)", {"s400"}, id="in-brackets"),
        pytest.param("S-400", {"s400"}, id="alone"),
        pytest.param("an S-400-class system", {"s400"}, id="in-a-compound"),
        pytest.param("The S-4000 is a washing machine", set(), id="longer-number"),
        pytest.param("The S-400V5 is another", set(), id="longer-name"),
        pytest.param("The MS-400 is a printer", set(), id="letter-before"),
        pytest.param("US400 is a road", set(), id="letters-before"),
        pytest.param("relosing is a word", set(), id="longer-word"),
        pytest.param("carelos", set(), id="inside-a-word"),
        pytest.param("RELOS's text", {"relos"}, id="acronym-possessive"),
        pytest.param("relos", {"relos"}, id="acronym-in-lower-case"),
        pytest.param("re-los angeles", set(), id="never-split-inside-a-word"),
        pytest.param("reciprocal exchange\nof  logistics \t support", {"relos"}, id="phrase-over-lines-and-blanks"),
        pytest.param("Reciprocal-Exchange of Logistics-Support", {"relos"}, id="phrase-with-hyphens"),
        pytest.param("air-defence and air defences", {"airdefence"}, id="compound"),
        pytest.param("airdefence", set(), id="two-words-never-glued"),
        pytest.param("air, defence", set(), id="comma-between"),
        pytest.param("air and defence", set(), id="word-between"),
        pytest.param("BECA was signed", {"beca"}, id="exact"),
        pytest.param("BECA's annex", {"beca"}, id="exact-possessive"),
        pytest.param("a beca for students", set(), id="exact-in-lower-case"),
        pytest.param("A Beca for students", set(), id="exact-in-title-case"),
        pytest.param("basic exchange and cooperation agreements", {"beca"}, id="phrase-in-any-case"),
        pytest.param("", set(), id="nothing"),
    ],
)
def test_a_topic_is_found_in(text: str, expected: set[str]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    ("alias", "text", "is_found"),
    [
        pytest.param("New Delhi", "New Delhi and Moscow", True, id="two-words"),
        pytest.param("New Delhi", "NewDelhi", False, id="two-words-glued"),
        pytest.param("Delhi Moscow", "Delhi and Moscow", False, id="not-over-another-word"),
        pytest.param("РЕЛОС", "Договор РЕЛОС подписан", True, id="cyrillic"),
        pytest.param("РЕЛОС", "договор релос подписан", True, id="cyrillic-lower-case"),
        pytest.param("С-400", "комплексы С 400", True, id="cyrillic-designation"),
        pytest.param("РЕЛОС", "РЕЛОСОМ", False, id="cyrillic-longer-word"),
        pytest.param("रूस", "भारत और रूस के बीच", True, id="devanagari"),
        pytest.param("रूस", "रूसी सेना", False, id="devanagari-longer-word"),
        pytest.param("C++", "written in C++ today", True, id="plus-signs"),
        pytest.param("F/A-18", "an F/A-18 jet", True, id="slash"),
        pytest.param("P5+1", "the P5+1 talks", True, id="plus-inside"),
        pytest.param("A.U.", "the A.U. met", True, id="dots"),
        pytest.param("A.U.", "the Aquus met", False, id="dot-is-no-wildcard"),
        pytest.param("(.*)+$", "anything at all", False, id="hostile-expression"),
        pytest.param("[a-z", "any text", False, id="broken-expression"),
        pytest.param("Su-57 fighter", "a Su-57\n  fighter", True, id="designation-and-word-over-blanks"),
        pytest.param("Article 5", "under Article\n5 of it", True, id="word-and-number-over-a-line"),
        pytest.param("Article 5", "under Article 51", False, id="word-and-longer-number"),
    ],
)
def test_an_alias_is_found(alias: str, text: str, is_found: bool) -> None:
    assert (found(text, topic("x", alias)) == {"x"}) is is_found


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        pytest.param("RELOS ratified", "The pact.", {"relos": True}, id="in-the-title"),
        pytest.param("A pact", "RELOS is a pact. RELOS is old.", {"relos": True}, id="twice-in-the-text"),
        pytest.param("A pact", "RELOS is a pact.", {"relos": False}, id="once-in-the-text"),
        pytest.param("A pact", "It is a pact.", {}, id="not-at-all"),
    ],
)
def test_about_or_mentioned(title: str, text: str, expected: dict[str, bool]) -> None:
    assert Matcher(KNOWN).tag(title, text) == expected


@given(st.text(), st.text())
def test_no_text_upsets_the_matcher(alias: str, text: str) -> None:
    Matcher([topic("x", alias or "x")]).tag(text, text)


GOOD = 'title = "T"\ncommand = "t"\ndefinition = "D."\n'


def test_a_topic_file_is_read() -> None:
    data = (GOOD + 'expansion = "Tee"\naliases = ["T"]\nexact = ["TT"]\nrelated = ["u"]\ntags = ["v"]').encode()
    assert parse_topic("t.toml", data) == Topic("t", "T", "D.", "Tee", ("T",), ("TT",), ("u",), ("v",))


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"title = ", id="not-toml"),
        pytest.param(b"\xff\xfe\x00", id="not-utf-8"),
        pytest.param(b"", id="empty"),
        pytest.param((GOOD + "aliases = " + "[" * 5000).encode(), id="nested-without-end"),
        pytest.param((GOOD + "aliases = " + "9" * 5000).encode(), id="number-without-end"),
        pytest.param(b'command = "t"\ndefinition = "D."\naliases = ["T"]', id="no-title"),
        pytest.param(b'title = "T"\ncommand = "t"\ndefinition = "  "\naliases = ["T"]', id="blank-definition"),
        pytest.param(b'title = 5\ncommand = "t"\ndefinition = "D."\naliases = ["T"]', id="title-is-a-number"),
        pytest.param((GOOD + 'aliases = ["T"]\nexpansion = 5').encode(), id="expansion-is-a-number"),
        pytest.param((GOOD + 'aliases = ["T"]\nalias = ["U"]').encode(), id="unknown-key"),
        pytest.param((GOOD + 'aliases = ["T"]\n"a\\nb" = 1').encode(), id="unknown-key-of-two-lines"),
        pytest.param((GOOD + 'aliases = "T"').encode(), id="aliases-are-no-list"),
        pytest.param((GOOD + 'aliases = ["T", 5]').encode(), id="an-alias-is-a-number"),
        pytest.param((GOOD + 'aliases = ["T", " "]').encode(), id="an-alias-is-blank"),
        pytest.param((GOOD + 'aliases = ["T", "—"]').encode(), id="an-alias-is-a-dash"),
        pytest.param((GOOD + "aliases = []").encode(), id="no-aliases"),
        pytest.param((GOOD.replace('"t"', '"T-1"') + 'aliases = ["T"]').encode(), id="command-with-a-hyphen"),
        pytest.param((GOOD.replace('"t"', '"1t"') + 'aliases = ["T"]').encode(), id="command-begins-with-a-digit"),
        pytest.param((GOOD.replace('"t"', f'"{"t" * 33}"') + 'aliases = ["T"]').encode(), id="command-too-long"),
        pytest.param((GOOD.replace('"t"', '"t\\n"') + 'aliases = ["T"]').encode(), id="command-with-a-line-end"),
    ],
)
def test_a_bad_topic_file_is_named_in_one_line(data: bytes) -> None:
    with pytest.raises(BadTopic, match=r"^t\.toml: ") as raised:
        parse_topic("t.toml", data)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("word", ["S-400", "/s400", "s400", "S 400", "S_400", "s‑400"])
def test_a_key_is_how_commands_spell_it(word: str) -> None:
    assert key(word) == "s400"


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
def test_find(word: str, expected: Topic | None) -> None:
    assert find(word, KNOWN) is expected


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
def test_nearest(word: str, expected: list[str]) -> None:
    assert [t.command for t in nearest(word, KNOWN)] == expected


def test_nearest_are_at_most_three() -> None:
    assert len(nearest("abcde", [topic(f"abcd{letter}") for letter in "efghi"])) == 3


def held(title: str, hours: float, **values: object) -> object:
    return article(title, hours=hours, topics=("relos",), about=frozenset({"relos"}), **values)


OLD = story(held("Signed", 240, source="A"), id=1)
MID = story(held("Sent", 120, source="B"), held("Sent again", 119, source="C", copy_of=200), id=2)
NEW = story(held("Ratified", 24, source="A"), id=3)
UNDATED = story(held("Explained", 1, source="D", published=None), id=4)


def relos_dossier(*stories: object, **values: object) -> object:
    reports = sorted((a for s in stories for a in s.articles), key=lambda a: a.when, reverse=True)
    return dossier("relos", topic("relos", **values), reports, list(stories), KNOWN, NOW)


def test_a_timeline_runs_from_the_oldest_dated_story_to_the_newest() -> None:
    lines = [(line.text, line.when) for line in relos_dossier(NEW, UNDATED, OLD, MID).timeline]
    assert lines == [("Signed", ago(240)), ("Sent", ago(120)), ("Ratified", ago(24))]


def test_where_it_stands_is_the_latest_story() -> None:
    assert relos_dossier(NEW, OLD, MID).standing == NEW


def test_a_story_that_only_mentions_the_topic_does_not_say_where_it_stands() -> None:
    passing = story(article("Cricket", hours=1, topics=("relos",)), id=9)
    made = relos_dossier(NEW, passing)
    assert made.standing == NEW
    assert [line.text for line in made.timeline] == ["Ratified"]


def test_an_undated_story_does_not_stand_above_a_dated_one() -> None:
    assert relos_dossier(UNDATED, NEW).standing == NEW


def test_tomorrows_reports_are_in_no_dossier() -> None:
    tomorrow = story(held("Cancelled", -24, source="E"), id=5)
    made = relos_dossier(NEW, tomorrow)
    assert (made.standing, made.articles, made.outlets) == (NEW, 1, ("A",))


def test_the_report_shown_speaks_of_the_topic() -> None:
    passing = article("Cricket in Goa", hours=1, topics=("relos",))
    assert relos_dossier(story(*NEW.articles, passing, id=3)).report.title == "Ratified"


def test_copies_are_no_outlets_and_not_counted() -> None:
    made = relos_dossier(OLD, MID, NEW)
    assert set(made.outlets) == {"A", "B"}


def test_copies_count_once() -> None:
    assert relos_dossier(MID).articles == 1


def test_only_topics_that_exist_are_related() -> None:
    assert relos_dossier(NEW, related=("nowhere", "s400", "beca")).related == ("s400", "beca")


def test_the_first_report_is_the_oldest() -> None:
    assert relos_dossier(NEW, OLD).first == ago(240)


def test_an_undated_report_alone_makes_a_dossier_without_a_timeline() -> None:
    made = relos_dossier(UNDATED)
    assert (made.timeline, made.standing) == ((), UNDATED)


def test_nothing_held_is_a_dossier_too() -> None:
    made = relos_dossier()
    assert (made.articles, made.standing, made.first, made.timeline) == (0, None, None, ())


def test_words_that_are_no_topic_show_the_topics_met_most_often() -> None:
    reports = [article(about=frozenset(about)) for about in ({"s400", "relos"}, {"s400"}, {"gone"})]
    assert dossier("radar", None, reports, [], KNOWN, NOW).related == ("s400", "relos")
