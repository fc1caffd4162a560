"""Events are read with how far they have come; what is denied, doubted, asked or quoted is none."""

from __future__ import annotations

import pytest

from briefings.text.event_words import GERUNDS_OF, VERBS, WORDS_OF
from briefings.text.events import meanings_of, read_events


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("The Duma ratified the pact.", "ratified done", id="past"),
        pytest.param("Duma approves pact", "approves done", id="present"),
        pytest.param("Lawmakers reject the bill", "reject done", id="plural"),
        pytest.param("The pact was approved by the Duma.", "approved done", id="passive"),
        pytest.param("The Duma voted to ban ships.", "ban done", id="voted-to"),
        pytest.param("The court struck the law down.", "struck down done", id="particle-set-apart"),
        pytest.param("Corvin pleaded guilty.", "pleaded guilty done", id="phrase"),
        pytest.param("The Duma will ratify the pact.", "ratify planned", id="will"),
        pytest.param("Minister to resign on Friday", "resign planned", id="to"),
        pytest.param("The pact may be approved.", "approved planned", id="may-be"),
        pytest.param("Roe, who was arrested in May, spoke.", "arrested background", id="relative"),
        pytest.param("The Duma had approved it.", "approved background", id="had"),
        pytest.param("Tarvia banned ships last year.", "banned background", id="last-year"),
        pytest.param("Roe spoke as the Duma approved it.", "approved background", id="aside-in-a-text"),
        pytest.param("The Duma has not approved it.", "", id="not"),
        pytest.param("The Duma refused to approve it.", "", id="refused"),
        pytest.param("Did the Duma approve it?", "", id="question"),
        pytest.param("He told them “the Duma approved it” at noon.", "", id="quoted"),
        pytest.param("The banned painter spoke.", "", id="adjective"),
        pytest.param("Israeli strikes went on.", "", id="noun"),
        pytest.param("The group released a report.", "", id="other-use"),
        pytest.param("Nothing happened.", "", id="nothing"),
    ],
)
def test_an_event_is_read_with_its_stage(text: str, expected: str) -> None:
    assert ", ".join(f"{event.words} {event.stage.value}" for event in read_events(text)) == expected


def test_a_clause_after_as_in_a_title_is_news_too() -> None:
    (event,) = read_events("Roe speaks as Duma approves pact", is_title=True)
    assert event.stage.value == "done"


@pytest.mark.parametrize(
    ("text", "body"),
    [
        pytest.param("The Senate passed the bill.", "senate", id="subject"),
        pytest.param("The bill was passed by the House.", "house", id="agent"),
        pytest.param("The Supreme Court rejected the appeal.", "supreme court", id="court"),
        pytest.param("The White House rejected the bill.", "", id="no-chamber"),
        pytest.param("House Speaker Ann Roe signed it.", "", id="a-member"),
        pytest.param("Voters approved it.", "", id="nobody"),
    ],
)
def test_the_body_that_decides_is_named(text: str, body: str) -> None:
    assert [event.body for event in read_events(text)] == [body]


def test_those_to_whom_it_happens_are_named() -> None:
    assert read_events("Police arrested Bela Noor in Tarvia.")[0].patients == {"bela", "noor"}
    assert read_events("Bela Noor was arrested by Police of Tarvia.")[0].patients == {"bela", "noor"}
    assert read_events("Police Arrested Bela Noor", has_names=False)[0].patients == frozenset()


def test_verbs_of_one_meaning_share_it_in_all_forms() -> None:
    assert meanings_of("ratifies") & meanings_of("passed") & meanings_of("adopt")
    assert not meanings_of("signed") & meanings_of("passed")
    assert meanings_of("") == meanings_of("harbour") == frozenset()
    assert {"banned", "bans", "ban"} <= WORDS_OF["ban"] <= VERBS.keys()
    assert {"banning", "suspending", "outlawing"} <= GERUNDS_OF["ban"]
