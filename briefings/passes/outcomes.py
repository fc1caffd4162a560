"""Says what an outcome means for a delivery, and for the reader it goes to.

**Guarantee**: each outcome becomes one of the arrows c to f of `store/outbox.py`; the cursor moves only past blocks
that were taken or may have arrived, and a delivery that cannot arrive keeps its reason. Its reader was not told: their
mark goes back, so that the next edition tells its stories.
**Reads, writes**: the deliveries and the status of readers who moved, are gone, or whose side refuses them.

Never records any other result itself: the dispatch pass does, in batches.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from briefings.editions.model import DeliveryState
from briefings.errors import Problem
from briefings.model import Status
from briefings.passes.messenger import PLACE_GONE, Gone, Later, Moved, Outcome, Refused, Sent, Unknown
from briefings.store import subscribers, undelivered
from briefings.store.database import Database
from briefings.store.outbox import Claim, Result

log = logging.getLogger(__name__)

PART_GAP = timedelta(seconds=1.05)
"""The pause between two messages of one edition. A reader gets at most one message a second; the 5 % more are for
connections that are not steady, since the second counts where messages arrive."""

LONGEST_PAUSE = timedelta(minutes=1)
"""The longest pause between two attempts when the other side names none."""

RESENDS = 2
"""How often a message that may have arrived is sent again at most: a copy is less harm than a lost briefing, a row of
copies is not."""

PAUSE_AFTER, PAUSE_SPAN = 3, timedelta(days=7)
"""A reader is paused whose side refused so many deliveries in a row, over so long a time."""

TAKEN_ALREADY = Problem("address-taken")
PART_UNKNOWN = Problem("part-unknown")
"""Why an edition of which every other message arrived is left as unknown."""


async def result_to_record(
    database: Database, claim: Claim, blocks: int, outcome: Outcome, now: datetime, *, leave_unknown: bool
) -> Result | None:
    """Return the result to record for an outcome; None when the delivery was closed, which is recorded already.

    Follows a reader who moved, and retires one who is gone. `blocks` is how many the edition has. With `leave_unknown`,
    a message that may have arrived is not sent again.
    """
    match outcome:
        case Sent(taken, reference):
            return _go_on(claim, claim.cursor + taken, blocks, now, reference=reference or "")
        case Later(reason, after):
            return _try_again(claim, now + (after or _pause(claim)), reason)
        case Moved(address, reason):
            async with database.write() as connection:
                is_followed = await subscribers.move(connection, claim.subscriber, address)
            if is_followed:
                return _try_again(claim, now, reason)
            await _retire(database, claim, TAKEN_ALREADY)
        case Gone(reason):
            await _retire(database, claim, reason)
        case Refused(reason):
            await _refuse(database, claim, reason, now)
        case Unknown(reason, taken):
            if not leave_unknown and claim.unknown_sends < RESENDS:
                return _try_again(claim, now + _pause(claim), reason, unknown_sends=claim.unknown_sends + 1)
            log.warning("delivery %d: a message may or may not have arrived: %s", claim.delivery, reason)
            return _go_on(claim, claim.cursor + taken, blocks, now, unknown=reason)
    return None


def _go_on(
    claim: Claim,
    cursor: int,
    blocks: int,
    now: datetime,
    *,
    reference: str | None = None,
    unknown: Problem | None = None,
) -> Result:
    """Return the result of a message that was taken, or with `unknown` is left as unknown: what follows it is sent."""
    unknown_messages = claim.unknown_messages + (unknown is not None)
    state, reason = DeliveryState.WAITING, unknown
    if cursor >= blocks:
        state = DeliveryState.UNKNOWN if unknown_messages else DeliveryState.DELIVERED
        reason = unknown or (PART_UNKNOWN if unknown_messages else None)
    return Result(
        claim.delivery,
        claim.token,
        state,
        cursor,
        0,
        now + PART_GAP,
        reference,
        reason,
        unknown_messages=unknown_messages,
    )


async def _retire(database: Database, claim: Claim, reason: Problem) -> None:
    async with database.write() as connection:
        if await undelivered.give_up(connection, claim, reason, behind=reason):
            await subscribers.set_status(connection, claim.subscriber, Status.GONE, reason=reason)


async def _refuse(database: Database, claim: Claim, reason: Problem, now: datetime) -> None:
    """Close a refused delivery, and pause its reader if their side has refused long enough."""
    log.error("delivery %d was refused: %s", claim.delivery, reason)
    async with database.write() as connection:
        if not await undelivered.give_up(connection, claim, reason):
            return
        refused = await undelivered.refusals(connection, claim.subscriber)
        if len(refused) >= PAUSE_AFTER and now - refused[-1] >= PAUSE_SPAN:
            await subscribers.set_status(connection, claim.subscriber, Status.PAUSED, reason=reason)
            log.error(
                "the reader of delivery %d is paused: their side refused %d in a row", claim.delivery, len(refused)
            )


def _pause(claim: Claim) -> timedelta:
    """1, 2, 4 … seconds, at most LONGEST_PAUSE: for outages of which nobody says how long they last."""
    return min(timedelta(seconds=2 ** min(claim.attempts, 10)), LONGEST_PAUSE)


def _try_again(claim: Claim, not_before: datetime, reason: Problem, *, unknown_sends: int | None = None) -> Result:
    """Return the result of a message to be sent again. That the reader's place is gone is kept until they are told."""
    return Result(
        claim.delivery,
        claim.token,
        DeliveryState.WAITING,
        claim.cursor,
        claim.attempts + 1,
        not_before,
        reason=PLACE_GONE if claim.reason == PLACE_GONE else reason,
        unknown_sends=claim.unknown_sends if unknown_sends is None else unknown_sends,
        unknown_messages=claim.unknown_messages,
    )
