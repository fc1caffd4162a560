"""A keyword is found as whole words, however it is spelled, and nowhere else."""

from __future__ import annotations

import contextlib
import re

import pytest
from builders import NOW, ago, article, story, topic
from hypothesis import given
from hypothesis import strategies as st

from briefings.errors import BadTopic
from briefings.model import Topic
from briefings.topics.dossier import Matcher, dossier, find, key, nearest, parse_topic
from briefings.topics.topic_files import parse_topics, write_topic, write_topics

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
        pytest.param("relos", set(), id="acronym-in-lower-case"),
        pytest.param("The RELOSes", {"relos"}, id="acronym-plural"),
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
        pytest.param("РЕЛОС", "договор релос подписан", False, id="cyrillic-acronym-in-lower-case"),
        pytest.param("Релос", "договор релос подписан", True, id="cyrillic-lower-case"),
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
        pytest.param("SWIFT", "cut off from SWIFT", True, id="acronym"),
        pytest.param("SWIFT", "a swift answer", False, id="acronym-is-no-word"),
        pytest.param("SWIFT", "Taylor Swift sings", False, id="acronym-is-no-name"),
        pytest.param("WHO", "the man who spoke", False, id="acronym-is-no-small-word"),
        pytest.param("AI", "AI's risks", True, id="acronym-possessive"),
        pytest.param("US", "the U.S. Navy", True, id="dotted-acronym"),
        pytest.param("U.S.", "the US Navy", True, id="acronym-without-dots"),
        pytest.param("SA-21", "the sa-21 battery", True, id="designation-in-lower-case"),
        pytest.param("S-400", "俄罗斯的S-400导弹", True, id="designation-among-han"),
        pytest.param("RELOS", "签署RELOS协定", True, id="acronym-among-han"),
        pytest.param("台湾", "关于台湾问题的声明", True, id="han-without-blanks"),
        pytest.param("台湾", "关于台北的声明", False, id="han-other-word"),
        pytest.param("歼-20", "歼20战斗机首飞", True, id="han-designation"),
        pytest.param("歼-20", "歼200战斗机", False, id="han-longer-designation"),
        pytest.param("ロシア", "ロシアとインドの協定", True, id="kana"),
        pytest.param("러시아", "러시아는 인도와", True, id="hangul-with-a-particle"),
        pytest.param("러시아", "벨라러시아", False, id="hangul-inside-a-word"),
        pytest.param("ไต้หวัน", "ข่าวไต้หวันวันนี้", True, id="thai"),
        pytest.param("روسيا", "اتفاق بين الهند وروسيا", True, id="arabic-with-and"),
        pytest.param("هند", "في الهند اليوم", True, id="arabic-with-the"),
        pytest.param("هند", "مهندس جديد", False, id="arabic-inside-a-word"),
        pytest.param("भारत", "भारत-रूस संबंध", True, id="devanagari-hyphen"),
        pytest.param("cafe\u0301", "the café opened", True, id="accent-apart"),
        pytest.param("cafe", "the cafe\u0301 opened", False, id="accent-makes-another-word"),
        pytest.param("S-400", "the Ｓ－４００", True, id="full-width"),
        pytest.param("sanctions", "sanc\u00adtions", True, id="soft-hyphen-in-a-word"),
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


@pytest.mark.parametrize(
    ("alias", "text", "language", "is_found"),
    [
        pytest.param("sanction", "new sanctions", "en", True, id="plural"),
        pytest.param("sanctions", "the sanctioned bank", "en", True, id="participle-of-a-plural"),
        pytest.param("sanctions", "SANCTIONED", "en", True, id="in-capitals"),
        pytest.param("treaty", "two treaties", "en", True, id="y-and-ies"),
        pytest.param("cap", "prices were capped", "en", True, id="doubled-letter"),
        pytest.param("sanction", "new sanctions", "en-GB", True, id="region"),
        pytest.param("sanctions", "the sanctioned bank", "und", False, id="language-unknown"),
        pytest.param("sanctions", "the sanctioned bank", "xx", False, id="language-without-rules"),
        pytest.param("universe", "a university", "en", False, id="same-stem-other-word"),
        pytest.param("organ", "an organization", "en", False, id="derived-word"),
        pytest.param("RELOS", "relosing", "en", False, id="acronym"),
        pytest.param("Relos", "relosing", "en", False, id="name"),
        pytest.param("S-400", "S-4000", "en", False, id="designation"),
        pytest.param("Tejas", "teja", "en", False, id="name-that-looks-like-a-plural"),
        pytest.param("air defence", "air defending", "en", False, id="phrase"),
        pytest.param("санкции", "пакет санкций", "ru", True, id="russian"),
        pytest.param("sanción", "las sanciones", "es", True, id="spanish"),
        pytest.param("sanktion", "die Sanktionen", "de", True, id="german"),
        pytest.param("रूस", "रूसी सेना", "hi", False, id="no-capitals-no-stems"),
    ],
)
def test_a_word_is_found_in_its_other_forms(alias: str, text: str, language: str, is_found: bool) -> None:
    assert bool(Matcher([topic("x", alias)]).tag(text, "", language)) is is_found


RULED = topic("pact", aliases=("pact", "treaty"), all=("russia", "logistics"), none=("cricket",))
BARE = Topic("bare", "Bare", "A thing.", all=("russia", "logistics"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("A Russia logistics pact", {"bare", "pact"}, id="all-of-them"),
        pytest.param("A Russia pact", set(), id="one-of-all-missing"),
        pytest.param("Russia logistics", {"bare"}, id="no-name"),
        pytest.param("A Russia logistics pact on cricket", {"bare"}, id="an-unwanted-word"),
        pytest.param("A Russia logistics pact on Crickets", {"bare"}, id="an-unwanted-plural"),
        pytest.param("Logistics treaties of Russia", {"bare", "pact"}, id="forms-of-words"),
    ],
)
def test_all_and_none(text: str, expected: set[str]) -> None:
    assert set(Matcher([RULED, BARE]).tag("", text, "en")) == expected


@pytest.mark.parametrize(
    ("title", "text", "about"),
    [
        pytest.param("Sanctions", "", True, id="in-the-title"),
        pytest.param("x", "A sanction. They sanctioned it.", True, id="two-forms-count-together"),
        pytest.param("x", "A price cap and sanctions.", True, id="two-names-count-together"),
        pytest.param("x", "A secondary sanction.", False, id="a-name-within-a-name-counts-once"),
        pytest.param("x", "Office of Foreign Assets Control (OFAC).", False, id="a-name-and-its-acronym-count-once"),
        pytest.param("x", "Office of Foreign Assets Control (OFAC). OFAC said.", True, id="and-again"),
        pytest.param("OFAC ACTS IN HASTE", "", False, id="acronym-in-a-title-all-in-capitals"),
        pytest.param("OFAC ACTS IN HASTE", "So OFAC says.", True, id="and-in-the-text"),
        pytest.param("OFAC", "", True, id="acronym-alone"),
    ],
)
def test_mentions_are_counted_over_all_names(title: str, text: str, about: bool) -> None:
    names = ("sanction", "price cap", "secondary sanction", "Office of Foreign Assets Control")
    known = topic("sanctions", *names, exact=("OFAC",))
    assert Matcher([known]).tag(title, text, "en") == {"sanctions": about}


def test_what_all_wants_must_each_be_prominent_where_there_is_no_name() -> None:
    assert Matcher([BARE]).tag("Russia", "logistics and logistics", "en") == {"bare": True}
    assert Matcher([BARE]).tag("Russia", "logistics", "en") == {"bare": False}


def test_a_topic_that_wants_nothing_is_never_found() -> None:
    assert Matcher([Topic("x", "X", "A thing.", none=("y",))]).tag("y x", "y x", "en") == {}


@given(st.text(min_size=1), st.text(), st.sampled_from(["en", "ru", "und", "", "zh", "-"]))
def test_no_text_upsets_the_matcher(alias: str, text: str, language: str) -> None:
    known = [topic("x", alias, all=(alias,)), topic("y", alias.lower(), exact=(alias,)), topic("z", none=(alias,))]
    Matcher(known).tag(text, f"{alias} {text}", language)


WORDS = st.sampled_from(
    "S-400 S400 RELOS relos sanction sanctions sanctioned 台湾 air defence Air-Defence ( ) . \n".split(" ")
)


@given(st.lists(WORDS), st.lists(WORDS))
def test_many_topics_at_once_are_found_as_each_alone(title: list[str], text: list[str]) -> None:
    known = [*KNOWN, topic("sanctions", "sanction"), topic("taiwan", "台湾"), RULED, BARE]
    at_once = Matcher(known).tag(" ".join(title), " ".join(text), "en")
    alone = [Matcher([one]).tag(" ".join(title), " ".join(text), "en") for one in known]
    assert at_once == {command: about for tags in alone for command, about in tags.items()}


GOOD = 'title = "T"\ncommand = "t"\ndefinition = "D."\n'


def test_a_topic_file_is_read() -> None:
    data = (GOOD + 'expansion = "Tee"\naliases = ["T"]\nexact = ["TT"]\nrelated = ["u"]\ntags = ["v"]').encode()
    assert parse_topic("t.toml", data) == Topic("t", "T", "D.", "Tee", ("T",), ("TT",), ("u",), ("v",))


def test_a_topic_file_may_rule_what_an_article_must_hold() -> None:
    assert parse_topic("t.toml", (GOOD + 'all = ["russia", "logistics"]\nnone = ["cricket"]').encode()) == Topic(
        "t", "T", "D.", all=("russia", "logistics"), none=("cricket",)
    )


KEPT = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
LINES = st.text(KEPT, min_size=1, max_size=40).map(str.split).map(" ".join)
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
def test_what_is_written_is_read_again(known: list[Topic]) -> None:
    assert [parse_topic("t.toml", write_topic(one).encode()) for one in known] == known
    assert parse_topics("t.toml", write_topics(known).encode()) == known


def test_nul_which_no_database_of_every_kind_keeps_is_a_blank() -> None:
    assert parse_topic("t.toml", (GOOD + 'aliases = ["T"]\nexpansion = "Te\\u0000e"').encode()).expansion == "Te e"


def test_a_file_of_one_topic_is_read_as_one_of_several() -> None:
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
def test_a_bad_file_of_several_is_named(data: bytes) -> None:
    with pytest.raises(BadTopic) as raised:
        parse_topics("t.toml", data)
    assert str(raised.value.arguments["file"]).startswith("t.toml")


@given(st.binary() | st.text().map(str.encode))
def test_no_file_upsets_the_reader(data: bytes) -> None:
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
def test_a_bad_topic_file_is_named_with_what_is_wrong(data: bytes, key: str) -> None:
    with pytest.raises(BadTopic) as raised:
        parse_topic("t.toml", data)
    assert (raised.value.key, raised.value.arguments["file"]) == (key, "t.toml")
    assert "\n" not in str(raised.value.arguments.get("cause", ""))


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
    assert relos_dossier(NEW, OLD, MID).latest_story == NEW


def test_a_story_that_only_mentions_the_topic_does_not_say_where_it_stands() -> None:
    passing = story(article("Cricket", hours=1, topics=("relos",)), id=9)
    made = relos_dossier(NEW, passing)
    assert made.latest_story == NEW
    assert [line.text for line in made.timeline] == ["Ratified"]


def test_an_undated_story_does_not_stand_above_a_dated_one() -> None:
    assert relos_dossier(UNDATED, NEW).latest_story == NEW


def test_tomorrows_reports_are_in_no_dossier() -> None:
    tomorrow = story(held("Cancelled", -24, source="E"), id=5)
    made = relos_dossier(NEW, tomorrow)
    assert (made.latest_story, made.articles, made.outlets) == (NEW, 1, ("A",))


def test_the_report_shown_speaks_of_the_topic() -> None:
    passing = article("Cricket in Goa", hours=1, topics=("relos",))
    assert relos_dossier(story(*NEW.articles, passing, id=3)).latest_report.title == "Ratified"


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
    assert (made.timeline, made.latest_story) == ((), UNDATED)


def test_nothing_held_is_a_dossier_too() -> None:
    made = relos_dossier()
    assert (made.articles, made.latest_story, made.first, made.timeline) == (0, None, None, ())


def test_words_that_are_no_topic_show_the_topics_met_most_often() -> None:
    reports = [article(about=frozenset(about)) for about in ({"s400", "relos"}, {"s400"}, {"gone"})]
    assert dossier("radar", None, reports, [], KNOWN, NOW).related == ("s400", "relos")
