"""Puts together the dossier on a topic. Pure.

Promises that copies count once and that no report dated after `now` is in it. Its timeline is made in `timeline.py`;
`matching.py` decides which articles are about a topic.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from briefings.model import Article, Dispute, Story, Topic, outlets_of
from briefings.stories.disputes import find_disputes
from briefings.stories.reports import as_of, is_dated, newest_original
from briefings.text.acronyms import expand_first, expansions
from briefings.text.genre import is_news
from briefings.topics.timeline import TimelineEvent, timeline

MOST_DISPUTES = 3
MOST_RELATED = 3


@dataclass(frozen=True, slots=True)
class Dossier:
    """All that we hold on a topic, or on words that are no topic (then `topic` is None).

    `latest_report` is an article of `latest_story`, and `latest_statement` its summary, with acronyms spelled out.
    `disputes` are the numbers that differ between the reports of `latest_story`. `timeline` holds dated
    stories only, oldest first. `articles` counts the articles that are no copies, dated or not; `outlets` are theirs,
    and `first` is their oldest date, None when none is dated. `related` are commands of other topics.
    """

    word: str
    topic: Topic | None
    latest_story: Story | None
    latest_report: Article | None
    latest_statement: str
    disputes: tuple[Dispute, ...]
    timeline: tuple[TimelineEvent, ...]
    articles: int
    outlets: tuple[str, ...]
    first: datetime | None
    related: tuple[str, ...]


def make_dossier(
    word: str,
    topic: Topic | None,
    articles: Sequence[Article],
    stories: Sequence[Story],
    topics: Sequence[Topic],
    now: datetime,
) -> Dossier:
    """Put a dossier together. `articles` are newest first; `stories` are those that the articles belong to.

    A story without a report of news is the latest only if all are such. Of an undated story and a dated one, the dated
    one is the latest.
    """
    by_now = [story_by_now for story in stories if (story_by_now := as_of(story, now))]
    about = [story for story in by_now if topic is None or topic.command in story.about] or by_now
    latest_story = max(about, key=_lateness, default=None)
    commands = {each.command for each in topics}
    originals = [article for article in articles if article.copy_of is None and article.when <= now]
    latest_report = _latest_report(latest_story, topic) if latest_story else None
    return Dossier(
        word=word,
        topic=topic,
        latest_story=latest_story,
        latest_report=latest_report,
        latest_statement=_latest_statement(latest_report, topic) if latest_report else "",
        disputes=find_disputes(latest_story.articles)[:MOST_DISPUTES] if latest_story else (),
        timeline=timeline(about),
        articles=len(originals),
        outlets=outlets_of(originals),
        first=min((article.published for article in originals if article.published), default=None),
        related=tuple(c for c in topic.related if c in commands) if topic else _met_most(originals, commands),
    )


def _latest_statement(report: Article, topic: Topic | None) -> str:
    """Return the report's summary, its acronyms spelled out at first use where the report's text gives the long form.

    The acronym that is the topic's title is left as it is.
    """
    long_forms = expansions(report.text)
    if topic:
        long_forms = {acronym: long for acronym, long in long_forms.items() if acronym != topic.title}
    return expand_first(report.summary, long_forms, language=report.language, meant_in=report.language)


def _lateness(story: Story) -> tuple[bool, bool, datetime, int]:
    """Return the place of a story among others, the greatest for the latest."""
    return any(map(is_news, story.originals)), is_dated(story), story.last, story.id


def _latest_report(story: Story, topic: Topic | None) -> Article:
    """Return the newest original that is news and about the topic, not merely mentions it.

    Without such a report it is the newest that is news, or else about the topic, or else the newest.
    """
    originals = [a for a in story.leading if a.copy_of is None]
    about = [a for a in originals if topic is not None and topic.command in a.about]
    news = tuple(a for a in originals if is_news(a))
    if news_about := [a for a in about if a in news]:
        return news_about[-1]
    if news:
        return newest_original(Story(story.id, news))
    return about[-1] if about else newest_original(story)


def _met_most(articles: Iterable[Article], commands: set[str]) -> tuple[str, ...]:
    """Return the commands of the topics that most of these articles are about, most first, by name where equal."""
    counts = Counter(command for article in articles for command in article.about if command in commands)
    return tuple(sorted(counts, key=lambda command: (-counts[command], command))[:MOST_RELATED])
