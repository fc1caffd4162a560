"""A journey: the whole program against the simulator, with a real bot, real HTTP, real SQLite, a clock moved by hand.

When a journey ends, every message of the bot is put before Telegram's own parser, and all that was logged is searched
for the token.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from fakes import queue
from pydantic import SecretStr

from bot.app import run
from bot.settings import TelegramSettings
from bot.simulator import Sent, Simulator
from bot.telegram.retry import SHIPPED, Patience
from briefings.clock import Clock
from briefings.editions.model import Block
from briefings.model import Entry
from briefings.newsroom.opening import Newsroom
from briefings.settings import NewsroomSettings

MORNING = datetime(2025, 12, 4, 6, 0, tzinfo=UTC)
"""Journeys begin on this Thursday, an hour and a half before the default edition."""

READER = 1001


@dataclass
class Journey:
    """A running bot, its simulator and its clock."""

    simulator: Simulator
    clock: Clock
    newsroom: Newsroom

    async def ask(self, text: str, *, chat: int = READER, answers: int = 1) -> list[Sent]:
        """Send the bot a text, and wait for so many answers; return them."""
        before = len(self.simulator.state.sent(chat))
        self.simulator.state.say(chat, text)
        return (await self.simulator.state.wait(chat, before + answers))[before:]

    async def receive(self, count: int, *, chat: int = READER) -> list[Sent]:
        """Wait until the bot has sent the chat so many messages in all; return them."""
        return await self.simulator.state.wait(chat, count)

    def move_to(self, hour: int, minute: int, *, day: int = 4) -> None:
        """Move the clock on within December 2025, UTC."""
        self.clock.move_to(MORNING.replace(day=day, hour=hour, minute=minute))
        self.newsroom.nudge("publish")

    async def queue(self, printed: Sequence[Block], *chats: int, stories: Sequence[int] = ()) -> None:
        """Queue one edition of these blocks, which tell these stories, for each of these readers."""
        await queue(self.newsroom.database, printed, *map(str, chats), now=self.clock(), stories=stories)
        self.newsroom.nudge("dispatch")


@asynccontextmanager
async def running(
    database_url: str,
    telegram_values: Mapping[str, Any] = {},
    *,
    ahead: timedelta | None = None,
    is_dated: bool = True,
    patience: Patience = SHIPPED,
) -> AsyncIterator[Journey]:
    """Run the whole program on a newsroom, against a simulator, until the block ends.

    `telegram_values` are more settings of the face. With `ahead`, the simulator has a clock of its own, and the
    program's is ahead of it. `is_dated` is false for a Bot API server whose answers have no `Date` header. `patience`
    says how trouble with Telegram is waited out.
    """
    clock, stop, opened = Clock(MORNING), asyncio.Event(), asyncio.Queue[Newsroom]()
    async with Simulator(clock=clock if ahead is None else Clock(MORNING - ahead)) as simulator:
        simulator.state.is_dated = is_dated
        settings = NewsroomSettings(database_url=database_url, _env_file=None)
        values = {"bot_token": SecretStr(simulator.token), "api_url": simulator.url, "listen": "off"}
        telegram = TelegramSettings(**{**values, **telegram_values}, _env_file=None)
        program = asyncio.create_task(
            run(settings, telegram, stop, clock=clock, started=opened.put_nowait, patience=patience)
        )
        opening = asyncio.create_task(opened.get())
        await asyncio.wait({program, opening}, return_when=asyncio.FIRST_COMPLETED)
        try:
            if not program.done():
                yield Journey(simulator, clock, await opening)
        finally:
            stop.set()
            opening.cancel()
            await program


def report(number: int, *, title: str | None = None, hours_ago: float = 3, source: str = "Sample Wire") -> Entry:
    """Return an article on an event of its own: its words are invented, so that no two events look alike."""
    actor, thing, place, manner, helper, deed = (
        f"{stem}{_letters(number)}" for stem in ("Gen", "bar", "Por", "mil", "Tor", "vel")
    )
    return Entry(
        title=title or f"{actor} opens {thing} {manner} in {place}",
        text=(
            f"{actor} opened the {thing} {manner} in {place}. "
            f"{helper} {deed}ed {number + 20} {manner} {deed}s of {place}. "
            f"{thing.capitalize()} {deed}ing {helper} was {number + 100} {manner}."
        ),
        url=f"https://example.org/{source.lower().replace(' ', '-')}/{number}",
        published=MORNING - timedelta(hours=hours_ago),
        source=source,
        language="en",
    )


def _letters(number: int) -> str:
    """Spell a number in letters, each number in its own."""
    return "".join("abcdefghij"[int(digit)] for digit in f"{number:03}")


def reports(first: int, count: int) -> Sequence[Entry]:
    return [report(number) for number in range(first, first + count)]
