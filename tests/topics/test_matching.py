"""A keyword is found as whole words, however it is spelled, and nowhere else."""

from __future__ import annotations

import pytest
from builders import topic
from hypothesis import given
from hypothesis import strategies as st

from briefings import starter
from briefings.model import Topic
from briefings.topics.matching import Matcher

S400 = topic("s400", "S-400", "Triumf")
RELOS = topic("relos", "RELOS", "Reciprocal Exchange of Logistics Support")
BECA = topic("beca", "Basic Exchange and Cooperation Agreement", exact=("BECA",))
AIR = topic("airdefence", "air defence")
TOPICS = [S400, RELOS, BECA, AIR]


def about_in(title: str, text: str, *topics: Topic) -> dict[str, bool]:
    return {command: tag.is_about for command, tag in Matcher(topics).tag(title, text, "en").items()}


def strongest_first(title: str, text: str, *topics: Topic) -> list[str]:
    tags = Matcher(topics or TOPICS).tag(title, text, "en")
    return sorted(tags, key=lambda command: -tags[command].strength)


def commands_in(title: str, *topics: Topic) -> set[str]:
    return set(Matcher(topics or TOPICS).tag(title, ""))


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
def test_a_topic_is_found_as_whole_words(text: str, expected: set[str]) -> None:
    assert commands_in(text) == expected


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
def test_an_alias_is_found_in_any_script(alias: str, text: str, is_found: bool) -> None:
    assert (commands_in(text, topic("x", alias)) == {"x"}) is is_found


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        pytest.param("RELOS ratified", "The pact.", {"relos": True}, id="in-the-title"),
        pytest.param("A pact", "RELOS is a pact. RELOS is old.", {"relos": True}, id="twice-in-the-text"),
        pytest.param("A pact", "RELOS is a pact.", {"relos": False}, id="once-in-the-text"),
        pytest.param("A pact", "It is a pact.", {}, id="not-at-all"),
    ],
)
def test_a_title_or_two_mentions_make_it_about(title: str, text: str, expected: dict[str, bool]) -> None:
    assert about_in(title, text, *TOPICS) == expected


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
def test_an_article_must_hold_all_and_none_of_the_words_a_topic_rules(text: str, expected: set[str]) -> None:
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
    sanctions = topic("sanctions", *names, exact=("OFAC",))
    assert about_in(title, text, sanctions) == {"sanctions": about}


def test_without_a_name_each_word_of_all_must_be_in_the_title_or_twice() -> None:
    assert about_in("Russia", "logistics and logistics", BARE) == {"bare": True}
    assert about_in("Russia", "logistics", BARE) == {"bare": False}


def test_a_topic_without_names_is_never_found() -> None:
    assert Matcher([Topic("x", "X", "A thing.", none=("y",))]).tag("y x", "y x", "en") == {}


@given(st.text(min_size=1), st.text(), st.sampled_from(["en", "ru", "und", "", "zh", "-"]))
def test_any_text_can_be_matched(alias: str, text: str, language: str) -> None:
    topics = [topic("x", alias, all=(alias,)), topic("y", alias.lower(), exact=(alias,)), topic("z", none=(alias,))]
    Matcher(topics).tag(text, f"{alias} {text}", language)


WORDS = st.sampled_from(
    "S-400 S400 RELOS relos sanction sanctions sanctioned 台湾 air defence Air-Defence ( ) . \n".split(" ")
)


@given(st.lists(WORDS), st.lists(WORDS))
def test_many_topics_at_once_are_found_as_each_alone(title: list[str], text: list[str]) -> None:
    topics = [*TOPICS, topic("sanctions", "sanction"), topic("taiwan", "台湾"), RULED, BARE]
    at_once = Matcher(topics).tag(" ".join(title), " ".join(text), "en")
    alone = [Matcher([each]).tag(" ".join(title), " ".join(text), "en") for each in topics]
    assert at_once == {command: about for tags in alone for command, about in tags.items()}


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        pytest.param(
            "S-400 sale and RELOS pact", "RELOS. RELOS. RELOS.", ["s400", "relos"], id="the-earlier-in-the-title"
        ),
        pytest.param(
            "The S-400 sale",
            "RELOS, RELOS and RELOS, or air defence.",
            ["s400", "relos", "airdefence"],
            id="title-first",
        ),
        pytest.param(
            "A pact",
            "S-400 and S-400. The Reciprocal Exchange of Logistics Support (RELOS) is a pact.",
            ["relos", "s400"],
            id="a-long-form-and-the-name-in-brackets",
        ),
        pytest.param(
            "A pact",
            "S-400 and S-400. RELOS (Reciprocal Exchange of Logistics Support) is a pact.",
            ["relos", "s400"],
            id="a-name-and-its-long-form-in-brackets",
        ),
        pytest.param(
            "A pact",
            "S-400 and S-400. The Basic Exchange of Cartographic Assets, or BECA, is a pact.",
            ["beca", "s400"],
            id="a-long-form-that-is-no-name-of-the-topic",
        ),
        pytest.param("A pact", "RELOS. S-400, S-400 (two of them).", ["s400", "relos"], id="the-more-told"),
        pytest.param("A pact", "S-400 and RELOS.", ["s400", "relos"], id="the-earlier-in-the-text"),
        pytest.param("A PACT OF RELOS", "S-400, then RELOS.", ["relos", "s400"], id="a-title-all-in-capitals"),
    ],
)
def test_the_strongest_topic_comes_first(title: str, text: str, expected: list[str]) -> None:
    assert strongest_first(title, text) == expected


def test_a_topic_that_the_text_spells_out_is_stronger_than_one_it_names_as_often() -> None:
    title = "Duma clears defence pact with India that opens bases to both navies"
    text = (
        "The lower house in Moscow voted on Tuesday for a logistics pact with India. The Reciprocal Exchange of "
        "Logistic Support (RELOS) lets warships and aircraft refuel at ports and airfields of the other side. The "
        "Indian Navy's chief, Admiral Tripathi, said that it was nearly in force. RELOS would give the navy a way to "
        "the Arctic. Officials also spoke of the S-500 air defence system and of more missile defence exports, and of "
        "S-400 deliveries that are late. RELOS needs the upper house."
    )
    tags = Matcher(starter.topics()).tag(title, text, "en")
    about = [command for command in tags if tags[command].is_about]
    assert sorted(about, key=lambda command: -tags[command].strength) == ["relos", "indiannavy", "airdefence"]
