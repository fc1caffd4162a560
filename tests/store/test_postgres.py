"""One newsroom on PostgreSQL and several processes: taking turns, passing words, and what a dead line holds up."""

import asyncio

import asyncpg
import pytest
from fakes import MORNING
from shelf import make_newer, numbers, put
from sqlalchemy import func, select

from briefings.errors import Outdated, StoreTrouble
from briefings.store.database import Database
from briefings.store.schema import stories


async def test_a_writer_of_another_process_waits_for_its_turn(postgres_url):
    async with Database(postgres_url) as ours, Database(postgres_url) as theirs:
        async with ours.write() as connection:
            second = asyncio.create_task(put(theirs, 2))
            await _is_waited_for(ours)
            await connection.execute(stories.insert().values(id=1, last=MORNING))
            assert not second.done()
        await second
        assert await numbers(ours) == [1, 2]


async def test_who_touches_only_what_it_holds_waits_for_nobody(postgres_url):
    async with Database(postgres_url) as ours, Database(postgres_url) as theirs, ours.write():
        async with theirs.write(own_rows=True) as connection:
            await connection.execute(stories.insert().values(id=1, last=MORNING))
        assert await numbers(theirs) == [1]


async def test_a_word_reaches_the_other_processes_and_not_the_one_that_said_it(postgres_url):
    heard, at_home = asyncio.Queue(), []
    async with (
        Database(postgres_url) as ours,
        Database(postgres_url) as theirs,
        theirs.listen(heard.put_nowait),
        ours.listen(at_home.append) as say,
        asyncio.timeout(20),
    ):
        while heard.empty():  # until both listen
            say("dispatch")
            await asyncio.sleep(0.05)
        assert await heard.get() == "dispatch"
    assert at_home == []


async def test_work_for_one_is_done_by_one_process_at_a_time(postgres_url):
    async with Database(postgres_url) as ours, Database(postgres_url) as theirs:
        async with ours.alone("enrich") as we, theirs.alone("enrich") as they, theirs.alone("owners") as other:
            assert (we, they, other) == (True, False, True)
        async with theirs.alone("enrich") as they:
            assert they


async def test_a_reader_may_think_between_two_questions_for_as_long_as_it_takes(postgres_url):
    """Composing for many readers asks nothing for seconds; only who holds the newsroom is cut off for silence."""
    async with Database(postgres_url) as database, database.read() as connection:
        before = await connection.scalar(select(func.count()).select_from(stories))
        await asyncio.sleep(4.5)
        assert await connection.scalar(select(func.count()).select_from(stories)) == before


async def test_a_lock_whose_line_is_dead_stands_in_nobodys_way(postgres_url):
    async with Database(postgres_url) as ours:
        async with ours.alone("owners") as we:
            assert we
            await _cut_every_line(postgres_url)
        async with Database(postgres_url) as theirs, theirs.alone("owners") as they:
            assert they


async def _cut_every_line(url):
    other = await asyncpg.connect(url)
    await other.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    await other.close()


async def test_a_server_that_drops_every_line_costs_one_line_of_trouble_and_is_used_again(postgres_url):
    async with Database(postgres_url) as database:
        await put(database, 1)
        await _cut_every_line(postgres_url)
        with pytest.raises(StoreTrouble) as trouble:
            await numbers(database)
        assert "\n" not in str(trouble.value)
        assert await numbers(database) == [1]


async def _is_waited_for(database):
    """Until somebody stands before the newsroom's lock."""
    waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    async with asyncio.timeout(10):
        while True:
            async with database.read() as connection:
                if (await connection.exec_driver_sql(waiting)).scalar_one():
                    return


async def _stop_in_the_middle(database):
    async with database.write() as connection:
        await connection.execute(stories.insert().values(id=1, last=MORNING))
        await asyncio.sleep(5)  # longer than the server waits for its next word


async def test_who_stops_in_the_middle_of_writing_is_cut_off_and_holds_nobody_up_for_long(postgres_url):
    async with Database(postgres_url) as ours, Database(postgres_url) as theirs:
        stopped = asyncio.create_task(_stop_in_the_middle(theirs))
        await asyncio.sleep(0.5)  # until it has the lock
        await put(ours, 2)
        with pytest.raises(StoreTrouble):
            await stopped
        assert await numbers(ours) == [2]


async def test_who_is_running_while_a_newer_program_changes_the_schema_is_told(new_postgres_url):
    async with Database(new_postgres_url) as database:
        await database.check_clock_and_schema()
        await make_newer(database)
        with pytest.raises(Outdated):
            await database.check_clock_and_schema()
