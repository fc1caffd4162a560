"""The program with a webhook, in processes of their own: answers in order, through `kill -9`, by several receivers."""

from __future__ import annotations

import json
import signal
import socket
from pathlib import Path

import aiohttp
import pytest
from balancer import Balancer
from click.testing import CliRunner
from fakes import COMMANDS, MORNING
from fakes import report as news
from journey import READER
from program import briefings, free_port, program

from bot.cli.main import cli
from bot.simulator import Simulator, State
from briefings.newsroom.opening import open_newsroom
from briefings.settings import NewsroomSettings

SECRET = "a-secret_0123456789"
ENOUGH_SECONDS = 30


def environment(simulator: Simulator, port: int, url: str = "") -> dict[str, str]:
    return {
        "TELEGRAM_BOT_TOKEN": simulator.token,
        "TELEGRAM_API_URL": simulator.url,
        "TELEGRAM_WEBHOOK_URL": url or f"http://127.0.0.1:{port}/hook",
        "TELEGRAM_WEBHOOK_SECRET": SECRET,
        "TELEGRAM_LISTEN": f"127.0.0.1:{port}",
        "BRIEFINGS_DATABASE_URL": "sqlite:///newsroom.db",
        "BRIEFINGS_LOG_LEVEL": "DEBUG",
    }


async def stock(folder: Path) -> None:
    """Add two articles to the newsroom in this folder."""
    settings = NewsroomSettings(database_url=f"sqlite:///{folder / 'newsroom.db'}", _env_file=None)
    async with open_newsroom(settings, COMMANDS, lambda: MORNING) as newsroom:
        await newsroom.editing.add([news("relos"), news("tejas")])


def is_a_message_refused(state: State) -> bool:
    """True once a message was answered with 429."""
    return any(call.method == "sendMessage" and call.status == 429 for call in state.calls)


async def test_a_reader_is_answered_in_order_and_the_operator_sees_it(tmp_path: Path) -> None:
    await stock(tmp_path)
    port = free_port()
    async with Simulator() as simulator, program("run", cwd=tmp_path, **environment(simulator, port)) as running:
        await running.says("Telegram brings updates to")
        simulator.state.person(READER)
        simulator.state.say(READER, "/start")
        await simulator.state.wait(READER, 2, ENOUGH_SECONDS)
        for question in ("/relos", "/help", "/relos"):
            simulator.state.say(READER, question)
        answers = (await simulator.state.wait(READER, 5, ENOUGH_SECONDS))[2:]
        assert ["RELOS" in answers[0].text, "/search" in answers[1].text] == [True, True]
        assert answers[0].text == answers[2].text != answers[1].text
        assert all(call.method != "getUpdates" for call in simulator.state.calls)
        async with aiohttp.ClientSession() as session:
            async with session.get(f"http://127.0.0.1:{port}/healthz") as response:
                assert response.status == 200
                health = json.loads(await response.text())
            async with session.get(f"http://127.0.0.1:{port}/metrics") as response:
                metrics = await response.text()
        assert list(health["seconds_since_tick"]) == ["collect", "enrich", "publish", "dispatch"]
        assert 'briefings_messages_total{lane="answers",outcome="sent"} 4.0' in metrics
        assert "briefings_answer_seconds_count 4.0" in metrics
        running.process.send_signal(signal.SIGTERM)
        assert await running.ends(10) == 0
        assert simulator.state.webhook is not None, "other processes may listen there"
        running.check_output(simulator.token, SECRET)


async def test_a_kill_in_the_middle_of_an_answer_loses_no_question(tmp_path: Path) -> None:
    await stock(tmp_path)
    port = free_port()
    async with Simulator() as simulator:
        simulator.state.person(READER)
        async with program("run", cwd=tmp_path, **environment(simulator, port)) as running:
            await running.says("Telegram brings updates to")
            simulator.state.fail("429", retry_after=60)
            simulator.state.say(READER, "/relos")
            simulator.state.say(READER, "/help")
            await simulator.state.wait_for(is_a_message_refused, ENOUGH_SECONDS)
            await simulator.state.wait_for(lambda state: not state.updates, ENOUGH_SECONDS)  # both are acknowledged
            running.process.kill()
            await running.ends()
        assert simulator.state.sent(READER) == []
        simulator.state.say(READER, "/relos")
        async with program("run", cwd=tmp_path, **environment(simulator, port)):
            answers = await simulator.state.wait(READER, 3, ENOUGH_SECONDS)
            assert "RELOS" in answers[0].text
            assert "/search" in answers[1].text
            assert answers[2].text == answers[0].text, "what was asked after the kill comes last"
            await simulator.state.wait_for(lambda state: not state.updates, ENOUGH_SECONDS)
        assert len(simulator.state.sent(READER)) == 3, "nothing came twice"


async def test_two_receivers_share_the_work_and_one_that_dies_leaves_no_question_unanswered(tmp_path: Path) -> None:
    await stock(tmp_path)
    ports = free_port(), free_port()
    chats = range(2001, 2007)
    targets = [f"http://127.0.0.1:{port}/hook" for port in ports]
    async with Simulator() as simulator, Balancer(*targets) as balancer:
        for chat in chats:
            simulator.state.person(chat)
        first_settings, second_settings = (environment(simulator, port, balancer.url) for port in ports)
        async with (
            program("run", "--only", "talk", cwd=tmp_path, **first_settings) as first,
            program("run", "--only", "talk", cwd=tmp_path, **second_settings) as second,
        ):
            for running in (first, second):
                await running.says("Telegram brings updates to")
            for chat in chats:
                simulator.state.say(chat, "/relos")
                simulator.state.say(chat, "/help")
            await simulator.state.wait_for(lambda state: sum(len(state.sent(chat)) for chat in chats) >= 3, 30)
            first.process.kill()
            await first.ends()
            await simulator.state.wait_for(
                lambda state: all({"RELOS", "/search"} <= _marks(state, chat) for chat in chats), ENOUGH_SECONDS
            )
        assert set(balancer.forwarded) == set(targets)
        for chat in chats:
            order = ["RELOS" if "RELOS" in message.text else "/help" for message in simulator.state.sent(chat)]
            assert order == sorted(order, reverse=True), "in order; an answer under way at the kill perhaps twice"


def _marks(state: State, chat: int) -> set[str]:
    """Return the words by which the chat's answers to /relos and /help are told apart."""
    return {mark for mark in ("RELOS", "/search") for message in state.sent(chat) if mark in message.text}


async def test_going_back_to_polling_removes_the_webhook_and_loses_nothing(tmp_path: Path) -> None:
    await stock(tmp_path)
    port = free_port()
    async with Simulator() as simulator:
        simulator.state.person(READER)
        by_webhook = environment(simulator, port)
        async with program("run", cwd=tmp_path, **by_webhook) as running:
            await running.says("Telegram brings updates to")
            simulator.state.fail("429", retry_after=60)
            simulator.state.say(READER, "/relos")  # stored, not answered
            await simulator.state.wait_for(is_a_message_refused, ENOUGH_SECONDS)
            running.process.kill()
            await running.ends()
        simulator.state.say(READER, "/help")  # waits at Telegram
        async with program("run", cwd=tmp_path, **(by_webhook | {"TELEGRAM_WEBHOOK_URL": ""})) as running:
            await running.says("a webhook was set for this token")
            await simulator.state.wait_for(lambda state: {"RELOS", "/search"} <= _marks(state, READER), ENOUGH_SECONDS)
        assert simulator.state.webhook is None
        assert len(simulator.state.sent(READER)) == 2


async def test_a_webhook_without_a_port_is_one_line(tmp_path: Path) -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        async with Simulator() as simulator:
            quiet = environment(simulator, busy.getsockname()[1]) | {"BRIEFINGS_LOG_LEVEL": "INFO"}
            status, output = await briefings("run", cwd=tmp_path, **quiet)
    assert status == 1
    [line] = output.splitlines()
    assert line.startswith("briefings: TELEGRAM_LISTEN: 127.0.0.1:")


async def test_a_webhook_without_its_secret_is_one_line(tmp_path: Path) -> None:
    async with Simulator() as simulator:
        bare = environment(simulator, free_port()) | {"TELEGRAM_WEBHOOK_SECRET": ""}
        status, output = await briefings("run", cwd=tmp_path, **bare)
    assert status == 1
    assert output.startswith("briefings: TELEGRAM_WEBHOOK_SECRET: must be set")
    assert len(output.splitlines()) == 1


# Some of the roles


async def test_a_bot_in_three_processes_answers_and_delivers(tmp_path: Path) -> None:
    await stock(tmp_path)
    async with Simulator() as simulator:
        simulator.state.person(READER)
        settings = environment(simulator, free_port()) | {"TELEGRAM_WEBHOOK_URL": "", "TELEGRAM_LISTEN": "off"}
        async with (
            program("run", "--only", "talk", cwd=tmp_path, **settings) as talking,
            program("run", "--only", "dispatch", cwd=tmp_path, **settings) as delivering,
            program("run", "--only", "ingest,enrich", "--only", "publish", cwd=tmp_path, **settings) as printing,
        ):
            await talking.says("is listening")
            await delivering.says("running only: dispatch")
            await printing.says("running only: collect, enrich, publish")
            simulator.state.say(READER, "/start")
            await simulator.state.wait(READER, 2, ENOUGH_SECONDS)
            for running in (talking, delivering, printing):
                running.process.terminate()
                assert await running.ends(10) == 0
                running.check_output(simulator.token)


async def test_a_role_that_does_not_need_telegram_needs_no_token(tmp_path: Path) -> None:
    async with program("run", "--only", "enrich", cwd=tmp_path) as running:
        await running.says("running only: enrich")
        running.process.terminate()
        assert await running.ends(10) == 0


@pytest.mark.parametrize("only", ["talk,nonsense", "", "Talk", "talk,,publish"])
def test_an_unknown_role_is_wrong_usage_in_one_line(only: str) -> None:
    result = CliRunner().invoke(cli, ["run", "--only", only])
    assert result.exit_code == 2
    assert len(result.output.splitlines()) == 1
    assert "talk, collect, enrich, publish, dispatch" in result.output
