"""A newsroom as large as any is asked to carry: a million articles, a million readers. Filled once and kept.

Kept in the folder BRIEFINGS_BENCHMARK_CACHE names, else in the system's temporary folder; the words follow
Zipf's law, so that the commonest stand in most articles and the rarest in one. Every reader hangs on one of
400 zones' rhythms and one of ten sets of wishes.
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
"""When all readers are due: each zone's hour is 07:30 UTC said in its own time."""

NOW = DUE - timedelta(minutes=5)
SUBJECT = ("relos", "s400", "arctic", "sanctions", "brahmos")


def kept(articles: int = ARTICLES, readers: int = READERS) -> Path:
    """A filled database file, to be copied before anything is written to it; built on the first call."""
    folder = Path(os.environ.get("BRIEFINGS_BENCHMARK_CACHE", tempfile.gettempdir()))
    path = folder / f"briefings-{articles}-{readers}.db"
    if not path.exists():
        building = path.with_suffix(".building")
        for left in folder.glob(f"{building.name}*"):
            left.unlink()
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
    """The address of a copy that may be written to."""
    shutil.copyfile(kept(articles, readers), Path(folder) / "b.db")
    return f"sqlite:///{folder}/b.db"


def word(rank: int) -> str:
    """The word of this rank, from 0, the commonest."""
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
            told = chance.choices(words, cum_weights=weights, k=60)
            subject = SUBJECT[number % len(SUBJECT)] if number % 4 == 0 else None
            when = _instant(first + timedelta(days=1000 * number / (count + 1)))
            title = " ".join(told[:8]).capitalize()
            text = " ".join(told).capitalize() + "."
            url = f"https://example.org/{number}"
            rows.append((number, url, url, title, text, text, when, f"Outlet {number % 50}", when, when, str(number)))
            stories.append((number, when))
            if subject:
                tags.append((subject, number, True))
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
    mark = _instant(NOW - timedelta(days=1))
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
                _instant(slot.at),
            ),
        )
    for number in range(1, 11):
        topics = "*" if number == 1 else ",".join(sorted(SUBJECT[: number % 5 + 1]))
        connection.execute("INSERT INTO wishes (id, topics, minutes) VALUES (?,?,?)", (number, topics, 2 + number // 2))
    connection.executemany(
        "INSERT INTO subscribers (id, address, rhythm_id, wishes_id, mark, status, armed, joined)"
        " VALUES (?, ?, ?, ?, ?, 'active', ?, ?)",
        ((n, str(n), n % 400 + 1, n // 400 % 10 + 1, mark, mark, mark) for n in range(1, count + 1)),
    )
    connection.commit()


def _instant(when: datetime) -> str:
    """As SQLAlchemy keeps an instant in SQLite."""
    return when.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
