"""At the start the bot learns its own name, and no odd answer to getMe ends it or gives it a wrong one."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
from impatience import IMPATIENCE, TOKEN_REFUSED
from pydantic import SecretStr

from bot.errors import BadToken
from bot.settings import TelegramSettings
from bot.simulator import Simulator
from bot.telegram.connections import Connections, open_connections, reach
from bot.telegram.server_time import TelegramTime
from briefings.clock import Clock
from briefings.errors import Problem

PAGE = b"<html>/bot123456:SIMULATED-TOKEN/getMe was not found on this server</html>"
MALFORMED = {"ok": False, "error_code": 404, "description": "Not Found"}


class NoRateLimit:
    """Lets everything out at once: getMe is no message."""

    async def take(self, *, answer: bool, rank: float = 0.0) -> None:
        raise AssertionError("nothing is sent here")


@pytest.fixture
async def connections(simulator: Simulator) -> AsyncIterator[Connections]:
    settings = TelegramSettings(bot_token=SecretStr(simulator.token), api_url=simulator.url, _env_file=None)
    telegram_time = TelegramTime(Clock(), time.monotonic)
    async with open_connections(None, settings, NoRateLimit(), lambda _: lambda *_: None, telegram_time) as connections:
        yield connections


@pytest.mark.parametrize("refusal", [TOKEN_REFUSED, MALFORMED], ids=["not-valid", "of-a-wrong-form"])
async def test_a_token_that_the_bot_api_refuses_twice_is_bad(
    simulator: Simulator, connections: Connections, caplog: pytest.LogCaptureFixture, refusal: dict[str, Any]
) -> None:
    simulator.state.answer(refusal["error_code"], refusal, method="getMe", times=2)
    with pytest.raises(BadToken) as bad:
        await reach(connections, IMPATIENCE)
    assert bad.value.problem == Problem("bad-token")
    assert caplog.messages == [], "the error is the one line"


WAITED_OUT: dict[str, tuple[int, Any, str]] = {
    "refused-once": (401, TOKEN_REFUSED, "refuses getMe"),
    "a-page": (200, PAGE, "in Telegram's place"),
    "a-page-for-401": (401, PAGE, "in Telegram's place"),
    "a-page-for-404": (404, PAGE, "in Telegram's place"),
    "another-programs-json": (404, {"message": "no route"}, "refuses getMe"),
    "a-list": (200, [], "getMe is not understood"),
    "no-user": (200, {"ok": True, "result": None}, "getMe is not understood"),
    "a-list-for-a-user": (200, {"ok": True, "result": [1, 2]}, "getMe is not understood"),
    "no-id": (200, {"ok": True, "result": {"is_bot": True, "first_name": "B", "username": "b_bot"}}, "not understood"),
    "no-name": (200, {"ok": True, "result": {"id": 7, "is_bot": True, "first_name": "B"}}, "no id or no username"),
    "an-empty-name": (
        200,
        {"ok": True, "result": {"id": 7, "is_bot": True, "first_name": "B", "username": ""}},
        "no id or no username",
    ),
    "a-name-of-another-shape": (
        200,
        {"ok": True, "result": {"id": "7", "is_bot": True, "first_name": "B", "username": [1]}},
        "no id or no username",
    ),
}


@pytest.mark.parametrize(("status", "body", "words"), WAITED_OUT.values(), ids=WAITED_OUT)
async def test_any_other_answer_is_one_line_and_waited_out(
    simulator: Simulator,
    connections: Connections,
    caplog: pytest.LogCaptureFixture,
    status: int,
    body: Any,
    words: str,
) -> None:
    simulator.state.answer(status, body, method="getMe", times=1 if words == "refuses getMe" else 3)
    await reach(connections, IMPATIENCE)
    assert connections.bot.username == "briefings_bot"
    [line] = caplog.messages
    assert words in line
    assert "Traceback" not in caplog.text
    assert simulator.token not in caplog.text


async def test_a_page_is_waited_out_however_often_it_comes(simulator: Simulator, connections: Connections) -> None:
    simulator.state.answer(404, PAGE, method="getMe", times=12)
    await reach(connections, IMPATIENCE)
    assert len(simulator.state.calls) == 13
