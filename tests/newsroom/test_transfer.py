"""Copying a newsroom to another database: the same row by row, resumed where it was cut off, never over another."""

import asyncio
import shutil
import sys
from contextlib import ExitStack
from datetime import timedelta
from itertools import pairwise
from urllib.parse import urlsplit

import pytest
from fakes import MORNING, UTC_0730, Clock, join, queue, report, rows
from fakes import blocks as printed
from postgres import database as new_database
from sqlalchemy import insert, inspect, text, update

from briefings import starter
from briefings.errors import BadInput, StoreTrouble
from briefings.newsroom.opening import put_together
from briefings.newsroom.transfer import copy
from briefings.passes.publish import publish
from briefings.store import copying, inbox, removal, search
from briefings.store.database import Database
from briefings.store.schema import articles, deliveries, editions, metadata, sources, subscribers, topics
from briefings.topics.query import parse_query

READERS = 2_100
"""More than two pages of rows, so that a copy can be cut off in the middle."""


WAYS = ("sqlite to postgresql", "postgresql to sqlite", "sqlite to sqlite", "postgresql to postgresql")


@pytest.fixture(scope="module")
def filled(postgres, renderer, tmp_path_factory):
    """The same newsroom in a file and on the server, once for all tests, because filling one takes long."""
    file = tmp_path_factory.mktemp("filled") / "briefings.db"
    asyncio.run(fill(f"sqlite:///{file}", renderer))
    with new_database(postgres, "template1") as address:
        asyncio.run(fill(address, renderer))
        yield file, urlsplit(address).path[1:]


@pytest.fixture(params=WAYS)
def way(request, filled, postgres, tmp_path):
    """The address of a filled newsroom, and one that nobody has opened."""
    (origin, goal), (file, template) = request.param.split(" to "), filled
    with ExitStack() as stack:
        yield [
            stack.enter_context(new_database(postgres, template))
            if origin == "postgresql"
            else f"sqlite:///{shutil.copy(file, tmp_path / 'from.db')}",
            stack.enter_context(new_database(postgres, "template1"))
            if goal == "postgresql"
            else f"sqlite:///{tmp_path}/to.db",
        ]


crossing = pytest.mark.parametrize("way", WAYS[:2], indirect=True)
"""Each kind of database once on each side: enough for tests that do not depend on the pair."""


async def fill(url, renderer, readers=READERS):
    """Make a newsroom with rows in every table: copies, a change, readers, editions, deliveries, sources."""
    clock = Clock(MORNING + timedelta(microseconds=123_457))
    async with Database(url) as database:
        newsroom = put_together(database, renderer, clock, UTC_0730)
        await newsroom.editing.seed_topics(starter.topics())
        await newsroom.editing.add([report("relos"), report("tejas"), report("relos", url="https://example.com/again")])
        await newsroom.readers.subscribe("first")
        await newsroom.editing.add([report("relos", text=f"{report('relos').text} It cost 12 million roubles.")])
        await newsroom.editing.add([report("taiwan", published=None), report("arctic", supplied=True)])
        await join(database, *(f"reader {number}" for number in range(readers)), at=clock())
        await publish(database, renderer, clock.at(7, 30))
        await queue(database, printed("a «letter»", "\N{GRINNING FACE} \\u0000 <b>"), "first", now=clock())
        [extra] = await newsroom.editing.add([report("arctic", url=None, text="It is gone before it is told.")])
        async with database.write() as connection:
            await removal.remove_articles(connection, [extra.article.id], clock())
            await removal.remove_topics(connection, ["arctic"], clock())
            await connection.execute(
                insert(sources).values(
                    id=41, url="https://example.org/feed", kind="feed", title="", folder="", next_visit=clock(),
                    interval=900, failures=0, told=False,
                )
            )  # fmt: skip
            await connection.execute(text('INSERT INTO known_items (source_id, digests) VALUES (41, \'["a", "b"]\')'))
            await connection.execute(text("INSERT INTO pace (id, free_at) VALUES (1, '2025-12-04 06:00:00.000001')"))
            asked = inbox.NewItem(5_000_000_000, -1001, inbox.Lane.CHANGE, '{"update_id": 5000000000}')
            await inbox.keep(connection, asked, clock())
            await connection.execute(text("INSERT INTO probe (id, at) VALUES (1, '2025-12-04 06:00:00.000001')"))
            # As it may be after a change: the original came later than its copy.
            await connection.execute(update(articles).where(articles.c.id == 2).values(copy_of=5))


async def everything(url):
    async with Database(url) as database:
        return {table.name: await rows(database, table) for table in metadata.sorted_tables}


class Interrupted(Exception):
    """The caller stopped the copy."""


def stopping_at(what, rows):
    """Returns a progress function that stops the copy after so many rows."""

    def progress(step, done, _total):
        if step == what and done >= rows:
            raise Interrupted

    return progress


# Whole copies


async def test_every_table_of_the_filled_newsroom_has_rows(file_url, renderer):
    """Otherwise the other tests would prove nothing of a table. A new table needs a row in `fill`."""
    await fill(file_url, renderer, readers=2)
    assert [name for name, rows_there in (await everything(file_url)).items() if not rows_there] == []


def test_every_key_can_be_noted_as_json():
    kinds = {(table.name, column.type.python_type) for table in copying.TABLES for column in table.primary_key}
    assert [name for name, kind in kinds if kind not in (int, str)] == []


async def test_a_copy_is_the_same_row_by_row(way):
    origin, goal = way
    before = await everything(origin)
    copied = await copy(origin, goal)
    assert copied.rows == {name: len(rows_there) for name, rows_there in before.items()}
    assert copied.rows["deliveries"] > READERS
    assert copied.changed == 0
    assert await everything(goal) == before
    assert await everything(origin) == before


async def test_a_copy_of_a_copy_is_the_same_file(filled, new_postgres_url, tmp_path):
    there, back = f"sqlite:///{filled[0]}", f"sqlite:///{tmp_path}/back.db"
    await copy(there, new_postgres_url)
    await copy(new_postgres_url, back)

    async def dump(url):
        """Returns the rows as SQLite stores them, below our own types."""
        async with Database(url) as database, database.read() as connection:
            return {
                table.name: (await connection.exec_driver_sql(f'SELECT * FROM "{table.name}" ORDER BY 1, 2')).all()  # noqa: S608 - ours
                for table in metadata.sorted_tables
            }

    assert await dump(back) == await dump(there)


async def test_a_copy_can_be_searched_and_numbers_its_new_rows_itself(way, renderer):
    origin, goal = way
    await copy(origin, goal)
    before = await everything(origin)
    async with Database(goal) as database:
        async with database.read() as connection:
            assert await search.find(connection, parse_query("icebreakers helicopter"), 5)
        newsroom = put_together(database, renderer, Clock(MORNING + timedelta(hours=3)), UTC_0730)
        [added] = await newsroom.editing.add(
            [report("arctic", url="https://example.org/n", title="Port opens", text="Norvell opened a port on Friday.")]
        )
        await newsroom.readers.subscribe("new")
        after = {table.name: await rows(database, table) for table in (articles, subscribers, editions, deliveries)}
    assert added.status == "stored"
    assert added.article.id == before["removed_articles"][-1]["id"] + 1, "which was the last to be stored"
    assert after["subscribers"][-1]["id"] == before["subscribers"][-1]["id"] + 1
    assert all(row["id"] < following["id"] for table in after.values() for row, following in pairwise(table))
    assert after["articles"][:-1] == before["articles"]


async def test_an_old_row_with_nul_is_copied_without_it(file_url, new_postgres_url, renderer):
    await fill(file_url, renderer, readers=2)
    async with Database(file_url) as database, database.write() as connection:
        await connection.execute(update(articles).where(articles.c.id == 2).values(title="Te\0jas", author="\0"))
    copied = await copy(file_url, new_postgres_url)
    assert copied.changed == 1
    article = (await everything(new_postgres_url))["articles"][1]
    assert (article["title"], article["author"]) == ("Tejas", "")


# Refused copies


@crossing
async def test_nothing_is_copied_over_a_newsroom(way, renderer):
    origin, goal = way
    async with Database(goal) as database:
        await put_together(database, renderer, Clock(MORNING), UTC_0730).editing.seed_topics(starter.topics())
    before = await everything(goal)
    with pytest.raises(StoreTrouble, match=r"^copy-to-full \(table=topics\)$"):
        await copy(origin, goal)
    assert await everything(goal) == before


async def test_a_newsroom_is_not_copied_onto_itself(url, renderer):
    await fill(url, renderer, readers=1)
    with pytest.raises(BadInput, match=r"^copy-to-itself$"):
        await copy(url, url.replace("sqlite:////", "sqlite:////tmp/../"))


async def test_an_address_without_a_newsroom_is_not_copied_and_stays_without(new_url, tmp_path):
    with pytest.raises(StoreTrouble, match=r"^in-database \(word=FROM, problem=database-(?:file-missing|empty)"):
        await copy(new_url, f"sqlite:///{tmp_path}/to.db")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("origin", "goal", "problem"), [
    ("nonsense", "sqlite:///to.db", "database-not-address"),
    ("mysql://host/b", "sqlite:///to.db", "database-of-other-kind"),
    ("postgresql://127.0.0.1:1/b", "sqlite:///to.db", "database-unusable"),
])  # fmt: skip
async def test_an_unusable_address_is_named_by_its_argument(origin, goal, problem):
    with pytest.raises(StoreTrouble) as trouble:
        await copy(origin, goal)
    assert (trouble.value.key, trouble.value.arguments["word"]) == ("in-database", "FROM")
    assert trouble.value.arguments["problem"].key == problem


@crossing
async def test_a_newsroom_that_another_process_is_writing_to_is_not_copied(way):
    origin, goal = way
    async with Database(origin) as theirs, theirs.write() as connection:
        await connection.execute(update(articles).values(title="Half"))
        busy = (
            "SELECT pg_sleep(6)" if origin.startswith("postgresql") else "SELECT 1"
        )  # else the server would cut it off
        writing = asyncio.create_task(connection.execute(text(busy)))
        with pytest.raises(StoreTrouble, match="database-written-to"):
            await copy(origin, goal)
        await writing


async def test_a_writer_that_takes_no_turn_waits_for_the_copy_too(postgres_url, tmp_path, renderer):
    """A dispatcher notes its deliveries without a turn. It may not while the newsroom is copied."""
    await fill(postgres_url, renderer, readers=1)
    attempts = []

    async def note():
        async with Database(postgres_url) as theirs, theirs.write(own_rows=True) as connection:
            await connection.execute(update(deliveries).values(attempts=9))

    def progress(*_):
        if not attempts:
            attempts.append(asyncio.ensure_future(note()))

    await copy(postgres_url, f"sqlite:///{tmp_path}/to.db", progress)
    await asyncio.gather(*attempts)
    assert {row["attempts"] for row in (await everything(f"sqlite:///{tmp_path}/to.db"))["deliveries"]} == {0}
    assert {row["attempts"] for row in (await everything(postgres_url))["deliveries"]} == {9}


# Copies that are cut off

MIDDLE = {"at-the-first-page": ("Copying", 1), "in-a-table": ("Copying", 2_500), "comparing": ("Comparing", 1_500)}


@crossing
@pytest.mark.parametrize(("what", "done"), MIDDLE.values(), ids=MIDDLE.keys())
async def test_a_copy_that_was_cut_off_cannot_be_opened_and_goes_on(way, what, done):
    origin, goal = way
    with pytest.raises(Interrupted):
        await copy(origin, goal, stopping_at(what, done))
    with pytest.raises(StoreTrouble, match=r"^database-half-copied$"):
        await everything(goal)
    with pytest.raises(StoreTrouble, match=r"^in-database \(word=FROM, problem=database-half-copied"):
        await copy(goal, origin)
    steps = []
    await copy(origin, goal, lambda step, count, total: steps.append((step, count, total)))
    assert steps[0][1] > done or what == "Comparing", "copied rows are not copied again"
    assert steps[-1] == ("Comparing", steps[-1][2], steps[-1][2])
    assert await everything(goal) == await everything(origin)


@crossing
async def test_a_process_killed_in_the_middle_leaves_a_copy_that_goes_on(way):
    origin, goal = way
    program = (
        "import asyncio, os, signal, sys\nfrom briefings.newsroom.transfer import copy\n"
        "def progress(what, done, total):\n    if done > 2_500: os.kill(os.getpid(), signal.SIGKILL)\n"
        "asyncio.run(copy(sys.argv[1], sys.argv[2], progress))"
    )
    child = await asyncio.create_subprocess_exec(sys.executable, "-c", program, origin, goal)
    assert await child.wait() == -9
    await copy(origin, goal)
    assert await everything(goal) == await everything(origin)


@crossing
async def test_a_copy_begun_from_one_newsroom_does_not_go_on_from_another(way, renderer, tmp_path):
    origin, goal = way
    other = f"sqlite:///{tmp_path}/other.db"
    await fill(other, renderer, readers=1)
    with pytest.raises(Interrupted):
        await copy(origin, goal, stopping_at("Copying", 2_500))
    with pytest.raises(StoreTrouble, match=r"^copy-from-elsewhere \(place="):
        await copy(other, goal)
    await copy(origin, goal)
    assert await everything(goal) == await everything(origin)


@crossing
async def test_a_row_that_differs_is_named_and_the_copy_stays_unusable(way):
    origin, goal = way
    with pytest.raises(Interrupted):
        await copy(origin, goal, stopping_at("Comparing", 1))
    async with Database(goal, half_copied=True) as database, database.write() as connection:
        await connection.execute(update(subscribers).where(subscribers.c.id == 1_700).values(status="gone"))
    with pytest.raises(StoreTrouble, match=r"^copy-differs \(row=subscribers 1700\)$"):
        await copy(origin, goal)
    with pytest.raises(StoreTrouble, match="database-half-copied"):
        await everything(goal)


@crossing
async def test_a_row_too_many_is_named(way):
    origin, goal = way
    with pytest.raises(Interrupted):
        await copy(origin, goal, stopping_at("Comparing", 1))
    async with Database(goal, half_copied=True) as database, database.write() as connection:
        [first, *_] = (await connection.execute(topics.select())).mappings()
        await connection.execute(insert(topics).values({**first, "command": "zz"}))
    with pytest.raises(StoreTrouble, match=r"^copy-differs \(row=topics zz\)$"):
        await copy(origin, goal)


@crossing
async def test_a_whole_copy_has_no_table_of_notes(way):
    origin, goal = way
    await copy(origin, goal)
    async with Database(goal) as database, database.read() as connection:
        assert "copying" not in await connection.run_sync(lambda sync: inspect(sync).get_table_names())
