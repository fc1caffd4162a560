"""A conversation that stands in for ours: it notes its answers, and can be made slow or broken.

Texts with a slash ask for changes, texts that begin with `#` are not for us, all others are questions.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from telegram import Update

from bot.conversation.request import Outcome
from briefings.errors import StoreTrouble
from briefings.newsroom.inbox import Lane


class FakeHandler:
    """`begun` and `answered` hold the texts of questions in the order they were taken up, and answered.

    `changed` holds the changes made, and `said` the replies to them. `left_out` holds the numbers of questions that
    were left out before a question, by its text.
    """

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.answered: list[str] = []
        self.changed: list[str] = []
        self.said: list[str] = []
        self.apologised: list[str] = []
        self.left_out: dict[str, int] = {}
        self.at_once = self.most_at_once = 0
        self.is_unreadable = False
        """True if the newsroom cannot be read."""
        self._gates: dict[int, asyncio.Event] = {}
        self._broken: set[str] = set()
        self._changed = asyncio.Condition()

    def slow_for(self, chat: int) -> asyncio.Event:
        """Make answers and replies to this chat take until the event that is returned is set."""
        return self._gates.setdefault(chat, asyncio.Event())

    def breaks_at(self, text: str) -> None:
        """Make the answer to this text fail, as by a bug."""
        self._broken.add(text)

    async def until(self, is_so: Callable[[], bool]) -> None:
        """Wait until a condition on this handler holds."""
        async with asyncio.timeout(15), self._changed:
            await self._changed.wait_for(is_so)

    async def until_begun(self, text: str) -> None:
        """Wait until the answer to this text has begun."""
        await self.until(lambda: text in self.begun)

    async def until_answered(self, *texts: str) -> None:
        """Wait until exactly these texts have been answered, in any order."""
        await self.until(lambda: sorted(self.answered) == sorted(texts))

    def lane_of(self, update: Update) -> Lane | None:
        text = _text(update)
        return None if text.startswith("#") else Lane.CHANGE if text.startswith("/") else Lane.QUESTION

    async def carry_out(self, update: Update) -> Outcome:
        if self.is_unreadable:
            return Outcome(f"{_chat(update)} not saved", is_saved=False)
        await self._note(self.changed, _text(update))
        return Outcome(f"{_chat(update)} did {_text(update)}")

    async def say(self, reply: str) -> None:
        await self._wait_for(int(reply.split()[0]))
        await self._note(self.said, reply)

    async def answer(self, update: Update, left_out: int) -> None:
        text = _text(update)
        if left_out:
            self.left_out[text] = left_out
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await self._note(self.begun, text)
            if text in self._broken:
                raise LookupError("a bug")
            if self.is_unreadable:
                raise StoreTrouble("database-unusable", cause="away")
            await self._wait_for(_chat(update))
            await self._note(self.answered, text)
        finally:
            self.at_once -= 1

    async def apologise(self, update: Update) -> None:
        await self._note(self.apologised, _text(update))

    async def _wait_for(self, chat: int) -> None:
        if chat in self._gates:
            await self._gates[chat].wait()

    async def _note(self, texts: list[str], text: str) -> None:
        async with self._changed:
            texts.append(text)
            self._changed.notify_all()


def _text(update: Update) -> str:
    text: Any = update.message.text if update.message else None
    assert isinstance(text, str), "a hostile update reaches the handler as it is"
    return text


def _chat(update: Update) -> int:
    assert update.message is not None
    return update.message.chat_id
