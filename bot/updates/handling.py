"""Handles one update, however it came: makes the change that it asks for, or answers the question in it.

Promises that an update which breaks its answer stops no other one, and that nothing is lost while the newsroom cannot
be read: the update is tried again until it can.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from telegram import Bot, Update

from bot.conversation.request import Outcome
from bot.updates import raw_updates
from briefings.errors import StoreTrouble
from briefings.newsroom.inbox import Lane, NewItem

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Retries:
    """When an update is tried again that failed because the newsroom could not be read. Times are in seconds."""

    pauses: tuple[float, ...] = (0.25, 0.5, 1.0, 2.0)
    """Before each further try; the last one repeats."""

    most: int = 4
    """Tries after which its reader gets an apology. Those while the inbox is in trouble too are not counted."""


SHIPPED = Retries()


class Conversing(Protocol):
    """The part that understands updates. All methods but `say` raise StoreTrouble when the newsroom cannot be read."""

    def lane_of(self, update: Update) -> Lane | None:
        """Return the lane of an update, None if it is not for us."""

    async def carry_out(self, update: Update) -> Outcome:
        """Make the change that an update asks for, and wait for nothing that is to be said."""

    async def say(self, reply: str) -> None:
        """Say the reply to a change."""

    async def answer(self, update: Update, left_out: int) -> None:
        """Answer a question; `left_out` questions of its chat before it get no answer."""

    async def apologise(self, update: Update) -> None:
        """Say that an update failed on our side."""


@dataclass(frozen=True, slots=True)
class Heard:
    """An update that is for us. `text` is its JSON."""

    number: int
    chat: int
    lane: Lane
    text: str
    update: Update

    def item(self) -> NewItem:
        """Return the update as the inbox keeps it."""
        return NewItem(self.number, self.chat, self.lane, self.text)


class Handling:
    """Handles the updates of one bot. `observe` gets the seconds that each took."""

    def __init__(
        self,
        bot: Bot,
        conversation: Conversing,
        observe: Callable[[float], None] = lambda _: None,
        retries: Retries = SHIPPED,
    ) -> None:
        self._bot = bot
        self._conversation = conversation
        self._observe = observe
        self._retries = retries

    def hear(self, raw: Mapping[str, Any], text: str) -> Heard | None:
        """Return an update, given also as its JSON text; None if it is not for us or cannot be read."""
        if (read := raw_updates.read(raw, self._bot)) is None:
            return None
        chat, update = read
        try:
            lane = self._conversation.lane_of(update)
        except Exception:  # a bug at one update must not stop the others
            log.exception("update %d broke its reading", update.update_id)
            return None
        return None if lane is None else Heard(update.update_id, chat, lane, text, update)

    async def handle(
        self, update: Update, left_out: int = 0, is_inbox_in_trouble: Callable[[], bool] = lambda: False
    ) -> Outcome:
        """Handle an update, and try again while the newsroom cannot be read. Raises nothing."""
        began = time.perf_counter()
        try:
            return await self._insist(update, left_out, is_inbox_in_trouble)
        except Exception:  # a bug in one answer must not stop the others of its chat
            log.exception("update %d broke its answer", update.update_id)
            return Outcome()
        finally:
            self._observe(time.perf_counter() - began)

    async def say(self, reply: str) -> None:
        """Say the reply to a change. Raises nothing."""
        try:
            await self._conversation.say(reply)
        except Exception:  # as above
            log.exception("the reply to a change broke")

    async def _insist(self, update: Update, left_out: int, is_inbox_in_trouble: Callable[[], bool]) -> Outcome:
        tries = 0
        for pause in itertools.chain(self._retries.pauses, itertools.repeat(self._retries.pauses[-1])):
            try:
                if self._conversation.lane_of(update) is Lane.CHANGE:
                    return await self._conversation.carry_out(update)
                await self._conversation.answer(update, left_out)
                return Outcome()
            except StoreTrouble as trouble:
                log.debug("update %d waits: %s", update.update_id, trouble)
                tries += not is_inbox_in_trouble()
                if tries >= self._retries.most:
                    log.error("update %d was not answered: %s", update.update_id, trouble)
                    await self._conversation.apologise(update)
                    break
            await asyncio.sleep(pause)
        return Outcome()
