"""A shelf to try a database on: numbers put there and read back, and a schema that says it is newer."""

from __future__ import annotations

from fakes import MORNING
from sqlalchemy import select

from briefings.store.database import Database
from briefings.store.schema import stories


async def put(database: Database, number: int, *, first: bool = False) -> None:
    """Write one number in a transaction of its own; `first` as `Database.write` means it."""
    async with database.write(first=first) as connection:
        await connection.execute(stories.insert().values(id=number, last=MORNING))


async def numbers(database: Database) -> list[int]:
    """All that were put there, the least first."""
    async with database.read() as connection:
        return list(await connection.scalars(select(stories.c.id).order_by(stories.c.id)))


async def make_newer(database: Database) -> None:
    """As a program of later days would leave the schema."""
    async with database.write() as connection:
        await connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
