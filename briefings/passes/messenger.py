"""The messenger: the port through which a face sends messages. Its outgoing message, and the outcomes of sending one.

`dispatch.py` sends through it, `outcomes.py` acts on the outcomes, and a face's messenger translates its service's
answers into them. An outcome says what is known, never what to do about it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from briefings.editions.model import Block, Edition
from briefings.errors import Problem
from briefings.store.outbox import Claim

READER_MOVED = Problem("reader-moved")
PLACE_GONE = Problem("place-gone")
"""Why a reader has another address."""


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """An edition's id and stored blocks, the address of its reader, and the cursor: how many blocks arrived already.

    `may_have_arrived`: it was sent before, and nobody knows if it arrived. It must not be sent again before the other
    side is known to answer, because an outage would use up the few times that it may be. `is_place_gone`: the reader
    moved because the place they had chosen is gone, and is to be told so above the message. `is_silent`: it must make
    no sound.
    """

    edition: int
    blocks: tuple[Block, ...]
    cursor: int
    address: str
    may_have_arrived: bool = False
    is_place_gone: bool = False
    is_silent: bool = False


def message_of(edition: Edition, claim: Claim) -> OutgoingMessage:
    """Return the message that carries the rest of an edition to its reader. That of a quiet day makes no sound."""
    return OutgoingMessage(
        edition.id,
        edition.blocks,
        claim.cursor,
        claim.address,
        may_have_arrived=claim.unknown_sends > 0,
        is_place_gone=claim.reason == PLACE_GONE,
        is_silent=edition.is_quiet,
    )


@dataclass(frozen=True, slots=True)
class Sent:
    """One message was taken; it held this many blocks. `reference` is what the other side calls it, if it says so."""

    blocks: int
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class Later:
    """Not now. `after` is the wait that the other side named, None if it named none.

    With `everyone`, every reader must wait, not this one alone.
    """

    reason: Problem
    after: timedelta | None = None
    everyone: bool = False


@dataclass(frozen=True, slots=True)
class Moved:
    """The reader has another address. `reason` is PLACE_GONE when the place they had chosen within it is gone."""

    address: str
    reason: Problem = READER_MOVED


@dataclass(frozen=True, slots=True)
class Gone:
    """The reader left, or blocked us."""

    reason: Problem


@dataclass(frozen=True, slots=True)
class Refused:
    """This message is not taken, here and now; another may be."""

    reason: Problem


@dataclass(frozen=True, slots=True)
class Unknown:
    """No answer came: the message may have arrived or not. `blocks` is how many it held."""

    reason: Problem
    blocks: int


Outcome = Sent | Later | Moved | Gone | Refused | Unknown


class Messenger(Protocol):
    """Sends messages. Implemented by the face and by a fake, under one contract suite."""

    async def send(self, message: OutgoingMessage) -> Outcome:
        """Send one message made of as many blocks from `message.cursor` on as fit; `Sent` says how many were taken."""
        ...
