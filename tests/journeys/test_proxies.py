"""Behind a proxy: all that leaves the machine goes through it, and its trouble is an outage like another."""

from __future__ import annotations

import asyncio
import shutil
import ssl
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from endpoint import Endpoint, says
from fakes import blocks, queue
from journey import READER
from program import Program, briefings, free_port, program
from socks import ALLOWED, NOT_ALLOWED_BY_RULES, Socks, socks
from website import rss, website

from bot.simulator import Simulator
from briefings.store import outbox
from briefings.store.database import Database

USER = ("desk", "open-sesame")
ENOUGH_SECONDS = 30
OPENSSL = shutil.which("openssl")


def environment(simulator: Simulator, proxy: str, **more: str) -> dict[str, str]:
    return {
        "TELEGRAM_BOT_TOKEN": simulator.token,
        "TELEGRAM_API_URL": "http://localhost:1",
        "BRIEFINGS_PROXY": proxy,
        **more,
    }


def warnings(running: Program) -> list[str]:
    """Return the lines of the log at WARNING or above."""
    return [line for line in running.output.splitlines() if " WARNING " in line or " ERROR " in line]


async def stop(running: Program, *secrets: str) -> None:
    """Stop the program; check that it ended well and has shown no secret."""
    running.process.terminate()
    assert await running.ends() == 0
    running.check_output(*secrets, USER[1])


async def ask(simulator: Simulator, text: str, *, answers: int = 1) -> None:
    """Send the bot a text, and wait for so many answers."""
    before = len(simulator.state.sent(READER))
    if READER not in simulator.state.chats:
        simulator.state.person(READER)
    simulator.state.say(READER, text)
    await simulator.state.wait(READER, before + answers, ENOUGH_SECONDS)


# All that leaves the machine


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """Make a certificate for `localhost`, which signs itself. Returns its file and that of its key."""
    assert OPENSSL
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    request = "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost"
    files = ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run([OPENSSL, *request.split(), *files], check=True, capture_output=True)
    return certificate, key


@asynccontextmanager
async def encrypted(simulator: Simulator, folder: Path) -> AsyncIterator[tuple[int, Path]]:
    """Serve the simulator by TLS as `localhost`; gives the port and the certificate to trust."""
    certificate, key = await asyncio.to_thread(make_certificate, folder)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    plain = {"api": ("127.0.0.1", simulator.port)}
    relay = Socks(plain)

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await relay.carry("api", reader, writer)
        writer.close()

    async with await asyncio.start_server(handle, "127.0.0.1", 0, ssl=context) as server:
        yield server.sockets[0].getsockname()[1], certificate


@pytest.mark.skipif(OPENSSL is None, reason="needs openssl to make a certificate")
async def test_telegram_feeds_and_summaries_go_through_a_socks_proxy_which_resolves_their_names(
    tmp_path: Path,
) -> None:
    async with (
        Simulator() as simulator,
        encrypted(simulator, tmp_path) as (port, certificate),
        website() as site,
        Endpoint() as endpoint,
    ):
        site.puts("/feed", rss(2, 1, newest=datetime.now(UTC)))
        endpoint.tell(says({"summary": "It is a summary that no article bears out."}))
        here = {
            "localhost": ("127.0.0.1", port),
            "news.example": ("127.0.0.1", int(site.url("/").split(":")[2].split("/")[0])),
            "models.example": ("127.0.0.1", int(endpoint.url.split(":")[2].split("/")[0])),
        }
        async with socks(here, USER) as proxy:
            settings = environment(
                simulator,
                proxy.url(":".join(USER)),
                TELEGRAM_API_URL="https://localhost:1",
                BRIEFINGS_SUMMARY_API_URL="http://models.example/v1",
                BRIEFINGS_SUMMARY_API_MODEL="small",
                SSL_CERT_FILE=str(certificate),
            )
            status, output = await briefings("sources", "add", "http://news.example/feed", cwd=tmp_path, **settings)
            assert status == 0, output
            async with program("run", cwd=tmp_path, anew=True, **settings) as running:
                await running.says("is listening")
                await ask(simulator, "/start", answers=2)
                async with asyncio.timeout(ENOUGH_SECONDS):
                    while not endpoint.requests:  # noqa: ASYNC110 - the endpoint does not say when it is asked
                        await asyncio.sleep(0.05)
                await stop(running, simulator.token)
        assert {host for host, _ in proxy.asked} == here.keys()
    assert warnings(running) == []


# A proxy in trouble is an outage: one line, nothing lost, nothing repeated

TROUBLES = {
    "password": "Telegram cannot be reached (the proxy refuses the user or the password in BRIEFINGS_PROXY)",
    "rules": "Telegram cannot be reached (the proxy makes no connection to it)",
}


@pytest.mark.parametrize(("trouble", "line"), TROUBLES.items(), ids=TROUBLES.keys())
async def test_a_proxy_that_refuses_is_one_line_and_waited_out(tmp_path: Path, trouble: str, line: str) -> None:
    async with Simulator() as simulator, socks({"localhost": ("127.0.0.1", simulator.port)}) as proxy:
        proxy.user = ("desk", "another") if trouble == "password" else USER
        proxy.code = NOT_ALLOWED_BY_RULES if trouble == "rules" else ALLOWED
        async with program("run", cwd=tmp_path, **environment(simulator, proxy.url(":".join(USER)))) as running:
            await running.says(line)
            proxy.user, proxy.code = USER, ALLOWED
            await running.says("is listening")
            await ask(simulator, "/help")
            await stop(running, simulator.token)
    assert len(warnings(running)) == 1


@pytest.mark.parametrize("scheme", ["socks5", "http"])
async def test_a_dead_proxy_is_one_line(tmp_path: Path, scheme: str) -> None:
    dead = f"{scheme}://{':'.join(USER)}@127.0.0.1:{free_port()}"
    async with Simulator() as simulator, program("run", cwd=tmp_path, **environment(simulator, dead)) as running:
        await running.says("Telegram cannot be reached (the proxy cannot be reached)")
        await stop(running, simulator.token)
    assert len(warnings(running)) == 1


async def test_a_proxy_that_comes_up_late_ends_the_outage(tmp_path: Path) -> None:
    port = free_port()
    async with Simulator() as simulator:
        settings = environment(simulator, f"socks5://127.0.0.1:{port}")
        async with program("run", cwd=tmp_path, **settings) as running:
            await running.says("the proxy cannot be reached")
            async with socks({"localhost": ("127.0.0.1", simulator.port)}, port=port):
                await running.says("is listening")
                await ask(simulator, "/help")
                await stop(running, simulator.token)


async def first_edition_is_noted(database: Database) -> None:
    """Wait until the outbox is empty: a message whose answer the bot has not read yet may come twice."""
    async with asyncio.timeout(ENOUGH_SECONDS):
        while True:
            async with database.read() as connection:
                if not await outbox.report(connection, failed=False):
                    return
            await asyncio.sleep(0.05)


async def test_an_edition_that_a_proxy_does_not_let_out_comes_once_when_it_does(tmp_path: Path) -> None:
    async with Simulator() as simulator, socks({"localhost": ("127.0.0.1", simulator.port)}) as proxy:
        async with program("run", cwd=tmp_path, **environment(simulator, proxy.url())) as running:
            await running.says("is listening")
            await ask(simulator, "/start", answers=2)
            async with Database(f"sqlite:///{tmp_path}/briefings.db") as database:
                await first_edition_is_noted(database)
                proxy.code = NOT_ALLOWED_BY_RULES
                await proxy.hang_up()
                await queue(database, blocks("late news"), str(READER), now=datetime.now(UTC))
            asked = len(proxy.asked)
            async with asyncio.timeout(ENOUGH_SECONDS):
                while len(proxy.asked) < asked + 3:  # noqa: ASYNC110 - polling and the edition meet the refusal
                    await asyncio.sleep(0.05)
            proxy.code = ALLOWED
            edition = (await simulator.state.wait(READER, 3, 90))[2]
            assert edition.text == "late news"
            await ask(simulator, "/help")
            await stop(running, simulator.token)
        assert len(simulator.state.sent(READER)) == 4
    assert await briefings("outbox", "--failed", "--json", cwd=tmp_path) == (0, "briefings: nothing has failed\n")


# Other programs' settings


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "http_proxy"])
async def test_a_proxy_that_is_set_for_other_programs_is_named_once_without_its_value(
    tmp_path: Path, name: str
) -> None:
    others = {name: f"http://{':'.join(USER)}@proxy.example:1"}
    async with Simulator() as simulator:
        settings = environment(simulator, "", TELEGRAM_API_URL=simulator.url)
        async with program("run", cwd=tmp_path, **settings, **others) as running:
            await running.says("is listening")
            await stop(running, simulator.token, "proxy.example")
    [line] = warnings(running)
    assert line.endswith(f"{name} is set but ignored; set BRIEFINGS_PROXY to go through a proxy")


async def test_a_proxy_of_our_own_leaves_those_of_other_programs_unnamed(tmp_path: Path) -> None:
    async with Simulator() as simulator, socks({"localhost": ("127.0.0.1", simulator.port)}) as proxy:
        settings = environment(simulator, proxy.url(), HTTPS_PROXY="http://proxy.example:1")
        async with program("run", cwd=tmp_path, **settings) as running:
            await running.says("is listening")
            await stop(running, simulator.token)
    assert warnings(running) == []
