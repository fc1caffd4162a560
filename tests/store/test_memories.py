"""Memories are stored once each, read back as they were, and taken over from the stories told ahead of a mark."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import asyncpg
from alembic import command
from alembic.config import Config
from fakes import MORNING, rows
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine

from briefings.editions.memory import UNKNOWN_REPORT, Remembered, in_order
from briefings.store import memories
from briefings.store.database import Database
from briefings.store.schema import editions, subscribers
from briefings.store.schema import memories as memories_table

INSTANTS = st.datetimes(timezones=st.just(UTC))
ENTRIES = st.builds(
    Remembered,
    st.integers(1, 2**31),
    st.none() | st.integers(0, 2**31),
    st.none() | INSTANTS,
    INSTANTS,
)
MEMORIES = st.lists(ENTRIES, max_size=40, unique_by=lambda entry: entry.story).map(in_order)
UNTOLD = (Remembered(1, None, None, MORNING),)
TOLD = (Remembered(1, 7, None, MORNING), Remembered(2, 8, MORNING + timedelta(microseconds=1), MORNING))


@given(MEMORIES, MEMORIES)
def test_a_memory_is_read_back_as_it_was_and_only_equal_ones_have_equal_texts(ours, theirs):
    assert memories.from_text(memories.to_text(ours)) == ours
    assert (memories.to_text(ours) == memories.to_text(theirs)) is (ours == theirs)


async def test_equal_memories_have_one_number(database):
    async with database.write() as connection:
        first = await memories.number(connection, UNTOLD)
        both = await memories.numbers(connection, [TOLD, UNTOLD, TOLD, ()])
        assert both == {UNTOLD: first, TOLD: await memories.number(connection, TOLD), (): None}
    async with database.read() as connection:
        assert [await memories.load(connection, both[each]) for each in (UNTOLD, TOLD, ())] == [UNTOLD, TOLD, ()]
    assert len(await rows(database, memories_table)) == 2


async def test_more_memories_than_a_statement_takes_are_stored(database):
    many = [(Remembered(story, None, None, MORNING),) for story in range(1, 1203)]
    async with database.write() as connection:
        assert len(set((await memories.numbers(connection, many)).values())) == 1203


async def test_two_processes_that_store_the_same_memories_get_the_same_numbers(url):
    async with Database(url) as ours, Database(url) as theirs:

        async def store(database, several):
            async with database.write() as connection:
                return await memories.numbers(connection, several)

        several = [(Remembered(story, None, None, MORNING),) for story in range(1, 50)]
        numbers = await asyncio.gather(store(ours, several), store(theirs, several[::-1]), store(ours, several))
        assert numbers[0] == numbers[1] == numbers[2]


# From the version before

_BEFORE = "0015"
_FILLED = (
    "INSERT INTO rhythms (id, times, days, zone, slot_day, slot_hour, next_due)"
    " VALUES (1, '07:30', '0123456', 'UTC', '2025-12-04', '07:30', '2025-12-04 07:30:00.000000')",
    "INSERT INTO wishes (id, topics, minutes) VALUES (1, '*', 2)",
    *(
        "INSERT INTO subscribers (address, rhythm_id, wishes_id, mark, told_ahead, status, armed, joined) VALUES"  # noqa: S608 - ours
        f" ('{address}', 1, 1, '2025-12-03 07:30:00.000000', {told}, 'active', '2025-12-01 00:00:00.000000',"
        " '2025-12-01 00:00:00.000000')"
        for address, told in (
            ("1", "NULL"),
            ("2", """'[[11,"2025-12-04T06:00:00+00:00"],[12,"2025-12-04T06:00:00.000001+00:00"]]'"""),
            ("3", """'[[11,"2025-12-04T06:00:00+00:00"],[12,"2025-12-04T06:00:00.000001+00:00"]]'"""),
            ("4", """'[[13,"2025-12-04T06:00:00+00:00"]]'"""),
        )
    ),
    "INSERT INTO editions (kind, rhythm_id, wishes_id, mark, told_ahead, told, printed, blocks, stories, left_out,"
    " cursor, fanned_out) SELECT 'first', 1, 1, mark, told_ahead, mark, mark, '[]', '[]', '[]', 0, true"
    " FROM subscribers WHERE address IN ('1', '4')",
)


def _fill(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", "briefings.store:migrations")
    config.attributes["connection"] = connection
    command.upgrade(config, _BEFORE)
    for statement in _FILLED:
        connection.exec_driver_sql(statement)


async def test_stories_told_ahead_become_memories(new_url):
    if new_url.startswith("sqlite"):
        engine = create_async_engine(new_url.replace("sqlite:", "sqlite+aiosqlite:"))
    else:
        engine = create_async_engine("postgresql+asyncpg://", async_creator=lambda: asyncpg.connect(new_url))
    async with engine.begin() as connection:
        await connection.run_sync(_fill)
    await engine.dispose()
    async with Database(new_url) as database:
        readers, printed = await rows(database, subscribers), await rows(database, editions)
        async with database.read() as connection:
            of_readers = [await memories.load(connection, row["memory_id"]) for row in readers]
            of_editions = [await memories.load(connection, row["memory_id"]) for row in printed]
        until = datetime(2025, 12, 4, 6, tzinfo=UTC)
        later = until + timedelta(microseconds=1)
        both = (Remembered(11, UNKNOWN_REPORT, until, until), Remembered(12, UNKNOWN_REPORT, later, later))
        ahead = (Remembered(13, UNKNOWN_REPORT, until, until),)
        assert of_readers == [(), both, both, ahead]
        assert of_editions == [(), ahead]
        assert {row["memory_after_id"] for row in printed} == {None}
        assert [row["reports"] for row in printed] == [[], []]
        assert len(await rows(database, memories_table)) == 2
        async with database.write() as connection:
            assert await memories.number(connection, both) == readers[1]["memory_id"], "their texts are the same"
