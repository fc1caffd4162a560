"""What ships with the program: the starter topics, and a sample newsroom to try it with.

The sample articles tell public facts of the ten days up to 4 December 2025 in our own words, under
outlets that do not exist.
"""

from __future__ import annotations

from datetime import UTC, datetime
from importlib.resources import files

from briefings.model import Entry, Topic
from briefings.parse.file import read_file
from briefings.topics.topic_files import parse_topic

SAMPLE_NOW = datetime(2025, 12, 4, 6, 0, tzinfo=UTC)
"""The moment the sample newsroom opens: a Thursday morning with a full edition's news."""


def topics() -> list[Topic]:
    """The starter topics, by command."""
    folder = files(__name__) / "topics"
    return [parse_topic(file.name, file.read_bytes()) for file in sorted(folder.iterdir(), key=lambda file: file.name)]


def sample() -> list[Entry]:
    """The sample newsroom's articles, oldest first."""
    read = read_file("newsroom.jsonl", (files(__name__) / "newsroom.jsonl").read_bytes())
    entries = [entry for entry in read if isinstance(entry, Entry)]
    return sorted(entries, key=lambda entry: entry.published or SAMPLE_NOW)
