"""Trouble with Telegram is named in one line, waited out with growing pauses, and ended by an answer alone."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from impatience import IMPATIENCE
from telegram import Bot
from telegram.error import BadRequest, RetryAfter, TimedOut

from bot.errors import BadToken
from bot.simulator import Simulator
from bot.telegram.readable_answers import ReadableAnswers
from bot.telegram.retry import LEAST_WAIT, SHIPPED, Outage, Pauses, Trouble, trouble_in, until_answered
from bot.telegram.transport import NotJson, OddAnswer, Transport, Unanswered, Unsent

LOGGER = "bot.telegram.retry"
SHORT = IMPATIENCE.line
BUSY, DEAD = Trouble("busy"), Trouble("dead", is_line_dead=True)


@pytest.fixture
async def bot(simulator: Simulator) -> AsyncIterator[Bot]:
    transport = Transport(connections=1)
    async with transport:
        yield Bot(simulator.token, base_url=f"{simulator.url}/bot", request=ReadableAnswers(transport))


# A call that is repeated


@pytest.mark.parametrize("kind", ["401", "403", "429", "500", "502", "503", "lost", "reset"])
async def test_a_call_is_repeated_until_telegram_answers(
    simulator: Simulator, bot: Bot, caplog: pytest.LogCaptureFixture, kind: str
) -> None:
    simulator.state.fail(kind, method="getMe", times=3)
    recoveries: list[str] = []
    with caplog.at_level(logging.INFO, LOGGER):
        me = await until_answered("getMe", bot.get_me, pauses=SHORT, recovered=lambda: recoveries.append("now"))
    assert me.username == "briefings_bot"
    assert [record.levelname for record in caplog.records if record.name == LOGGER] == ["WARNING", "INFO"]
    assert caplog.messages[-1] == "Telegram answers again"
    assert recoveries == ["now"]
    assert simulator.token not in caplog.text


ODD = {
    "a-page": (200, b"<html>Log in</html>", "something else answers in Telegram's place"),
    "a-page-for-404": (404, b"<html>/bot123456:SIMULATED-TOKEN/getMe was not found</html>", "in Telegram's place"),
    "a-page-for-502": (502, b"<html>Bad Gateway</html>", "something else answers in Telegram's place"),
    "a-redirect": (302, b"<html>Moved</html>", "something else answers in Telegram's place"),
    "too-large": (413, b"<html>Too Large</html>", "something else answers in Telegram's place"),
    "nothing": (200, b"", "something else answers in Telegram's place"),
    "a-list": (200, b"[]", "is not understood"),
    "a-list-for-404": (404, b"[]", "something else answers in Telegram's place"),
    "no-result": (200, b'{"ok": true}', "is not understood"),
    "a-result-of-another-shape": (200, b'{"ok": true, "result": [1]}', "is not understood"),
    "a-user-without-id": (200, b'{"ok": true, "result": {"is_bot": true, "first_name": "B"}}', "is not understood"),
    "a-wait-in-words": (429, b'{"ok": false, "parameters": {"retry_after": "soon"}}', "refuses getMe for a while"),
}


@pytest.mark.parametrize(("status", "body", "words"), ODD.values(), ids=ODD)
async def test_an_odd_answer_is_named_once_and_waited_out(
    simulator: Simulator, bot: Bot, caplog: pytest.LogCaptureFixture, status: int, body: bytes, words: str
) -> None:
    simulator.state.answer(status, body, method="getMe", times=2)
    assert (await until_answered("getMe", bot.get_me, pauses=SHORT)).username == "briefings_bot"
    [line] = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    assert words in line
    assert simulator.token not in line, "a page may repeat the address"


async def test_an_answer_without_end_is_cut_off_and_waited_out(
    simulator: Simulator, bot: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    simulator.state.answer(200, b" " * 17 * 1024 * 1024, method="getMe")
    assert (await until_answered("getMe", bot.get_me, pauses=SHORT)).username == "briefings_bot"
    assert "too large to be Telegram's" in caplog.text


async def test_an_answer_at_once_is_not_logged(bot: Bot, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, LOGGER):
        await until_answered("getMe", bot.get_me)
    assert [record for record in caplog.records if record.name == LOGGER] == []


async def test_an_error_of_ours_ends_the_attempts() -> None:
    calls = []

    async def call() -> None:
        calls.append(1)
        raise BadToken("bad-token")

    with pytest.raises(BadToken):
        await until_answered("getMe", call)
    assert calls == [1]


async def test_waiting_can_be_cancelled(simulator: Simulator, bot: Bot) -> None:
    simulator.state.down = True
    waiting = asyncio.create_task(until_answered("getMe", bot.get_me))
    await asyncio.wait({waiting}, timeout=0.05)
    assert not waiting.done()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting


# What an error means


MEANINGS = {
    "no-connection": (Unsent("refused"), "Telegram cannot be reached (refused); trying again until it can", True),
    "no-answer": (TimedOut(), "Telegram cannot be reached (Timed out); trying again until it can", True),
    "hung-up": (Unanswered("gone"), "Telegram cannot be reached (gone); trying again until it can", True),
    "too-much": (
        Unanswered("AnswerTooLarge"),
        "the answer to getMe is too large to be Telegram's; trying again",
        False,
    ),
    "a-page": (
        NotJson("HTTP 404, no JSON"),
        "something else answers in Telegram's place (HTTP 404, no JSON); trying again until Telegram does",
        False,
    ),
    "a-refusal": (
        BadRequest("BOT_COMMAND_INVALID"),
        "Telegram refuses getMe (BOT_COMMAND_INVALID); trying again",
        False,
    ),
    "a-pause": (RetryAfter(7), "Telegram refuses getMe for a while; trying again", False),
    "odd": (OddAnswer("no id"), "Telegram's answer to getMe is not understood (no id); trying again", False),
    "a-bug": (KeyError("result"), "Telegram's answer to getMe is not understood (KeyError); trying again", False),
}


@pytest.mark.parametrize(("error", "text", "is_line_dead"), MEANINGS.values(), ids=MEANINGS)
def test_an_error_is_called_what_it_is(error: Exception, text: str, is_line_dead: bool) -> None:
    trouble = trouble_in(error, "getMe")
    assert (trouble.text, trouble.is_line_dead) == (text, is_line_dead)
    assert trouble_in(error, "getMe", "no menu: ").text == f"no menu: {text}"


def test_a_long_reason_is_cut() -> None:
    assert len(trouble_in(BadRequest("x" * 100_000), "getMe").text) < 400


def test_the_wait_that_telegram_names_is_kept() -> None:
    assert trouble_in(RetryAfter(timedelta(seconds=90)), "getMe").wait == 90


# One outage


def test_the_pauses_that_are_shipped() -> None:
    assert SHIPPED.line == Pauses(first=1, most=30, most_unreached=5)
    assert SHIPPED.chores == Pauses(first=5, most=600, most_unreached=60)
    assert SHIPPED.token_refused == 60


def pauses_after(*troubles: Trouble) -> list[float]:
    outage = Outage(SHIPPED.line)
    pauses = []
    for trouble in troubles:
        outage.note(trouble)
        pauses.append(outage.next_pause())
    return pauses


def test_pauses_double_up_to_the_most() -> None:
    assert pauses_after(*[BUSY] * 7) == [1, 2, 4, 8, 16, 30, 30]


def test_a_dead_line_is_tried_every_five_seconds() -> None:
    assert pauses_after(*[DEAD] * 5) == [1, 2, 4, 5, 5]
    assert pauses_after(*[BUSY] * 6, DEAD) == [1, 2, 4, 8, 16, 30, 5]


def test_a_wait_that_telegram_names_is_obeyed_to_the_second() -> None:
    assert pauses_after(BUSY, Trouble("wait", wait=77.0), BUSY) == [1, 77, 4]


def test_a_wait_of_less_than_a_second_is_not_believed() -> None:
    outage = Outage(SHORT)
    outage.note(Trouble("wait", wait=0.001))
    assert outage.next_pause() == LEAST_WAIT


def test_the_log_says_how_long_telegram_makes_us_wait(caplog: pytest.LogCaptureFixture) -> None:
    Outage(SHORT).note(Trouble("busy", wait=3600.0))
    assert caplog.messages == ["busy (Telegram asks for a pause of 3600 s)"]


def test_each_kind_of_trouble_is_logged_once_until_it_ends(caplog: pytest.LogCaptureFixture) -> None:
    outage = Outage(SHORT)
    for trouble in (BUSY, DEAD, BUSY, DEAD):
        outage.note(trouble)
    assert caplog.messages == ["busy", "dead"]
    assert outage.end()
    assert not outage.end(), "it has ended already"
    outage.note(BUSY)
    assert caplog.messages == ["busy", "dead", "busy"]
    assert outage.next_pause() == SHORT.first, "the pauses begin anew as well"
