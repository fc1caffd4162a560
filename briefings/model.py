"""The nouns of the newsroom, and the glossary. Values only: no I/O, no rules, no clock.

Code, documents, logs and tests use the words below for these things, and no others.

News
  source            a feed, page or folder that we visit again and again
  entry             one item as a source stated it
  digest            a short hash of an item, by which we see that we have read it before
  article           what we keep of an entry: text, summary, date, source
  ready             enriched: the article may be told from then on
  copy              an article whose text repeats that of another, the original; it counts once, with the original
  form              an article as its source states it at one time; when the source changes it, the earlier form is kept
  report            an article as one of those that tell a story
  outlet            the source of a report, by the name that readers see
  origin            who brought an article: a site, a feed, or a name that an editor stated; nobody else may change it
  stub              a text too short to say anything, such as “Read more”; the title stands in its place
  story             the articles on one event
  terms             the weighted words of a report, by which reports are compared
  dispute           a matter on which reports of one story give different numbers
  topic             a keyword with its aliases; it makes a command
  latest statement  the summary of a dossier's latest report: it says what stands now
  dossier           what we hold on a topic, of its newest articles

Readers
  subscriber        somebody at an opaque address who gets editions; also called a reader
  status            of a subscriber: active, paused, stopped or gone; of an entry that was added: stored, known or
                    rejected
  rhythm            the local hours, weekdays and time zone at which a reader wants editions
  slot              one due moment of a rhythm: a local date and hour; used for one edition at most
  wishes            the topics and reading minutes that a reader wants
  mark              the time up to which a reader has been told the news: moved when an edition is queued, and back
                    when it could not be delivered
  memory            the stories a reader was lately told, and those that their editions left out

Editions
  edition           one dated briefing, printed once for all readers who want the same, stand at the same mark and have
                    the same memory
  block             the smallest piece of an edition that is never split
  print             make the blocks of an edition for the readers who share it; nothing is sent yet
  edition cache     the drafts and blocks that readers share in one printing
  delivery          one edition on its way to one subscriber
  state             of a delivery: waiting, sending, delivered, failed or unknown
  cursor            how many blocks of an edition its reader has; in a fan-out, the last subscriber with a delivery
  outbox            the deliveries that are not done
  claim             the right of one process to send a delivery, handle an item of the inbox or visit a source
  lease             the time for which a claim on a delivery or an item holds, unless it is renewed
  outgoing message  a message handed to a messenger: the rest of an edition, and the reader it is for
  messenger         the port through which a face sends messages
  outcome           the result of one send, as the messenger reports it
  pace              the row of the database from which all processes reserve send times
  rate limit        the part that reserves send times from the pace and makes each message wait for its own

Passes, in the order in which news goes through them
  collect           visits the sources that are due; its last step, ingest, makes articles of entries
  revise            changes a stored article when its source has changed it
  enrich            gives new articles their summary, topics and story; grouping decides which reports share a story
  backfill          looks for changed topics in the articles that are stored already
  publish           prints editions for the readers who are due, and queues their deliveries: the fan-out
  dispatch          sends what is in the outbox

Faces
  face              the program that carries editions to readers and brings their requests
  receiver          the part of a face that receives what readers send
  connections       the part of a face that keeps connections to the service it sends through
  inbox             the items that a face has received and acknowledged but not handled yet

The nouns of news and of readers are defined here, those of editions and deliveries in `editions/model.py`, of dossiers
in `topics/dossier.py`, of sources in `sources/source.py`, of messages and outcomes in `passes/messenger.py`, of the
inbox in `store/inbox.py`. Every `datetime` is aware; every stored one is UTC.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum

from briefings.errors import Problem


@dataclass(frozen=True, slots=True)
class Entry:
    """One item as a source stated it, before we decide anything about it.

    `summary` came with the entry and is unchecked. `by_hand` is True if an editor added the entry: only then may an
    undated text be in an edition. `key` is what its source knows the item by (a feed's GUID, a record's id).
    `supplied` is True if the text is a summary that came without a text.
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
    key: str | None = None
    supplied: bool = False


@dataclass(frozen=True, slots=True)
class Article:
    """An entry as we keep it.

    `added` is when it was stored. `ready` is when it could first be told; marks are compared with it.
    `topics` are commands: first those the article is about, then those it mentions, the strongest first in each group.
    `about` are those of them that stand in the title or twice in the text.
    `copy_of` is the id of the article whose text this one repeats, apart from light edits. A copy counts once.
    `attached_to` is the id of the report at the same address whose words come first.
    `origin` brought the article, and nobody else may change it (`sources/origin.py`). `owner` owns its outlet; empty
    unless the operator has named one.
    `supplied` is True if `text` is a summary that came without a text; `summary` is then what was supplied.
    `earlier` are its forms before changes worth telling, oldest first; set only when the whole story is loaded.
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
    attached_to: int | None = None
    author: str = ""
    by_hand: bool = True
    origin: str | None = None
    owner: str = ""
    supplied: bool = False
    earlier: tuple[Article, ...] = ()

    @property
    def tellable(self) -> datetime:
        """The time from which readers may be told it: when it is ready, and not before its own date."""
        return max(self.ready, self.published or self.ready)

    @property
    def when(self) -> datetime:
        """The date under which it is told: published, or added when it is undated."""
        return self.published or self.added


@dataclass(frozen=True, slots=True)
class Story:
    """Articles on one event, oldest first. Never empty."""

    id: int
    articles: tuple[Article, ...]

    @property
    def first(self) -> datetime:
        """The date of the oldest article."""
        return min(article.when for article in self.articles)

    @property
    def last(self) -> datetime:
        """The date of the newest article."""
        return max(article.when for article in self.articles)

    @property
    def title(self) -> str:
        """The title of the newest article that is neither a copy nor attached to another."""
        return self.leading[-1].title

    @property
    def outlets(self) -> tuple[str, ...]:
        """The outlets that reported it, in order of their first report. Copies of a text do not count."""
        return outlets_of(self.originals)

    @property
    def originals(self) -> tuple[Article, ...]:
        """Its articles that are no copies; all of them if every one is."""
        return tuple(a for a in self.articles if a.copy_of is None) or self.articles

    @property
    def leading(self) -> tuple[Article, ...]:
        """Its originals that tell the story themselves; all originals if every one is attached to another."""
        return tuple(a for a in self.originals if a.attached_to is None) or self.originals

    @property
    def topics(self) -> tuple[str, ...]:
        """The topics of its articles: first those that more originals are about, then those that stand first in one."""
        places = sorted((place, topic) for a in self.articles for place, topic in enumerate(a.topics))
        reports, about = Counter(topic for a in self.originals for topic in a.about), self.about
        ordered = dict.fromkeys(topic for _, topic in places)
        return tuple(sorted(ordered, key=lambda topic: (topic not in about, -reports[topic])))

    @property
    def about(self) -> frozenset[str]:
        """The topics that one of its articles is about."""
        return frozenset().union(*(article.about for article in self.articles))


def outlets_of(reports: Iterable[Article]) -> tuple[str, ...]:
    """Return the names of the outlets of these reports, in their order, each once.

    Names that differ only in case are one outlet, and so are reports that one site brought itself, and outlets of one
    owner. The first name stands for all of them.
    """
    names: list[str] = []
    seen: set[tuple[str, str]] = set()
    for report in reports:
        own_site = report.origin if report.origin and report.origin.startswith("site:") else ""
        marks = {("name", report.source.casefold()), ("site", own_site), ("owner", report.owner.casefold())}
        marks = {mark for mark in marks if mark[1]} or {("name", "")}
        if seen.isdisjoint(marks):
            names.append(report.source)
        seen |= marks
    return tuple(names)


@dataclass(frozen=True, slots=True)
class Topic:
    """A keyword with aliases. `command` is the word a reader types, without the slash.

    `aliases` match in any case, except words all in capitals; `exact` match only as written (BECA the pact, not *beca*
    the grant). An article has the topic when its text holds one of these (if there are any), every one of `all`, and
    none of `none`.
    `related` are commands of other topics. `definition` is written by us and holds no numbers.
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
class Dispute:
    """Different numbers for one thing. `values` are the numbers as stated, smallest first, each with its outlets.

    `what` is `killed`, `injured`, `missing`, `arrested`, `displaced`; `launched`, `ordered`, `received`, `shot down`;
    `size` (of a sum of money) or `magnitude`. `noun` is who or what: `soldiers`, `drones`, `deal`; empty for people.
    """

    what: str
    values: tuple[tuple[str, tuple[str, ...]], ...]
    noun: str = ""

    @property
    def shown(self) -> tuple[str, ...]:
        """Up to three numbers, or the least and the greatest, each with two outlets at most: `12 (Sample Wire)`."""
        values = self.values if len(self.values) <= 3 else (self.values[0], self.values[-1])
        return tuple(f"{value} ({', '.join(outlets[:2])})" for value, outlets in values)

    def __str__(self) -> str:
        """The dispute without a word of any language: `killed: 12 (Sample Wire), 15 (Sample Post)`."""
        return f"{f'{self.noun} {self.what}'.strip()}: {', '.join(self.shown)}"


EVERY_DAY = frozenset(range(7))
"""All weekdays; Monday is 0."""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """When a reader wants editions: local hours, weekdays (Monday is 0) and an IANA time zone."""

    times: tuple[time, ...]
    zone: str
    days: frozenset[int] = EVERY_DAY


@dataclass(frozen=True, slots=True)
class Slot:
    """One due moment of a rhythm: the reader's local date and hour, and the same in UTC.

    `day` and `hour` are as the reader asked and make the unique key. `at` is when the edition is due; where daylight
    saving skips the hour, it is the end of the gap.
    """

    day: date
    hour: time
    at: datetime

    @property
    def key(self) -> str:
        """The slot as it is stored: `2025-12-04 07:30`."""
        return f"{self.day.isoformat()} {self.hour:%H:%M}"


@dataclass(frozen=True, slots=True)
class Wishes:
    """The topics, by command (None for all of them), and the reading minutes that a reader wants."""

    topics: frozenset[str] | None = None
    minutes: int = 2

    def want(self, story: Story) -> bool:
        """True if one of the story's articles is about one of these topics. A mention is not enough."""
        return self.topics is None or not self.topics.isdisjoint(story.about)


class Status(StrEnum):
    """A subscriber's status: active, stopped by themselves, or gone (they blocked or removed the face).

    Paused: nothing can be delivered to them at present.
    """

    ACTIVE = "active"
    PAUSED = "paused"
    STOPPED = "stopped"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Subscriber:
    """A reader at an opaque address. Slots at or before `armed` are not theirs. `mark` is None before any edition.

    `memory_id` is the number of their memory (`editions/memory.py`); None while it is empty.
    """

    id: int
    address: str
    rhythm: Rhythm
    wishes: Wishes
    mark: datetime | None
    status: Status
    armed: datetime
    memory_id: int | None = None


@dataclass(frozen=True, slots=True)
class Added:
    """The fate of one entry: `status` is `stored`, `known` or `rejected`, which has a `reason`.

    `where` names its origin: a file, or a line of one. `changed` is True if a known article was changed by it.
    """

    status: str
    article: Article | None = None
    reason: Problem | None = None
    where: str = ""
    changed: bool = False
