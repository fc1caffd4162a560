"""The whole program against the simulator: real bot, real HTTP, real SQLite, a clock moved by hand.

Whatever a journey makes the bot say is put before Telegram's own parser when it ends, and whatever was
logged meanwhile is searched for the token.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from fakes import queue

from bot.cli.trial import ShiftedClock
from bot.simulator import Sent, Simulator
from briefings.editions.model import Block
from briefings.model import Entry
from briefings.newsroom.opening import Newsroom

MORNING = datetime(2025, 12, 4, 6, 0, tzinfo=UTC)
READER = 1001


@dataclass
class Journey:
    """A running bot, its simulator and its clock."""

    simulator: Simulator
    clock: ShiftedClock
    newsroom: Newsroom

    async def ask(self, text: str, *, chat: int = READER, answers: int = 1) -> list[Sent]:
        """Say something and wait for so many answers."""
        before = len(self.simulator.state.sent(chat))
        self.simulator.state.say(chat, text)
        return (await self.simulator.state.wait(chat, before + answers))[before:]

    async def hear(self, count: int, *, chat: int = READER) -> list[Sent]:
        """Wait until the chat holds so many messages of the bot."""
        return await self.simulator.state.wait(chat, count)

    def move_to(self, hour: int, minute: int, *, day: int = 4) -> None:
        """Move the clock on within December 2025, UTC."""
        self.clock.move_to(MORNING.replace(day=day, hour=hour, minute=minute))
        self.newsroom.nudge("publish")

    async def queue(self, printed: Sequence[Block], *chats: int) -> None:
        """One edition of these blocks on its way to each of these readers."""
        await queue(self.newsroom.database, printed, *map(str, chats), now=self.clock())
        self.newsroom.nudge("dispatch")


def report(number: int, *, title: str | None = None, hours_ago: float = 3, source: str = "Sample Wire") -> Entry:
    """One article on an event of its own: its words are invented, so that no two events look alike."""
    who, what, where, how, by, did = (
        f"{stem}{_letters(number)}" for stem in ("Gen", "bar", "Por", "mil", "Tor", "vel")
    )
    return Entry(
        title=title or f"{who} opens {what} {how} in {where}",
        text=(
            f"{who} opened the {what} {how} in {where}. "
            f"{by} {did}ed {number + 20} {how} {did}s of {where}. "
            f"{what.capitalize()} {did}ing {by} was {number + 100} {how}."
        ),
        url=f"https://example.org/{source.lower().replace(' ', '-')}/{number}",
        published=MORNING - timedelta(hours=hours_ago),
        source=source,
        language="en",
    )


def _letters(number: int) -> str:
    """A number as letters no other number has."""
    return "".join("abcdefghij"[int(digit)] for digit in f"{number:03}")


def reports(first: int, count: int) -> Sequence[Entry]:
    return [report(number) for number in range(first, first + count)]
