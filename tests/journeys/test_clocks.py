"""Clocks that jump and clocks that are off: editions come soon and once, questions are answered, owners are told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import aiohttp
import pytest
from fakes import rows
from journey import MORNING, READER, Journey, reports, running
from program import free_port

from briefings.clock import Clock
from briefings.store.schema import rhythms

OWNER = 3001
SLOT = MORNING.replace(hour=7, minute=30)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
AHEAD = 11 * MINUTE
FIRST_OF_1970 = "Thu, 01 Jan 1970 00:00:00 GMT"


async def subscribe(journey: Journey) -> None:
    await journey.ask("/start", answers=2)
    await journey.newsroom.editing.add(reports(60, 2))


async def check_one_edition(journey: Journey) -> None:
    """Wait for the scheduled edition of a reader who has just subscribed, and check that no other comes."""
    edition = (await journey.receive(3))[2]
    assert "That is all. 2 of 2 stories." in edition.text
    await journey.ask("/help")
    assert len(journey.simulator.state.sent(READER)) == 4, "the edition came once"


# Jumps. No journey nudges a pass here: the program has to notice by itself.


@pytest.mark.parametrize("back", [HOUR, DAY], ids=str)
async def test_an_edition_comes_once_after_the_clock_was_set_back(journey: Journey, back: timedelta) -> None:
    journey.clock.move_to(SLOT - MINUTE + back)
    await subscribe(journey)
    journey.clock.move_to(SLOT - timedelta(seconds=1))
    await check_one_edition(journey)


@pytest.mark.parametrize("forward", [HOUR, DAY], ids=str)
async def test_an_edition_comes_once_after_the_clock_was_set_forward(journey: Journey, forward: timedelta) -> None:
    journey.clock.move_to(SLOT + MINUTE - forward)
    await subscribe(journey)
    journey.clock.move_to(SLOT + MINUTE)
    await check_one_edition(journey)


async def test_an_edition_that_a_clock_ahead_has_sent_does_not_come_again(journey: Journey) -> None:
    await subscribe(journey)
    journey.clock.move_to(SLOT + MINUTE)
    await journey.receive(3)
    journey.clock.move_to(SLOT - HOUR)
    await journey.newsroom.editing.add(reports(80, 1))
    journey.clock.move_to(SLOT)
    await journey.ask("/help")
    journey.clock.move_to(SLOT + DAY)
    next_edition = (await journey.receive(5))[4]
    assert "Fri 5 Dec 2025 · 1 story" in next_edition.text


async def test_a_slot_that_a_clock_a_day_ahead_has_skipped_is_still_printed(journey: Journey) -> None:
    await subscribe(journey)
    journey.clock.move_to(SLOT - HOUR + DAY)
    async with asyncio.timeout(20):
        while (await next_due(journey)) != SLOT + DAY:  # noqa: ASYNC110 - the database does not say when it changes
            await asyncio.sleep(0.05)
    journey.clock.move_to(SLOT - timedelta(seconds=1))
    await check_one_edition(journey)


async def next_due(journey: Journey) -> datetime:
    """Return when the readers' rhythm is due next."""
    [rhythm] = await rows(journey.newsroom.database, rhythms)
    due: datetime = rhythm["next_due"]
    return due


# Telegram's time


@pytest.fixture
def port() -> int:
    """The port of /healthz."""
    return free_port()


@pytest.fixture
async def off(journey_url: str, port: int) -> AsyncIterator[Journey]:
    """A journey whose program began with a clock that is ahead of Telegram's. It has an owner."""
    values = {"owner_ids": str(OWNER), "listen": f"127.0.0.1:{port}"}
    async with running(journey_url, values, ahead=AHEAD) as journey:
        for person in (READER, OWNER):
            journey.simulator.state.person(person)
        yield journey


async def ask_for_help(journey: Journey) -> None:
    """Ask a question, and check that it is answered as on any other day."""
    (answer,) = await journey.ask("/help")
    assert "/today" in answer.text


async def test_questions_are_answered_although_our_clock_is_ahead(off: Journey) -> None:
    for _ in range(3):
        await ask_for_help(off)


async def test_questions_are_answered_after_our_clock_was_set_forward(journey: Journey) -> None:
    journey.simulator.state.clock = Clock(MORNING)
    await ask_for_help(journey)
    await ask_for_help(journey)
    journey.clock.move_to(MORNING + AHEAD)
    for _ in range(3):
        await ask_for_help(journey)


async def test_questions_are_answered_although_a_server_without_dates_cannot_tell_that_our_clock_is_ahead(
    journey_url: str,
) -> None:
    async with running(journey_url, ahead=AHEAD, is_dated=False) as journey:
        journey.simulator.state.person(READER)
        (excuse,) = await journey.ask("/help")
        assert excuse.text.startswith("I was away")
        await ask_for_help(journey)
        await ask_for_help(journey)


async def test_questions_that_are_old_by_telegrams_time_are_excused_once(journey_url: str) -> None:
    async with running(journey_url, ahead=-AHEAD) as journey:
        journey.simulator.state.person(READER)
        asked = journey.simulator.state.clock() - 15 * MINUTE
        assert journey.clock() - asked < 10 * MINUTE, "our own clock takes them for newer"
        for word in ("/relos", "/s400"):
            journey.simulator.state.say(READER, word, sent_at=asked)
        (excuse,) = await journey.receive(1)
        assert excuse.text.startswith("I was away")
        await ask_for_help(journey)
        assert len(journey.simulator.state.sent(READER)) == 2


async def test_an_odd_date_changes_nothing(journey: Journey, caplog: pytest.LogCaptureFixture) -> None:
    await ask_for_help(journey)
    journey.simulator.state.misdate(FIRST_OF_1970)
    await ask_for_help(journey)
    await ask_for_help(journey)
    assert "clock-off" not in caplog.text


async def test_a_clock_that_is_off_is_told_once_and_once_more_when_it_is_right(
    off: Journey, port: int, caplog: pytest.LogCaptureFixture
) -> None:
    wait = off.simulator.state.wait
    await until_health_says(port, "degraded")  # it looks at the clock whenever it is asked
    (news,) = await wait(OWNER, 1, timeout=30)
    assert "11 minutes ahead of Telegram's" in news.text
    status, health = await healthz(port)
    assert (status, health["status"], health["clock_ahead_seconds"]) == (200, "degraded", pytest.approx(660, abs=30))
    assert "11 minutes ahead of Telegram's" in health["reasons"][0]

    off.clock.move_to(off.simulator.state.clock())
    await ask_for_help(off)
    await ask_for_help(off)  # each answer shows Telegram's time
    await until_health_says(port, "ok")
    await wait(OWNER, 2, timeout=30)
    assert "agrees with Telegram's again" in off.simulator.state.sent(OWNER)[1].text
    status, health = await healthz(port)
    assert (status, health["status"], health["reasons"]) == (200, "ok", [])
    assert (caplog.text.count("clock-off"), caplog.text.count("clock-right")) == (1, 1)


async def until_health_says(port: int, status: str) -> None:
    async with asyncio.timeout(30):
        while (await healthz(port))[1]["status"] != status:  # noqa: ASYNC110 - as a monitor asks
            await asyncio.sleep(0.2)


async def healthz(port: int) -> tuple[int, dict[str, Any]]:
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}/healthz") as response:
        return response.status, await response.json()
