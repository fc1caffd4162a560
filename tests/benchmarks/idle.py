"""The whole program with a million articles and readers and nothing to do: its start, a minute's CPU time, its memory.

`briefings run` as an operator starts it, against the simulator, on a copy of the archive (`archive.py`).
"""

from __future__ import annotations

import asyncio
import os
import resource
import sqlite3
import statistics
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from program import program

from bot.simulator import Simulator
from tests.benchmarks.archive import copied

STARTS, MINUTE = 3, 60.0


def cpu_seconds(process: int) -> float:
    """Return the CPU seconds that a process has used so far."""
    fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_memory(process: int) -> float:
    """Return a process's resident memory in MB."""
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


async def main() -> None:
    """Print the three results: start, CPU and memory."""
    with tempfile.TemporaryDirectory() as folder:
        url = copied(folder)
        nobody_is_due(f"{folder}/b.db")
        simulator = Simulator()
        await simulator.start()
        environment = {
            "BRIEFINGS_DATABASE_URL": url,
            "TELEGRAM_API_URL": simulator.url,
            "TELEGRAM_BOT_TOKEN": simulator.token,
        }
        starts, cpu, memory = [], 0.0, 0.0
        for number in range(STARTS):
            chat = simulator.state.person(number + 1).id
            simulator.state.say(chat, "/relos")
            began = time.perf_counter()
            async with program("run", cwd=Path(folder), **environment) as running:
                await simulator.state.wait(chat, 1, timeout=60)
                starts.append(time.perf_counter() - began)
                process = running.process.pid
                if number == STARTS - 1:  # the first start may have migrated the copy
                    await asyncio.sleep(5)
                    before = cpu_seconds(process)
                    await asyncio.sleep(MINUTE)
                    cpu, memory = cpu_seconds(process) - before, resident_memory(process)
        await simulator.stop()
    print(f"start to the first answered command, 1,000,000 articles   {statistics.median(starts):6.2f} s")
    print(f"an ordinary minute, 1,000,000 readers                     {cpu * 1000:6.0f} ms CPU")
    print(f"resident memory, idle                                     {memory:6.0f} MB")


def nobody_is_due(path: str) -> None:
    """Move every rhythm to next year."""
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE rhythms SET next_due = ?", (f"{datetime.now(UTC).year + 1}-01-01 00:00:00.000000",))
    connection.close()


if __name__ == "__main__":
    asyncio.run(main())
