"""The file under an open database: deleted, moved, replaced, written over, and moved back."""

import os
import shutil
import sqlite3

import pytest
from shelf import numbers, put
from sqlalchemy import select

from briefings.errors import NotSaved
from briefings.store.database import Database
from briefings.store.schema import stories


@pytest.fixture
def path(file_url, tmp_path):
    return tmp_path / "briefings.db"


def delete(path):
    path.unlink()


def delete_all(path):
    for file in path.parent.glob("briefings.db*"):
        file.unlink()


def delete_wal(path):
    path.with_name("briefings.db-wal").unlink()


def delete_shm(path):
    path.with_name("briefings.db-shm").unlink()


def move(path):
    path.rename(path.with_name("elsewhere.db"))


def replace(path):
    copy = path.with_name("another.db")
    shutil.copy(path, copy)
    copy.replace(path)


def replace_by_folder(path):
    path.unlink()
    path.mkdir()


def truncate(path):
    os.truncate(path, 0)


def copy_older_over(path):
    """An older backup is smaller: a newsroom only grows."""
    os.truncate(path, path.stat().st_size - 4096)


GONE = {
    "deleted": delete,
    "all-deleted": delete_all,
    "moved": move,
    "wal-deleted": delete_wal,
    "shm-deleted": delete_shm,
}
REPLACED = {
    "replaced": replace,
    "by-a-folder": replace_by_folder,
    "truncated": truncate,
    "an-older-copied-over": copy_older_over,
}


@pytest.mark.parametrize(
    ("do", "key"),
    [(do, "database-file-gone") for do in GONE.values()] + [(do, "database-file-replaced") for do in REPLACED.values()],
    ids=[*GONE, *REPLACED],
)
async def test_nothing_is_written_once_the_file_is_gone_or_another(path, file_url, do, key):
    async with Database(file_url) as database:
        await put(database, 1)
        assert database.lost() is None
        do(path)
        assert database.lost().key == key
        with pytest.raises(NotSaved) as refusal:
            await put(database, 2)
        assert refusal.value.key == key


async def test_reading_goes_on_while_the_file_is_gone_and_makes_no_new_one(path, file_url):
    async with Database(file_url) as database:
        await put(database, 1)
        path.unlink()
        assert await numbers(database) == [1]
        assert await database.cached(_anything) == 1
    assert not path.exists()


async def _anything(connection):
    return await connection.scalar(select(stories.c.id))


async def test_no_connection_is_opened_to_the_file_that_lies_in_its_place(path, file_url):
    async with Database(file_url) as database:
        await put(database, 1)
        replace(path)
        async with database.read() as first:  # the connection that is open already
            await first.exec_driver_sql("SELECT 1")
            with pytest.raises(NotSaved):
                async with database.read() as second:
                    await second.exec_driver_sql("SELECT 1")


async def test_life_goes_on_when_the_file_is_moved_back(path, file_url):
    away = path.with_name("elsewhere.db")
    async with Database(file_url) as database:
        await put(database, 1)
        path.rename(away)
        with pytest.raises(NotSaved):
            await put(database, 2)
        away.rename(path)
        assert database.lost() is None
        await put(database, 3)
    async with Database(file_url) as database:
        assert await numbers(database) == [1, 3]


async def test_what_has_happened_already_is_noted_in_a_file_that_may_be_moved_back(path, file_url):
    away = path.with_name("elsewhere.db")
    async with Database(file_url) as database:
        await put(database, 1)
        path.rename(away)
        async with database.write(even_if_lost=True) as connection:
            await connection.exec_driver_sql("DELETE FROM stories")
        away.rename(path)
    async with Database(file_url) as database:
        assert await numbers(database) == []


async def test_a_checkpoint_and_another_mode_or_time_are_no_trouble(path, file_url):
    async with Database(file_url) as database, Database(file_url) as another:
        for number in range(3):
            await put(another, number)
            theirs = sqlite3.connect(path)
            theirs.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            theirs.close()
        path.chmod(0o640)
        path.touch()
        assert database.lost() is None
        await put(database, 9)


async def test_a_file_behind_a_link_is_watched_through_the_link(path, file_url, tmp_path):
    link = tmp_path / "link.db"
    link.symlink_to(path)
    async with Database(f"sqlite:///{link}") as database:
        await put(database, 1)
        assert database.lost() is None
        shutil.copy(path, tmp_path / "another.db")
        link.unlink()
        link.symlink_to(tmp_path / "another.db")
        assert database.lost().key == "database-file-replaced"
