"""What an update is to us, however it came: which we ask for, how one is read, how it is answered.

An update nobody can read is skipped by itself, and one that breaks its answer stops no other of its chat.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from telegram import Bot, Update

log = logging.getLogger(__name__)

ALLOWED_UPDATES = ("message", "callback_query")
"""What we ask for: edited messages, for one, never come."""

MOST = 2**63 - 1

UpdateHandler = Callable[[Update], Awaitable[None]]


def number_of(raw: object) -> int | None:
    """The update's number; None when it has none and so can be neither confirmed nor kept."""
    number = raw.get("update_id") if isinstance(raw, dict) else None
    return number if type(number) is int and 0 <= number <= MOST else None


def read(raw: Mapping[str, Any], bot: Bot) -> tuple[int, Update] | None:
    """The chat whose turn it is, 0 for none, and the update; None, and a line in the log, when it cannot be read."""
    try:
        update = Update.de_json(dict(raw), bot)
        chat = update.effective_chat.id if update.effective_chat else 0
        if not -MOST <= chat <= MOST:
            raise ValueError("no chat has such a number")
    except Exception as error:  # whatever is wrong with it, it is one update, and the next may be fine
        log.warning("update %s cannot be read (%s); it is skipped", raw["update_id"], type(error).__name__)
        return None
    return chat, update


async def answer(handle: UpdateHandler, update: Update) -> None:
    """Have an update answered; a bug is one line with its trace, and the end of this update only."""
    try:
        await handle(update)
    except Exception:  # one update that breaks its answer must not stop the others of its chat
        log.exception("update %d broke its answer", update.update_id)
