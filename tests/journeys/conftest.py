"""The fixture that every journey starts from, described in `journey.py`."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from builders import copy_sample
from journey import MORNING, READER, Journey, running
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
    async with _journey(journey_url, telegram_values, caplog) as journey:
        yield journey


@pytest.fixture
async def stocked(
    tmp_path: Path, telegram_values: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> AsyncIterator[Journey]:
    """A journey whose newsroom holds all reports of the sample newsroom."""
    await copy_sample(tmp_path / "sample.db", MORNING, is_complete=True)
    async with _journey(f"sqlite:///{tmp_path / 'sample.db'}", telegram_values, caplog) as journey:
        yield journey


@asynccontextmanager
async def _journey(
    url: str, telegram_values: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> AsyncIterator[Journey]:
    """Run a journey with its reader, and check afterwards what the bot sent and what was logged."""
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.INFO, "aiosqlite")  # every statement, a hundred thousand lines
    async with running(url, telegram_values) as journey:
        journey.simulator.state.person(READER)
        yield journey
    _check_that_telegram_accepts_all_messages(journey.simulator)
    assert journey.simulator.token not in caplog.text, "the token is in a log"


def _check_that_telegram_accepts_all_messages(simulator: Simulator) -> None:
    for chat in simulator.state.chats:
        for message in simulator.state.sent(chat):
            if message.parse_mode == "HTML":
                accepts(message.html)
