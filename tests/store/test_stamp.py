"""A database whose stamp and tables disagree is not opened, and nothing in it is changed."""

import sqlite3

import pytest

from briefings.errors import Outdated, StoreTrouble
from briefings.store import stamp
from briefings.store.database import Database

NEWEST = stamp.VERSIONS[-1]
BOTH = {
    "table-missing": ("DROP TABLE inbox", "database-incomplete (missing=missing-table (table=inbox))"),
    "column-missing": (
        "ALTER TABLE articles DROP COLUMN author",
        "database-incomplete (missing=missing-column (table=articles, column=author))",
    ),
    "no-table-of-stamps": ("DROP TABLE alembic_version", "database-unstamped (table=article_sketches)"),
    "no-stamp": ("DELETE FROM alembic_version", "database-unstamped (table=article_sketches)"),
    "unknown": (
        "UPDATE alembic_version SET version_num = '1975ea83b712'",
        "database-stamp-unknown (stamp=1975ea83b712)",
    ),
    "two": (
        "INSERT INTO alembic_version VALUES ('0001')",
        f"database-stamp-unknown (stamp={NEWEST}, 0001)",
    ),
    "newer": ("UPDATE alembic_version SET version_num = '9999'", "database-newer"),
    "older": ("UPDATE alembic_version SET version_num = '0007'", "database-migration-failed"),
    "first": ("UPDATE alembic_version SET version_num = '0001'", "database-migration-failed"),
}


async def execute(url, statement):
    async with Database(url) as database, database.write() as connection:
        await connection.exec_driver_sql(statement)


async def refusal(url, **options):
    with pytest.raises(StoreTrouble) as refused:
        async with Database(url, **options):
            pass
    assert "\n" not in str(refused.value)
    return refused.value


def contents(path):
    connection = sqlite3.connect(path)
    try:
        return list(connection.iterdump())
    finally:
        connection.close()


@pytest.mark.parametrize(("statement", "trouble"), BOTH.values(), ids=BOTH.keys())
async def test_a_stamp_that_does_not_match_the_tables_is_refused_and_named(new_url, statement, trouble):
    await execute(new_url, statement)
    assert str(await refusal(new_url)).startswith(trouble)
    assert str(await refusal(new_url)).startswith(trouble), "the refusal has changed nothing"


@pytest.mark.parametrize(("statement", "trouble"), BOTH.values(), ids=BOTH.keys())
async def test_a_refused_file_is_left_as_it_is(file_url, tmp_path, statement, trouble):
    await execute(file_url, statement)
    before = contents(tmp_path / "briefings.db")
    await refusal(file_url)
    assert contents(tmp_path / "briefings.db") == before


async def test_a_newer_stamp_is_that_of_a_newer_program(new_url):
    await execute(new_url, "UPDATE alembic_version SET version_num = '9999'")
    assert type(await refusal(new_url)) is Outdated


async def test_the_index_of_words_belongs_to_the_tables(file_url, new_postgres_url):
    await execute(file_url, "DROP TABLE articles_fts")
    assert str(await refusal(file_url)) == "database-incomplete (missing=missing-table (table=articles_fts))"
    await execute(new_postgres_url, "ALTER TABLE articles DROP COLUMN words CASCADE")
    trouble = "database-incomplete (missing=missing-column (table=articles, column=words))"
    assert str(await refusal(new_postgres_url)) == trouble


@pytest.mark.parametrize("stamped", [True, False])
async def test_a_file_of_another_program_is_not_even_set_to_another_journal(tmp_path, stamped):
    path = tmp_path / "foreign.db"
    connection = sqlite3.connect(path)
    connection.executescript("CREATE TABLE topics (somebody TEXT);")
    if stamped:
        connection.executescript(
            "CREATE TABLE alembic_version (version_num TEXT);INSERT INTO alembic_version VALUES ('a')"
        )
    connection.close()
    before = path.read_bytes()
    await refusal(f"sqlite:///{path}")
    assert path.read_bytes() == before


async def test_a_table_that_no_migration_to_come_would_make_is_refused_each_time(new_url):
    async with Database(new_url) as database, database.write() as connection:
        await connection.exec_driver_sql("DROP TABLE pace")
        await connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0009'")
    for _ in range(2):
        assert (await refusal(new_url)).key in ("database-incomplete", "database-migration-failed")


async def test_tables_of_other_programs_and_columns_of_the_operators_own_are_no_trouble(new_url):
    await execute(new_url, "CREATE TABLE theirs (x INTEGER)")
    await execute(new_url, "ALTER TABLE articles ADD COLUMN note TEXT")
    async with Database(new_url):
        pass


async def test_a_table_that_is_missing_is_named_when_the_newsroom_is_copied_too(file_url):
    await execute(file_url, "DROP TABLE inbox")
    assert (await refusal(file_url, new=False)).key == "database-incomplete"
