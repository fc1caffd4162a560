"""The port that `database.py` needs: everything in which SQLite and PostgreSQL differ. No implementation here."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from briefings.errors import Problem


class Engines(Protocol):
    """The connections to one database. Every method raises StoreTrouble when the database cannot be used."""

    shared: bool
    """True if processes on other machines may use this database too."""

    place: str
    """The database's address without user name and password."""

    reader: AsyncEngine
    writer: AsyncEngine
    single: AsyncEngine
    """Commits each statement by itself. Exists only where `shared` is True."""

    besides: Mapping[str, Collection[str]]
    """Tables, with their columns, that the migrations make in this kind of database and `schema.py` does not list."""

    async def open(self, *, new: bool) -> None:
        """Connect and set `reader` and `writer`. A database that does not exist is created only when `new` is True.

        Changes nothing in one that exists.
        """
        ...

    async def prepare(self) -> None:
        """Make the open database ready for writing. Called once, when it is known to be a newsroom's."""
        ...

    async def tables(self, connection: AsyncConnection) -> Mapping[str, Collection[str]]:
        """Return the tables in this database with their columns, also those of other programs."""
        ...

    def lost(self) -> Problem | None:
        """Return why nothing that is written now would last; None when all is well. Takes no trip to the database."""
        ...

    async def close(self) -> None:
        """Close every connection."""
        ...

    async def check(self, connection: AsyncConnection) -> Problem | None:
        """Check that a newsroom can run here. Raises StoreTrouble when nothing can be written.

        Returns a problem that the operator should mend although the newsroom can run with it; None if there is none.
        """
        ...

    async def lock(self, connection: AsyncConnection) -> None:
        """Make this transaction the only writer of the newsroom, in all processes, until it ends."""
        ...

    async def lift_time_limits(self, connection: AsyncConnection) -> None:
        """Lift the time limits on this transaction: it changes the schema, or is part of a copy."""
        ...

    async def forbid_writing(self, connection: AsyncConnection) -> None:
        """Forbid all writing, own rows included, until this transaction ends. It must hold the lock."""
        ...

    async def ahead(self, connection: AsyncConnection) -> timedelta | None:
        """Return how far the database's clock is ahead of ours; None when it cannot be measured just now."""
        ...

    async def version(self) -> int | None:
        """Return a number that changes with every commit of any process; None where it would not be cheap to know."""
        ...

    def alone(self, work: str) -> AbstractAsyncContextManager[bool]:
        """See `Database.alone`."""
        ...

    def listen(self, wake: Callable[[str], None]) -> AbstractAsyncContextManager[Callable[[str], None]]:
        """See `Database.listen`."""
        ...
