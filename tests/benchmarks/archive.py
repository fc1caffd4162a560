"""The largest newsroom that is measured: a million articles, a million readers. Filled once and reused.

Its file is in the folder that BRIEFINGS_BENCHMARK_CACHE names, else in the system's temporary folder. The words follow
Zipf's law: the commonest are in most articles, the rarest in one. Every reader has one of 400 zones' rhythms and one
of ten sets of wishes.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import random
import shutil
import sqlite3
import tempfile
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

from briefings import starter
from briefings.editions.timetable import next_slot
from briefings.model import Rhythm
from briefings.store import topics
from briefings.store.database import Database

ARTICLES, READERS, WORDS = 1_000_000, 1_000_000, 200_000
DUE = datetime(2026, 6, 1, 7, 30, tzinfo=UTC)
"""All readers are due at this time: the hour of each zone's rhythm is 07:30 UTC in its local time."""

NOW = DUE - timedelta(minutes=5)
TOPICS = ("relos", "s400", "arctic", "sanctions", "brahmos")


def cached(articles: int = ARTICLES, readers: int = READERS) -> Path:
    """Return a filled database file, built on the first call. Copy it before you write to it."""
    folder = Path(os.environ.get("BRIEFINGS_BENCHMARK_CACHE", tempfile.gettempdir()))
    path = folder / f"briefings-{articles}-{readers}.db"
    if not path.exists():
        building = path.with_suffix(".building")
        for leftover in folder.glob(f"{building.name}*"):
            leftover.unlink()
        asyncio.run(_migrated(building))
        with sqlite3.connect(building) as connection:
            connection.executescript("PRAGMA synchronous=OFF; PRAGMA cache_size=-500000")
            _fill_articles(connection, articles)
            _fill_readers(connection, readers)
            connection.execute("ANALYZE")
        connection.close()
        building.rename(path)
    return path


def copied(folder: str, articles: int = ARTICLES, readers: int = READERS) -> str:
    """Return the address of a copy that may be written to."""
    shutil.copyfile(cached(articles, readers), Path(folder) / "b.db")
    return f"sqlite:///{folder}/b.db"


def word(rank: int) -> str:
    """Return the word of this rank; 0 is the commonest."""
    syllables = [a + b for a in "bdfgklmnprstvz" for b in "aeiou"]
    spelled, rest = "", rank
    while True:
        spelled, rest = spelled + syllables[rest % len(syllables)], rest // len(syllables)
        if not rest:
            return spelled + "x"


async def _migrated(path: Path) -> None:
    async with Database(f"sqlite:///{path}") as database, database.write() as connection:
        await topics.seed(connection, starter.topics())


def _fill_articles(connection: sqlite3.Connection, count: int) -> None:
    chance = random.Random(1)  # noqa: S311 - the same newsroom every time
    words = [word(rank) for rank in range(WORDS)]
    weights = list(itertools.accumulate(1 / (rank + 2) for rank in range(WORDS)))
    first = NOW - timedelta(days=1000)
    for start in range(1, count + 1, 10_000):
        ids = range(start, min(start + 10_000, count + 1))
        rows, tags, stories = [], [], []
        for number in ids:
            chosen = chance.choices(words, cum_weights=weights, k=60)
            topic = TOPICS[number % len(TOPICS)] if number % 4 == 0 else None
            when = _stored(first + timedelta(days=1000 * number / (count + 1)))
            title = " ".join(chosen[:8]).capitalize()
            text = " ".join(chosen).capitalize() + "."
            url = f"https://example.org/{number}"
            rows.append((number, url, url, title, text, text, when, f"Outlet {number % 50}", when, when, str(number)))
            stories.append((number, when))
            if topic:
                tags.append((topic, number, True))
        connection.executemany("INSERT INTO stories (id, last) VALUES (?, ?)", stories)
        connection.executemany(
            "INSERT INTO articles (id, url, canonical, title, text, summary, published, source, author, language,"
            " added, ready, fingerprint, story_id, by_hand) VALUES (?,?,?,?,?,?,?,?,'','en',?,?,?,?,0)",
            [(*row, row[0]) for row in rows],
        )
        connection.executemany("INSERT INTO article_topics (topic, article_id, about) VALUES (?, ?, ?)", tags)
        connection.commit()


def _fill_readers(connection: sqlite3.Connection, count: int) -> None:
    zones = sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith(("Etc/", "posix")))
    mark = _stored(NOW - timedelta(days=1))
    for number, zone in enumerate(zones[:400], 1):
        local = DUE.astimezone(ZoneInfo(zone))
        rhythm = Rhythm((time(local.hour, local.minute),), zone)
        slot = next_slot(rhythm, NOW)
        assert slot.at == DUE, (zone, slot)
        connection.execute(
            "INSERT INTO rhythms (id, times, days, zone, slot_day, slot_hour, next_due) VALUES (?,?,?,?,?,?,?)",
            (
                number,
                f"{rhythm.times[0]:%H:%M}",
                "0123456",
                zone,
                slot.day.isoformat(),
                f"{slot.hour:%H:%M}",
                _stored(slot.at),
            ),
        )
    for number in range(1, 11):
        wanted = "*" if number == 1 else ",".join(sorted(TOPICS[: number % 5 + 1]))
        connection.execute("INSERT INTO wishes (id, topics, minutes) VALUES (?,?,?)", (number, wanted, 2 + number // 2))
    connection.executemany(
        "INSERT INTO subscribers (id, address, rhythm_id, wishes_id, mark, status, armed, joined)"
        " VALUES (?, ?, ?, ?, ?, 'active', ?, ?)",
        ((n, str(n), n % 400 + 1, n // 400 % 10 + 1, mark, mark, mark) for n in range(1, count + 1)),
    )
    connection.commit()


def _stored(when: datetime) -> str:
    """Return a time as SQLAlchemy stores it in SQLite."""
    return when.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
