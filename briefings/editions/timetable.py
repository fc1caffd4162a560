"""When a reader's next edition is due: zones, daylight saving, lateness. Pure: `now` is passed in.

**Promise** (the delivery guarantee, *Slots*): a rhythm has exactly one slot for each local date and hour it names. A
slot falls on the first instant at which the reader's clocks show the wanted hour or a later one; so an hour skipped by
daylight saving is sent at the gap's end and a repeated one at its first occurrence. Slots in order of (day, hour) are
therefore in order of `at`. A date that a zone skipped as a whole (Apia, 30 December 2011) has no slots.

Zone data is all that is ever read: by `zoneinfo`, and the list of names from the `tzdata` package. What a reader typed
is only looked up in that list, never used as a path.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from importlib import resources
from itertools import takewhile
from zoneinfo import ZoneInfo

from briefings.errors import BadTime, BadZone
from briefings.model import EVERY_DAY, Rhythm, Slot
from briefings.text.words import MONTHS, WEEKDAYS

LATE_AFTER = timedelta(minutes=5)  # an edition printed later than this is labelled with its intended time
LOOK_BACK = timedelta(days=14)  # slots missed longer ago than this are forgotten
MOST_HOURS = 6  # editions a day one reader may ask for
ONE_DAY = timedelta(days=1)
ONE_SECOND = timedelta(seconds=1)

DAY_GROUPS = {
    "daily": EVERY_DAY,
    "everyday": EVERY_DAY,
    "day": EVERY_DAY,  # "every day"
    "weekday": frozenset(range(5)),
    "weekend": frozenset({5, 6}),
}
FILLERS = frozenset({"at", "on", "and", "every", "each", "&"})
HOUR = re.compile(r"(\d{1,2})(?:[:.]?(\d{2}))?(?:([ap])\.?m)?")

QUOTED = 20  # characters of what a reader typed that an error repeats
OFFSET = re.compile(r"(?:utc|gmt)? ?[+−–-]? ?\d{1,2}(?:[:.]?\d{1,2})?")
# Names whose last part is a place, which that of Etc/GMT+5, US/Central or Australia/West is not.
PLACE = re.compile(r"(?!Etc/|US/|Canada/|Brazil/|Chile/|Mexico/|Australia/(?:North|South|West)$).+/")
# What people call a zone, where that is not the last part of its IANA name.
CITIES = {
    "Africa/Johannesburg": "pretoria cape_town durban",
    "America/Chicago": "houston dallas austin",
    "America/Los_Angeles": "san_francisco seattle san_diego las_vegas silicon_valley",
    "America/New_York": "washington washington_dc boston philadelphia miami atlanta nyc new_york_city",
    "America/Sao_Paulo": "rio rio_de_janeiro brasilia",
    "Asia/Dubai": "abu_dhabi",
    "Asia/Ho_Chi_Minh": "hanoi",
    "Asia/Jerusalem": "tel_aviv haifa",
    "Asia/Karachi": "islamabad lahore rawalpindi",
    "Asia/Kolkata": "mumbai bombay delhi new_delhi bangalore bengaluru chennai madras hyderabad pune ahmedabad india",
    "Asia/Riyadh": "jeddah mecca",
    "Asia/Shanghai": "beijing peking shenzhen guangzhou",
    "Asia/Tokyo": "osaka kyoto",
    "Europe/Amsterdam": "the_hague rotterdam",
    "Europe/Berlin": "munich frankfurt hamburg cologne",
    "Europe/Istanbul": "ankara",
    "Europe/Kyiv": "kiev lviv odesa kharkiv",
    "Europe/London": "edinburgh glasgow manchester cardiff",
    "Europe/Madrid": "barcelona",
    "Europe/Moscow": "st_petersburg saint_petersburg petersburg kazan sochi",
    "Europe/Paris": "lyon marseille",
    "Europe/Rome": "milan naples",
    "Europe/Warsaw": "krakow gdansk",
    "Europe/Zurich": "geneva basel bern",
    "Pacific/Apia": "samoa",
    "Pacific/Auckland": "wellington",
}


class Verdict(StrEnum):
    """What becomes of a due slot. Decided when printing, never later."""

    ON_TIME = "on time"
    LATE = "late"
    SKIP = "skip"


# Slots


def slot(rhythm: Rhythm, day: date, hour: time) -> Slot:
    """The slot of a local date and hour: when the reader's clocks first show that hour or a later one."""
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
    """The slots of a local date in order; none on an unwanted weekday or a date that the zone skipped."""
    if day.weekday() not in rhythm.days:
        return ()
    first_instant = slot(rhythm, day, time.min).at
    if local(first_instant, rhythm.zone).date() != day:
        return ()
    return tuple(slot(rhythm, day, hour) for hour in sorted(set(rhythm.times)))


def upcoming(rhythm: Rhythm, after: datetime) -> Iterator[Slot]:
    """Every slot strictly after an instant, each once, in order of (at, day, hour); without end.

    Two hours inside one gap are two slots with the same `at`, and both come. A rhythm without hours or days has none.
    """
    if not rhythm.times or not rhythm.days:
        return
    day = local(after, rhythm.zone).date()  # An earlier date cannot be due any more: the clocks show a later one.
    while True:
        yield from (due_slot for due_slot in slots_on(rhythm, day) if due_slot.at > after)
        day += ONE_DAY


def next_slot(rhythm: Rhythm, after: datetime) -> Slot:
    """The first slot strictly after an instant: the current minute has begun, so it means the next wanted day.

    For telling a reader what comes next and for waking up. Do not walk with it: a step from `at` to `at` would lose the
    second of two slots that share one; `upcoming` and `due` lose none. A rhythm without hours or days raises BadTime.
    """
    found = next(upcoming(rhythm, after), None)
    if found is None:
        raise BadTime("rhythm-empty")
    return found


def due(rhythm: Rhythm, since: datetime, now: datetime) -> tuple[Slot, ...]:
    """The slots with since < at <= now in order, looking back at most `LOOK_BACK` from now."""
    return tuple(takewhile(lambda found: found.at <= now, upcoming(rhythm, max(since, now - LOOK_BACK))))


def judge(rhythm: Rhythm, slot: Slot, now: datetime) -> Verdict:
    """Is a due slot still worth an edition? (The delivery guarantee: "when the next slot is nearer it is skipped".)"""
    missed_by = now - slot.at
    if next_slot(rhythm, now).at - now < missed_by:
        return Verdict.SKIP
    return Verdict.LATE if missed_by > LATE_AFTER else Verdict.ON_TIME


# What a reader types


def parse_rhythm(words: str, zone: str) -> Rhythm:
    """`07:30 12:00 mon-fri`, in any order and case, as a rhythm; without weekdays, every day.

    Hours: `07:30`, `7.30`, `0730`, `7`, `7:30pm`. Weekdays: names or their first three letters, ranges that may wrap,
    `daily`, `weekdays`, `weekends`. Raises BadTime and nothing else. `zone` is taken as it is.
    """
    text = re.sub(r" ?[-–—] ?| (?:to|through) ", "-", _readable(words), flags=re.IGNORECASE)
    text = re.sub(r"(?<=\d) (?=[ap]\.?m\b)", "", text, flags=re.IGNORECASE)
    hours: set[time] = set()
    days: set[int] = set()
    for word in re.split(r"[\s,;/]+", text):
        folded = _fold(word).rstrip(".")
        if not folded or folded in FILLERS:
            continue
        if wanted := _days(folded):
            days |= wanted
        elif (hour := _hour(folded)) is not None:
            hours.add(hour)
        elif any(character.isdigit() for character in word):
            raise BadTime("not-hour", word=word[:QUOTED])
        else:
            raise BadTime("not-hour-nor-weekday", word=word[:QUOTED])
    if not hours:
        raise BadTime("no-hour", text=text[:QUOTED]) if text else BadTime("which-hour")
    if len(hours) > MOST_HOURS:
        raise BadTime("too-many-hours", hours=len(hours), most=MOST_HOURS)
    return Rhythm(tuple(sorted(hours)), zone, frozenset(days) or EVERY_DAY)


def parse_zone(words: str) -> str:
    """A city or an IANA name in any case as an IANA name; an old name (Asia/Calcutta) is kept as given.

    Raises BadZone and nothing else.
    """
    text = _readable(words)
    if not text:
        raise BadZone("which-zone")
    name = _zones().get(_zone_key(text))
    if name is None or "\0" in words:
        if OFFSET.fullmatch(_fold(text)):
            raise BadZone("zone-is-offset", text=text[:QUOTED])
        raise BadZone("unknown-zone", text=text[:QUOTED])
    return name


# What a reader is told


def in_words(rhythm: Rhythm) -> str:
    """`07:30 and 12:00, Monday to Friday`."""
    hours = _listed([f"{hour:%H:%M}" for hour in rhythm.times])
    if rhythm.days == EVERY_DAY:
        return f"{hours}, every day"
    starts = [day for day in sorted(rhythm.days) if (day - 1) % 7 not in rhythm.days]
    if len(starts) != 1:
        return f"{hours}, {_listed([WEEKDAYS[day] for day in sorted(rhythm.days)])}"
    run = [WEEKDAYS[(starts[0] + step) % 7] for step in range(len(rhythm.days))]
    return f"{hours}, {run[0]} to {run[-1]}" if len(run) > 2 else f"{hours}, {_listed(run)}"


def local(instant: datetime, zone: str) -> datetime:
    """An instant as the clocks of a zone show it."""
    return instant.astimezone(ZoneInfo(zone))


def offset(instant: datetime, zone: str) -> str:
    """`UTC+05:30`: what a zone's clocks are ahead of UTC at an instant."""
    minutes = int((local(instant, zone).utcoffset() or timedelta()).total_seconds() / 60)
    return f"UTC{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


def when_words(slot: Slot, zone: str) -> str:
    """`Fri 5 Dec 07:30`: when a slot really comes by the clocks of a zone; inside a gap that is not its hour."""
    at = local(slot.at, zone)
    # Not strftime: the names are English under every locale.
    return f"{WEEKDAYS[at.weekday()][:3]} {at.day} {MONTHS[at.month - 1][:3]} {at:%H:%M}"


# Small print


def _clock(instant: datetime, zone: ZoneInfo) -> datetime:
    return instant.astimezone(zone).replace(tzinfo=None)


def _readable(words: str) -> str:
    """Words on one line without what cannot be seen: controls, marks that turn the writing round, half characters."""
    seen = (c if c.isprintable() else " " if c.isspace() else "" for c in words)
    return " ".join("".join(seen).split())


def _fold(text: str) -> str:
    """`São` → `sao`."""
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c)).casefold()


def _hour(word: str) -> time | None:
    match = HOUR.fullmatch(word)
    if match is None:
        return None
    hour, minute, half = int(match[1]), int(match[2] or 0), match[3]
    if half and not 1 <= hour <= 12:
        return None
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None


def _days(word: str) -> frozenset[int]:
    """The weekdays a word names: `mon`, `fridays`, `sat-mon`, `weekend`. Empty when it names none."""
    if (group := DAY_GROUPS.get(word.removesuffix("s"))) is not None:
        return group
    ends = [_weekday(name) for name in word.split("-")]
    first, last = ends[0], ends[-1]
    if len(ends) > 2 or first is None or last is None:
        return frozenset()
    return frozenset((first + step) % 7 for step in range((last - first) % 7 + 1))


def _weekday(name: str) -> int | None:
    stem = name.removesuffix("s")
    matches = (day for day, full in enumerate(WEEKDAYS) if len(stem) > 2 and full.lower().startswith(stem))
    return next(matches, None)


def _listed(words: list[str]) -> str:
    return f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else "".join(words)


def _zone_key(text: str) -> str:
    """One spelling of `New York` and `new_york`, `St. John’s` and `St_Johns`; the sign in `Etc/GMT-5` stays."""
    return re.sub(r"[ _]+|(?<=[a-z])-(?=[a-z])", "_", re.sub(r"[.,'’]", "", _fold(text)))


@cache
def _zones() -> dict[str, str]:
    """IANA names by all that a reader may call them. In doubt a whole name wins, then our cities, then `zone.tab`.

    `zone.tab` lists the names in use today, so that Istanbul is Europe/Istanbul and not its old link in Asia.
    """
    data = resources.files("tzdata")
    names = data.joinpath("zones").read_text(encoding="utf-8").split()
    rows = data.joinpath("zoneinfo", "zone.tab").read_text(encoding="utf-8").splitlines()
    today = [row.split("\t")[2] for row in rows if not row.startswith("#")]
    places = {_zone_key(name.rpartition("/")[2]): name for name in [*names, *today] if PLACE.match(name)}
    ours = {city: name for name, cities in CITIES.items() for city in cities.split()}
    own = {_zone_key(name): name for name in names}
    return {**places, **ours, **own}
