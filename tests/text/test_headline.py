"""Headlines are whole or cut where a clause ends; capitals mark names only where most words have none."""

from __future__ import annotations

import pytest

from briefings.text.headline import is_title_case, lead, top_line


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        pytest.param("Norvell Opens Its Port to Grain Ships", True, id="title-case"),
        pytest.param("Norvell opens its port to grain ships", False, id="sentence-case"),
        pytest.param("Norvell opens Estmark port", False, id="a-name-within"),
        pytest.param("Putin meets Modi", False, id="half-of-them"),
        pytest.param("Norvell", False, id="one-word"),
        pytest.param("", False, id="empty"),
    ],
)
def test_most_words_of_a_headline_in_title_case_begin_with_a_capital(title: str, expected: bool) -> None:
    assert is_title_case(title) is expected


TWELVE = "Russia and India agree to use each other's bases, ports and airfields"
TWENTY = "Russia and India agree to use each other's bases and ports and airfields for fuel and repair and for supply"
LONG = TWENTY + " and for the berthing of warships"


@pytest.mark.parametrize(
    ("titles", "expected"),
    [
        pytest.param(["Duma ratifies RELOS"], "Duma ratifies RELOS", id="short"),
        pytest.param([TWELVE], TWELVE, id="twelve-words-are-whole"),
        pytest.param(
            ["Duma ratifies the RELOS pact with India, as Putin prepares to travel to New Delhi on Thursday"],
            "Duma ratifies the RELOS pact with India",
            id="cut-at-a-clause",
        ),
        pytest.param(
            ["Duma ratifies the RELOS pact with India – as Putin prepares to travel to New Delhi on Thursday"],
            "Duma ratifies the RELOS pact with India",
            id="cut-at-a-dash",
        ),
        pytest.param([TWENTY], TWENTY, id="up-to-twenty-words-without-a-clause-whole"),
        pytest.param([LONG, "Duma ratifies RELOS"], "Duma ratifies RELOS", id="longer-gives-way-to-the-next-title"),
        pytest.param([LONG, TWENTY], TWENTY, id="longer-gives-way-to-a-long-one"),
        pytest.param(
            ["If Russia ratifies the pact, India will gain access to ports in the Arctic and the Pacific"],
            "If Russia ratifies the pact, India will gain access to ports in the Arctic and the Pacific",
            id="a-condition-is-not-cut",
        ),
        pytest.param(
            ["By lowering the fees of ports, convincing ships to call at Lindholm is easier than ever before"],
            "By lowering the fees of ports, convincing ships to call at Lindholm is easier than ever before",
            id="a-preposition-opens-no-clause",
        ),
        pytest.param(
            ["In Norvell, thousands of dockers rally, defying a ban that the senate put on all marches"],
            "In Norvell, thousands of dockers rally",
            id="a-place-before-a-clause-is-cut-behind-it",
        ),
        pytest.param(
            ["At least one person was shot in Norvell, as police and dockers fought over the northern port"],
            "At least one person was shot in Norvell",
            id="at-least-opens-a-clause",
        ),
        pytest.param(
            ["Peskov says “we will deliver, and we will do it soon” to reporters before the visit to Delhi"],
            "Peskov says “we will deliver, and we will do it soon” to reporters before the visit to Delhi",
            id="a-quotation-is-not-cut",
        ),
        pytest.param(
            ["Peskov says 'we will deliver, and we will do it soon' to reporters before the visit to Delhi"],
            "Peskov says 'we will deliver, and we will do it soon' to reporters before the visit to Delhi",
            id="a-quotation-in-single-marks-is-not-cut",
        ),
        pytest.param(
            ["Leaders of Germany, France, Italy and Spain agree on a joint fighter project in Berlin on Monday"],
            "Leaders of Germany, France, Italy and Spain agree on a joint fighter project in Berlin on Monday",
            id="a-list-is-not-cut",
        ),
        pytest.param(
            ["Vladimir Putin, president of Russia, arrives in New Delhi for a two-day summit with Narendra Modi"],
            "Vladimir Putin, president of Russia, arrives in New Delhi for a two-day summit with Narendra Modi",
            id="an-apposition-is-not-cut",
        ),
        pytest.param(
            ["Russia and Ukraine war: Kyiv says that 30 drones were shot down over the capital overnight"],
            "Russia and Ukraine war: Kyiv says that 30 drones were shot down over the capital overnight",
            id="a-label-is-no-clause",
        ),
        pytest.param(
            ["Will India buy the Su-57?", "Russia offers the Su-57"],
            "Russia offers the Su-57",
            id="no-question-if-it-can",
        ),
    ],
)
def test_a_lead_is_short_or_whole(titles: list[str], expected: str) -> None:
    assert lead(titles) == expected


CLAUSE = "Russia's lower house ratified the RELOS pact with India"


@pytest.mark.parametrize(
    ("titles", "sentences", "expected"),
    [
        pytest.param(["Duma ratifies RELOS"], [], "Duma ratifies RELOS", id="short"),
        pytest.param([LONG, "Duma ratifies RELOS"], [], "Duma ratifies RELOS", id="the-next-title-of-the-story"),
        pytest.param(
            [f"Duma ratifies the RELOS pact with India, as Putin prepares to travel to {'far ' * 10}Delhi"],
            [],
            "Duma ratifies the RELOS pact with India",
            id="cut-where-a-clause-ends",
        ),
        pytest.param([LONG], [f"{CLAUSE}, as Putin prepares to travel to New Delhi."], CLAUSE, id="the-first-clause"),
        pytest.param([LONG], ["It is done."], LONG, id="whole-where-nothing-fits"),
        pytest.param(["Who ratifies RELOS?", "Duma ratifies RELOS"], [], "Duma ratifies RELOS", id="no-question"),
        pytest.param(["Duma ratifies RELOS and…", "Duma ratifies RELOS"], [], "Duma ratifies RELOS", id="not-cut-off"),
        pytest.param(["ratifies " * 8 + "ratified"], [], "ratifies " * 8 + "ratified", id="eighty-characters"),
    ],
)
def test_the_first_line_is_of_one_story_and_never_cut_within_a_clause(
    titles: list[str], sentences: list[str], expected: str
) -> None:
    assert top_line(titles, sentences) == expected


def test_a_long_headline_without_blanks_gives_way_to_a_short_one() -> None:
    long = "诺维尔市旧港口的一座粮仓星期二夜间起火十二辆消防车用了六个小时才把火扑灭四名工人被烧伤目前情况稳定"
    assert lead([long, "诺维尔港口粮仓起火"]) == "诺维尔港口粮仓起火"
