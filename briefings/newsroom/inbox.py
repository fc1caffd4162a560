"""The inbox as a face uses it: keep items, claim them, finish them. Part of the door.

Payloads and numbers are opaque. `store/inbox.py` states the lanes, and in which order items may be claimed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from briefings.store import inbox
from briefings.store.database import Connection, Database
from briefings.store.inbox import MOST_QUESTIONS, InboxItem, Lane, NewItem

__all__ = ["ITEM_LEASE", "MOST_QUESTIONS", "Inbox", "InboxItem", "Lane", "NewItem", "Turn"]

ITEM_LEASE = timedelta(seconds=5)
"""How long a claim holds unless it is renewed; after that the items of a process that died are free again."""

REMEMBERED = timedelta(days=1)
"""How long the number of a finished item is remembered, so that a repetition is recognised: nobody repeats one later
(Bot API, "Getting updates": an update that was not taken is kept no longer than 24 hours)."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What one transaction does: store new items, note what became of claimed ones, and claim more."""

    new: Sequence[NewItem] = ()
    claim_new: int = 0
    """So many of the new items, the first ones, are claimed at once if they wait for no other of their key."""

    done: Sequence[int] = ()
    replies: Mapping[int, str] = field(default_factory=dict)
    """Changes that are made, by number, and the reply that is still to be given to each."""

    busy: Sequence[int] = ()
    """Items whose claims are renewed."""

    limit: int = 0
    """So many more items are claimed at most, besides the new ones."""

    lanes: Collection[Lane] = tuple(Lane)
    """The lanes that are claimed from."""


class Inbox:
    """The inbox of one newsroom. `clock` gives aware UTC. Every method raises StoreTrouble."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    async def is_anything_claimable(self) -> bool:
        """True if any item may be claimed."""
        async with self._database.read() as connection:
            return await inbox.is_anything_claimable(connection, self._clock())

    async def take(self, turn: Turn, token: str) -> list[InboxItem]:
        """Do what a turn says, under this token. Return the items that are claimed now."""
        now = self._clock()
        until = now + ITEM_LEASE
        async with self._database.write(urgent=True, own_rows=True) as connection:
            claimed = await self._keep(connection, turn, token, now)
            if turn.done:
                await inbox.finish(connection, turn.done, token, now)
            if turn.replies:
                await inbox.keep_replies(connection, turn.replies, token)
            if turn.busy:
                await inbox.renew(connection, turn.busy, token, until)
            if turn.limit > 0:
                claimed += await inbox.claim(
                    connection, now, limit=turn.limit, token=token, until=until, lanes=turn.lanes
                )
        return claimed

    async def _keep(self, connection: Connection, turn: Turn, token: str, now: datetime) -> list[InboxItem]:
        """Store the new items of a turn. Return those that were claimed."""
        claimed, crowded = [], set()
        for place, item in enumerate(inbox.newest(turn.new)):
            is_to_be_claimed = place < turn.claim_new
            stored = await inbox.keep(
                connection, item, now, token=token if is_to_be_claimed else None, until=now + ITEM_LEASE
            )
            if stored and stored.is_claimed:
                claimed.append(InboxItem(item.number, item.key, item.lane, item.payload, item.left_out))
            elif stored and stored.turn >= MOST_QUESTIONS:
                crowded.add(item.key)
        if crowded:
            await inbox.leave_out(connection, crowded, now)
        return claimed

    async def give_back(self, token: str) -> None:
        """Free all items that are claimed under this token."""
        async with self._database.write(own_rows=True) as connection:
            await inbox.give_back(connection, token)

    async def forget(self) -> bool:
        """Delete items that were done `REMEMBERED` ago, in one short transaction. True if there may be more of them."""
        async with self._database.write(own_rows=True) as connection:
            return await inbox.forget(connection, self._clock() - REMEMBERED) == inbox.MOST_FORGOTTEN

    async def probe(self) -> None:
        """Write, to see that it can be done. Changes nothing that anybody reads."""
        await self._database.try_to_write(self._clock())
