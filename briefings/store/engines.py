"""What the database needs of an engine: opened, closed, and what is different from one to the other."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine


class Engines(Protocol):
    """One kind of database, by which it is read and written. Trouble is raised as StoreTrouble."""

    shared: bool
    """Whether processes on other machines work on it too."""

    place: str
    """Where it is kept, without names and passwords."""

    reader: AsyncEngine
    writer: AsyncEngine
    single: AsyncEngine
    """Where each statement is a transaction of its own; only for a database that is shared."""

    async def open(self, *, new: bool) -> None:
        """Get ready; `reader` and `writer` are there then. Where nothing is kept yet, begin, if `new` allows it."""
        ...

    async def close(self) -> None:
        """Let go of every connection."""
        ...

    async def lock(self, connection: AsyncConnection) -> None:
        """Make this transaction the only writer of the newsroom, in all processes, until it ends."""
        ...

    async def be_patient(self, connection: AsyncConnection) -> None:
        """Let this transaction take its time: it changes the schema, or is one of a copy."""
        ...

    async def forbid_writing(self, connection: AsyncConnection) -> None:
        """Let nobody write anything until this transaction, which holds the lock, ends."""
        ...

    async def ahead(self, connection: AsyncConnection) -> timedelta | None:
        """How far the database's clock is ahead of ours; None when that cannot be told just now."""
        ...

    async def version(self) -> int | None:
        """A number that is another one after anybody has committed anything; None where that is not told so cheaply."""
        ...

    def alone(self, work: str) -> AbstractAsyncContextManager[bool]:
        """As `Database.alone`."""
        ...

    def listen(self, heard: Callable[[str], None]) -> AbstractAsyncContextManager[Callable[[str], None]]:
        """As `Database.listen`."""
        ...
