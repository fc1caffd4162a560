"""Answers pressed buttons: acknowledges each press at once, and shows its effect in the message, in the chat's time.

Promises that the handling of an update waits for neither, that presses which come together are shown by one edit with
the newest state, and that a message which cannot be edited is replaced by a new one. An edit asks for the state just
before it is sent, so that it never shows less than what was set by then, by another process too.

Edits keep the limits of `ChatClock`. What is under way belongs to one `PressAnswers`, which finishes it when we stop; a
crash loses no more than a picture: the setting is saved, and each button says the state that it sets.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from telegram import CallbackQuery
from telegram.error import BadRequest, Forbidden, TelegramError

from bot.conversation.request import Reply
from bot.conversation.sending import Place, Sender
from bot.telegram.chat_limits import PATIENCE, AnswerPatience, ChatClock
from briefings.errors import BriefingsError

log = logging.getLogger(__name__)

ACKNOWLEDGED_AT_ONCE = 8
"""Acknowledgements of one chat under way; further ones wait, so that one chat cannot use up all connections."""

STOP_SECONDS = 2.0
"""Time that edits get when we stop: a chat's turn comes within 1.05 seconds."""


@dataclass(frozen=True, slots=True)
class Settling:
    """How long an edit waits for further presses, in seconds: so long after each, and in all no longer than `most`."""

    after_press: float = 0.25
    most: float = 1.0


SETTLING = Settling()


@dataclass(frozen=True, slots=True)
class Screen:
    """A message with buttons, and a function that gives what it is to show; one that is not editable is sent anew."""

    place: Place
    message_id: int
    view: Callable[[], Awaitable[Reply]]
    is_editable: bool = True


class PressAnswers:
    """Owns the acknowledgements and edits under way. `chats` are the clocks of the bot's chats."""

    def __init__(
        self, sender: Sender, chats: ChatClock, patience: AnswerPatience = PATIENCE, settling: Settling = SETTLING
    ) -> None:
        self._sender = sender
        self._chats = chats
        self._patience = patience
        self._settling = settling
        self._acknowledging: dict[int, set[asyncio.Task[None]]] = {}
        """Chat → acknowledgements under way or waiting."""
        self._places: dict[int, asyncio.Semaphore] = {}
        """Chat → its places for acknowledgements under way."""
        self._changed: dict[int, dict[int, Screen]] = {}
        """Chat → message id → what it shows next; the message changed last stands last."""
        self._pressed_at: dict[int, float] = {}
        """Chat → the last press whose effect is not shown yet, in seconds of the event loop."""
        self._editing: dict[int, asyncio.Task[None]] = {}

    def acknowledge(self, query: CallbackQuery, chat: int, text: str | None = None) -> None:
        """Take the waiting sign off a pressed button, with a text in a bubble or without. Does not wait for it."""
        places = self._places.setdefault(chat, asyncio.Semaphore(ACKNOWLEDGED_AT_ONCE))
        task = asyncio.create_task(_acknowledge(query, text, places))
        self._acknowledging.setdefault(chat, set()).add(task)
        task.add_done_callback(lambda _: self._forget(chat, task))

    def show(self, screen: Screen) -> None:
        """Show a screen soon. One of the same message that still waits is forgotten."""
        chat = screen.place.chat
        changed = self._changed.setdefault(chat, {})
        changed.pop(screen.message_id, None)
        changed[screen.message_id] = screen
        self._pressed_at[chat] = asyncio.get_running_loop().time()
        if chat not in self._editing:
            self._editing[chat] = asyncio.create_task(self._edit(chat))

    async def finish(self, seconds: float = STOP_SECONDS) -> None:
        """Finish what is under way; give up what takes longer. Call it when no more updates are handled."""
        tasks = {*self._editing.values(), *(task for tasks in self._acknowledging.values() for task in tasks)}
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    def _forget(self, chat: int, task: asyncio.Task[None]) -> None:
        self._acknowledging[chat].discard(task)
        if not self._acknowledging[chat]:
            del self._acknowledging[chat], self._places[chat]

    async def _edit(self, chat: int) -> None:
        """Show the changed screens of a chat, one after another, until there are no more."""
        changed = self._changed[chat]
        try:
            while changed:
                await self._settle(chat)
                if not await self._has_turn(chat):
                    log.info("%d pressed buttons are not shown: Telegram lets their chat wait too long", len(changed))
                    return
                screen = changed.pop(next(iter(changed)))
                await _logged(self._show(screen))
        finally:
            del self._changed[chat], self._pressed_at[chat], self._editing[chat]

    async def _settle(self, chat: int) -> None:
        """Wait until no press has come for a moment, or some have waited long enough."""
        now = asyncio.get_running_loop().time
        latest = now() + self._settling.most
        while (wait := min(self._pressed_at[chat] + self._settling.after_press, latest) - now()) > 0:  # noqa: ASYNC110 - a press moves the time
            await asyncio.sleep(wait)

    async def _has_turn(self, chat: int) -> bool:
        """Wait until the chat may be sent an edit, and return True; False when it would take too long."""
        while (wait := self._chats.seconds_until_turn(chat, is_edit=True)) > 0:
            if wait > self._patience.message:
                return False
            await asyncio.sleep(wait)
        return True

    async def _show(self, screen: Screen) -> None:
        reply = await screen.view()
        if screen.is_editable:
            try:
                return await self._sender.edit(screen.place, screen.message_id, reply)
            except BadRequest as error:
                log.info("an edit was refused (%s); a new message shows what it would", error.message)
        await self._sender.send(screen.place, reply)


async def _acknowledge(query: CallbackQuery, text: str | None, places: asyncio.Semaphore) -> None:
    try:
        async with places:
            await query.answer(text)
    except BadRequest:
        log.debug("a press some minutes old cannot be acknowledged")
    except TelegramError as error:
        log.info("a press was not acknowledged: %s", error)


async def _logged(work: Coroutine[Any, Any, None]) -> None:
    """Do the work; log its failure, because nobody waits for it."""
    try:
        await work
    except Forbidden:
        log.info("a pressed button is not shown: the bot was blocked or removed from the chat")
    except (TelegramError, BriefingsError) as error:
        log.warning("a pressed button is not shown: %s", error)
    except Exception:  # a bug in one edit must not stop the others of its chat
        log.exception("a pressed button is not shown")
