"""What the last transactions showed: trouble lasts until one of the same kind goes well; a proof lasts some seconds."""

from __future__ import annotations

from datetime import datetime

from fakes import MORNING

from briefings.errors import Problem, StoreTrouble
from briefings.store.database import Database
from briefings.store.working import Working

FULL = Problem("database-unusable", {"cause": "database or disk is full"})


def test_trouble_lasts_until_a_transaction_of_the_same_kind_goes_well() -> None:
    working = Working()
    working.note_write(FULL)
    working.note_read(None)
    assert working.problem == FULL
    working.note_write(None)
    assert working.problem is None


def test_a_read_and_a_write_prove_it_for_some_seconds() -> None:
    now = [0.0]
    working = Working(lambda: now[0])
    working.note_write(None)
    assert not working.is_proven(5)
    working.note_read(None)
    assert working.is_proven(5)
    now[0] = 5.0
    assert not working.is_proven(5)


def at() -> datetime:
    return MORNING


async def test_a_probe_finds_trouble_and_its_end(database: Database, url: str) -> None:
    assert await database.probe(at()) is None
    async with Database(url) as theirs:
        async with theirs.write() as connection:
            await connection.exec_driver_sql("ALTER TABLE probe RENAME TO away")
        try:
            await database.try_to_write(at())
        except StoreTrouble as trouble:
            found = trouble.problem
        is_known = database.trouble() is not None
        async with theirs.write() as connection:
            await connection.exec_driver_sql("ALTER TABLE away RENAME TO probe")
    assert found.key == "database-unusable"
    assert is_known is url.startswith("sqlite"), "PostgreSQL says that it is the statement's own"
    assert await database.probe(at()) is None
    assert database.trouble() is None
