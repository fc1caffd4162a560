"""Upkeep: the outbox, the vital signs, the clock and the processes of a running newsroom. Part of the door.

Never sends, and changes nothing but a delivery that is to be tried again.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime

from briefings.editions.model import DeliveryReport
from briefings.errors import Problem
from briefings.store import health, outbox, undelivered
from briefings.store.database import Database
from briefings.store.health import Vitals

__all__ = ["Upkeep", "Vitals"]


class Upkeep:
    """The upkeep of one newsroom. `clock` gives aware UTC."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    @property
    def goes_by_server(self) -> bool:
        """True if the newsroom goes by the clock of its database's server, False if by this machine's."""
        return self._database.shared

    async def deliveries(self, *, failed: bool) -> list[DeliveryReport]:
        """Return the deliveries not yet done, or those that failed, with their reasons."""
        async with self._database.read() as connection:
            return await outbox.report(connection, failed=failed)

    async def retry(self, delivery: int) -> Problem | None:
        """Queue a failed or unknown delivery again. Return None, or why it is not."""
        async with self._database.write() as connection:
            return await undelivered.retry(connection, delivery, self._clock())

    async def vitals(self) -> Vitals:
        """Return the newsroom's vital signs. Raises StoreTrouble when the database cannot be used."""
        async with self._database.read() as connection:
            return await health.vitals(connection, self._clock())

    async def check_before_start(self) -> Problem | None:
        """Check that the newsroom can run on its database. Raises StoreTrouble when nothing can be written there.

        Returns a problem that the operator should mend although the newsroom can run with it; None if there is none.
        """
        return await self._database.check()

    def trouble(self) -> Problem | None:
        """Return why the database cannot be used, as the last transactions or its file show; None when it can.

        Takes no trip to the database.
        """
        return self._database.trouble()

    async def try_database(self) -> Problem | None:
        """Try to read and write, unless somebody has just done both. Return what is wrong, None if nothing is.

        May take as long as the database makes a writer wait. Raises nothing.
        """
        return await self._database.probe(self._clock())

    async def check_database(self) -> None:
        """Compare this machine's clock with the database's. Raises Outdated once a newer program changed the schema."""
        await self._database.check_clock_and_schema()

    def alone(self, work: str) -> AbstractAsyncContextManager[bool]:
        """While open, True in the one process that does this work, and False in every other."""
        return self._database.alone(work)

    def listen(self, wake: Callable[[str], None]) -> AbstractAsyncContextManager[Callable[[str], None]]:
        """While open, call `wake` with each pass that others nudge; gives the function that nudges their passes."""
        return self._database.listen(wake)
