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

    `changes` are the words for what is new in an updated story, at most five; `outlets` counts those that report it.
    `topics` are at most two commands of its topics: topics that the reader follows if `is_followed`, else any.
    """

    mood: Mood
    changes: tuple[str, ...] = ()
    outlets: int = 0
    topics: tuple[str, ...] = ()
    is_followed: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """One story as an edition tells it: a headline, and the summary of the report that it quotes.

    `report` is the id of that article. `facts` are the first sentences of its summary, which are visible, and `more`
    the others, which are folded away. A story without facts is told in brief. `news` is the place in `facts` of the
    sentence that holds what is new in an updated story; None if none does.
    `outlets` names at most three, that of the quoted report first; `count` is how many there are. `when` and `language`
    are those of the quoted report; `when` is None for an undated one. `disputes` are numbers that differ between the
    story's reports. `supplied`: the summary came without a text. `author` is who wrote the report, for one whose outlet
    is not named.
    """

    story: int
    report: int
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
    language: str = "en"
    news: int | None = None
    why: Reason = Reason(Mood.NEW)
    disputes: tuple[Dispute, ...] = ()
    supplied: bool = False
    author: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """An edition composed but not yet printed: values for the templates, no markup.

    `headline` is the first line: the headline of the top story, which stands nowhere else. `top` holds that story,
    `new` the others that its readers were not told before, `updated` those that have changed since, and `brief` further
    stories of a line each. An edition without news has none of them.
    `left` are the stories that did not fit, most important first; `total` counts all there were to choose from.
    `since` is its readers' mark (None: they were told nothing yet); `followed` counts their topics (None: all).
    `reports` and `outlets` count those of all the stories. `open_story` is the most important story that they were told
    lately, for a quiet day. `memory` is the memory of its readers once they are told it.
    """

    headline: str
    top: tuple[Item, ...]
    new: tuple[Item, ...]
    updated: tuple[Item, ...]
    brief: tuple[Item, ...]
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
    def told(self) -> tuple[Item, ...]:
        """The stories with sentences, in the order of print."""
        return self.top + self.new + self.updated

    @property
    def items(self) -> tuple[Item, ...]:
        """All stories of the edition, in the order of print."""
        return self.told + self.brief


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

    @property
    def is_quiet(self) -> bool:
        """True if it says at the reader's hour that there is nothing new."""
        return self.slot is not None and not self.stories


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
