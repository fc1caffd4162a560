"""Readers with an edition of several messages on its way to each, while real processes carry it and come to harm.

The guarantee is judged by what their chats hold: every part, in order, and how many came twice.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from fakes import COMMANDS, blocks, queue, rows

from bot.simulator import Simulator
from briefings.newsroom.opening import Newsroom, open_newsroom, utc_now
from briefings.settings import NewsroomSettings
from briefings.store import schema

ENOUGH_SECONDS = 90


@dataclass(frozen=True)
class Crowd:
    """The readers, the parts of the edition each is to get, and the newsroom as the test sees it."""

    simulator: Simulator
    newsroom: Newsroom
    chats: Sequence[int]
    parts: Sequence[str]
    edition: int
    settings: dict[str, str]
    """What a process is started with."""

    def texts(self, chat: int) -> list[str]:
        """All that a reader has been sent, in the order it came."""
        return [message.text for message in self.simulator.state.sent(chat)]

    def taken(self, chat: int) -> list[str]:
        """The parts of the edition among it."""
        return [first for text in self.texts(chat) if (first := text.split()[0]) in self.parts]

    async def some_is_sent(self, count: int) -> None:
        """Wait until so many messages have come in all."""
        await self.simulator.state.wait_for(
            lambda _: sum(len(self.taken(chat)) for chat in self.chats) >= count, ENOUGH_SECONDS
        )

    async def all_is_sent(self) -> int:
        """Wait for the end; see that everybody has it whole and in order; return how many messages came twice."""
        await self.simulator.state.wait_for(
            lambda _: all(set(self.taken(chat)) >= set(self.parts) for chat in self.chats), ENOUGH_SECONDS
        )
        async with asyncio.timeout(ENOUGH_SECONDS):
            while await self.newsroom.upkeep.deliveries(failed=False):  # noqa: ASYNC110 - the database tells nobody
                await asyncio.sleep(0.1)
        for chat in self.chats:
            assert [part for part, _ in itertools.groupby(self.taken(chat))] == list(self.parts), "whole and in order"
        assert await self.newsroom.upkeep.deliveries(failed=True) == []
        return sum(len(self.texts(chat)) - len(set(self.texts(chat))) for chat in self.chats)

    async def unnoted(self) -> int:
        """Messages that were taken and are not noted as delivered. Any other edition is one message."""
        noted = 0
        for row in await rows(self.newsroom.database, schema.deliveries):
            noted += row["cursor"] if row["edition_id"] == self.edition else row["state"] == "delivered"
        return sum(len(set(self.texts(chat))) for chat in self.chats) - noted

    @property
    def messages(self) -> int:
        """How many there are to be."""
        return len(self.chats) * len(self.parts)


@asynccontextmanager
async def crowd(url: str, readers: int, parts: int, host: str = "127.0.0.1", **settings: str) -> AsyncIterator[Crowd]:
    """So many readers who wait for an edition of so many messages; the stand-in for Telegram listens at `host`."""
    chats = range(7001, 7001 + readers)
    numbers = [str(number + 1) for number in range(parts)]
    async with (
        Simulator(host=host) as simulator,
        open_newsroom(NewsroomSettings(database_url=url, _env_file=None), COMMANDS) as newsroom,
    ):
        for chat in chats:
            simulator.state.person(chat)
            await newsroom.readers.subscribe(str(chat))
        async with newsroom.database.write() as connection:
            await connection.execute(schema.deliveries.delete())  # the first editions are not the point here
        edition = blocks(*(f"{number} {'word ' * 600}".strip() for number in numbers))  # one message each
        await queue(newsroom.database, edition, *map(str, chats), now=utc_now())
        number = (await rows(newsroom.database, schema.deliveries))[0]["edition_id"]
        environment = {
            "TELEGRAM_BOT_TOKEN": simulator.token,
            "TELEGRAM_API_URL": simulator.url,
            "BRIEFINGS_DATABASE_URL": url,
            **settings,
        }
        yield Crowd(simulator, newsroom, chats, numbers, number, environment)
