"""One newsroom on PostgreSQL and several processes: one writer at a time, nudges, and dead connections."""

import asyncio

import asyncpg
import pytest
from fakes import MORNING
from shelf import make_newer, numbers, put
from sqlalchemy import func, select

from briefings.errors import Outdated, StoreTrouble
from briefings.store.database import Database
from briefings.store.schema import stories


async def test_a_writer_waits_for_a_writer_of_another_process(postgres_url):
    async with Database(postgres_url) as ours, Database(postgres_url) as theirs:
        async with ours.write() as connection:
            second = asyncio.create_task(put(theirs, 2))
            await _until_a_writer_waits(ours)
            await connection.execute(stories.insert().values(id=1, last=MORNING))
            assert not second.done()
        await second
        assert await numbers(ours) == [1, 2]


async def test_a_writer_of_its_own_rows_waits_for_no_other(postgres_url):
    async with Database(postgres_url) as ours, Database(postgres_url) as theirs, ours.write():
        async with theirs.write(own_rows=True) as connection:
            await connection.execute(stories.insert().values(id=1, last=MORNING))
        assert await numbers(theirs) == [1]


async def test_a_nudge_reaches_the_other_processes_and_not_the_one_that_sent_it(postgres_url):
    nudged, nudged_ourselves = asyncio.Queue(), []
    async with (
        Database(postgres_url) as ours,
        Database(postgres_url) as theirs,
        theirs.listen(nudged.put_nowait),
        ours.listen(nudged_ourselves.append) as nudge,
        asyncio.timeout(20),
    ):
        while nudged.empty():  # until both listen
            nudge("dispatch")
            await asyncio.sleep(0.05)
        assert await nudged.get() == "dispatch"
    assert nudged_ourselves == []


async def test_only_one_process_at_a_time_is_alone_with_a_work(postgres_url):
    async with Database(postgres_url) as ours, Database(postgres_url) as theirs:
        async with ours.alone("enrich") as we, theirs.alone("enrich") as they, theirs.alone("owners") as other:
            assert (we, they, other) == (True, False, True)
        async with theirs.alone("enrich") as they:
            assert they


async def test_a_read_transaction_may_be_silent_for_as_long_as_it_takes(postgres_url):
    """Composing for many readers sends no statement for seconds; the server's limit on silence is for writers only."""
    async with Database(postgres_url) as database, database.read() as connection:
        before = await connection.scalar(select(func.count()).select_from(stories))
        await asyncio.sleep(4.5)
        assert await connection.scalar(select(func.count()).select_from(stories)) == before


async def test_a_lock_is_free_when_its_connection_is_dead(postgres_url):
    async with Database(postgres_url) as ours:
        async with ours.alone("owners") as we:
            assert we
            await _drop_every_connection(postgres_url)
        async with Database(postgres_url) as theirs, theirs.alone("owners") as they:
            assert they


async def _drop_every_connection(url):
    other = await asyncpg.connect(url)
    await other.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    await other.close()


async def test_dropped_connections_raise_trouble_once_and_are_opened_again(postgres_url):
    async with Database(postgres_url) as database:
        await put(database, 1)
        await _drop_every_connection(postgres_url)
        with pytest.raises(StoreTrouble) as trouble:
            await numbers(database)
        assert "\n" not in str(trouble.value)
        assert await numbers(database) == [1]


async def _until_a_writer_waits(database):
    """Wait until a writer waits for the newsroom's lock."""
    waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    async with asyncio.timeout(10):
        while True:
            async with database.read() as connection:
                if (await connection.exec_driver_sql(waiting)).scalar_one():
                    return


async def _stop_in_the_middle(database):
    async with database.write() as connection:
        await connection.execute(stories.insert().values(id=1, last=MORNING))
        await asyncio.sleep(5)  # longer than the server waits for the next statement


async def test_a_writer_that_stops_in_the_middle_is_cut_off_and_others_go_on(postgres_url):
    async with Database(postgres_url) as ours, Database(postgres_url) as theirs:
        stopped = asyncio.create_task(_stop_in_the_middle(theirs))
        await asyncio.sleep(0.5)  # until it has the lock
        await put(ours, 2)
        with pytest.raises(StoreTrouble):
            await stopped
        assert await numbers(ours) == [2]


async def test_a_running_program_learns_that_a_newer_one_changed_the_schema(new_postgres_url):
    async with Database(new_postgres_url) as database:
        await database.check_clock_and_schema()
        await make_newer(database)
        with pytest.raises(Outdated):
            await database.check_clock_and_schema()
