"""The command menu follows the topics, and a menu that was refused for its commands is mended by changing them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from builders import topic
from telegram.ext import ExtBot

from bot.receiver import offer_menu
from bot.simulator import Simulator, State
from bot.telegram.readable_answers import ReadableAnswers
from bot.telegram.retry import Pauses
from bot.telegram.transport import Transport
from briefings.model import Topic

HOURS = Pauses(first=3600, most=3600, most_unreached=3600)
INVALID = {"ok": False, "error_code": 400, "description": "Bad Request: BOT_COMMAND_INVALID"}


class FakeReading:
    """Holds the topics that a test gives it, and queues a note of each look at them."""

    def __init__(self, *topics: Topic) -> None:
        self.all_topics = list(topics)
        self.looks = asyncio.Queue[None]()

    async def topics(self) -> list[Topic]:
        self.looks.put_nowait(None)
        return self.all_topics


@pytest.fixture
async def bot(simulator: Simulator) -> AsyncIterator[ExtBot[None]]:
    async with Transport(connections=1) as transport:
        yield ExtBot(simulator.token, base_url=f"{simulator.url}/bot", request=ReadableAnswers(transport))


def offers(state: State, command: str) -> bool:
    """Return True if the menu holds this command."""
    return any(entry["command"] == command for menu in state.commands.values() for entry in menu)


async def test_the_menu_follows_the_topics(simulator: Simulator, bot: ExtBot[None]) -> None:
    reading = FakeReading(topic("relos"))
    offering = asyncio.create_task(offer_menu(bot, reading, HOURS, look_seconds=0.01))
    await simulator.state.wait_for(lambda state: offers(state, "relos"))
    reading.all_topics.append(topic("tejas"))
    await simulator.state.wait_for(lambda state: offers(state, "tejas"))
    offering.cancel()


async def test_a_menu_that_was_refused_is_offered_again_as_soon_as_it_has_changed(
    simulator: Simulator, bot: ExtBot[None]
) -> None:
    simulator.state.answer(400, INVALID, method="setMyCommands")
    reading = FakeReading(topic("relos"))
    offering = asyncio.create_task(offer_menu(bot, reading, HOURS, look_seconds=0.01))
    await simulator.state.wait_for(lambda state: state.calls and state.calls[0].status == 400)
    reading.all_topics = [topic("tejas")]
    await simulator.state.wait_for(lambda state: offers(state, "tejas"))
    offering.cancel()
    assert len(simulator.state.calls) == 2, "the menu that was refused is not offered again before its time"


async def test_a_menu_that_could_not_be_sent_is_not_hurried_by_a_change(
    simulator: Simulator, bot: ExtBot[None]
) -> None:
    simulator.state.fail("502", method="setMyCommands")
    reading = FakeReading(topic("relos"))
    offering = asyncio.create_task(offer_menu(bot, reading, HOURS, look_seconds=0.01))
    await simulator.state.wait_for(lambda state: state.calls and state.calls[0].status == 502)
    reading.all_topics = [topic("tejas")]
    for _ in range(reading.looks.qsize() + 5):
        await reading.looks.get()
    offering.cancel()
    assert len(simulator.state.calls) == 1
