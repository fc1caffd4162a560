"""A message, as a messenger is handed it, and what may come of it.

The words that the newsroom and whoever carries for it have in common: `dispatch.py` declares the messenger
and acts on the outcomes, `bot/messenger.py` translates a service's answers into them. An outcome says what
is known, never what to do about it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from briefings.editions.model import Block
from briefings.errors import Problem


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """What the messenger is handed: an edition's stored blocks, from which to go on, and for whom."""

    edition: int
    blocks: tuple[Block, ...]
    cursor: int
    address: str


@dataclass(frozen=True, slots=True)
class Sent:
    """One message was taken; it held this many blocks."""

    blocks: int
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class Later:
    """Not now. `after` is the other side's word, None when it gave none; `everyone` must wait with this reader."""

    reason: Problem
    after: timedelta | None = None
    everyone: bool = False


@dataclass(frozen=True, slots=True)
class Moved:
    """The reader has another address."""

    address: str


@dataclass(frozen=True, slots=True)
class Gone:
    """The reader left, or shut us out."""

    reason: Problem


@dataclass(frozen=True, slots=True)
class Refused:
    """This message will never be taken."""

    reason: Problem


@dataclass(frozen=True, slots=True)
class Unknown:
    """The line died before the answer came: the message may have arrived, or not."""

    reason: Problem


Outcome = Sent | Later | Moved | Gone | Refused | Unknown
