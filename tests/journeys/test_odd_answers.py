"""Odd answers in Telegram's place: none of them ends the bot, loses a question, or fills the log."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from fakes import MORNING
from impatience import FOREVER, IMPATIENCE, TOKEN_REFUSED
from journey import READER
from program import free_port
from pydantic import SecretStr

from bot.app import run
from bot.errors import BadToken
from bot.settings import TelegramSettings
from bot.simulator import Simulator, State
from bot.simulator.webhooks import set_webhook
from bot.telegram.retry import Patience, Pauses
from briefings.adapters.fetch import Fetcher
from briefings.errors import stated
from briefings.newsroom.opening import Newsroom, utc_now
from briefings.newsroom.sources import Kind, Sources
from briefings.settings import NewsroomSettings
from briefings.store import sources as shelf
from briefings.store.database import Database

ENOUGH_SECONDS = 30
OWNER = 501
PAGE = b"<html>/bot123456:SIMULATED-TOKEN/ was not found on this server</html>"
MALFORMED = {"ok": False, "error_code": 404, "description": "Not Found"}
INVALID_MENU = {"ok": False, "error_code": 400, "description": "Bad Request: BOT_COMMAND_INVALID"}


class Run:
    """A run of the bot in this process."""

    def __init__(self, simulator: Simulator, work: asyncio.Task[None], opened: asyncio.Queue[Newsroom]) -> None:
        self.state = simulator.state
        self.work = work
        self._opened = opened

    async def listens(self) -> Newsroom:
        """Wait until the bot knows its name and takes updates."""
        async with asyncio.timeout(ENOUGH_SECONDS):
            return await self._opened.get()

    async def answers(self) -> None:
        """Ask a question, and wait for the answer."""
        self.state.person(READER)
        self.state.say(READER, "/help")
        await self.state.wait(READER, 1, ENOUGH_SECONDS)
        assert not self.work.done()

    async def calls(self, method: str, times: int) -> list[float]:
        """Wait until the bot has called a method so many times in all; return when that was, in monotonic seconds."""
        await self.state.wait_for(lambda state: len(_times(state, method)) >= times, ENOUGH_SECONDS)
        return _times(self.state, method)[:times]


def _times(state: State, method: str) -> list[float]:
    return [call.at for call in state.calls if call.method == method]


@asynccontextmanager
async def running(
    simulator: Simulator, url: str, patience: Patience = IMPATIENCE, **telegram: Any
) -> AsyncIterator[Run]:
    """Run the bot against the simulator until the block ends."""
    stop, opened = asyncio.Event(), asyncio.Queue[Newsroom]()
    settings = NewsroomSettings(database_url=url, _env_file=None)
    token = SecretStr(simulator.token)
    face = TelegramSettings(
        **({"bot_token": token, "api_url": simulator.url, "listen": "off"} | telegram), _env_file=None
    )
    work = asyncio.create_task(run(settings, face, stop, started=opened.put_nowait, patience=patience))
    try:
        yield Run(simulator, work, opened)
    finally:
        stop.set()
        with suppress(BadToken):
            await work


@pytest.fixture
async def simulator() -> AsyncIterator[Simulator]:
    async with Simulator() as simulator:
        yield simulator


@pytest.fixture(autouse=True)
def _log_without_the_token(caplog: pytest.LogCaptureFixture, simulator: Simulator) -> Iterator[None]:
    caplog.set_level(logging.INFO)
    yield
    assert simulator.token not in caplog.text
    assert "Traceback" not in caplog.text


def lines(caplog: pytest.LogCaptureFixture, words: str) -> int:
    """Return how many lines of the log hold these words."""
    return sum(words in message for message in caplog.messages)


# While the bot runs

POLLS = {
    "401-of-the-bot-api": (401, TOKEN_REFUSED, "refuses the token"),
    "404-of-the-bot-api": (404, MALFORMED, "refuses the token"),
    "a-page-for-401": (401, PAGE, "in Telegram's place"),
    "a-page-for-404": (404, PAGE, "in Telegram's place"),
    "a-page-for-200": (200, PAGE, "in Telegram's place"),
    "a-redirect": (302, b"", "in Telegram's place"),
    "too-large": (413, PAGE, "in Telegram's place"),
    "no-list": (200, {"ok": True, "result": {"update_id": 1}}, "getUpdates is not understood"),
    "no-objects": (200, {"ok": True, "result": ["one", 2, None]}, "without a number"),
    "no-numbers": (200, {"ok": True, "result": [{"update_id": "one"}, {"message": {}}]}, "without a number"),
    "a-list": (200, [], "getUpdates is not understood"),
    "a-word": (200, b'"ok"', "getUpdates is not understood"),
    "without-end": (200, b" " * 17 * 1024 * 1024, "too large to be Telegram's"),
}


@pytest.mark.parametrize(("status", "body", "words"), POLLS.values(), ids=POLLS)
async def test_an_odd_answer_to_a_poll_is_one_line_and_the_polling_goes_on(
    simulator: Simulator, file_url: str, caplog: pytest.LogCaptureFixture, status: int, body: Any, words: str
) -> None:
    async with running(simulator, file_url) as bot:
        await bot.listens()
        simulator.state.answer(status, body, method="getUpdates", times=3)
        await bot.answers()
    assert lines(caplog, words) == 1
    assert lines(caplog, "Telegram answers again") == 1


async def test_a_poll_that_hangs_is_given_up_and_the_polling_goes_on(
    simulator: Simulator, file_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(simulator, file_url) as bot:
        await bot.listens()
        simulator.state.fail("slow", method="getUpdates", delay=60)
        await bot.answers()
    assert lines(caplog, "cannot be reached (no answer in time)") == 1


async def test_a_page_in_telegrams_place_never_ends_the_bot(
    simulator: Simulator, file_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(simulator, file_url) as bot:
        await bot.listens()
        simulator.state.answer(404, PAGE, method=None, times=FOREVER)
        await bot.calls("getUpdates", 15)  # for longer than a token must be refused
        simulator.state.heal()
        await bot.answers()
    polls = [message for message in caplog.messages if message.startswith("something else answers in Telegram's place")]
    assert len(polls) == 1


async def test_polls_that_are_refused_again_and_again_do_not_end_the_bot_while_get_me_is_answered(
    simulator: Simulator, file_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(simulator, file_url) as bot:
        await bot.listens()
        simulator.state.answer(401, TOKEN_REFUSED, method="getUpdates", times=FOREVER)
        await bot.calls("getMe", 3)  # one at the start, and two that disagree
        simulator.state.heal()
        await bot.answers()
    assert lines(caplog, "refuses the token") == 1


async def test_a_token_that_is_taken_back_while_the_bot_runs_ends_it(simulator: Simulator, file_url: str) -> None:
    async with running(simulator, file_url) as bot:
        await bot.listens()
        await bot.answers()
        simulator.state.answer(401, TOKEN_REFUSED, method=None, times=FOREVER)
        with pytest.raises(BadToken):
            async with asyncio.timeout(ENOUGH_SECONDS):
                await asyncio.shield(bot.work)


async def test_a_line_that_is_dead_for_long_is_tried_often(simulator: Simulator, file_url: str) -> None:
    patience = replace(IMPATIENCE, line=Pauses(first=0.01, most=3600, most_unreached=0.1))
    async with running(simulator, file_url, patience) as bot:
        await bot.listens()
        simulator.state.fail("reset", method="getUpdates", times=20)  # doubled pauses would take an hour
        await bot.answers()


# At the start

REFUSALS = {"not-valid": TOKEN_REFUSED, "of-a-wrong-form": MALFORMED}


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS)
async def test_a_token_that_is_refused_twice_at_the_start_ends_the_bot(
    simulator: Simulator, file_url: str, caplog: pytest.LogCaptureFixture, refusal: dict[str, Any]
) -> None:
    simulator.state.answer(refusal["error_code"], refusal, method="getMe", times=2)
    async with running(simulator, file_url) as bot:
        with pytest.raises(BadToken):
            async with asyncio.timeout(ENOUGH_SECONDS):
                await asyncio.shield(bot.work)
    assert lines(caplog, "trying again") == 0, "the error is the one line"


ODD_NAMES = {
    "refused-once": (401, TOKEN_REFUSED, 1, "refuses getMe"),
    "a-page-for-401": (401, PAGE, 4, "in Telegram's place"),
    "a-page-for-404": (404, PAGE, 4, "in Telegram's place"),
    "a-page-for-200": (200, PAGE, 4, "in Telegram's place"),
    "no-name": (
        200,
        {"ok": True, "result": {"id": 7, "is_bot": True, "first_name": "B"}},
        4,
        "answer to getMe is not understood",
    ),
    "no-id": (
        200,
        {"ok": True, "result": {"is_bot": True, "first_name": "B", "username": "b_bot"}},
        4,
        "answer to getMe is not understood",
    ),
    "a-list": (200, [], 4, "answer to getMe is not understood"),
    "no-user": (200, {"ok": True, "result": None}, 4, "answer to getMe is not understood"),
}


@pytest.mark.parametrize(("status", "body", "times", "words"), ODD_NAMES.values(), ids=ODD_NAMES)
async def test_any_other_answer_at_the_start_is_one_line_and_waited_out(
    simulator: Simulator,
    file_url: str,
    caplog: pytest.LogCaptureFixture,
    status: int,
    body: Any,
    times: int,
    words: str,
) -> None:
    simulator.state.answer(status, body, method="getMe", times=times)
    async with running(simulator, file_url) as bot:
        await bot.listens()
        await bot.answers()
    assert lines(caplog, words) == 1
    assert lines(caplog, "@briefings_bot is listening") == 1


# The webhook


async def test_a_webhook_that_telegram_does_not_take_down_keeps_polling_from_nothing(
    simulator: Simulator, file_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    state = simulator.state
    state.person(READER)
    set_webhook(state, {"url": "https://127.0.0.1/hook"})
    state.say(READER, "/help")
    state.answer(404, PAGE, method="getWebhookInfo", times=FOREVER)
    state.answer(502, PAGE, method="deleteWebhook", times=3)
    async with running(simulator, file_url) as bot:
        await state.wait(READER, 1, ENOUGH_SECONDS)
        assert state.webhook is None
        assert not any(call.params.get("drop_pending_updates") for call in state.calls)
        await bot.calls("deleteWebhook", 4)
    assert lines(caplog, "is not taken down") == 1
    assert lines(caplog, "it was taken down") == 1


async def test_a_webhook_info_that_fails_does_not_keep_polling_from_starting(
    simulator: Simulator, file_url: str
) -> None:
    simulator.state.answer(502, PAGE, method="getWebhookInfo", times=FOREVER)
    simulator.state.answer(502, PAGE, method="deleteWebhook", times=FOREVER)
    async with running(simulator, file_url) as bot:
        await bot.answers()


SET_WEBHOOK = {
    "a-page-for-400": (400, PAGE),
    "a-page-for-401": (401, PAGE),
    "a-page-for-404": (404, PAGE),
    "401": (401, TOKEN_REFUSED),
    "a-list": (200, []),
}


@pytest.mark.parametrize(("status", "body"), SET_WEBHOOK.values(), ids=SET_WEBHOOK)
async def test_an_odd_answer_to_the_setting_of_the_webhook_is_waited_out(
    simulator: Simulator, file_url: str, caplog: pytest.LogCaptureFixture, status: int, body: Any
) -> None:
    simulator.state.answer(status, body, method="setWebhook", times=4)
    address = f"127.0.0.1:{free_port()}"
    settings = {"webhook_url": f"http://{address}/hook", "webhook_secret": "a-secret_0123456789", "listen": address}
    async with running(simulator, file_url, **settings) as bot:
        await bot.listens()
        await bot.answers()
        assert simulator.state.webhook
    assert lines(caplog, "trying again") == 1


# The command menu and the owners

MENUS = {
    "refused": (400, INVALID_MENU, "refuses setMyCommands (Bot_command_invalid)"),
    "a-page": (404, PAGE, "in Telegram's place"),
    "the-token-is-refused": (401, TOKEN_REFUSED, "refuses setMyCommands"),
    "another-shape": (200, [], "setMyCommands is not understood"),
}


@pytest.mark.parametrize(("status", "body", "words"), MENUS.values(), ids=MENUS)
async def test_a_menu_that_is_not_taken_is_tried_at_growing_pauses_and_logged_once(
    simulator: Simulator, file_url: str, caplog: pytest.LogCaptureFixture, status: int, body: Any, words: str
) -> None:
    simulator.state.answer(status, body, method="setMyCommands", times=4)
    async with running(simulator, file_url) as bot:
        await bot.listens()
        await simulator.state.wait_for(lambda state: state.commands, ENOUGH_SECONDS)
        await bot.answers()
        times = await bot.calls("setMyCommands", 5)
    gaps = [later - earlier for earlier, later in pairwise(times)]
    assert all(gap >= pause for gap, pause in zip(gaps, (0.05, 0.1, 0.2, 0.2), strict=True))
    assert lines(caplog, "the command menu was not registered") == lines(caplog, words) == 1
    assert lines(caplog, "the command menu is registered") == 1


async def test_a_menu_that_must_wait_is_sent_when_telegram_says(simulator: Simulator, file_url: str) -> None:
    simulator.state.fail("429", method="setMyCommands", retry_after=2)
    async with running(simulator, file_url) as bot:
        await bot.answers()
        first, second = await bot.calls("setMyCommands", 2)
        assert second - first >= 2


async def test_an_alert_is_tried_until_an_owner_has_it_and_its_trouble_is_one_line(
    simulator: Simulator, file_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with Database(file_url) as database:
        await Sources(database, Fetcher, utc_now, timedelta(minutes=15)).add(["https://example.org/feed"], Kind.FEED)
        async with database.write() as connection:
            for source in await shelf.everything(connection):
                await shelf.note_failure(connection, source, stated("gone"), 5, MORNING)
    simulator.state.person(OWNER)
    simulator.state.fail("429", chat_id=OWNER, times=4)
    async with running(simulator, file_url, owner_ids=str(OWNER)) as bot:
        [alert] = await simulator.state.wait(OWNER, 1, ENOUGH_SECONDS)
        assert "is in trouble: example.org" in alert.text
        await bot.answers()
    assert lines(caplog, f"owner {OWNER} was not reached") == 1
    assert len(simulator.state.sent(OWNER)) == 1
