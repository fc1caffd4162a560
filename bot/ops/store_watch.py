"""Watches the newsroom's database: that its file is the one that was opened, and that it can be read and written.

Really tries: a read and a write every few seconds, unless others have just done both. What it finds is a notice
(`bot/ops/notice.py`), and a reason for /healthz to say 503. Changes nothing that anybody reads.
"""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Protocol

from bot.ops.notice import Notice
from briefings.errors import Problem

LOOK_SECONDS = 2.0
"""Seconds between two looks at the file, and between two tries while the database is in trouble."""

TRY_SECONDS = 10.0
"""Seconds between two tries while all seems well: each writes to the disk. /healthz tries whenever it is asked."""


class Watched(Protocol):
    """What is watched; `Upkeep` is it."""

    def trouble(self) -> Problem | None:
        """Return what others ran into, or what is wrong with the file, without a trip to the database."""

    async def try_database(self) -> Problem | None:
        """Try the database. Return what is wrong with it, None if nothing is; never raises."""


def store_notice() -> Notice:
    """Return the notice of trouble with the database."""
    return Notice(Problem("database-works-again"), logging.ERROR)


async def watch_store(
    store: Watched,
    notice: Notice,
    look_seconds: float = LOOK_SECONDS,
    try_seconds: float = TRY_SECONDS,
) -> None:
    """Watch the database, and note in `notice` what is wrong with it. Never ends."""
    try_at = 0.0
    while True:
        if notice.problem or time.monotonic() >= try_at:
            notice.note(await store.try_database())
            try_at = time.monotonic() + try_seconds
        elif store.trouble():
            notice.note(await store.try_database())  # it may be over
        await asyncio.sleep(look_seconds)
