"""The starter topics and the sample newsroom keep the rules for topics and articles."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from datetime import UTC, date, timedelta
from importlib.resources import files
from urllib.parse import urlsplit

import pytest
from builders import open_sample_at

from briefings import starter
from briefings.model import Article, Entry, Story
from briefings.parse.file import read_file
from briefings.starter import SAMPLE_NOW, sample, topics
from briefings.text.sentences import split
from briefings.text.summary import supported
from briefings.text.words import count_words
from briefings.topics.lookup import find_topic
from briefings.topics.matching import Matcher
from briefings.topics.topic_files import parse_topic

FOLDER = files(starter) / "topics"
FILES = sorted(file.name for file in FOLDER.iterdir())
TOPICS = {topic.command: topic for topic in topics()}
SAMPLE = sample()

Check = Callable[[Entry], bool]


def slug(entry: Entry | Article) -> str:
    """Return the last part of the address, by which the tests name a report."""
    return entry.url.rsplit("/", 1)[-1]


REPORTS = {slug(entry): entry for entry in SAMPLE}
TITLES = [pytest.param(entry, id=slug(entry)) for entry in SAMPLE]


@pytest.mark.parametrize("name", FILES)
def test_a_topic_file_is_read_and_named_after_its_command(name: str) -> None:
    assert parse_topic(name, (FOLDER / name).read_bytes()).command == name.removesuffix(".toml")


def test_the_topics_that_the_readme_names_exist() -> None:
    assert {"relos", "s400", "s500", "su57", "lemoa", "comcasa", "beca", "indiarussia", "quad", "nato"} <= TOPICS.keys()


@pytest.mark.parametrize("command", TOPICS)
def test_related_topics_exist(command: str) -> None:
    related = TOPICS[command].related
    assert set(related) <= TOPICS.keys() - {command}
    assert len(set(related)) == len(related) >= 1


@pytest.mark.parametrize("command", TOPICS)
def test_a_definition_is_short_and_has_no_number(command: str) -> None:
    definition = TOPICS[command].definition
    assert len(definition.split()) <= 40
    assert definition[0].isupper()
    assert definition.endswith(".")
    assert not re.findall(r"(?<![\w-])\d+(?![\w-])", definition)


@pytest.mark.parametrize("command", TOPICS)
def test_a_topic_finds_its_own_names(command: str) -> None:
    topic = TOPICS[command]
    matcher = Matcher([topic])
    for name in (*topic.aliases, *topic.exact):
        assert matcher.tag(name, "")[command].is_about


def test_no_name_belongs_to_two_topics() -> None:
    names = [(name, topic) for topic in TOPICS.values() for name in (topic.command, *topic.aliases, *topic.exact)]
    assert not [(name, topic.command) for name, topic in names if find_topic(name, list(TOPICS.values())) is not topic]


def test_no_line_of_the_sample_is_rejected() -> None:
    items = read_file("newsroom.jsonl", (files(starter) / "newsroom.jsonl").read_bytes())
    assert len(items) == len(SAMPLE) >= 60


def test_sample_addresses_are_distinct() -> None:
    assert len({entry.url for entry in SAMPLE}) == len(SAMPLE)


def test_the_sample_has_reports_of_every_day_from_24_november_to_4_december() -> None:
    days = {entry.published.date() for entry in SAMPLE if entry.published}
    assert days == {date(2025, 11, 24) + timedelta(days=number) for number in range(11)}


def test_reports_come_oldest_first_and_those_without_a_date_at_the_end() -> None:
    dates = [entry.published for entry in SAMPLE]
    dated = [published for published in dates if published]
    assert dates == sorted(dated) + [None] * (len(dates) - len(dated))
    assert sample(SAMPLE_NOW) == [e for e in SAMPLE if e.published is None or e.published <= SAMPLE_NOW]


def test_a_sample_report_counts_as_collected_and_not_as_added_by_an_editor() -> None:
    assert not [entry.url for entry in SAMPLE if entry.by_hand]


@pytest.mark.parametrize("entry", TITLES)
def test_a_sample_report_names_an_invented_outlet_and_has_a_headline_of_a_usual_length(entry: Entry) -> None:
    assert entry.source.startswith("Sample ")
    assert urlsplit(entry.url).hostname == "example.org"
    assert len(entry.title.split()) <= 22
    assert entry.published is None or entry.published.tzinfo is UTC


INVENTED = re.compile(
    "Norvell|Estmark|Kelderan|Port Aran|Talsund|Velmora|Brenholt|Dunmere|Marrow Bay|Норвелл|Велмор|नॉरवेल|ऑस्ट्रेल"
)
REAL = re.compile(
    r"\b(?:Russia|India|U\.S\.|United States|China|Ukraine|Europe|Germany|France|Britain|Israel|Iran|Japan|Turkey|NATO|"
    r"Trump|Putin|Modi|Zelensky)"
)


def is_invented(entry: Entry) -> bool:
    """True if the report tells of an invented place."""
    return bool(INVENTED.search(f"{entry.title} {entry.text}"))


@pytest.mark.parametrize("entry", [pytest.param(e, id=slug(e)) for e in SAMPLE if not is_invented(e)])
def test_a_report_of_a_real_event_is_on_a_topic(entry: Entry) -> None:
    tags = Matcher(TOPICS.values()).tag(entry.title, entry.text)
    assert any(tag.is_about for tag in tags.values()) if entry.language == "en" else tags


@pytest.mark.parametrize("entry", [pytest.param(e, id=slug(e)) for e in SAMPLE if is_invented(e)])
def test_a_report_of_an_invented_place_names_no_real_state_or_leader(entry: Entry) -> None:
    assert not REAL.findall(f"{entry.title} {entry.text}")


def first_sentence(entry: Entry) -> str:
    return split(entry.text, entry.language)[0]


def is_in_text(pattern: str) -> Check:
    return lambda entry: bool(re.search(pattern, entry.text, re.MULTILINE))


def is_in_title(pattern: str) -> Check:
    return lambda entry: bool(re.search(pattern, entry.title))


def has_words(least: int, most: int) -> Check:
    return lambda entry: least <= count_words(entry.text) <= most


KINDS: dict[str, tuple[int, Check]] = {
    "text of 80 to 400 words": (60, has_words(80, 400)),
    "text of more than 250 words": (3, has_words(251, 400)),
    "several paragraphs": (60, is_in_text(r"\n\n")),
    "lead of 35 to 50 words": (40, lambda entry: 35 <= count_words(first_sentence(entry)) <= 50),
    "lead of at most 25 words": (10, lambda entry: 15 <= count_words(first_sentence(entry)) <= 25),
    "headline of 15 to 22 words": (5, is_in_title(r"^(?:\S+ ){14,21}\S+$")),
    "headline of more than 80 characters": (6, is_in_title("^.{81,}$")),
    "headline of at most 7 words": (4, is_in_title(r"^(?:\S+ ){0,6}\S+$")),
    "question as headline": (1, is_in_title(r"\?$")),
    "list as headline": (1, is_in_title("^Five things")),
    "opinion by its outlet": (1, lambda entry: "Opinion" in entry.source and " I " in entry.text),
    "live blog": (1, is_in_title(r"\blive:")),
    "advertisement": (1, is_in_title("^Sponsored:")),
    "label at the beginning of a title": (1, is_in_title(r"^Updated \d+/\d+:")),
    "label at the beginning of a text": (2, is_in_text(r"\A(?:Updated \d+/\d+|By the numbers):")),
    "label in a text": (1, is_in_text("^What we're watching:")),
    "teaser": (6, is_in_text(r"…\Z")),
    "teaser without a whole sentence": (2, is_in_text(r"\A[^\n.]+…\Z")),
    "stub": (2, is_in_text(r"\A[^\n]{,250} (?:Read more|Continue reading)\Z")),
    "dateline": (8, is_in_text(r"\A[A-Z ]{5,}, (?:\w+, )?(?:Nov|Dec) \d+ \(Sample \w+\) — ")),
    "quotation": (10, is_in_text("“[^”]{20,}”")),
    "quotation that says no name, as the lead": (2, is_in_text(r"\A“[^”]+,” he said\.")),
    "quotation that says no name, as a paragraph": (2, is_in_text("^“[^”]+,” s?he said\\.$")),
    "quotation of several sentences": (2, is_in_text(r"“[^”]+\. [^”]+”")),
    "caption": (1, is_in_text("^Photo: ")),
    "links of the page": (3, is_in_text("^(?:Read also|Related|Sign up)")),
    "sentence that leans on the one before": (3, is_in_text(r"^The two |^Both |^That |^Nor ")),
    "weekday of another week": (3, is_in_text(r"[Ll]ast (?:Mon|Tues|Wednes|Thurs|Fri)day|last week")),
    "summary that came with a text": (3, lambda entry: bool(entry.summary) and not entry.supplied),
    "summary without a text": (1, lambda entry: entry.supplied),
    "no date": (1, lambda entry: entry.published is None),
    "author": (1, lambda entry: bool(entry.author)),
    "Russian": (3, lambda entry: entry.language == "ru"),
    "Hindi": (3, lambda entry: entry.language == "hi"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_the_sample_shows_every_kind_of_report(kind: str) -> None:
    least, is_one = KINDS[kind]
    assert len([slug(entry) for entry in SAMPLE if is_one(entry)]) >= least


def test_another_outlet_has_the_text_of_a_wire() -> None:
    by_text: dict[str, set[str]] = {}
    for entry in SAMPLE:
        by_text.setdefault(entry.text, set()).add(entry.source)
    copied = [sources for sources in by_text.values() if len(sources) > 1]
    assert len(copied) >= 2
    assert all("Sample Wire" in sources for sources in copied)


DIFFERENT = [
    ("talsund-quake", "injured 60", "talsund-quake-hospital", "75 injured"),
    ("kelderan-storm-ylva", "40,000 homes", "kelderan-storm-55000", "55,000 homes"),
    ("estmark-air-defence-order", "1.2 billion crowns", "estmark-launchers-price", "1.4 billion crowns"),
    ("saint-alda-ferry-fire", "killed at least seven people", "saint-alda-nine-dead", "nine people were killed"),
]


@pytest.mark.parametrize("case", DIFFERENT, ids=[case[0] for case in DIFFERENT])
def test_two_outlets_differ_in_a_number_on_one_day(case: tuple[str, str, str, str]) -> None:
    report, number, other, other_number = REPORTS[case[0]], case[1], REPORTS[case[2]], case[3]
    assert number in report.text
    assert other_number in other.text
    assert other_number not in report.text
    assert number not in other.text
    assert report.published.date() == other.published.date()
    assert report.source != other.source


CHANGED = [
    ("talsund-quake", "12 people", "talsund-quake-toll-18", "rose to 18"),
    ("brandt-ahead-exit-poll", "52 percent", "brandt-wins-second-term", "53.4 percent"),
    ("velmora-poezda", "Девять человек погибли", "velmora-poezda-11", "До 11 человек"),
]


@pytest.mark.parametrize("case", CHANGED, ids=[case[0] for case in CHANGED])
def test_a_number_changes_from_one_day_to_the_next(case: tuple[str, str, str, str]) -> None:
    earlier, before, later, after = case
    assert before in REPORTS[earlier].text
    assert after in REPORTS[later].text
    days = REPORTS[later].published.date() - REPORTS[earlier].published.date()
    assert days == timedelta(days=1)


def test_a_plan_is_done_and_then_reported_as_planned_once_more() -> None:
    plan, done, late = (REPORTS[f"estmark-harbour-law-{end}"] for end in ("vote", "passes", "to-be-voted"))
    assert plan.published < done.published < late.published
    assert "will vote" in plan.text
    assert "passed a law" in done.text
    assert "are to vote" in late.text


LOOK_ALIKES = [
    ("talsund-quake", "kelderan-quake"),
    ("brenholt-bridge-reopens", "dunmere-bridge-reopens"),
    ("brenholt-cup-final", "talsund-velmora-cup"),
]


@pytest.mark.parametrize("pair", LOOK_ALIKES, ids=[pair[0] for pair in LOOK_ALIKES])
def test_two_events_of_one_day_look_alike(pair: tuple[str, str]) -> None:
    one, other = (REPORTS[address] for address in pair)
    assert one.published.date() == other.published.date()
    shared = set(re.findall(r"\w+", one.title.lower())) & set(re.findall(r"\w+", other.title.lower()))
    assert len(shared) >= 3


SUMMARISED = [entry for entry in SAMPLE if entry.summary]


def test_some_sample_articles_have_a_summary() -> None:
    assert SUMMARISED


@pytest.mark.parametrize("entry", [pytest.param(entry, id=slug(entry)) for entry in SUMMARISED])
def test_a_supplied_summary_says_what_its_article_says(entry: Entry) -> None:
    assert supported(entry.summary, f"{entry.title}\n{entry.text}")
    assert len(entry.summary.split()) <= 60


def test_the_sample_opens_with_most_of_its_news() -> None:
    assert len(sample(SAMPLE_NOW)) >= 60


@pytest.fixture(scope="module")
def stories() -> list[Story]:
    async def gather() -> list[Story]:
        async with open_sample_at() as newsroom:
            return await newsroom.editing.stories()

    return asyncio.run(gather())


def addresses(story: Story) -> set[str]:
    return {slug(article) for article in story.articles}


EVENTS = [
    ("lai-defence-budget", "lai-plan-faces-legislature"),
    ("yermak-resigns", "yermak-exit-leaves-gap"),
    ("kairos-virat-black-sea", "ukraine-claims-tanker-strikes"),
    ("eu-ends-russian-gas", "hungary-gas-court"),
    ("india-waits-for-s400", "delhi-to-raise-s400-delay"),
    ("talsund-quake", "talsund-quake-hospital", "talsund-valley-road"),
    ("estmark-harbour-law-vote", "estmark-harbour-law-passes", "estmark-harbour-law-to-be-voted"),
    ("brenholt-mayor-sentenced", "brenholt-mayor-four-years"),
    ("velmora-poezda", "velmora-poezda-11"),
    ("ostrel-bandh", "ostrel-bandh-band"),
]


@pytest.mark.parametrize("event", EVENTS, ids=[event[0] for event in EVENTS])
def test_one_event_is_one_story(stories: list[Story], event: tuple[str, ...]) -> None:
    assert any(set(event) <= addresses(story) for story in stories)


APART = [
    ("relos-awaits-ratification", "india-waits-for-s400"),
    ("brahmos-bay-of-bengal", "hal-tejas-dubai-crash"),
    ("eu-ends-russian-gas", "canada-safe-agreement"),
    ("talsund-quake", "kelderan-quake"),
    ("port-aran-strike-begins", "estmark-harbour-law-vote"),
]


@pytest.mark.parametrize("events", APART, ids=[event[0] for event in APART])
def test_two_events_are_two_stories(stories: list[Story], events: tuple[str, str]) -> None:
    assert not any(set(events) <= addresses(story) for story in stories)
