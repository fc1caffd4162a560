"""The timeline of a dossier: its dated stories, one line each. Pure.

Promises that a story stands at its first dated report of news, and that no timeline has an undated story, or one of
which no report is news: an opinion is no event.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from briefings.model import Story
from briefings.stories.reports import is_dated
from briefings.text.genre import is_news

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
    events = [event for story in dated if (event := _event(story))]
    return tuple(events[-TIMELINE_STORIES:])


def _event(story: Story) -> TimelineEvent | None:
    reports = (report for report in (*story.leading, *story.articles) if report.published and is_news(report))
    first = next(reports, None)
    return TimelineEvent(first.when, first.title, first.url) if first else None
