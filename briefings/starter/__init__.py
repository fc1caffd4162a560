"""The starter topics and the sample newsroom, which ship with the program.

The sample articles tell public facts of the ten days up to 4 December 2025 in our own words. Their outlets are
invented.
"""

from __future__ import annotations

from datetime import UTC, datetime
from importlib.resources import files

from briefings.model import Entry, Topic
from briefings.parse.file import read_file
from briefings.topics.topic_files import parse_topic

SAMPLE_NOW = datetime(2025, 12, 4, 6, 0, tzinfo=UTC)
"""The time at which the sample newsroom opens: a Thursday morning with enough news for a full edition."""


def topics() -> list[Topic]:
    """Return the starter topics, sorted by command."""
    folder = files(__name__) / "topics"
    return [parse_topic(file.name, file.read_bytes()) for file in sorted(folder.iterdir(), key=lambda file: file.name)]


def sample() -> list[Entry]:
    """Return the articles of the sample newsroom as entries, oldest first."""
    items = read_file("newsroom.jsonl", (files(__name__) / "newsroom.jsonl").read_bytes())
    entries = [entry for entry in items if isinstance(entry, Entry)]
    return sorted(entries, key=lambda entry: entry.published or SAMPLE_NOW)
