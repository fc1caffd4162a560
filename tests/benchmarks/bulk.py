"""A bulk of articles at once: what `briefings add FILE` costs, and one new article beside as many as it stored.

`python -m tests.benchmarks.bulk [SIZE …] [--full]`: 1,000 and 10,000 articles unless sizes are given; with `--full`
100,000 as well. The program is started as an operator starts it, on a new file of SQLite. CPU is that of all its
processes; memory is the most that they took together at any time (PSS: what they share counts once), on Linux.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from briefings.model import Entry
from briefings.passes.enrich import enrich
from briefings.passes.ingest import ingest
from briefings.store.database import Database
from tests.benchmarks import made_up

SIZES, FULL = (1_000, 10_000), 100_000
SAMPLED_EVERY = 0.25
"""Seconds between two looks at the memory; a look costs up to 50 ms in this process, which is not counted."""

NEW_ARTICLES = 5
"""New articles that are added one after another to a filled newsroom; the table has their median."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds, seconds of CPU, and megabytes at most."""

    wall: float
    cpu: float
    memory: float


def main() -> None:
    """Print a row for each size. Its last columns are one more article in a newsroom of so many."""
    sizes = tuple(int(word.replace(",", "")) for word in sys.argv[1:] if word != "--full") or SIZES
    if "--full" in sys.argv:
        sizes += (FULL,)
    print(f"{'articles':>9} {'wall s':>8} {'CPU s':>8} {'CPU ms each':>12} {'MB at most':>11}   one new article")
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "articles.jsonl"
            with path.open("w", encoding="utf-8") as file:
                file.writelines(json.dumps(article) + "\n" for article in made_up.articles(size))
            database = f"sqlite:///{folder}/bulk.db"
            cost = _added(path, database)
            ingesting, enriching = asyncio.run(_new_articles(database))
        each = cost.cpu * 1000 / size
        row = f"{size:9,} {cost.wall:8.1f} {cost.cpu:8.1f} {each:12.2f} {cost.memory:11.0f}"
        print(f"{row}   ingest {ingesting:.0f} ms CPU, enrich {enriching:.0f} ms CPU", flush=True)


def _added(path: Path, database: str) -> Cost:
    """Run `briefings add` of a file in a process of its own. Return what it cost."""
    environment = {**os.environ, "BRIEFINGS_DATABASE_URL": database}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    with (path.parent / "output").open("w+") as output:
        command = [sys.executable, "-m", "bot", "add", str(path)]
        process = subprocess.Popen(command, env=environment, cwd=path.parent, stdout=output, stderr=output)
        peak, ended = [0.0], threading.Event()
        watch = threading.Thread(target=_watch, args=(process.pid, peak, ended))
        watch.start()
        status = process.wait()
        wall = time.perf_counter() - began
        ended.set()
        watch.join()
        if status:
            output.seek(0)
            raise SystemExit(f"briefings add ended with {status}: {output.read()[-2000:]}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Cost(wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, peak[0])


def _watch(process: int, peak: list[float], ended: threading.Event) -> None:
    """Keep in `peak` the most memory in MB that a process and its descendants had together, until `ended`."""
    while not ended.wait(SAMPLED_EVERY):
        peak[0] = max(peak[0], sum(map(_memory, _family(process))))


def _family(process: int) -> list[int]:
    """Return a process and all its descendants."""
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])
        except OSError:
            continue  # it has ended meanwhile
        children.setdefault(parent, []).append(int(folder.name))
    family = [process]
    for member in family:  # the list grows as descendants are met
        family += children.get(member, [])
    return family


def _memory(process: int) -> float:
    """Return the memory of a process in MB, with its share of what it shares; 0 if it has ended."""
    try:
        rows = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(row.split()[1]) for row in rows if row.startswith("Pss:")) / 1024


async def _new_articles(address: str) -> tuple[float, float]:
    """Add articles one by one. Return the median CPU time in ms of ingest, and that of enrich."""
    now = datetime.now(UTC)
    times: list[tuple[float, float]] = []
    async with Database(address) as database:
        for fields in itertools.islice(made_up.articles(100, seed=2), NEW_ARTICLES + 1):
            when = made_up.LAST - timedelta(days=made_up.DAYS / 2)  # the middle, which has neighbours on both sides
            entry = Entry(fields["title"], fields["text"], fields["url"], when, fields["source"])
            started = time.process_time()
            await ingest(database, [entry], now)
            stored = time.process_time()
            await enrich(database, now)
            times.append(((stored - started) * 1000, (time.process_time() - stored) * 1000))
    ingesting, enriching = zip(*times[1:], strict=True)  # the first one loads the libraries
    return statistics.median(ingesting), statistics.median(enriching)


if __name__ == "__main__":
    main()
