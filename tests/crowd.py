"""A crowd of readers with an edition of several messages on its way to each, while processes that send it are harmed.

The chats decide if the guarantee was kept: every part must be there, in order; messages that came twice are counted.
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
"""Time after which a wait has failed."""


@dataclass(frozen=True)
class Crowd:
    """The readers, the parts of the edition that each is to get, and the newsroom as the test sees it."""

    simulator: Simulator
    newsroom: Newsroom
    chats: Sequence[int]
    parts: Sequence[str]
    edition: int
    settings: dict[str, str]
    """The environment that a process is started with."""

    def texts(self, chat: int) -> list[str]:
        """Return all texts that a reader has been sent, in order."""
        return [message.text for message in self.simulator.state.sent(chat)]

    def parts_sent(self, chat: int) -> list[str]:
        """Return the parts of the edition that a reader has been sent, in order."""
        return [first for text in self.texts(chat) if (first := text.split()[0]) in self.parts]

    async def until_sent(self, count: int) -> None:
        """Wait until so many parts have been sent to all readers together."""
        await self.simulator.state.wait_for(
            lambda _: sum(len(self.parts_sent(chat)) for chat in self.chats) >= count, ENOUGH_SECONDS
        )

    async def until_all_sent(self) -> int:
        """Wait for the end; check that every reader has the edition whole and in order.

        Return how many messages came twice.
        """
        await self.simulator.state.wait_for(
            lambda _: all(set(self.parts_sent(chat)) >= set(self.parts) for chat in self.chats), ENOUGH_SECONDS
        )
        async with asyncio.timeout(ENOUGH_SECONDS):
            while await self.newsroom.upkeep.deliveries(failed=False):  # noqa: ASYNC110 - a database wakes no waiter
                await asyncio.sleep(0.1)
        for chat in self.chats:
            parts = [part for part, _ in itertools.groupby(self.parts_sent(chat))]
            assert parts == list(self.parts), "whole and in order"
        assert await self.newsroom.upkeep.deliveries(failed=True) == []
        return sum(len(self.texts(chat)) - len(set(self.texts(chat))) for chat in self.chats)

    async def count_in_flight(self) -> int:
        """Count the messages that were sent and are not stored as delivered. Any other edition is one message."""
        delivered = 0
        for row in await rows(self.newsroom.database, schema.deliveries):
            delivered += row["cursor"] if row["edition_id"] == self.edition else row["state"] == "delivered"
        return sum(len(set(self.texts(chat))) for chat in self.chats) - delivered

    @property
    def messages(self) -> int:
        """The number of messages that are to be sent in all."""
        return len(self.chats) * len(self.parts)


@asynccontextmanager
async def crowd(url: str, readers: int, parts: int, host: str = "127.0.0.1", **settings: str) -> AsyncIterator[Crowd]:
    """Readers who wait for an edition of so many messages (`parts`). The simulator listens at `host`.

    `settings` are added to the environment that processes are started with.
    """
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
            await connection.execute(schema.deliveries.delete())  # first editions are no part of these tests
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
