"""The inbox: what a face was brought from outside and has acknowledged, kept until it is handled.

An item has a number, a key, a lane and a payload. The number tells a repetition, and the payload is the face's own;
both are opaque here. Items of one key are handled in the order of their numbers, except that changes go before all
others: a change waits only for earlier changes of its key, a question for everything before it.

                              f
                        ┌───────────┐
          a          b  ▼           │ c
        ─────▶ open ─────▶ claimed ─┴───▶ done ─────▶ forgotten   e
                │▲     d      │            ▲
                │└────────────┘            │
                └──────────────────────────┘ g

a  stored, in the transaction before it is acknowledged; an item that is brought again changes nothing
b  claimed: a token and a lease say by whom and until when
c  handled, with whatever result; the payload is emptied, the number stays so that a repetition is recognised
d  given back, or the lease ran out
e  deleted after a while
f  the change is made, and a reply to it, which is the payload from now on, waits in its lane
g  left out, because its key has so many newer questions; the next one says how many were (those that are brought
   together with so many newer ones are not even stored)

The arrows out of *claimed* name the token of the claim, so that a process that wakes after its lease changes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import IntEnum

from sqlalchemy import (
    BigInteger,
    Integer,
    Select,
    String,
    and_,
    bindparam,
    case,
    delete,
    exists,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from briefings.store.column_types import Instant
from briefings.store.schema import inbox

LONGEST_LEASE = timedelta(minutes=1)
"""A lease that ends later than this was given by a clock that has since been set back, and is void."""

MOST_QUESTIONS = 20
"""Questions of one key that wait: the newest ones. Older ones are left out, because whoever asked has gone on."""

UNDONE = inbox.c.done.is_(None)

MOST_FORGOTTEN = 5_000
"""Rows deleted in one transaction, so that it stays short."""


class Lane(IntEnum):
    """The lanes, in the order in which items of different keys are claimed."""

    CHANGE = 0
    REPLY = 1
    """A reply to a change that is made."""
    QUESTION = 2


@dataclass(frozen=True, slots=True)
class NewItem:
    """An item to be stored. `left_out` questions of its key just before it are not even stored."""

    number: int
    key: int
    lane: Lane
    payload: str
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class InboxItem:
    """An item that this process has claimed. `payload` is the text that came, or the reply to a change."""

    number: int
    key: int
    lane: Lane
    payload: str
    left_out: int = 0
    """Questions of its key that were left out just before this one."""


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of an item that was stored: `turn` questions of its key were open before it."""

    turn: int
    is_claimed: bool


_older = inbox.alias("older")
_of_key = (_older.c.key == bindparam("key_of_new", type_=BigInteger), _older.c.done.is_(None))
_OPEN_QUESTIONS = select(func.count()).where(*_of_key, _older.c.lane == Lane.QUESTION).scalar_subquery()
_IS_FIRST = ~exists().where(
    *_of_key, or_(bindparam("lane_of_new", type_=Integer) != Lane.CHANGE, _older.c.lane == Lane.CHANGE)
)
_NEW = {
    "turn": _OPEN_QUESTIONS,
    "token": case((_IS_FIRST, bindparam("token_of_new", type_=String))),
    "lease_until": case((_IS_FIRST, bindparam("lease_of_new", type_=Instant))),
}
_KEEP = {
    "sqlite": sqlite.insert(inbox).values(_NEW).on_conflict_do_nothing().returning(inbox.c.turn, inbox.c.token),
    "postgresql": postgresql.insert(inbox).values(_NEW).on_conflict_do_nothing().returning(inbox.c.turn, inbox.c.token),
}


async def keep(
    connection: AsyncConnection,
    item: NewItem,
    now: datetime,
    *,
    token: str | None = None,
    until: datetime | None = None,
) -> Stored | None:
    """Store an item (arrow a). Returns None, and changes nothing, if its number was stored before.

    With a token, it is claimed at once if it waits for no other of its key (arrows a and b in one statement, because
    most items are handled at once by the process that stored them).
    """
    result = await connection.execute(
        _KEEP[connection.dialect.name],
        {
            "number": item.number,
            "key": item.key,
            "key_of_new": item.key,
            "lane": int(item.lane),
            "lane_of_new": int(item.lane),
            "payload": item.payload,
            "left_out": item.left_out,
            "received": now,
            "token_of_new": token,
            "lease_of_new": until if token else None,
        },
    )
    row = result.one_or_none()
    return None if row is None else Stored(row.turn, row.token is not None)


def newest(items: Sequence[NewItem]) -> list[NewItem]:
    """Return these items in their order, but of each key's questions only the `MOST_QUESTIONS` newest."""
    questions = Counter(item.key for item in items if item.lane is Lane.QUESTION)
    too_many = {key: count - MOST_QUESTIONS for key, count in questions.items() if count > MOST_QUESTIONS}
    kept, seen = [], Counter[int]()
    for item in items:
        if item.lane is Lane.QUESTION and item.key in too_many:
            seen[item.key] += 1
            if seen[item.key] <= too_many[item.key]:
                continue
            if seen[item.key] == too_many[item.key] + 1:
                item = replace(item, left_out=too_many[item.key])
        kept.append(item)
    return kept


async def leave_out(connection: AsyncConnection, keys: Collection[int], now: datetime) -> None:
    """Leave out the oldest open questions of these keys, so that no more than `MOST_QUESTIONS` of each wait (arrow g).

    The number of those left out is carried on to the oldest that stays.
    """
    newest_first = func.row_number().over(partition_by=inbox.c.key, order_by=inbox.c.number.desc()).label("place")
    waiting = (UNDONE, inbox.c.lane == Lane.QUESTION, inbox.c.token.is_(None))
    ranked = select(inbox.c.number, newest_first).where(*waiting, inbox.c.key.in_(keys)).subquery()
    too_many = list(await connection.scalars(select(ranked.c.number).where(ranked.c.place > MOST_QUESTIONS)))
    if not too_many:
        return
    rows = await connection.execute(
        update(inbox)
        .where(inbox.c.number.in_(too_many), *waiting)
        .values(done=now, payload="")
        .returning(inbox.c.key, inbox.c.left_out)
    )
    left_out: dict[int, int] = {}
    for row in rows:
        left_out[row.key] = left_out.get(row.key, 0) + 1 + row.left_out
    for key, count in left_out.items():
        oldest = select(func.min(inbox.c.number)).where(*waiting, inbox.c.key == key).scalar_subquery()
        await connection.execute(
            update(inbox).where(inbox.c.number == oldest).values(left_out=inbox.c.left_out + count)
        )


_BLOCKED = exists().where(
    _older.c.key == inbox.c.key,
    _older.c.number < inbox.c.number,
    _older.c.done.is_(None),
    or_(inbox.c.lane != Lane.CHANGE, _older.c.lane == Lane.CHANGE),
)
_now, _horizon = bindparam("now", type_=Instant), bindparam("horizon", type_=Instant)
_LAPSED = or_(inbox.c.lease_until <= _now, inbox.c.lease_until > _horizon)
_CLAIMABLE: Select[tuple[int]] = (
    select(inbox.c.number)
    .where(
        UNDONE,
        inbox.c.lane.in_(bindparam("lanes", expanding=True)),
        or_(inbox.c.token.is_(None), _LAPSED),
        ~_BLOCKED,
    )
    .order_by(inbox.c.lane, inbox.c.turn, inbox.c.number)
    .limit(bindparam("most", type_=Integer))
)
"""Numbers of the items that may be claimed: free ones that wait for no other of their key."""

_first = _CLAIMABLE.with_for_update(skip_locked=True, of=inbox).cte("first")  # as in the outbox
_CLAIM = (
    update(inbox)
    .where(inbox.c.number.in_(select(_first.c.number)))
    .values(token=bindparam("new_token"), lease_until=bindparam("until", type_=Instant))
    .returning(inbox.c.number, inbox.c.key, inbox.c.lane, inbox.c.payload, inbox.c.left_out, inbox.c.turn)
)
_OURS = (
    inbox.c.number.in_(bindparam("numbers", expanding=True, type_=BigInteger)),
    inbox.c.token == bindparam("holder"),
    UNDONE,
)
_RENEW = update(inbox).where(*_OURS).values(lease_until=bindparam("until", type_=Instant))
_FINISH = update(inbox).where(*_OURS).values(done=_now, payload="", token=None, lease_until=None)


def _claimable(now: datetime, lanes: Collection[Lane], limit: int) -> dict[str, object]:
    """Return the parameters of _CLAIMABLE."""
    return {"now": now, "horizon": now + LONGEST_LEASE, "lanes": [int(lane) for lane in lanes], "most": limit}


async def is_anything_claimable(connection: AsyncConnection, now: datetime) -> bool:
    """True if any item may be claimed. Takes no lock."""
    return (await connection.scalar(_CLAIMABLE, _claimable(now, tuple(Lane), 1))) is not None


async def claim(
    connection: AsyncConnection,
    now: datetime,
    *,
    limit: int,
    token: str,
    until: datetime,
    lanes: Collection[Lane] = tuple(Lane),
) -> list[InboxItem]:
    """Claim at most `limit` items (arrow b): changes first, then those that were stored with the fewest questions of
    their key before them. Lapsed leases of others are taken over (d, b).
    """
    parameters = _claimable(now, lanes, limit) | {"new_token": token, "until": until}
    rows = await connection.execute(_CLAIM, parameters)
    in_order = sorted(rows, key=lambda row: (row.lane, row.turn, row.number))
    return [InboxItem(row.number, row.key, Lane(row.lane), row.payload, row.left_out) for row in in_order]


async def renew(connection: AsyncConnection, numbers: Sequence[int], token: str, until: datetime) -> None:
    """Prolong the lease on these items, where this token still holds them."""
    await connection.execute(_RENEW, {"numbers": list(numbers), "holder": token, "until": until})


async def finish(connection: AsyncConnection, numbers: Sequence[int], token: str, now: datetime) -> int:
    """Mark these items done (arrow c), where this token still holds them. Return how many that was."""
    result = await connection.execute(_FINISH, {"numbers": list(numbers), "holder": token, "now": now})
    return int(result.rowcount)


async def keep_replies(connection: AsyncConnection, replies: Mapping[int, str], token: str) -> None:
    """Keep the replies to changes that are made, by the numbers of their items (arrow f)."""
    ours = (inbox.c.number == bindparam("changed"), inbox.c.token == token, UNDONE)
    made = update(inbox).where(*ours).values(lane=Lane.REPLY, payload=bindparam("reply"), token=None, lease_until=None)
    await connection.execute(made, [{"changed": number, "reply": reply} for number, reply in replies.items()])


async def give_back(connection: AsyncConnection, token: str) -> None:
    """Free all that this token still holds (arrow d)."""
    ours = and_(UNDONE, inbox.c.token == token)
    await connection.execute(update(inbox).where(ours).values(token=None, lease_until=None))


async def forget(connection: AsyncConnection, before: datetime) -> int:
    """Delete items done before an instant (arrow e), at most `MOST_FORGOTTEN`. Return how many were deleted."""
    old = select(inbox.c.number).where(inbox.c.done < before).limit(MOST_FORGOTTEN)
    result = await connection.execute(delete(inbox).where(inbox.c.number.in_(old)))
    return int(result.rowcount)
