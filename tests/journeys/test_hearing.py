"""Nobody goes unheard: floods of one chat, many chats at once, changes behind questions, a kill in the middle."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest
from fakes import rows
from journey import READER, Journey
from program import program

from bot.simulator import Sent, Simulator
from briefings.newsroom.inbox import MOST_QUESTIONS
from briefings.store.schema import inbox

FLOODER, OTHER = 2001, 2002


def times_of(journey: Journey, *chats: int) -> list[tuple[int, int]]:
    """Return, of each message to these chats in the order they were sent, the chat and how many it had before."""
    sent = sorted((message for chat in chats for message in journey.simulator.state.sent(chat)), key=_number)
    counts = dict.fromkeys(chats, 0)
    order = []
    for message in sent:
        order.append((message.chat_id, counts[message.chat_id]))
        counts[message.chat_id] += 1
    return order


def _number(message: Sent) -> int:
    return message.message_id


async def test_a_flood_of_one_chat_delays_nobody_and_its_newest_questions_are_answered(journey: Journey) -> None:
    state = journey.simulator.state
    for chat in (FLOODER, OTHER):
        state.person(chat)
    for number in range(2000):
        state.say(FLOODER, f"word{number}")
    await journey.ask("/help", chat=OTHER)
    assert len(state.sent(FLOODER)) <= 3, "the other chat was answered among the first"
    await state.wait_for(lambda state: not state.updates)
    excuse, *newest = (await journey.receive(3, chat=FLOODER))[:3]
    assert "You asked faster than I may answer here, so I left out" in excuse.text
    assert min(int(re.findall(r"word(\d+)", answer.text)[0]) for answer in newest) >= 100 - MOST_QUESTIONS
    waiting = [row for row in await rows(journey.newsroom.database, inbox) if row["done"] is None]
    assert len(waiting) <= MOST_QUESTIONS + 1
    assert all(row["payload"] == "" for row in await rows(journey.newsroom.database, inbox) if row["done"])


@pytest.fixture
def telegram_values() -> dict[str, Any]:
    """Thirty messages a second, so that answers to so many chats take their time."""
    return {"messages_per_second": 30}


async def test_every_chats_first_question_is_answered_before_any_second_one(journey: Journey) -> None:
    chats = range(3001, 3061)
    for chat in chats:
        journey.simulator.state.person(chat)
    for chat in chats:
        for number in range(2):
            journey.simulator.state.say(chat, f"word{number}")
    await asyncio.gather(*(journey.receive(2, chat=chat) for chat in chats))
    assert [place for _, place in times_of(journey, *chats)] == [0] * len(chats) + [1] * len(chats)


async def test_a_change_is_made_at_once_however_much_is_to_be_said_before(journey: Journey) -> None:
    state = journey.simulator.state
    await journey.ask("/start", answers=2)
    for number in range(10):
        state.say(READER, f"word{number}")
    state.say(READER, "/stop")
    async with asyncio.timeout(10):
        while await journey.newsroom.readers.find(str(READER)):  # noqa: ASYNC110 - the database tells nobody
            await asyncio.sleep(0.02)
    assert len(state.sent(READER)) <= 2 + 5, "most of the questions before it are still to be answered"


async def test_a_kill_at_any_moment_loses_no_question_and_no_change(tmp_path: Path, file_url: str) -> None:
    chats = range(4001, 4009)
    async with Simulator() as simulator:
        settings = {
            "BRIEFINGS_DATABASE_URL": file_url,
            "TELEGRAM_API_URL": simulator.url,
            "TELEGRAM_BOT_TOKEN": simulator.token,
        }
        for chat in chats:
            simulator.state.person(chat)
            for text in ("word1", "/start", "word2"):
                simulator.state.say(chat, text)
        for answers in (1, 9):
            async with program("run", cwd=tmp_path, **settings) as running:
                await simulator.state.wait_for(lambda state: _sent(state, chats) >= answers, 30)  # noqa: B023
                running.process.kill()
                await running.ends()
        async with program("run", cwd=tmp_path, **settings):
            for chat in chats:
                await simulator.state.wait_for(lambda state: _has_all(state.sent(chat)), 30)  # noqa: B023


def _sent(state: Any, chats: range) -> int:
    return sum(len(state.sent(chat)) for chat in chats)


def _has_all(messages: list[Sent]) -> bool:
    """True if both questions were answered, and the change between them."""
    texts = [message.text for message in messages]
    return all(any(words in text for text in texts) for words in ("word1", "ubscribed", "word2"))
