"""A later report is an update only if it brings a material change. The tables hold each kind, and what is none."""

from __future__ import annotations

import dataclasses

import pytest
from builders import ago, article

from briefings.model import Article
from briefings.stories.changes import Change, find_change, goes_back, place_of_news

MARK = ago(10)
BEFORE = "Moscow has sent three of 5 systems, worth 5,400 dollars, said Peskov in Delhi on Tuesday."


def told(*texts: str, **values: object) -> list[Article]:
    """One report a text, the first sentence being its title, all of one outlet."""
    return [_report(text, number, hours=20 - number, **values) for number, text in enumerate(texts, 1)]


def later(*texts: str, **values: object) -> list[Article]:
    """Reports that came after those that were told, in this order."""
    return [_report(text, number + 50, hours=9 - number, **values) for number, text in enumerate(texts, 1)]


def _report(text: str, number: int, *, hours: float, **values: object) -> Article:
    title, _, rest = text.partition(" | ")
    return article(title, rest or f"{title}.", hours=hours, **({"id": number} | values))


def words_of(change: Change | None) -> tuple[str, ...] | None:
    return change.words if change else None


QUAKE = "Quake hits Lindale | A quake of magnitude 5.9 hit Lindale and killed 12 people, rescuers said."
PACT = "Duma to vote on Norvell pact | The State Duma is due to vote on the Norvell pact with Tarvia on Tuesday."
TRIAL = "Trial of Adam Corvin begins | Adam Corvin, charged with fraud, went on trial in Lindale on Monday."
TALKS = (
    "Norvell and Tarvia hold talks | Envoys of Norvell and Tarvia met in Lindale to talk about the port, Ann Roe said."
)

CHANGES = [
    # a number that changed with its noun
    pytest.param(QUAKE, "Quake toll rises | At least 18 people were killed in Lindale.", "18", id="more-killed"),
    pytest.param(QUAKE, "Lindale quake kills 18 | It was the worst in years.", "kills 18", id="more-killed-in-a-title"),
    pytest.param(QUAKE, "Lindale counts its dead | The toll rose to 21 on Wednesday.", "toll rose to 21", id="toll"),
    pytest.param(
        QUAKE, "Lindale digs | Rescuers said 12 had died and 30 people were injured.", "30", id="injured-first-given"
    ),
    pytest.param(QUAKE, "Lindale hit again | A quake of magnitude 6.4 hit Lindale.", "magnitude 6.4", id="magnitude"),
    pytest.param(
        "Norvell orders trains | Norvell will buy trains in a $2 billion deal with Tarvia.",
        "Norvell trains cost more | The price of the trains has grown to a $3 billion deal, Norvell said.",
        "$3 billion deal",
        id="price",
    ),
    pytest.param(
        "Tarvia sends systems | Tarvia has delivered three systems to Norvell under the contract.",
        "Tarvia sends more systems | Tarvia has delivered five systems to Norvell under the contract.",
        "five systems",
        id="count-of-things",
    ),
    pytest.param(TALKS, "Bomb kills 4 at the Lindale talks | Four people died.", "kills 4", id="killed-first-given"),
    # decisions
    pytest.param(PACT, "Duma ratifies Norvell pact | The vote was unanimous.", "ratifies", id="ratified"),
    pytest.param(PACT, "Norvell pact is through | The Duma approved it on Tuesday.", "approved", id="approved"),
    pytest.param(PACT, "Norvell pact fails | The State Duma rejected the pact on Tuesday.", "rejected", id="rejected"),
    pytest.param(PACT, "President vetoes Norvell pact | It was a surprise.", "vetoes", id="vetoed"),
    pytest.param(PACT, "Lawmakers back off | The Duma voted to ratify the pact.", "ratify", id="voted-to"),
    pytest.param(TALKS, "Norvell bans Tarvian ships | The order came at noon.", "bans", id="banned"),
    pytest.param(TALKS, "Norvell and Tarvia sign | The envoys signed a treaty on the port.", "signed", id="signed"),
    pytest.param(TRIAL, "Corvin sentenced to nine years | He will appeal.", "sentenced", id="sentenced"),
    pytest.param(TRIAL, "Corvin walks free | A jury acquitted Adam Corvin of fraud.", "acquitted", id="acquitted"),
    pytest.param(TRIAL, "Court rules against Corvin | The fraud case goes on.", "rules", id="ruled"),
    pytest.param(TALKS, "Minister Ann Roe resigns | She gave no reason.", "resigns", id="resigned"),
    pytest.param(TALKS, "Ann Roe elected speaker | The envoy got most votes.", "elected", id="elected"),
    pytest.param(TALKS, "Port talks end | Norvell and Tarvia reached a deal on the port.", "reached", id="deal"),
    pytest.param(
        "House passes port bill | The House passed the port bill on Monday.",
        "Senate passes port bill | The Senate passed the port bill on Thursday.",
        "passes",
        id="the-other-chamber",
    ),
    pytest.param(
        "House passes port bill | The House passed the port bill. The president is expected to sign it.",
        "President signs port bill | It is now law.",
        "signs",
        id="planned-then-done",
    ),
    # events
    pytest.param(TALKS, "Roof collapses at the Lindale talks | Nobody was hurt.", "collapses", id="collapsed"),
    pytest.param(TALKS, "Envoy arrested | Police arrested the envoy of Tarvia.", "arrested", id="arrested"),
    pytest.param(TRIAL, "Corvin is out | Adam Corvin was released on bail.", "released", id="released"),
    pytest.param(QUAKE, "Lindale airport reopens | Flights to the town began again.", "reopens", id="reopened"),
    pytest.param(
        "Probe nears the moon | The Norvell probe Ilex is a day away from the moon.",
        "Ilex is down | The Norvell probe landed on the moon on Friday.",
        "landed",
        id="landed",
    ),
    pytest.param(QUAKE, "Storm strikes Lindale | A storm struck the town of the quake.", "strikes", id="struck"),
    pytest.param(
        "Police arrest Adam Corvin | Police arrested Adam Corvin over the Lindale bank raid.",
        "Second man held | Police arrested Bela Noor in Tarvia on Friday.",
        "arrested",
        id="the-same-happens-to-another",
    ),
    # persons who act
    pytest.param(TALKS, "New face at the talks | Negotiator Olga Venn flew to Lindale.", "Olga Venn", id="actor"),
    pytest.param(
        TALKS, "President Idris Vale joins the port talks | He came late.", "Idris Vale", id="actor-in-a-title"
    ),
]

NO_CHANGES = [
    # numbers that restate
    pytest.param(QUAKE, "Lindale mourns | Twelve people died in the quake.", id="digits-and-words"),
    pytest.param(QUAKE, "Lindale mourns | About 12 people were killed.", id="about"),
    pytest.param(QUAKE, "Lindale mourns | More than 11 people were killed.", id="rounded"),
    pytest.param(QUAKE, "Lindale mourns | The quake killed 9 people.", id="an-older-toll"),
    pytest.param(QUAKE, "Lindale mourns | The quake had a magnitude of 5.9.", id="the-same-magnitude"),
    pytest.param(QUAKE, "Lindale mourns | The quake had a magnitude of 6.0.", id="nearly-the-same-magnitude"),
    pytest.param(
        "Protests in Lindale | Some 1,200 people were arrested.",
        "Protests go on | Police say that 1.2 thousand people were arrested.",
        id="scale-word",
    ),
    pytest.param(
        "Norvell buys trains | The trains come in a $1.2 billion deal.",
        "Norvell explains its trains | The $1 billion deal for trains was needed, it said.",
        id="rounded-money",
    ),
    pytest.param(QUAKE, "Lindale boy speaks | The 14-year-old boy slept.", id="an-age"),
    pytest.param(QUAKE, "Lindale remembers 1954 | A quake of 1954 was worse.", id="a-year"),
    pytest.param(QUAKE, "Lindale at 7:30 | It happened at 7:30 on 3 December.", id="a-time-and-a-date"),
    pytest.param(QUAKE, "Lindale rests | Rescuers slept for 5 hours after 3 days.", id="lengths-of-time"),
    pytest.param(QUAKE, "Lindale tents | Rescuers set up 40 tents in Lindale.", id="a-detail-that-was-never-given"),
    pytest.param(
        QUAKE, "Lindale remembers | Last year a quake killed 90 people in Tarvia.", id="toll-of-another-event"
    ),
    # other words for what was told
    pytest.param("Duma ratifies Norvell pact", "Duma passes Norvell pact", id="passes-after-ratifies"),
    pytest.param("Duma approves Norvell pact", "Norvell pact approved by the Duma", id="passive"),
    pytest.param("Norvell pact wins approval in the Duma", "Duma approves Norvell pact", id="told-by-a-noun"),
    pytest.param("Ann Roe quits as minister", "Ann Roe steps down as minister", id="quits-and-steps-down"),
    pytest.param("Corvin jailed for fraud", "Adam Corvin sentenced for fraud", id="jailed-and-sentenced"),
    pytest.param("Corvin sentenced to nine years", "Corvin convicted of fraud", id="sentenced-says-convicted"),
    pytest.param("Quake kills 12 in Lindale", "Dozen dead as quake strikes Lindale", id="killed-and-dead"),
    pytest.param("Supreme Court rules for Corvin", "Supreme Court sides with Corvin", id="rules-and-sides"),
    pytest.param(
        "Lindale bridge is down | Engineers had met. Later on Monday it rained. The old bridge collapsed at noon.",
        "Old Lindale bridge collapses | It was old.",
        id="stated-further-down-in-the-text",
    ),
    # not done, not news
    pytest.param(PACT, "Duma may reject Norvell pact | It could reject it.", id="may"),
    pytest.param(PACT, "Duma will ratify Norvell pact | It will do so soon.", id="will"),
    pytest.param(PACT, "Duma has not ratified Norvell pact | It waits.", id="denied"),
    pytest.param(PACT, "Will the Duma ratify the Norvell pact?", id="asked"),
    pytest.param(PACT, "Duma urged to reject Norvell pact | Greens ask for it.", id="urged"),
    pytest.param(PACT, "Greens: Duma ‘rejected reason’ | They are angry.", id="quotation-fragment"),
    pytest.param(PACT, "Duma talks go on | Ann Roe, who was arrested in May, watched.", id="background-clause"),
    pytest.param(PACT, "Duma talks go on | Ann Roe, the banned painter, was there.", id="adjective"),
    pytest.param(PACT, "Duma talks go on | Tarvia had rejected a pact.", id="before-what-is-told"),
    pytest.param(PACT, "Duma rejects the notion of haste | It takes its time.", id="figure-of-speech"),
    pytest.param(PACT, "Duma releases a report on the pact | It is long.", id="a-report-is-released"),
    pytest.param(TRIAL, "Corvin speaks | Adam Corvin pleaded not guilty on Tuesday.", id="not-within-a-phrase"),
    pytest.param(TRIAL, "Corvin almost arrested | Police nearly arrested Adam Corvin.", id="almost"),
    pytest.param(PACT, "Duma talks of a repealed law | It is old.", id="participle-after-a-preposition"),
    pytest.param(PACT, "Talks go on | They end on the day the new Duma is sworn in.", id="present-passive"),
    pytest.param(TALKS, "Talks go on | Since taking over, Ann Roe has signed nine laws.", id="since"),
    pytest.param(PACT, "Israeli strikes hit the Duma session | The session went on.", id="strikes-as-a-noun"),
    pytest.param(PACT, "How the Duma banned ships", id="how"),
    pytest.param(PACT, "Duma Rules Committee meets | The pact is on its list.", id="a-noun-that-looks-like-a-verb"),
    pytest.param(
        PACT, "Duma sits | It sat. In the evening Tarvia banned ships of Norvell.", id="past-the-first-sentences"
    ),
    # names that are nothing new
    pytest.param(TALKS, "Talks go on | Minister Ann Roe met the envoys.", id="title-of-a-person-who-was-told"),
    pytest.param(TALKS, "Talks go on | President Roe met the envoys.", id="office-before-a-told-name"),
    pytest.param(
        "Zelensky visits Lindale | Zelensky met the mayor.",
        "Zelenskyy visits Lindale | Volodymyr Zelenskyy met him.",
        id="spelling",
    ),
    pytest.param("Kiev hosts talks", "Kyiv hosts talks | Kyiv hosted the talks.", id="spelling-of-a-place"),
    pytest.param(TALKS, "Talks go on | Ann Roe, D-Norvell, spoke on TV to the GOP in the U.S.", id="abbreviations"),
    pytest.param(TALKS, "Talks go on | Republicans and Democrats met the Tarvians.", id="parties-and-peoples"),
    pytest.param(TALKS, "Talks go on | On Thursday and in September they rest.", id="weekdays-and-months"),
    pytest.param(TALKS, "Talks go on | Officials met. Like others, Lawmakers joined.", id="sentence-openers"),
    pytest.param(TALKS, "Port Talks Go On As Envoys Meet Again", id="capitals-of-a-headline"),
    pytest.param(TALKS, "Talks go on | Olga Venn said that it goes well.", id="who-merely-speaks"),
    pytest.param(TALKS, "Talks go on | It is as when Olga Venn flew to Lindale.", id="an-actor-of-an-aside"),
    pytest.param(TALKS, "Talks go on | In Port Selda, things went well.", id="a-place"),
    pytest.param(TALKS, "Talks go on", id="nothing"),
]


@pytest.mark.parametrize(("before", "after", "expected"), CHANGES)
def test_a_material_change_is_found_and_named(before: str, after: str, expected: str) -> None:
    words = words_of(find_change(told(before), later(after)))
    assert words
    assert expected in words[0]


@pytest.mark.parametrize(("before", "after"), NO_CHANGES)
def test_nothing_else_is_a_change(before: str, after: str) -> None:
    assert words_of(find_change(told(before), later(after))) is None


# the report to quote


def test_the_newest_report_with_the_strongest_change_is_quoted() -> None:
    after = later(
        "Duma ratifies Norvell pact | It was unanimous.",
        "Duma ratifies Norvell pact with Tarvia | The vote was on Tuesday.",
        "Norvell waits | Negotiator Olga Venn flew to the Duma.",
    )
    change = find_change(told(PACT), after)
    assert change
    assert change.report is after[1]


def test_a_copy_brings_no_change_and_no_growth() -> None:
    assert find_change(told(QUAKE), later("Lindale quake kills 18", copy_of=1)) is None
    copies = [*later("Quake", source="B", copy_of=1), *later("Quake", source="C", copy_of=1)]
    assert find_change(told(QUAKE), copies) is None


def test_a_report_that_goes_back_is_not_quoted() -> None:
    after = later("Roe to resign on Friday | Bomb kills 4 at her office.")
    assert find_change(told("Minister Ann Roe resigns"), after) is None


def test_at_most_five_words_are_named() -> None:
    text = "Lindale: 9 killed, 30 injured, 5 missing | Norvell bans ships; Tarvia raids ports; police arrested Al Ure."
    change = find_change(told(TALKS), later(text.replace("raids", "invades"), "Lindale waits"))
    assert change
    assert len(change.words) <= 5
    assert len({word.casefold() for word in change.words}) == len(change.words)


def test_the_words_stand_in_the_report() -> None:
    for case in CHANGES:
        before, after, _ = case.values
        change = find_change(told(str(before)), later(str(after)))
        assert change
        stated = f"{change.report.title} {change.report.text}".casefold()
        assert all(piece in stated for word in change.words for piece in word.casefold().split()), change.words


def test_a_story_that_grew_from_one_outlet_to_three_has_changed() -> None:
    first = told("Norvell and Tarvia hold talks")
    second, third = later("Talks in Lindale", source="B"), later("Envoys meet", source="C")
    assert find_change(first, second) is None
    change = find_change(first, [*second, *third])
    assert change
    assert change.words == ("3 outlets",)


def test_a_story_told_from_two_outlets_does_not_grow() -> None:
    first = [*told("Norvell and Tarvia hold talks"), *told("Talks", source="B")]
    assert find_change(first, [*later("Envoys meet", source="C"), *later("They met", source="D")]) is None


def test_nothing_changes_without_later_reports() -> None:
    assert find_change(told(QUAKE), []) is None


# what a reader was sent


def test_a_fact_that_was_sent_is_no_change() -> None:
    after = later("Lindale quake kills 18")
    assert find_change(told(QUAKE), after, sent=["The toll in Lindale has risen to 18."]) is None
    assert find_change(told(QUAKE), after, sent=["A quake killed 12 people."])


def test_a_form_of_a_report_before_it_was_changed_counts_as_told() -> None:
    report = told(QUAKE)[0]
    earlier = dataclasses.replace(report, title="Lindale quake kills 18")
    assert find_change([earlier, report], later("Lindale quake kills 18 people")) is None


# languages


@pytest.mark.parametrize(
    ("language", "before", "after", "expected"),
    [
        pytest.param("es", "El sismo deja 12 muertos", "El sismo deja 18 muertos", ("18 muertos",), id="number-grew"),
        pytest.param("de", "Beben: 12 Tote", "Beben: 18 Tote", ("18 Tote",), id="capital-noun"),
        pytest.param("ru", "Погибли 12 человек", "Погибли 18 человек", ("18 человек",), id="cyrillic"),
        pytest.param("es", "El sismo deja 12 muertos", "El sismo deja 9 muertos", None, id="an-older-number"),
        pytest.param("es", "Hablan el 12 enero 2025", "Hablan el 18 enero 2025", None, id="dates"),
        pytest.param("es", "Dura 12 días", "Dura 18 días", None, id="lengths-of-time"),
        pytest.param(
            "es", "La Duma debate", "La Duma ratifica el pacto con Olga Venn", None, id="decisions-are-not-read"
        ),
        pytest.param("hi", "बारह लोग मरे", "18 लोग मरे", None, id="no-number-before"),
    ],
)
def test_in_other_languages_only_a_number_that_grew_is_a_change(
    language: str, before: str, after: str, expected: tuple[str, ...] | None
) -> None:
    change = find_change(told(before, language=language), later(after, language=language))
    assert words_of(change) == expected


def test_reports_are_compared_within_a_language() -> None:
    spanish = told("La Duma ratifica el pacto", language="es")
    assert find_change(spanish, later("Duma ratifies Norvell pact")) is None
    assert find_change([*spanish, *told(PACT)], later("Duma ratifies Norvell pact"))


# where "New:" stands


@pytest.mark.parametrize(
    ("sentences", "change", "place"),
    [
        pytest.param(["Lindale mourns.", "The toll rose to 18 on Tuesday night."], ("18 killed",), 1, id="toll"),
        pytest.param(["At least 18 died, officials in Selda announced."], ("kills 18",), 0, id="other-words"),
        pytest.param(["It was passed by a wide margin on Tuesday."], ("ratifies",), 0, id="other-verb"),
        pytest.param(["Rescuers left.", "Negotiator Olga Venn flew in."], ("Olga Venn",), 1, id="actor"),
        pytest.param(
            ["A quake hit Lindale and killed 18 people, rescuers said."], ("18 killed",), None, id="mostly-told"
        ),
        pytest.param(["Nothing else is known of it."], ("18 killed",), None, id="does-not-hold-the-change"),
        pytest.param(["Three outlets tell it."], ("3 outlets",), None, id="growth-stands-nowhere"),
        pytest.param([], ("18 killed",), None, id="no-sentence"),
    ],
)
def test_new_stands_before_the_sentence_that_holds_the_change(
    sentences: list[str], change: tuple[str, ...], place: int | None
) -> None:
    assert place_of_news(sentences, Change(article(), change), told(QUAKE), []) == place


def test_new_never_stands_before_what_is_stored_further_down_or_was_sent() -> None:
    sentence = "At least 18 died, officials in Selda announced."
    change = Change(article(), ("18 died",))
    deep = told(f"Quake | Lindale shook. It was early. Many ran. It rained a lot that day. {sentence}")
    assert place_of_news([sentence], change, deep, []) is None
    assert place_of_news([sentence], change, told(QUAKE), ["Officials in Selda announced that 18 died."]) is None
    assert place_of_news([sentence], change, told(QUAKE), ["A quake hit Lindale."]) == 0


# news that goes backwards


@pytest.mark.parametrize(
    ("before", "report", "expected"),
    [
        pytest.param("Minister Ann Roe resigns", "Roe to resign Friday", True, id="to"),
        pytest.param("Minister Ann Roe resigns", "Minister Roe will resign this week", True, id="will"),
        pytest.param("Minister Ann Roe has resigned", "Roe expected to step down", True, id="expected-other-verb"),
        pytest.param("Ann Roe resigned on Monday", "Roe plans to quit | Ann Roe plans to quit.", True, id="plans"),
        pytest.param("Duma ratifies Norvell pact", "Duma set to ratify Norvell pact", True, id="set-to"),
        pytest.param(
            "Norvell pact ratified by Duma", "Duma to vote on pact | The Duma will ratify the pact.", True, id="lead"
        ),
        pytest.param("Duma ratifies pact", "Federation Council will ratify pact", False, id="another-body"),
        pytest.param("Duma ratifies Norvell pact", "Duma to ratify second Norvell pact", False, id="a-second-one"),
        pytest.param("Duma ratifies Norvell pact", "Duma to approve budget", False, id="another-thing"),
        pytest.param("Duma ratifies Norvell pact", "President to sign Norvell pact", False, id="the-next-step"),
        pytest.param("Ann Roe resigns", "Bela Noor to resign", False, id="another-person"),
        pytest.param("Ann Roe resigns", "Roe, who resigned, will speak", False, id="tells-it-as-done"),
        pytest.param("Ann Roe to resign", "Ann Roe will resign", False, id="planned-before-too"),
        pytest.param("Ann Roe resigns", "Ann Roe resigns", False, id="done-twice"),
    ],
)
def test_news_told_as_done_does_not_come_back_as_planned(before: str, report: str, expected: bool) -> None:
    assert goes_back(later(report)[0], told(before)) is expected


def test_other_languages_never_go_back() -> None:
    assert not goes_back(later("Roe to resign", language="es")[0], told("Roe resigns", language="es"))
