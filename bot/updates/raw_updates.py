"""Turns raw updates into the library's: the same code for polling, the webhook and the inbox.

Promises that an update which cannot be read is skipped alone.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from telegram import Bot, Update

log = logging.getLogger(__name__)

ALLOWED_UPDATES = ("message", "callback_query", "my_chat_member")
"""The kinds we ask for; edited messages are not among them."""

LARGEST_NUMBER = 2**63 - 1
"""The largest id that a database column holds."""


def number_of(raw: object) -> int | None:
    """Return the update's number; None when it has none and so can be neither confirmed nor stored."""
    number = raw.get("update_id") if isinstance(raw, dict) else None
    return number if type(number) is int and 0 <= number <= LARGEST_NUMBER else None


def read(raw: Mapping[str, Any], bot: Bot) -> tuple[int, Update] | None:
    """Return the update's chat (0 for none) and the update; None, and a line in the log, when it cannot be read."""
    try:
        if len(raw) == 1:  # all that the transport could read of it
            raise ValueError("it has only a number")
        update = Update.de_json(dict(raw), bot)
        chat = update.effective_chat.id if update.effective_chat else 0
        if not -LARGEST_NUMBER <= chat <= LARGEST_NUMBER:
            raise ValueError("no chat has such a number")
    except Exception as error:  # the library fails on odd updates in many ways; the next update may be fine
        log.warning("update %s cannot be read (%s); it is skipped", raw["update_id"], type(error).__name__)
        return None
    return chat, update
