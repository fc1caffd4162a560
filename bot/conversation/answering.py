"""Answers updates: finds the handler, checks that the person may change settings, and sends the handler's reply.

An update that cannot be understood gets silence or one helpful line, never an error. A bug in one answer costs one
apology. Questions that waited too long while the bot was away get one excuse, not an answer each; a command that
changes a setting is carried out however long it waited.
"""

from __future__ import annotations

import contextlib
import logging
from datetime import timedelta

from telegram import (
    Bot,
    CallbackQuery,
    Chat,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    Message,
    Update,
    User,
)
from telegram.constants import ChatMemberStatus, ChatType, ParseMode
from telegram.error import BadRequest, Forbidden, TelegramError

from bot.conversation import replies
from bot.conversation.commands import BUTTONS, SETTING_BUTTONS, Handler
from bot.conversation.keyboards import Keyboard
from bot.conversation.request import Reply, Request
from bot.conversation.understanding import understand
from bot.telegram.packing import fit, join
from briefings.editions.model import Block, text_of
from briefings.errors import BriefingsError
from briefings.newsroom.opening import Newsroom

log = logging.getLogger(__name__)

STALE = timedelta(minutes=10)
"""A question that waited longer than this while we were away is not answered."""

NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


class Conversation:
    """Answers the updates of one bot."""

    def __init__(self, bot: Bot, newsroom: Newsroom) -> None:
        self._bot = bot
        self._newsroom = newsroom
        self._excused: set[int] = set()
        """Chats that were told that we were away, until they ask anew."""

    async def handle(self, update: Update) -> None:
        """Answer one update. An answer that Telegram refuses, or that does not reach it, is logged, not raised."""
        try:
            if update.callback_query:
                await self._answer_button(update.callback_query)
            elif update.message:
                await self._answer_message(update.message)
        except Forbidden:
            log.info("update %d: the bot was blocked or removed from the chat", update.update_id)
        except TelegramError as error:
            log.warning("update %d was not answered: %s", update.update_id, error)

    async def _answer_message(self, message: Message) -> None:
        group = message.chat.type != ChatType.PRIVATE
        if not message.text:
            if not group and (message.effective_attachment is not None):
                await self._send_reply(message, Reply(replies.WORDS_ONLY))
            return
        intent = understand(message.text, self._bot.username, group=group)
        if intent is None:
            return
        if self._is_stale(message) and not intent.changes_settings:
            await self._excuse_once(message)
            return
        if intent.changes_settings and not await self._may_change_settings(
            message, message.from_user, message.sender_chat
        ):
            await self._send_reply(message, Reply(replies.ADMINS_ONLY))
            return
        request = Request(self._newsroom, _address(message), intent.command, intent.words)
        await self._send_reply(message, await self._reply(intent.handler, request))

    def _is_stale(self, message: Message) -> bool:
        is_stale = self._newsroom.clock() - message.date > STALE
        if not is_stale:
            self._excused.discard(message.chat_id)
        return is_stale

    async def _excuse_once(self, message: Message) -> None:
        if message.chat_id not in self._excused:
            self._excused.add(message.chat_id)
            await self._send_reply(message, Reply(replies.WAS_AWAY))

    async def _answer_button(self, query: CallbackQuery) -> None:
        verb, _, words = (query.data or "").partition(":")
        message = query.message if isinstance(query.message, Message) else None
        handler = BUTTONS.get(verb)
        refusal = None
        if handler is None or message is None:
            refusal = replies.BUTTON_GONE
        elif verb in SETTING_BUTTONS and not await self._may_change_settings(message, query.from_user):
            refusal = replies.ADMINS_ONLY
        with contextlib.suppress(BadRequest):  # a press some minutes old cannot be acknowledged, but it counts
            await query.answer(refusal)
        if handler is None or message is None or refusal:
            return
        reply = await self._reply(handler, Request(self._newsroom, _address(message), verb, words))
        html, _ = _first_message(reply)
        try:
            await self._bot.edit_message_text(
                html,
                chat_id=message.chat_id,
                message_id=message.message_id,
                parse_mode=ParseMode.HTML,
                reply_markup=_markup(reply.keyboard),
                link_preview_options=NO_PREVIEW,
            )
        except BadRequest as error:
            if "not modified" not in str(error).lower():
                raise

    async def _may_change_settings(self, message: Message, person: User | None, author: Chat | None = None) -> bool:
        """True in private, for a group's administrators, and for those who write as the group itself (`author`)."""
        if message.chat.type == ChatType.PRIVATE or (author is not None and author.id == message.chat_id):
            return True
        if person is None:
            return False
        member = await self._bot.get_chat_member(message.chat_id, person.id)
        return member.status in (ChatMemberStatus.OWNER, ChatMemberStatus.ADMINISTRATOR)

    async def _reply(self, handler: Handler, request: Request) -> Reply:
        try:
            return await handler(request)
        except BriefingsError as error:
            log.error("/%s failed: %s", request.command or "keyword", error)
        except Exception:  # a bug in one answer must cost one apology, not the bot
            log.exception("/%s failed", request.command or "keyword")
        return Reply(replies.FAILED)

    async def _send_reply(self, message: Message, reply: Reply) -> None:
        """Send a reply in as few messages as hold it, at most as many as it may take; the buttons under the last."""
        html, rest = _first_message(reply)
        parts = [html]
        while rest and len(parts) < reply.messages:
            count = fit(rest)
            parts.append(join(rest[:count]))
            rest = rest[count:]
        for number, part in enumerate(parts, 1):
            markup = _markup(reply.keyboard) if number == len(parts) else None
            await self._send(message, part, markup)

    async def _send(self, message: Message, html: str, markup: InlineKeyboardMarkup | None) -> None:
        thread = message.message_thread_id if message.is_topic_message else None
        chat = message.chat_id
        try:
            await self._bot.send_message(
                chat,
                html,
                ParseMode.HTML,
                message_thread_id=thread,
                reply_markup=markup,
                link_preview_options=NO_PREVIEW,
            )
        except BadRequest as error:
            if "can't parse entities" not in str(error).lower():
                raise
            log.error("markup refused, sent as plain text: %s", error)
            await self._bot.send_message(
                chat, text_of(html), message_thread_id=thread, reply_markup=markup, link_preview_options=NO_PREVIEW
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


def _address(message: Message) -> str:
    """Return the reader's address: the chat, and its thread when it is one of a forum's."""
    if message.is_topic_message and message.message_thread_id:
        return f"{message.chat_id}/{message.message_thread_id}"
    return str(message.chat_id)
