"""Answers updates: finds the handler, checks that the person may change settings, and sends the handler's reply.

An update that cannot be understood gets silence or one helpful line, never an error. A bug in one answer costs one
apology. Questions that waited too long while the bot was away get one excuse, not an answer each; a command that
changes a setting is carried out however long it waited. While Telegram holds a chat for longer than an answer may wait,
settings are changed and nothing is answered there.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable
from datetime import timedelta
from typing import TypeVar

from telegram import Bot, CallbackQuery, Chat, ChatMemberUpdated, Message, Update, User
from telegram.constants import ChatMemberStatus, ChatType
from telegram.error import Forbidden, TelegramError

from bot.conversation import keyboards, replies
from bot.conversation.commands import BUTTONS
from bot.conversation.membership import follow_group, note_membership
from bot.conversation.presses import PressAnswers, Screen
from bot.conversation.request import Reply, Request
from bot.conversation.sending import Place, Sender, place_of, place_of_pressed
from bot.conversation.understanding import Intent, understand
from bot.telegram.chat_limits import PATIENCE, AnswerPatience, ChatClock
from bot.telegram.server_time import TelegramTime
from briefings.errors import BriefingsError, NotSaved
from briefings.newsroom.opening import Newsroom

log = logging.getLogger(__name__)

Result = TypeVar("Result")

STALE = timedelta(minutes=10)
"""A question that waited longer than this while we were away is not answered."""

LATE = timedelta(minutes=1)
MOST_LATE = 10
"""Questions of one chat, each older than LATE, that are answered in a row: those after them get one excuse."""

CHECK_SECONDS = 4.0
"""Time that Telegram gets to say who is an administrator, because the person sees a waiting sign meanwhile."""


class Conversation:
    """Answers the updates of one bot. `chats` are the clocks of its chats.

    `telegram_time` tells how long a question has waited.
    """

    def __init__(
        self,
        bot: Bot,
        newsroom: Newsroom,
        chats: ChatClock,
        telegram_time: TelegramTime,
        patience: AnswerPatience = PATIENCE,
    ) -> None:
        self._bot = bot
        self._newsroom = newsroom
        self._chats = chats
        self._telegram_time = telegram_time
        self._patience = patience
        self._sender = Sender(bot)
        self._presses = PressAnswers(self._sender, chats, patience)
        self._excused: set[int] = set()
        """Chats that were told that we were away, until they ask anew."""
        self._late: dict[int, int] = {}
        """Chat → late questions since its last one in time."""
        self._unanswered: set[int] = set()
        """Chats that are held for so long that they get no answers."""

    async def handle(self, update: Update) -> None:
        """Answer one update. An answer that Telegram refuses, or that does not reach it, is logged, not raised."""
        try:
            if update.callback_query:
                await self._answer_press(update.callback_query)
            elif update.message:
                await self._answer_message(update.message)
            elif update.my_chat_member:
                await self._note_membership(update.my_chat_member)
        except Forbidden:
            log.info("update %d: the bot was blocked or removed from the chat", update.update_id)
        except (TelegramError, BriefingsError) as error:
            log.warning("update %d was not answered: %s", update.update_id, error)

    async def finish(self) -> None:
        """Finish the edits that are still to come. Call it when no more updates are handled."""
        await self._presses.finish()

    async def _note_membership(self, change: ChatMemberUpdated) -> None:
        if reply := await note_membership(self._newsroom.membership, change):
            await self._sender.send(Place(change.chat.id), Reply(reply))

    async def _answer_message(self, message: Message) -> None:
        if await follow_group(self._newsroom.membership, message):
            return
        group = message.chat.type != ChatType.PRIVATE
        is_unanswered = self._is_held_too_long(message.chat_id)
        if not message.text:
            if not (group or is_unanswered) and message.effective_attachment is not None:
                await self._sender.send(place_of(message), Reply(replies.WORDS_ONLY))
            return
        intent = understand(message.text, self._bot.username, group=group)
        if intent is None or (is_unanswered and not intent.changes_settings):
            return
        if not intent.changes_settings and self._is_stale(message):
            await self._excuse_once(message)
            return
        reply = await self._reply_to(message, intent)
        if not is_unanswered:
            await self._sender.send(place_of(message), reply)

    async def _reply_to(self, message: Message, intent: Intent) -> Reply:
        if intent.changes_settings and (
            refusal := await self._refusal(message.chat, message.from_user, message.sender_chat)
        ):
            return Reply(refusal)
        request = Request(self._newsroom, await self._address(place_of(message)), intent.command, intent.words)
        return await _tried(intent.handler(request), intent.command)

    async def _address(self, place: Place) -> str:
        """Return the reader's address. A person is one reader, in whichever thread of the private chat they speak."""
        if place.chat < 0:
            return place.address
        return await self._newsroom.membership.subscribed_address(str(place.chat)) or place.address

    def _is_held_too_long(self, chat: int) -> bool:
        """True if an answer to this chat would be given up. The first time, that is logged."""
        seconds = self._chats.seconds_held(chat)
        if seconds <= self._patience.message:
            self._unanswered.discard(chat)
            return False
        if chat not in self._unanswered:
            self._unanswered.add(chat)
            log.warning("Telegram lets a chat wait %d s; until then nothing is answered there", seconds)
        return True

    def _is_stale(self, message: Message) -> bool:
        waited = self._telegram_time.age(message.date)
        if waited <= LATE:
            self._excused.discard(message.chat_id)
            self._late.pop(message.chat_id, None)
            return False
        self._late[message.chat_id] = late = self._late.get(message.chat_id, 0) + 1
        return waited > STALE or late > MOST_LATE

    async def _excuse_once(self, message: Message) -> None:
        if message.chat_id not in self._excused:
            self._excused.add(message.chat_id)
            await self._sender.send(place_of(message), Reply(replies.WAS_AWAY))

    async def _answer_press(self, query: CallbackQuery) -> None:
        message = query.message
        place = place_of_pressed(message) if message else None
        verb, _, words = keyboards.renewed(query.data or "", _label(query)).partition(":")
        action = BUTTONS.get(verb)
        if message is None or place is None or action is None:
            await self._presses.acknowledge(query, message.chat.id if message else 0, replies.BUTTON_GONE)
            return
        refusal = await self._refusal(message.chat, query.from_user) if action.change else None
        await self._presses.acknowledge(query, place.chat, refusal)
        if refusal:
            return
        request = Request(self._newsroom, await self._address(place), verb, words)
        failure = await _tried(action.change(request), verb) if action.change else None

        async def view() -> Reply:
            return await _tried(action.view(request), verb) if failure is None else failure

        self._presses.show(Screen(place, message.message_id, view, is_editable=message.is_accessible))

    async def _refusal(self, chat: Chat, person: User | None, author: Chat | None = None) -> str | None:
        """Return why this person may not change the chat's settings; None when they may.

        Everybody may in private, a group's administrators, and those who write as the group itself (`author`).
        """
        if chat.type == ChatType.PRIVATE or (author is not None and author.id == chat.id):
            return None
        if person is None:
            return replies.ADMINS_ONLY
        try:
            member = await self._bot.get_chat_member(chat.id, person.id, read_timeout=CHECK_SECONDS)
        except Exception as error:  # besides Telegram's errors, the library fails on odd answers in many ways
            log.warning("Telegram did not say who is an administrator: %s: %s", type(error).__name__, error)
            return replies.COULD_NOT_CHECK
        is_admin = member.status in (ChatMemberStatus.OWNER, ChatMemberStatus.ADMINISTRATOR)
        return None if is_admin else replies.ADMINS_ONLY


async def _tried(work: Awaitable[Result], command: str) -> Result | Reply:
    """Return the result of a handler's work; an apology when it fails."""
    try:
        return await work
    except NotSaved:
        log.info("/%s was not saved", command or "keyword")  # why is in the log once, not at each try
        return Reply(replies.NOT_SAVED)
    except BriefingsError as error:
        log.error("/%s failed: %s", command or "keyword", error)
    except Exception:  # a bug in one answer must cost one apology, not the bot
        log.exception("/%s failed", command or "keyword")
    return Reply(replies.FAILED)


def _label(query: CallbackQuery) -> str:
    """Return the label of the pressed button as it was drawn; empty when the message is inaccessible."""
    keyboard = query.message.reply_markup if isinstance(query.message, Message) else None
    buttons = [button for row in keyboard.inline_keyboard for button in row] if keyboard else []
    return next((button.text for button in buttons if button.callback_data == query.data), "")
