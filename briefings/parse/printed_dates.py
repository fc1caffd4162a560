"""Reads a date as people print it: in numbers or words of any language, with a time before, behind or within it.

Promises a day and a time that the text states in full, raises `NotADate` for a text that names no day or one of two,
and returns None for a text with a word that it does not know. Which instants are believed, and the two spellings of
nearly all feeds, stand in `dates.py`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, timedelta, timezone, tzinfo

from briefings.parse import date_words, zones
from briefings.parse.calendars import from_buddhist, from_persian
from briefings.parse.date_numbers import with_marks
from briefings.text.english import WEEKDAYS


class NotADate(ValueError):
    """The text names no day, or one that must not be used. No other reader may try it."""


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day. `zone` is None if it cannot be told."""

    hour: int
    minute: int
    second: int
    zone: tzinfo | None = UTC


def offset(sign: str, hours: int, minutes: int) -> tzinfo | None:
    """Return the zone of an offset; None if no clocks of the world go so."""
    if hours > 15 or minutes > 59:
        return None
    distance = timedelta(hours=hours, minutes=minutes)
    return timezone(distance if sign == "+" else -distance)


_NUMBER = re.compile(r"\d|年")
_STRANGE = re.compile(r"[!?$€£%=<>{}#*^\\]")
# Accents tell "thứ 2" (Monday) from "Thu 2" (Thursday), so it is read before they are dropped.
_VIETNAMESE_WEEKDAY = re.compile(r"thứ (?:([2-7])|(hai)|(ba)|(tư)|(năm)|(sáu)|(bảy))\b", re.IGNORECASE)


def read(text: str, language: str, host: str) -> tuple[date, Clock] | None:
    """Return the day and the time that a text of one line states, 00:00 UTC if it states no time.

    `language` and `host` are the source's, in small letters. None if the text has an unknown word or a sign that no
    date has. Raises `NotADate`, or ValueError for a day that no calendar has.
    """
    if _STRANGE.search(text) or not _NUMBER.search(text):
        return None
    text = date_words.fold(_VIETNAMESE_WEEKDAY.sub(_in_english, text))
    return _Reader(with_marks(text), language, host).read()


def _in_english(weekday: re.Match[str]) -> str:
    return WEEKDAYS[int(weekday[1]) - 2 if weekday[1] else (weekday.lastindex or 2) - 2]


def tokens(text: str) -> list[str]:
    """Return the words and numbers of a text, folded."""
    return _TOKEN.findall(date_words.fold(text))


_AM = (
    r"a\. ?m\b\.?|am\b|上午|早上|早晨|清晨|凌晨|午前|오전|صباحا|ص\b|قبل ?از ?ظهر|ق\.ظ|π\.?μ\b\.?|पूर्वाह्न"
    r"|de\."
)
_PM = (
    r"p\. ?m\b\.?|pm\b|下午|傍晚|晚上|晚間|中午(?=\s?(?:12|1|2)\b)|午[後后]|오후|مساء|م\b|بعد ?از ?ظهر|ب\.ظ|μ\.?μ\b\.?"
    r"|अपराह्न|du(?:\.|$)"
)
_CLOCK = re.compile(
    rf"(?:(?<!\w)(?:(?P<am>{_AM})|(?P<pm>{_PM}))\s*)?(?<![\d:.+-])(?P<hour>\d{{1,2}})"
    r"(?:(?::|\s?h\s?|\s?uhr\s|(?P<dot>\.(?=\d\d)))(?P<minute>\d{1,2})(?:[:.](?P<second>\d{1,2})(?:[.,:]\d{1,20})?)?(?!\d)"
    rf"(?:\s?\(?(?:(?P<am2>(?:{_AM})(?! \d{{1,2}}\.))|(?P<pm2>{_PM}|(?<=\d)p\b)))?"
    rf"|\s?(?:(?P<am3>{_AM})|(?P<pm3>{_PM})|(?:h|hrs|uhr|gio)\b))"
)
_ZONE = re.compile(
    r"\s*[\[(]?(?P<name>[a-z]+(?:/[a-z_/-]*[a-z])?(?![^\W\d_]|\.[a-z]))?"
    r"(?:\s?(?P<sign>[+\u2212-])(?P<hours>\d{1,2}):?(?P<minutes>\d\d)?(?::00)?(?![\d.:/])(?P<z>z|\s?[\[(][^()\[\]]*[\])])?)?[\])]?"
)
_LATE_OFFSET = re.compile(r"\s([+-])(\d\d):?(\d\d)\s*$")
_YEAR_FIRST = re.compile(r"(?<![\d.])(\d{4})\s?([-/.])\s?(\d{1,2})\s?\2\s?(\d{1,2})(?![\d:])\.?(?:z|[+-]\d\d:\d\d)?")
_YEAR_LAST = re.compile(r"(?<![\w.:/-])(\d{1,2})( ?[-/.] ?| )(\d{1,2})\2(\d{4}|\d\d)(?![\d:])\.?")
_YEAR = re.compile(r"(?<![\d+-])(?:19|20)\d\d(?!\d)")  # beside it "08.05.09" is a time
_DAY_OF_YEAR = re.compile(r"^(\d{4})-?(\d{3})(?= \d)")
_DAY_OF_WEEK = re.compile(r"^(\d{4})-?w(\d\d)-?([1-7])(?!\d)")
_TOKEN = re.compile(r"\d+|[^\s\d!-/:-@\[-`{-~،、。，：·•–—−’‘“”״׳॰।「」【】]+")
_TIME = "\x01"  # stands where the time was, a word of its own
_LANGUAGE_OF_DOMAIN = {"kr": "ko", "jp": "ja", "cn": "zh", "tw": "zh", "hk": "zh", "ir": "fa", "cz": "cs"}
_THAI = re.compile("[\u0e00-\u0e7f]")


@dataclass(frozen=True, slots=True)
class _Month:
    """A month as a text names it. `weekday` is set if the name may also be that of a weekday: French "mar." is both."""

    number: int
    is_persian: bool = False
    weekday: int | None = None


@dataclass(frozen=True, slots=True)
class _Parts:
    """The words and numbers of a text beside its numeric date and its time. `order` holds numbers and one month."""

    order: list[str | _Month]
    weekdays: set[int]
    zone: str
    is_pm: bool | None
    """True for the second half of the day; None if the text names none, or has it beside the time."""


class _Reader:
    """Reads a folded text whose numbers have marks between them. Its methods raise ValueError for what is no date."""

    def __init__(self, text: str, language: str, host: str) -> None:
        self._text = text
        self._is_thai = bool(_THAI.search(text))
        self._country = zones.country_of(language, host)
        domain = host.rpartition(".")[2]
        self._languages = (language.partition("-")[0].partition("_")[0], _LANGUAGE_OF_DOMAIN.get(domain, domain))

    def read(self) -> tuple[date, Clock] | None:
        """Return the day and the time; None if the text has a word that is in no table."""
        days, rest = self._numeric(self._text)
        clock, rest = self._clock(rest)
        parts = self._parts(rest, date_words.english()) or self._parts(rest, date_words.all_languages())
        if parts is None:
            return None
        if clock and parts.is_pm is not None:
            clock = _in_half(clock, parts.is_pm)
        if clock and clock.zone and parts.zone:
            clock = replace(clock, zone=zones.zone_of(parts.zone, self._country))
        if days and any(not isinstance(part, _Month) or part.weekday is None for part in parts.order):
            raise NotADate  # two dates
        days = days or {self._named(parts.order)}
        if len(days) > 1:
            days = {day for day in days if day.weekday() in parts.weekdays}
        if len(days) != 1:
            raise NotADate
        return days.pop(), clock or Clock(0, 0, 0)

    # A date in numbers

    def _numeric(self, text: str) -> tuple[set[date], str]:
        """Return the days that a date in numbers may mean, none if the text has no such date, and the other text."""
        if match := _DAY_OF_YEAR.search(text):
            days = {date(int(match[1]), 1, 1) + timedelta(days=int(match[2]) - 1)}
        elif match := _DAY_OF_WEEK.search(text):
            days = {date.fromisocalendar(int(match[1]), int(match[2]), int(match[3]))}
        elif match := _YEAR_FIRST.search(text):
            days = {self._year_first(match[1], int(match[3]), int(match[4]), is_iso=match[2] == "-")}
        elif (match := _YEAR_LAST.search(text)) and (len(match[4]) == 4 or not _YEAR.search(text)):
            days = self._year_last(match)
        else:
            return set(), text
        return days, f"{text[: match.start()]} {text[match.end() :]}"

    def _year_first(self, year: str, month: int, day: int, *, is_iso: bool) -> date:
        if not is_iso and year.startswith(("13", "14")) and "fa" in self._languages:
            return from_persian(int(year), month, day)
        return self._day(year, month, day)

    def _year_last(self, match: re.Match[str]) -> set[date]:
        first, mark, second, year = match.groups()
        if len(year) == 2:
            if mark.strip() != ".":
                raise NotADate
            if {"ko", "ja", "zh"} & set(self._languages):
                return {self._day(first, int(second), int(year))}
        orders = [(second, first)] if mark.strip() == "." else [(second, first), (first, second)]
        days = {self._day(year, int(month), int(day)) for month, day in orders if int(month) <= 12}
        if not days:
            raise NotADate
        return days

    def _day(self, year: str, month: int, day: int) -> date:
        if self._is_thai:
            return date(from_buddhist(year), month, day)
        if len(year) == 2:
            return date(int(year) + (2000 if int(year) < 50 else 1900), month, day)
        return date(int(year), month, day)

    # A time and its zone

    def _clock(self, text: str) -> tuple[Clock | None, str]:
        """Return the time, None if the text has none, and the other text."""
        match = _CLOCK.search(text)
        if not match:
            return None, _LATE_OFFSET.sub("", text)
        clock = Clock(int(match["hour"]), int(match["minute"] or 0), int(match["second"] or 0))
        for is_pm in (False, True):
            if any(match[f"{'pm' if is_pm else 'am'}{n}"] for n in ("", 2, 3)):
                clock = _in_half(clock, is_pm)
        zone, end = self._zone(text, match.end())
        rest = f"{text[: match.start()]} {_TIME} {text[end:]}"
        if end == match.end() and (late := _LATE_OFFSET.search(rest)):
            zone, rest = offset(late[1], int(late[2]), int(late[3])), rest[: late.start()]
        return replace(clock, zone=zone if clock.zone else None), rest

    def _zone(self, text: str, start: int) -> tuple[tzinfo | None, int]:
        """Return the zone that stands at `start` and where it ends: UTC and `start` if none does."""
        match = _ZONE.match(text, start)
        if match is None:
            return UTC, start
        name, end = match["name"], match.end()
        if match["sign"] and (not name or zones.is_zone(name)):
            after = _ZONE.match(text, end)
            if after and after["name"] and not after["sign"] and zones.is_zone(after["name"]):
                end = after.end()  # "+0530 IST"
            return offset("+" if match["sign"] == "+" else "-", int(match["hours"]), int(match["minutes"] or 0)), end
        if name and (zones.is_zone(name) or _is_unknown_zone(name)):
            return zones.zone_of(name, self._country), match.end("name") + (text[match.end("name") :][:1] in {")", "]"})
        return UTC, start

    # A date with words

    def _parts(self, text: str, words: date_words.Words) -> _Parts | None:
        """Sort the words and numbers of a text; None if it has a word that is not in `words`."""
        rest, zone, is_pm, follows_time = _TOKEN.findall(text), "", None, False
        order, weekdays = list[str | _Month](), set[int]()
        while rest:
            if rest[0].isdecimal():
                order.append(rest.pop(0))
                follows_time = False
                continue
            for size in range(min(4, len(rest)), 0, -1):  # names of up to four words
                name = date_words.key("".join(rest[:size]))
                weekday = words.weekdays.get(name)
                if month := self._month(name, words):
                    order.append(replace(month, weekday=weekday))
                elif name in words.beside or name == _TIME:
                    pass
                elif follows_time and name in words.halves:
                    is_pm = words.halves[name]
                elif weekday is not None:
                    weekdays.add(weekday)
                else:
                    continue
                del rest[:size]
                break
            else:
                if zone or not zones.is_zone(rest[0]) or rest[0] in "abcdefghijklmnopqrstuvwxy":
                    return None
                name = zone = rest.pop(0)
            follows_time = name == _TIME
        return _with_one_month(_Parts(order, weekdays, zone, is_pm))

    def _month(self, name: str, words: date_words.Words) -> _Month | None:
        """Return a month by its name. A name with several meanings goes by the language of the source."""
        if number := date_words.persian_months().get(name):
            return _Month(number, is_persian=True)
        numbers = words.months.get(name) or words.months.get(name.removeprefix("ב"))  # Hebrew "in"
        if not numbers:
            return None
        for language in (*self._languages, "en"):
            if language in numbers:
                return _Month(numbers[language])
        meanings = {number for language, number in numbers.items() if language in words.widely_read}
        if not meanings and (len(name) > 3 or not name.isascii()):
            meanings = set(numbers.values())
        if len(meanings) > 1 and "hr" in numbers:
            # Croatian calls October as Polish and Czech call November. It writes a dot after the day, as Czech does;
            # the form in -u is Czech.
            has_dot = re.search(rf"\d\. ?{name}", self._text)
            is_czech = "cs" in numbers and (name.endswith("u") or not has_dot)
            if has_dot and "cs" in numbers and not is_czech:
                raise NotADate
            meanings = {numbers["cs" if is_czech else "hr" if has_dot else "pl"]}
        if len(meanings) > 1:
            raise NotADate
        return _Month(meanings.pop()) if meanings else None

    def _named(self, order: list[str | _Month]) -> date:
        """Return the day of a date whose month has a name."""
        match [part if isinstance(part, _Month) else (len(part), part) for part in order]:
            case [(1 | 2, day), _Month() as month, (2 | 4, year)] | [_Month() as month, (1 | 2, day), (4, year)]:
                pass
            case [(4, year), _Month() as month, (1 | 2, day)] | [(4, year), (1 | 2, day), _Month() as month]:
                pass
            case _:
                raise NotADate
        if month.is_persian:
            return from_persian(int(year), month.number, int(day))
        return self._day(year, month.number, int(day))


def _in_half(clock: Clock, is_pm: bool) -> Clock:
    """Return a time in a half of the day. "20:05 PM" is 20:05; "20:05 AM" is no time, so its zone is None."""
    if clock.hour > 12:
        return clock if is_pm else replace(clock, zone=None)
    return replace(clock, hour=clock.hour % 12 + (12 if is_pm else 0))


def _is_unknown_zone(name: str) -> bool:
    """True if a word behind a time looks like an abbreviated zone ("QQT") and is no word of a date."""
    if not re.fullmatch("[a-z]{2,4}t", name):
        return False
    tables = (words() for words in (date_words.english, date_words.all_languages))
    return not any(name in names for words in tables for names in (words.months, words.weekdays, words.beside))


def _with_one_month(parts: _Parts) -> _Parts | None:
    """Return the parts of a text: "mar." beside a month is a weekday, and a month that stands twice counts once.

    None if different months are left, because one of the words may mean something else in another language.
    """
    months = [part for part in parts.order if isinstance(part, _Month)]
    sure = [month for month in months if month.weekday is None] or months[-1:]
    if len({(month.number, month.is_persian) for month in sure}) > 1:
        return None
    weekdays = {month.weekday for month in months if month not in sure and month.weekday is not None}
    order = [part for part in parts.order if isinstance(part, str) or part is sure[0]]
    return replace(parts, order=order, weekdays=parts.weekdays | weekdays)
