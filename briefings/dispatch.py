"""Carry what is in the outbox to its readers.

**Guarantee**: every printed edition reaches every subscriber it was printed for at least once, in order
and whole. The cursor moves only after the messenger took a message; if we die, or the line does, between
the messenger's acceptance and our commit, *that one message* may come twice (or, when the operator chose
`leave`, is left as unknown). Nothing is lost in silence: what cannot be delivered stays in the outbox as
failed or unknown, with its reason.
**Reads**: outbox, editions. **Writes**: outbox, subscribers (when one moved or is gone).

Never gives up on a network, never sends what another process may have taken over, never knows how large
a message may be.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from briefings.errors import StoreTrouble
from briefings.model import Block, DeliveryState, Edition, Standing
from briefings.pace import Pace
from briefings.store import editions, outbox, subscribers
from briefings.store.database import Database
from briefings.store.outbox import Claim, Result

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=30)
SEND_MARGIN = timedelta(seconds=25)
"""A send, tried again as plain text, may take nearly this long; none begins with less of the lease left."""

MOST_CLAIMS = 500
CONNECTIONS = 32
FLUSH_SECONDS = 0.05
RECORD_ATTEMPTS = 20
RECORD_PAUSE_SECONDS = 0.5
PART_GAP = timedelta(seconds=1)
"""Between two messages of one edition: nobody is sent more than one a second."""

MOST_PATIENCE = timedelta(minutes=5)
"""The longest pause between two attempts when the other side names none."""


@dataclass(frozen=True, slots=True)
class Letter:
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

    reason: str
    after: timedelta | None = None
    everyone: bool = False


@dataclass(frozen=True, slots=True)
class Moved:
    """The reader has another address."""

    address: str


@dataclass(frozen=True, slots=True)
class Gone:
    """The reader left, or shut us out."""

    reason: str


@dataclass(frozen=True, slots=True)
class Refused:
    """This message will never be taken."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """The line died before the answer came: the message may have arrived, or not."""

    reason: str


Outcome = Sent | Later | Moved | Gone | Refused | Unknown


class Messenger(Protocol):
    """Whoever carries messages. Implemented by the face and by a fake, under one contract suite."""

    async def send(self, letter: Letter) -> Outcome:
        """Send one message made of as many blocks from `letter.cursor` on as fit; say how many were taken."""
        ...


class Dispatcher:
    """The dispatch pass of one process. `leave_unknown`: do not send again what may have arrived."""

    def __init__(
        self,
        database: Database,
        messenger: Messenger,
        pace: Pace,
        clock: Callable[[], datetime],
        *,
        per_second: float,
        leave_unknown: bool = False,
    ) -> None:
        self._database = database
        self._messenger = messenger
        self._pace = pace
        self._clock = clock
        self._claims = max(1, min(int(per_second), MOST_CLAIMS))
        self._leave_unknown = leave_unknown
        self._hold_until: datetime | None = None
        self._stopping = False

    async def run(self) -> int:
        """Carry until nothing more can be claimed; return how many messages were taken."""
        taken = 0
        while not self._stopping and not self._held():
            async with self._database.read() as connection:
                if not await outbox.is_anything_due(connection, self._clock()):
                    break
            token = secrets.token_hex(8)
            async with self._database.write() as connection:
                claims = await outbox.claim(connection, self._clock(), limit=self._claims, token=token, lease=LEASE)
            if not claims:
                break  # another process was quicker
            taken += await self._carry(claims)
        if taken:
            log.info("messages delivered: %d", taken)
        return taken

    def stop(self) -> None:
        """Begin no further message; `run` then finishes those under way and gives its claims back."""
        self._stopping = True

    async def _carry(self, claims: list[Claim]) -> int:
        """Send one message for each claim, saving results as they come."""
        until = self._clock() + LEASE - SEND_MARGIN
        gate, taken, trouble = asyncio.Semaphore(CONNECTIONS), 0, None
        waiting: set[asyncio.Task[Result | None]] = set()
        try:
            async with self._database.read() as connection:
                printed = await editions.by_ids(connection, list({claim.edition for claim in claims}))
            waiting = {asyncio.create_task(self._one(c, printed[c.edition], until, gate)) for c in claims}
            while waiting:
                await asyncio.wait(waiting, timeout=FLUSH_SECONDS)
                done = {task for task in waiting if task.done()}
                waiting -= done
                trouble = trouble or next((error for task in done if (error := task.exception())), None)
                results = [result for task in done if not task.exception() and (result := task.result())]
                taken += sum(result.reference is not None for result in results)
                await self._record(results)
        finally:
            for task in waiting:
                task.cancel()
            if waiting:
                await asyncio.wait(waiting)
            async with self._database.write() as connection:
                await outbox.give_back(connection, claims[0].token)
        if trouble is not None:
            raise trouble
        return taken

    async def _one(self, claim: Claim, edition: Edition, until: datetime, gate: asyncio.Semaphore) -> Result | None:
        """Send one message, unless we stop, must hold, or woke too late to still own the claim."""
        async with gate:
            if self._stopping or self._held():
                return None
            await self._pace.take(answer=False)
            if self._stopping or self._held() or self._clock() >= until:
                return None
            outcome = await self._messenger.send(Letter(edition.id, edition.blocks, claim.cursor, claim.address))
        return await self._settle(claim, len(edition.blocks), outcome)

    def _held(self) -> bool:
        return self._hold_until is not None and self._clock() < self._hold_until

    async def _record(self, results: Sequence[Result]) -> None:
        """Save results; a database that is locked or full is asked again, for what is not saved is sent twice."""
        for attempt in range(RECORD_ATTEMPTS if results else 0):
            try:
                async with self._database.write() as connection:
                    await outbox.record(connection, results)
                return
            except StoreTrouble:
                if attempt == RECORD_ATTEMPTS - 1:
                    raise
                await asyncio.sleep(RECORD_PAUSE_SECONDS)

    async def _settle(self, claim: Claim, blocks: int, outcome: Outcome) -> Result:
        """What an outcome means for the delivery; the arrows are lettered in `store/outbox.py`."""
        now = self._clock()
        match outcome:
            case Sent(taken, reference):
                cursor = claim.cursor + taken
                whole = cursor >= blocks
                state = DeliveryState.DELIVERED if whole else DeliveryState.WAITING
                return Result(claim.delivery, claim.token, state, cursor, 0, now + PART_GAP, reference or "")
            case Later(reason, after, everyone):
                if everyone and after is not None:
                    self._hold_until = max(now + after, self._hold_until or now)
                return _again(claim, now + (after or _patience(claim)), reason)
            case Moved(address):
                return await self._follow(claim, address, now)
            case Gone(reason):
                await self._retire(claim, reason)
                return _closed(claim, DeliveryState.FAILED, now, reason)
            case Refused(reason):
                log.error("delivery %d was refused: %s", claim.delivery, reason)
                return _closed(claim, DeliveryState.FAILED, now, reason)
            case Unknown(reason) if self._leave_unknown:
                log.warning("delivery %d may or may not have arrived: %s", claim.delivery, reason)
                return _closed(claim, DeliveryState.UNKNOWN, now, reason)
            case Unknown(reason):
                return _again(claim, now + _patience(claim), reason)

    async def _follow(self, claim: Claim, address: str, now: datetime) -> Result:
        async with self._database.write() as connection:
            moved = await subscribers.move(connection, claim.subscriber, address)
        if moved:
            return _again(claim, now, "moved")
        await self._retire(claim, "moved to an address that is subscribed already")
        return _closed(claim, DeliveryState.FAILED, now, "moved to an address that is subscribed already")

    async def _retire(self, claim: Claim, reason: str) -> None:
        async with self._database.write() as connection:
            await subscribers.set_standing(connection, claim.subscriber, Standing.GONE, reason=reason)
            await outbox.close(connection, claim.subscriber, reason, but=claim.delivery)


def _patience(claim: Claim) -> timedelta:
    """1, 2, 4 … seconds, at most five minutes: for outages that name no time."""
    return min(timedelta(seconds=2 ** min(claim.attempts, 10)), MOST_PATIENCE)


def _again(claim: Claim, not_before: datetime, reason: str) -> Result:
    return Result(
        claim.delivery, claim.token, DeliveryState.WAITING, claim.cursor, claim.attempts + 1, not_before, reason=reason
    )


def _closed(claim: Claim, state: DeliveryState, now: datetime, reason: str) -> Result:
    return Result(claim.delivery, claim.token, state, claim.cursor, claim.attempts + 1, now, reason=reason)
