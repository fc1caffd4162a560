"""The extract is made of the source's own sentences; the fact check lets no other facts in."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from benchmarks import summaries
from hypothesis import example, given
from hypothesis import strategies as st

from briefings import starter
from briefings.model import Entry
from briefings.text.boilerplate import has_verb, is_statement, without_boilerplate
from briefings.text.sentences import split
from briefings.text.summary import extract, offered_or_extract, supported, unsupported
from briefings.text.words import count_words

DATA = Path(__file__).parents[1] / "data"
TITLE, _, BODY = (DATA / "harbour.txt").read_text("utf-8").split("\n", 2)
LEAD = (
    "The parliament of Norvell has approved a harbour accord with Estmark that lets the coast guards of both countries "
    "refuel, repair and shelter in each other’s ports."
)
NEXT = "Both sides will carry the costs equally, and no warship may stay longer than 21 days."


def test_the_extract_is_whole_sentences_in_order_within_sixty_words() -> None:
    summary = extract(TITLE, BODY)
    assert count_words(summary) <= 60
    assert summary.startswith(LEAD)
    at = [BODY.index(sentence) for sentence in split(summary)]
    assert at == sorted(at)


def test_fewer_words_take_fewer_sentences() -> None:
    assert extract(TITLE, BODY, words=30) == LEAD


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(f"{TITLE}.\n{LEAD}", LEAD, id="headline-again"),
        pytest.param(f"Photo: the port of Norvell at night.\n{LEAD}", LEAD, id="caption"),
        pytest.param(
            f"Subscribe to our newsletter for all of it.\n{LEAD}\nRead also: another fine story here.",
            LEAD,
            id="adverts",
        ),
        pytest.param(f"What does the harbour accord mean for us?\n{LEAD}", LEAD, id="question"),
        pytest.param(f"Key points at a glance\n{LEAD}", LEAD, id="fragment"),
        pytest.param(f"He said that it had been long overdue.\n{LEAD}", LEAD, id="dangling-he"),
        pytest.param(f"The deal had been talked about for years.\n{LEAD}", LEAD, id="dangling-deal"),
        pytest.param(f"“We have waited for this for years, and years more.\n{LEAD}", LEAD, id="half-a-quote"),
        pytest.param(f"NORVELL, May 2 (Reuters) - {LEAD}", LEAD, id="agency-dateline"),
        pytest.param(f"NORVELL — {LEAD}", LEAD, id="bare-dateline"),
        pytest.param(f"{LEAD} {LEAD}", LEAD, id="said-twice"),
        pytest.param("(c) 2026 The Norvell Courier and its partners.\n" + LEAD, LEAD, id="copyright"),
        pytest.param(f"Getty Images took this at the port.\n{LEAD}", LEAD, id="photo-credit"),
        pytest.param(f"A boat (left) passes the pier on Monday. {LEAD}", LEAD, id="caption-with-sides"),
        pytest.param(f"{LEAD} Delayed: a boat waits for the tide at noon.", LEAD, id="caption-with-a-label"),
        pytest.param(f"This story has been updated with what both sides say.\n{LEAD}", LEAD, id="updated"),
        pytest.param(f"Norvell rules! pic.twitter.com/abc (@norvell) said.\n{LEAD}", LEAD, id="social-embed"),
        pytest.param(f"Nothing in the world compares with “this and more of it.\n{LEAD}", LEAD, id="open-quotation"),
        pytest.param(f"of which the accord speaks at its very end.\n{LEAD}", LEAD, id="the-rest-of-a-sentence"),
        pytest.param(LEAD.lower(), LEAD.lower(), id="a-text-without-capitals"),
        pytest.param(f"iPads {NEXT[5:]}", f"iPads {NEXT[5:]}", id="a-name-that-begins-small"),
        pytest.param(f"The ships at the pier, all of them new\n{LEAD}", LEAD, id="no-stop"),
        pytest.param(
            f"Norvell’s finest old harbour.\nA boat at noon on a windy day in May.\n{LEAD}", LEAD, id="no-verb"
        ),
        pytest.param(f"By Ana Lind NORVELL (AP) — {LEAD}", LEAD, id="byline-and-agency"),
        pytest.param(f"(CNN){LEAD}", LEAD, id="agency-glued"),
        pytest.param(f"Share this withEmailFacebookTwitterCopy this link{LEAD}", LEAD, id="share-bar-glued"),
        pytest.param(f"Media playback is not supported on this device{LEAD}", LEAD, id="player-glued"),
        pytest.param(f"Without that, he said, no ship would come again. {LEAD}", LEAD, id="dangling-without-that"),
        pytest.param(f"On Friday he said that it had been overdue. {LEAD}", LEAD, id="dangling-he-within"),
        pytest.param(f"Ships from the north may come as well, she said. {LEAD}", LEAD, id="dangling-she-said"),
        pytest.param("word " * 70 + f"end. {LEAD}", LEAD, id="a-sentence-that-is-too-long"),
        pytest.param("Short ones first. It rained.", "It rained.", id="nothing-good-takes-the-shortest"),
        pytest.param("", "A title", id="no-text"),
        pytest.param("word " * 80 + "end.", "A title", id="only-a-sentence-that-is-too-long"),
        pytest.param("No sentence ends in this text", "A title", id="no-sentence"),
    ],
)
def test_an_extract_leaves_out_boilerplate_and_unclear_sentences(text: str, expected: str) -> None:
    title = TITLE if text.startswith(TITLE) else "A title"
    assert extract(title, text) == expected


def test_a_name_before_a_dash_is_no_dateline() -> None:
    text = "P-40 - Norvell’s newest patrol boat - will come to Estmark in June."
    assert extract("Boats", text) == text


def test_a_sentence_that_points_back_comes_with_the_one_before() -> None:
    text = f"President Ilva Brandt opened the new northern port on Monday. She left at noon for Estmark. {NEXT}"
    summary = extract("Port", text)
    assert "She left" not in summary or "President Ilva Brandt" in summary


@pytest.mark.parametrize(
    "opening",
    [
        pytest.param("The Estmark pact moves to the senate of Norvell on Monday morning.", id="a-named-pact"),
        pytest.param("Another 6.6 million people applied for help last week in Norvell.", id="another-number"),
        pytest.param("There were nearly 4.7 million checks in the ports of Norvell in March.", id="there-were"),
        pytest.param(
            "It took less than a minute for the coast guard of Norvell to come.", id="it-that-stands-for-nothing"
        ),
        pytest.param("The Three Sisters of Norvell have joined the fight over the harbour.", id="a-name-with-a-number"),
        pytest.param("A captain who says she saw it all has written a book about it.", id="she-who-was-named"),
        pytest.param("After all his work at sea, Rolf Adler has won the Estmark prize.", id="his-before-the-name"),
        pytest.param(
            "Janet said he had won the Estmark prize in the month of May.", id="a-name-that-begins-like-a-month"
        ),
    ],
)
def test_a_lead_that_only_seems_to_point_back_is_kept(opening: str) -> None:
    assert extract("Title", f"{opening} {NEXT}").startswith(opening)


def test_the_law_comes_only_after_a_sentence_that_names_it() -> None:
    lead = "The RELOS pact moves to the upper house after the vote of the Duma."
    law = "The Federation Council must approve the law before Putin can sign it."
    assert extract("RELOS goes to the upper house", f"{lead} {law}") == f"{lead} {law}"
    between = "The ports of both are " + "old, " * 60 + "and small."
    assert law not in extract("RELOS", f"{LEAD} {between} {law} {NEXT}")


LONG = "Estmark has agreed to repair the ships of its neighbour at cost, to lend pilots and to let crews go ashore."


GROUPS = "The groups, which included the dockers of Lindholm, said that nine hundred jobs would be lost in the harbour."
ANSWER = "Ilva Brandt promised on Friday that nobody would lose work."


@pytest.mark.parametrize(
    ("taken_up", "alone"),
    [
        pytest.param(GROUPS, False, id="the"),
        pytest.param(GROUPS.replace("The", "These"), False, id="these"),
        pytest.param(GROUPS.replace("The", "Sadly, the angry"), False, id="adverb"),
        pytest.param(GROUPS.replace("The groups", "The dockers"), True, id="a-noun-that-is-new"),
        pytest.param(
            "The groups of dockers in Lindholm said that nine hundred jobs would be lost in the harbour.",
            True,
            id="says-which",
        ),
    ],
)
def test_a_noun_that_the_dropped_lead_brought_in_opens_no_extract(taken_up: str, alone: bool) -> None:
    lead = (
        "A union and 27 liberal groups warned the senate of Norvell on Thursday about its plan to sell the port abroad."
    )
    text = f"{lead} {taken_up} {ANSWER}"
    assert extract("Port of Norvell for sale", text).startswith(lead)
    without_lead = extract("Port of Norvell for sale", text, words=count_words(lead) - 1)
    assert without_lead == (taken_up if alone else ANSWER)


def test_a_noun_of_the_headline_may_open_an_extract() -> None:
    lead = (
        "On Thursday 27 liberal groups warned the senate of Norvell about its plan to sell the port to a fund abroad."
    )
    assert extract("Groups warn Norvell", f"{lead} {GROUPS}", words=count_words(GROUPS)) == GROUPS


def test_a_sentence_that_does_not_fit_makes_room_for_one_that_does() -> None:
    short = "Fishermen in Norvell and Estmark have asked for such an accord for nine years."
    summary = extract("Title", f"{LEAD} {LONG} {short}", words=45)
    assert summary == f"{LEAD} {short}"


def test_the_extract_of_a_long_report_fills_its_room() -> None:
    reports = [
        f"{LEAD} The coast guard of {place} has {ships} boats and wants nine more of them by the end of June. "
        f"Its harbour was built in {year} and can take ships of up to {ships}00 tons at any tide of the year. "
        f"Traders from {place} expect that the accord will bring {ships} more ships a week to its piers. "
        f"A ferry between {place} and Estmark will start in autumn, with room for {year} passengers on each crossing. "
        f"Old lighthouses on the way will be lit again, which costs {place} about {ships} million crowns in all."
        for place, ships, year in (("Lindholm", 12, 1904), ("Sund", 31, 1887), ("Aldhaven", 17, 1932))
    ]
    assert all(count_words(extract("A title", report)) >= 45 for report in reports)


def test_an_extract_begins_with_the_lead_if_that_is_clear_by_itself() -> None:
    later = (
        "The accord of Norvell and Estmark lets ships and coast guards refuel, repair and shelter in the ports of both."
    )
    assert extract("Title", f"Norvell and Estmark have made peace at sea. {later}").startswith(
        "Norvell and Estmark have"
    )


@pytest.mark.parametrize(
    ("opening", "first"),
    [
        pytest.param("“We have waited for this for years,” she said.", LEAD, id="nobody-speaks"),
        pytest.param("The two leaders shook hands in the port at noon.", LEAD, id="the-two"),
        pytest.param("We have never seen such a crowd in the port at noon.", LEAD, id="we"),
        pytest.param("Members of that committee came to the port at noon.", LEAD, id="that-committee"),
        pytest.param("Why it matters:Norvell has nine ports and no ships.", "Norvell has nine", id="label-is-cut"),
        pytest.param("NORVELL – Ships came to the port at noon.", "Ships came", id="dateline-is-cut"),
    ],
)
def test_an_extract_begins_with_a_sentence_that_stands_alone(opening: str, first: str) -> None:
    assert extract("Title", f"{opening} {LEAD} {NEXT}").startswith(first)


@pytest.mark.parametrize("end", ["...", "…", " …", "... Read more", " […]", ":"])
def test_a_cut_sentence_is_in_no_extract(end: str) -> None:
    cut = f"Estmark has agreed to repair the ships of its neighbour and to lend pilots for{end}"
    assert extract("A title", cut) == "A title"
    assert extract("A title", f"{LEAD} {cut}") == LEAD


@pytest.mark.parametrize(
    ("offered", "expected"),
    [
        pytest.param("Norvell has approved a harbour accord with Estmark.", None, id="clear"),
        pytest.param("Norvell has approved a harbour accord with...", LEAD, id="cut"),
        pytest.param("The two will carry the costs of the accord equally.", LEAD, id="leans"),
        pytest.param("NORVELL — The parliament of Norvell has approved an accord.", LEAD, id="dateline"),
        pytest.param("Orlov has approved a harbour accord with Estmark.", LEAD, id="unsupported"),
        pytest.param("word " * 70, LEAD, id="too-long"),
        pytest.param("", LEAD, id="empty"),
    ],
)
def test_an_offered_summary_is_taken_only_if_it_can_be_printed(offered: str, expected: str | None) -> None:
    text = f"NORVELL — {LEAD}\nThe two sides had talked about it for years."
    assert offered_or_extract(offered, "A title", text, "en").startswith(expected or offered)


def test_an_unclear_offered_summary_is_better_than_the_title_alone() -> None:
    offered = "He will carry the costs of the accord."
    assert offered_or_extract(offered, "Norvell accord", "He will carry the costs of the accord", "en") == offered


def test_a_governor_of_a_party_is_no_caption() -> None:
    text = "Governor Ana Lind (R) has closed the nine ports of Norvell until the end of the storm."
    assert extract("Storm", text) == text


def test_a_sentence_that_repeats_another_is_left_out() -> None:
    again = (
        "The parliament of Norvell approved a harbour accord with Estmark, where coast guards may refuel and shelter."
    )
    assert again not in extract("Title", f"{LEAD} {again} {NEXT}")


def test_a_lead_stays_when_the_title_was_made_from_it() -> None:
    assert extract(LEAD, f"{LEAD} {NEXT}").startswith(LEAD)
    assert extract(" ".join(LEAD.split()[:9]), f"{LEAD} {NEXT}").startswith(LEAD)


GOLDEN = [json.loads(line) for line in (DATA / "extracts.jsonl").read_text("utf-8").splitlines()]


@pytest.mark.parametrize("pair", [pytest.param(pair, id=pair["case"]) for pair in GOLDEN])
def test_an_extract_equals_its_golden_summary(pair: dict[str, str]) -> None:
    assert extract(pair["title"], pair["text"], pair["language"]) == pair["summary"]


LEADS = [
    entry
    for entry in starter.sample()
    if entry.language == "en" and "Opinion" not in entry.source
    if count_words(lead := split(entry.text)[0]) >= 20 and not lead.endswith("…")
]
"""Reports whose first sentence is their news: no column, teaser, half a quotation, or notice of the page."""


@pytest.mark.parametrize("entry", [pytest.param(entry, id=(entry.url or "").rsplit("/", 1)[-1]) for entry in LEADS])
def test_a_sample_extract_begins_with_the_lead(entry: Entry) -> None:
    summary = extract(entry.title, entry.text, "en")
    lead = re.sub(r"^(?:[A-Z]{2}.*? \(Sample \w+\) — |Updated 11/28: )", "", split(entry.text, "en")[0])
    assert lead in summary
    assert split(entry.text, "en")[0].endswith(split(summary, "en")[0])
    assert count_words(summary) <= 60
    assert all(sentence in entry.text for sentence in split(summary, "en"))


@given(st.text(alphabet=st.sampled_from("ab AB.,:'\"“”()—-\n1@|é。")), st.booleans())
def test_boilerplate_is_cut_from_the_beginning_only(sentence: str, first: bool) -> None:
    assert sentence.endswith(without_boilerplate(sentence, first))
    is_statement(sentence, first=first)
    has_verb(sentence, "en")


def test_the_benchmark_has_no_rows_without_data(tmp_path: Path) -> None:
    assert summaries.rows(tmp_path) == []
    assert summaries.speed(tmp_path) == 0


@given(st.text(), st.text(), st.integers(5, 60))
def test_every_sentence_of_an_extract_stands_in_the_text(title: str, text: str, words: int) -> None:
    summary = extract(title, text, words=words)
    assert summary == title or (count_words(summary) <= words and all(part in text for part in split(summary)))


SOURCE = f"""{TITLE}
{BODY}
About 2,000 sailors and 3.5 million people in the U.S. watched on Dec. 4. Sales rose 5 percent to $2 billion.
The 3rd ship cost 1,00,000 rupees. General Sergei Palov spoke for the United Harbour Board.
The S-400 was shown at 7:30 p.m. Indian officials came, and the lawmakers left."""


@pytest.mark.parametrize(
    "summary",
    [
        pytest.param(LEAD, id="the-source-itself"),
        pytest.param("The S‑400 and S400 systems, the S-400s.", id="hyphen-variants-and-plural"),
        pytest.param("Some 2000 sailors came, or 2\u00a0000.", id="thousands"),
        pytest.param("They paid 100,000 rupees.", id="indian-grouping"),
        pytest.param("Some 3.50 million watched, 3,500,000 of them.", id="decimals-and-scale"),
        pytest.param("Sales rose 5% to $2bn.", id="percent-and-billions"),
        pytest.param("There were 5 boats, and 3 came.", id="words-as-digits"),
        pytest.param("The third ship came.", id="ordinals"),
        pytest.param("Norvell's parliament approved it.", id="possessive"),
        pytest.param("US and U.S. viewers agreed on December 4.", id="acronym-dots-and-month"),
        pytest.param("The UHB spoke.", id="acronym-of-a-name"),
        pytest.param("Indian President Brandt travels on Monday.", id="offices-before-a-name"),
        pytest.param("One of them left, and one day she may return.", id="one-that-counts-nothing"),
        pytest.param("Lawmakers cheered.", id="ordinary-first-word"),
        pytest.param("It began at 7:30.", id="clock"),
        pytest.param("", id="nothing-said"),
    ],
)
def test_a_fact_of_the_source_in_another_spelling_is_supported(summary: str) -> None:
    assert unsupported(summary, SOURCE) == []
    assert supported(summary, SOURCE)


@pytest.mark.parametrize(
    ("summary", "pieces"),
    [
        pytest.param("The S-4000 came.", ["S-4000"], id="longer-designation"),
        pytest.param("The S-40 came.", ["S-40"], id="shorter-designation"),
        pytest.param("They had 400 boats.", ["400"], id="digits-of-a-designation"),
        pytest.param("Some 20,000 sailors.", ["20000"], id="ten-times"),
        pytest.param("Some 2 million sailors.", ["2 million"], id="other-scale"),
        pytest.param("There were six boats.", ["six"], id="number-word"),
        pytest.param("There were thousands of boats.", ["thousands"], id="vague-number"),
        pytest.param("The second ship came.", ["second"], id="other-ordinal"),
        pytest.param("Sales rose 6%.", ["6%"], id="other-percent"),
        pytest.param("It began at 8:30.", ["8:30"], id="other-clock"),
        pytest.param("Orlov signed the accord.", ["Orlov"], id="name-at-the-start"),
        pytest.param("The accord pleased Kiruna and NATO.", ["Kiruna", "NATO"], id="place-and-acronym"),
        pytest.param("Then Tomas Palov spoke.", ["Tomas Palov"], id="two-names-mixed"),
        pytest.param("It passed on Tuesday.", ["Tuesday"], id="other-day"),
        pytest.param("Boeing watched.", ["Boeing"], id="a-name-that-ends-like-a-word"),
        pytest.param("Italy and Mohammed watched.", ["Italy", "Mohammed"], id="names-that-end-like-words"),
        pytest.param("They called on US and UN.", ["UN"], id="other-acronym"),
    ],
)
def test_a_fact_that_the_source_lacks_is_named(summary: str, pieces: list[str]) -> None:
    assert unsupported(summary, SOURCE) == pieces
    assert not supported(summary, SOURCE)


def test_an_extract_passes_the_fact_check() -> None:
    assert unsupported(extract(TITLE, BODY), f"{TITLE}\n{BODY}") == []


@given(st.text())
@example("0'B")
def test_a_text_supports_itself_and_nothing_raises(text: str) -> None:
    unsupported(text, "")
    assert [piece for piece in unsupported(text, text) if piece.isascii()] == []


@pytest.mark.parametrize(
    "text",
    [
        *("1," * 50_000, "a" * 100_000, "9" * 100_000, "A.A" * 30_000, "'a" * 40_000, "." * 100_000 + "a"),
        *(".)" * 50_000, "「。" * 50_000, "By Aa " * 20_000, "live: " * 20_000, ". ' " * 30_000, "(AP) - " * 15_000),
    ],
    ids="commas letters digits dots quotes stops brackets corners bylines labels apart datelines".split(),
)
def test_hostile_texts_are_read_to_their_end(text: str) -> None:
    unsupported("It rained.", text)
    extract("", text)
    split(text)
