"""The starter topics and the sample newsroom keep the rules for topics and articles."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, date
from importlib.resources import files
from urllib.parse import urlsplit

import pytest
from builders import open_sample_at

from briefings import starter
from briefings.model import Story
from briefings.parse.file import read_file
from briefings.starter import SAMPLE_NOW, sample, topics
from briefings.text.summary import supported
from briefings.topics.lookup import find_topic
from briefings.topics.matching import Matcher
from briefings.topics.topic_files import parse_topic

FOLDER = files(starter) / "topics"
FILES = sorted(file.name for file in FOLDER.iterdir())
TOPICS = {topic.command: topic for topic in topics()}
SAMPLE = sample()
TITLES = [pytest.param(entry, id=entry.url.rsplit("/", 1)[-1]) for entry in SAMPLE]


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
    assert len(items) == len(SAMPLE) >= 25


def test_sample_addresses_are_distinct() -> None:
    assert len({entry.url for entry in SAMPLE}) == len(SAMPLE)


@pytest.mark.parametrize("entry", TITLES)
def test_a_sample_article_is_dated_sourced_and_on_a_topic(entry: object) -> None:
    assert entry.published.tzinfo is UTC or entry.published.utcoffset().total_seconds() == 0
    assert date(2025, 11, 24) <= entry.published.date() <= date(2025, 12, 4)
    assert entry.source.startswith("Sample ")
    assert urlsplit(entry.url).hostname == "example.org"
    assert len(entry.title.split()) <= 20
    assert not entry.title.endswith("?")
    assert any(tag.is_about for tag in Matcher(TOPICS.values()).tag(entry.title, entry.text).values())


SUMMARISED = [entry for entry in SAMPLE if entry.summary]


def test_some_sample_articles_have_a_summary() -> None:
    assert SUMMARISED


@pytest.mark.parametrize("entry", [pytest.param(entry, id=entry.url.rsplit("/", 1)[-1]) for entry in SUMMARISED])
def test_a_supplied_summary_says_what_its_article_says(entry: object) -> None:
    assert supported(entry.summary, f"{entry.title}\n{entry.text}")
    assert len(entry.summary.split()) <= 60


def test_the_sample_opens_with_most_of_its_news() -> None:
    assert len([entry for entry in SAMPLE if entry.published <= SAMPLE_NOW]) >= 25


@pytest.fixture(scope="module")
def stories() -> list[Story]:
    async def gather() -> list[Story]:
        async with open_sample_at() as newsroom:
            return await newsroom.editing.stories()

    return asyncio.run(gather())


def addresses(story: Story) -> set[str]:
    return {article.url.rsplit("/", 1)[-1] for article in story.articles}


EVENTS = [
    ("lai-defence-budget", "lai-plan-faces-legislature"),
    ("yermak-resigns", "yermak-exit-leaves-gap"),
    ("kairos-virat-black-sea", "ukraine-claims-tanker-strikes"),
    ("eu-ends-russian-gas", "hungary-gas-court"),
    ("india-waits-for-s400", "delhi-to-raise-s400-delay"),
]


@pytest.mark.parametrize("event", EVENTS, ids=[event[0] for event in EVENTS])
def test_one_event_is_one_story(stories: list[Story], event: tuple[str, str]) -> None:
    assert any(set(event) <= addresses(story) for story in stories)


APART = [
    ("relos-awaits-ratification", "india-waits-for-s400"),
    ("brahmos-bay-of-bengal", "hal-tejas-dubai-crash"),
    ("eu-ends-russian-gas", "canada-safe-agreement"),
]


@pytest.mark.parametrize("events", APART, ids=[event[0] for event in APART])
def test_two_events_are_two_stories(stories: list[Story], events: tuple[str, str]) -> None:
    assert not any(set(events) <= addresses(story) for story in stories)
