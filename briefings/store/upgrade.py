"""Brings a newsroom's schema up to date, inside the transaction that it is given."""

from __future__ import annotations

import re

from sqlalchemy import Connection as SyncConnection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from briefings.errors import LONGEST_CAUSE, StoreTrouble
from briefings.store import stamp

_SELECT_STAMPS = f"SELECT version_num FROM {stamp.STAMPS}"  # noqa: S608 - a name of ours
_DISAGREES = re.compile(r"already exists|duplicate column|no such (?:table|column)|does not exist")
"""How both databases say that a table or a column is there, or is not, against what a migration expects."""


async def stamps(connection: AsyncConnection) -> list[str]:
    """Return the stamps of a newsroom's tables: one, unless somebody has meddled with them."""
    return list((await connection.exec_driver_sql(_SELECT_STAMPS)).scalars())


async def bring_up_to_date(connection: AsyncConnection) -> None:
    """Run the migrations that are missing. Raises StoreTrouble when the tables are not those of their stamp."""
    try:
        await connection.run_sync(_migrate)
    except DBAPIError as error:
        cause = str(error.orig).splitlines()[0]
        if not _DISAGREES.search(cause):
            raise
        raise StoreTrouble("database-migration-failed", cause=cause[:LONGEST_CAUSE]) from error


def _migrate(connection: SyncConnection) -> None:
    """Bring the schema up to date inside the caller's transaction, which holds the write lock."""
    from alembic import command  # an eighth of a second that only a new schema is worth
    from alembic.config import Config
    from sqlalchemy import inspect

    if stamp.STAMPS in inspect(connection).get_table_names():
        stamps = connection.exec_driver_sql(_SELECT_STAMPS).scalars().all()
        if stamp.is_newest(stamps):
            return  # another process was first
    config = Config()
    config.set_main_option("script_location", "briefings.store:migrations")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
