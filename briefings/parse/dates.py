"""Reads the dates that feeds, pages and files state: the one parser of a date that stands alone.

Promises the instant that a text states in full, or None. Never completes a date from today's, never takes one of two
readings: without a day, a month and a year there is no date, and 03/04/2025 is none, because either number may be the
month. A text that has any word beside its date that is not expected there is no date.

A date that no source means is never read:
- 1 January 1970, the evening before it in the west, 1 January 1900 and 19 January 2038: the first and the last days of
  computers' clocks;
- years before 1900 and after 2049. News is dated in the past, so a late year is a filler (2099-12-31) or the year of
  another calendar (2568-12-04). 2049 is the last year that RFC 5322 (4.3) gives to two digits. The limit is fixed,
  because the parser knows no "now".
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from time import struct_time

from briefings.parse import date_words, printed_dates
from briefings.parse.plain import one_line
from briefings.parse.printed_dates import Clock, NotADate, offset

_EARLIEST, _LATEST = 1900, 2049  # years; the reason stands above
_ENDS_OF_CLOCKS = frozenset((date(1900, 1, 1), date(1969, 12, 31), date(1970, 1, 1), date(2038, 1, 19)))
_SHORTEST, _LONGEST = 6, 100  # characters of a text that may be a date


def parse_date(text: str, *, language: str = "", host: str | None = None) -> datetime | None:
    """Return the instant that `text` states in full, in UTC, or None. `text` may hold nothing but the date.

    Understands ISO 8601, RFC 822 to 5322, printed dates in two hundred languages, and seconds or milliseconds since
    1970 (10 or 13 digits). Years of Thai, Japanese, Taiwanese and Persian calendars are read beside their own words. A
    time without a zone is in UTC. `language` (a code such as `en-IN`) and `host` of the source decide between the
    meanings of an abbreviated zone; where they do not, and where the zone is unknown, the day stands alone, at 00:00
    UTC. Never raises.
    """
    try:
        return _read(text, language, host)
    except NotADate:
        return None


def instant(
    text: str, parsed: struct_time | None = None, *, language: str = "", host: str | None = None
) -> datetime | None:
    """Return the instant that an item of a feed states, in UTC; None if it cannot be read or names no day.

    `parsed` is the reading of a feed library. It knows spellings that `parse_date` does not, but completes missing
    parts from today's date and ignores unknown zones. So only its day is taken, and only if the text has that day's
    year, day and month.
    """
    try:
        when = _read(text, language, host)
    except NotADate:
        return None
    return _stated_day(text, parsed) if when is None and parsed is not None else when


_MOST_PLACES = 50  # occurrences of the year that are looked at: a page has few before its date


def stated_in(text: str, day: str, *, language: str = "", host: str | None = None) -> datetime | None:
    """Return the first instant in a running text whose date is `day` (YYYY-MM-DD); None if the text states none.

    It confirms what a library guesses of a page: some complete a month with the day of today.
    """
    words = text.split()
    year = re.compile(rf"{day[:4]}|\d\.{day[2:4]}(?!\d)")
    places = [place for place, word in enumerate(words) if year.search(word)]
    for place in places[:_MOST_PLACES]:
        for first in range(max(0, place - 4), place + 1):
            for behind in (3, 2, 1):
                stated = " ".join(words[first : place + behind]).strip(".,;|")
                when = parse_date(stated, language=language, host=host)
                if when and (when.date().isoformat() == day or day in stated):
                    return when
    return None


def _stated_day(text: str, parsed: struct_time) -> datetime | None:
    tokens = printed_dates.tokens(text[:_LONGEST])
    numbers = [int(token) for token in tokens if token.isdecimal() and len(token) <= 4]
    months = [date_words.english().months.get(token, {}).get("en") for token in tokens]
    if numbers.count(parsed.tm_year) != 1 or parsed.tm_mday not in numbers or parsed.tm_mon not in months:
        return None
    try:
        return _checked(datetime(*parsed[:3], tzinfo=UTC))
    except ValueError:
        return None


def _read(text: str, language: str, host: str | None) -> datetime | None:
    """Return the instant, or None if the text cannot be understood. Raises `NotADate`."""
    if len(text) > 2 * _LONGEST:
        return None
    if usual := _usual(text.strip()):
        return usual
    text = one_line(text)
    if not _SHORTEST <= len(text) <= _LONGEST:
        return None
    if number := _SINCE_1970.fullmatch(text):
        return _since_1970(number)
    try:
        printed = printed_dates.read(text, language.lower(), (host or "").lower())
        return _checked(_at(*printed)) if printed else None
    except (ValueError, OverflowError):  # no such day or time
        raise NotADate from None


# --- the usual spellings ---------------------------------------------------------------------------------------------

_MONTHS = {short: number for number, short in enumerate("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(), 1)}
_RFC = re.compile(
    r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? )?(\d{1,2}) (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) (\d{4}) "
    r"(\d\d):(\d\d)(?::(\d\d))? (?:GMT|UTC|Z|([+-]\d\d)(\d\d))", re.ASCII
)  # fmt: skip
_ISO = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.\d{1,9})?)?(?:Z|([+-]\d\d):?(\d\d))?)?", re.ASCII
)


def _usual(text: str) -> datetime | None:
    """Read the two spellings of nearly all feeds without any table. Raises `NotADate`."""
    if match := _ISO.fullmatch(text):
        year, month, day = int(match[1]), int(match[2]), int(match[3])
    elif match := _RFC.fullmatch(text):
        year, month, day = int(match[3]), _MONTHS[match[2]], int(match[1])
    else:
        return None
    hour, minute, second = int(match[4] or 0), int(match[5] or 0), int(match[6] or 0)
    try:
        zone = offset(match[7][0], int(match[7][1:]), int(match[8])) if match[7] else UTC
        return _checked(_at(date(year, month, day), Clock(hour, minute, second, zone)))
    except (ValueError, OverflowError):
        raise NotADate from None


def _at(day: date, clock: Clock) -> datetime:
    """Return a time on a day; the day at 00:00 UTC if the zone is not known. Raises ValueError for no such time."""
    if clock.hour > 24 or clock.minute > 59 or clock.second > 60 or (clock.hour == 24 and clock.minute + clock.second):
        raise ValueError
    if clock.zone is None:
        return datetime(day.year, day.month, day.day, tzinfo=UTC)
    hours, second = timedelta(hours=clock.hour), min(clock.second, 59)  # a leap second has no place in a datetime
    return datetime(day.year, day.month, day.day, 0, clock.minute, second, tzinfo=clock.zone) + hours


def _checked(when: datetime) -> datetime:
    """Return the instant in UTC. Raises `NotADate` for one that no source means (see the module's promise)."""
    if not _EARLIEST <= when.year <= _LATEST or when.date() in _ENDS_OF_CLOCKS:
        raise NotADate
    when = when.astimezone(UTC)
    if when.date() in _ENDS_OF_CLOCKS:
        raise NotADate
    return when


_SINCE_1970 = re.compile(r"(\d{10})(\d{3})?(?:\.\d+)?")
_LATEST_SECOND = 2_000_000_000  # in 2033; more is a day with its hour, without marks between: 2025120409


def _since_1970(number: re.Match[str]) -> datetime:
    if int(number[1]) >= _LATEST_SECOND:
        raise NotADate
    return _checked(datetime.fromtimestamp(int(number[1]), UTC))
