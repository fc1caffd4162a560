"""A chat with many late questions gets few answers; a chat that is held gets none, and its settings are changed."""

from __future__ import annotations

import itertools
import logging
import time
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from fakes import MORNING
from telegram import Chat, Message, Update, User
from telegram.ext import ExtBot

from bot.conversation.answering import MOST_LATE, Conversation
from bot.simulator import Simulator
from bot.telegram.chat_limits import ChatClock
from bot.telegram.server_time import TelegramTime
from bot.telegram.transport import Transport
from briefings.newsroom.opening import Newsroom

ANN = 5
NUMBERS = itertools.count(1)


@pytest.fixture
def url(file_url: str) -> str:
    """The database does not matter here."""
    return file_url


@pytest.fixture
def chats() -> ChatClock:
    return ChatClock(time.monotonic)


@pytest.fixture
async def conversation(simulator: Simulator, newsroom: Newsroom, chats: ChatClock) -> AsyncIterator[Conversation]:
    simulator.state.person(ANN)
    async with Transport(connections=4) as transport:
        bot = ExtBot[None](simulator.token, base_url=f"{simulator.url}/bot", request=transport)
        await bot.initialize()
        yield Conversation(bot, newsroom, chats, TelegramTime(newsroom.clock, time.monotonic))


def question(text: str, seconds_ago: float = 0) -> Update:
    number = next(NUMBERS)
    person = User(ANN, "Ann", is_bot=False)
    date = MORNING - timedelta(seconds=seconds_ago)
    return Update(number, Message(number, date, Chat(ANN, "private"), from_user=person, text=text))


def texts(simulator: Simulator) -> list[str]:
    """Return the first words of the bot's messages."""
    return [message.text.partition(" ")[0] for message in simulator.state.sent(ANN)]


async def test_a_chat_with_many_late_questions_gets_few_answers_and_one_excuse(
    simulator: Simulator, conversation: Conversation
) -> None:
    for _ in range(30):
        await conversation.handle(question("/help", seconds_ago=90))
    assert texts(simulator) == ["/start"] * MOST_LATE + ["I"]
    await conversation.handle(question("/help"))
    assert texts(simulator)[-1] == "/start", "a question in time is answered"
    await conversation.handle(question("/help", seconds_ago=90))
    assert texts(simulator)[-1] == "/start", "and late ones are counted anew"


async def test_any_number_of_questions_in_time_is_answered(simulator: Simulator, conversation: Conversation) -> None:
    for _ in range(3 * MOST_LATE):
        await conversation.handle(question("/help", seconds_ago=59))
    assert texts(simulator) == ["/start"] * 3 * MOST_LATE


async def test_late_changes_of_settings_are_always_answered(simulator: Simulator, conversation: Conversation) -> None:
    for _ in range(2 * MOST_LATE):
        await conversation.handle(question("/stop", seconds_ago=90))
    assert texts(simulator) == ["You"] * 2 * MOST_LATE


async def test_a_held_chat_is_logged_once_and_gets_no_answers_until_the_hold_ends(
    simulator: Simulator,
    conversation: Conversation,
    newsroom: Newsroom,
    chats: ChatClock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await newsroom.readers.subscribe(str(ANN))
    chats.hold(ANN, 3600)
    for text in ("/help", "relos", "/at 09:15", "/today"):
        await conversation.handle(question(text))
    assert texts(simulator) == []
    reader = await newsroom.readers.find(str(ANN))
    assert reader is not None
    assert [hour.isoformat("minutes") for hour in reader.subscriber.rhythm.times] == ["09:15"]
    [line] = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    assert line.startswith("Telegram lets a chat wait")


async def test_a_chat_held_for_less_than_an_answer_may_wait_is_answered(
    simulator: Simulator, conversation: Conversation, chats: ChatClock
) -> None:
    chats.hold(ANN, 30)  # the bot of this test has no limiter that would wait for it
    await conversation.handle(question("/help"))
    assert texts(simulator) == ["/start"]
