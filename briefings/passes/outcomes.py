"""Says what an outcome means for a delivery, and for the reader it goes to.

**Guarantee**: each outcome becomes one of the arrows c to f of `store/outbox.py`; the cursor moves only past blocks
that were taken, and a delivery that can never arrive keeps its reason.
**Reads**: nothing. **Writes**: subscribers who moved or are gone, and the open deliveries of those who are gone.

Never records the result itself: the dispatch pass does, in batches.
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
"""The pause between two messages of one edition. A reader gets at most one message a second; the 5 % more are for
connections that are not steady, since the second counts where messages arrive."""

LONGEST_PAUSE = timedelta(minutes=5)
"""The longest pause between two attempts when the other side names none."""

TAKEN_ALREADY = Problem("address-taken")


async def result_to_record(
    database: Database, claim: Claim, blocks: int, outcome: Outcome, now: datetime, *, leave_unknown: bool
) -> Result:
    """Follow a reader who moved, retire one who is gone; return the result to record for this outcome.

    `blocks` is how many the edition has. With `leave_unknown`, a message that may have arrived is not sent again.
    """
    match outcome:
        case Sent(taken, reference):
            cursor = claim.cursor + taken
            state = DeliveryState.DELIVERED if cursor >= blocks else DeliveryState.WAITING
            return Result(claim.delivery, claim.token, state, cursor, 0, now + PART_GAP, reference or "")
        case Later(reason, after):
            return _try_again(claim, now + (after or _pause(claim)), reason)
        case Moved(address):
            async with database.write() as connection:
                is_followed = await subscribers.move(connection, claim.subscriber, address)
            if is_followed:
                return _try_again(claim, now, Problem("reader-moved"))
            await _retire(database, claim, TAKEN_ALREADY)
            return _give_up(claim, DeliveryState.FAILED, now, TAKEN_ALREADY)
        case Gone(reason):
            await _retire(database, claim, reason)
            return _give_up(claim, DeliveryState.FAILED, now, reason)
        case Refused(reason):
            log.error("delivery %d was refused: %s", claim.delivery, reason)
            return _give_up(claim, DeliveryState.FAILED, now, reason)
        case Unknown(reason) if leave_unknown:
            log.warning("delivery %d may or may not have arrived: %s", claim.delivery, reason)
            return _give_up(claim, DeliveryState.UNKNOWN, now, reason)
        case Unknown(reason):
            return _try_again(claim, now + _pause(claim), reason)


async def _retire(database: Database, claim: Claim, reason: Problem) -> None:
    async with database.write() as connection:
        await subscribers.set_status(connection, claim.subscriber, Status.GONE, reason=reason)
        await outbox.close(connection, claim.subscriber, reason, but=claim.delivery)


def _pause(claim: Claim) -> timedelta:
    """1, 2, 4 … seconds, at most LONGEST_PAUSE: for outages of which nobody says how long they last."""
    return min(timedelta(seconds=2 ** min(claim.attempts, 10)), LONGEST_PAUSE)


def _try_again(claim: Claim, not_before: datetime, reason: Problem) -> Result:
    return Result(
        claim.delivery, claim.token, DeliveryState.WAITING, claim.cursor, claim.attempts + 1, not_before, reason=reason
    )


def _give_up(claim: Claim, state: DeliveryState, now: datetime, reason: Problem) -> Result:
    return Result(claim.delivery, claim.token, state, claim.cursor, claim.attempts + 1, now, reason=reason)
