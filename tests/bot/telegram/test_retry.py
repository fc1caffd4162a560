"""A call to Telegram is repeated through every kind of outage; errors that repeating does not mend are raised."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from telegram import Bot
from telegram.error import BadRequest, InvalidToken

from bot.simulator import Simulator
from bot.telegram import retry
from bot.telegram.retry import PAUSES, until_answered
from bot.telegram.transport import Transport

LOGGER = "bot.telegram.retry"


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retry, "PAUSES", (0.01,))


@pytest.fixture
async def bot(simulator: Simulator) -> AsyncIterator[Bot]:
    transport = Transport(connections=1)
    async with transport:
        yield Bot(simulator.token, base_url=f"{simulator.url}/bot", request=transport)


@pytest.mark.parametrize("kind", ["403", "429", "500", "502", "503", "lost", "reset"])
async def test_a_call_is_repeated_until_telegram_answers(
    simulator: Simulator, bot: Bot, caplog: pytest.LogCaptureFixture, kind: str
) -> None:
    simulator.state.fail(kind, method="getMe", times=3)
    with caplog.at_level(logging.INFO, LOGGER):
        me = await until_answered(bot.get_me)
    assert me.username == "briefings_bot"
    assert [record.levelname for record in caplog.records if record.name == LOGGER] == ["WARNING", "INFO"]
    assert caplog.messages[-1] == "Telegram answers again"
    assert simulator.token not in caplog.text


async def test_a_proxys_page_in_telegrams_place_is_an_outage(
    simulator: Simulator, bot: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    pages = [web.Response(text="<html>Log in</html>"), web.json_response([]), web.json_response({"ok": True})]

    async def answer(_: web.Request) -> web.Response:
        if pages:
            return pages.pop(0)
        return web.json_response({"ok": True, "result": {"id": 7, "is_bot": True, "first_name": "Bot"}})

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    async with TestServer(app) as server, Transport(connections=1) as transport:
        stranger = Bot("1:TOKEN", base_url=f"{server.make_url('/bot')}", request=transport)
        me = await until_answered(stranger.get_me)
    assert me.id == 7
    assert caplog.text.count("trying again") == 1


async def test_an_answer_at_once_is_not_logged(bot: Bot, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, LOGGER):
        await until_answered(bot.get_me)
    assert [record for record in caplog.records if record.name == LOGGER] == []


async def test_a_wrong_token_is_not_tried_twice(simulator: Simulator, bot: Bot) -> None:
    simulator.state.fail("401", method="getMe")
    with pytest.raises(InvalidToken):
        await until_answered(bot.get_me)
    assert len(simulator.state.calls) == 1


async def test_errors_that_the_caller_names_as_final_are_raised_at_once(simulator: Simulator, bot: Bot) -> None:
    with pytest.raises(BadRequest):
        await until_answered(lambda: bot.set_webhook("http://bot.example/hook"), final=(InvalidToken, BadRequest))
    assert len(simulator.state.calls) == 1


async def test_waiting_can_be_cancelled(simulator: Simulator, bot: Bot) -> None:
    simulator.state.down = True
    waiting = asyncio.create_task(until_answered(bot.get_me))
    await asyncio.wait({waiting}, timeout=0.05)
    assert not waiting.done()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting


def test_pauses_grow_to_half_a_minute() -> None:
    assert PAUSES == (1, 2, 4, 8, 15, 30)
