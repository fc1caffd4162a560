"""An acronym is spelled out as a source wrote it, once, and only where it fits."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from briefings import starter
from briefings.text.acronyms import WELL_KNOWN, expand_first, expansions

LONG = "Reciprocal Exchange of Logistics Support"
RELOS = {"RELOS": LONG}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(f"the {LONG} (RELOS) pact", RELOS, id="long-then-short"),
        pytest.param(f"the RELOS ({LONG}) pact", RELOS, id="short-then-long"),
        pytest.param(f"the RELOS (the {LONG}) pact", RELOS, id="short-then-the-long"),
        pytest.param(f"the RELOS, or {LONG}, lets ships", RELOS, id="short-or-long"),
        pytest.param(f"the {LONG}, or RELOS, lets ships", RELOS, id="long-or-short"),
        pytest.param(f"RELOS, short for {LONG}.", RELOS, id="short-for"),
        pytest.param(f"RELOS stands for {LONG}.", RELOS, id="stands-for"),
        pytest.param("the Reciprocal Exchange\n of Logistics  Support (RELOS)", RELOS, id="over-a-line"),
        pytest.param("new unmanned aerial vehicles (UAV)", {"UAV": "unmanned aerial vehicles"}, id="written-small"),
        pytest.param("the Ministry of Defence (MoD)", {"MoD": "Ministry of Defence"}, id="small-letter-inside"),
        pytest.param("a People's Liberation Army (PLA) ship", {"PLA": "People's Liberation Army"}, id="possessive"),
        pytest.param(
            "the Communications Compatibility and Security Agreement (COMCASA)",
            {"COMCASA": "Communications Compatibility and Security Agreement"},
            id="letters-inside-words",
        ),
        pytest.param(
            "an intercontinental ballistic missile (ICBM)", {"ICBM": "intercontinental ballistic missile"}, id="prefix"
        ),
        pytest.param("the Anti-Ballistic Missile (ABM) treaty", {"ABM": "Anti-Ballistic Missile"}, id="hyphen"),
        pytest.param("the Office of Management and Budget (OMB)", {"OMB": "Office of Management and Budget"}, id="of"),
        pytest.param(
            "the Food and Drug Administration’s (FDA) view", {"FDA": "Food and Drug Administration"}, id="whose"
        ),
        pytest.param("the pact (RELOS)", {}, id="other-words"),
        pytest.param("Russia's ally (RELOS)", {}, id="initial-only"),
        pytest.param("shares rose in Moscow (RELOS)", {}, id="initials-missing"),
        pytest.param("Delhi. Reciprocal Exchange. Of Logistics Support (RELOS)", {}, id="over-a-sentence"),
        pytest.param("He said yes (LOL)", {}, id="nothing-before"),
        pytest.param("Prime Minister Modi (BJP)", {}, id="a-party"),
        pytest.param("Reuters (PTI)", {}, id="an-agency"),
        pytest.param("World Health Organization (WHO) and Women Help Others (WHO)", {}, id="two-meanings"),
        pytest.param("(RELOS)", {}, id="alone"),
        pytest.param("", {}, id="nothing"),
    ],
)
def test_a_text_explains_an_acronym_where_words_and_initials_agree(text: str, expected: dict[str, str]) -> None:
    assert expansions(text) == expected


@pytest.mark.parametrize("topic", [t for t in starter.topics() if t.expansion], ids=lambda topic: topic.command)
def test_a_text_could_explain_every_expansion_of_the_starter_topics(topic: object) -> None:
    if topic.title.isupper():
        assert expansions(f"They signed the {topic.expansion} ({topic.title}).") == {topic.title: topic.expansion}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Russia ratified RELOS.", f"Russia ratified {LONG} (RELOS).", id="once"),
        pytest.param("The RELOS pact is old.", f"The {LONG} (RELOS) pact is old.", id="after-an-opener"),
        pytest.param("RELOS is old. RELOS lives.", f"{LONG} (RELOS) is old. RELOS lives.", id="at-first-use-only"),
        pytest.param("India's RELOS pact", f"India's {LONG} (RELOS) pact", id="after-a-possessive"),
        pytest.param("In Moscow, RELOS is new.", f"In Moscow, {LONG} (RELOS) is new.", id="after-a-comma"),
        pytest.param(f"The {LONG} pact. RELOS is old.", None, id="expanded-already"),
        pytest.param(f"RELOS ({LONG}) is old.", None, id="explained-after"),
        pytest.param("Read https://example.org/RELOS now.", None, id="address"),
        pytest.param("Write to RELOS@example.org or #RELOS", None, id="mail-and-tag"),
        pytest.param("He said “RELOS is dead” twice.", None, id="quotation"),
        pytest.param('He said "RELOS is dead" twice.', None, id="straight-quotation"),
        pytest.param("He said “RELOS is dead and left.", None, id="quotation-left-open"),
        pytest.param("He said “no” to RELOS.", f"He said “no” to {LONG} (RELOS).", id="after-a-quotation"),
        pytest.param("The RELOS Treaty Office opened.", None, id="name-that-goes-on"),
        pytest.param("The frigate INS RELOS sailed.", None, id="name-that-began-before"),
        pytest.param("A RELOS-style deal", None, id="compound"),
        pytest.param("The pre-RELOS years", None, id="compound-before"),
        pytest.param("RELOS's text", None, id="possessive"),
        pytest.param("The pact (RELOS) is old.", None, id="in-brackets"),
        pytest.param("RELOSING is a word", None, id="longer-word"),
        pytest.param("relos is a word", None, id="small"),
        pytest.param("an RELOS pact", None, id="wrong-article"),
        pytest.param("a RELOS pact", f"a {LONG} (RELOS) pact", id="right-article"),
        pytest.param("", None, id="nothing"),
    ],
)
def test_an_acronym_is_spelled_out_at_its_first_fitting_place(text: str, expected: str | None) -> None:
    assert expand_first(text, RELOS) == (text if expected is None else expected)


@pytest.mark.parametrize(
    ("text", "language", "meant_in", "is_spelled_out"),
    [
        pytest.param("Russia ratified RELOS.", "en-GB", "en", True, id="english-of-a-region"),
        pytest.param("Russia ratified RELOS.", "und", "en", True, id="unknown"),
        pytest.param("Russia ratified RELOS.", None, None, True, id="neither-known"),
        pytest.param("Russland billigt RELOS heute.", "de", "en", False, id="german"),
        pytest.param("Russland billigt RELOS heute.", "de", "de", False, id="german-that-quotes-english"),
        pytest.param("Госдума одобрила RELOS.", "ru", "en", False, id="russian"),
        pytest.param("Госдума одобрила RELOS.", "ru", "ru", False, id="russian-that-quotes-english"),
        pytest.param("Госдума одобрила RELOS.", "en", "en", False, id="russian-taken-for-english"),
        pytest.param("संसद ने RELOS को मंज़ूरी दी।", "und", "en", False, id="hindi-of-unknown-language"),
        pytest.param("杜马批准了 RELOS 协议。", "zh", "en", False, id="chinese"),
    ],
)
def test_a_long_form_is_put_only_into_a_text_in_its_own_language(
    text: str, language: str | None, meant_in: str | None, is_spelled_out: bool
) -> None:
    spelled = expand_first(text, RELOS, language=language, meant_in=meant_in)
    assert spelled == (text.replace("RELOS", f"{LONG} (RELOS)") if is_spelled_out else text)


def test_a_german_long_form_is_put_into_a_german_text() -> None:
    spelled = expand_first("Heute warnt der NHV.", {"NHV": "Norvell Hafen Verband"}, language="de", meant_in="de")
    assert spelled == "Heute warnt der Norvell Hafen Verband (NHV)."


def test_an_expansion_at_the_beginning_of_a_sentence_has_a_capital() -> None:
    known = {"UAV": "unmanned aerial vehicle"}
    assert expand_first("UAV strikes hit.", known) == "Unmanned aerial vehicle (UAV) strikes hit."
    assert expand_first("It hit. UAV strikes.", known) == "It hit. Unmanned aerial vehicle (UAV) strikes."


@pytest.mark.parametrize("acronym", ["US", "UN", "EU", "NATO", "UK", "USA", "GDP", "CEO", "TV", "PM"])
def test_a_well_known_acronym_is_left_alone(acronym: str) -> None:
    assert acronym in WELL_KNOWN
    assert expand_first(f"it is {acronym} here", {acronym: "Something Long"}) == f"it is {acronym} here"


def test_several_acronyms_are_spelled_out_once_each() -> None:
    known = {"ABC": "Alpha Beta Code", "XYZ": "Xylo Yellow Zone"}
    assert (
        expand_first("an old ABC and ABC and XYZ", known)
        == "an old Alpha Beta Code (ABC) and ABC and Xylo Yellow Zone (XYZ)"
    )


PIECES = st.lists(
    st.sampled_from([*"RELOS RELOS, UAV (UAV) “ ” \" . the The an India's http://x/RELOS".split(), LONG, "\n"])
)


@example(":RELOS UAV")
@example("RELOS \n UAV")
@given(st.text() | PIECES.map(" ".join))
def test_spelling_out_twice_changes_nothing_more(text: str) -> None:
    known = {**RELOS, "UAV": "unmanned aerial vehicle"}
    once = expand_first(text, known)
    assert expand_first(once, known) == once
    assert sum(once.count(f"{long} ({short})") for short, long in known.items()) <= len(known) + text.count("(UAV)")


@given(st.text(), st.dictionaries(st.text(), st.text()))
def test_any_text_and_any_expansions_are_read(text: str, known: dict[str, str]) -> None:
    expand_first(text, known)
    expansions(text)
