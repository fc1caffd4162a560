"""One newsroom on PostgreSQL and several processes: one writer at a time, nudges, and dead connections."""

import asyncio
import os
import secrets
import tempfile
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import pytest
from fakes import MORNING
from postgres import named, server
from shelf import make_newer, numbers, put
from sqlalchemy import func, make_url, select

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


# A database that a newsroom cannot run on


@asynccontextmanager
async def role_of(server, url, *grants):
    """A role with these rights on the database of this address. Yields the database's address for it."""
    name = f"desk_{secrets.token_hex(4)}"
    owner = await asyncpg.connect(url)
    await owner.execute(f"CREATE ROLE {name} LOGIN PASSWORD 'sesame'")
    for grant in grants:
        await owner.execute(f"GRANT {grant} TO {name}")
    try:
        yield make_url(url).set(username=name, password="sesame").render_as_string(hide_password=False)
    finally:
        await owner.execute(f"DROP OWNED BY {name} CASCADE")
        await owner.close()
        admin = await asyncpg.connect(server)
        await admin.execute(f"DROP ROLE {name}")
        await admin.close()


TABLES, SEQUENCES = "ON ALL TABLES IN SCHEMA public", "ON ALL SEQUENCES IN SCHEMA public"
RIGHTS = {
    "reading": ([f"SELECT {TABLES}"], "article_sketches"),
    "no-sequences": ([f"ALL {TABLES}"], "article_versions_id_seq"),
    "no-deleting": ([f"SELECT, INSERT, UPDATE {TABLES}", f"ALL {SEQUENCES}"], "article_sketches"),
    "all": ([f"ALL {TABLES}", f"ALL {SEQUENCES}"], None),
}


@pytest.mark.parametrize(("grants", "denied"), RIGHTS.values(), ids=RIGHTS.keys())
async def test_a_role_that_may_not_write_is_named_by_the_check(postgres, new_postgres_url, grants, denied):
    async with Database(new_postgres_url):
        pass
    async with role_of(postgres, new_postgres_url, *grants) as url, Database(url) as database:
        if denied is None:
            assert await database.check() is None
            return
        with pytest.raises(StoreTrouble) as trouble:
            await database.check()
    assert trouble.value.key == "database-not-permitted"
    assert trouble.value.arguments["cause"].endswith(f" may not change {denied}")


async def test_a_role_that_may_read_can_still_be_used_for_reading(postgres, new_postgres_url):
    async with Database(new_postgres_url) as database:
        await put(database, 1)
    async with role_of(postgres, new_postgres_url, f"SELECT {TABLES}") as url, Database(url) as database:
        assert await numbers(database) == [1]
        with pytest.raises(StoreTrouble) as trouble:
            await put(database, 2)
    assert trouble.value.key == "database-not-permitted"


async def test_a_role_that_may_not_create_tables_is_refused_where_there_are_none(postgres, new_postgres_url):
    owner = await asyncpg.connect(new_postgres_url)
    await owner.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    await owner.close()
    async with role_of(postgres, new_postgres_url) as url:
        with pytest.raises(StoreTrouble) as trouble:
            async with Database(url):
                pass
    assert trouble.value.key == "database-not-permitted"


async def test_a_database_that_is_read_only_by_default_is_named_by_the_check(new_postgres_url):
    async with Database(new_postgres_url):
        pass
    owner = await asyncpg.connect(new_postgres_url)
    name = make_url(new_postgres_url).database
    await owner.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    await owner.close()
    async with Database(new_postgres_url) as database:
        with pytest.raises(StoreTrouble) as trouble:
            await database.check()
        with pytest.raises(StoreTrouble) as trouble_of_write:
            await put(database, 1)
        assert await numbers(database) == []
    assert trouble.value.key == trouble_of_write.value.key == "database-read-only"


@pytest.mark.skipif("TEST_DATABASE_URL" in os.environ, reason="it makes a standby of a server of its own")
def test_a_standby_is_named_by_the_check():
    folder = Path(tempfile.mkdtemp(prefix="briefings-"))

    async def migrate(url):
        async with Database(url):
            pass

    async def check(url):
        async with Database(url) as database:
            await database.check()

    with server(folder, keep=True) as url:
        asyncio.run(migrate(url))
    (folder / "standby.signal").touch()
    with server(folder) as url, pytest.raises(StoreTrouble) as trouble:
        asyncio.run(check(url))
    assert trouble.value.key == "database-standby"


async def test_an_empty_database_that_is_read_only_is_refused(new_postgres_url):
    owner = await asyncpg.connect(new_postgres_url)
    await owner.execute(f"ALTER DATABASE {make_url(new_postgres_url).database} SET default_transaction_read_only = on")
    await owner.close()
    with pytest.raises(StoreTrouble) as trouble:
        async with Database(new_postgres_url):
            pass
    assert trouble.value.key == "database-read-only"


@pytest.mark.parametrize("encoding", ["LATIN1", "SQL_ASCII"])
async def test_a_database_of_another_encoding_is_refused_and_can_be_copied_from(postgres, encoding):
    name = f"briefings_{secrets.token_hex(6)}"
    admin = await asyncpg.connect(postgres)
    await admin.execute(f"CREATE DATABASE {name} ENCODING '{encoding}' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'")
    url = named(postgres, name)
    try:
        with pytest.raises(StoreTrouble) as trouble:
            async with Database(url):
                pass
        assert (trouble.value.key, trouble.value.arguments) == ("database-encoding", {"encoding": encoding})
        with pytest.raises(StoreTrouble) as trouble:
            async with Database(url, new=False):
                pass
        assert trouble.value.key == "database-empty", "its encoding is no obstacle to a copy"
    finally:
        await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
        await admin.close()
