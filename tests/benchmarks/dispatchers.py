"""One broadcast sent by one, two and three dispatchers that share a newsroom on PostgreSQL.

Each is a process of its own; the time runs from the first claim to the last commit of all. The stub, the server and
the dispatchers share this machine's cores, so more dispatchers help only while a core is free.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import subprocess
import sys
import time
from datetime import UTC, datetime

from tests.benchmarks.broadcast import CONNECTIONS, DELAY, TEXT, TOKEN
from tests.benchmarks.broadcast import measure as measure_contender
from tests.benchmarks.server import cpu, new, run, running
from tests.benchmarks.stub import stub

MESSAGES, ROUNDS = 6000, 3
_EACH = "SELECT {edition}, id, 'waiting', 0, 0, now(), now() FROM subscribers"


def clock() -> datetime:
    """Return the time."""
    return datetime.now(UTC)


async def fill(address: str) -> None:
    """Add readers, and an edition that waits for each of them."""
    from fakes import blocks, join

    from briefings.editions.model import Edition
    from briefings.store import editions
    from briefings.store.database import Database

    async with Database(address) as database:
        await join(database, *(str(number + 1) for number in range(MESSAGES)), at=clock())
        async with database.write() as connection:
            printed = Edition(0, "first", blocks(TEXT), told_until=clock(), printed=clock())
            edition = await editions.save(connection, printed, rhythm_id=1, wishes_id=1, mark=None)
            await connection.exec_driver_sql(
                "INSERT INTO deliveries (edition_id, subscriber_id, state, cursor, attempts, not_before, created) "
                + _EACH.format(edition=edition)
            )
    await run(address, "VACUUM ANALYZE")


async def dispatch(url: str, address: str) -> None:
    """Print that we are ready, wait for a line on stdin, send until nothing is left, print what it took."""
    from bot.telegram.chat_limits import ChatClock
    from bot.telegram.messenger import TelegramMessenger
    from bot.telegram.transport import Transport
    from briefings.passes.dispatch import Dispatcher
    from briefings.passes.rate_limit import RateLimit
    from briefings.store.database import Database

    async with Database(address) as database, Transport(connections=CONNECTIONS) as transport:
        rate_limit = RateLimit(database, clock, 100_000)
        messenger = TelegramMessenger(transport, f"{url}/bot{TOKEN}", ChatClock(time.monotonic))
        dispatcher = Dispatcher(database, messenger, rate_limit, clock, per_second=100_000)
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        used, began = time.process_time(), time.time()
        taken = await dispatcher.run()
        print(json.dumps([taken, time.process_time() - used, began, time.time()]), flush=True)
        await rate_limit.close()


def together(count: int, url: str, server: str) -> tuple[float, float, float]:
    """Return messages a second of all dispatchers, and CPU seconds per thousand, theirs and the server's."""
    with new(server) as address:
        asyncio.run(fill(address))
        command = [sys.executable, "-m", "tests.benchmarks.dispatchers", url, address]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        children = [subprocess.Popen(command, **pipes) for _ in range(count)]  # type: ignore[call-overload]
        for child in children:
            child.stdout.readline()
        served = cpu(server)
        for child in children:
            child.stdin.write("go\n")
            child.stdin.flush()
        results = [json.loads(child.stdout.readline()) for child in children]
        served = cpu(server) - served
        for child in children:
            child.communicate()
    sent, used, begins, ends = zip(*results, strict=True)
    taken, used = sum(sent), sum(used)
    assert taken == MESSAGES, results
    seconds = max(ends) - min(begins)
    return taken / seconds, used / taken * 1000, served / taken * 1000


def main() -> None:
    """Print the table."""
    measured: dict[int, list[tuple[float, float, float]]] = {1: [], 2: [], 3: []}
    raw = []
    with running() as server, stub(DELAY) as url:
        for _ in range(ROUNDS):
            raw.append(measure_contender("raw aiohttp", url))
            for count, rounds in measured.items():
                rounds.append(together(count, url, server))
    rate, floor = (statistics.median(values) for values in zip(*raw, strict=True))
    print(f"raw aiohttp, one process: {rate:,.0f} messages/s, {floor:.3f} CPU-s/1,000")
    print(f"{'dispatchers on PostgreSQL':26} {'messages/s':>11} {'of raw':>7} {'CPU-s/1,000':>12} {'the server’s':>13}")
    for count, rounds in measured.items():
        together_rate, used, served = (statistics.median(values) for values in zip(*rounds, strict=True))
        print(f"{count:<26} {together_rate:11,.0f} {together_rate / rate:7.2f} {used:12.3f} {served:13.3f}")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        try:
            import uvloop

            uvloop.run(dispatch(*sys.argv[1:]))
        except ImportError:
            asyncio.run(dispatch(*sys.argv[1:]))
    else:
        main()
