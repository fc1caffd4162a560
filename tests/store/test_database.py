"""The database: opened and migrated once, one writer at a time, and one line of StoreTrouble for any trouble."""

import asyncio
import os
import sqlite3
import sys
import threading

import pytest
from fakes import MORNING
from shelf import make_newer, numbers, put
from sqlalchemy import func, select

from briefings.errors import Outdated, StoreTrouble
from briefings.store.database import Database
from briefings.store.schema import stories

# Opening


async def test_written_rows_are_there_after_the_database_is_opened_again(url):
    async with Database(url) as database:
        await put(database, 1)
    async with Database(url) as database:
        assert await numbers(database) == [1]


async def test_several_tasks_may_open_a_new_database_at_once(new_url):
    async def open_and_put(number):
        async with Database(new_url) as database:
            await put(database, number)

    await asyncio.gather(*(open_and_put(number) for number in range(4)))
    async with Database(new_url) as database:
        assert await numbers(database) == [0, 1, 2, 3]


async def test_two_processes_may_open_a_new_database_at_once(new_url):
    program = (
        "import asyncio, sys\nfrom briefings.store.database import Database\n"
        "async def main():\n    async with Database(sys.argv[1]): pass\nasyncio.run(main())"
    )
    children = [
        await asyncio.create_subprocess_exec(sys.executable, "-c", program, new_url, stderr=asyncio.subprocess.PIPE)
        for _ in range(2)
    ]
    errors = [(await child.communicate())[1] for child in children]
    assert [child.returncode for child in children] == [0, 0], errors


async def test_opening_waits_for_a_process_that_is_just_creating_the_file(tmp_path):
    """SQLite's own busy timeout does not cover the switch to WAL: it fails at once while another process writes."""
    path = tmp_path / "new.db"
    theirs = sqlite3.connect(path, isolation_level=None)
    theirs.execute("BEGIN IMMEDIATE")
    theirs.execute("CREATE TABLE theirs (x)")

    async def open_it():
        async with Database(f"sqlite:///{path}") as database:
            return await numbers(database)

    opening = asyncio.create_task(open_it())
    await asyncio.sleep(0.2)
    theirs.execute("COMMIT")
    theirs.close()
    assert await opening == []


async def test_the_file_is_in_wal_mode_with_foreign_keys_on(file_url):
    async with Database(file_url) as database, database.write() as connection:
        assert (await connection.exec_driver_sql("PRAGMA journal_mode")).scalar_one() == "wal"
        assert (await connection.exec_driver_sql("PRAGMA foreign_keys")).scalar_one() == 1


# The mode of the file


def modes(folder):
    """Return the mode of each file of a database, by the end of its name."""
    return {path.name.removeprefix("briefings.db"): path.stat().st_mode & 0o777 for path in folder.iterdir()}


@pytest.fixture(params=[0o000, 0o022, 0o077], ids=["open", "usual", "closed"])
def umask(request):
    before = os.umask(request.param)
    yield
    os.umask(before)


@pytest.mark.usefixtures("umask")
async def test_a_new_file_and_those_beside_it_are_its_owners_alone(tmp_path):
    async with Database(f"sqlite:///{tmp_path}/briefings.db") as database:
        await put(database, 1)
        assert modes(tmp_path) == {"": 0o600, "-wal": 0o600, "-shm": 0o600}
        assert await database.check() is None


@pytest.mark.usefixtures("umask")
async def test_a_new_file_behind_a_link_is_its_owners_alone(tmp_path):
    (tmp_path / "link.db").symlink_to(tmp_path / "briefings.db")
    async with Database(f"sqlite:///{tmp_path}/link.db"):
        assert modes(tmp_path)[""] == 0o600


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o666])
async def test_a_file_that_others_can_read_is_left_as_it_is_and_named(file_url, tmp_path, mode):
    path = tmp_path / "briefings.db"
    path.chmod(mode)
    async with Database(file_url) as database:
        problem = await database.check()
    assert path.stat().st_mode & 0o777 == mode
    assert (problem.key, problem.arguments["files"]) == ("database-file-exposed", f"{path}*")


@pytest.mark.parametrize("mode", [0o600, 0o400, 0o620])
async def test_a_file_that_no_other_can_read_is_no_problem(file_url, tmp_path, mode):
    (tmp_path / "briefings.db").chmod(mode)
    async with Database(file_url) as database:
        assert await database.check() is None


FOREIGN = {
    "nobody-listens": "postgresql://127.0.0.1:1/briefings",
    "no-such-host": "postgresql://nowhere.invalid/briefings",
    "no-database": "postgresql://127.0.0.1",
    "a-port-that-is-none": "postgresql://127.0.0.1:port/briefings",
    "another-driver": "mysql+pymysql://localhost/briefings",
    "in-memory": "sqlite://",
    "in-memory-said": "sqlite:///:memory:",
    "no-address": "briefings.db",
    "nothing": "",
    "missing-folder": "sqlite:////no/such/folder/briefings.db",
    "a-folder": "sqlite:////tmp",
    "where-nothing-can-be-written": "sqlite:////proc/briefings.db",
}


@pytest.mark.parametrize("url", FOREIGN.values(), ids=FOREIGN.keys())
async def test_an_address_that_cannot_be_used_gives_one_line(url):
    with pytest.raises(StoreTrouble) as trouble:
        async with Database(url):
            pass
    line = str(trouble.value)
    assert line
    assert "\n" not in line


@pytest.mark.parametrize("url", ["sqlite:////tmp", "sqlite:////proc/briefings.db"], ids=["a-folder", "unwritable"])
def test_a_file_that_cannot_be_opened_leaves_no_thread_that_breaks_on_a_closed_loop(monkeypatch, url):
    """Such a thread would print a traceback after the one clear line, but only sometimes: so it is tried many times."""
    broken = []
    monkeypatch.setattr(threading, "excepthook", lambda args: broken.append(args.exc_value))

    async def open_it():
        with pytest.raises(StoreTrouble):
            async with Database(url):
                pass

    for _ in range(30):
        asyncio.run(open_it())
    assert broken == []


WITH_PASSWORD = {
    "password": "postgresql://desk:sesame@127.0.0.1:1/briefings",
    "at": "postgresql://desk:open@sesame@127.0.0.1:1/briefings",
    "slash": "postgresql://desk:open/sesame@127.0.0.1:1/briefings",
    "query": "postgresql://127.0.0.1:1/briefings?user=desk&password=sesame",
    "port": "postgresql://desk:sesame@127.0.0.1:sesame/briefings",
    "broken-host": "postgresql://desk:sesame@[::1/briefings",
    "wrong-option": "postgresql://desk:sesame@127.0.0.1:1/briefings?sslmode=odd",
}


@pytest.mark.parametrize("url", WITH_PASSWORD.values(), ids=WITH_PASSWORD.keys())
async def test_an_address_with_a_password_does_not_repeat_it(url):
    with pytest.raises(StoreTrouble) as trouble:
        async with Database(url):
            pass
    assert "sesame" not in str(trouble.value)


async def test_an_unquoted_at_in_a_password_is_named():
    with pytest.raises(StoreTrouble) as trouble:
        async with Database("postgresql://desk:open@sesame@127.0.0.1:1/briefings"):
            pass
    assert trouble.value.key == "database-password-split"


CONTENTS = {
    "text": b"Dear editor,\n" * 500,
    "a-broken-header": b"SQLite format 3\x00" + b"\xff" * 5000,
    "half-a-file": None,
}


@pytest.mark.parametrize("content", CONTENTS.values(), ids=CONTENTS.keys())
async def test_a_file_that_is_no_database_gives_one_line_and_is_left_alone(content, tmp_path, migrated):
    path = tmp_path / "briefings.db"
    content = content or migrated.read_bytes()[:3000]
    path.write_bytes(content)
    with pytest.raises(StoreTrouble) as trouble:
        async with Database(f"sqlite:///{path}"):
            pass
    assert "\n" not in str(trouble.value)
    assert path.read_bytes() == content


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
async def test_a_folder_that_may_not_be_written_gives_one_line(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(StoreTrouble):
        async with Database(f"sqlite:///{tmp_path}/briefings.db"):
            pass


async def test_a_database_of_a_newer_program_is_refused(new_url):
    async with Database(new_url) as database:
        await make_newer(database)
    with pytest.raises(Outdated):
        async with Database(new_url):
            pass


async def test_a_migration_that_fails_leaves_nothing_half_done(tmp_path):
    path = tmp_path / "foreign.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE topics (somebody TEXT)")  # another program's
    connection.close()
    with pytest.raises(StoreTrouble):
        async with Database(f"sqlite:///{path}"):
            pass
    with sqlite3.connect(path) as connection:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    connection.close()
    assert tables == {"topics"}


# Transactions


async def test_an_exception_rolls_the_whole_transaction_back(database):
    async def fail():
        async with database.write() as connection:
            await connection.execute(stories.insert().values(id=1, last=MORNING))
            raise LookupError

    with pytest.raises(LookupError):
        await fail()
    assert await numbers(database) == []


async def test_a_broken_constraint_rolls_the_transaction_back_and_the_next_one_works(database):
    async def break_a_constraint():
        async with database.write() as connection:
            await connection.execute(stories.insert().values(id=2, last=MORNING))
            await connection.execute(stories.insert().values(id=1, last=MORNING))

    await put(database, 1)
    with pytest.raises(StoreTrouble):
        await break_a_constraint()
    await put(database, 3)
    assert await numbers(database) == [1, 3]


async def test_a_read_transaction_sees_one_instant_throughout(database):
    async with database.read() as connection:
        before = await connection.scalar(select(func.count()).select_from(stories))
        await put(database, 1)
        after = await connection.scalar(select(func.count()).select_from(stories))
    assert (before, after) == (0, 0)
    assert await numbers(database) == [1]


async def _count(connection):
    return await connection.scalar(select(func.count()).select_from(stories))


async def test_a_cached_query_sees_every_change_by_any_process(url):
    async with Database(url) as ours, Database(url) as theirs:
        counts = [await ours.cached(_count)]
        for number, writer in enumerate((ours, theirs, ours, theirs), 1):
            await put(writer, number)
            counts += [await ours.cached(_count), await ours.cached(_count)]
    assert counts == [0, 1, 1, 2, 2, 3, 3, 4, 4]


async def test_a_change_during_a_cached_query_is_seen_by_the_next(database):
    async def query(connection):
        count = await _count(connection)
        await put(database, count + 1)
        return count

    assert [await database.cached(query) for _ in range(3)] == [0, 1, 2]


async def test_a_cached_query_runs_once_on_a_file_that_does_not_change(file_url):
    runs = []

    async def query(connection):
        runs.append(connection)
        return await _count(connection)

    async with Database(file_url) as database:
        assert [await database.cached(query) for _ in range(5)] == [0] * 5
        assert len(runs) == 1
        assert await asyncio.gather(*(database.cached(_count) for _ in range(5))) == [0] * 5


async def test_a_cached_query_that_failed_runs_again(database):
    troubles = [RuntimeError("a bug"), None]

    async def query(connection):
        if trouble := troubles.pop(0):
            raise trouble
        return await _count(connection)

    with pytest.raises(RuntimeError):
        await database.cached(query)
    assert await database.cached(query) == 0


async def test_nothing_can_be_written_in_a_read_transaction(database):
    async def write():
        async with database.read() as connection:
            await connection.execute(stories.insert().values(id=1, last=MORNING))
            await connection.commit()

    with pytest.raises(StoreTrouble):
        await write()
    assert await numbers(database) == []


async def test_many_writers_of_one_process_never_fail_at_a_lock(database):
    await asyncio.gather(*(put(database, number) for number in range(50)))
    assert len(await numbers(database)) == 50


async def test_a_writer_waits_for_a_quick_writer_of_another_process(url):
    async with Database(url) as ours, Database(url) as theirs:
        async with theirs.write() as connection:
            await connection.execute(stories.insert().values(id=1, last=MORNING))
            waiting = asyncio.create_task(put(ours, 2))
            await asyncio.sleep(0.05)
            assert not waiting.done()
        await waiting
        assert await numbers(ours) == [1, 2]


async def test_a_writer_gives_up_on_an_endless_writer_of_another_process_and_works_afterwards(file_url):
    async with Database(file_url) as ours, Database(file_url) as theirs:
        async with theirs.write() as connection:
            await connection.execute(stories.insert().values(id=1, last=MORNING))
            with pytest.raises(StoreTrouble, match="lock"):
                await put(ours, 2)
        await put(ours, 3)
        assert await numbers(ours) == [1, 3]


async def test_an_urgent_writer_goes_ahead_of_those_that_wait(database):
    order = []

    async def write(name, *, urgent):
        async with database.write(urgent=urgent):
            order.append(name)

    async with database.write():
        tasks = [asyncio.create_task(write(f"pass {n}", urgent=False)) for n in range(3)]
        await asyncio.sleep(0)
        tasks.append(asyncio.create_task(write("answer", urgent=True)))
        await asyncio.sleep(0)
    await asyncio.gather(*tasks)
    assert order == ["answer", "pass 0", "pass 1", "pass 2"]


async def test_a_cancelled_transaction_is_rolled_back_and_lets_the_next_one_write(database):
    begun = asyncio.Event()

    async def never_ending():
        async with database.write() as connection:
            await connection.execute(stories.insert().values(id=1, last=MORNING))
            begun.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(never_ending())
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with asyncio.timeout(5):
        await put(database, 2)
    assert await numbers(database) == [2]


async def test_a_statement_cancelled_under_way_leaves_no_transaction_behind(database):
    """The statement runs on in the database's thread after its task is cancelled; the next transaction is new."""
    endless = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 300000) SELECT max(x) FROM n"

    async def write():
        async with database.write() as connection:
            await connection.exec_driver_sql("INSERT INTO pace (id, free_at) VALUES (7, '2025-01-01 00:00:00.000000')")
            await connection.exec_driver_sql(endless)

    for _ in range(5):
        writing = asyncio.create_task(write())
        await asyncio.sleep(0.01)
        writing.cancel()
        await asyncio.gather(writing, return_exceptions=True)
    async with database.write() as connection:
        assert (await connection.exec_driver_sql("SELECT count(*) FROM pace WHERE id = 7")).scalar() == 0
