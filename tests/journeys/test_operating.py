"""`briefings run` for an operator: starting, stopping, and one clear line when something is wrong."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
from fakes import COMMANDS
from journey import READER
from program import briefings, program

from bot.simulator import Simulator
from briefings.newsroom.opening import open_newsroom
from briefings.settings import NewsroomSettings


def environment(simulator: Simulator, **more: str) -> dict[str, str]:
    return {
        "TELEGRAM_BOT_TOKEN": simulator.token,
        "TELEGRAM_API_URL": simulator.url,
        "BRIEFINGS_LOG_LEVEL": "DEBUG",
        **more,
    }


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_stops_it_within_ten_seconds(tmp_path: Path, number: signal.Signals) -> None:
    async with (
        Simulator() as simulator,
        program("run", cwd=tmp_path, anew=True, **environment(simulator)) as running,
    ):
        await running.says("is listening")
        simulator.state.person(READER)
        simulator.state.say(READER, "/start")
        await simulator.state.wait(READER, 2)
        running.process.send_signal(number)
        assert await running.ends(10) == 0
        running.check_output(simulator.token)


async def test_a_stop_in_a_broadcast_gives_the_claims_back(tmp_path: Path) -> None:
    chats = range(3000, 3020)
    settings = NewsroomSettings(database_url=f"sqlite:///{tmp_path / 'briefings.db'}", _env_file=None)
    async with open_newsroom(settings, COMMANDS) as newsroom:
        for chat in chats:
            await newsroom.readers.subscribe(str(chat))
    slow = {"TELEGRAM_MESSAGES_PER_SECOND": "5"}
    async with Simulator() as simulator:
        for chat in chats:
            simulator.state.person(chat)
        async with program("run", cwd=tmp_path, **environment(simulator, **slow)) as running:
            await simulator.state.wait_for(lambda state: sum(len(state.sent(chat)) for chat in chats) >= 3, 30)
            running.process.send_signal(signal.SIGTERM)
            assert await running.ends(10) == 0
            running.check_output(simulator.token)
        async with open_newsroom(settings, COMMANDS) as newsroom:
            states = {delivery.state for delivery in await newsroom.upkeep.deliveries(failed=False)}
            assert states == {"waiting"}
        async with program("run", cwd=tmp_path, **environment(simulator)):
            await simulator.state.wait_for(lambda state: all(state.sent(chat) for chat in chats), 30)
        assert all(len(simulator.state.sent(chat)) == 1 for chat in chats), "nobody was sent it twice"


async def test_a_wrong_token_is_one_line(tmp_path: Path) -> None:
    async with Simulator() as simulator:
        wrong = environment(simulator, TELEGRAM_BOT_TOKEN="42:WRONG", BRIEFINGS_LOG_LEVEL="INFO")
        status, output = await briefings("run", cwd=tmp_path, **wrong)
    assert status == 1
    assert output.splitlines() == [
        "briefings: Telegram does not know this bot token. Check TELEGRAM_BOT_TOKEN; @BotFather shows the right one."
    ]


async def test_a_missing_token_is_one_line_that_names_botfather(tmp_path: Path) -> None:
    status, output = await briefings("run", cwd=tmp_path)
    assert status == 1
    assert output.startswith("briefings: TELEGRAM_BOT_TOKEN is not set; @BotFather gives you one")
    assert len(output.splitlines()) == 1


async def test_an_outage_at_the_start_is_waited_out(tmp_path: Path) -> None:
    async with Simulator() as simulator:
        simulator.state.down = True
        async with program("run", cwd=tmp_path, **environment(simulator)) as running:
            await running.says("Telegram cannot be reached")
            simulator.state.down = False
            await running.says("is listening")
            simulator.state.person(READER)
            simulator.state.say(READER, "/help")
            await simulator.state.wait(READER, 1)
            running.check_output(simulator.token)


async def test_an_outage_while_running_is_waited_out(tmp_path: Path) -> None:
    async with Simulator() as simulator, program("run", cwd=tmp_path, **environment(simulator)) as running:
        await running.says("is listening")
        simulator.state.down = True
        await running.says("Telegram cannot be reached")
        simulator.state.down = False
        simulator.state.person(READER)
        simulator.state.say(READER, "/help")
        await simulator.state.wait(READER, 1)
        await running.says("Telegram answers again")
        running.process.terminate()
        assert await running.ends(10) == 0
        running.check_output(simulator.token)


async def test_a_second_poller_is_named_in_one_line(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    async with (
        Simulator() as simulator,
        program("run", cwd=tmp_path / "one", **environment(simulator)) as first,
        program("run", cwd=tmp_path / "two", **environment(simulator)) as second,
    ):
        await second.says("is listening")
        await first.says("another program is polling with the same token")
        for running in (first, second):
            running.process.terminate()
            assert await running.ends(10) == 0
            running.check_output(simulator.token)
        assert first.output.count("another program is polling") == 1


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("EDITION_TIME", "25:99", "“25:99” is not an hour. Use 00:00 to 23:59, for example 07:30."),
        ("TIMEZONE", "Mars", "no zone is called “Mars”; use a city or an IANA name such as Europe/Moscow"),
    ],
)
async def test_a_bad_setting_is_one_line_in_a_terminals_words(
    tmp_path: Path, name: str, value: str, words: str
) -> None:
    status, output = await briefings("run", cwd=tmp_path, **{f"BRIEFINGS_{name}": value})
    assert (status, output) == (1, f"briefings: BRIEFINGS_{name}: {words}\n")
