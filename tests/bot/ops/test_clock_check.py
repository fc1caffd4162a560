"""A clock that is off is said once in the log and to the owners, and once more when it is right again."""

import logging
from datetime import timedelta

import pytest

from bot.ops.clock_check import ClockCheck

MINUTE = timedelta(minutes=1)


class Watched:
    """A check of a clock that is `ahead`, with what the owners were sent."""

    def __init__(self, ahead: timedelta | None, *, of_server: bool = False) -> None:
        self.ahead = ahead
        self.is_reached = True
        self.texts: list[str] = []
        self.check = ClockCheck(lambda: self.ahead, of_server=of_server)

    async def send(self, text: str) -> bool:
        if self.is_reached:
            self.texts.append(text)
        return self.is_reached

    async def look(self, ahead: timedelta | None) -> None:
        self.ahead = ahead
        self.check.look()
        await self.check.notice.tell(self.send)


@pytest.mark.parametrize("ahead", [None, timedelta(), 1.9 * MINUTE, -1.9 * MINUTE], ids=str)
async def test_a_clock_that_is_right_or_unknown_is_not_news(
    ahead: timedelta | None, caplog: pytest.LogCaptureFixture
) -> None:
    watched = Watched(ahead)
    await watched.look(ahead)
    assert (watched.check.notice.problem, watched.texts, caplog.text) == (None, [], "")


@pytest.mark.parametrize(("ahead", "words"), [(11 * MINUTE, "11 minutes ahead"), (-2 * MINUTE, "2 minutes behind")])
async def test_a_clock_that_is_off_is_said_once_and_once_more_when_right(
    ahead: timedelta, words: str, caplog: pytest.LogCaptureFixture
) -> None:
    watched = Watched(None)
    for _ in range(3):
        await watched.look(ahead)
    for _ in range(3):
        await watched.look(timedelta())
    off, right = watched.texts
    assert words in off
    assert "timedatectl" in off
    assert "again" in right
    assert [record.levelno for record in caplog.records] == [logging.WARNING] * 2


async def test_a_clock_on_the_border_does_not_alarm_twice() -> None:
    watched = Watched(None)
    for ahead in (2 * MINUTE, 1.5 * MINUTE, 2 * MINUTE, 1.5 * MINUTE):
        await watched.look(ahead)
    assert len(watched.texts) == 1


async def test_owners_who_could_not_be_reached_are_told_later() -> None:
    watched = Watched(None)
    watched.is_reached = False
    await watched.look(11 * MINUTE)
    watched.is_reached = True
    await watched.look(11 * MINUTE)
    assert len(watched.texts) == 1


async def test_a_clock_that_is_off_stays_so_while_telegrams_time_is_unknown() -> None:
    watched = Watched(None)
    watched.is_reached = False
    await watched.look(11 * MINUTE)
    watched.is_reached = True
    await watched.look(None)
    assert ["11 minutes ahead" in text for text in watched.texts] == [True]


async def test_the_server_of_the_database_is_named_where_its_clock_counts() -> None:
    watched = Watched(None, of_server=True)
    await watched.look(11 * MINUTE)
    assert "database's server" in watched.texts[0]
