"""A small table to try a database on: numbers written and read back, and a schema marked as newer than the program."""

from __future__ import annotations

from fakes import MORNING
from sqlalchemy import select

from briefings.store.database import Database
from briefings.store.schema import stories


async def put(database: Database, number: int, *, urgent: bool = False) -> None:
    """Write one number in a transaction of its own. `urgent` is that of `Database.write`."""
    async with database.write(urgent=urgent) as connection:
        await connection.execute(stories.insert().values(id=number, last=MORNING))


async def numbers(database: Database) -> list[int]:
    """Return all numbers that were put, in ascending order."""
    async with database.read() as connection:
        return list(await connection.scalars(select(stories.c.id).order_by(stories.c.id)))


async def make_newer(database: Database) -> None:
    """Mark the schema as changed by a newer program."""
    async with database.write() as connection:
        await connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
