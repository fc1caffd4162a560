"""Owners are told of trouble with sources once, over real HTTP to the simulator."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from fakes import MORNING, Clock
from impatience import IMPATIENCE, TOKEN_REFUSED
from pydantic import ValidationError
from telegram.ext import ExtBot

from bot.ops.alerts import MOST_LINES, alert_owners, source_news, tell
from bot.settings import TelegramSettings
from bot.simulator import Simulator
from bot.telegram.readable_answers import ReadableAnswers
from bot.telegram.retry import Outage
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
    bot = ExtBot(simulator.token, base_url=f"{simulator.url}/bot", request=ReadableAnswers(Transport(connections=1)))
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


@pytest.fixture
def outage() -> Outage:
    return Outage(IMPATIENCE.chores)


async def fails(sources: Sources, database: Database, failures: int) -> None:
    async with database.write() as connection:
        for source in await shelf.everything(connection):
            await shelf.note_failure(connection, source, REFUSED, failures, MORNING)


async def test_an_owner_is_told_once_of_trouble_and_once_of_its_end(
    simulator: Simulator, bot: OwnerBot, sources: Sources, database: Database, outage: Outage
) -> None:
    for failures in (5, 6, 0, 0):
        await fails(sources, database, failures)
        assert await tell(bot, sources, [OWNER], outage)
    assert [message.text for message in simulator.state.sent(OWNER)] == [
        "Source 1 is in trouble: example.org: example.org answered 500.",
        "Source 1 works again: example.org.",
    ]


async def test_a_source_that_recovers_before_the_owner_was_told_is_not_mentioned(
    simulator: Simulator, bot: OwnerBot, sources: Sources, database: Database, outage: Outage
) -> None:
    await fails(sources, database, 0)
    assert await tell(bot, sources, [OWNER], outage)
    assert simulator.state.sent(OWNER) == []


NOT_TOLD: dict[str, tuple[int, object]] = {
    "502": (502, {"ok": False, "error_code": 502, "description": "Bad Gateway"}),
    "401": (401, TOKEN_REFUSED),
    "a-page": (200, b"<html>Log in</html>"),
    "a-page-for-400": (400, b"<html>Bad Request</html>"),
    "a-page-for-403": (403, b"<html>Forbidden</html>"),
    "a-page-for-404": (404, b"<html>Not Found</html>"),
    "a-list": (200, []),
}


@pytest.mark.parametrize(("status", "body"), NOT_TOLD.values(), ids=NOT_TOLD)
async def test_during_an_outage_nothing_counts_as_told(
    simulator: Simulator,
    bot: OwnerBot,
    sources: Sources,
    outage: Outage,
    caplog: pytest.LogCaptureFixture,
    status: int,
    body: Any,
) -> None:
    simulator.state.answer(status, body, method="sendMessage", times=2)
    for _ in range(2):
        assert not await tell(bot, sources, [OWNER], outage)
    assert len(caplog.messages) == 1, "it is logged once"
    assert await tell(bot, sources, [OWNER], outage)
    assert len(simulator.state.sent(OWNER)) == 1
    assert simulator.token not in caplog.text


async def test_an_alert_is_tried_again_until_the_owner_is_told(
    simulator: Simulator, bot: OwnerBot, sources: Sources, caplog: pytest.LogCaptureFixture
) -> None:
    @asynccontextmanager
    async def alone() -> AsyncIterator[bool]:
        yield True

    simulator.state.answer(404, b"<html>Not Found</html>", method="sendMessage", times=5)
    with caplog.at_level(logging.INFO, "bot"):
        alerting = asyncio.create_task(alert_owners(bot, sources, [OWNER], alone, IMPATIENCE.chores))
        await simulator.state.wait(OWNER, 1)
        async with asyncio.timeout(10):
            while "can be told again" not in caplog.text:  # noqa: ASYNC110 - a log announces nothing
                await asyncio.sleep(0.01)
        alerting.cancel()
        await asyncio.wait({alerting})
    assert caplog.text.count("was not reached") == 1
    assert [call.method for call in simulator.state.calls].count("sendMessage") == 6


async def test_the_other_owners_are_told_when_one_has_blocked_the_bot(
    simulator: Simulator, bot: OwnerBot, sources: Sources, outage: Outage
) -> None:
    simulator.state.person(OTHER)
    simulator.state.block(OWNER)
    assert await tell(bot, sources, [OWNER, OTHER], outage)
    assert len(simulator.state.sent(OTHER)) == 1
    assert await sources.untold() == []


async def test_without_owners_trouble_is_one_warning(
    simulator: Simulator, bot: OwnerBot, sources: Sources, outage: Outage, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "bot.ops.alerts"):
        for _ in range(2):
            assert await tell(bot, sources, [], outage)
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
