"""The publish pass on each database: a million readers in 400 zones, with ten sets of wishes, all due in one minute."""

from __future__ import annotations

import asyncio
import gc
import resource
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta

from fakes import COMMANDS

from briefings.editions.render import Renderer
from briefings.passes.publish import AHEAD, publish
from briefings.store.database import Database
from tests.benchmarks.archive import DUE, copied
from tests.benchmarks.server import cpu as cpu_of
from tests.benchmarks.server import filled, new, running

WATCH_SECONDS = 0.005


def main() -> None:
    """Print the cost of that minute, on each database."""
    print("on SQLite")
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure(copied(folder), lambda: 0.0))
    print("on PostgreSQL; in brackets the server's share")
    with running() as server, new(server, template=filled(server)) as address:
        asyncio.run(measure(address, lambda: cpu_of(server)))


async def measure(address: str, server_cpu: Callable[[], float]) -> None:
    """Print the rows of one database. Later deliveries are made while the first go out, so they are measured apart."""
    gc.freeze()  # as `briefings run` does once it has started
    async with Database(address) as database:
        lag = [0.0]
        watching = asyncio.create_task(_watch(lag))
        now, first = DUE + timedelta(seconds=0.3), list[float]()
        began, cpu, served = time.perf_counter(), time.process_time(), server_cpu()
        queued = await publish(database, Renderer(COMMANDS), now, lambda: first.append(time.perf_counter() - began))
        seconds, cpu, served = time.perf_counter() - began, time.process_time() - cpu, server_cpu() - served
        print(
            f"editions printed, first {queued:,} of 1,000,000 queued: {cpu:.1f} CPU-s ({served:.1f}) in {seconds:.1f} s"
        )
        print(f"first queued {first[0]:.2f} s after the tick; event loop blocked {lag[0] * 1000:.0f} ms at most")
        async with database.write() as connection:
            await connection.exec_driver_sql("UPDATE deliveries SET state = 'delivered', attempts = 1")
        cpu, served = time.process_time(), server_cpu()
        more = await publish(database, Renderer(COMMANDS), now)
        cpu, served = time.process_time() - cpu, server_cpu() - served
        print(
            f"each further {AHEAD:,}: {cpu / more * AHEAD:.2f} CPU-s ({served / more * AHEAD:.2f}),"
            f" {cpu / more * 1e6:.0f} µs a reader"
        )
        watching.cancel()
    print(f"resident memory at most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


async def _watch(lag: list[float]) -> None:
    """Keep the longest time that the event loop was held up."""
    while True:
        before = time.perf_counter()
        await asyncio.sleep(WATCH_SECONDS)
        lag[0] = max(lag[0], time.perf_counter() - before - WATCH_SECONDS)


if __name__ == "__main__":
    main()
