"""Updates from memory while the inbox cannot be written: the inbox's rules, and confirmed only when handled."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from fake_handler import FakeHandler
from fakes import MORNING
from telegram import Chat, Message, Update
from telegram.ext import ExtBot

from bot.updates.handling import Handling, Heard, Retries
from bot.updates.memory import MemoryRoad
from briefings.newsroom.inbox import MOST_QUESTIONS

ANN, BOB = 5, 6


class Road:
    """A memory road, and what is taken by it."""

    def __init__(self, handler: FakeHandler) -> None:
        self.handler = handler
        self.memory = MemoryRoad(
            Handling(ExtBot("1:TEST"), handler, retries=Retries(pauses=(0.01,))), lambda: handler.is_unreadable
        )
        self._number = 0

    def say(self, chat: int, *texts: str) -> None:
        for text in texts:
            self._number += 1
            update = Update(self._number, Message(self._number, MORNING, Chat(chat, "private"), text=text))
            lane = self.handler.lane_of(update)
            assert lane is not None
            self.memory.take(Heard(self._number, chat, lane, "", update))

    async def until_idle(self) -> None:
        async with asyncio.timeout(10):
            while self.memory.is_busy:
                await self.memory.wait(1)


@pytest.fixture
async def road() -> AsyncIterator[Road]:
    road = Road(FakeHandler())
    yield road
    await road.memory.finish(0)


async def test_a_chats_questions_are_answered_in_order_beside_those_of_others(road: Road) -> None:
    gate = road.handler.slow_for(ANN)
    road.say(ANN, "one", "two")
    road.say(BOB, "from Bob")
    await road.handler.until_answered("from Bob")
    assert "two" not in road.handler.begun
    assert road.memory.oldest(99) == 1, "what is not answered is not confirmed, and nothing after it"
    gate.set()
    await road.until_idle()
    assert road.handler.answered == ["from Bob", "one", "two"]
    assert road.memory.oldest(99) == 99
    assert not road.memory.has(ANN)


async def test_a_change_is_made_at_once_and_its_reply_comes_in_turn(road: Road) -> None:
    gate = road.handler.slow_for(ANN)
    road.say(ANN, "one", "/at 9", "/stop", "two")
    await road.handler.until(lambda: road.handler.changed == ["/at 9", "/stop"])
    assert road.handler.said == []
    gate.set()
    await road.until_idle()
    assert road.handler.said == [f"{ANN} did /at 9", f"{ANN} did /stop"]
    assert road.handler.answered == ["one", "two"]


async def test_of_many_questions_the_newest_are_answered(road: Road) -> None:
    gate = road.handler.slow_for(ANN)
    road.say(ANN, "first")
    await road.handler.until_begun("first")
    road.say(ANN, *(f"question {number}" for number in range(MOST_QUESTIONS + 3)))
    gate.set()
    await road.until_idle()
    assert road.handler.answered == ["first", *(f"question {number}" for number in range(3, MOST_QUESTIONS + 3))]
    assert road.handler.left_out == {"question 3": 3}


async def test_a_question_is_tried_again_until_the_newsroom_can_be_read(road: Road) -> None:
    road.handler.is_unreadable = True
    road.say(ANN, "one", "two")
    await road.handler.until(lambda: road.handler.begun.count("one") > 10)
    assert road.memory.oldest(99) == 1
    road.handler.is_unreadable = False
    await road.until_idle()
    assert road.handler.answered == ["one", "two"]
    assert road.handler.apologised == []


async def test_a_change_that_cannot_be_saved_is_said_at_once(road: Road) -> None:
    road.handler.is_unreadable = True
    road.say(ANN, "/stop")
    await road.until_idle()
    assert road.handler.said == [f"{ANN} not saved"]


async def test_what_a_stop_gives_up_stays_unconfirmed(road: Road) -> None:
    road.handler.slow_for(ANN)
    road.say(BOB, "from Bob")
    road.say(ANN, "one")
    await road.handler.until_answered("from Bob")
    await road.memory.finish(0)
    assert road.memory.oldest(99) == 2
