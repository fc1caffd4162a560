"""Sends replies to chats, and shows them in messages that were sent before.

Promises that the parts of a reply come in their order: when one fails, those after it are not sent. Markup that
Telegram refuses goes out as plain text, and an answer to a thread that is gone to the chat itself. Waiting and trying
again is done below (`bot/telegram/chat_limits.py`).
"""

from __future__ import annotations

import logging
from dataclasses import dataclass

from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    MaybeInaccessibleMessage,
    Message,
)
from telegram.constants import ParseMode
from telegram.error import BadRequest

from bot.conversation.keyboards import Keyboard
from bot.conversation.request import Reply
from bot.telegram.messenger import NO_THREAD
from bot.telegram.packing import fit, join
from briefings.editions.model import Block, text_of

log = logging.getLogger(__name__)

NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


@dataclass(frozen=True, slots=True)
class Place:
    """A chat, or a thread of a forum."""

    chat: int
    thread: int | None = None

    @property
    def address(self) -> str:
        """The reader's address there."""
        return str(self.chat) if self.thread is None else f"{self.chat}/{self.thread}"


def place_of(message: Message) -> Place:
    """Return where a message is."""
    return Place(message.chat_id, message.message_thread_id if message.is_topic_message else None)


def place_of_pressed(message: MaybeInaccessibleMessage) -> Place | None:
    """Return where a pressed button is; None for an inaccessible message of a forum: its thread is not known."""
    if isinstance(message, Message) and message.is_accessible:
        return place_of(message)
    return None if message.chat.is_forum else Place(message.chat.id)


class Sender:
    """Sends by one bot. All methods raise TelegramError, and StoreTrouble when the rate limit gives no send time."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot

    async def send(self, place: Place, reply: Reply) -> None:
        """Send a reply in as few messages as hold it, at most as many as it may take; the buttons under the last."""
        html, rest = _first_message(reply)
        parts = [html]
        while rest and len(parts) < reply.messages:
            count = fit(rest)
            parts.append(join(rest[:count]))
            rest = rest[count:]
        for number, part in enumerate(parts, 1):
            await self._send(place, part, _markup(reply.keyboard) if number == len(parts) else None)

    async def edit(self, place: Place, message_id: int, reply: Reply) -> None:
        """Show a reply's first message in a message sent before. Does nothing when it shows that already."""
        html, _ = _first_message(reply)
        try:
            await self._bot.edit_message_text(
                html,
                chat_id=place.chat,
                message_id=message_id,
                parse_mode=ParseMode.HTML,
                reply_markup=_markup(reply.keyboard),
                link_preview_options=NO_PREVIEW,
            )
        except BadRequest as error:
            if "not modified" not in str(error).lower():
                raise

    async def _send(self, place: Place, html: str, markup: InlineKeyboardMarkup | None) -> None:
        try:
            await self._bot.send_message(
                place.chat,
                html,
                ParseMode.HTML,
                message_thread_id=place.thread,
                reply_markup=markup,
                link_preview_options=NO_PREVIEW,
            )
        except BadRequest as error:
            if place.thread is not None and NO_THREAD in str(error).lower():
                await self._send(Place(place.chat), html, markup)
                return
            if "can't parse entities" not in str(error).lower():
                raise
            log.error("markup refused, sent as plain text: %s", error)
            await self._bot.send_message(
                place.chat,
                text_of(html),
                message_thread_id=place.thread,
                reply_markup=markup,
                link_preview_options=NO_PREVIEW,
            )


def _first_message(reply: Reply) -> tuple[str, tuple[Block, ...]]:
    """Return the first message's text, and the blocks that it does not hold. Our own sentences are always short."""
    head = (Block(reply.html, len(reply.html), 10),) if reply.html else ()
    blocks = head + reply.blocks
    count = fit(blocks)
    return join(blocks[:count]), blocks[count:]


def _markup(keyboard: Keyboard) -> InlineKeyboardMarkup | None:
    if not keyboard:
        return None
    return InlineKeyboardMarkup(
        [[InlineKeyboardButton(button.label, callback_data=button.data) for button in row] for row in keyboard]
    )
