"""Repeats a call to Telegram until it is answered: the one place that waits out an outage before updates are received.

Promises never to give up by itself and to log an outage once, and its end. Polling has a rhythm of its own, see
`bot/updates/polling.py`; messages that are to be sent are never repeated here.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from telegram.error import InvalidToken, TelegramError

log = logging.getLogger(__name__)

Answer = TypeVar("Answer")

PAUSES = (1, 2, 4, 8, 15, 30)
"""Seconds before each further attempt; the last pause repeats."""


async def until_answered(
    call: Callable[[], Awaitable[Answer]], *, final: tuple[type[TelegramError], ...] = (InvalidToken,)
) -> Answer:
    """Repeat a call until Telegram answers it. Return the answer; raises errors of the `final` kinds at once."""
    for attempt in itertools.count():
        try:
            answer = await call()
        except final:
            raise
        except Exception as error:  # a proxy's page or a 403 in Telegram's place is one more kind of outage
            if attempt == 0:
                reason = error.message if isinstance(error, TelegramError) else type(error).__name__
                log.warning("Telegram cannot be reached (%s); trying again until it can", reason)
        else:
            if attempt:
                log.info("Telegram answers again")
            return answer
        await asyncio.sleep(PAUSES[min(attempt, len(PAUSES) - 1)])
    raise AssertionError("the loop above has no end")
