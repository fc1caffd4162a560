"""Handles updates from memory while the inbox cannot be written: in order within a chat, changes before questions.

An update stays open, and so unconfirmed, until it is handled: if the process dies, Telegram brings it again, and it may
be answered twice. Keeps the inbox's rules: a change waits only for earlier changes of its chat, and of a chat's waiting
questions only the newest are answered.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.updates.handling import Handling, Heard
from briefings.newsroom.inbox import MOST_QUESTIONS, Lane


@dataclass(frozen=True, slots=True)
class _Question:
    heard: Heard
    after: asyncio.Task[None] | None
    """The change before it, which it waits for."""


@dataclass(frozen=True, slots=True)
class _Reply:
    """The reply to a change that was made or refused."""

    number: int
    text: str


@dataclass(slots=True)
class _Chat:
    waiting: deque[_Question | _Reply] = field(default_factory=deque)
    left_out: int = 0
    change: asyncio.Task[None] | None = None
    """The latest change; it waits for the one before it."""
    answering: asyncio.Task[None] | None = None


class MemoryRoad:
    """The updates of one bot that are handled from memory. `is_inbox_in_trouble` says if the inbox still is."""

    def __init__(self, handling: Handling, is_inbox_in_trouble: Callable[[], bool]) -> None:
        self._handling = handling
        self._is_inbox_in_trouble = is_inbox_in_trouble
        self._chats: dict[int, _Chat] = {}
        self._open: set[int] = set()
        self._closed = asyncio.Event()

    def take(self, heard: Heard) -> None:
        """Take an update, newer than all of its chat that were taken before."""
        self._open.add(heard.number)
        chat = self._chats.setdefault(heard.chat, _Chat())
        if heard.lane is Lane.CHANGE:
            chat.change = asyncio.create_task(self._change(heard, chat, chat.change))
            return
        chat.waiting.append(_Question(heard, chat.change))
        questions = [entry for entry in chat.waiting if isinstance(entry, _Question)]
        for question in questions[:-MOST_QUESTIONS]:
            chat.waiting.remove(question)
            chat.left_out += 1
            self._close(question.heard.number)
        self._go_on(heard.chat, chat)

    def has(self, chat: int) -> bool:
        """True if anything of this chat is open: then newer updates of it must come here too, to keep the order."""
        return chat in self._chats

    @property
    def is_busy(self) -> bool:
        """True if anything is open."""
        return bool(self._open)

    def oldest(self, default: int) -> int:
        """Return the lowest number that is open, `default` if none is."""
        return min(self._open, default=default)

    async def wait(self, seconds: float) -> None:
        """Wait until an update was handled, at most so long."""
        self._closed.clear()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._closed.wait()

    async def finish(self, seconds: float) -> None:
        """Finish what is under way, and give up what takes longer. Call it when nothing more is taken."""
        if tasks := self._tasks():
            await asyncio.wait(tasks, timeout=seconds)
        for task in (late := self._tasks()):
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    def _tasks(self) -> list[asyncio.Task[None]]:
        tasks = [task for chat in self._chats.values() for task in (chat.change, chat.answering)]
        return [task for task in tasks if task and not task.done()]

    async def _change(self, heard: Heard, chat: _Chat, before: asyncio.Task[None] | None) -> None:
        if before is not None:
            await asyncio.wait({before})
        outcome = await self._handling.handle(heard.update, 0, self._is_inbox_in_trouble)
        if chat.change is asyncio.current_task():
            chat.change = None
        if outcome.reply is None:
            self._close(heard.number)
        else:
            chat.waiting.append(_Reply(heard.number, outcome.reply))
        self._go_on(heard.chat, chat)

    def _go_on(self, number: int, chat: _Chat) -> None:
        """Answer what waits in a chat; forget the chat when nothing of it is open."""
        if chat.answering is None and chat.waiting:
            chat.answering = asyncio.create_task(self._answer(number, chat))
        elif chat.answering is None and chat.change is None:
            self._chats.pop(number, None)

    async def _answer(self, number: int, chat: _Chat) -> None:
        while chat.waiting:
            entry = chat.waiting.popleft()
            if isinstance(entry, _Reply):
                await self._handling.say(entry.text)
                self._close(entry.number)
                continue
            if entry.after is not None:
                await asyncio.wait({entry.after})
            left_out, chat.left_out = chat.left_out, 0
            await self._handling.handle(entry.heard.update, left_out, self._is_inbox_in_trouble)
            self._close(entry.heard.number)
        chat.answering = None
        self._go_on(number, chat)

    def _close(self, number: int) -> None:
        self._open.discard(number)
        self._closed.set()
