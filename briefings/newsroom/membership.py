"""Membership: where readers can be told, as the face learns it from the other side. Part of the door.

An address may name a place within another: `100/7` is within `100`. What happens to an address happens to the places
within it. Promises that no setting is lost, that nobody is subscribed twice because they moved, and that telling the
same again changes nothing. Never sends.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from briefings.errors import Problem
from briefings.model import Status
from briefings.passes.outcomes import TAKEN_ALREADY
from briefings.store import subscribers, undelivered
from briefings.store.database import Connection, Database

__all__ = ["Membership"]

REMOVED = Problem("face-removed")
SILENCED = Problem("face-silenced")
"""Why the readers at an address are gone, and why they are paused."""


class Membership:
    """The membership of one newsroom's readers. `clock` gives aware UTC."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    async def subscribed_address(self, address: str) -> str | None:
        """Return where somebody is subscribed: at this address or at a place within it; None if nowhere.

        An active subscription goes before others.
        """
        async with self._database.read() as connection:
            readers = await subscribers.within(connection, address)
        active = [reader.address for reader in readers if reader.status is Status.ACTIVE]
        return next(iter([*active, *(reader.address for reader in readers)]), None)

    async def move(self, old: str, new: str) -> None:
        """Move all readers at an address to another. One whose new address is subscribed already is gone."""
        async with self._database.write() as connection:
            for reader in await subscribers.within(connection, old):
                if not await subscribers.move(connection, reader.id, new + reader.address.removeprefix(old)):
                    await _end(connection, reader.id, Status.GONE, TAKEN_ALREADY)

    async def remove(self, address: str) -> None:
        """Note that the face was removed or blocked: the active and paused readers there are gone."""
        await self._set(address, Status.GONE, REMOVED, (Status.ACTIVE, Status.PAUSED))

    async def silence(self, address: str) -> None:
        """Note that the face may not speak there: the active readers are paused."""
        await self._set(address, Status.PAUSED, SILENCED, (Status.ACTIVE,))

    async def restore(self, address: str) -> bool:
        """Note that the face may speak there: who was paused by `silence` is active again.

        Return True if somebody is subscribed there.
        """
        async with self._database.write() as connection:
            for reader in await subscribers.within(connection, address):
                if reader.status is Status.PAUSED and reader.reason == SILENCED:
                    await subscribers.rearm(connection, reader.id, self._clock())
            readers = await subscribers.within(connection, address)
        return any(reader.status is Status.ACTIVE for reader in readers)

    async def _set(self, address: str, status: Status, reason: Problem, of: tuple[Status, ...]) -> None:
        async with self._database.write() as connection:
            for reader in await subscribers.within(connection, address):
                if reader.status in of:
                    await _end(connection, reader.id, status, reason)


async def _end(connection: Connection, subscriber: int, status: Status, reason: Problem) -> None:
    await subscribers.set_status(connection, subscriber, status, reason=reason)
    await undelivered.close(connection, subscriber, reason)
