"""The fixture that every journey starts from, described in `journey.py`."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from typing import Any

import pytest
from journey import READER, Journey, running
from telegram_parser import accepts

from bot.simulator import Simulator


@pytest.fixture
def journey_url(file_url: str) -> str:
    """The address of a journey's newsroom; a module may override it by `url`, to run on both databases."""
    return file_url


@pytest.fixture
def telegram_values() -> dict[str, Any]:
    """More settings of the face; a module may override it, to receive updates by a webhook for example."""
    return {}


@pytest.fixture
async def journey(
    journey_url: str, telegram_values: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> AsyncIterator[Journey]:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.INFO, "aiosqlite")  # every statement, a hundred thousand lines
    async with running(journey_url, telegram_values) as journey:
        journey.simulator.state.person(READER)
        yield journey
    _check_that_telegram_accepts_all_messages(journey.simulator)
    assert journey.simulator.token not in caplog.text, "the token is in a log"


def _check_that_telegram_accepts_all_messages(simulator: Simulator) -> None:
    for chat in simulator.state.chats:
        for message in simulator.state.sent(chat):
            if message.parse_mode == "HTML":
                accepts(message.html)
