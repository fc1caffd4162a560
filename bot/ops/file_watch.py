"""Watches that the database's file is still the one that was opened; says so once when it is not, and when it is again.

Promises one line of the log and one message to the owners for each of the two. Owners who could not be reached are
told later. Changes nothing: the store refuses to write by itself.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.ops.problems import sentence
from briefings.errors import BriefingsError, Problem

log = logging.getLogger(__name__)

FILE_IS_BACK = Problem("database-file-back")

Send = Callable[[str], Awaitable[bool]]
"""Sends the owners a text. Returns False when nobody could be reached."""


@dataclass(frozen=True, slots=True)
class FileWatch:
    """How often the file is looked at, in seconds, and when owners who were not reached are tried again."""

    look: float = 2.0
    try_again: float = 60.0


SHIPPED = FileWatch()


async def watch_file(lost: Callable[[], Problem | None], send: Send, pace: FileWatch = SHIPPED) -> None:
    """Look at the file again and again. Never ends. `lost` returns what is wrong with it, None when nothing is."""
    is_lost = told_lost = False
    try_at = 0.0
    while True:
        problem = lost()
        if (problem is not None) != is_lost:
            is_lost = problem is not None
            try_at = 0.0
            log.log(logging.ERROR if is_lost else logging.WARNING, "%s", problem or FILE_IS_BACK)
        if is_lost != told_lost and time.monotonic() >= try_at:
            if await _told(send, sentence(problem or FILE_IS_BACK)):
                told_lost = is_lost
            else:
                try_at = time.monotonic() + pace.try_again
        await asyncio.sleep(pace.look)


async def _told(send: Send, text: str) -> bool:
    try:
        return await send(text)
    except BriefingsError as error:
        log.warning("the owners could not be told: %s; it is tried again", error)
        return False
