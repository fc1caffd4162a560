"""Readers: subscribe, unsubscribe, and change their rhythm and wishes. Part of the door.

Promises that a change is made at once or not at all, that no slot is lost or printed twice because a rhythm changed,
and that bad input changes nothing. Never sends: a first edition is queued for the dispatch pass.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from briefings.editions import timetable
from briefings.editions.locales import locale
from briefings.editions.render import Renderer
from briefings.editions.typed_rhythm import parse_rhythm, parse_zone
from briefings.model import Rhythm, Slot, Status, Subscriber, Wishes
from briefings.passes.publish import first_edition, print_due, queue_first
from briefings.store import articles, editions, removal, subscribers, topics, undelivered
from briefings.store.database import Connection, Database

__all__ = ["Reader", "Readers", "in_words", "next_in_words", "offset_in_words", "topics_in_words"]


@dataclass(frozen=True, slots=True)
class Reader:
    """An active subscriber, and the next slot that will bring them an edition."""

    subscriber: Subscriber
    next: Slot


def in_words(rhythm: Rhythm) -> str:
    """Return the hours and days of a rhythm: `07:30 and 12:00, Monday to Friday`."""
    return locale().rhythm(rhythm)


def topics_in_words(count: int) -> str:
    """Return a number of topics: `1 topic`, `3 topics`."""
    return locale().counted(count, "topic")


def next_in_words(reader: Reader) -> str:
    """Return the reader's local time of the next edition: `Fri 5 Dec 07:30`."""
    return locale().moment(timetable.local(reader.next.at, reader.subscriber.rhythm.zone))


def offset_in_words(reader: Reader) -> str:
    """Return the reader's UTC offset at the time of the next edition: `UTC+05:30`."""
    return locale().offset(timetable.local(reader.next.at, reader.subscriber.rhythm.zone))


class Readers:
    """The readers of one newsroom.

    `clock` gives aware UTC. `default` is the rhythm of a new subscriber. `nudge` is called with the name of a pass
    that has something to do.
    """

    def __init__(
        self,
        database: Database,
        renderer: Renderer,
        clock: Callable[[], datetime],
        default: Rhythm,
        nudge: Callable[[str], None],
    ) -> None:
        self._database = database
        self._renderer = renderer
        self._clock = clock
        self._default = default
        self._nudge = nudge

    async def find(self, address: str) -> Reader | None:
        """Return the active subscriber at this address, None when there is none."""
        async with self._database.read() as connection:
            return await self._find(connection, address)

    async def subscribe(self, address: str) -> tuple[Reader, bool]:
        """Subscribe with the default rhythm and all topics, or bring back a former subscriber with their settings.

        Return the reader, and True when a first edition was queued: False means that they were subscribed already.
        """
        while True:
            now = self._clock()
            async with self._database.read() as connection:
                if reader := await self._find(connection, address):
                    return reader, False
                former = await subscribers.find(connection, address)
                joining = former or self._newcomer(address, now)
                news = await articles.latest_ready(connection), await removal.count_articles(connection)
                edition = await first_edition(connection, self._renderer, joining, now)
            async with self._database.write(urgent=True) as connection:
                if former != await subscribers.find(connection, address):
                    continue  # another command of this reader was quicker
                if news != (await articles.latest_ready(connection), await removal.count_articles(connection)):
                    continue  # an article that became ready meanwhile would be in no edition, a removed one in this
                if former:
                    await subscribers.rearm(connection, former.id, now)
                else:
                    first = timetable.next_slot(joining.rhythm, now)
                    await subscribers.join(connection, address, joining.rhythm, joining.wishes, first, now)
                reader = await self._find(connection, address)
                assert reader is not None  # noqa: S101 - joined above, in this transaction
                await queue_first(connection, edition, reader.subscriber)
            self._nudge("dispatch")
            return reader, True

    async def unsubscribe(self, address: str) -> bool:
        """Unsubscribe and keep the settings. Return False when nobody was subscribed at this address."""
        async with self._database.write(urgent=True) as connection:
            reader = await self._find(connection, address)
            if reader is None:
                return False
            await subscribers.set_status(connection, reader.subscriber.id, Status.STOPPED)
            await undelivered.close(connection, reader.subscriber.id, undelivered.UNSUBSCRIBED)
        return True

    async def set_times(self, address: str, words: str) -> Reader | None:
        """Set hours and weekdays, written like `07:30 12:00 mon-fri`. Raises BadTime; None for a stranger."""
        return await self._set_rhythm(address, lambda rhythm: parse_rhythm(words, rhythm.zone))

    async def set_zone(self, address: str, words: str) -> Reader | None:
        """Set the time zone, written as a city or an IANA name. Raises BadZone; None for a stranger."""
        zone = parse_zone(words)
        return await self._set_rhythm(address, lambda rhythm: dataclasses.replace(rhythm, zone=zone))

    async def set_topic(self, address: str, command: str, *, is_followed: bool) -> Reader | None:
        """Follow a topic, or leave it out; done twice it changes nothing, nor does an unknown one. None for a stranger.

        Following every topic by name is the same as following all of them.
        """
        commands = {topic.command for topic in await self._database.cached(topics.everything)}
        async with self._database.write(urgent=True) as connection:
            reader = await self._find(connection, address)
            if reader is None or command not in commands:
                return reader
            followed = reader.subscriber.wishes.topics
            before = commands if followed is None else followed & commands
            after = before | {command} if is_followed else before - {command}
            if after == before:
                return reader
            wishes = dataclasses.replace(
                reader.subscriber.wishes, topics=None if after == commands else frozenset(after)
            )
            await editions.queue_for(connection, reader.subscriber.id, self._clock())
            await subscribers.set_wishes(connection, reader.subscriber.id, wishes)
            return await self._find(connection, address)

    async def _find(self, connection: Connection, address: str) -> Reader | None:
        subscriber = await subscribers.find(connection, address)
        if subscriber is None or subscriber.status is not Status.ACTIVE:
            return None
        used = await subscribers.used_slots(connection, subscriber.id)
        upcoming = timetable.upcoming(subscriber.rhythm, self._clock())
        return Reader(subscriber, next(slot for slot in upcoming if slot.key not in used))

    def _newcomer(self, address: str, now: datetime) -> Subscriber:
        return Subscriber(0, address, self._default, Wishes(), mark=None, status=Status.ACTIVE, armed=now)

    async def _set_rhythm(self, address: str, change: Callable[[Rhythm], Rhythm]) -> Reader | None:
        while True:
            now = self._clock()
            reader = await self.find(address)
            if reader is None:
                return None
            # A slot that has come belongs to the old rhythm: after the change it would not be printed for this reader.
            await print_due(self._database, self._renderer, now, of=reader.subscriber.id)
            async with self._database.write(urgent=True) as connection:
                reader = await self._find(connection, address)
                if reader is None:
                    return None
                if await subscribers.due(connection, now, of=reader.subscriber.id):
                    continue
                rhythm = change(reader.subscriber.rhythm)
                await editions.queue_for(connection, reader.subscriber.id, now)
                first = timetable.next_slot(rhythm, now)
                await subscribers.set_rhythm(connection, reader.subscriber.id, rhythm, first, now)
                return await self._find(connection, address)
