"""The timeline of a dossier: its dated stories, one line each. Pure.

Promises that a story stands at its first dated report, and that an undated story is on no timeline.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from briefings.model import Story
from briefings.stories.reports import is_dated

TIMELINE_STORIES = 30
"""Most stories on a timeline; the oldest ones are left off."""


@dataclass(frozen=True, slots=True)
class TimelineEvent:
    """A dated story in a dossier's timeline. `link` is the web address of its report, None when it has none."""

    when: datetime
    text: str
    link: str | None


def timeline(stories: Iterable[Story]) -> tuple[TimelineEvent, ...]:
    """Return the newest dated stories as lines, oldest first."""
    dated = sorted((story for story in stories if is_dated(story)), key=lambda story: story.first)
    return tuple(_line(story) for story in dated[-TIMELINE_STORIES:])


def _line(story: Story) -> TimelineEvent:
    report = next(article for article in (*story.leading, *story.articles) if article.published)
    return TimelineEvent(report.when, report.title, report.url)
