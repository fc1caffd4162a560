"""Owners are told of trouble with sources once, over real HTTP to the simulator."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from fakes import MORNING, Clock
from pydantic import ValidationError
from telegram.ext import ExtBot

from bot.ops.alerts import MOST_LINES, source_news, tell
from bot.settings import TelegramSettings
from bot.simulator import Simulator
from bot.telegram.transport import Transport
from briefings.adapters.fetch import Fetcher
from briefings.errors import Problem, stated
from briefings.newsroom.sources import Kind, Source, Sources
from briefings.store import sources as shelf
from briefings.store.database import Database

OWNER, OTHER = 501, 502
REFUSED = Problem("server-refused", {"host": "example.org", "status": 500})
OwnerBot = ExtBot[None]


@pytest.fixture
async def bot(simulator: Simulator) -> AsyncIterator[OwnerBot]:
    bot = ExtBot(simulator.token, base_url=f"{simulator.url}/bot", request=Transport(connections=1))
    async with bot:
        simulator.state.person(OWNER)
        yield bot


@pytest.fixture
async def sources(database: Database, clock: Clock) -> Sources:
    """One source, in trouble."""
    sources = Sources(database, Fetcher, clock, timedelta(minutes=15))
    await sources.add(["https://user:secret@example.org/feed"], Kind.FEED)
    await fails(sources, database, 5)
    return sources


async def fails(sources: Sources, database: Database, failures: int) -> None:
    async with database.write() as connection:
        for source in await shelf.everything(connection):
            await shelf.note_failure(connection, source, REFUSED, failures, MORNING)


async def test_an_owner_is_told_once_of_trouble_and_once_of_its_end(
    simulator: Simulator, bot: OwnerBot, sources: Sources, database: Database
) -> None:
    for failures in (5, 6, 0, 0):
        await fails(sources, database, failures)
        assert await tell(bot, sources, [OWNER])
    assert [message.text for message in simulator.state.sent(OWNER)] == [
        "Source 1 is in trouble: example.org: example.org answered 500.",
        "Source 1 works again: example.org.",
    ]


async def test_a_source_that_recovers_before_the_owner_was_told_is_not_mentioned(
    simulator: Simulator, bot: OwnerBot, sources: Sources, database: Database
) -> None:
    await fails(sources, database, 0)
    assert await tell(bot, sources, [OWNER])
    assert simulator.state.sent(OWNER) == []


async def test_during_an_outage_nothing_counts_as_told(
    simulator: Simulator, bot: OwnerBot, sources: Sources, caplog: pytest.LogCaptureFixture
) -> None:
    simulator.state.fail("502")
    assert not await tell(bot, sources, [OWNER])
    assert await tell(bot, sources, [OWNER])
    assert len(simulator.state.sent(OWNER)) == 1
    assert simulator.token not in caplog.text


async def test_the_other_owners_are_told_when_one_has_blocked_the_bot(
    simulator: Simulator, bot: OwnerBot, sources: Sources
) -> None:
    simulator.state.person(OTHER)
    simulator.state.block(OWNER)
    assert await tell(bot, sources, [OWNER, OTHER])
    assert len(simulator.state.sent(OTHER)) == 1
    assert await sources.untold() == []


async def test_without_owners_trouble_is_one_warning(
    simulator: Simulator, bot: OwnerBot, sources: Sources, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "bot.ops.alerts"):
        for _ in range(2):
            assert await tell(bot, sources, [])
    assert [record.getMessage() for record in caplog.records if record.name == "bot.ops.alerts"] == [
        "Source 1 is in trouble: example.org: example.org answered 500."
    ]
    assert "secret" not in caplog.text


@pytest.mark.parametrize(
    ("given", "owners"), [("", ()), ("501", (501,)), (" 501, -1002 ,501,", (501, -1002))], ids=["none", "one", "more"]
)
def test_owners_are_numbers_of_chats(given: str, owners: tuple[int, ...]) -> None:
    assert TelegramSettings(owner_ids=given, _env_file=None).owners() == owners


@pytest.mark.parametrize("given", ["@me", "0", "501 502", "²", "9" * 30])
def test_an_owner_that_is_no_number_of_a_chat_is_refused(given: str) -> None:
    with pytest.raises(ValidationError, match=r"not-chat \(chat="):
        TelegramSettings(owner_ids=given, _env_file=None)


def test_an_alert_of_very_many_sources_fits_one_message() -> None:
    source = Source(1, "https://example.org/", Kind.FEED, "x" * 500, MORNING, timedelta(), 9, stated("y" * 5000))
    text = source_news([replace(source, id=number) for number in range(2000)])
    assert len(text) < 4096
    assert len(text.splitlines()) == MOST_LINES + 1
    assert text.endswith("And 1990 more; `briefings sources list` shows them all.")
