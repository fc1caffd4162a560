"""A polling connection that turned deaf is noticed and replaced: questions are answered once, and one line names it."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from impatience import FOREVER
from journey import READER, Journey, running

from bot.simulator import Call, State
from bot.telegram.retry import Patience, Pauses

ENOUGH_SECONDS = 30
WATCHFUL = Patience(poll=1, deaf=Pauses(first=0.2, most=1, most_unreached=1))
"""Looks after every poll that brings nothing."""


@asynccontextmanager
async def watched(url: str, caplog: pytest.LogCaptureFixture) -> AsyncIterator[Journey]:
    """Run the program with a watch that looks often. At the end, checks that no log holds the token."""
    with caplog.at_level(logging.INFO):
        async with running(url, patience=WATCHFUL) as journey:
            journey.simulator.state.person(READER)
            yield journey
        assert journey.simulator.token not in caplog.text


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return the lines that speak of the polling."""
    return [message for message in caplog.messages if "polling" in message or "Telegram" in message]


def polled(state: State) -> list[Call]:
    return [call for call in state.calls if call.method == "getUpdates"]


def connections(state: State) -> set[float]:
    """Return the connections that polls have come over, by the times at which they were opened."""
    return {call.opened for call in polled(state)}


def looks(state: State) -> int:
    """Return how often Telegram was asked how many updates it holds."""
    return sum(call.method == "getWebhookInfo" for call in state.calls)


async def test_questions_are_answered_once_after_a_deaf_connection_was_replaced(
    file_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with watched(file_url, caplog) as journey:
        state = journey.simulator.state
        await journey.ask("/help")
        state.deafen()
        state.say(READER, "/search")
        state.say(READER, "/help")
        _, search, commands = await state.wait(READER, 3, ENOUGH_SECONDS)
        assert (search.text[:16], "/today" in commands.text) == ("Search for what?", True)
        await journey.ask("/help")
        await state.wait_for(lambda state: not state.updates)
        assert len(state.sent(READER)) == 4, "each once"
    assert lines(caplog) == [
        "Telegram holds 2 updates, but polling brings none; its connection is opened anew",
        "polling brings updates again",
    ]


async def test_a_line_that_no_new_connection_helps_is_one_warning_and_hears_when_it_can(
    file_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with watched(file_url, caplog) as journey:
        state = journey.simulator.state
        await journey.ask("/help")
        polls, before = len(polled(state)), connections(state)
        state.answer(200, {"ok": True, "result": []}, method="getUpdates", times=FOREVER)
        await state.wait_for(lambda state: len(polled(state)) > polls)  # the poll that was open then brings no more
        state.say(READER, "/help")
        await state.wait_for(lambda state: len(connections(state) - before) >= 3, ENOUGH_SECONDS)
        state.heal()
        await state.wait(READER, 2, ENOUGH_SECONDS)
    assert lines(caplog) == [
        "Telegram holds 1 updates, but polling brings none; its connection is opened anew",
        "polling brings updates again",
    ]


async def test_a_line_that_hears_is_left_alone_while_an_answer_takes_long(
    file_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with watched(file_url, caplog) as journey:
        state = journey.simulator.state
        await journey.ask("/help")
        asked, before = looks(state), connections(state)
        state.fail("slow", method="sendMessage", delay=4)
        state.say(READER, "/search")
        await state.wait_for(lambda state: looks(state) >= asked + 3, ENOUGH_SECONDS)
        state.say(READER, "/help")
        await state.wait(READER, 3, ENOUGH_SECONDS)
        assert connections(state) == before
    assert lines(caplog) == []


async def test_no_question_waits_because_telegram_refuses_the_watch_for_an_hour(
    file_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with watched(file_url, caplog) as journey:
        state = journey.simulator.state
        state.fail("429", method="getWebhookInfo", times=FOREVER, retry_after=3600)
        await state.wait_for(looks, ENOUGH_SECONDS)
        await journey.ask("/help")
        polls = len(polled(state))
        await state.wait_for(lambda state: len(polled(state)) >= polls + 3, ENOUGH_SECONDS)
        assert looks(state) == 1, "a 429 is obeyed"
    assert lines(caplog) == []


async def test_an_outage_is_not_taken_for_deafness(file_url: str, caplog: pytest.LogCaptureFixture) -> None:
    async with watched(file_url, caplog) as journey:
        state = journey.simulator.state
        await journey.ask("/help")
        state.fail("502", method="getUpdates", times=3)
        state.say(READER, "/search")
        state.say(READER, "/help")
        await state.wait(READER, 3, ENOUGH_SECONDS)
    assert [line for line in lines(caplog) if "anew" in line] == []
