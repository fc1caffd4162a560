"""A handler of updates that stands in for the conversation: it notes its answers, and can be made slow or broken."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from telegram import Update


class FakeHandler:
    """Call it as a handler. `begun` and `answered` hold the texts of messages in the order they were taken up, done."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.answered: list[str] = []
        self.at_once = self.most_at_once = 0
        self._gates: dict[int, asyncio.Event] = {}
        self._broken: set[str] = set()
        self._changed = asyncio.Condition()

    def slow_for(self, chat: int) -> asyncio.Event:
        """Make answers to this chat take until the event that is returned is set."""
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

    async def __call__(self, update: Update) -> None:
        assert update.message is not None
        text = update.message.text
        assert isinstance(text, str), "a hostile update reaches the handler as it is"
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await self._note(self.begun, text)
            if text in self._broken:
                raise LookupError("a bug")
            if update.message.chat_id in self._gates:
                await self._gates[update.message.chat_id].wait()
            await self._note(self.answered, text)
        finally:
            self.at_once -= 1

    async def _note(self, texts: list[str], text: str) -> None:
        async with self._changed:
            texts.append(text)
            self._changed.notify_all()
