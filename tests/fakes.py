"""The fakes of our ports, and builders of the situations that most tests begin with."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any, Self

from sqlalchemy import Table, insert, select

from briefings.editions.memory import Memory
from briefings.editions.model import Block, CommandNames, DeliveryState, Edition, text_of
from briefings.editions.timetable import next_slot
from briefings.model import Entry, Rhythm, Slot, Wishes
from briefings.passes.messenger import Outcome, OutgoingMessage, Sent
from briefings.sources.origin import BY_HAND
from briefings.store import editions, schema, subscribers
from briefings.store.database import Database
from briefings.stories.duplicates import ReportText
from briefings.stories.keyed import KeyedEntry

MORNING = datetime(2025, 12, 4, 6, 0, tzinfo=UTC)
"""A Thursday, an hour and a half before the default edition."""

COMMANDS = CommandNames(today="/today", more="/more", search="/search", topics="/topics", topic_prefix="/")
"""How the face writes the commands that editions name."""

UTC_0730 = Rhythm((time(7, 30),), "UTC")


class Clock:
    """A clock that moves only when a test moves it."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **by: float) -> datetime:
        """Move the clock: `advance(seconds=30)` forward, `advance(hours=-1)` back. Return the new time."""
        self.now += timedelta(**by)
        return self.now

    def at(self, hour: int, minute: int = 0, second: int = 0, *, day: int = 4) -> datetime:
        """Set the clock to this hour (UTC) of a day in December 2025. Return the new time."""
        self.now = datetime(2025, 12, day, hour, minute, second, tzinfo=UTC)
        return self.now


class FakeMessenger:
    """Takes `per_message` blocks a message, unless its story says otherwise.

    `FakeMessenger().says(Later(stated("busy"), timedelta(seconds=30)), Gone(stated("blocked")))`: the first message is
    put off, the second finds nobody, every later one is taken. With `to`, it is the story of one address only. An
    exception is raised, as a bug would; a callable is called with the message and gives the outcome.
    """

    def __init__(self, per_message: int = 2) -> None:
        self.messages: list[OutgoingMessage] = []
        self.taken: list[tuple[str, tuple[str, ...]]] = []
        self._per_message = per_message
        self._scripts: dict[str | None, list[Any]] = {}
        self._open = asyncio.Event()
        self._open.set()
        self._came = asyncio.Condition()

    def says(
        self, *outcomes: Outcome | Exception | Callable[[OutgoingMessage], Outcome], to: str | None = None
    ) -> Self:
        self._scripts.setdefault(to, []).extend(outcomes)
        return self

    def holds(self) -> Self:
        """Answer nobody until `goes_on`."""
        self._open.clear()
        return self

    def goes_on(self) -> None:
        self._open.set()

    async def holding(self, messages: int) -> None:
        """Wait until so many messages have come in all."""
        async with asyncio.timeout(10), self._came:
            await self._came.wait_for(lambda: len(self.messages) >= messages)

    def received(self, address: str) -> list[tuple[str, ...]]:
        """The blocks of each message this address was brought, in order."""
        return [blocks for to, blocks in self.taken if to == address]

    async def send(self, message: OutgoingMessage) -> Outcome:
        async with self._came:
            self.messages.append(message)
            self._came.notify_all()
        await self._open.wait()
        script = self._scripts.get(message.address) or self._scripts.get(None)
        outcome = script.pop(0) if script else self._take(message)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome(message) if callable(outcome) else outcome

    def _take(self, message: OutgoingMessage) -> Outcome:
        blocks = message.blocks[message.cursor : message.cursor + self._per_message]
        self.taken.append((message.address, tuple(block.html for block in blocks)))
        return Sent(len(blocks), f"message-{len(self.taken)}")


# Situations

NEWS = {
    "relos": (
        "Russian parliament ratifies RELOS logistics pact with India",
        "The State Duma on Tuesday ratified the RELOS logistics pact between Russia and India. "
        "The agreement was signed in Moscow on 18 February by Ambassador Vinay Kumar and Alexander Fomin. "
        "It lets warships and aircraft of each country refuel at ports and airfields of the other.",
    ),
    "tejas": (
        "Hindustan Aeronautics delivers first Tejas Mk1A fighter to the air force",
        "Hindustan Aeronautics handed over the first Tejas Mk1A fighter at its Nashik plant on Monday. "
        "The Indian Air Force has ordered 180 of the jets in two contracts. "
        "Deliveries were held up for almost two years by late engines from General Electric.",
    ),
    "taiwan": (
        "Taiwan plans 40 billion dollar supplementary defence budget",
        "President Lai Ching-te announced a supplementary defence budget of 40 billion dollars on Wednesday. "
        "The money is to be spent over eight years on missiles, drones and an air defence network. "
        "The opposition holds a majority in the legislature in Taipei and has asked for details.",
    ),
    "arctic": (
        "Finland orders two icebreakers for coast guard duty in northern waters",
        "Finland ordered two icebreakers from a Helsinki yard on Friday for coast guard duty. "
        "The vessels cost 900 million euros together and enter service in 2029. "
        "They can break ice 1.5 metres thick and carry a helicopter each.",
    ),
}
"""Four events with nothing in common, each under a word for it."""


def report(event: str, **changes: Any) -> Entry:
    """An entry on one of the NEWS events, two hours old."""
    title, text = NEWS[event]
    fields: dict[str, Any] = {
        "title": title,
        "text": text,
        "url": f"https://example.org/{event}",
        "published": MORNING - timedelta(hours=2),
        "source": "Sample Wire",
        "language": "en",
    }
    return Entry(**(fields | changes))


def keyed(entry: Entry, **changes: Any) -> KeyedEntry:
    """An entry with its keys as an editor adds it; its text is its fingerprint."""
    text = ReportText(entry.title, entry.text, entry.source or "")
    day = (entry.published or MORNING).toordinal()
    fields: dict[str, Any] = {"origin": BY_HAND.origin(entry), "item": BY_HAND.item(entry), "canonical": entry.url}
    fields |= {"fingerprint": entry.text, "namespace": BY_HAND.namespace(entry)}
    return KeyedEntry(entry, text, text, day, **(fields | changes))


def blocks(*texts: str) -> tuple[Block, ...]:
    """Blocks of these texts, each measured as plain text."""
    return tuple(Block(text, len(text), 0) for text in texts)


def shown_text(printed: Sequence[Block]) -> str:
    """Return the words of these blocks as a reader sees them, a line for each block."""
    return "\n".join(text_of(block.html) for block in printed)


async def rows(database: Database, table: Table, **where: Any) -> list[Mapping[str, Any]]:
    """Return the rows of a table that have these values, in the order of their keys."""
    async with database.read() as connection:
        result = await connection.execute(select(table).filter_by(**where).order_by(*table.primary_key))
        return [dict(row) for row in result.mappings()]


async def join(
    database: Database,
    *addresses: str,
    at: datetime,
    rhythm: Rhythm = UTC_0730,
    wishes: Wishes | None = None,
) -> None:
    """Add readers who joined at an instant and have no mark yet; any number of them at once."""
    first, *others = addresses
    async with database.write() as connection:
        await subscribers.join(connection, first, rhythm, wishes or Wishes(), next_slot(rhythm, at), at)
        if others:
            like = select(schema.subscribers).where(schema.subscribers.c.address == first)
            row = dict((await connection.execute(like)).mappings().one())
            del row["id"]
            await connection.execute(insert(schema.subscribers), [{**row, "address": other} for other in others])


async def in_line(database: Database, writers: int) -> None:
    """Wait until so many writers wait for the database's lock: each has read by then all that it reads before."""
    async with asyncio.timeout(10):
        while database._write_lock.waiting < writers:  # noqa: ASYNC110 - the lock announces nothing
            await asyncio.sleep(0.001)


async def queue(
    database: Database,
    printed: Sequence[Block],
    *addresses: str,
    now: datetime,
    stories: Sequence[int] = (),
    memory: Memory = (),
) -> list[int]:
    """Queue one edition of these blocks for each of these readers, who must have joined. Return the delivery ids."""
    async with database.write() as connection:
        edition = Edition(
            0, "first", tuple(printed), told_until=now, printed=now, stories=tuple(stories), memory=memory
        )
        number = await editions.save(connection, edition, rhythm_id=1, wishes_id=1, mark=None)
        for address in addresses:
            reader = await subscribers.find(connection, address)
            assert reader is not None
            await editions.deliver_to(connection, number, reader.id, now)
    return [row["id"] for row in await rows(database, schema.deliveries, edition_id=number)]


async def states(database: Database) -> list[str]:
    """Return the state of every delivery, oldest first."""
    return [DeliveryState(row["state"]).value for row in await rows(database, schema.deliveries)]


def the_slot(day: int, hour: int = 7, minute: int = 30) -> Slot:
    """Return the slot of this day and hour in December 2025, UTC."""
    at = datetime(2025, 12, day, hour, minute, tzinfo=UTC)
    return Slot(at.date(), at.time(), at)


class FakeSummariser:
    """Gives the answers of its script, one for each call, and the last one for all further calls. None is trouble.

    `FakeSummariser().writes(None, "It rained.")`: the first article gets nothing, every later one this sentence. An
    exception in the script is raised, as a bug would be.
    """

    def __init__(self) -> None:
        self.asked: list[str] = []
        self._answers: list[str | Exception | None] = [None]
        self._never = False

    def writes(self, *answers: str | Exception | None) -> Self:
        self._answers = list(answers)
        self._never = False
        return self

    def falls_silent(self) -> Self:
        """Never answer again."""
        self._never = True
        return self

    async def __call__(self, title: str, text: str, language: str, *, words: int) -> str | None:
        self.asked.append(title)
        if self._never:
            await asyncio.Event().wait()
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer if answer and len(answer.split()) <= words else None
