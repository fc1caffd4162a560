"""Sources: what is read again and again, how each fares, which of its items are known, and what the owner was told.

A visit is claimed by moving the next one: two processes that look at once do not visit twice, and a visit
that a crash cut off is made again when its claim has run out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from briefings.errors import Problem
from briefings.sources.source import TROUBLE, Kind, Source
from briefings.sources.visits import FIRST_GUESS
from briefings.store.schema import known_items, sources


@dataclass(frozen=True, slots=True)
class Seen:
    """What a visit that worked found out: what to remember, and when to come again.

    `url` is where the source is from now on; `known` the digests of its items, newest first, or None for
    "as before".
    """

    url: str
    title: str
    etag: str | None
    last_modified: str | None
    interval: timedelta
    next_visit: datetime
    known: Sequence[str] | None


async def add(
    connection: AsyncConnection, url: str, kind: Kind, title: str, now: datetime, *, folder: str = ""
) -> tuple[int, bool]:
    """Read this from now on; return its id and whether it is new."""
    if same := await connection.scalar(select(sources.c.id).where(sources.c.url == url)):
        return same, False
    values: dict[str, Any] = {"next_visit": now, "interval": int(FIRST_GUESS.total_seconds()), "failures": 0}
    values |= {"url": url, "kind": kind.value, "title": title, "folder": folder, "told": False}
    added = await connection.execute(insert(sources).values(values).returning(sources.c.id))
    return int(added.scalar_one()), True


async def remove(connection: AsyncConnection, source: int) -> None:
    """Read this no more; what it brought is kept."""
    await connection.execute(delete(known_items).where(known_items.c.source_id == source))
    await connection.execute(delete(sources).where(sources.c.id == source))


async def everything(connection: AsyncConnection) -> list[Source]:
    """All sources, oldest first."""
    return [_source(row) for row in await connection.execute(select(sources).order_by(sources.c.id))]


async def due(connection: AsyncConnection, now: datetime) -> list[Source]:
    """Those whose next visit has come, the longest waiting first."""
    waiting = select(sources).where(sources.c.next_visit <= now).order_by(sources.c.next_visit, sources.c.id)
    return [_source(row) for row in await connection.execute(waiting)]


async def folders(connection: AsyncConnection) -> dict[int, str]:
    """The folder each source stood in, in the list it was imported from."""
    return {row.id: row.folder for row in await connection.execute(select(sources.c.id, sources.c.folder))}


async def claim(connection: AsyncConnection, source: Source, until: datetime) -> bool:
    """Take the visit of a source that nobody took since it was read; False when somebody did."""
    mine = update(sources).where(sources.c.id == source.id, sources.c.next_visit == source.next_visit)
    return bool((await connection.execute(mine.values(next_visit=until))).rowcount)


async def known(connection: AsyncConnection, source: int) -> list[str]:
    """The digests of the items seen at a source, newest first."""
    found = await connection.scalar(select(known_items.c.digests).where(known_items.c.source_id == source))
    return list(found or ())


async def note_success(connection: AsyncConnection, source: Source, seen: Seen, now: datetime) -> None:
    """A visit worked. Nothing is noted of a source that was removed meanwhile."""
    url = seen.url
    if url != source.url and await connection.scalar(select(sources.c.id).where(sources.c.url == url)):
        url = source.url  # it moved to where another source is already
    noted = await connection.execute(
        update(sources)
        .where(sources.c.id == source.id)
        .values(
            url=url,
            title=seen.title,
            etag=seen.etag,
            last_modified=seen.last_modified,
            interval=int(seen.interval.total_seconds()),
            next_visit=seen.next_visit,
            failures=0,
            last_error=None,
            last_ok=now,
        )
    )
    if noted.rowcount and seen.known is not None:
        await connection.execute(delete(known_items).where(known_items.c.source_id == source.id))
        await connection.execute(insert(known_items).values(source_id=source.id, digests=list(seen.known)))


async def note_failure(
    connection: AsyncConnection, source: Source, reason: Problem, failures: int, next_visit: datetime
) -> None:
    """A visit failed: why, for the how-manieth time in a row, and when it is tried again."""
    values = {"failures": failures, "last_error": reason.to_text(), "next_visit": next_visit}
    await connection.execute(update(sources).where(sources.c.id == source.id).values(values))


async def untold(connection: AsyncConnection) -> list[Source]:
    """Sources that came into trouble or out of it without their owner having been told, oldest first."""
    changed = (sources.c.failures >= TROUBLE) != sources.c.told
    return [_source(row) for row in await connection.execute(select(sources).where(changed).order_by(sources.c.id))]


async def note_told(connection: AsyncConnection, told: Iterable[Source]) -> None:
    """The owner knows how these fare."""
    for source in told:
        values = update(sources).where(sources.c.id == source.id).values(told=source.in_trouble)
        await connection.execute(values)


def _source(row: Row[Any]) -> Source:
    return Source(
        id=row.id,
        url=row.url,
        kind=Kind(row.kind),
        title=row.title,
        next_visit=row.next_visit,
        interval=timedelta(seconds=row.interval),
        failures=row.failures,
        last_error=None if row.last_error is None else Problem.from_text(row.last_error),
        last_ok=row.last_ok,
        etag=row.etag,
        last_modified=row.last_modified,
    )
