"""Memories of readers, each stored once, however many readers and editions have it.

A memory is found by a digest of its content, so that equal memories have one number and readers are grouped by it. The
empty memory has no row; its number is None. A row is never changed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from briefings.editions.memory import Memory, Remembered
from briefings.store.rows import chunks
from briefings.store.schema import memories

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_NEW = {
    "sqlite": sqlite.insert(memories).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(memories).on_conflict_do_nothing(),
}


async def number(connection: AsyncConnection, memory: Memory) -> int | None:
    """Return the number of a memory, which is stored if it is not yet."""
    return (await numbers(connection, [memory]))[memory]


async def numbers(connection: AsyncConnection, several: Iterable[Memory]) -> dict[Memory, int | None]:
    """Return the numbers of memories, by memory. Those that are not stored yet are stored."""
    content_of = {memory: to_text(memory) for memory in dict.fromkeys(several) if memory}
    digest_of = {memory: digest(content) for memory, content in content_of.items()}
    id_of = await _ids(connection, digest_of.values())
    new = [
        {"digest": digest_of[memory], "content": content}
        for memory, content in sorted(content_of.items(), key=lambda pair: digest_of[pair[0]])
        if digest_of[memory] not in id_of
    ]
    if new:  # in one order, so that two processes that store the same ones do not wait for each other
        await connection.execute(_NEW[connection.dialect.name], new)
        id_of |= await _ids(connection, [row["digest"] for row in new])
    return {memory: id_of[own] for memory, own in digest_of.items()} | {(): None}


async def load(connection: AsyncConnection, memory_id: int | None) -> Memory:
    """Return the memory with this number."""
    if memory_id is None:
        return ()
    content = await connection.scalar(select(memories.c.content).where(memories.c.id == memory_id))
    return from_text(content)


async def _ids(connection: AsyncConnection, digests: Iterable[str]) -> dict[str, int]:
    ids: dict[str, int] = {}
    for chunk in chunks(list(digests)):
        rows = await connection.execute(select(memories.c.digest, memories.c.id).where(memories.c.digest.in_(chunk)))
        ids |= {row.digest: row.id for row in rows}
    return ids


def to_text(memory: Memory) -> str:
    """Return a memory as it is stored: for each story its id, report, `until` and `last`, in microseconds since 1970.

    Equal memories give equal texts.
    """
    rows = [[each.story, each.report, _stored(each.until), _stored(each.last)] for each in memory]
    return json.dumps(rows, separators=(",", ":"))


def from_text(content: str | None) -> Memory:
    """Return the memory that is stored as this text; the empty memory for None."""
    return tuple(
        Remembered(
            story, report, None if until is None else _EPOCH + until * _MICROSECOND, _EPOCH + last * _MICROSECOND
        )
        for story, report, until, last in json.loads(content or "[]")
    )


def digest(content: str) -> str:
    """Return the digest by which the memory with this content is found."""
    return sha256(content.encode()).hexdigest()


def _stored(instant: datetime | None) -> int | None:
    return None if instant is None else (instant - _EPOCH) // _MICROSECOND
