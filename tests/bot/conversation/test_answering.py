"""Which updates are for us; late questions get an excuse; a held chat gets no answers, and its settings are changed."""

from __future__ import annotations

import itertools
import logging
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from fakes import MORNING
from telegram import Chat, Message, PhotoSize, Update, User
from telegram.ext import ExtBot

from bot.conversation.answering import SAY_AGAIN_SECONDS, Conversation
from bot.simulator import Simulator
from bot.telegram.chat_limits import ChatClock
from bot.telegram.server_time import TelegramTime
from bot.telegram.transport import Transport
from briefings.newsroom.inbox import Lane
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
def seconds() -> list[float]:
    """The seconds of the conversation's clock, to be moved."""
    return [0.0]


@pytest.fixture
async def conversation(
    simulator: Simulator, newsroom: Newsroom, chats: ChatClock, seconds: list[float]
) -> AsyncIterator[Conversation]:
    simulator.state.person(ANN)
    async with Transport(connections=4) as transport:
        bot = ExtBot[None](simulator.token, base_url=f"{simulator.url}/bot", request=transport)
        await bot.initialize()
        time_of_telegram = TelegramTime(newsroom.clock, time.monotonic)
        yield Conversation(bot, newsroom, chats, time_of_telegram, monotonic=lambda: seconds[0])


def question(text: str, seconds_ago: float = 0) -> Update:
    number = next(NUMBERS)
    person = User(ANN, "Ann", is_bot=False)
    date = MORNING - timedelta(seconds=seconds_ago)
    return Update(number, Message(number, date, Chat(ANN, "private"), from_user=person, text=text))


def texts(simulator: Simulator) -> list[str]:
    """Return the first words of the bot's messages."""
    return [message.text.partition(" ")[0] for message in simulator.state.sent(ANN)]


async def handle(conversation: Conversation, update: Update, left_out: int = 0) -> None:
    """Handle an update as the inbox does."""
    if conversation.lane_of(update) is Lane.QUESTION:
        return await conversation.answer(update, left_out)
    outcome = await conversation.carry_out(update)
    if outcome.reply:
        await conversation.say(outcome.reply)


async def test_questions_that_waited_too_long_get_one_excuse_until_one_in_time(
    simulator: Simulator, conversation: Conversation
) -> None:
    for _ in range(3):
        await handle(conversation, question("/help", seconds_ago=601))
    assert texts(simulator) == ["I"]
    for seconds_ago in (599, 0, 601):
        await handle(conversation, question("/help", seconds_ago=seconds_ago))
    assert texts(simulator) == ["I", "/start", "/start", "I"]


async def test_late_changes_of_settings_are_always_made_and_answered(
    simulator: Simulator, conversation: Conversation
) -> None:
    for _ in range(3):
        await handle(conversation, question("/stop", seconds_ago=3600))
    assert texts(simulator) == ["You"] * 3


async def test_a_chat_is_told_once_that_questions_were_left_out(
    simulator: Simulator, conversation: Conversation, seconds: list[float]
) -> None:
    for count in (80, 0, 7):
        await handle(conversation, question("/help"), left_out=count)
    assert texts(simulator) == ["You", "/start", "/start", "/start"]
    assert "I left out 80 questions" in simulator.state.sent(ANN)[0].text
    seconds[0] += SAY_AGAIN_SECONDS
    await handle(conversation, question("/help"), left_out=1)
    assert "I left out one question." in simulator.state.sent(ANN)[-2].text, "and again when it goes on and on"


LANES = {
    "a-keyword": ("relos", Lane.QUESTION),
    "a-command-that-asks": ("/today", Lane.QUESTION),
    "a-setting": ("/at 9", Lane.CHANGE),
    "an-unknown-command": ("/nonsense", Lane.QUESTION),
    "another-bots-command": ("/stop@other_bot", None),
}


@pytest.mark.parametrize(("text", "lane"), LANES.values(), ids=LANES.keys())
def test_the_lane_of_a_text_is_told_before_it_is_handled(
    conversation: Conversation, text: str, lane: Lane | None
) -> None:
    assert conversation.lane_of(question(text)) is lane


GROUP_LANES = {
    "talk": ({"text": "hello all"}, None),
    "a-keyword-without-a-slash": ({"text": "relos"}, None),
    "a-command": ({"text": "/relos"}, Lane.QUESTION),
    "a-setting": ({"text": "/stop"}, Lane.CHANGE),
    "a-picture": ({"photo": (PhotoSize("id", "unique", 1, 1),)}, None),
    "another-id": ({"migrate_to_chat_id": -1005}, Lane.CHANGE),
    "a-new-title": ({"new_chat_title": "News"}, None),
}


@pytest.mark.parametrize(("content", "lane"), GROUP_LANES.values(), ids=GROUP_LANES.keys())
def test_talk_in_a_group_is_not_for_us(conversation: Conversation, content: dict[str, Any], lane: Lane | None) -> None:
    message = Message(1, MORNING, Chat(-5, "group"), from_user=User(ANN, "Ann", is_bot=False), **content)
    assert conversation.lane_of(Update(1, message)) is lane


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
        await handle(conversation, question(text))
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
    await handle(conversation, question("/help"))
    assert texts(simulator) == ["/start"]
