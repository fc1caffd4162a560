"""The starter topics and the sample newsroom, which ship with the program.

The sample reports are of the ten days up to 4 December 2025. Some tell public facts in our own words; the others tell
of invented people in invented places (Norvell, Estmark). All outlets are invented. Reports are as long and as uneven as
those that real feeds bring: teasers, datelines, copies, opinion, live blogs, three languages.
"""

from __future__ import annotations

import dataclasses
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


def sample(until: datetime | None = None) -> list[Entry]:
    """Return the reports of the sample newsroom as a feed would bring them, oldest first, the undated ones at the end.

    With `until`, a report dated later is left out.
    """
    items = read_file("newsroom.jsonl", (files(__name__) / "newsroom.jsonl").read_bytes())
    entries = [dataclasses.replace(item, by_hand=False) for item in items if isinstance(item, Entry)]
    dated = sorted((entry for entry in entries if entry.published), key=lambda entry: entry.published or SAMPLE_NOW)
    undated = [entry for entry in entries if not entry.published]
    return [entry for entry in dated if until is None or (entry.published or until) <= until] + undated
