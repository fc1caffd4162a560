"""The door to the sources: which are read, how they fare, and what their owner has not been told yet.

Trouble with one address is a value that names it; the others are dealt with all the same.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from briefings.adapters.fetch import Fetcher, web_address
from briefings.errors import BadInput, BriefingsError, Problem, cause_of
from briefings.parse.feed import read_feed
from briefings.parse.opml import Outline, read_opml, write_opml
from briefings.passes import collect
from briefings.passes.collect import Visited
from briefings.passes.discover import Found, discover
from briefings.sources.visits import Kind, Source
from briefings.store import sources
from briefings.store.database import Database

__all__ = ["Fetcher", "Found", "Kind", "Listed", "Source", "Sources", "Visited"]

IMPORT_BATCH = 100
LONGEST_ADDRESS = 2048  # characters; what most servers take


@dataclass(frozen=True, slots=True)
class Listed:
    """What became of an address: the number of its source and whether that was `known`; or why there is none."""

    address: str
    id: int | None = None
    kind: Kind = Kind.FEED
    title: str = ""
    known: bool = False
    reason: Problem | None = None


class Sources:
    """The sources of one newsroom. `fetcher` gives a fresh line to the web; `every` is the least pause of a source."""

    def __init__(
        self, database: Database, fetcher: Callable[[], Fetcher], clock: Callable[[], datetime], every: timedelta
    ) -> None:
        self._database = database
        self._fetcher = fetcher
        self._clock = clock
        self._every = every
        self._stopping = False

    async def add(self, addresses: Iterable[str], kind: Kind | None = None) -> list[Listed]:
        """Read these from now on. Each is looked at first, unless `kind` says what it is."""
        listed = []
        async with self._fetcher() as fetcher:
            for address in addresses:
                try:
                    wanted = await self._wanted(fetcher, address, kind)
                    listed += await self._keep([(wanted, "")])
                except BriefingsError as error:
                    listed.append(Listed(address, reason=error.problem))
        return listed

    async def import_opml(self, data: bytes) -> list[Listed]:
        """Read the feeds of a list from now on, none of them looked at yet. Raises BadInput when it is not a list."""
        refused, wanted = [], []
        for outline in await asyncio.to_thread(read_opml, data):
            try:
                address = _address(outline.url)
            except BriefingsError as error:
                refused.append(Listed(outline.url, title=outline.title, reason=error.problem))
            else:
                wanted.append((Listed(address, title=outline.title), outline.folder))
        kept = []
        for start in range(0, len(wanted), IMPORT_BATCH):
            kept += await self._keep(wanted[start : start + IMPORT_BATCH])
        return kept + refused

    async def export_opml(self) -> bytes:
        """The feeds as a list that any reader of feeds understands."""
        async with self._database.read() as connection:
            feeds = [source for source in await sources.everything(connection) if source.kind is Kind.FEED]
            folders = await sources.folders(connection)
        return write_opml([Outline(feed.title or feed.url, feed.url, folders[feed.id]) for feed in feeds])

    async def everything(self) -> list[Source]:
        """All sources, oldest first."""
        async with self._database.read() as connection:
            return await sources.everything(connection)

    async def remove(self, which: str) -> Source | None:
        """Read this no more, by its number or address; what it brought is kept. None when there is no such source."""
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
        self, *, due_only: bool = True, heard: Callable[[Visited | None, int], None] = lambda _visited, _total: None
    ) -> list[Visited]:
        """Visit what is due, or everything; say what the visits brought."""
        return await collect.collect(
            self._database,
            self._fetcher,
            self._clock,
            self._every,
            due_only=due_only,
            stopping=lambda: self._stopping,
            heard=heard,
        )

    def stop(self) -> None:
        """Begin no more visits; those under way are finished."""
        self._stopping = True

    async def untold(self) -> list[Source]:
        """Sources that came into trouble, or out of it, without their owner having been told."""
        return list(await self._database.cached(sources.untold))

    async def told(self, those: Sequence[Source]) -> None:
        """Their owner has been told how these fare."""
        async with self._database.write() as connection:
            await sources.note_told(connection, those)

    async def _wanted(self, fetcher: Fetcher, address: str, kind: Kind | None) -> Listed:
        """What is to be kept of an address."""
        path = Path(address)
        if kind is Kind.FOLDER or (kind is None and await asyncio.to_thread(_is_folder, path)):
            if not await asyncio.to_thread(_is_folder, path):
                raise BadInput("no-such-folder")
            path = await asyncio.to_thread(path.resolve)
            return Listed(str(path), kind=Kind.FOLDER, title=path.name)
        url = _address(address)
        if kind:
            return Listed(url, kind=kind)
        found = await discover(fetcher, url)
        return Listed(found.url, kind=found.kind, title=found.feed.title[: collect.LONGEST_NAME])

    async def _keep(self, wanted: Sequence[tuple[Listed, str]]) -> list[Listed]:
        kept, now = [], self._clock()
        async with self._database.write() as connection:
            for one, folder in wanted:
                number, new = await sources.add(connection, one.address, one.kind, one.title, now, folder=folder)
                kept.append(replace(one, id=number, known=not new))
        return kept


async def look(fetcher: Fetcher, name: str) -> Found:
    """What the feed at an address, or in a file, would give; keeps nothing. Raises BriefingsError."""
    if name.startswith(("http://", "https://", "feed:")):
        return await discover(fetcher, _address(name))
    try:
        data = await asyncio.to_thread(Path(name).read_bytes)
    except (OSError, ValueError) as error:
        raise BadInput("within", place=name, problem=Problem("unreadable", {"cause": cause_of(error)})) from None
    try:
        return Found(name, Kind.FEED, await asyncio.to_thread(read_feed, data, None))
    except BadInput as error:
        raise BadInput("within", place=name, problem=error.problem) from None


def _address(address: str) -> str:
    """An address in one spelling; `feed:` is how some lists begin theirs. Raises `Unreachable` or `BadInput`."""
    if address[:5].lower() == "feed:":
        address = address[5:] if address[5:9].lower() == "http" else f"http:{address[5:]}"
    url = web_address(address)
    if len(url) > LONGEST_ADDRESS:
        raise BadInput("address-too-long", most=LONGEST_ADDRESS)
    return url


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):  # too long, or no path at all
        return False
