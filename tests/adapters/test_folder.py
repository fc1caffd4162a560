"""A watched folder: new and changed files are read, others passed over, and nothing leads out of it."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest
from fakes import Clock, rows

from briefings.adapters import folder
from briefings.adapters.fetch import Fetcher
from briefings.adapters.worker import Worker
from briefings.errors import BadInput, Problem
from briefings.newsroom.sources import Kind, Sources
from briefings.store import schema
from briefings.store.database import Database

TEXT = "Navy opens harbour {0}\n\nThe navy opened harbour number {0} on Tuesday and named it after its builder.\n"


@pytest.fixture
def watched(tmp_path: Path) -> Path:
    path = tmp_path / "news"
    path.mkdir()
    return path


@pytest.fixture
def sources(database: Database, clock: Clock, worker: Worker) -> Sources:
    return Sources(database, Fetcher, clock, timedelta(minutes=15), worker)


def within(place: str, problem: Problem) -> Problem:
    return Problem("within", {"place": place, "problem": problem})


async def tour(sources: Sources, clock: Clock) -> tuple[int, int, int, str | None]:
    (visit,) = await sources.collect()
    clock.advance(minutes=15)
    return visit.new, visit.known, visit.refused, visit.error and str(visit.error)


async def test_new_and_changed_files_are_read_once(
    sources: Sources, watched: Path, database: Database, clock: Clock
) -> None:
    (watched / "one.txt").write_text(TEXT.format("one"))
    (watched / "deep" / "er").mkdir(parents=True)
    (watched / "deep" / "er" / "two.md").write_text(TEXT.format("two"))
    (result,) = await sources.add([str(watched)])
    assert (result.kind, result.title) == (Kind.FOLDER, "news")
    assert await tour(sources, clock) == (2, 0, 0, None)
    assert await tour(sources, clock) == (0, 0, 0, None)
    (watched / "three.jsonl").write_text(
        '{"title": "Harbour opened in the north", "text": "The port authority opened a harbour in the north."}\nnone\n'
    )
    assert await tour(sources, clock) == (1, 0, 1, None)
    (watched / "one.txt").write_text(TEXT.format("one hundred and twelve"))
    assert await tour(sources, clock) == (0, 1, 0, None), "an edited file is the same article"
    assert await tour(sources, clock) == (0, 0, 0, None)
    assert len(await rows(database, schema.articles)) == 3
    os.utime(watched / "one.txt", (1, 1))
    assert await tour(sources, clock) == (0, 1, 0, None), "touched, not changed"


async def test_hidden_files_links_and_other_endings_are_passed_over(
    sources: Sources, watched: Path, tmp_path: Path, clock: Clock
) -> None:
    (tmp_path / "secret.txt").write_text(TEXT.format("secret"))
    (watched / "link.txt").symlink_to(tmp_path / "secret.txt")
    (watched / "up").symlink_to(tmp_path, target_is_directory=True)
    (watched / ".hidden.txt").write_text(TEXT.format("hidden"))
    (watched / "half.txt.part").write_text(TEXT.format("half"))
    (watched / "photo.jpg").write_bytes(b"\xff\xd8\xff")
    os.mkfifo(watched / "pipe.txt")
    await sources.add([str(watched)])
    assert await tour(sources, clock) == (0, 0, 0, None)


async def test_a_file_that_cannot_be_used_stops_no_other(sources: Sources, watched: Path, clock: Clock) -> None:
    (watched / "a.txt").write_bytes(bytes(range(256)) * 10)
    (watched / "b.html").write_bytes(b"")
    (watched / os.fsdecode(b"c\xff.json")).write_text("[" * 5000)
    (watched / "d.txt").write_text(TEXT.format("d"))
    await sources.add([str(watched)])
    assert await tour(sources, clock) == (1, 0, 3, None)
    assert await tour(sources, clock) == (0, 0, 0, None), "a refused file is not read again until it changes"


async def test_a_file_that_takes_too_long_is_refused_alone_until_it_changes(
    database: Database, watched: Path, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    row = '{{"title": "Harbour {0} opened", "text": "Harbour {0} was opened in the north on Tuesday."}}\n'
    for name in "ac":
        (watched / f"{name}.txt").write_text(TEXT.format(name))
    (watched / "b.jsonl").write_text("".join(map(row.format, range(100_000))))
    async with Worker(cpu_seconds=1) as worker:  # 10 s of reading
        sources = Sources(database, Fetcher, clock, timedelta(minutes=15), worker)
        await sources.add([str(watched)])
        assert await tour(sources, clock) == (2, 0, 1, None)
        assert f"{watched}/b.jsonl cannot be read: parser-too-slow (seconds=1)" in caplog.text
        assert await tour(sources, clock) == (0, 0, 0, None)


async def test_tables_are_read_and_feeds_are_refused(sources: Sources, watched: Path, clock: Clock) -> None:
    (watched / "a.csv").write_text("title,text\nHarbour opened,The port authority opened a harbour in the north.\n")
    (watched / "b.tsv").write_text("title\ttext\nHarbour shut\tThe port authority shut a harbour in the south.\n")
    (watched / "c.txt").write_text("<rss></rss>")
    await sources.add([str(watched)])
    assert await tour(sources, clock) == (2, 0, 1, None)
    (*_, refused) = folder.read_files(folder.look_into(watched))
    assert refused.reason == within("c.txt", Problem("file-is-feed"))


async def test_a_missing_folder_is_an_error_until_it_is_back(sources: Sources, watched: Path, clock: Clock) -> None:
    await sources.add([str(watched)])
    watched.rmdir()
    assert await tour(sources, clock) == (0, 0, 0, "folder-unreadable (cause=no such file or directory)")
    watched.mkdir()
    (watched / "a.txt").write_text(TEXT.format("a"))
    assert await tour(sources, clock) == (1, 0, 0, None)


def test_a_file_that_vanished_is_named_and_tried_again(watched: Path) -> None:
    (watched / "a.txt").write_text(TEXT.format("a"))
    (file,) = folder.look_into(watched)
    file.path.unlink()
    (item,) = folder.read_files([file])
    assert (item.entry, item.digest) == (None, "")
    assert item.reason == within("a.txt", Problem("unreadable", {"cause": "no such file or directory"}))


def test_a_file_too_long_is_named(watched: Path) -> None:
    with (watched / "a.txt").open("wb") as long:
        long.truncate(folder.LARGEST_FILE + 1)
    (item,) = folder.read_files(folder.look_into(watched))
    assert (item.entry, item.reason) == (None, within("a.txt", Problem("file-too-long", {"megabytes": 20})))
    assert item.digest, "and not tried again"


def test_too_many_files_are_refused(watched: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder, "MOST_FILES", 3)
    for number in range(4):
        (watched / f"{number}.txt").touch()
    with pytest.raises(BadInput, match=r"^folder-too-full \(most=3\)$"):
        folder.look_into(watched)


def test_files_are_read_in_batches_of_a_limited_size(watched: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder, "_BATCH_SIZE", 10)
    for number in range(5):
        (watched / f"{number}.txt").write_bytes(b"x" * 6)
    files = folder.look_into(watched)
    batches = list(folder.batches(files, {files[0].digest}))
    assert [[file.name for file in batch] for batch in batches] == [["1.txt", "2.txt"], ["3.txt", "4.txt"]]
