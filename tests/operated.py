"""A program as an operator runs it: with a subscriber, an owner, and /healthz, which a journey asks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
from journey import READER
from program import Program, free_port, program

from bot.simulator import Simulator

ENOUGH_SECONDS = 30
NOTICED_SECONDS = 10
"""Trouble with the database must be noticed within this."""

OWNER, STRANGER = 501, 2001


def troubles(running: Program) -> list[str]:
    """Return the lines of the log at ERROR or above."""
    return [line for line in running.output.splitlines() if " ERROR " in line or " CRITICAL " in line]


@asynccontextmanager
async def subscribed(
    folder: Path, *, new: bool = True, anew: bool = False, **environment: str
) -> AsyncIterator[tuple[Simulator, Program, str]]:
    """Run the program with a subscriber and an owner; gives also the address of /healthz. It must end well.

    `environment` are more settings; `anew` starts it from nothing.
    """
    port = free_port()
    async with Simulator() as simulator:
        for chat in (READER, OWNER, STRANGER):
            simulator.state.person(chat)
        settings = {
            "TELEGRAM_BOT_TOKEN": simulator.token,
            "TELEGRAM_API_URL": simulator.url,
            "TELEGRAM_OWNER_IDS": str(OWNER),
            "TELEGRAM_LISTEN": f"127.0.0.1:{port}",
        }
        async with program("run", cwd=folder, anew=anew, **settings, **environment) as running:
            await running.says("is listening")
            if new:
                await ask(simulator, "/start", answers=2)
            yield simulator, running, f"http://127.0.0.1:{port}/healthz"
            running.process.terminate()
            assert await running.ends() == 0
        running.check_output(simulator.token)


async def ask(simulator: Simulator, text: str, *, chat: int = READER, answers: int = 1) -> str:
    """Send the bot a text, wait for so many answers, and return the last."""
    before = len(simulator.state.sent(chat))
    simulator.state.say(chat, text)
    return (await simulator.state.wait(chat, before + answers, ENOUGH_SECONDS))[-1].text


async def health(url: str) -> tuple[int, list[str]]:
    """Return the status of /healthz and its reasons."""
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        return response.status, (await response.json())["reasons"]


async def until_health_is(url: str, status: int, seconds: float = NOTICED_SECONDS) -> list[str]:
    """Wait until /healthz answers with this status; return its reasons."""
    async with asyncio.timeout(seconds):
        while (answer := await health(url))[0] != status:  # noqa: ASYNC110 - as a monitor asks
            await asyncio.sleep(0.1)
        return answer[1]
