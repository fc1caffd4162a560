"""The watch over the database's file: one line and one message when it goes, one of each when it is back."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator

import pytest

from bot.ops.file_watch import FileWatch, watch_file
from bot.ops.problems import sentence
from briefings.errors import BriefingsError, Problem, StoreTrouble

GONE = Problem("database-file-gone", {"file": "/news/briefings.db"})
REPLACED = Problem("database-file-replaced", {"file": "/news/briefings.db"})
BACK = sentence(Problem("database-file-back"))
AT_ONCE = FileWatch(look=0, try_again=0)


class Owners:
    """Owners who can be reached, or not. Each look at the file takes the next of `problems`; the last one stays."""

    def __init__(self, *problems: Problem | None) -> None:
        self.problems = list(problems)
        self.trouble: list[bool | BriefingsError] = []
        """What comes of the next attempts to reach them; then they are reached."""
        self.told: list[str] = []
        self.attempts = self.looks = 0

    def lost(self) -> Problem | None:
        self.looks += 1
        return self.problems.pop(0) if len(self.problems) > 1 else self.problems[0]

    async def send(self, text: str) -> bool:
        self.attempts += 1
        outcome = self.trouble.pop(0) if self.trouble else True
        if isinstance(outcome, BriefingsError):
            raise outcome
        if outcome:
            self.told.append(text)
        return outcome

    async def watched(self, looks: int = 30, pace: FileWatch = AT_ONCE) -> None:
        """Watch until the file was looked at so often."""
        watching = asyncio.create_task(watch_file(self.lost, self.send, pace))
        while self.looks < looks:  # noqa: ASYNC110 - a look is all that can be waited for
            await asyncio.sleep(0)
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)


@pytest.fixture(autouse=True)
async def log(caplog: pytest.LogCaptureFixture) -> AsyncIterator[None]:
    with caplog.at_level(logging.INFO, "bot.ops.file_watch"):
        yield


def lines(caplog: pytest.LogCaptureFixture) -> list[tuple[str, str]]:
    return [(record.levelname, record.getMessage()) for record in caplog.records]


async def test_a_file_in_its_place_is_not_mentioned(caplog: pytest.LogCaptureFixture) -> None:
    owners = Owners(None)
    await owners.watched()
    assert (owners.told, lines(caplog)) == ([], [])


async def test_a_file_that_goes_and_comes_back_is_told_once_each(caplog: pytest.LogCaptureFixture) -> None:
    owners = Owners(None, GONE, GONE, REPLACED, GONE, None)
    await owners.watched()
    assert owners.told == [sentence(GONE), BACK]
    assert lines(caplog) == [("ERROR", str(GONE)), ("WARNING", "database-file-back")]


async def test_owners_who_were_not_reached_are_told_later(caplog: pytest.LogCaptureFixture) -> None:
    owners = Owners(GONE)
    owners.trouble = [False, StoreTrouble("database-empty"), False]
    await owners.watched()
    assert (owners.told, owners.attempts) == ([sentence(GONE)], 4)
    assert lines(caplog)[0] == ("ERROR", str(GONE))


async def test_owners_who_were_not_reached_are_not_tried_at_every_look() -> None:
    owners = Owners(GONE)
    owners.trouble = [False] * 30
    await owners.watched(pace=FileWatch(look=0, try_again=3600))
    assert owners.attempts == 1


async def test_a_file_that_was_gone_before_anybody_could_be_told_is_not_mentioned_to_them() -> None:
    owners = Owners(GONE, None)
    owners.trouble = [False]
    await owners.watched()
    assert owners.told == []
