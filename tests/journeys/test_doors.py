"""Doors, files and secrets: foreign pages, odd payloads, file modes, read-only databases, and secrets in the output."""

from __future__ import annotations

import asyncio
import gzip
import json
import secrets
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import asyncpg
import pytest
from fakes import COMMANDS, MORNING
from fakes import report as news
from journey import READER, Journey
from postgres import named
from program import Program, briefings, free_port, program
from sqlalchemy import make_url

from bot.simulator import Simulator
from briefings.newsroom.opening import open_newsroom
from briefings.settings import NewsroomSettings

ENOUGH_SECONDS = 30
SECRET = "a-secret_0123456789"
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"


def environment(simulator: Simulator, **more: str) -> dict[str, str]:
    return {"TELEGRAM_BOT_TOKEN": simulator.token, "TELEGRAM_API_URL": simulator.url, **more}


def warnings(running: Program) -> list[str]:
    """Return the lines of the log at WARNING or above."""
    return [line for line in running.output.splitlines() if " WARNING " in line or " ERROR " in line]


# The stand-in for Telegram


async def test_try_obeys_its_own_page_and_no_other(tmp_path: Path) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    say = {"chat": READER, "text": "/help"}
    async with (
        program("try", "--port", str(port), cwd=tmp_path, BRIEFINGS_PROXY="http://127.0.0.1:1") as running,
        aiohttp.ClientSession() as session,
    ):
        await running.says("Ctrl-C ends it")
        for headers in ({"Origin": "https://evil.example"}, {"Host": "evil.example"}):
            for path in ("/", "/page/say", "/bot123456:SIMULATED-TOKEN/sendMessage"):
                async with session.post(f"{url}{path}", json=say, headers=headers) as response:
                    assert response.status == 403
        async with session.post(f"{url}/bot123456:SIMULATED-TOKEN/getMe") as response:
            assert response.status == 401, "its token can be guessed by nobody"
        async with session.post(f"{url}/page/say", json=say, headers={"Origin": url}) as response:
            assert response.status == 200
        async with asyncio.timeout(ENOUGH_SECONDS):
            seen = ""
            while True:
                async with session.get(f"{url}/page/events", params={"chat": READER, "seen": seen}) as response:
                    shown = json.loads(await response.text())
                seen, texts = shown["version"], [message["text"] for message in shown["messages"]]
                if any("/today" in text for text in texts):
                    break
        assert texts[0] == "/help"


# Odd payloads


def message(number: int, text: str) -> dict[str, Any]:
    """Return an update as Telegram sends it."""
    chat = {"id": READER, "type": "private", "first_name": "Reader"}
    author = {"id": READER, "is_bot": False, "first_name": "Reader"}
    date = int(MORNING.timestamp())
    content = {"message_id": number, "date": date, "chat": chat, "from": author, "text": text}
    return {"update_id": number, "message": content}


async def test_half_a_surrogate_pair_is_answered_and_stops_nobody(journey: Journey) -> None:
    state = journey.simulator.state
    [answer] = await journey.ask("/search qwxz\ud800")
    assert "qwxz\ufffd" in answer.text
    state.person(2001)
    state.say(READER, "/why \udfff")
    [answer] = await journey.ask("/help", chat=2001)
    assert "/today" in answer.text
    await state.wait_for(lambda state: not state.updates, ENOUGH_SECONDS)


async def test_an_update_that_nobody_can_read_is_skipped_alone(
    journey: Journey, caplog: pytest.LogCaptureFixture
) -> None:
    deep = '{"update_id":901,"message":' + '{"x":' * 5_000 + "1" + "}" * 5_001
    updates = [json.dumps(message(900, "/help")), deep, json.dumps(message(902, "/help caf@")).replace("@", "\\udc00")]
    body = f'{{"ok":true,"result":[{",".join(updates)}]}}'.encode()
    journey.simulator.state.answer(200, body.replace(b"caf", b"caf\xff"), method="getUpdates")
    answers = await journey.receive(2)
    assert all("/today" in answer.text for answer in answers)
    [answer] = await journey.ask("/privacy")
    assert answer.text
    assert caplog.text.count("update 901 cannot be read") == 1


@asynccontextmanager
async def by_webhook(folder: Path) -> AsyncIterator[tuple[Simulator, Program, int]]:
    """The program with a webhook, at this port."""
    port = free_port()
    async with Simulator() as simulator:
        simulator.state.person(READER)
        hook = {"TELEGRAM_WEBHOOK_URL": f"http://127.0.0.1:{port}/hook", "TELEGRAM_WEBHOOK_SECRET": SECRET}
        settings = environment(simulator, TELEGRAM_LISTEN=f"127.0.0.1:{port}", **hook)
        async with program("run", cwd=folder, **settings) as running:
            await running.says("Telegram brings updates to")
            yield simulator, running, port


async def test_a_webhook_goes_on_whatever_is_posted_to_it(tmp_path: Path) -> None:
    head = f"POST /hook HTTP/1.1\r\nHost: x\r\n{SECRET_HEADER}: {SECRET}\r\n".encode()
    cut = gzip.compress(json.dumps(message(1, "words " * 99)).encode())[:90]
    broken = {
        b"": b"Content-Length: 100\r\n\r\n{",  # and the peer hangs up
        b"400 ": b"Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope",
        b"400 Bad Request": b"Content-Encoding: gzip\r\nContent-Length: 90\r\n\r\n" + cut,
        b"400 Bad": b"Broken header\r\n\r\n",
    }
    async with by_webhook(tmp_path) as (simulator, running, port):
        for status, rest in broken.items():
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(head + rest)
            await writer.drain()
            if status:
                async with asyncio.timeout(ENOUGH_SECONDS):
                    assert status in await reader.readline()
            writer.close()
        simulator.state.say(READER, "/search qwxz\ud800")
        [answer] = await simulator.state.wait(READER, 1, ENOUGH_SECONDS)
        assert "qwxz\ufffd" in answer.text
        running.process.terminate()
        assert await running.ends() == 0
    running.check_output(simulator.token, SECRET)
    lines = [line.partition("bot.updates.webhook: ")[2] for line in warnings(running)]
    assert sorted(lines) == [
        "a post to the webhook broke off; it is not taken",
        "a post to the webhook cannot be decoded; it is not taken",
        "a post to the webhook is not JSON; it is skipped",
    ]


# Who can read the newsroom


def modes(folder: Path) -> dict[str, str]:
    """Return the mode of each database file in a folder."""
    return {path.name: stat.filemode(path.stat().st_mode)[1:] for path in folder.glob("*.db*")}


async def test_a_new_newsroom_is_its_owners_alone_and_so_is_a_copy(tmp_path: Path) -> None:
    async with Simulator() as simulator, program("run", cwd=tmp_path, **environment(simulator)) as running:
        await running.says("is listening")
        assert modes(tmp_path) == dict.fromkeys(("briefings.db", "briefings.db-wal", "briefings.db-shm"), "rw-------")
        running.process.terminate()
        assert await running.ends() == 0
    assert warnings(running) == []
    copy = ("database", "copy", "sqlite:///briefings.db", "sqlite:///copy.db")
    assert (await briefings(*copy, cwd=tmp_path))[0] == 0
    assert modes(tmp_path)["copy.db"] == "rw-------"


async def test_a_newsroom_that_others_can_read_is_left_so_and_named_once(tmp_path: Path) -> None:
    path = tmp_path / "briefings.db"
    path.touch()
    path.chmod(0o644)
    async with Simulator() as simulator, program("run", cwd=tmp_path, **environment(simulator)) as running:
        await running.says("is listening")
        simulator.state.person(READER)
        simulator.state.say(READER, "/help")
        await simulator.state.wait(READER, 1, ENOUGH_SECONDS)
        running.process.terminate()
        assert await running.ends() == 0
    [line] = warnings(running)
    assert line.endswith(f"other users of this machine can read the newsroom; run `chmod 600 {path}*`")
    assert modes(tmp_path)["briefings.db"] == "rw-r--r--"


# A database that takes no changes


async def execute(url: str, *statements: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


async def run_on(folder: Path, url: str) -> list[str]:
    """Run the program on this database; return the lines of its output. It must end by itself, with status 1."""
    async with Simulator() as simulator:
        status, output = await briefings("run", cwd=folder, **environment(simulator, BRIEFINGS_DATABASE_URL=url))
    assert status == 1
    assert "Traceback" not in output
    return output.splitlines()


async def test_a_read_only_database_ends_the_start_in_one_line(tmp_path: Path, new_postgres_url: str) -> None:
    settings = NewsroomSettings(database_url=new_postgres_url, _env_file=None)
    async with open_newsroom(settings, COMMANDS, lambda: MORNING) as newsroom:
        await newsroom.editing.add([news("relos")])
    database = make_url(new_postgres_url).database
    await execute(new_postgres_url, f"ALTER DATABASE {database} SET default_transaction_read_only = on")
    [line] = await run_on(tmp_path, new_postgres_url)
    assert line.startswith("briefings: the database takes no changes (default_transaction_read_only is on); name the")
    status, output = await briefings("dossier", "relos", cwd=tmp_path, BRIEFINGS_DATABASE_URL=new_postgres_url)
    assert (status, "RELOS" in output) == (0, True), "a verb that only reads still works"


async def test_a_role_that_may_only_read_ends_the_start_in_one_line(tmp_path: Path, new_postgres_url: str) -> None:
    settings = NewsroomSettings(database_url=new_postgres_url, _env_file=None)
    async with open_newsroom(settings, COMMANDS, lambda: MORNING):
        pass
    role = f"desk_{secrets.token_hex(4)}"
    grant = f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role}"
    await execute(new_postgres_url, f"CREATE ROLE {role} LOGIN PASSWORD 'open-sesame'", grant)
    url = make_url(new_postgres_url).set(username=role, password="open-sesame").render_as_string(hide_password=False)
    try:
        [line] = await run_on(tmp_path, url)
    finally:
        await execute(new_postgres_url, f"DROP OWNED BY {role}", f"DROP ROLE {role}")
    assert line.startswith(f"briefings: the role in BRIEFINGS_DATABASE_URL may not write to the database ({role} may")
    assert "GRANT" in line
    assert "open-sesame" not in line


async def test_a_database_of_another_encoding_ends_the_start_in_one_line(tmp_path: Path, postgres: str) -> None:
    name = f"briefings_{secrets.token_hex(6)}"
    await execute(postgres, f"CREATE DATABASE {name} ENCODING 'LATIN1' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'")
    try:
        [line] = await run_on(tmp_path, named(postgres, name))
    finally:
        await execute(postgres, f"DROP DATABASE {name} WITH (FORCE)")
    assert line.startswith("briefings: the database's encoding is LATIN1")
    assert "ENCODING 'UTF8'" in line


# Secrets


@pytest.mark.parametrize("log_format", ["text", "json"])
async def test_no_secret_of_the_settings_is_in_the_log(tmp_path: Path, postgres_url: str, log_format: str) -> None:
    database = make_url(postgres_url).set(password="p@ss/word").render_as_string(hide_password=False)
    key, proxy, hook = "sk-invented/key+1", "http://desk:x%2F1@127.0.0.1:1", "a-webhook_secret"
    async with Simulator() as simulator:
        settings = environment(
            simulator,
            BRIEFINGS_DATABASE_URL=database,
            BRIEFINGS_PROXY=proxy,
            BRIEFINGS_SUMMARY_API_URL="http://127.0.0.1:1/v1?k=open%20sesame",
            BRIEFINGS_SUMMARY_API_KEY=key,
            BRIEFINGS_SUMMARY_API_MODEL="a-model",
            BRIEFINGS_LOG_LEVEL="DEBUG",
            BRIEFINGS_LOG_FORMAT=log_format,
            TELEGRAM_WEBHOOK_SECRET=hook,
        )
        async with program("run", cwd=tmp_path, **settings) as running:
            await running.says("Telegram cannot be reached")
            running.process.terminate()
            assert await running.ends() == 0
    passwords = ("p@ss/word", "p%40ss%2Fword", "desk:x", "x%2F1", "open sesame", "open%20sesame")
    running.check_output(simulator.token, key, hook, *passwords)


WRONG = {
    "proxy": {"BRIEFINGS_PROXY": "ftp://desk:open-sesame@proxy"},
    "proxy-port": {"BRIEFINGS_PROXY": "http://desk:open-sesame@proxy:port"},
    "database": {"BRIEFINGS_DATABASE_URL": "postgresql://desk:open-sesame@127.0.0.1:1/news"},
    "database-with-an-at": {"BRIEFINGS_DATABASE_URL": "postgresql://desk:x@open-sesame@127.0.0.1:1/news"},
    "summary-address": {"BRIEFINGS_SUMMARY_API_URL": "https://:open-sesame@llm.example/v1"},
    "webhook-secret": {"TELEGRAM_WEBHOOK_SECRET": "open-sesame !"},
    "api-address": {"TELEGRAM_API_URL": "ftp://bot:open-sesame@telegram"},
}


@pytest.mark.parametrize("verb", [("run",), ("try", "--once")], ids=["run", "try"])
@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG.keys())
async def test_a_wrong_setting_is_one_line_without_its_secret(
    tmp_path: Path, verb: tuple[str, ...], wrong: dict[str, str]
) -> None:
    status, output = await briefings(*verb, cwd=tmp_path, TELEGRAM_BOT_TOKEN="1:INVENTED", **wrong)
    assert "open-sesame" not in output
    assert "Traceback" not in output
    assert status == 1 or verb[0] == "try", "the trial has no use for some settings"
    assert status == 0 or len(output.splitlines()) == 1
