"""A notice: one line and one message when trouble begins, one of each when it is over; reminders in between."""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from bot.ops.notice import REMINDERS, Notice, keep_telling
from bot.ops.problems import sentence
from bot.telegram.retry import Outage, Pauses
from briefings.errors import Problem, StoreTrouble

GONE = Problem("database-file-gone", {"file": "/news/briefings.db"})
REPLACED = Problem("database-file-replaced", {"file": "/news/briefings.db"})
OVER = Problem("database-works-again")


class Owners:
    """Owners who can be reached, or not, and a notice with a clock of its own."""

    def __init__(self) -> None:
        self.now = 0.0
        self.notice = Notice(OVER, logging.ERROR, monotonic=lambda: self.now)
        self.is_reached = True
        self.told: list[str] = []

    async def send(self, text: str, _: Outage | None = None) -> bool:
        if self.is_reached:
            self.told.append(text)
        return self.is_reached

    async def note(self, *problems: Problem | None) -> None:
        """Note these in turn, and tell the owners after each."""
        for problem in problems:
            self.notice.note(problem)
            await self.notice.tell(self.send)


def lines(caplog: pytest.LogCaptureFixture) -> list[tuple[str, str]]:
    return [(record.levelname, record.getMessage()) for record in caplog.records]


async def test_nothing_wrong_is_no_news(caplog: pytest.LogCaptureFixture) -> None:
    owners = Owners()
    await owners.note(None, None)
    assert (owners.told, lines(caplog)) == ([], [])


async def test_trouble_that_comes_and_goes_is_told_once_each(caplog: pytest.LogCaptureFixture) -> None:
    owners = Owners()
    await owners.note(None, GONE, GONE, REPLACED, GONE, None, None)
    assert owners.told == [sentence(GONE), sentence(OVER)]
    assert lines(caplog) == [("ERROR", str(GONE)), ("WARNING", str(OVER))]


async def test_trouble_that_lasts_is_logged_again_after_growing_intervals(caplog: pytest.LogCaptureFixture) -> None:
    owners = Owners()
    times = []
    for second in range(10_000):
        owners.now = second
        before = len(caplog.records)
        await owners.note(GONE)
        if len(caplog.records) > before:
            times.append(second)
    pauses = [later - earlier for earlier, later in itertools.pairwise(times)]
    assert pauses == [60, 120, 240, 480, 960, 1920, REMINDERS.most]
    assert len(owners.told) == 1


async def test_owners_who_were_not_reached_are_told_later() -> None:
    owners = Owners()
    owners.is_reached = False
    await owners.note(GONE, GONE)
    owners.is_reached = True
    await owners.note(GONE)
    assert owners.told == [sentence(GONE)]


async def test_trouble_that_was_over_before_anybody_could_be_told_is_not_told() -> None:
    owners = Owners()
    owners.is_reached = False
    await owners.note(GONE)
    owners.is_reached = True
    await owners.note(None)
    assert owners.told == []


@asynccontextmanager
async def yes() -> AsyncIterator[bool]:
    yield True


@asynccontextmanager
async def no() -> AsyncIterator[bool]:
    yield False


@asynccontextmanager
async def not_known() -> AsyncIterator[bool]:
    raise StoreTrouble("database-unusable", cause="away")
    yield True


WAYS = {"the-one-that-tells": (yes, 1), "another": (no, 0), "the-database-is-away": (not_known, 1)}


@pytest.mark.parametrize(("alone", "messages"), WAYS.values(), ids=WAYS.keys())
async def test_one_process_tells_and_every_one_when_the_database_does_not_say_which(alone, messages) -> None:  # type: ignore[no-untyped-def]
    owners, looks = Owners(), 0

    class Looking(Notice):
        @property
        def is_news(self) -> bool:
            nonlocal looks
            looks += 1
            return super().is_news

    notice = Looking(OVER)
    notice.note(GONE)
    telling = asyncio.create_task(keep_telling(notice, owners.send, alone, Pauses(0, 0, 0), 0))
    while looks < 20:  # noqa: ASYNC110 - a look is all that can be waited for
        await asyncio.sleep(0)
    telling.cancel()
    await asyncio.gather(telling, return_exceptions=True)
    assert len(owners.told) == messages
