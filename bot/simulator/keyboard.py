"""Checks reply markup as Telegram does. Pure.

**Promise**: `checked_markup` returns markup that Telegram would take, or raises the `ApiError` 400 naming the fault.
Limits: callback data 1 to 64 bytes, 8 buttons a row, 100 in all.
"""

from __future__ import annotations

import re
from typing import Any

from bot.simulator.trouble import bad_request

MAX_DATA, MAX_ROW, MAX_BUTTONS = 64, 8, 100

_MARKUPS = {"inline_keyboard", "keyboard", "remove_keyboard", "force_reply"}
_LOOKS = {"text", "style", "icon_custom_emoji_id"}
_ACTIONS = {
    "callback_data", "url", "web_app", "login_url", "switch_inline_query", "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat", "copy_text",
}  # fmt: skip


def checked_markup(markup: dict[str, Any] | None) -> dict[str, Any] | None:
    """Return the markup, None for none or for an empty keyboard. Only inline keyboards are checked in depth."""
    if not markup:
        return None
    if not _MARKUPS & markup.keys():
        raise bad_request("object expected as reply markup")
    if "inline_keyboard" not in markup:
        return markup
    rows = markup["inline_keyboard"]
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request("can't parse inline keyboard: expected an Array of Arrays of InlineKeyboardButton")
    if sum(len(row) for row in rows) > MAX_BUTTONS or any(len(row) > MAX_ROW for row in rows):
        raise bad_request("reply markup is too long")
    for row in rows:
        for button in row:
            _check(button)
    return markup if any(rows) else None


def _check(button: Any) -> None:
    if not isinstance(button, dict) or not isinstance(button.get("text"), str):
        raise bad_request('can\'t parse inline keyboard button: Field "text" must be of type String')
    if not button["text"].strip():
        raise bad_request("inline keyboard button text must be non-empty")
    if unknown := button.keys() - _LOOKS - _ACTIONS:
        raise bad_request(f"can't parse inline keyboard button: unknown field {sorted(unknown)[0]!r}")
    actions = button.keys() & _ACTIONS
    if len(actions) != 1:
        raise bad_request("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    if "callback_data" in actions and not 1 <= len(str(button["callback_data"]).encode()) <= MAX_DATA:
        raise bad_request("BUTTON_DATA_INVALID")
    if "url" in actions and not re.match(r"(?:https?|tg)://\S+$", str(button["url"])):
        raise bad_request(f"inline keyboard button URL '{button['url']}' is invalid: Wrong HTTP URL")
