"""The door to the sources: add, import, export, list, remove and visit them, and report their health to the owner.

Promises that trouble with one address becomes a result that names the address and stops no other.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from briefings.adapters.fetch import LONGEST_WAIT, Fetcher, web_address
from briefings.adapters.worker import Worker
from briefings.errors import BadInput, BriefingsError, Problem, cause_of
from briefings.parse.feed import read_feed
from briefings.parse.opml import Outline, read_opml, write_opml
from briefings.parse.urls import LONGEST_URL, with_scheme
from briefings.passes import collect
from briefings.passes.collect import Visit
from briefings.passes.discover import Discovery, discover
from briefings.sources.source import TROUBLE, Kind, Source
from briefings.store import sources
from briefings.store.database import Database

__all__ = [
    "TROUBLE",
    "AddressResult",
    "Discovery",
    "Fetcher",
    "Kind",
    "Source",
    "Sources",
    "Visit",
]

IMPORT_BATCH = 100
"""Feeds of a list that are stored in one transaction."""


@dataclass(frozen=True, slots=True)
class AddressResult:
    """The outcome for one address: the id of its source, and if that was `known`; or the `reason` of its refusal."""

    address: str
    id: int | None = None
    kind: Kind = Kind.FEED
    title: str = ""
    known: bool = False
    reason: Problem | None = None


class Sources:
    """The sources of one newsroom. `every` is a source's least pause between two visits.

    `worker` reads feeds, pages and lists; who made it closes it. Without one they have their own.
    """

    def __init__(
        self,
        database: Database,
        open_fetcher: Callable[[], Fetcher],
        clock: Callable[[], datetime],
        every: timedelta,
        worker: Worker | None = None,
    ) -> None:
        self._database = database
        self._open_fetcher = open_fetcher
        self._worker = worker or Worker()
        self._clock = clock
        self._every = every
        self._stopping = False

    async def add(
        self, addresses: Iterable[str], kind: Kind | None = None, *, outlet: str = "", owner: str = ""
    ) -> list[AddressResult]:
        """Add sources. Each address is fetched first to learn its kind and title, unless `kind` gives it.

        `outlet` is the name that readers see instead of the title, `owner` who owns that outlet; a source that was
        added before gets them too. Return one result for each address, in their order.
        """
        results = []
        async with self._open_fetcher() as fetcher:
            for address in addresses:
                try:
                    wanted = await self._examine(fetcher, address, kind)
                    stored = await self._store([(wanted, "")])
                    if outlet or owner:
                        async with self._database.write() as connection:
                            await sources.name(connection, stored[0].id or 0, outlet=outlet, owner=owner)
                    results += stored
                except BriefingsError as error:
                    results.append(AddressResult(address, reason=error.problem))
        return results

    async def import_opml(self, data: bytes) -> list[AddressResult]:
        """Add the feeds of an OPML list without fetching any. Raises BadInput when it is no such list.

        Return the results of the added feeds in the list's order, then those of the refused ones.
        """
        refused, wanted = [], []
        for outline in await self._worker.run(read_opml, data):
            try:
                if not outline.url:
                    raise BadInput("feed-without-address")
                address = _address(outline.url)
            except BriefingsError as error:
                named = outline.url or outline.title or "an outline"
                refused.append(AddressResult(named, title=outline.title, reason=error.problem))
            else:
                wanted.append((AddressResult(address, title=outline.title), outline.folder))
        added = []
        for start in range(0, len(wanted), IMPORT_BATCH):
            added += await self._store(wanted[start : start + IMPORT_BATCH])
        return added + refused

    async def export_opml(self) -> bytes:
        """Return the feeds as an OPML list, which any feed reader understands."""
        async with self._database.read() as connection:
            feeds = [source for source in await sources.everything(connection) if source.kind is Kind.FEED]
            folders = await sources.folders(connection)
        return write_opml([Outline(feed.title or feed.url, feed.url, folders[feed.id]) for feed in feeds])

    async def follow_clock_back(self, by: timedelta) -> None:
        """Bring the next visits forward by as much as the clock was set back, and those that no rule puts so late."""
        now = self._clock()
        async with self._database.write() as connection:
            await sources.bring_forward(connection, now, by, now + max(LONGEST_WAIT, self._every))

    async def everything(self) -> list[Source]:
        """Return all sources, oldest first."""
        async with self._database.read() as connection:
            return await sources.everything(connection)

    async def remove(self, which: str) -> Source | None:
        """Remove a source by its id or address; its articles stay. Return None when there is no such source."""
        spelled = {which, which.removeprefix("#")}
        try:
            spelled.add(_address(which))
        except BriefingsError:
            spelled.add(str(await asyncio.to_thread(Path(which).absolute)))
        async with self._database.write() as connection:
            for source in await sources.everything(connection):
                if str(source.id) in spelled or source.url in spelled:
                    await sources.remove(connection, source.id)
                    return source
        return None

    async def collect(
        self, *, due_only: bool = True, on_visit: Callable[[Visit | None, int], None] = lambda _visit, _total: None
    ) -> list[Visit]:
        """Visit the due sources, or, without `due_only`, all of them. `on_visit`: see `passes/collect.py`."""
        return await collect.collect(
            self._database,
            self._open_fetcher,
            self._worker,
            self._clock,
            self._every,
            due_only=due_only,
            stopping=lambda: self._stopping,
            on_visit=on_visit,
        )

    def stop(self) -> None:
        """Begin no more visits. Those under way go on until they end or are cancelled."""
        self._stopping = True

    async def untold(self) -> list[Source]:
        """Return the sources that came into trouble or out of it since their owner was last told."""
        return list(await self._database.cached(sources.untold))

    async def note_told(self, reported: Sequence[Source]) -> None:
        """Note that the owner has been told how these sources fare."""
        async with self._database.write() as connection:
            await sources.note_told(connection, reported)

    async def _examine(self, fetcher: Fetcher, address: str, kind: Kind | None) -> AddressResult:
        """Return the address, kind and title of a source to be added. Raises `BadInput` or `Unreachable`."""
        path = Path(address)
        if kind is Kind.FOLDER or (kind is None and await asyncio.to_thread(_is_folder, path)):
            if not await asyncio.to_thread(_is_folder, path):
                raise BadInput("no-such-folder")
            path = await asyncio.to_thread(path.resolve)
            return AddressResult(str(path), kind=Kind.FOLDER, title=path.name)
        url = _address(address)
        if kind:
            return AddressResult(url, kind=kind)
        discovery = await discover(fetcher, self._worker, url)
        return AddressResult(discovery.url, kind=discovery.kind, title=discovery.feed.title[: collect.LONGEST_NAME])

    async def _store(self, wanted: Sequence[tuple[AddressResult, str]]) -> list[AddressResult]:
        """Store sources, each with the folder it stood in on its list. Return them with their ids."""
        results, now = [], self._clock()
        async with self._database.write() as connection:
            for source, folder in wanted:
                number, new = await sources.add(
                    connection, source.address, source.kind, source.title, now, folder=folder
                )
                results.append(replace(source, id=number, known=not new))
        return results


async def look(fetcher: Fetcher, name: str) -> Discovery:
    """Return what the feed at an address, or in a file, holds. Stores nothing. Raises BriefingsError."""
    async with Worker() as worker:
        is_address = name.startswith(("http://", "https://", "feed:"))
        if is_address or (with_scheme(name) and not await asyncio.to_thread(Path(name).exists)):
            return await discover(fetcher, worker, _address(name))
        return await _look_into_file(worker, name)


async def _look_into_file(worker: Worker, name: str) -> Discovery:
    try:
        data = await asyncio.to_thread(Path(name).read_bytes)
    except (OSError, ValueError) as error:
        raise BadInput("within", place=name, problem=Problem("unreadable", {"cause": cause_of(error)})) from None
    try:
        return Discovery(name, Kind.FEED, await worker.run(read_feed, data, None))
    except BadInput as error:
        raise BadInput("within", place=name, problem=error.problem) from None


def _address(address: str) -> str:
    """Return an address in one spelling. Some lists write `feed:` before it, people often write no scheme at all.

    Raises `Unreachable` or `BadInput`.
    """
    address = with_scheme(address) or address
    if address[:5].lower() == "feed:":
        address = address[5:] if address[5:9].lower() == "http" else f"http:{address[5:]}"
    url = web_address(address)
    if len(url) > LONGEST_URL:
        raise BadInput("address-too-long", most=LONGEST_URL)
    return url


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):  # the path is too long, or is no path
        return False
