"""The fixture that every journey starts from, described in `journey.py`."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import Any

import pytest
from journey import MORNING, READER, Journey
from pydantic import SecretStr
from telegram_parser import accepts

from bot.app import run
from bot.cli.trial import ShiftedClock
from bot.settings import TelegramSettings
from bot.simulator import Simulator
from briefings.newsroom.opening import Newsroom
from briefings.settings import NewsroomSettings


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
    clock, stop, opened = ShiftedClock(MORNING), asyncio.Event(), asyncio.Queue[Newsroom]()
    async with Simulator(clock=clock) as simulator:
        settings = NewsroomSettings(database_url=journey_url, _env_file=None)
        values = {"bot_token": SecretStr(simulator.token), "api_url": simulator.url, "listen": "off"} | telegram_values
        telegram = TelegramSettings(**values, _env_file=None)
        running = asyncio.create_task(run(settings, telegram, stop, clock=clock, started=opened.put_nowait))
        opening = asyncio.create_task(opened.get())
        await asyncio.wait({running, opening}, return_when=asyncio.FIRST_COMPLETED)
        try:
            if not running.done():
                simulator.state.person(READER)
                yield Journey(simulator, clock, await opening)
        finally:
            stop.set()
            opening.cancel()
            await running
        _check_that_telegram_accepts_all_messages(simulator)
    assert simulator.token not in caplog.text, "the token is in a log"


def _check_that_telegram_accepts_all_messages(simulator: Simulator) -> None:
    for chat in simulator.state.chats:
        for message in simulator.state.sent(chat):
            if message.parse_mode == "HTML":
                accepts(message.html)
