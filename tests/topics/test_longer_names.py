"""A name inside a longer name is another name; most words beside a name only say more about it."""

from __future__ import annotations

import pytest
from builders import topic

from briefings.topics.matching import Matcher

TOPICS = [
    topic("arctic", "Arctic"),
    topic("boeing", "Boeing"),
    topic("gaza", "Gaza"),
    topic("indiannavy", "Indian Navy"),
    topic("iran", "Iran"),
    topic("quad", "Quadrilateral Security Dialogue", exact=("Quad",)),
    topic("relos", "RELOS"),
    topic("s400", "S-400"),
    topic("s500", "S-500"),
    topic("china", "China"),
    topic("spencer", "Spencer"),
    topic("york", "York"),
]


def commands_in(title: str, text: str = "") -> set[str]:
    return set(Matcher(TOPICS).tag(title, text, "en"))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Standard & Poor's 500 falls for a third day", id="an-ending-as-a-letter"),
        pytest.param("Norvell Works’s 400 workers walk out", id="a-number-of-workers"),
        pytest.param("the company 's 400 workers walk out", id="an-ending-split-off"),
        pytest.param("Norvell’s 400,000 voters", id="a-longer-number"),
        pytest.param("Class S-400,000 is a number", id="a-longer-number-after-a-hyphen"),
        pytest.param("He told the Quad-City Times so", id="a-newspaper-with-a-hyphen"),
        pytest.param("QUAD CITIES: the Quad Cities airport reopens", id="a-town"),
        pytest.param("Quad-Cities voters", id="a-town-with-a-hyphen"),
        pytest.param("Quad, Inc. cuts 200 jobs", id="a-firm-of-an-ordinary-word"),
        pytest.param("Indian Navy Federal Credit Union opens a branch", id="a-bank"),
        pytest.param("Indian Navy Federal Credit Union Opens Branch", id="a-bank-in-a-title-in-capitals"),
        pytest.param("Arctic Wolf & Sons Inc said on Monday", id="a-firm-over-an-ampersand"),
        pytest.param("The New York Times said so", id="a-newspaper"),
        pytest.param("Officials told the York Post that all is well", id="a-newspaper-in-running-text"),
        pytest.param("Times of Gaza stops its printing", id="a-newspaper-of-a-place"),
        pytest.param("A mayor in New York resigns", id="a-new-place"),
        pytest.param("Ships in the South China Sea collide", id="in-the-middle-of-a-name"),
        pytest.param("Marks & Spencer shuts shops", id="after-an-ampersand"),
        pytest.param("Spencer & Marks shuts shops", id="before-an-ampersand"),
        pytest.param("Work on R&S-400 stops", id="after-a-glued-ampersand"),
    ],
)
def test_a_name_inside_a_longer_name_is_another_name(text: str) -> None:
    assert commands_in(text) == set()
    assert commands_in("A day in Norvell", f"It was so. {text}.") == set()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Russia's S-400 system", "s400", id="after-a-possessive"),
        pytest.param("‘S-400’ deal in doubt", "s400", id="in-single-quotes"),
        pytest.param("Five S-400s, and more", "s400", id="plural-before-a-comma"),
        pytest.param("Sale of S 400 missiles", "s400", id="a-designation-with-a-blank"),
        pytest.param("A RELOS-like pact", "relos", id="in-a-compound"),
        pytest.param("RELOS Agreement signed", "relos", id="before-a-capital"),
        pytest.param("Indian Navy ships sail", "indiannavy", id="before-small-words"),
        pytest.param("Indian Navy Chief Admiral Rao said", "indiannavy", id="before-a-title"),
        pytest.param("The Quad's summit", "quad", id="possessive"),
        pytest.param("Quad Foreign Ministers' Meeting opens", "quad", id="before-capitals"),
        pytest.param("Iran-Israel war enters its tenth day", "iran", id="one-of-a-pair"),
        pytest.param("Gaza City falls silent", "gaza", id="a-place-that-is-a-city"),
        pytest.param("Arctic Council meets", "arctic", id="a-body-of-the-place"),
        pytest.param("Boeing Inc. shares fall", "boeing", id="the-firm-itself"),
        pytest.param("New Iran sanctions loom", "iran", id="new-at-the-beginning"),
        pytest.param("Leaders Agree on New Iran Sanctions", "iran", id="new-in-a-title-in-capitals"),
        pytest.param("Trump Deletes Iran Post After Outcry", "iran", id="post-in-a-title-in-capitals"),
        pytest.param("Dispute over York's Times Square", "york", id="after-its-possessive"),
        pytest.param("l'Iran et la France", "iran", id="after-an-elided-article"),
        pytest.param("In Iran,2 towns are cut off", "iran", id="a-missing-blank"),
    ],
)
def test_words_beside_a_name_leave_it_what_it_is(text: str, expected: str) -> None:
    assert commands_in(text) == {expected}


def test_partners_of_an_ampersand_that_stand_apart_elsewhere_are_no_firm() -> None:
    assert commands_in("Iran & Israel agree", "Israel confirmed the truce.") == {"iran"}


def test_a_new_place_is_recognised_also_where_it_begins_a_title() -> None:
    assert commands_in("New York mayor resigns", "He ruled in New York for ten years.") == set()


def test_a_longer_name_does_not_hide_the_name_beside_it() -> None:
    tags = Matcher(TOPICS).tag("A day at sea", "The Quad-City Times wrote of the Quad.", "en")
    assert [(command, tag.is_about) for command, tag in tags.items()] == [("quad", False)]
