"""The file under our feet: a database that is deleted, replaced, moved away and back, or is not what its stamp says."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from fakes import COMMANDS, MORNING
from fakes import report as news
from journey import Journey, reports
from operated import NOTICED_SECONDS, OWNER, STRANGER, ask, health, subscribed, troubles
from program import briefings

from bot.conversation.replies import NOT_SAVED
from bot.simulator import Simulator
from briefings.newsroom.opening import open_newsroom
from briefings.settings import NewsroomSettings


def database(folder: Path) -> Path:
    return folder / "briefings.db"


def delete(folder: Path) -> None:
    database(folder).unlink()


def delete_all(folder: Path) -> None:
    for file in folder.glob("briefings.db*"):
        file.unlink()


def move_away(folder: Path) -> None:
    database(folder).rename(folder / "elsewhere.db")


def put_another_there(folder: Path) -> None:
    (folder / "another.db").touch()
    (folder / "another.db").replace(database(folder))


def put_a_backup_there(folder: Path) -> None:
    shutil.copy(folder / "backup.db", folder / "restored.db")
    (folder / "restored.db").replace(database(folder))


def copy_a_backup_over_it(folder: Path) -> None:
    shutil.copyfile(folder / "backup.db", database(folder))


WAYS = {
    "deleted": (delete, "is gone, so nothing can be saved; move it back"),
    "all-deleted": (delete_all, "is gone, so nothing can be saved; move it back"),
    "moved-away": (move_away, "is gone, so nothing can be saved; move it back"),
    "another": (put_another_there, "is not the file that was opened"),
    "a-backup": (put_a_backup_there, "is not the file that was opened"),
    "a-backup-copied-over": (copy_a_backup_over_it, "is not the file that was opened"),
}


def make_backup(folder: Path) -> None:
    """Make an old backup of the newsroom: it is smaller than what the newsroom has grown to since."""
    connection = sqlite3.connect(database(folder))
    connection.execute("VACUUM INTO ?", (str(folder / "backup.db"),))
    connection.executescript(
        "CREATE TABLE growth (text); INSERT INTO growth VALUES (zeroblob(100000)); PRAGMA wal_checkpoint(TRUNCATE);"
    )
    connection.close()


@pytest.mark.parametrize(("change", "sentence"), WAYS.values(), ids=WAYS.keys())
async def test_a_database_that_is_gone_or_another_is_noticed_and_no_reader_is_told_that_a_setting_is_saved(
    tmp_path: Path, change: Callable[[Path], None], sentence: str
) -> None:
    async with subscribed(tmp_path) as (simulator, running, healthz):
        make_backup(tmp_path)
        assert (await health(healthz))[0] == 200
        change(tmp_path)
        began = time.monotonic()
        assert await ask(simulator, "/start", chat=STRANGER) == NOT_SAVED, "from the first moment on"
        assert await ask(simulator, "/at 09:00") == NOT_SAVED
        [told] = await simulator.state.wait(OWNER, 1, NOTICED_SECONDS)
        await running.says(sentence, NOTICED_SECONDS)
        assert time.monotonic() - began < NOTICED_SECONDS
        assert sentence in told.text
        status, reasons = await health(healthz)
        assert (status, sentence in reasons[0]) == (503, True)
        await asyncio.sleep(3)  # time in which a second line or message would come if there were any
        assert await ask(simulator, "/zone Asia/Kolkata") == NOT_SAVED
        assert len(simulator.state.sent(OWNER)) == 1
    [line] = troubles(running)
    assert sentence in line


async def test_a_database_that_is_moved_back_is_used_again_and_nothing_is_lost(tmp_path: Path) -> None:
    async with subscribed(tmp_path) as (simulator, running, healthz):
        move_away(tmp_path)
        assert await ask(simulator, "/at 09:00") == NOT_SAVED
        await simulator.state.wait(OWNER, 1, NOTICED_SECONDS)
        (tmp_path / "elsewhere.db").rename(database(tmp_path))
        assert "09:00" in await ask(simulator, "/at 09:00")
        assert "can be used again" in (await simulator.state.wait(OWNER, 2, NOTICED_SECONDS))[1].text
        assert await health(healthz) == (200, [])
    assert len(troubles(running)) == 1
    async with subscribed(tmp_path, new=False) as (simulator, _, _):
        assert "09:00" in await ask(simulator, "/at")


async def test_reading_goes_on_while_the_database_is_gone(tmp_path: Path) -> None:
    async with subscribed(tmp_path) as (simulator, running, _):
        delete(tmp_path)
        await running.says("is gone, so nothing can be saved", NOTICED_SECONDS)
        assert "Dossiers: /" in await ask(simulator, "/help")
        assert "Your time zone is UTC" in await ask(simulator, "/zone")
    assert len(troubles(running)) == 1
    assert not database(tmp_path).exists()


async def test_an_edition_that_falls_due_while_the_database_is_away_comes_once_when_it_is_back(
    journey: Journey, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    await journey.ask("/start", answers=2)
    await journey.newsroom.editing.add(reports(60, 2))
    move_away(tmp_path)
    journey.move_to(7, 30)
    [answer] = await journey.ask("/at 09:00")
    assert answer.text == NOT_SAVED
    assert len(await journey.receive(3)) == 3, "no edition: that it was sent could not be saved"
    (tmp_path / "elsewhere.db").rename(database(tmp_path))
    edition = (await journey.receive(4))[3]
    assert "2 of 2 stories" in edition.text
    assert await journey.newsroom.upkeep.deliveries(failed=True) == []
    passes = [record for record in caplog.records if record.name == "briefings.scheduler"]
    assert [record for record in passes if record.levelname == "ERROR"] == []


# A database that is not what its stamp says


WRONG = {
    "table-missing": ("DROP TABLE inbox", "the database lacks the table inbox; restore it from a backup"),
    "column-missing": (
        "ALTER TABLE articles DROP COLUMN author",
        "the database lacks the column author of the table articles; restore it from a backup",
    ),
    "no-stamp": ("DROP TABLE alembic_version", "the database holds tables of a newsroom"),
    "unknown-stamp": ("UPDATE alembic_version SET version_num = 'odd'", "the database's tables are of version odd"),
    "older-stamp": ("UPDATE alembic_version SET version_num = '0001'", "the database's tables are not of the version"),
    "newer-stamp": ("UPDATE alembic_version SET version_num = '9999'", "The database was written by a newer Briefings"),
}


async def execute(url: str, statement: str) -> None:
    if url.startswith("sqlite"):
        connection = sqlite3.connect(url.removeprefix("sqlite:///"))
        connection.executescript(statement)
        connection.close()
    else:
        server: Any = await asyncpg.connect(url)
        await server.execute(statement)
        await server.close()


@pytest.mark.parametrize(("statement", "line"), WRONG.values(), ids=WRONG.keys())
async def test_a_database_whose_stamp_and_tables_disagree_ends_the_start_in_one_line(
    tmp_path: Path, new_url: str, statement: str, line: str
) -> None:
    async with open_newsroom(NewsroomSettings(database_url=new_url, _env_file=None), COMMANDS, lambda: MORNING) as room:
        await room.editing.add([news("relos")])
    await execute(new_url, statement)
    async with Simulator() as simulator:
        for _ in range(2):
            status, output = await briefings(
                "run",
                cwd=tmp_path,
                BRIEFINGS_DATABASE_URL=new_url,
                TELEGRAM_BOT_TOKEN=simulator.token,
                TELEGRAM_API_URL=simulator.url,
            )
            [only] = output.splitlines()
            assert (status, only.startswith(f"briefings: {line}")) == (1, True), only
