"""Visits the sources that are due: fetches and reads them, stores their entries, notes their health.

**Guarantee**: the entries of a source are stored before its visit is noted, so a visit that is cut off is made again
and finds those entries already known. Trouble with one source stops no other and ends as one recorded problem. No
source that is not due is visited, unless all are asked for, and none by two processes at once.
**Reads**: sources, digests of their items. **Writes**: articles (by `ingest.py`), sources, digests of their items.

Holds the bodies of at most `VISITS` sources in memory and sends one host at most two requests at once. A worker process
reads them, so that no body can delay the rest of the program. Never publishes: the articles wait for `enrich.py`.
"""

from __future__ import annotations

import asyncio
import dataclasses
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from weakref import WeakValueDictionary

from briefings.adapters import folder
from briefings.adapters.fetch import (
    CONNECTIONS,
    CONNECTIONS_A_HOST,
    LARGEST_FEED,
    LARGEST_PAGE,
    LONGEST_WAIT,
    Fetcher,
    Response,
)
from briefings.adapters.folder import File
from briefings.adapters.worker import Worker
from briefings.errors import BadInput, BriefingsError, Problem, ServerRefused, StoreTrouble, Unreadable, WorkerTrouble
from briefings.parse.feed import Feed, FeedItem, read_feed
from briefings.parse.page_feed import read_one_page
from briefings.parse.urls import exact
from briefings.passes.ingest import ingest
from briefings.sources import visits
from briefings.sources.origin import Provenance
from briefings.sources.source import TROUBLE, Kind, Source
from briefings.sources.visits import LATEST
from briefings.store import sources
from briefings.store.database import Database
from briefings.store.sources import VisitResult

log = logging.getLogger(__name__)

VISITS = CONNECTIONS
"""Visits under way at the same time: one for each connection of the fetcher."""

CLAIM = timedelta(minutes=5)
"""A visit that is not over by then was cut off."""

MOST_GONE_DIGESTS = 200
"""Digests remembered of items that have left a feed, newest first, because some feeds show an item again."""

LONGEST_NAME = 200
"""Characters of a feed's title."""

GONE, BUSY = 410, (429, 503)
"""HTTP status codes: the source is gone for good; its host wants to be left alone for a while."""


@dataclass(frozen=True, slots=True)
class Visit:
    """A finished visit: the numbers of its new, already known and refused entries, or the `error` it failed with."""

    source: Source
    new: int = 0
    known: int = 0
    refused: int = 0
    error: Problem | None = None


@dataclass(slots=True)
class _Tally:
    """The numbers of a visit so far, and the dates of its entries."""

    new: int = 0
    known: int = 0
    refused: int = 0
    dates: list[datetime] = dataclasses.field(default_factory=list)


async def collect(
    database: Database,
    open_fetcher: Callable[[], Fetcher],
    worker: Worker,
    clock: Callable[[], datetime],
    every: timedelta,
    *,
    due_only: bool = True,
    stopping: Callable[[], bool] = lambda: False,
    on_visit: Callable[[Visit | None, int], None] = lambda _visit, _total: None,
) -> list[Visit]:
    """Visit every due source, or, without `due_only`, every source. Return the visits in the order they ended.

    `open_fetcher` makes the fetcher of all visits; it is closed after them. `worker` reads what they bring. `every` is
    the least time between two visits of a source. Once `stopping` returns True no visit begins. `on_visit` is called
    for each source when it is done, with the visit and the number of sources; the visit is None if the round is
    stopping, another process made it, or the host wants to be left alone.
    """
    async with database.read() as connection:
        waiting = await (sources.due(connection, clock()) if due_only else sources.everything(connection))
    if not waiting:
        return []
    visits_made: list[Visit] = []
    async with open_fetcher() as fetcher:
        this_round = _Round(database, fetcher, worker, clock, every)

        async def take_turn(source: Source) -> None:
            async with this_round.permit(source):
                visit = None if stopping() else await this_round.visit(source)
            on_visit(visit, len(waiting))
            if visit:
                visits_made.append(visit)

        await asyncio.gather(*map(take_turn, waiting))
    return visits_made


class _Round:
    """One round of visits: the limits and the resting hosts that its visits share."""

    def __init__(
        self, database: Database, fetcher: Fetcher, worker: Worker, clock: Callable[[], datetime], every: timedelta
    ) -> None:
        self._database = database
        self._fetcher = fetcher
        self._worker = worker
        self._clock = clock
        self._every = every
        self._visits = asyncio.Semaphore(VISITS)
        self._hosts: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()
        self._resting: dict[str, datetime] = {}  # hosts that asked to be left alone, and until when

    @asynccontextmanager
    async def permit(self, source: Source) -> AsyncIterator[None]:
        """Wait until the host and the round allow one more visit. Waiting for one host holds up no other."""
        host = self._hosts.setdefault(source.place, asyncio.Semaphore(CONNECTIONS_A_HOST))
        async with host, self._visits:
            yield

    async def visit(self, source: Source) -> Visit | None:
        """Visit a source. Return None if another process took the visit or the host wants to be left alone."""
        try:
            now = self._clock()
            rests_until = self._resting.get(source.place, now)
            is_resting = rests_until > now
            async with self._database.write() as connection:
                # If the host rests, the claim only postpones the visit.
                claimed = await sources.claim(connection, source, rests_until if is_resting else now + CLAIM)
            if not claimed or is_resting:
                return None
            try:
                return await self._gather(source)
            except (StoreTrouble, WorkerTrouble):
                raise  # it is no fault of the source
            except BriefingsError as error:
                return await self._failed(source, error)
            except Exception as error:  # a bug that one source's answer brings out must not cost the others
                log.exception("%s could not be read", source.name)
                return await self._failed(source, BadInput("parser-broke", kind=type(error).__name__))
        except StoreTrouble as error:
            level = logging.DEBUG if self._database.trouble() else logging.ERROR  # the watch over the database says it
            log.log(level, "%s: %s; it is visited again", source.name, error)
            return Visit(source, error=error.problem)
        except WorkerTrouble as error:
            log.error("%s: %s; it is visited again", source.name, error)
            return Visit(source, error=error.problem)

    async def _gather(self, source: Source) -> Visit:
        """Fetch and read a source, store its entries, and note that the visit worked."""
        async with self._database.read() as connection:
            known_digests = await sources.known_digests(connection, source.id)
        tally = _Tally()
        look = self._look_into_folder if source.kind is Kind.FOLDER else self._look_at_web
        result = await look(source, known_digests, tally)
        async with self._database.write() as connection:
            await sources.note_success(connection, source, result, self._clock())
        return Visit(source, tally.new, tally.known, tally.refused)

    async def _look_at_web(self, source: Source, known_digests: Sequence[str], tally: _Tally) -> VisitResult:
        largest = LARGEST_FEED if source.kind is Kind.FEED else LARGEST_PAGE
        response = await self._fetcher.get(
            source.url, etag=source.etag, last_modified=source.last_modified, largest=largest
        )
        title, digests = source.title, None
        if not response.unchanged:
            response, feed = await self._followed(source, response, frozenset(known_digests))
            response = dataclasses.replace(response, data=b"")  # others may need the memory while entries are stored
            if feed.trouble and not feed.items:
                raise BadInput.of(feed.trouble)
            provenance = Provenance(source.id, response.url, source.outlet, source.owner)
            await self._store(feed.items, provenance, tally)
            title = source.title or feed.title[:LONGEST_NAME]
            digests = _remembered([item.digest for item in feed.items if item.digest], known_digests)
        return self._result(source, tally, response, title, digests)

    async def _followed(
        self, source: Source, response: Response, known_digests: frozenset[str]
    ) -> tuple[Response, Feed]:
        """Read an answer. If it is a feed that states a new address, and a feed is there, return that one instead."""
        parse = read_feed if source.kind is Kind.FEED else read_one_page
        feed = await self._worker.run(parse, response.data, response.url, known_digests, response.charset)
        if feed.moved is None or exact(feed.moved) in (exact(source.url), exact(response.url)):
            return response, feed
        try:
            there = await self._fetcher.get(feed.moved, largest=LARGEST_FEED)
            moved_feed = await self._worker.run(parse, there.data, there.url, known_digests, there.charset)
        except BriefingsError as error:
            log.info("%s says it has moved, but nothing can be read there: %s", source.name, error)
            return response, feed
        return dataclasses.replace(there, moved=there.moved or feed.moved), moved_feed

    async def _look_into_folder(self, source: Source, known_digests: Sequence[str], tally: _Tally) -> VisitResult:
        files = await asyncio.to_thread(folder.look_into, Path(source.url))
        unread: set[str] = set()
        provenance = Provenance(source.id, None, source.outlet, source.owner)
        for batch in folder.batches(files, frozenset(known_digests)):
            items = await self._read_files(batch)
            unread |= {file.digest for file in batch} - {item.digest for item in items}
            await self._store(items, provenance, tally)
        digests = [file.digest for file in files if file.digest not in unread]
        return self._result(source, tally, None, source.title, digests if digests != list(known_digests) else None)

    async def _read_files(self, files: Sequence[File]) -> list[FeedItem]:
        """Read files. One that the worker cannot read is refused alone, and read again once it has changed."""
        try:
            return await self._worker.run(folder.read_files, files)
        except Unreadable as error:
            if len(files) == 1:
                log.warning("%s cannot be read: %s", files[0].path, error)
                return [folder.refused(files[0], error.problem)]
        return [item for file in files for item in await self._read_files([file])]

    async def _store(self, items: Sequence[FeedItem], provenance: Provenance, tally: _Tally) -> None:
        # Entries of feeds are so already (`parse/item.py`). Those of pages and files are not: an editor can add these
        # too.
        entries = [dataclasses.replace(item.entry, by_hand=False) for item in items if item.entry]
        present = provenance.of_source(item.own_key for item in items if item.own_key)
        tally.dates += [entry.published for entry in entries if entry.published]
        results = await ingest(self._database, entries, self._clock(), provenance, present)
        refused = sum(bool(item.reason) for item in items if not item.entry)
        tally.new += sum(result.article is not None and not result.known for result in results)
        tally.known += sum(result.known for result in results) + len(items) - len(entries) - refused
        tally.refused += sum(result.article is None for result in results) + refused

    def _result(
        self, source: Source, tally: _Tally, response: Response | None, title: str, digests: Sequence[str] | None
    ) -> VisitResult:
        """Return the result of a visit that worked.

        `response` is None for a folder, `digests` None if they are as before.
        """
        now = self._clock()
        interval = visits.next_interval(source, tally.dates, now, self._every, news=tally.new)
        etag = last_modified = None
        if response:
            unchanged = response.unchanged
            etag = response.etag or (source.etag if unchanged else None)
            last_modified = response.last_modified or (source.last_modified if unchanged else None)
        return VisitResult(
            url=(response.moved if response else None) or source.url,
            title=title,
            etag=etag,
            last_modified=last_modified,
            interval=interval,
            next_visit=now + max(interval, min(response.max_age, LATEST) if response else timedelta()),
            digests=digests,
        )

    async def _failed(self, source: Source, error: BriefingsError) -> Visit:
        """Note the error and the next visit: later with each failure, and no sooner than the server asks for."""
        now, failures, wait = self._clock(), source.failures + 1, timedelta()
        if isinstance(error, ServerRefused):
            wait = error.wait or wait
            if error.status == GONE:
                failures, wait = max(failures, TROUBLE), LONGEST_WAIT
            elif error.status in BUSY and error.wait:
                self._resting[source.place] = now + error.wait
        next_visit = now + max(wait, visits.wait_after_failure(failures, self._every))
        async with self._database.write() as connection:
            await sources.note_failure(connection, source, error.problem, failures, next_visit)
        log.info("%s (%d): %s; tried again at %s", source.name, source.id, error, f"{next_visit:%Y-%m-%d %H:%M} UTC")
        return Visit(source, error=error.problem)


def _remembered(now: Sequence[str], before: Sequence[str]) -> list[str] | None:
    """Return the digests to remember, newest first; None if they are the same as before."""
    current = list(dict.fromkeys(now))
    gone = set(before) - set(current)
    digests = current + [digest for digest in before if digest in gone][:MOST_GONE_DIGESTS]
    return None if digests == list(before) else digests
