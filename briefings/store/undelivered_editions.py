"""Editions that are printed and not delivered to all their readers, and their replacement by an edition printed again.

The old edition stays as it is for the readers who have a part of it. A delivery moves to the new one whole, before its
first block was sent, so that its cursor always counts blocks of the edition it is for.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from briefings.editions.model import DeliveryState, Edition
from briefings.model import Rhythm, Wishes
from briefings.store import editions as all_editions
from briefings.store import subscribers
from briefings.store.schema import IS_CLOSED_BADLY, IS_OPEN, deliveries, editions
from briefings.store.schema import subscribers as subscribers_table

_d, _s = deliveries.c, subscribers_table.c
_NOT_BEGUN = (
    _d.cursor == 0,
    _d.state.in_([DeliveryState.WAITING, DeliveryState.FAILED, DeliveryState.UNKNOWN]),
)


@dataclass(frozen=True, slots=True)
class UndeliveredEdition:
    """A printed edition, with the rhythm, wishes, mark and memory that its readers had before it."""

    edition: Edition
    rhythm_id: int
    wishes_id: int
    rhythm: Rhythm
    wishes: Wishes
    mark: datetime | None
    memory_id: int | None


async def ids(connection: AsyncConnection, told_from: datetime) -> list[int]:
    """Return the undelivered editions that may tell what became ready at `told_from` or later, oldest first.

    One whose delivery failed is among them, because the operator may ask for it again.
    """
    open_ones, failed = (select(_d.edition_id).where(text(condition)) for condition in (IS_OPEN, IS_CLOSED_BADLY))
    is_undelivered = or_(editions.c.fanned_out.is_(False), editions.c.id.in_(open_ones), editions.c.id.in_(failed))
    statement = select(editions.c.id).where(editions.c.told >= told_from, is_undelivered).order_by(editions.c.id)
    return list(await connection.scalars(statement))


async def load(connection: AsyncConnection, edition: int) -> UndeliveredEdition:
    """Return the edition with this id."""
    printed = (await all_editions.by_ids(connection, [edition]))[edition]
    columns = (editions.c.rhythm_id, editions.c.wishes_id, editions.c.mark, editions.c.memory_id)
    row = (await connection.execute(select(*columns).where(editions.c.id == edition))).one()
    rhythm, wishes = await subscribers.rhythm_and_wishes(connection, row.rhythm_id, row.wishes_id)
    return UndeliveredEdition(printed, row.rhythm_id, row.wishes_id, rhythm, wishes, row.mark, row.memory_id)


async def replace(connection: AsyncConnection, old: UndeliveredEdition, again: Edition) -> tuple[bool, bool]:
    """Give the readers who have no part of an edition yet the one that was printed again.

    Return True if there were such readers, and True if there are others whom the old edition is still on its way to.
    """
    of_old = _d.edition_id == old.edition.id
    is_fanned_out = await connection.scalar(select(editions.c.fanned_out).where(editions.c.id == old.edition.id))
    has_readers = not is_fanned_out or bool(await connection.scalar(select(exists().where(of_old, *_NOT_BEGUN))))
    if has_readers:
        number = await all_editions.save(
            connection,
            again,
            rhythm_id=old.rhythm_id,
            wishes_id=old.wishes_id,
            mark=old.mark,
            memory_id=old.memory_id,
        )
        # The new one's fan-out begins at the first reader; those who have the old one are passed over.
        for edition, is_done in ((number, is_fanned_out), (old.edition.id, True)):
            await connection.execute(update(editions).where(editions.c.id == edition).values(fanned_out=is_done))
        await connection.execute(update(deliveries).where(of_old, *_NOT_BEGUN).values(edition_id=number))
        await _remember_instead(connection, old.edition.id, number)
    under_way = exists().where(of_old, _d.state.in_([DeliveryState.WAITING, DeliveryState.SENDING]))
    return has_readers, bool(await connection.scalar(select(under_way)))


async def _remember_instead(connection: AsyncConnection, old: int, again: int) -> None:
    """Give the readers who get the edition that was printed again the memory of that one.

    They keep the old one's if another edition was printed already for readers with that memory, which they would be
    passed over by: then they may miss or read twice what the two editions tell differently, but no edition is lost.
    """
    columns = (editions.c.id, editions.c.told, editions.c.memory_after_id)
    printed = {row.id: row for row in await connection.execute(select(*columns).where(editions.c.id.in_([old, again])))}
    told, before = printed[old].told, printed[old].memory_after_id
    is_next = (editions.c.mark == told, editions.c.memory_id.is_not_distinct_from(before))
    if await connection.scalar(select(exists().where(editions.c.fanned_out.is_(False), *is_next))):
        return
    readers = select(_d.subscriber_id).where(_d.edition_id == again)
    stands_after = (_s.id.in_(readers), _s.mark == told, _s.memory_id.is_not_distinct_from(before))
    instead = update(subscribers_table).where(*stands_after).values(memory_id=printed[again].memory_after_id)
    await connection.execute(instead)
