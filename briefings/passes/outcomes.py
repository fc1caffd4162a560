"""What an outcome means for a delivery, and for the reader it was for.

**Guarantee**: each outcome becomes one lettered arrow of `store/outbox.py`; the cursor moves only for what was
taken, and what can never arrive keeps its reason.
**Reads**: nothing. **Writes**: subscribers who moved or are gone, and what is still open for those.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from briefings.editions.model import DeliveryState
from briefings.errors import Problem
from briefings.model import Status
from briefings.passes.messenger import Gone, Later, Moved, Outcome, Refused, Sent, Unknown
from briefings.store import outbox, subscribers
from briefings.store.database import Database
from briefings.store.outbox import Claim, Result

log = logging.getLogger(__name__)

PART_GAP = timedelta(seconds=1.05)
"""Between two messages of one edition: nobody is sent more than one a second, as it arrives."""

MOST_PATIENCE = timedelta(minutes=5)
"""The longest pause between two attempts when the other side names none."""

TAKEN_ALREADY = Problem("address-taken")


async def settle(
    database: Database, claim: Claim, blocks: int, outcome: Outcome, now: datetime, *, leave_unknown: bool
) -> Result:
    """The result to record, of an edition of so many blocks.

    `leave_unknown`: what may have arrived is not sent again.
    """
    match outcome:
        case Sent(taken, reference):
            cursor = claim.cursor + taken
            state = DeliveryState.DELIVERED if cursor >= blocks else DeliveryState.WAITING
            return Result(claim.delivery, claim.token, state, cursor, 0, now + PART_GAP, reference or "")
        case Later(reason, after):
            return _again(claim, now + (after or _patience(claim)), reason)
        case Moved(address):
            async with database.write() as connection:
                moved = await subscribers.move(connection, claim.subscriber, address)
            if moved:
                return _again(claim, now, Problem("reader-moved"))
            await _retire(database, claim, TAKEN_ALREADY)
            return _closed(claim, DeliveryState.FAILED, now, TAKEN_ALREADY)
        case Gone(reason):
            await _retire(database, claim, reason)
            return _closed(claim, DeliveryState.FAILED, now, reason)
        case Refused(reason):
            log.error("delivery %d was refused: %s", claim.delivery, reason)
            return _closed(claim, DeliveryState.FAILED, now, reason)
        case Unknown(reason) if leave_unknown:
            log.warning("delivery %d may or may not have arrived: %s", claim.delivery, reason)
            return _closed(claim, DeliveryState.UNKNOWN, now, reason)
        case Unknown(reason):
            return _again(claim, now + _patience(claim), reason)


async def _retire(database: Database, claim: Claim, reason: Problem) -> None:
    async with database.write() as connection:
        await subscribers.set_status(connection, claim.subscriber, Status.GONE, reason=reason)
        await outbox.close(connection, claim.subscriber, reason, but=claim.delivery)


def _patience(claim: Claim) -> timedelta:
    """1, 2, 4 … seconds, at most five minutes: for outages that name no time."""
    return min(timedelta(seconds=2 ** min(claim.attempts, 10)), MOST_PATIENCE)


def _again(claim: Claim, not_before: datetime, reason: Problem) -> Result:
    return Result(
        claim.delivery, claim.token, DeliveryState.WAITING, claim.cursor, claim.attempts + 1, not_before, reason=reason
    )


def _closed(claim: Claim, state: DeliveryState, now: datetime, reason: Problem) -> Result:
    return Result(claim.delivery, claim.token, state, claim.cursor, claim.attempts + 1, now, reason=reason)
