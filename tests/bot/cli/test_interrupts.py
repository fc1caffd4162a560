"""Ctrl-C and SIGTERM end a verb with one line and status 130, at any moment; the same command then goes on."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import signal
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import pytest
from program import Program, briefings, program

from bot.cli.interrupts import GRACE

STOPPED = re.compile(r"stopped: ([\d,]+) articles stored \(([\d,]+) known\); run the same command again to go on\n")
WORDS = "The parliament of Norvell has approved a harbour accord with Estmark on fish, ports and tolls."


def rows(first: int, last: int) -> str:
    """Lines of articles whose texts differ."""
    texts = (" ".join(f"{word}{number}" for word in WORDS.split()) for number in range(first, last))
    reports = ({"title": f"Report {n}", "text": text} for n, text in enumerate(texts, first))
    return "".join(json.dumps(report) + "\n" for report in reports)


@pytest.fixture
def folder(tmp_path: Path, migrated: Path) -> Path:
    """A folder with an empty newsroom."""
    shutil.copy(migrated, tmp_path / "briefings.db")
    return tmp_path


def number(folder: Path, query: str) -> int:
    """Return the number that a query of the newsroom gives."""
    with closing(sqlite3.connect(folder / "briefings.db")) as connection:
        return int(connection.execute(query).fetchone()[0])


async def until(is_true: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not is_true():  # noqa: ASYNC110 - what another process does sets no event here
            await asyncio.sleep(0.01)


def has_opened(running: Program, name: str) -> bool:
    """True if the program has a file of this name open; a file that it closes meanwhile does not count."""
    for file in Path(f"/proc/{running.process.pid}/fd").iterdir():
        with suppress(FileNotFoundError):
            if name in os.readlink(file):
                return True
    return False


async def stopped(running: Program, number: int = signal.SIGINT) -> str:
    """Send a signal; return all that was printed by the process, which must end with status 130."""
    running.process.send_signal(number)
    assert await running.ends(timeout=20) == 130
    running.check_output()
    return running.output


def test_cancelled_work_has_less_time_than_people_wait() -> None:
    assert GRACE < 2


@pytest.mark.parametrize("number_of_signal", [signal.SIGINT, signal.SIGTERM])
async def test_a_stopped_add_says_what_is_stored_and_goes_on_when_run_again(
    folder: Path, number_of_signal: int
) -> None:
    """The second input is a pipe that gives nothing, so `add` waits for it with the first one stored."""
    os.mkfifo(folder / "pipe.jsonl")
    (folder / "a.jsonl").write_text(text := rows(0, 250))
    async with program("add", "a.jsonl", "pipe.jsonl", cwd=folder) as running:
        await until(lambda: number(folder, "SELECT count(*) FROM articles") == 250)
        printed = await stopped(running, number_of_signal)
    assert (STOPPED.fullmatch(printed) or pytest.fail(printed)).groups() == ("250", "0")
    assert number(folder, "SELECT count(*) FROM articles WHERE ready IS NOT NULL") == 0
    (folder / "a.jsonl").write_text(text + rows(250, 260))
    assert await briefings("add", "a.jsonl", cwd=folder) == (0, "10 stored, 250 known, 0 changed, 0 rejected\n")
    assert number(folder, "SELECT count(*) FROM articles WHERE ready IS NOT NULL") == 260


async def test_add_counts_what_it_stores_after_the_signal(folder: Path) -> None:
    """The piece that is being stored is stored to its end, so that the count is the newsroom's."""
    (folder / "a.jsonl").write_text(rows(0, 3_000))
    async with program("add", "a.jsonl", cwd=folder) as running:
        await until(lambda: number(folder, "SELECT count(*) FROM articles") >= 100)
        printed = await stopped(running)
    stored, known = (STOPPED.fullmatch(printed) or pytest.fail(printed)).groups()
    assert int(stored.replace(",", "")) == number(folder, "SELECT count(*) FROM articles") < 3_000
    assert known == "0"


async def test_add_ends_while_it_makes_articles_ready(folder: Path) -> None:
    (folder / "a.jsonl").write_text(rows(0, 600))
    async with program("add", "a.jsonl", cwd=folder) as running:
        await until(lambda: number(folder, "SELECT count(*) FROM articles WHERE ready IS NOT NULL") > 0)
        printed = await stopped(running)
    assert STOPPED.fullmatch(printed)
    assert number(folder, "SELECT count(*) FROM articles") == 600
    assert await briefings("add", "a.jsonl", cwd=folder) == (0, "0 stored, 600 known, 0 changed, 0 rejected\n")
    assert number(folder, "SELECT count(*) FROM articles WHERE ready IS NULL") == 0


async def test_add_ends_before_anything_is_stored(folder: Path) -> None:
    os.mkfifo(folder / "pipe.jsonl")
    async with program("add", "pipe.jsonl", cwd=folder) as running:
        # Opening a pipe to write waits for its reader.
        writer = await asyncio.to_thread(os.open, folder / "pipe.jsonl", os.O_WRONLY)
        printed = await stopped(running)
        os.close(writer)
    assert (STOPPED.fullmatch(printed) or pytest.fail(printed)).groups() == ("0", "0")


@pytest.mark.parametrize("times", [1, 2])
async def test_add_ends_while_it_waits_for_a_locked_database(folder: Path, times: int) -> None:
    (folder / "a.jsonl").write_text(rows(0, 10))
    with closing(sqlite3.connect(folder / "briefings.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        async with program("add", "a.jsonl", cwd=folder) as running:
            await until(lambda: has_opened(running, "briefings.db"))
            for _ in range(times - 1):
                running.process.send_signal(signal.SIGINT)
            printed = await stopped(running)
        other.execute("ROLLBACK")
    assert printed.count("\n") == 1
    assert printed.startswith("stopped: ")


async def test_collect_ends_while_it_waits_for_a_source(folder: Path) -> None:
    asked = asyncio.Event()

    async def never_answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        asked.set()
        await reader.read()
        writer.close()

    async with await asyncio.start_server(never_answer, "127.0.0.1", 0) as server:
        address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/feed"
        status, output = await briefings("sources", "import", feeds(folder, address), cwd=folder)
        assert status == 0, output
        async with program("collect", cwd=folder, BRIEFINGS_ALLOW_HOSTS="127.0.0.1") as running:
            await asked.wait()
            printed = await stopped(running)
    assert printed == "stopped; run the same command again to go on\n"


async def test_a_stopped_copy_goes_on_when_it_is_run_again(folder: Path) -> None:
    (folder / "a.jsonl").write_text(rows(0, 400))
    assert (await briefings("add", "a.jsonl", cwd=folder))[0] == 0
    with closing(sqlite3.connect(folder / "briefings.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")  # a copy waits until nobody writes to its original
        async with program("database", "copy", "sqlite:///briefings.db", "sqlite:///b.db", cwd=folder) as running:
            await until(lambda: has_opened(running, "briefings.db"))
            assert await stopped(running) == "stopped; run the same command again to go on\n"
        other.execute("ROLLBACK")
    status, printed = await briefings("database", "copy", "sqlite:///briefings.db", "sqlite:///b.db", cwd=folder)
    assert status == 0
    assert "articles · 400\n" in printed


def feeds(folder: Path, address: str) -> str:
    """Write a list of one feed; return its name."""
    (folder / "feeds.opml").write_text(
        f'<opml version="2.0"><body><outline text="Wire" xmlUrl="{address}"/></body></opml>'
    )
    return "feeds.opml"
