"""Topics by name, and what a dossier on one holds. Pure.

Which articles speak of a topic is decided in `matching.py`; how a topic is written in a file, in `topicfile.py`.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache

from briefings.model import Article, Dossier, Line, Story, Topic
from briefings.stories import disputes
from briefings.stories.changes import as_of, newest_original
from briefings.text.acronyms import expand_first, expansions
from briefings.topics.matching import Matcher, plain
from briefings.topics.topic_files import parse_topic

__all__ = ["Matcher", "dossier", "find", "key", "nearest", "parse_topic"]

TIMELINE_STORIES = 30


@lru_cache(4096)
def key(word: str) -> str:
    """A word as commands spell it: `S-400` and `/s400` are both `s400`."""
    return re.sub(r"[^\w]|_", "", plain(word).casefold())


def find(word: str, topics: Sequence[Topic]) -> Topic | None:
    """The topic a reader means by this word: its command, title, expansion or an alias."""
    wanted = key(word)
    for topic in topics:
        if wanted and wanted in {key(name) for name in _names(topic)}:
            return topic
    return None


def nearest(word: str, topics: Sequence[Topic], limit: int = 3) -> list[Topic]:
    """Topics whose names look most like the word, best first; none when nothing is near."""
    wanted = key(word)
    scored = [(max(_likeness(wanted, key(name)) for name in _names(topic)), topic) for topic in topics]
    near = sorted((pair for pair in scored if pair[0] >= 0.7), key=lambda pair: -pair[0])
    return [topic for _, topic in near[:limit]]


def dossier(
    word: str,
    topic: Topic | None,
    articles: Sequence[Article],
    stories: Sequence[Story],
    topics: Sequence[Topic],
    now: datetime,
) -> Dossier:
    """Put together what we hold: `articles` newest first, `stories` those that the articles belong to.

    Reports dated after `now` are left out; an undated one says where it stands only if no other does.
    """
    come = [known for story in stories if (known := as_of(story, now))]
    about = [s for s in come if topic is None or topic.command in s.about] or come
    dated = sorted((s for s in about if _is_dated(s)), key=lambda s: s.first)
    latest_story = max(about, key=lambda s: (_is_dated(s), s.last, s.id), default=None)
    commands = {t.command for t in topics}
    originals = [a for a in articles if a.copy_of is None and a.when <= now]
    report = _report(latest_story, topic) if latest_story else None
    return Dossier(
        word=word,
        topic=topic,
        latest_story=latest_story,
        latest_report=report,
        latest_statement=_spelled_out(report, topic) if report else "",
        disputes=tuple(map(disputes.in_words, disputes.find_disputes(latest_story.articles)[:3]))
        if latest_story
        else (),
        timeline=tuple(_line(story) for story in dated[-TIMELINE_STORIES:]),
        articles=len(originals),
        outlets=tuple(dict.fromkeys(a.source for a in originals)),
        first=min((a.published for a in originals if a.published), default=None),
        related=tuple(c for c in topic.related if c in commands) if topic else _common(originals, commands),
    )


def _spelled_out(report: Article, topic: Topic | None) -> str:
    """The summary, with each acronym spelled out that its report spells out and the dossier's title does not."""
    known = expansions(report.text)
    return expand_first(report.summary, {short: known[short] for short in known if not topic or short != topic.title})


def _is_dated(story: Story) -> bool:
    return any(article.published for article in story.articles)


def _report(story: Story, topic: Topic | None) -> Article:
    """The newest original that speaks of the topic, not merely in passing; else the newest original."""
    about = [a for a in story.articles if a.copy_of is None and topic is not None and topic.command in a.about]
    return about[-1] if about else newest_original(story)


def _line(story: Story) -> Line:
    report = next(a for a in story.articles if a.published)
    return Line(report.when, report.title, report.url)


def _common(articles: Iterable[Article], commands: set[str]) -> tuple[str, ...]:
    """The topics met most often in these articles."""
    seen: dict[str, int] = {}
    for topic in (t for a in articles for t in a.about if t in commands):
        seen[topic] = seen.get(topic, 0) + 1
    return tuple(sorted(seen, key=lambda topic: (-seen[topic], topic))[:3])


def _names(topic: Topic) -> list[str]:
    return [topic.command, topic.title, *([topic.expansion] if topic.expansion else []), *topic.aliases, *topic.exact]


def _likeness(one: str, other: str) -> float:
    if len(one) >= 3 and other.startswith(one):
        return 0.9
    return difflib.SequenceMatcher(None, one, other).ratio()
