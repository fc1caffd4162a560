"""Closes deliveries that cannot arrive, takes back what their readers were not told, and queues a closed one again.

A mark says what a reader has been told. When a delivery is closed, their mark goes back to where its edition began, so
that the next edition tells its stories, and their memory to what it was then, with the stories that arrived, which were
told ahead of the mark. What a later edition told stays told: then mark and memory stay where they are.
No delivery is deleted here, and none is closed without a reason. The letters are those of `outbox.py`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Row, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from briefings.editions.memory import UNKNOWN_REPORT, Memory, Remembered, tell_ahead
from briefings.editions.model import DeliveryState
from briefings.errors import Problem
from briefings.model import Status
from briefings.store import memories
from briefings.store.outbox import CLOSED_BADLY, OPEN, Claim
from briefings.store.schema import deliveries, editions, subscribers

UNSUBSCRIBED = Problem("reader-unsubscribed")
"""Why a delivery is closed whose reader left."""

BEHIND = Problem("edition-before-not-told")
"""Why a delivery is closed that was printed behind one which could not arrive: its edition leaves those stories out."""

_TOLD = (DeliveryState.DELIVERED, DeliveryState.UNKNOWN)
_d, _s = deliveries.c, subscribers.c


async def give_up(connection: AsyncConnection, claim: Claim, reason: Problem, behind: Problem = BEHIND) -> bool:
    """Arrow e for a claimed delivery, and for the reader's others, which keep the reason `behind`.

    Return False, and change nothing, if the claim has ended.
    """
    ours = (_d.id == claim.delivery, _d.token == claim.token, _d.state == DeliveryState.SENDING)
    closed = (*_closed(reason), (_d.attempts, _d.attempts + 1))
    if not (await connection.execute(update(deliveries).where(*ours).values(dict(closed)))).rowcount:
        return False
    await close(connection, claim.subscriber, behind, given_up=claim.delivery)
    return True


async def close(connection: AsyncConnection, subscriber: int, reason: Problem, *, given_up: int | None = None) -> None:
    """Arrow e for all open deliveries of a reader. `given_up` is a delivery that was closed just before."""
    open_ones = (_d.subscriber_id == subscriber, _d.state.in_(OPEN))
    closing = update(deliveries).where(*open_ones).values(dict(_closed(reason))).returning(_d.id)
    # Only what this statement closes counts: a dispatcher may have recorded a moment ago that a delivery arrived.
    ids = [*await connection.scalars(closing), *([given_up] if given_up is not None else [])]
    if ids:
        await _take_back(connection, subscriber, ids)


async def refusals(connection: AsyncConnection, subscriber: int) -> list[datetime]:
    """Return when the deliveries were queued that a reader's side refused in a row, the latest first.

    They are counted since a message last arrived, and since the reader last subscribed or chose their hours.
    """
    last_told = select(_d.id).where(_d.subscriber_id == subscriber, _d.state.in_(_TOLD)).order_by(_d.id.desc()).limit(1)
    refused = (
        select(_d.created)
        .join(subscribers, _s.id == _d.subscriber_id)
        .where(
            _d.subscriber_id == subscriber,
            _d.state == DeliveryState.FAILED,
            _d.created > _s.armed,
            _d.reason.not_in([BEHIND.to_text(), UNSUBSCRIBED.to_text()]),
            _d.id > (await connection.scalar(last_told) or 0),
        )
        .order_by(_d.id.desc())
    )
    return list(await connection.scalars(refused))


async def retry(connection: AsyncConnection, delivery: int, now: datetime) -> Problem | None:
    """Arrow g. Return None, or why the delivery is not queued again.

    There must be a failed or unknown delivery of this id to an active reader, and no other edition may bring its
    stories.
    """
    before = editions.c.mark.label("before")
    closed = (
        select(_d.subscriber_id, _d.state, _s.mark, before, editions.c.told, editions.c.memory_after_id)
        .join(subscribers, _s.id == _d.subscriber_id)
        .join(editions, editions.c.id == _d.edition_id)
        .where(_d.id == delivery, _d.state.in_(CLOSED_BADLY), _s.status == Status.ACTIVE)
    )
    row = (await connection.execute(closed)).one_or_none()
    if row is None:
        return Problem("no-failed-delivery", {"number": delivery})
    if row.state == DeliveryState.FAILED and row.mark != row.before:
        # Versions up to 0.1 left the mark where it was; there only a later edition may have told what came after.
        is_skipped = row.mark is not None and row.mark >= row.told
        if not is_skipped or await _is_anything_told_after(connection, row.subscriber_id, delivery):
            return Problem("stories-come-otherwise", {"number": delivery})
    values = {"state": DeliveryState.WAITING, "not_before": now, "attempts": 0, "unknown_sends": 0, "reason": None}
    await connection.execute(update(deliveries).where(_d.id == delivery).values(values))
    if row.state == DeliveryState.FAILED and row.mark == row.before:
        told = {"mark": row.told, "memory_id": row.memory_after_id}
        await connection.execute(update(subscribers).where(_s.id == row.subscriber_id).values(told))
    return None


def _closed(reason: Problem) -> tuple[tuple[object, object], ...]:
    return (
        (_d.state, DeliveryState.FAILED),
        (_d.reason, reason.to_text()),
        (_d.token, None),
        (_d.lease_until, None),
    )


async def _take_back(connection: AsyncConnection, subscriber: int, closed: list[int]) -> None:
    """Move a reader's mark and memory back to where the first of these editions began."""
    printed = select(editions, _d.id.label("delivery"), _d.cursor.label("arrived"))
    joined = printed.join(deliveries, _d.edition_id == editions.c.id).where(_d.id.in_(closed))
    rows = (await connection.execute(joined.order_by(_d.id))).all()
    if await _is_anything_told_after(connection, subscriber, rows[0].delivery):
        return
    memory = await memories.load(connection, rows[0].memory_id)
    for row in rows:
        after = await memories.load(connection, row.memory_after_id)
        memory = tell_ahead(memory, _arrived(row, after))
    memory_id = await memories.number(connection, memory)
    taken_back = update(subscribers).where(_s.id == subscriber)
    await connection.execute(taken_back.values(mark=rows[0].mark, memory_id=memory_id))


def _arrived(row: Row[Any], after: Memory) -> list[Remembered]:
    """Return the stories of an edition that arrived. `after` is the memory of a reader who has all of it.

    Its blocks are the masthead, one for each story, then at most one with all the stories in brief, and the end.
    """
    has_all = 0 < row.arrived >= len(row.blocks) - 1
    stories = row.stories if has_all else row.stories[: max(0, row.arrived - 1)]
    reports = row.reports or [UNKNOWN_REPORT] * len(stories)  # earlier versions did not note them
    last = {entry.story: entry.last for entry in after}
    return [
        Remembered(story, report, row.told, last.get(story, row.told))
        for story, report in zip(stories, reports, strict=False)
    ]


async def _is_anything_told_after(connection: AsyncConnection, subscriber: int, delivery: int) -> bool:
    """True if a later edition than this delivery's was told, or is being told."""
    later = exists().where(
        _d.subscriber_id == subscriber, _d.id > delivery, or_(_d.state.in_(_TOLD), _d.state.in_(OPEN))
    )
    return bool(await connection.scalar(select(later)))
