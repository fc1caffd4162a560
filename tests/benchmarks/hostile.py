"""The worker at pathological and at ordinary documents: `python -m tests.benchmarks.hostile`.

For each pathological document: the CPU it costs, with the start of a process for it; what became of it; and the longest
pause of the event loop meanwhile. For ordinary feeds and pages: the rate through the worker and in a thread of the
program's own process, in turns. Then the start and the memory of a worker process.
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from briefings.adapters.worker import Worker
from briefings.errors import BriefingsError
from briefings.parse.feed import Feed, read_feed
from briefings.parse.file import read_file
from briefings.parse.opml import read_opml
from briefings.parse.page import read_page
from briefings.parse.page_feed import read_one_page
from tests.benchmarks.feeds import BOMB, feed

DATA = Path(__file__).parents[1] / "data"
URL = "https://courier.example/feed.xml"
ROUNDS, VISITS, TICK = 5, 16, 0.002
MB = 1_000_000

Case = tuple[Callable[..., Any], tuple[Any, ...]]


def channel(items: str) -> bytes:
    """Return an RSS feed with these items."""
    return f"<rss version='2.0'><channel><title>T</title>{items}</channel></rss>".encode()


def item(content: str) -> bytes:
    """Return a feed of one item with a title and this content."""
    return channel(f"<item><title>Harbour opens</title>{content}</item>")


def pathological() -> dict[str, Case]:
    """Return documents that were made to cost much, by name."""
    feeds = {
        "author of 1 MB of digits": item(f"<author>{'1' * MB}</author>"),
        "date of 1 MB of digits": item(f"<pubDate>{'1 ' * (MB // 2)}</pubDate>"),
        "title of 1 MB of <": channel(f"<item><title>{'&lt;' * MB}</title></item>"),
        "elements nested 1,000,000 deep": channel("<a>" * MB),
        "entities that grow": BOMB.encode(),
        "markup of open tags, 4 MB": item(f"<description><![CDATA[{'<a <b ' * (4 * MB // 6)}]]></description>"),
        "lists nested 100,000 deep": item(f"<description><![CDATA[{'<ul><li>' * 100_000}]]></description>"),
        "100,000 categories": item("<category>x</category>" * 100_000),
        "malformed, 140,000 elements": channel("<item><title>a&nbsp;b</title><p></item>" * 45_000),
        "JSON feed of 2,000,000 numbers": json.dumps({"version": "1", "items": list(range(2 * MB))}).encode(),
        "20 MB of items": channel("<item><title>Harbour opens</title><description>x</description></item>" * 280_000),
    }
    cases: dict[str, Case] = {name: (read_feed, (data, URL)) for name, data in feeds.items()}
    cells = "<td><table><tr>" * 15_000
    cases["page of tables nested 15,000 deep"] = (read_page, (f"<html><body>{cells}".encode(), URL, None))
    links = "<p>The port <a href='/x'>authority</a> opened it.</p>" * 29_000
    cases["page of 58,000 elements"] = (read_page, (f"<html><body>{links}".encode(), URL, None))
    cases["text of one word, 20 MB"] = (read_file, ("a.txt", b"a" * 20 * MB))
    cases["table of quotes, 20 MB"] = (read_file, ("a.csv", b"title,text\n" + b'"",' * (20 * MB // 3)))
    cases["JSON of empty lists, 20 MB"] = (read_file, ("a.json", b"[" + b"[]," * (20 * MB // 3) + b"[]]"))
    cases["outlines nested 200,000 deep"] = (read_opml, (b"<opml><body>" + b"<outline>" * 200_000,))
    return cases


def ordinary() -> list[Case]:
    """Return feeds and pages as a round of visits brings them."""
    files = [path.read_bytes() for path in sorted((DATA / "feeds").glob("*.xml"))]
    page = (DATA / "harbour.html").read_bytes()
    digests = frozenset(item.digest for item in read_feed(feed(), URL).items)
    return [
        *((read_feed, (data, URL)) for data in files * 10),
        *((read_feed, (feed(), URL)) for _ in range(3)),
        *((read_feed, (feed(10), URL, digests)) for _ in range(20)),
        *((read_one_page, (page, URL, frozenset())) for _ in range(60)),
    ]


async def longest_pause(work: asyncio.Task[Any]) -> float:
    """Return the longest time the event loop was late while the work lasted."""
    longest = 0.0
    while not work.done():
        began = time.perf_counter()
        await asyncio.sleep(TICK)
        longest = max(longest, time.perf_counter() - began - TICK)
    return longest


def children_cpu() -> float:
    """Return the CPU seconds of all processes that this one started and that have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


async def outcome(function: Callable[..., Any], arguments: tuple[Any, ...]) -> str:
    """Read a document in a process of its own. Return in a few words what became of it."""
    async with Worker() as worker:
        try:
            result = await worker.run(function, *arguments)
        except BriefingsError as error:
            return str(error)
    if isinstance(result, Feed):
        return f"read: {len(result.items):,} items{f', {result.trouble}' if result.trouble else ''}"
    return "read"


async def at_once(cases: list[Case], read: Callable[[Case], Any]) -> float:
    """Read all, as many at once as a round visits. Return the seconds on the clock."""
    visits = asyncio.Semaphore(VISITS)

    async def visit(case: Case) -> None:
        async with visits:
            await read(case)

    began = time.perf_counter()
    await asyncio.gather(*map(visit, cases))
    return time.perf_counter() - began


async def rates(cases: list[Case]) -> None:
    """Print how fast ordinary documents are read in either way, and the worker's memory afterwards."""
    one_thread = asyncio.Semaphore()

    async def here(case: Case) -> None:
        async with one_thread:
            await asyncio.to_thread(case[0], *case[1])

    async with Worker() as worker:

        async def there(case: Case) -> None:
            await worker.run(case[0], *case[1])

        ways: dict[str, Callable[[Case], Any]] = {"in a thread": here, "by the worker": there}
        results: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
        pids = set()
        for _ in range(ROUNDS + 1):
            for name, read in ways.items():
                before = await cpu(worker)
                work = asyncio.ensure_future(at_once(cases, read))
                pause = await longest_pause(work)
                used = await cpu(worker) - before
                results[name].append((work.result(), used))
                print(f"{name:15} {len(cases) / work.result():7.1f} documents/s  {used:6.2f} s CPU  "
                      f"longest pause {pause * 1000:6.1f} ms")  # fmt: skip
                pids.add(await worker.run(os.getpid))
        pairs = list(zip(*results.values(), strict=True))[1:]  # the first round loads and starts everything
        for place, unit in enumerate(("rate on the clock", "documents for a second of CPU")):
            share = statistics.median(thread[place] / process[place] for thread, process in pairs)
            print(f"{unit}: by the worker {share:.2f} of those in a thread, the median of {ROUNDS} rounds")
        pages = int((await worker.run(Path.read_text, Path("/proc/self/statm"))).split()[1])
        print(f"{len(pids)} processes took turns; the last holds {pages * resource.getpagesize() / MB:.0f} MB")


async def cpu(worker: Worker) -> float:
    """Return the CPU seconds of this process and of the worker's present one."""
    return time.process_time() + children_cpu() + await worker.run(time.process_time)


async def start() -> float:
    """Return the seconds until a new worker has answered its first call."""
    async with Worker() as worker:
        began = time.perf_counter()
        await worker.run(len, b"")
        return time.perf_counter() - began


async def main() -> None:
    """Print the tables."""
    pause = await longest_pause(asyncio.ensure_future(asyncio.sleep(10)))
    print(f"the event loop's longest pause in 10 s of doing nothing: {pause * 1000:.1f} ms")
    for name, (function, arguments) in pathological().items():
        before = children_cpu()
        work = asyncio.ensure_future(outcome(function, arguments))
        pause = await longest_pause(work)
        used = children_cpu() - before
        print(f"{name:34} {used:6.2f} s  pause {pause * 1000:5.1f} ms  {work.result()[:80]}", flush=True)
    print()
    await rates(ordinary())
    starts = [await start() for _ in range(10)]
    print(f"start to the first answer {min(starts) * 1000:.0f} ms, at most {max(starts) * 1000:.0f} ms")


if __name__ == "__main__":
    asyncio.run(main())
