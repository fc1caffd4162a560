"""A weekday gets its date in brackets where the clause leaves no doubt, and nothing is added where it does."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefings.text.days import date_weekdays
from briefings.text.english import WEEKDAYS

SAID = date(2025, 12, 3)
"""A Wednesday."""

READ = date(2025, 12, 10)
"""A week later, so that no weekday of the report is near."""


def dated(sentence: str, *, said: date = SAID, read: date = READ, language: str = "en") -> str:
    return date_weekdays(sentence, said, read, language)


@pytest.mark.parametrize(
    "sentence",
    [
        pytest.param("The Duma ratified the pact on Tuesday [2 Dec].", id="past"),
        pytest.param("The army struck the port on Wednesday [3 Dec].", id="the-day-of-the-report"),
        pytest.param("On Tuesday [2 Dec], the Duma ratified the pact.", id="opening"),
        pytest.param("On Tuesday [2 Dec] the Duma ratified the pact.", id="opening-without-a-comma"),
        pytest.param("Umerov on Monday [1 Dec] met Witkoff.", id="before-its-verb"),
        pytest.param("They met late on Friday [28 Nov].", id="late"),
        pytest.param("They met Friday [28 Nov] in Geneva.", id="without-on"),
        pytest.param("They met on Friday night [28 Nov] in Geneva.", id="night"),
        pytest.param("Norvell was hit by drones on Sunday [30 Nov].", id="passive"),
        pytest.param("The bill will pass, he said on Monday [1 Dec].", id="said-after"),
        pytest.param("He said on Monday [1 Dec] that the bill will pass.", id="said-then-future"),
        pytest.param("He told reporters on Monday [1 Dec] it was over.", id="told-somebody"),
        pytest.param("Biden on Monday [1 Dec] said he will resign.", id="said-behind"),
        pytest.param("The ministry said in a statement on Monday [1 Dec] that talks go on.", id="in-a-statement"),
        pytest.param("“We will fight,” he said on Monday [1 Dec].", id="after-a-quotation"),
        pytest.param("He announced on Monday [1 Dec] that a summit is near.", id="announced-that-day"),
        pytest.param("The Senate passed the act (S. 12) on Monday [1 Dec].", id="past-brackets"),
        pytest.param("Florida banned the theory on Monday [1 Dec] to shield schools.", id="infinitive-behind"),
        pytest.param("They have been on strike since Monday [1 Dec].", id="since"),
        pytest.param("He attended the talks on Monday [1 Dec].", id="took-part"),
        pytest.param("Two died when troops fired on Sunday [30 Nov], a witness says.", id="clause-of-its-own"),
        pytest.param("They led a protest in Lindholm, Norvell, on Sunday [30 Nov].", id="region-between-commas"),
        pytest.param("He will visit Lindholm, Norvell, on Friday [5 Dec].", id="region-and-will"),
        pytest.param("The Senate approved a bill Tuesday [2 Dec] that bans it.", id="approved-without-on"),
        pytest.param("She claimed a victory Tuesday night [2 Dec].", id="claimed-without-on"),
        pytest.param("He acknowledged the error on Friday [28 Nov].", id="acknowledged-something"),
        pytest.param("She defended it at a press conference Monday [1 Dec] in Geneva.", id="at-an-event"),
        pytest.param("He was hissed during a debate on Sunday [30 Nov].", id="during-an-event"),
        pytest.param("He took to Twitter on Sunday [30 Nov] to criticize it.", id="to-a-name"),
        pytest.param("He flew to Moscow on Sunday [30 Nov].", id="flew-to-a-place"),
        pytest.param("She testified before Congress on Monday [1 Dec].", id="before-congress"),
        pytest.param("Umerov will meet Witkoff on Thursday [4 Dec].", id="will"),
        pytest.param("On Friday [5 Dec], the court will rule.", id="will-behind-an-opening"),
        pytest.param("Putin is due in New Delhi on Thursday [4 Dec].", id="is-due"),
        pytest.param("Putin is to visit New Delhi on Friday [5 Dec].", id="is-to"),
        pytest.param("The court is expected to rule on Monday [8 Dec].", id="is-expected"),
        pytest.param("Troops will leave by Friday [5 Dec].", id="will-by"),
        pytest.param("It will stay closed until Sunday [7 Dec].", id="until"),
        pytest.param("Talks will be held on Friday [5 Dec].", id="will-be-held"),
        pytest.param("Envoys, who won't travel on Friday [5 Dec], sent letters.", id="will-not"),
        pytest.param("Ministers meet next Monday [8 Dec].", id="next"),
        pytest.param("The rate fell last Friday [28 Nov].", id="last"),
        pytest.param("They vote this Friday [5 Dec].", id="this"),
        pytest.param("They voted this past Friday [28 Nov].", id="this-past"),
        pytest.param("He was killed last Friday [28 Nov] and will be buried on Saturday.", id="each-by-itself"),
        pytest.param("They met on Friday [28 Nov], and fought on Friday.", id="once"),
        pytest.param("He resigned on Tuesday [2 Dec] and left on Monday [1 Dec].", id="two-days"),
    ],
)
def test_a_certain_day_is_dated(sentence: str) -> None:
    bare = sentence
    while " [" in bare:
        bare = bare[: bare.index(" [")] + bare[bare.index("]") + 1 :]
    assert dated(bare) == sentence


@pytest.mark.parametrize(
    "sentence",
    [
        pytest.param("They met on Friday, 28 November, in Geneva.", id="date-behind"),
        pytest.param("They met on Friday (28 Nov) in Geneva.", id="date-in-brackets"),
        pytest.param("They met on Friday, Nov. 28.", id="month-first"),
        pytest.param("They met on Friday the 28th.", id="the-28th"),
        pytest.param("They met on 28 November, a Friday.", id="date-before"),
        pytest.param("They met on Friday [28 Nov].", id="dated-already"),
        pytest.param("They met on Fridays.", id="plural"),
        pytest.param("They met every Friday.", id="every"),
        pytest.param("They met on a Friday.", id="a-friday"),
        pytest.param("They met the following Friday.", id="following"),
        pytest.param("They met on the Friday before the vote.", id="the-friday"),
        pytest.param("They met on Good Friday.", id="good-friday"),
        pytest.param("Shops opened on Black Friday.", id="black-friday"),
        pytest.param("Troops fired on Bloody Sunday.", id="bloody-sunday"),
        pytest.param("He won on Super Tuesday.", id="super-tuesday"),
        pytest.param("Sheffield Wednesday lost.", id="a-club"),
        pytest.param("He told the Mail on Sunday.", id="mail-on-sunday"),
        pytest.param("The Sunday Times reported it.", id="sunday-times"),
        pytest.param("He led Friday prayers.", id="prayers"),
        pytest.param("He missed Friday's vote.", id="possessive"),
        pytest.param("It opened Monday to Friday.", id="range"),
        pytest.param("It was closed between Monday and Friday.", id="between"),
        pytest.param("They met on Friday or Saturday.", id="or"),
        pytest.param("“We met on Friday,” he said.", id="quoted"),
        pytest.param('"We met on Friday," he said.', id="straight-quotes"),
        pytest.param("‘We met on Friday,’ he said.", id="single-quotes"),
        pytest.param("“We met on Friday.", id="quotation-that-goes-on"),
        pytest.param("He said they would meet on Friday.", id="would"),
        pytest.param("He agreed to meet on Friday.", id="agreed-to"),
        pytest.param("They had met on Friday.", id="had-met"),
        pytest.param("He was due to speak on Friday.", id="was-due"),
        pytest.param("He arrived for talks on Friday.", id="for-talks"),
        pytest.param("He spoke ahead of talks on Friday.", id="ahead-of"),
        pytest.param("He announced a summit on Friday.", id="announced-an-event"),
        pytest.param("Talks on Friday were cancelled.", id="cancelled-event"),
        pytest.param("The decision on Friday will hurt exports.", id="an-event-that-will"),
        pytest.param("He said talks on Friday would decide.", id="said-an-event"),
        pytest.param("He ordered elections on Friday.", id="ordered-elections"),
        pytest.param("The panel will investigate the attack on Friday.", id="will-look-back"),
        pytest.param("The summit opens on Friday.", id="present"),
        pytest.param("Talks on Friday.", id="no-verb"),
        pytest.param("A vote was set for Friday.", id="was-set-for"),
        pytest.param("Friday will decide.", id="subject"),
        pytest.param("Will they meet on Friday?", id="question"),
        pytest.param("They met on Thursday.", id="six-days-back-may-be-today-elsewhere"),
        pytest.param("They will meet on Wednesday.", id="a-week-ahead-may-be-today"),
        pytest.param("They will meet on Tuesday.", id="six-days-ahead-may-be-yesterday-elsewhere"),
        pytest.param("The rate fell last Monday.", id="last-monday-may-be-of-the-week-before"),
        pytest.param("Ministers meet next Friday.", id="next-friday-may-be-of-the-week-after"),
        pytest.param("They vote this Monday.", id="this-monday-is-past"),
        pytest.param("He faulted Biden for no plan to end it in his speech on Friday.", id="a-plan-to"),
        pytest.param("They met friday.", id="no-name-of-a-day"),
        pytest.param("Nothing happened.", id="no-day"),
        pytest.param("", id="empty"),
        pytest.param("He announced a summit Friday in Geneva.", id="announced-an-event"),
        pytest.param("They announced a strike Monday.", id="announced-what-may-lie-ahead"),
        pytest.param("He announced a plan for Friday.", id="announced-for"),
        pytest.param("He announced the plan on Friday.", id="announced-something-on"),
        pytest.param("They threatened a blockade Friday.", id="threatened-without-on"),
        pytest.param("He secured a meeting on Friday in Geneva.", id="the-object-is-an-event"),
        pytest.param("They gained ground in the run-up to the vote on Friday.", id="run-up-to-an-event"),
        pytest.param("A man struck her years ago during a hearing on Friday.", id="long-ago"),
        pytest.param("His visit to Moscow on Friday won't change it.", id="will-not-is-no-victory"),
        pytest.param("He denied a late-Friday report.", id="behind-a-hyphen"),
        pytest.param("He agreed to Moscow's terms on Friday.", id="agreed-to-a-name"),
    ],
)
def test_nothing_is_added_where_the_date_is_stated_or_not_certain(sentence: str) -> None:
    assert dated(sentence) == sentence


@pytest.mark.parametrize(
    ("read", "is_dated"),
    [(date(2025, 12, 1), True), (date(2025, 12, 2), False), (date(2025, 12, 3), False), (date(2025, 12, 4), False),
     (date(2025, 12, 5), True)],
)  # fmt: skip
def test_a_day_next_to_the_readers_is_clear(read: date, *, is_dated: bool) -> None:
    sentence = "The army struck the port on Wednesday."
    assert (dated(sentence, read=read) != sentence) == is_dated


def test_a_day_of_another_year_has_its_year() -> None:
    said, read = date(2026, 1, 1), date(2026, 1, 4)
    assert dated("They met on Monday.", said=said, read=read) == "They met on Monday [29 Dec 2025]."
    assert dated("They will meet on Friday.", said=said - timedelta(1), read=read - timedelta(5)) == (
        "They will meet on Friday [2 Jan 2026]."
    )


@pytest.mark.parametrize("language", ["de", "hi", "es", ""])
def test_other_languages_stay_as_they_are(language: str) -> None:
    assert dated("They met on Friday.", language=language) == "They met on Friday."


def test_english_of_any_land_is_english() -> None:
    assert dated("They met on Friday.", language="en-GB") == "They met on Friday [28 Nov]."


WORDS = st.sampled_from(
    "On on met will said to the a Friday Sunday's Monday night next last this since , . “ ” \" ( ) 12 May if".split()
)


@given(st.lists(WORDS | st.text(max_size=3)).map(" ".join), st.dates(), st.integers(-9, 9))
def test_only_brackets_are_added_and_each_names_the_day_before_it(sentence: str, said: date, days: int) -> None:
    if not date(1000, 1, 1) < said < date(9000, 1, 1) or "[" in sentence or "]" in sentence:
        return
    text = dated(sentence, said=said, read=said + timedelta(days))
    bare = ""
    for piece in text.split("]"):
        words, _, added = piece.partition(" [")
        bare += words
        if added:
            day = next(
                day for n in range(-7, 8) if f"{(day := said + timedelta(n)):%-d %b}" == " ".join(added.split()[:2])
            )
            assert any(words.split()[place] == WEEKDAYS[day.weekday()] for place in (-1, -2)[: len(words.split())])
    assert bare == sentence
