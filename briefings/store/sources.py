"""Sources: how each fares, which of its items have been seen, and whether its owner was told of its trouble.

A process claims a visit by moving the source's next visit: two processes never make the same visit, and one that a
crash cut off is made again when the claim has run out.
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
class VisitResult:
    """The result of a visit that worked: what to remember of the source, and when to visit it again.

    `url` is the source's address from now on. `digests` stand for its items, newest first; None: as before.
    """

    url: str
    title: str
    etag: str | None
    last_modified: str | None
    interval: timedelta
    next_visit: datetime
    digests: Sequence[str] | None


async def add(
    connection: AsyncConnection, url: str, kind: Kind, title: str, now: datetime, *, folder: str = ""
) -> tuple[int, bool]:
    """Add a source. Return its id, and True if it is new: False means that this address was a source already."""
    if existing := await connection.scalar(select(sources.c.id).where(sources.c.url == url)):
        return existing, False
    values: dict[str, Any] = {"next_visit": now, "interval": int(FIRST_GUESS.total_seconds()), "failures": 0}
    values |= {"url": url, "kind": kind.value, "title": title, "folder": folder, "told": False}
    added = await connection.execute(insert(sources).values(values).returning(sources.c.id))
    return int(added.scalar_one()), True


async def name(connection: AsyncConnection, source: int, *, outlet: str, owner: str) -> None:
    """Store the name that readers see for a source, and who owns that outlet; an empty one stays as it is."""
    values = {name: value for name, value in (("outlet", outlet), ("owner", owner)) if value}
    await connection.execute(update(sources).where(sources.c.id == source).values(values))


async def remove(connection: AsyncConnection, source: int) -> None:
    """Remove a source. Its articles stay."""
    await connection.execute(delete(known_items).where(known_items.c.source_id == source))
    await connection.execute(delete(sources).where(sources.c.id == source))


async def everything(connection: AsyncConnection) -> list[Source]:
    """Return all sources, oldest first."""
    return [_source(row) for row in await connection.execute(select(sources).order_by(sources.c.id))]


async def due(connection: AsyncConnection, now: datetime) -> list[Source]:
    """Return the sources whose next visit is due, the longest waiting first."""
    waiting = select(sources).where(sources.c.next_visit <= now).order_by(sources.c.next_visit, sources.c.id)
    return [_source(row) for row in await connection.execute(waiting)]


async def bring_forward(connection: AsyncConnection, now: datetime, by: timedelta, last: datetime) -> None:
    """Bring later visits forward by as much as the clock was set back, at most to `now`; none is later than `last`."""
    later = await connection.execute(select(sources.c.id, sources.c.next_visit).where(sources.c.next_visit > now))
    for row in later.all():
        sooner = max(now, min(row.next_visit - by, last))
        if sooner < row.next_visit:
            await connection.execute(update(sources).where(sources.c.id == row.id).values(next_visit=sooner))


async def folders(connection: AsyncConnection) -> dict[int, str]:
    """Return the folder each source had in the list it was imported from, by id; empty when it had none."""
    return {row.id: row.folder for row in await connection.execute(select(sources.c.id, sources.c.folder))}


async def claim(connection: AsyncConnection, source: Source, until: datetime) -> bool:
    """Claim the visit of a source until an instant. Return False when another process has claimed it meanwhile."""
    mine = update(sources).where(sources.c.id == source.id, sources.c.next_visit == source.next_visit)
    return bool((await connection.execute(mine.values(next_visit=until))).rowcount)


async def known_digests(connection: AsyncConnection, source: int) -> list[str]:
    """Return the digests of the items seen at a source, newest first."""
    digests = await connection.scalar(select(known_items.c.digests).where(known_items.c.source_id == source))
    return list(digests or ())


async def note_success(connection: AsyncConnection, source: Source, visit: VisitResult, now: datetime) -> None:
    """Store the result of a visit that worked. Does nothing for a source that was removed meanwhile."""
    url = visit.url
    if url != source.url and await connection.scalar(select(sources.c.id).where(sources.c.url == url)):
        url = source.url  # another source has the new address already
    noted = await connection.execute(
        update(sources)
        .where(sources.c.id == source.id)
        .values(
            url=url,
            title=visit.title,
            etag=visit.etag,
            last_modified=visit.last_modified,
            interval=int(visit.interval.total_seconds()),
            next_visit=visit.next_visit,
            failures=0,
            last_error=None,
            last_ok=now,
        )
    )
    if noted.rowcount and visit.digests is not None:
        await connection.execute(delete(known_items).where(known_items.c.source_id == source.id))
        await connection.execute(insert(known_items).values(source_id=source.id, digests=list(visit.digests)))


async def note_failure(
    connection: AsyncConnection, source: Source, reason: Problem, failures: int, next_visit: datetime
) -> None:
    """Store that a visit failed. `failures` counts the failed visits in a row, this one included."""
    values = {"failures": failures, "last_error": reason.to_text(), "next_visit": next_visit}
    await connection.execute(update(sources).where(sources.c.id == source.id).values(values))


async def untold(connection: AsyncConnection) -> list[Source]:
    """Return the sources that came into trouble or out of it without their owner being told yet, oldest first."""
    changed = (sources.c.failures >= TROUBLE) != sources.c.told
    return [_source(row) for row in await connection.execute(select(sources).where(changed).order_by(sources.c.id))]


async def note_told(connection: AsyncConnection, reported: Iterable[Source]) -> None:
    """Store that the owner has been told of these sources, in trouble or not as they are given here."""
    for source in reported:
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
        outlet=row.outlet,
        owner=row.owner,
    )
