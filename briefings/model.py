"""The nouns of the newsroom, and its glossary. Values only: no I/O, no rules, no clock.

A source states **entries**; what we keep of one is an **article**; articles on one event are a
**story**; a **topic** is a keyword with its aliases and makes a command; a **dossier** is all we hold
on a topic. A **rhythm** (hours, days, zone) and **wishes** (topics, minutes) say what a **subscriber**
wants and when; the **mark** is the instant up to which a reader has been told the news. An **edition**
is printed once for all readers who share rhythm, wishes and mark, as a list of **blocks**, the
smallest pieces that are never split; a **delivery** is one edition on its way to one subscriber.

Every `datetime` in here is aware; every one that is stored is UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum

from briefings.errors import Problem


@dataclass(frozen=True, slots=True)
class Entry:
    """One item as a source stated it, before we decide anything about it.

    `summary` is one that came with the entry, unchecked. `by_hand` says that an editor added it, which
    is what lets an undated text into an edition.
    """

    title: str
    text: str
    url: str | None = None
    published: datetime | None = None
    source: str | None = None
    language: str | None = None
    summary: str | None = None
    author: str = ""
    by_hand: bool = True


@dataclass(frozen=True, slots=True)
class Article:
    """What we keep of an entry. `topics` are commands, those it is *about* first.

    `added` is when we kept it; `ready` when it could first be told, and what marks are compared with.
    `copy_of` names the article whose text this one repeats, light edits apart; a copy counts once.
    `earlier` is what it said before its last change worth telling, oldest first (of a story's articles only).
    `about` is the subset of `topics` the article is about (in the title or mentioned twice).
    """

    id: int
    title: str
    text: str
    summary: str
    url: str | None
    published: datetime | None
    source: str
    language: str
    added: datetime
    ready: datetime
    story: int
    topics: tuple[str, ...] = ()
    about: frozenset[str] = frozenset()
    copy_of: int | None = None
    author: str = ""
    by_hand: bool = True
    earlier: tuple[Article, ...] = ()

    @property
    def tellable(self) -> datetime:
        """From when on readers may be told it: ready, and not dated later than that."""
        return max(self.ready, self.published or self.ready)

    @property
    def when(self) -> datetime:
        """The instant the news is told under: published, or added when the text bears no date."""
        return self.published or self.added


@dataclass(frozen=True, slots=True)
class Story:
    """Articles on one event, oldest first. Never empty."""

    id: int
    articles: tuple[Article, ...]

    @property
    def first(self) -> datetime:
        return min(article.when for article in self.articles)

    @property
    def last(self) -> datetime:
        return max(article.when for article in self.articles)

    @property
    def title(self) -> str:
        return self.articles[-1].title

    @property
    def outlets(self) -> tuple[str, ...]:
        """Distinct sources in order of first report; copies of a text are not outlets of their own."""
        originals = [a for a in self.articles if a.copy_of is None] or self.articles
        return tuple(dict.fromkeys(a.source for a in originals))

    @property
    def topics(self) -> tuple[str, ...]:
        """Topics the story is about first, then those it mentions."""
        about = [t for a in self.articles for t in a.topics if t in a.about]
        return tuple(dict.fromkeys([*about, *(t for a in self.articles for t in a.topics)]))

    @property
    def about(self) -> frozenset[str]:
        return frozenset().union(*(article.about for article in self.articles))


@dataclass(frozen=True, slots=True)
class Topic:
    """A keyword with aliases; its `command` is what a reader types, without the slash.

    `aliases` match in any case, save for a word all in capitals; `exact` match only as written (BECA the pact, not
    *beca* the grant). An article must hold one of these, every one of `all`, and none of `none`.
    `related` are commands of other topics. `definition` is ours and bears no numbers.
    """

    command: str
    title: str
    definition: str
    expansion: str | None = None
    aliases: tuple[str, ...] = ()
    exact: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    all: tuple[str, ...] = ()
    none: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a timeline: a dated story. `link` is where it can be read, if anywhere."""

    when: datetime
    text: str
    link: str | None


@dataclass(frozen=True, slots=True)
class Dossier:
    """All we hold on a topic, or on words that are none (then `topic` is None).

    `timeline` runs oldest to newest and holds dated stories only. `latest_story` says where the topic stands,
    `latest_report` is the article of it that does, `latest_statement` its words. `first` is None when nothing is dated.
    """

    word: str
    topic: Topic | None
    latest_story: Story | None
    latest_report: Article | None
    latest_statement: str
    disputes: tuple[str, ...]
    timeline: tuple[Line, ...]
    articles: int
    outlets: tuple[str, ...]
    first: datetime | None
    related: tuple[str, ...]


EVERY_DAY = frozenset(range(7))


@dataclass(frozen=True, slots=True)
class Rhythm:
    """When a reader wants the news: local hours, weekdays (Monday is 0) and an IANA zone."""

    times: tuple[time, ...]
    zone: str
    days: frozenset[int] = EVERY_DAY


@dataclass(frozen=True, slots=True)
class Slot:
    """One due moment of a rhythm: the reader's local date and hour, and the UTC instant it falls on.

    `day` and `hour` are what the reader asked for and make the unique key; `at` is when it happens,
    which differs from them where daylight saving skips the hour.
    """

    day: date
    hour: time
    at: datetime

    @property
    def key(self) -> str:
        """The slot as stored: `2025-12-04 07:30`."""
        return f"{self.day.isoformat()} {self.hour:%H:%M}"


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a reader wants: topics by command (None: all of them) and reading minutes."""

    topics: frozenset[str] | None = None
    minutes: int = 2

    def want(self, story: Story) -> bool:
        return self.topics is None or not self.topics.isdisjoint(story.topics)


class Status(StrEnum):
    """Where a subscriber stands: receiving, stopped by themselves, or gone (blocked, kicked)."""

    ACTIVE = "active"
    STOPPED = "stopped"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Subscriber:
    """A reader at an opaque address. `armed`: slots at or before this instant are not theirs."""

    id: int
    address: str
    rhythm: Rhythm
    wishes: Wishes
    mark: datetime | None
    status: Status
    armed: datetime


@dataclass(frozen=True, slots=True)
class Query:
    """A search: words and phrases that an article must hold and must not hold, its first day, its source."""

    words: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    since: date | None = None
    source: str | None = None
    before: date | None = None
    """The day after the last; days are those of UTC."""

    without_sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Added:
    """What became of one entry: `status` is stored, known or rejected, with its `reason`.

    `where` names what it came from: a file, or a line of one.
    """

    status: str
    article: Article | None = None
    reason: Problem | None = None
    where: str = ""
