"""The nouns of printing and delivery: drafts, items, editions, blocks and deliveries. Frozen dataclasses.

The nouns of news and of readers, and the glossary, are in `briefings/model.py`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from html import unescape

from briefings.editions.memory import Memory
from briefings.errors import Problem
from briefings.model import Dispute, Slot, Status

TAG = re.compile(r"""<(/?)([a-z-]+)((?:\s+[a-z-]+(?:="[^"<>]*")?)*)>""")
_ENTITY = re.compile(r"&(?:lt|gt|amp|quot|#\d{1,7}|#x[0-9a-fA-F]{1,6});?")
"""The entities a message can carry; `&nbsp;` and the like are plain characters there."""


@dataclass(frozen=True, slots=True)
class Block:
    """The smallest piece of a text that is never split: simple HTML and its measured size.

    `units` are UTF-16 code units of the visible text, `entities` the markup it spends. `kind` is the part of an edition
    that it is: `masthead`, `story`, `brief` or `end`; empty for any other text.
    """

    html: str
    units: int
    entities: int
    kind: str = ""


def text_of(html: str) -> str:
    """Return the words of a block without its markup, as a reader sees them."""
    return _ENTITY.sub(lambda entity: unescape(entity[0]), TAG.sub("", html))


@dataclass(frozen=True, slots=True)
class CommandNames:
    """The commands that editions and dossiers name, as a reader writes them. The face hands it in."""

    today: str
    more: str
    search: str
    topics: str
    topic_prefix: str
    """Goes before a topic's command."""


class Mood(StrEnum):
    """The relation of a story to the news its reader was told before."""

    NEW = "new"
    UPDATED = "updated"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a story is in an edition.

    `changes` are new numbers and names of an updated story, at most five; `outlets` counts those that report it.
    `topics` are at most two commands of its topics: topics that the reader follows if `is_followed`, else any.
    """

    mood: Mood
    changes: tuple[str, ...] = ()
    outlets: int = 0
    topics: tuple[str, ...] = ()
    is_followed: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """One story as an edition tells it. `facts` and `more` are sentences of the sources.

    `outlets` names at most three, the linked one first; `count` is how many there are. `when` is None for an undated
    story. `changed`: the first fact is the news of an updated story. `disputes` are numbers that differ
    between its reports. `supplied`: the facts are of a summary that came without a text. `author` is who wrote the
    quoted report, for one whose outlet is not named. `report` is the id of the quoted report.
    """

    story: int
    mood: Mood
    lead: str
    facts: tuple[str, ...]
    more: tuple[str, ...]
    outlets: tuple[str, ...]
    count: int
    when: datetime | None
    added: datetime
    link: str | None
    commands: tuple[str, ...]
    changed: bool = False
    why: Reason = Reason(Mood.NEW)
    disputes: tuple[Dispute, ...] = ()
    supplied: bool = False
    author: str = ""
    report: int = 0


@dataclass(frozen=True, slots=True)
class Draft:
    """An edition composed but not yet printed: values for the templates, no markup.

    `left` are the stories that did not fit, most important first; `total` counts all there were to choose from.
    `since` is its readers' mark (None: they were told nothing yet); `followed` counts their topics (None: all).
    `reports` and `outlets` count those of all the stories. `open_story` is the story they were told last, for a quiet
    day. `memory` is the memory of its readers once they are told it.
    """

    headline: str
    points: tuple[str, ...]
    top: tuple[Item, ...]
    updated: tuple[Item, ...]
    topics: tuple[Item, ...]
    left: tuple[int, ...]
    total: int
    minutes: int
    since: datetime | None
    followed: int | None = None
    reports: int = 0
    outlets: int = 0
    open_story: Item | None = None
    memory: Memory = ()

    @property
    def items(self) -> tuple[Item, ...]:
        """All stories of the edition, in the order of print."""
        return self.top + self.updated + self.topics


@dataclass(frozen=True, slots=True)
class Edition:
    """One printed briefing. `why` has a reason for each of `stories`, and `reports` the report that each quotes."""

    id: int
    kind: str
    blocks: tuple[Block, ...]
    told_until: datetime
    """The mark of a reader who has received it."""

    printed: datetime
    stories: tuple[int, ...] = ()
    left: tuple[int, ...] = ()
    slot: Slot | None = None
    why: tuple[Reason, ...] = ()
    reports: tuple[int, ...] = ()
    memory: Memory = ()
    """The memory of a reader who has received it."""


class DeliveryState(StrEnum):
    """The states of a delivery; `store/outbox.py` draws the arrows from one to the next and gives each a letter."""

    WAITING = "waiting"
    SENDING = "sending"
    DELIVERED = "delivered"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """A delivery as the operator sees it. `reader` is the status of its reader."""

    id: int
    edition: int
    address: str
    state: DeliveryState
    cursor: int
    blocks: int
    attempts: int
    reason: Problem | None
    created: datetime
    reader: Status = Status.ACTIVE
