"""Selects reports of a story: those dated or ready up to a time, and the newest original. Pure."""

from __future__ import annotations

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


def newest_original(story: Story) -> Article:
    """Return the latest report that is not a copy; the latest of all if every one is."""
    return next((a for a in reversed(story.articles) if a.copy_of is None), story.articles[-1])
