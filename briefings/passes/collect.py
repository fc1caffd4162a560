"""Due sources are visited: fetched, read, their entries kept, their health noted.

**Guarantee**: what a source gave is kept before its visit is noted, so a visit that is cut off is made again and
finds known what it had kept already. One source's trouble, whatever it sends, stops no other and ends as one recorded
problem. No source is visited sooner than `visits.py` says, nor by two processes at once.
**Reads**: sources, their known items. **Writes**: articles (by `ingest.py`), sources, their known items.

Holds the bodies of at most `VISITS` sources at a time, and asks one host for two things at once at most. Never
publishes: what it keeps waits for `enrich.py`.
"""

from __future__ import annotations

import asyncio
import dataclasses
import logging
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from pathlib import Path
from typing import TypeVar
from weakref import WeakValueDictionary

from briefings.adapters import folder
from briefings.adapters.fetch import CONNECTIONS, CONNECTIONS_A_HOST, LONGEST_WAIT, Fetcher, Page
from briefings.errors import BadInput, BriefingsError, Problem, ServerRefused, StoreTrouble
from briefings.parse.feed import Feed, FeedItem, read_feed
from briefings.parse.page import read_page
from briefings.passes.ingest import ingest
from briefings.sources import visits
from briefings.sources.visits import LATEST, Kind, Source
from briefings.store import sources
from briefings.store.database import Database
from briefings.store.sources import VisitResult

log = logging.getLogger(__name__)

VISITS = CONNECTIONS
READERS = 1
"""Bodies parsed at the same time; two would only fight over the interpreter, and hold up the answers."""

READ_SECONDS = 60.0
"""What takes longer to parse was made to."""

CLAIM = timedelta(minutes=5)
"""A visit is over by then, or cut off."""

KNOWN_BESIDES = 200
"""Digests kept of items that have left a feed, newest first: some feeds show the same item now and then."""

LONGEST_NAME = 200
"""Characters of what a feed calls itself."""

GONE, BUSY = 410, (429, 503)

Read = TypeVar("Read")


@dataclass(frozen=True, slots=True)
class Visited:
    """What a visit brought: entries new, known already and refused; or, in `error`, why it failed."""

    source: Source
    new: int = 0
    known: int = 0
    refused: int = 0
    error: Problem | None = None


@dataclass(slots=True)
class _Tally:
    """What a visit has brought so far, and the dates of it."""

    new: int = 0
    known: int = 0
    refused: int = 0
    dates: list[datetime] = dataclasses.field(default_factory=list)


async def collect(
    database: Database,
    fetcher: Callable[[], Fetcher],
    clock: Callable[[], datetime],
    every: timedelta,
    *,
    due_only: bool = True,
    stopping: Callable[[], bool] = lambda: False,
    heard: Callable[[Visited | None, int], None] = lambda _visited, _total: None,
) -> list[Visited]:
    """Visit every due source, or every source; return what the visits brought.

    `every` is the least time between two visits. While `stopping`, no visit is begun. `heard` is told of each
    source as it is done (None: somebody else is at it, or its host wants to be left alone), and how many there are.
    """
    async with database.read() as connection:
        waiting = await (sources.due(connection, clock()) if due_only else sources.everything(connection))
    if not waiting:
        return []
    done: list[Visited] = []
    async with fetcher() as lines:
        tour = _Tour(database, lines, clock, every)

        async def visit(source: Source) -> None:
            async with tour.turn(source):
                visited = None if stopping() else await tour.visit(source)
            heard(visited, len(waiting))
            if visited:
                done.append(visited)

        await asyncio.gather(*map(visit, waiting))
    return done


class _Tour:
    """One round of visits, and what its visits share."""

    def __init__(self, database: Database, fetcher: Fetcher, clock: Callable[[], datetime], every: timedelta) -> None:
        self._database = database
        self._fetcher = fetcher
        self._clock = clock
        self._every = every
        self._all = asyncio.Semaphore(VISITS)
        self._readers = asyncio.Semaphore(READERS)
        self._hosts: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()
        self._resting: dict[str, datetime] = {}  # hosts that asked to be left alone, and until when

    @asynccontextmanager
    async def turn(self, source: Source) -> AsyncIterator[None]:
        """Wait until neither the host nor we are too busy; who waits for a host keeps nobody from another."""
        host = self._hosts.setdefault(source.place, asyncio.Semaphore(CONNECTIONS_A_HOST))
        async with host, self._all:
            yield

    async def visit(self, source: Source) -> Visited | None:
        """One visit, whatever comes of it; None when it is not ours to make now."""
        try:
            now = self._clock()
            resting = self._resting.get(source.place, now)
            async with self._database.write() as connection:
                mine = await sources.claim(connection, source, resting if resting > now else now + CLAIM)
            if not mine or resting > now:
                return None
            try:
                return await self._gather(source)
            except BriefingsError as error:
                return await self._failed(source, error)
            except Exception as error:  # a bug that one source's answer found must not cost the others
                log.exception("%s could not be read", source.name)
                return await self._failed(source, BadInput("parser-broke", kind=type(error).__name__))
        except StoreTrouble as error:  # not even the failure could be noted
            log.error("%s: %s; it is visited again", source.name, error)
            return Visited(source, error=error.problem)

    async def _gather(self, source: Source) -> Visited:
        """Fetch, read, keep, and note that it worked."""
        async with self._database.read() as connection:
            before = await sources.seen_items(connection, source.id)
        tally = _Tally()
        look = self._look_into_folder if source.kind is Kind.FOLDER else self._look_at_web
        seen = await look(source, before, tally)
        async with self._database.write() as connection:
            await sources.note_success(connection, source, seen, self._clock())
        return Visited(source, tally.new, tally.known, tally.refused)

    async def _look_at_web(self, source: Source, before: Sequence[str], tally: _Tally) -> VisitResult:
        page = await self._fetcher.get(source.url, etag=source.etag, last_modified=source.last_modified)
        title, known = source.title, None
        if not page.unchanged:
            read = read_feed if source.kind is Kind.FEED else read_one_page
            feed = await self._read(read, page.data, page.url, frozenset(before))
            page = dataclasses.replace(page, data=b"")  # while its entries are kept, others may need the room
            if feed.trouble and not feed.items:
                raise BadInput.of(feed.trouble)
            await self._keep(feed.items, tally)
            title = source.title or feed.title[:LONGEST_NAME]
            known = _remembered([item.digest for item in feed.items if item.digest], before)
        return self._seen(source, tally, page, title, known)

    async def _look_into_folder(self, source: Source, before: Sequence[str], tally: _Tally) -> VisitResult:
        files = await asyncio.to_thread(folder.look_into, Path(source.url))
        unread: set[str] = set()
        for lot in folder.batches(files, frozenset(before)):
            items = await self._read(folder.read_files, lot)
            unread |= {file.digest for file in lot} - {item.digest for item in items}
            await self._keep(items, tally)
        known = [file.digest for file in files if file.digest not in unread]
        return self._seen(source, tally, None, source.title, known if known != list(before) else None)

    async def _keep(self, items: Sequence[FeedItem], tally: _Tally) -> None:
        entries = [dataclasses.replace(item.entry, by_hand=False) for item in items if item.entry]
        tally.dates += [entry.published for entry in entries if entry.published]
        kept = await ingest(self._database, entries, self._clock())
        without = [item for item in items if not item.entry]
        tally.new += sum(one.article is not None and not one.known for one in kept)
        tally.known += sum(one.known for one in kept) + sum(not item.reason for item in without)
        tally.refused += sum(one.article is None for one in kept) + sum(bool(item.reason) for item in without)

    def _seen(
        self, source: Source, tally: _Tally, page: Page | None, title: str, known: Sequence[str] | None
    ) -> VisitResult:
        now = self._clock()
        interval = visits.next_interval(source, tally.dates, now, self._every, news=tally.new)
        fresh = min(page.fresh, LATEST) if page else timedelta()
        return VisitResult(
            url=(page.moved if page else None) or source.url,
            title=title,
            etag=(page.etag or (source.etag if page.unchanged else None)) if page else None,
            last_modified=(page.last_modified or (source.last_modified if page.unchanged else None)) if page else None,
            interval=interval,
            next_visit=now + max(interval, fresh),
            digests=known,
        )

    async def _failed(self, source: Source, error: BriefingsError) -> Visited:
        """Note why, and stay away for longer and longer, or for as long as we were asked to."""
        now, failures, wait = self._clock(), source.failures + 1, timedelta()
        if isinstance(error, ServerRefused):
            wait = error.wait or wait
            if error.status == GONE:
                failures, wait = max(failures, visits.TROUBLE), LONGEST_WAIT
            elif error.status in BUSY and error.wait:
                self._resting[source.place] = now + error.wait
        next_visit = now + max(wait, visits.wait_after_failure(failures, self._every))
        async with self._database.write() as connection:
            await sources.note_failure(connection, source, error.problem, failures, next_visit)
        log.info("%s (%d): %s; tried again at %s", source.name, source.id, error, f"{next_visit:%Y-%m-%d %H:%M} UTC")
        return Visited(source, error=error.problem)

    async def _read(self, read: Callable[..., Read], *what: object) -> Read:
        """Parse away from the event loop, bounded in time."""
        async with self._readers:
            try:
                async with asyncio.timeout(READ_SECONDS):
                    return await asyncio.to_thread(read, *what)
            except TimeoutError:
                raise BadInput("parser-too-slow", seconds=READ_SECONDS) from None


def read_one_page(data: bytes, url: str, known: Collection[str]) -> Feed:
    """A page as a feed of one item."""
    entry = read_page(data, url)
    digest = blake2b(f"{entry.title}\0{entry.text}".encode(errors="replace"), digest_size=8).hexdigest()
    item = FeedItem(url, digest, None if digest in known else entry)
    return Feed(entry.title, url, (item,), None)


def _remembered(now: Sequence[str], before: Sequence[str]) -> list[str] | None:
    """The digests to remember, newest first; None when they are the same as before."""
    current = list(dict.fromkeys(now))
    gone = set(before) - set(current)
    digests = current + [digest for digest in before if digest in gone][:KNOWN_BESIDES]
    return None if digests == list(before) else digests
