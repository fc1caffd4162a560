"""Answers updates: finds the handler, checks that the person may change settings, and sends the handler's reply.

An update that cannot be understood gets silence or one helpful line, never an error. A bug in one answer costs one
apology. A change is made apart from its reply, so that it never waits for what is still to be said in its chat.
Questions that waited too long while the bot was away get one excuse, not an answer each; a change is made however long
it waited. While Telegram holds a chat for longer than an answer may wait, settings are changed and nothing is said
there.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TypeVar

from telegram import Bot, CallbackQuery, Chat, ChatMemberUpdated, Message, Update, User
from telegram.constants import ChatMemberStatus, ChatType
from telegram.error import Forbidden, TelegramError

from bot.conversation import kept_reply, keyboards, replies
from bot.conversation.commands import BUTTONS, Handler
from bot.conversation.membership import follow_group, note_membership
from bot.conversation.presses import PressAnswers, Screen
from bot.conversation.request import Outcome, Reply, Request
from bot.conversation.sending import Place, Sender, place_of, place_of_pressed
from bot.conversation.understanding import Intent, understand
from bot.telegram.chat_limits import PATIENCE, AnswerPatience, ChatClock
from bot.telegram.server_time import TelegramTime
from briefings.errors import BriefingsError, StoreTrouble
from briefings.newsroom.inbox import Lane
from briefings.newsroom.opening import Newsroom

log = logging.getLogger(__name__)

Result = TypeVar("Result")

STALE = timedelta(minutes=10)
"""A question that waited longer than this while we were away is not answered."""

IN_TIME = timedelta(minutes=1)
"""A question that waited no longer shows that we are back."""

SAY_AGAIN_SECONDS = 60.0
"""Seconds until a chat is told again that questions of it were left out: one that asks without end is told seldom."""

CHECK_SECONDS = 4.0
"""Time that Telegram gets to say who is an administrator, because the person sees a waiting sign meanwhile."""


class Conversation:
    """Answers the updates of one bot. `chats` are the clocks of its chats.

    `telegram_time` tells how long a question has waited, `monotonic` gives seconds that only grow.
    """

    def __init__(
        self,
        bot: Bot,
        newsroom: Newsroom,
        chats: ChatClock,
        telegram_time: TelegramTime,
        patience: AnswerPatience = PATIENCE,
        monotonic: Callable[[], float] = time.monotonic,
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
        self._told_at: dict[int, float] = {}
        """Chat → when it was told that questions were left out, of the last SAY_AGAIN_SECONDS."""
        self._monotonic = monotonic
        self._unanswered: set[int] = set()
        """Chats that are held for so long that they get no answers."""

    def lane_of(self, update: Update) -> Lane | None:
        """Return the lane of an update; None if it is not for us, as talk in groups and other bots' commands."""
        if update.callback_query or update.my_chat_member:
            return Lane.CHANGE
        message = update.message
        if message is None:
            return None
        if message.migrate_to_chat_id or message.migrate_from_chat_id:
            return Lane.CHANGE
        if message.text:
            intent = self._intent(message)
            return None if intent is None else Lane.CHANGE if intent.changes_settings else Lane.QUESTION
        is_private = message.chat.type == ChatType.PRIVATE
        return Lane.QUESTION if is_private and message.effective_attachment is not None else None

    async def carry_out(self, update: Update) -> Outcome:
        """Make the change that an update asks for. Raises StoreTrouble if nobody waits to be told that it failed."""
        try:
            if update.callback_query:
                await self._answer_press(update.callback_query)
            elif update.my_chat_member:
                return await self._note_membership(update.my_chat_member)
            elif update.message and not await follow_group(self._newsroom.membership, update.message):
                return await self._change_settings(update.message)
        except TelegramError as error:
            log.warning("update %d was not answered: %s", update.update_id, error)
        return Outcome()

    async def say(self, reply: str) -> None:
        """Say the reply to a change, as `carry_out` returned it."""
        place, parsed = kept_reply.from_text(reply)
        if not self._is_held_too_long(place.chat):
            await self._send(place, parsed)

    async def answer(self, update: Update, left_out: int = 0) -> None:
        """Answer a question. An answer that Telegram refuses, or that does not reach it, is logged, not raised."""
        message = update.message
        if message is None or self._is_held_too_long(message.chat_id):
            return
        place = place_of(message)
        if left_out and self._is_to_be_told(message.chat_id):
            await self._send(place, Reply(replies.left_out(left_out)))
        if not message.text:
            await self._send(place, Reply(replies.WORDS_ONLY))
        elif self._is_stale(message):
            await self._excuse_once(message)
        elif intent := self._intent(message):
            await self._send(place, await _tried(self._reply_to(message, intent), intent.command))

    async def apologise(self, update: Update) -> None:
        """Say that an update failed on our side."""
        if update.message and not self._is_held_too_long(update.message.chat_id):
            await self._send(place_of(update.message), Reply(replies.FAILED))

    async def finish(self) -> None:
        """Finish the edits that are still to come. Call it when no more updates are handled."""
        await self._presses.finish()

    async def _send(self, place: Place, reply: Reply) -> None:
        try:
            await self._sender.send(place, reply)
        except Forbidden:
            log.info("the bot was blocked, or removed from the chat, before it could answer")
        except TelegramError as error:
            log.warning("a chat was not answered: %s", error)

    def _intent(self, message: Message) -> Intent | None:
        return understand(message.text or "", self._bot.username, group=message.chat.type != ChatType.PRIVATE)

    async def _note_membership(self, change: ChatMemberUpdated) -> Outcome:
        reply = await note_membership(self._newsroom.membership, change)
        return Outcome(kept_reply.to_text(Place(change.chat.id), Reply(reply)) if reply else None)

    async def _change_settings(self, message: Message) -> Outcome:
        intent = self._intent(message)
        if intent is None:
            return Outcome()
        try:
            refusal = await self._refusal(message.chat, message.from_user, message.sender_chat)
            reply = Reply(refusal) if refusal else await _tried(self._reply_to(message, intent), intent.command)
        except StoreTrouble as trouble:
            log.info("/%s was not saved: %s", intent.command, trouble)
            return Outcome(kept_reply.to_text(place_of(message), Reply(replies.NOT_SAVED)), is_saved=False)
        return Outcome(kept_reply.to_text(place_of(message), reply))

    async def _reply_to(self, message: Message, intent: Intent) -> Reply:
        request = Request(self._newsroom, await self._address(place_of(message)), intent.command, intent.words)
        return await intent.handler(request)

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

    def _is_to_be_told(self, chat: int) -> bool:
        """True if a chat was not told lately that questions of it were left out."""
        now = self._monotonic()
        self._told_at = {chat: at for chat, at in self._told_at.items() if at > now - SAY_AGAIN_SECONDS}
        if chat in self._told_at:
            return False
        self._told_at[chat] = now
        return True

    def _is_stale(self, message: Message) -> bool:
        waited = self._telegram_time.age(message.date)
        if waited <= IN_TIME:
            self._excused.discard(message.chat_id)
        return waited > STALE

    async def _excuse_once(self, message: Message) -> None:
        if message.chat_id not in self._excused:
            self._excused.add(message.chat_id)
            await self._send(place_of(message), Reply(replies.WAS_AWAY))

    async def _answer_press(self, query: CallbackQuery) -> None:
        message = query.message
        place = place_of_pressed(message) if message else None
        verb, _, words = keyboards.renewed(query.data or "", _label(query)).partition(":")
        action = BUTTONS.get(verb)
        if message is None or place is None or action is None:
            self._presses.acknowledge(query, message.chat.id if message else 0, replies.BUTTON_GONE)
            return
        request = Request(self._newsroom, "", verb, words)
        refusal = None
        try:
            request = replace(request, address=await self._address(place))
            if action.change:
                refusal = await self._refusal(message.chat, query.from_user)
                if not refusal:
                    failure = await _tried(action.change(request), verb)
                    refusal = failure.html if failure else None
        except StoreTrouble as trouble:
            log.info("a pressed button was not followed: %s", trouble)
            refusal = replies.NOT_SAVED if action.change else replies.FAILED
        self._presses.acknowledge(query, place.chat, refusal)
        if not refusal:
            view = partial(self._view, action.view, request)
            self._presses.show(Screen(place, message.message_id, view, is_editable=message.is_accessible))

    async def _view(self, view: Handler, request: Request) -> Reply:
        return await _tried(view(request), request.command)

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
    """Return the result of a handler's work; an apology when it fails. Raises StoreTrouble."""
    try:
        return await work
    except StoreTrouble:
        raise
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
