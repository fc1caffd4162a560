"""A deaf line: updates are held back twice in a row while polls bring none; pauses grow while nothing helps.

Asking how many are held keeps nobody waiting.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator

import pytest
from impatience import FOREVER
from telegram.ext import ExtBot

from bot.simulator import Simulator
from bot.telegram.readable_answers import ReadableAnswers
from bot.telegram.retry import Pauses
from bot.telegram.transport import Transport
from bot.updates.polling_watch import HeldUpdates, PollingWatch

ANN = 5


class Line:
    """A watch, and a clock of its own."""

    def __init__(self) -> None:
        self.now = 0.0
        self.watch = PollingWatch(Pauses(first=30, most=100, most_unreached=100), lambda: self.now)

    def looks(self, *held: object) -> list[bool]:
        """Note what Telegram holds at each look, as soon as one is due. Returns when the line was to be opened anew."""
        answers = []
        for updates in held:
            while not self.watch.is_due():
                self.now += 1
            answers.append(self.watch.note_held(updates))
        return answers


def test_updates_held_twice_in_a_row_are_deafness() -> None:
    assert Line().looks(3, 3) == [False, True]


def test_updates_held_once_are_on_their_way() -> None:
    assert Line().looks(1, 0, 1, 0) == [False] * 4


def test_a_poll_in_between_that_brings_something_proves_that_the_line_hears() -> None:
    line = Line()
    answers = []
    for _ in range(3):
        answers += line.looks(1)
        assert line.watch.note_heard() is False
    assert answers == [False] * 3


@pytest.mark.parametrize("odd", [None, -1, "7", True, 2.5, [1]], ids=repr)
def test_an_odd_answer_shows_neither_deafness_nor_the_contrary(odd: object) -> None:
    assert Line().looks(odd, odd, odd) == [False] * 3
    assert Line().looks(1, odd, odd, 1) == [False, False, False, True]


def test_the_pauses_grow_while_a_new_connection_does_not_help_and_begin_anew_when_it_does() -> None:
    line, times = Line(), []
    for _ in range(10):
        [is_deaf] = line.looks(1)
        if is_deaf:
            times.append(line.now)
    assert [later - earlier for earlier, later in itertools.pairwise(times)] == [120, 200, 200, 200]
    assert line.watch.note_heard() is True
    assert line.watch.note_heard() is False
    began = line.now
    assert line.looks(1, 1) == [False, True]
    assert line.now - began == 60


def test_a_line_is_deaf_from_the_first_new_connection_to_the_next_updates() -> None:
    line = Line()
    line.looks(1)
    assert not line.watch.is_deaf
    line.looks(1)
    assert line.watch.is_deaf
    line.looks(1, 1)
    assert line.watch.is_deaf
    line.watch.note_heard()
    assert not line.watch.is_deaf


# Asking Telegram


@pytest.fixture
async def bot(simulator: Simulator) -> AsyncIterator[ExtBot[None]]:
    simulator.state.person(ANN)
    async with Transport(connections=2) as transport:
        yield ExtBot(simulator.token, base_url=f"{simulator.url}/bot", request=ReadableAnswers(transport))


async def test_telegram_says_how_many_updates_it_holds(simulator: Simulator, bot: ExtBot[None]) -> None:
    held = HeldUpdates(bot, seconds=10)
    assert await held.count() == 0
    for text in ("one", "two"):
        simulator.state.say(ANN, text)
    assert await held.count() == 2


ODD = {"a-page": b"<html>", "no-number": b'{"ok":true,"result":{"url":""}}', "a-list": b'{"ok":true,"result":[1]}'}


@pytest.mark.parametrize("body", ODD.values(), ids=ODD)
async def test_an_odd_answer_is_none(simulator: Simulator, bot: ExtBot[None], body: bytes) -> None:
    simulator.state.answer(200, body, method="getWebhookInfo")
    assert await HeldUpdates(bot, seconds=10).count() is None


async def test_a_late_answer_is_not_waited_for_and_returned_by_a_later_call(
    simulator: Simulator, bot: ExtBot[None]
) -> None:
    simulator.state.say(ANN, "one")
    simulator.state.fail("slow", method="getWebhookInfo", delay=0.5)
    held = HeldUpdates(bot, seconds=0)
    async with asyncio.timeout(10):
        while (updates := await held.count()) is None:  # noqa: ASYNC110 - it is asked again, as by the polling
            await asyncio.sleep(0.01)
    assert updates == 1
    assert len(simulator.state.calls) == 1, "no other question was asked meanwhile"


async def test_a_late_answer_is_dropped_if_a_poll_brought_updates_meanwhile(
    simulator: Simulator, bot: ExtBot[None]
) -> None:
    simulator.state.say(ANN, "one")
    simulator.state.fail("slow", method="getWebhookInfo", delay=0.5)
    held = HeldUpdates(bot, seconds=0)
    answers = [await held.count()]
    held.note_heard()
    async with asyncio.timeout(10):
        while len(simulator.state.calls) == 1:
            answers.append(await held.count())
            await asyncio.sleep(0.01)
    assert set(answers) == {None}, "until another question was asked"
    await held.close()


async def test_a_question_that_is_open_can_be_given_up(simulator: Simulator, bot: ExtBot[None]) -> None:
    simulator.state.fail("slow", method="getWebhookInfo", times=FOREVER, delay=60)
    held = HeldUpdates(bot, seconds=0)
    assert await held.count() is None
    async with asyncio.timeout(5):
        await held.close()
    simulator.state.heal()
    assert await HeldUpdates(bot, seconds=10).count() == 0
