"""Decides which stories a reader may be told, as new or as updated, by what they were told before. Pure.

1. A story is *new* when it was never told to its readers: all its reports came after their mark, or it was left out of
   an edition lately.
2. A story that was told is *updated* when a report that came since brings a material change (`stories/changes.py`).
3. A story that began before the mark and is not in the readers' memory may have been told long ago. It is told again
   for a material change only, and then nothing is said of its being new or updated.
4. Any other story stays out, and so do opinion and live blogs, reports that are dated after now, and undated ones of a
   source.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from briefings.editions.memory import UNKNOWN_REPORT, Memory, Remembered, in_order, is_left
from briefings.editions.model import Mood
from briefings.model import Article, Story
from briefings.stories.changes import Change, find_change
from briefings.stories.reports import as_of, fit_for_editions
from briefings.text.genre import is_news
from briefings.text.sentences import split


@dataclass(frozen=True, slots=True)
class Candidate:
    """A story that may be told: its reports that are news, and what its readers know of it.

    `change` is what is new to readers who may know the rest; None for a story that was never told. `before` are the
    forms of its articles that had come by then, and `sent` the sentences that they were sent. `is_carried`: an edition
    left it out.
    """

    story: Story
    mood: Mood
    change: Change | None = None
    before: tuple[Article, ...] = ()
    sent: tuple[str, ...] = ()
    is_carried: bool = False

    @property
    def known_until(self) -> datetime | None:
        """The time of the newest report that its readers may know; None if they know none."""
        return max((form.tellable for form in self.before), default=None)


def news_of(story: Story, now: datetime) -> Story | None:
    """Return the story with those of its reports that an edition may tell at `now`; None if no report is left."""
    past = as_of(story, now)
    fit = past and fit_for_editions(past)
    reports = tuple(article for article in fit.articles if is_news(article)) if fit else ()
    return Story(story.id, reports) if reports else None


def candidate_of(
    story: Story, remembered: Remembered | None, until: datetime | None, mark: datetime | None
) -> Candidate | None:
    """Return how a story of `news_of` stands to its readers at `mark`; None if it has nothing to tell them.

    `remembered` is what their memory holds of it, and `until` the time up to which they were told it; None if they
    never were.
    """
    forms = _forms(story)
    is_carried = remembered is not None and is_left(remembered, mark)
    before = tuple(form for form in forms if until and form.tellable <= until)
    if not before:
        return Candidate(story, Mood.NEW, is_carried=is_carried)
    after = [form for form in forms if until and form.tellable > until]
    sent = _sent(before, remembered)
    change = find_change(before, after, sent=sent) if after else None
    if change is None:
        return None
    was_told = remembered is not None and remembered.report != UNKNOWN_REPORT
    return Candidate(story, Mood.UPDATED if was_told else Mood.NEW, change, before, sent, is_carried=is_carried)


def told_everything(stories: Iterable[Story], mark: datetime) -> Memory:
    """Return the memory of a reader who was told all reports of these stories up to a mark."""
    told = [(story, [form for form in _forms(story) if form.tellable <= mark]) for story in stories]
    return in_order(
        Remembered(story.id, max(before, key=lambda form: form.when).id, None, max(form.when for form in before))
        for story, before in told
        if before
    )


def _forms(story: Story) -> list[Article]:
    """Return the articles of a story in all the forms that they had."""
    return [form for article in story.articles for form in (*article.earlier, article)]


def _sent(before: tuple[Article, ...], remembered: Remembered | None) -> tuple[str, ...]:
    """Return title and summary of the report that was quoted, in the form that it had then."""
    quoted = [form for form in before if remembered and form.id == remembered.report]
    return (quoted[-1].title, *split(quoted[-1].summary, quoted[-1].language)) if quoted else ()
