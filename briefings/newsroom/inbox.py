"""The inbox as a face uses it: keep items, claim them, finish them. Part of the door.

Items are opaque: a number, a key and a payload. `store/inbox.py` states in which order they may be claimed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from briefings.store import inbox
from briefings.store.database import Database
from briefings.store.inbox import InboxItem

__all__ = ["ITEM_LEASE", "Inbox", "InboxItem"]

ITEM_LEASE = timedelta(seconds=5)
"""How long a claim holds unless it is renewed; after that the items of a process that died are free again."""

REMEMBERED = timedelta(days=2)
"""How long the number of a finished item is remembered, so that a repetition is recognised."""


class Inbox:
    """The inbox of one newsroom. `clock` gives aware UTC. Every method raises StoreTrouble."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    async def keep(self, number: int, key: int, payload: str) -> bool:
        """Store an item. Return False when one of this number was stored before."""
        async with self._database.write(urgent=True, own_rows=True) as connection:
            return await inbox.keep(connection, number, key, payload, self._clock())

    async def is_anything_claimable(self) -> bool:
        """True if any item may be claimed."""
        async with self._database.read() as connection:
            return await inbox.is_anything_claimable(connection, self._clock())

    async def finish_and_claim(
        self, token: str, *, done: Sequence[int] = (), busy: Sequence[int] = (), limit: int = 0
    ) -> list[InboxItem]:
        """In one transaction mark `done` items, renew the claims on `busy` ones, and claim at most `limit` more."""
        now = self._clock()
        async with self._database.write(urgent=True, own_rows=True) as connection:
            if done:
                await inbox.finish(connection, done, token, now)
            if busy:
                await inbox.renew(connection, busy, token, now + ITEM_LEASE)
            if limit <= 0:
                return []
            return await inbox.claim(connection, now, limit=limit, token=token, until=now + ITEM_LEASE)

    async def give_back(self, token: str) -> None:
        """Free all items that are claimed under this token."""
        async with self._database.write(own_rows=True) as connection:
            await inbox.give_back(connection, token)

    async def forget(self) -> bool:
        """Delete items that were done `REMEMBERED` ago, in one short transaction. True if there may be more of them."""
        async with self._database.write(own_rows=True) as connection:
            return await inbox.forget(connection, self._clock() - REMEMBERED) == inbox.MOST_FORGOTTEN
