"""Updates in, answers out: who asks, which command it is, and how the answer is sent.

Words are read here, not by filters: `/RELOS@our_bot now` is the command `relos` with the word `now`; what
is addressed to another bot is none of our business. In groups only commands are heard. An update that
cannot be understood gets silence or one helpful line, never an error.
"""

from __future__ import annotations

import contextlib
import logging
import re
from dataclasses import dataclass
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
from bot.conversation.commands import BUTTONS, BY_NAME, SETTING_BUTTONS, Handler
from bot.conversation.handlers import topics
from bot.conversation.keyboards import Keyboard
from bot.conversation.request import Reply, Request
from bot.telegram.packing import fit, join
from briefings.editions.model import Block, text_of
from briefings.errors import BriefingsError
from briefings.newsroom.opening import Newsroom

log = logging.getLogger(__name__)

STALE = timedelta(minutes=10)
"""What waited longer than this while we were away is answered once, not replayed."""

MOST_WORDS = 300
"""Characters of a message that are read; nobody's keyword is longer."""

_COMMAND = re.compile(r"/([A-Za-z0-9_-]+)(?:@(\w+))?(?:\s+(.*))?", re.DOTALL)
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


@dataclass(frozen=True, slots=True)
class Said:
    """A message read: which handler it asks for, the command's own name, the words after it."""

    handler: Handler
    command: str
    words: str
    changes_settings: bool


def understand(text: str, username: str, *, group: bool) -> Said | None:
    """What a text asks for; None when it is not for us."""
    text = text.strip()
    match = _COMMAND.match(text)
    if match is None:
        return None if group else Said(topics.keyword, "", text[:MOST_WORDS], changes_settings=False)
    name, addressee, words = match[1], match[2], (match[3] or "").strip()[:MOST_WORDS]
    if addressee and addressee.lower() != username.lower():
        return None
    known = BY_NAME.get(name.lower())
    if known:
        return Said(known.handler, known.name, words, known.changes_settings)
    return Said(topics.keyword, "", name[:MOST_WORDS], changes_settings=False)


class Conversation:
    """Answers the updates of one bot."""

    def __init__(self, bot: Bot, newsroom: Newsroom) -> None:
        self._bot = bot
        self._newsroom = newsroom
        self._told_away: set[int] = set()

    async def handle(self, update: Update) -> None:
        """Answer one update; whatever goes wrong is noted and apologised for."""
        try:
            if update.callback_query:
                await self._pressed(update.callback_query)
            elif update.message:
                await self._said(update.message)
        except Forbidden:
            log.info("update %d: the chat has shut us out", update.update_id)
        except TelegramError as error:
            log.warning("update %d was not answered: %s", update.update_id, error)

    async def _said(self, message: Message) -> None:
        group = message.chat.type != ChatType.PRIVATE
        if not message.text:
            if not group and (message.effective_attachment is not None):
                await self._answer(message, Reply(replies.WORDS_ONLY))
            return
        said = understand(message.text, self._bot.username, group=group)
        if said is None or (self._stale(message) and not said.changes_settings and not await self._excuse(message)):
            return
        if said.changes_settings and not await self._may_change_settings(
            message, message.from_user, message.sender_chat
        ):
            await self._answer(message, Reply(replies.ADMINS_ONLY))
            return
        request = Request(self._newsroom, _address(message), said.command, said.words)
        await self._answer(message, await self._reply(said.handler, request))

    def _stale(self, message: Message) -> bool:
        stale = self._newsroom.clock() - message.date > STALE
        if not stale:
            self._told_away.discard(message.chat_id)
        return stale

    async def _excuse(self, message: Message) -> bool:
        """Say once that we were away; always False, since the question itself is not answered."""
        if message.chat_id not in self._told_away:
            self._told_away.add(message.chat_id)
            await self._answer(message, Reply(replies.WAS_AWAY))
        return False

    async def _pressed(self, query: CallbackQuery) -> None:
        verb, _, words = (query.data or "").partition(":")
        message = query.message if isinstance(query.message, Message) else None
        handler = BUTTONS.get(verb)
        trouble = None
        if handler is None or message is None:
            trouble = replies.BUTTON_GONE
        elif verb in SETTING_BUTTONS and not await self._may_change_settings(message, query.from_user):
            trouble = replies.ADMINS_ONLY
        with contextlib.suppress(BadRequest):  # a renderer older than some minutes cannot be answered, but it counts
            await query.answer(trouble)
        if handler is None or message is None or trouble:
            return
        reply = await self._reply(handler, Request(self._newsroom, _address(message), verb, words))
        html, _ = _message(reply)
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

    async def _may_change_settings(self, message: Message, who: User | None, spoke_as: Chat | None = None) -> bool:
        """In private anyone, in a group its administrators, also those who speak in the group's own name."""
        if message.chat.type == ChatType.PRIVATE or (spoke_as is not None and spoke_as.id == message.chat_id):
            return True
        if who is None:
            return False
        member = await self._bot.get_chat_member(message.chat_id, who.id)
        return member.status in (ChatMemberStatus.OWNER, ChatMemberStatus.ADMINISTRATOR)

    async def _reply(self, handler: Handler, request: Request) -> Reply:
        try:
            return await handler(request)
        except BriefingsError as error:
            log.error("/%s failed: %s", request.command or "keyword", error)
        except Exception:  # a bug in one answer must cost one apology, not the bot
            log.exception("/%s failed", request.command or "keyword")
        return Reply(replies.FAILED)

    async def _answer(self, message: Message, reply: Reply) -> None:
        """Send a reply in as few messages as it fits, at most as many as it may; the buttons under the last."""
        parts = []
        html, rest = _message(reply)
        parts.append(html)
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


def _message(reply: Reply) -> tuple[str, tuple[Block, ...]]:
    """The first message's text, and the blocks that did not fit it. Our own sentences are always short."""
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
    """The chat, and its thread where it is one of a forum's."""
    if message.is_topic_message and message.message_thread_id:
        return f"{message.chat_id}/{message.message_thread_id}"
    return str(message.chat_id)
