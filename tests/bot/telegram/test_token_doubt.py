"""A token is believed to be bad only when the Bot API refuses it at every call for a while, and then to getMe too."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from impatience import FOREVER, TOKEN_REFUSED
from telegram import Bot
from telegram.error import InvalidToken, TelegramError

from bot.errors import BadToken
from bot.simulator import Simulator
from bot.telegram.readable_answers import ReadableAnswers
from bot.telegram.token_doubt import TokenDoubt, refuses_token
from bot.telegram.transport import NotJson, Transport
from briefings.errors import Problem

PAGE = b"<html>no such page</html>"


class Seconds:
    """A clock of seconds that a test moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def doubt(simulator: Simulator, transport: Transport, seconds: Seconds) -> TokenDoubt:
    return TokenDoubt(transport, f"{simulator.url}/bot{simulator.token}", monotonic=seconds)


async def test_refusals_for_a_minute_are_believed_if_get_me_agrees(
    simulator: Simulator, doubt: TokenDoubt, seconds: Seconds
) -> None:
    simulator.state.answer(401, TOKEN_REFUSED, method="getMe", times=FOREVER)
    for _ in range(6):
        await doubt.weigh(is_refused=True)
        seconds.now += 10
    assert simulator.state.calls == [], "until then nothing is asked"
    with pytest.raises(BadToken) as bad:
        await doubt.weigh(is_refused=True)
    assert bad.value.problem == Problem("bad-token")


async def test_one_other_answer_begins_the_minute_anew(
    simulator: Simulator, doubt: TokenDoubt, seconds: Seconds
) -> None:
    simulator.state.answer(401, TOKEN_REFUSED, method="getMe", times=FOREVER)
    for is_refused in (True, False, True):
        await doubt.weigh(is_refused=is_refused)
        seconds.now += 59
    await doubt.weigh(is_refused=True)


DISAGREEING: dict[str, Callable[[Simulator], None]] = {
    "the-token-is-fine": lambda simulator: None,
    "a-page": lambda simulator: simulator.state.answer(404, PAGE, method="getMe", times=FOREVER),
    "another-programs-json": lambda simulator: simulator.state.answer(
        404, {"message": "no route"}, method="getMe", times=FOREVER
    ),
    "no-answer": lambda simulator: setattr(simulator.state, "down", True),
}


@pytest.mark.parametrize("order", DISAGREEING.values(), ids=DISAGREEING)
async def test_refusals_are_not_believed_if_get_me_does_not_agree(
    simulator: Simulator, doubt: TokenDoubt, seconds: Seconds, order: Callable[[Simulator], None]
) -> None:
    order(simulator)
    for _ in range(10):
        await doubt.weigh(is_refused=True)
        seconds.now += 60


@pytest.mark.parametrize(("body", "is_believed"), [(TOKEN_REFUSED, True), (PAGE, False)], ids=["the-bot-api", "a-page"])
async def test_a_call_of_the_library_counts_only_if_the_bot_api_refuses_it(
    simulator: Simulator, transport: Transport, doubt: TokenDoubt, seconds: Seconds, body: bytes, is_believed: bool
) -> None:
    bot = Bot(simulator.token, base_url=f"{simulator.url}/bot", request=ReadableAnswers(transport))
    simulator.state.answer(401, body, method="getWebhookInfo", times=2)
    simulator.state.answer(401, TOKEN_REFUSED, method="getMe")
    with pytest.raises(InvalidToken if is_believed else NotJson):
        await doubt.guard(bot.get_webhook_info)
    seconds.now += 60
    with pytest.raises(BadToken if is_believed else TelegramError):
        await doubt.guard(bot.get_webhook_info)
    assert (await doubt.guard(bot.get_webhook_info)).url == ""


ANSWERS = {
    "not-valid": (TOKEN_REFUSED, True),
    "of-a-wrong-form": ({"ok": False, "error_code": 404, "description": "Not Found"}, True),
    "forbidden": ({"ok": False, "error_code": 403}, False),
    "not-ok-without-a-code": ({"ok": False}, False),
    "ok": ({"ok": True, "error_code": 401}, False),
    "another-programs-json": ({"error_code": 401}, False),
    "a-list": ([TOKEN_REFUSED], False),
    "null": (None, False),
    "a-code-of-another-shape": ({"ok": False, "error_code": [401]}, False),
}


@pytest.mark.parametrize(("answer", "is_refusal"), ANSWERS.values(), ids=ANSWERS)
def test_only_the_bot_apis_own_words_are_a_refusal(answer: object, is_refusal: bool) -> None:
    assert refuses_token(answer) is is_refusal
