"""Broadcast to a stub Bot API: ours from the durable outbox, the peers by their examples, raw aiohttp as the floor.

Each contender runs in a process of its own, one after the other, in several interleaved rounds; the ratio to raw
aiohttp is what counts. `python -m tests.benchmarks.broadcast`
"""

from __future__ import annotations

import asyncio
import importlib.util
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

MESSAGES, ROUNDS, DELAY, CONNECTIONS = 6000, 3, 0.05, 200
TOKEN = "1:BENCHMARK-ONLY"
TEXT = "<b>Duma ratifies RELOS</b>\n" + "The State Duma ratified the agreement on Tuesday. " * 40

Contender = Callable[[str, int], Awaitable[float]]
"""Sends so many messages to the address; returns the seconds that this took."""


async def raw(url: str, count: int) -> float:
    """Post by aiohttp and do nothing else: the floor."""
    import aiohttp

    body = json.dumps({"text": TEXT, "parse_mode": "HTML"}).encode()[1:]
    numbers = iter(range(count))
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=CONNECTIONS)) as session:

        async def work() -> None:
            for number in numbers:
                data = b'{"chat_id":%d,' % (number + 1) + body
                headers = {"Content-Type": "application/json"}
                async with session.post(f"{url}/bot{TOKEN}/sendMessage", data=data, headers=headers) as answer:
                    json.loads(await answer.read())

        began = time.perf_counter()
        await asyncio.gather(*(work() for _ in range(CONNECTIONS)))
        return time.perf_counter() - began


async def sockets(url: str, count: int) -> float:
    """Write requests to bare sockets and count the answers: the stub's ceiling."""
    host, port = url.removeprefix("http://").split(":")
    data = json.dumps({"text": TEXT, "parse_mode": "HTML"}).encode()[1:]
    numbers = iter(range(count))

    async def work() -> None:
        reader, writer = await asyncio.open_connection(host, int(port))
        for number in numbers:
            body = b'{"chat_id":%d,' % (number + 1) + data
            head = f"POST /bot{TOKEN}/sendMessage HTTP/1.1\r\nHost: {host}\r\nContent-Length: {len(body)}\r\n\r\n"
            writer.write(head.encode() + body)
            answer = await reader.readuntil(b"\r\n\r\n")
            await reader.readexactly(int(answer.partition(b"Content-Length: ")[2].split(b"\r\n", 1)[0]))
        writer.close()

    began = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(2 * CONNECTIONS)))
    return time.perf_counter() - began


async def ours(url: str, count: int) -> float:
    """Run the whole dispatch pass on SQLite: claim, send, mark as delivered."""
    from fakes import blocks, join

    from bot.telegram.chat_limits import ChatClock
    from bot.telegram.messenger import TelegramMessenger
    from bot.telegram.transport import Transport
    from briefings.editions.model import Edition
    from briefings.passes.dispatch import Dispatcher
    from briefings.passes.rate_limit import RateLimit
    from briefings.store import editions
    from briefings.store.database import Database
    from briefings.store.schema import subscribers

    def clock() -> datetime:
        return datetime.now(UTC)

    with tempfile.TemporaryDirectory() as folder:
        async with Database(f"sqlite:///{folder}/b.db") as database, Transport(connections=CONNECTIONS) as transport:
            await join(database, "1", at=clock())
            async with database.write() as connection:
                first = dict((await connection.execute(subscribers.select())).mappings().one())
                others = [{**first, "id": n + 1, "address": str(n + 1)} for n in range(1, count)]
                await connection.execute(subscribers.insert(), others)
                printed = Edition(0, "first", blocks(TEXT), told_until=clock(), printed=clock())
                number = await editions.save(connection, printed, rhythm_id=1, wishes_id=1, mark=None)
                for start in range(count):
                    await editions.deliver_to(connection, number, start + 1, clock())
            rate_limit = RateLimit(database, clock, 100_000)
            messenger = TelegramMessenger(transport, f"{url}/bot{TOKEN}", ChatClock(time.monotonic))
            dispatcher = Dispatcher(database, messenger, rate_limit, clock, per_second=100_000)
            cpu, began = time.process_time(), time.perf_counter()
            taken = await dispatcher.run()
            seconds = time.perf_counter() - began
            ours.cpu = time.process_time() - cpu  # type: ignore[attr-defined] # filling the outbox is not the broadcast
            assert taken == count
            await rate_limit.close()
            return seconds


async def ptb(url: str, count: int) -> float:
    """Send by python-telegram-bot as its examples do."""
    from telegram import Bot
    from telegram.request import HTTPXRequest

    async with Bot(
        TOKEN, base_url=f"{url}/bot", request=HTTPXRequest(connection_pool_size=CONNECTIONS, pool_timeout=60)
    ) as bot:
        return await _by_calls(lambda n: bot.send_message(n, TEXT, parse_mode="HTML"), count)


async def ptb_limited(url: str, count: int) -> float:
    """Send by python-telegram-bot with its rate limiter, which keeps 30 a second and obeys a 429."""
    from telegram.ext import AIORateLimiter, ExtBot
    from telegram.request import HTTPXRequest

    request = HTTPXRequest(connection_pool_size=CONNECTIONS, pool_timeout=60)
    async with ExtBot(TOKEN, base_url=f"{url}/bot", request=request, rate_limiter=AIORateLimiter(max_retries=5)) as bot:
        return await _by_calls(lambda n: bot.send_message(n, TEXT, parse_mode="HTML"), count)


async def aiogram(url: str, count: int) -> float:
    """Send by aiogram 3."""
    from aiogram import Bot
    from aiogram.client.session.aiohttp import AiohttpSession
    from aiogram.client.telegram import TelegramAPIServer

    session = AiohttpSession(api=TelegramAPIServer.from_base(url), limit=CONNECTIONS)
    async with Bot(TOKEN, session=session) as bot:
        return await _by_calls(lambda n: bot.send_message(n, TEXT, parse_mode="HTML"), count)


async def telebot(url: str, count: int) -> float:
    """Send by pyTelegramBotAPI, asynchronous."""
    from telebot import asyncio_helper
    from telebot.async_telebot import AsyncTeleBot

    asyncio_helper.API_URL = url + "/bot{0}/{1}"
    bot = AsyncTeleBot(TOKEN)
    try:
        return await _by_calls(lambda n: bot.send_message(n, TEXT, parse_mode="HTML"), count)
    finally:
        await bot.close_session()


async def _by_calls(send: Callable[[int], Awaitable[object]], count: int) -> float:
    numbers = iter(range(1, count + 1))

    async def work() -> None:
        for number in numbers:
            await send(number)

    began = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(CONNECTIONS)))
    return time.perf_counter() - began


CONTENDERS: dict[str, tuple[Contender, int, str]] = {
    "the stub's ceiling, 400 sockets": (sockets, MESSAGES, "asyncio"),
    "raw aiohttp": (raw, MESSAGES, "aiohttp"),
    "Briefings": (ours, MESSAGES, "bot"),
    "pyTelegramBotAPI": (telebot, MESSAGES // 2, "telebot"),
    "aiogram": (aiogram, MESSAGES // 2, "aiogram"),
    "python-telegram-bot": (ptb, 300, "telegram"),
    "the same with its rate limiter": (ptb_limited, 300, "aiolimiter"),
}


def measure(name: str, url: str) -> tuple[float, float]:
    """Return a contender's messages a second and CPU seconds per thousand, measured in a process of its own."""
    answer = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.broadcast", name, url],
        capture_output=True,
        check=True,
        text=True,
        env={**os.environ, "PTB_TIMEDELTA": "1"},
    )
    rate, cpu = json.loads(answer.stdout.splitlines()[-1])
    return rate, cpu


def main() -> None:
    """Print the table."""
    from tests.benchmarks.stub import stub

    installed = [name for name, (_, _, package) in CONTENDERS.items() if importlib.util.find_spec(package)]
    measured: dict[str, list[tuple[float, float]]] = {name: [] for name in installed}
    with stub(DELAY) as url:
        for _ in range(ROUNDS):
            for name in installed:
                measured[name].append(measure(name, url))
    floor = (
        statistics.median(rate for rate, _ in measured["raw aiohttp"]),
        statistics.median(cpu for _, cpu in measured["raw aiohttp"]),
    )
    print(
        f"{'broadcast, stub answers after 50 ms':36} {'messages/s':>11} {'of raw':>7} {'CPU-s/1,000':>12} {'of raw':>7}"
    )
    for name in installed:
        rate, cpu = (statistics.median(values) for values in zip(*measured[name], strict=True))
        print(f"{name:36} {rate:11,.0f} {rate / floor[0]:7.2f} {cpu:12.3f} {cpu / floor[1]:7.2f}")


def _run(name: str, url: str) -> None:
    contender, count, _ = CONTENDERS[name]
    try:
        import uvloop

        run = uvloop.run
    except ImportError:  # an optional speed-up
        run = asyncio.run
    cpu = time.process_time()
    seconds = run(contender(url, count))
    used = getattr(contender, "cpu", None) or time.process_time() - cpu
    print(json.dumps([count / seconds, used / count * 1000]))


if __name__ == "__main__":
    _run(*sys.argv[1:]) if len(sys.argv) > 1 else main()
