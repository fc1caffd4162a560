"""Selects reports of a story: those dated or ready up to a time, and the newest original. Pure.

Also gives a story as if its reports had come when they were dated.
"""

from __future__ import annotations

import dataclasses
from datetime import datetime

from briefings.model import Article, Story


def as_of(story: Story, now: datetime) -> Story | None:
    """Return the story without reports that are dated after `now`; None if no report is left."""
    past = tuple(article for article in story.articles if article.when <= now)
    return Story(story.id, past) if past else None


def ready_by(story: Story, instant: datetime) -> Story | None:
    """Return the story without reports that became ready after an instant; None if no report is left."""
    ready = tuple(article for article in story.articles if article.ready <= instant)
    return Story(story.id, ready) if ready else None


def as_dated(story: Story) -> Story:
    """Return the story as if each report had come, and had been ready, at its date. An undated one came when added."""
    return Story(story.id, tuple(map(_come_at_its_date, story.articles)))


def _come_at_its_date(report: Article) -> Article:
    earlier = tuple(map(_come_at_its_date, report.earlier))
    return dataclasses.replace(report, added=report.when, ready=report.when, earlier=earlier)


def newest_original(story: Story) -> Article:
    """Return the latest dated report that leads the story; else the latest of those that lead it.

    The date of an undated report is when it was added, which may be long after the event.
    """
    return next((article for article in reversed(story.leading) if article.published), story.leading[-1])


def is_dated(story: Story) -> bool:
    """True if any report of the story bears a date."""
    return any(article.published for article in story.articles)


def fit_for_editions(story: Story) -> Story | None:
    """Return the story without undated reports of sources; None if no report is left. Nobody knows how old these are.

    What an editor adds by hand is theirs to judge.
    """
    fit = tuple(article for article in story.articles if article.published or article.by_hand)
    return Story(story.id, fit) if fit else None
