"""Hours, weekdays and zones as a reader types them. Pure.

Promises that any text is either read or refused with BadTime or BadZone, and that an error repeats at most 20
characters of it. The list of zone names comes from the `tzdata` package: what a reader typed is only looked up in that
list, never used as a path.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import time
from functools import cache
from importlib import resources

from briefings.errors import BadTime, BadZone
from briefings.model import EVERY_DAY, Rhythm
from briefings.text.english import WEEKDAYS

MOST_HOURS = 6
"""Editions a day one reader may ask for."""

QUOTED = 20
"""Characters of what a reader typed that an error repeats."""

DAY_GROUPS = {
    "daily": EVERY_DAY,
    "everyday": EVERY_DAY,
    "day": EVERY_DAY,  # "every day"
    "weekday": frozenset(range(5)),
    "weekend": frozenset({5, 6}),
}
FILLERS = frozenset({"at", "on", "and", "every", "each", "&"})
"""Words that a reader may type between hours and days, and that mean nothing here."""

HOUR = re.compile(r"(\d{1,2})(?:[:.]?(\d{2}))?(?:([ap])\.?m)?")

OFFSET = re.compile(r"(?:utc|gmt)? ?[+−–-]? ?\d{1,2}(?:[:.]?\d{1,2})?")
PLACE = re.compile(r"(?!Etc/|US/|Canada/|Brazil/|Chile/|Mexico/|Australia/(?:North|South|West)$).+/")
"""A zone whose last part is a place. The last part of Etc/GMT+5, US/Central or Australia/West is not."""

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
"""Zone → names of cities and countries that people use for it and that are not the last part of its IANA name."""


def parse_rhythm(words: str, zone: str) -> Rhythm:
    """Read `07:30 12:00 mon-fri`, in any order and case, as a rhythm; without weekdays, every day.

    Hours: `07:30`, `7.30`, `0730`, `7`, `7:30pm`. Weekdays: names or their first three letters, ranges that may wrap,
    `daily`, `weekdays`, `weekends`. `zone` is not checked. Raises BadTime and nothing else.
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
    """Read a city or an IANA name, in any case, as an IANA name; an old name (Asia/Calcutta) stays as it is.

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


def _readable(words: str) -> str:
    """Put words on one line and drop what nobody sees: controls, marks that turn the writing round, half characters."""
    visible = (c if c.isprintable() else " " if c.isspace() else "" for c in words)
    return " ".join("".join(visible).split())


def _fold(text: str) -> str:
    """Return small letters without accents: `São` → `sao`."""
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c)).casefold()


def _hour(word: str) -> time | None:
    match = HOUR.fullmatch(word)
    if match is None:
        return None
    hour, minute, half = int(match[1]), int(match[2] or 0), match[3]  # half of the day: a, p or None
    if half and not 1 <= hour <= 12:
        return None
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None


def _days(word: str) -> frozenset[int]:
    """Return the weekdays a word names (`mon`, `fridays`, `sat-mon`, `weekend`); empty when it names none."""
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


def _zone_key(text: str) -> str:
    """Return one spelling for `New York` and `new_york`, `St. John’s` and `St_Johns`; the sign in `Etc/GMT-5` stays."""
    return re.sub(r"[ _]+|(?<=[a-z])-(?=[a-z])", "_", re.sub(r"[.,'’]", "", _fold(text)))


@cache
def _zones() -> dict[str, str]:
    """Return the IANA name for each spelling a reader may use. A whole name wins, then our cities, then `zone.tab`.

    `zone.tab` lists the names in use today, so that Istanbul is Europe/Istanbul and not its old link in Asia.
    """
    data = resources.files("tzdata")
    names = data.joinpath("zones").read_text(encoding="utf-8").split()
    rows = data.joinpath("zoneinfo", "zone.tab").read_text(encoding="utf-8").splitlines()
    in_use = [row.split("\t")[2] for row in rows if not row.startswith("#")]
    places = {_zone_key(name.rpartition("/")[2]): name for name in [*names, *in_use] if PLACE.match(name)}
    ours = {city: name for name, cities in CITIES.items() for city in cities.split()}
    whole_names = {_zone_key(name): name for name in names}
    return {**places, **ours, **whole_names}
