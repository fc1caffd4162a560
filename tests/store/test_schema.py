"""The tables in `schema.py` are the tables that the migrations build."""

import contextlib
import sqlite3
from datetime import UTC, datetime, timedelta, timezone

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from fakes import report, rows
from sqlalchemy import Connection, inspect, select
from sqlalchemy.exc import StatementError

from briefings.passes.ingest import ingest
from briefings.store.database import Database
from briefings.store.schema import article_versions, articles, metadata, pace

SEARCHED = ("words", "ix_articles_words")
"""PostgreSQL's own column and index for searching articles; `schema.py` does not list them."""


def _differences(connection: Connection) -> list[object]:
    def ours(_object: object, name: str, kind: str, _reflected: bool, _compared: object) -> bool:
        return name not in SEARCHED and not (
            kind == "table" and (name.startswith("articles_fts") or name == "alembic_version")
        )

    comparable = connection.dialect.name == "sqlite"  # PostgreSQL cannot say whether two JSON defaults are the same
    options = {"include_object": ours, "compare_type": True, "compare_server_default": comparable}
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))


async def test_migrations_build_exactly_the_schema(new_url):
    async with Database(new_url) as database, database.read() as connection:
        assert await connection.run_sync(_differences) == []


async def test_the_unique_keys_that_hold_the_guarantee_are_in_the_database(database):
    async with database.read() as connection:
        unique = await connection.run_sync(lambda c: inspect(c).get_unique_constraints("deliveries"))
    assert sorted(key["column_names"] for key in unique) == [["edition_id", "subscriber_id"], ["subscriber_id", "slot"]]


NOON = datetime(2025, 12, 4, 12, tzinfo=UTC)
INSTANTS = {
    "utc": NOON,
    "another-zone": datetime(2025, 12, 4, 17, 30, tzinfo=timezone(timedelta(hours=5, minutes=30))),
    "microseconds": NOON.replace(microsecond=1),
    "the-last-year": datetime(9999, 12, 31, tzinfo=UTC),
    "an-early-year": datetime(1, 1, 2, tzinfo=UTC),
}


@pytest.mark.parametrize("instant", INSTANTS.values(), ids=INSTANTS.keys())
async def test_an_instant_is_read_back_aware_and_in_utc(database, instant):
    async with database.write() as connection:
        await connection.execute(pace.insert().values(id=7, free_at=instant))
    async with database.read() as connection:
        stored = await connection.scalar(select(pace.c.free_at).where(pace.c.id == 7))
    assert stored == instant
    assert stored.tzinfo is UTC


async def test_a_naive_instant_is_refused(database):
    with pytest.raises(StatementError, match="aware"):
        async with database.write() as connection:
            await connection.execute(pace.insert().values(id=7, free_at=datetime(2025, 12, 4)))  # noqa: DTZ001 - the point


async def test_a_newsroom_of_the_first_schema_is_migrated_with_all_it_holds(file_url):
    async with Database(file_url) as database:
        await ingest(database, [report("relos")], NOON)
        before = await rows(database, articles)
    with contextlib.closing(sqlite3.connect(file_url.removeprefix("sqlite:///"))) as file:
        file.executescript(
            "DROP TABLE inbox; DROP TABLE probe; DROP TABLE article_versions; DROP TABLE article_sketches;"
            "DROP INDEX ix_articles_copy_of; DROP INDEX ix_articles_canonical; DROP INDEX ix_articles_attached_to;"
            "UPDATE articles SET item = canonical; ALTER TABLE articles DROP COLUMN canonical;"
            "ALTER TABLE articles RENAME COLUMN item TO canonical; ALTER TABLE articles DROP COLUMN origin;"
            "ALTER TABLE articles DROP COLUMN owner; ALTER TABLE articles DROP COLUMN attached_to;"
            "DROP TABLE removed_articles; DROP TABLE removed_topics;"
            "DROP TABLE report_terms; DROP TABLE term_reports; DROP TABLE term_uses;"
            "DROP TABLE known_items; DROP TABLE sources; ALTER TABLE articles DROP COLUMN author;"
            "ALTER TABLE articles DROP COLUMN supplied;"
            "ALTER TABLE editions DROP COLUMN why; ALTER TABLE editions DROP COLUMN reports;"
            "ALTER TABLE editions DROP COLUMN memory_id; ALTER TABLE editions DROP COLUMN memory_after_id;"
            "DROP INDEX ix_subscribers_group; ALTER TABLE subscribers DROP COLUMN memory_id; DROP TABLE memories;"
            "CREATE INDEX ix_subscribers_group ON subscribers (rhythm_id);"
            "DROP INDEX ix_deliveries_next; DROP INDEX ix_deliveries_badly;"
            "CREATE INDEX ix_deliveries_open ON deliveries (id);"
            "DROP INDEX ix_subscribers_places;"
            "ALTER TABLE deliveries DROP COLUMN unknown_sends; ALTER TABLE deliveries DROP COLUMN unknown_messages;"
            'ALTER TABLE topics DROP COLUMN "all"; ALTER TABLE topics DROP COLUMN "none";'
            "ALTER TABLE topics DROP COLUMN backfill_from; ALTER TABLE article_topics DROP COLUMN strength;"
            "ALTER TABLE subscribers RENAME COLUMN status TO standing;"
            "UPDATE alembic_version SET version_num = '0001';"
        )
    async with Database(file_url) as database:
        [article] = before
        article |= {"origin": None, "item": article["canonical"]}  # nobody knows who brought it
        assert await rows(database, articles) == before
        assert await rows(database, article_versions) == []
        [again] = await ingest(database, [report("relos")], NOON)
        assert again.known
