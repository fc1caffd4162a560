"""Computes when a reader's next edition is due: zones, daylight saving, lateness. Pure: `now` is passed in.

**Promise** (the delivery guarantee, *Slots*): a rhythm has exactly one slot for each local date and hour it names. A
slot falls on the first instant at which the reader's clocks show the wanted hour or a later one. An hour that daylight
saving skips is therefore sent at the gap's end, and a repeated hour at its first occurrence. Slots in order of
(day, hour) are in order of `at`. A date that a zone skipped as a whole (Apia, 30 December 2011) has no slots.

`typed_rhythm.py` reads the hours and zones that a reader types; `locales/` writes them for a reader.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import islice, takewhile
from zoneinfo import ZoneInfo

from briefings.errors import BadTime
from briefings.model import Rhythm, Slot

LATE_AFTER = timedelta(minutes=5)
"""An edition printed later than this is labelled with its intended time."""

LOOK_BACK = timedelta(days=14)
"""Slots missed longer ago than this are forgotten."""

ONE_DAY = timedelta(days=1)
ONE_SECOND = timedelta(seconds=1)


class Verdict(StrEnum):
    """The decision about a due slot: print, print with a label, or leave out. Made when printing, never later."""

    ON_TIME = "on time"
    LATE = "late"
    SKIP = "skip"


def slot(rhythm: Rhythm, day: date, hour: time) -> Slot:
    """Return the slot of a local date and hour: when the reader's clocks first show that hour or a later one."""
    zone = ZoneInfo(rhythm.zone)
    at = datetime.combine(day, hour, zone).astimezone(UTC)  # fold 0: the first occurrence of a repeated hour
    wanted = datetime.combine(day, hour)
    if _clock(at, zone) != wanted:  # The hour is skipped: fold 0 lands after the gap and fold 1 before it.
        before = datetime.combine(day, hour, zone).replace(fold=1).astimezone(UTC)
        seconds = range(int((at - before).total_seconds()))
        at = before + ONE_SECOND * bisect_left(
            seconds, wanted, key=lambda second: _clock(before + ONE_SECOND * second, zone)
        )
    return Slot(day, hour, at)


def slots_on(rhythm: Rhythm, day: date) -> tuple[Slot, ...]:
    """Return the slots of a local date in order; none on an unwanted weekday or a date that the zone skipped."""
    if day.weekday() not in rhythm.days:
        return ()
    first_instant = slot(rhythm, day, time.min).at
    if local(first_instant, rhythm.zone).date() != day:
        return ()
    return tuple(slot(rhythm, day, hour) for hour in sorted(set(rhythm.times)))


def upcoming(rhythm: Rhythm, after: datetime) -> Iterator[Slot]:
    """Yield every slot strictly after an instant, once each, in order of (at, day, hour). Never ends.

    Two hours inside one gap are two slots with the same `at`, and both come. A rhythm without hours or days has no
    slots.
    """
    if not rhythm.times or not rhythm.days:
        return
    day = local(after, rhythm.zone).date()  # An earlier date cannot be due any more: the clocks show a later one.
    while True:
        yield from (due_slot for due_slot in slots_on(rhythm, day) if due_slot.at > after)
        day += ONE_DAY


def next_slot(rhythm: Rhythm, after: datetime) -> Slot:
    """Return the first slot strictly after an instant. An hour whose minute has begun means the next wanted day.

    Do not step from slot to slot with it: of two slots that share one `at`, the second would be lost. `upcoming` and
    `due` lose none. Raises BadTime for a rhythm without hours or days.
    """
    first = next(upcoming(rhythm, after), None)
    if first is None:
        raise BadTime("rhythm-empty")
    return first


def due(rhythm: Rhythm, since: datetime, now: datetime) -> tuple[Slot, ...]:
    """Return the slots with since < at <= now in order, looking back at most `LOOK_BACK` from now."""
    return tuple(takewhile(lambda due_slot: due_slot.at <= now, upcoming(rhythm, max(since, now - LOOK_BACK))))


def daily(at: datetime, zone: str, days: int, since: datetime | None = None) -> tuple[datetime, tuple[datetime, ...]]:
    """Return the mark of a reader of daily editions before the first, and the instants of `days` editions.

    They come at the local hour of `at`. The last is of the day of `at`; with `since`, which is then the mark, the first
    is the first one after it.
    """
    moment = local(at, zone)
    hour = time(moment.hour, moment.minute)
    rhythm = Rhythm((hour,), zone)
    mark = since or slot(rhythm, moment.date() - days * ONE_DAY, hour).at
    return mark, tuple(due_slot.at for due_slot in islice(upcoming(rhythm, mark), days))


def judge(rhythm: Rhythm, slot: Slot, now: datetime) -> Verdict:
    """Decide if a due slot still gets an edition; it does not when the next slot is nearer (the delivery guarantee)."""
    missed_by = now - slot.at
    if next_slot(rhythm, now).at - now < missed_by:
        return Verdict.SKIP
    return Verdict.LATE if missed_by > LATE_AFTER else Verdict.ON_TIME


def local(instant: datetime, zone: str) -> datetime:
    """Return an instant as the clocks of a zone (an IANA name) show it."""
    return instant.astimezone(ZoneInfo(zone))


def _clock(instant: datetime, zone: ZoneInfo) -> datetime:
    return instant.astimezone(zone).replace(tzinfo=None)
