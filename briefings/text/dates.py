"""Days and months as a text states them: "Dec. 4", "4 December 2025", "2025-12-04", "December 4–5".

Promises to read a date as one thing, so that its day is never taken for a count of something, and to say whether a
date follows from others. Never guesses: a year that is not stated is not known. Names of months are English, and
those of a few other languages after a day.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date


def _list(words: str) -> list[str]:
    return words.split()


MONTHS = _list("january february march april may june july august september october november december")
WEEKDAYS = _list("monday tuesday wednesday thursday friday saturday sunday")
FULL = {name[:3]: name for name in (*MONTHS, *WEEKDAYS)} | {"sept": "september", "tues": "tuesday", "thurs": "thursday"}
"""Short names of months and days → whole ones."""

_FOREIGN = {
    word: number
    for language in (
        "januar februar märz april mai juni juli august september oktober november dezember",
        "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
        "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
        "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
        "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
        "січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня",
    )
    for number, word in enumerate(_list(language), 1)
}
_SHORT = "|".join(sorted({*MONTHS, *(name[:3] for name in MONTHS), "sept"}, key=len, reverse=True))
# "may 4 ships" and "march 12 miles" are no dates: these months need their capital.
_MONTH = rf"(?P<month{{0}}>(?!may\b|mar\b|march\b)(?i:{_SHORT}))\b\.?"
_AWAY = "|".join(sorted(_FOREIGN, key=len, reverse=True))
_DAY = r"(?<![\w.,:$€£₹-])(?P<day{0}>0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?(?![\w%])(?![.,:]\d)"
# After "and" a second day, unless what follows makes it a count: "on December 4 and 5 ships".
_MORE = (
    r"(?:(?:-| - | to |/)(?P<until{0}>[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th)?(?![\w%:])|"
    r" and (?P<also{0}>[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th)?(?![\w%:])"
    r"(?!,?\.\d| (?!(?:in|at|for|on|to|of|with|during|as|when|after|before|by|from|and|but|will|is|was)\b)[a-z]))?"
)
_YEAR = r"(?:,? (?:de )?(?P<year{0}>(?:1[5-9]|20|21)\d\d)(?![\w%,-]\d|\w))?"
_WEEKDAY = (
    r"(?:\b(?P<weekday>(?i:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|satur|sun)(?i:day)|Mon|Tues?|Wed|Thu(?:rs)?|Fri|Sat|Sun)"
    r"\.?,? (?:the )?)?"
)
_DATE = re.compile(
    _WEEKDAY
    + "(?:"
    + r"(?<![\w-])(?P<year1>\d{4})-(?P<month1>0[1-9]|1[0-2])-(?P<day1>0[1-9]|[12]\d|3[01])(?![\d-])"
    + rf"|\b{_MONTH.format(2)} {_DAY.format(2).replace('(?<![', '(?<![$')}{_MORE.format(2)}{_YEAR.format(2)}"
    + rf"|{_DAY.format(3)}{_MORE.format(3)} (?:of )?{_MONTH.format(3)}{_YEAR.format(3)}(?!\w)"
    + rf"|{_DAY.format(4)}\.? (?:de )?(?P<month4>(?i:{_AWAY}))\b{_YEAR.format(4)}"
    + rf"|\b{_MONTH.format(5)},? (?P<year5>(?:1[5-9]|20|21)\d\d)(?![\w%-])"
    + r"|(?<![\w./-])(?P<day6>\d{1,2})(?P<mark>[./])(?P<month6>\d{1,2})(?P=mark)(?P<year6>(?:19|20)\d\d)(?![\w/])"
    + r"|(?P<year7>\d{4})年(?P<month7>\d{1,2})月(?P<day7>\d{1,2})日"
    + ")"
)


@dataclass(frozen=True, slots=True)
class Day:
    """A day or a month as stated: what is None was left out. `weekday` counts from Monday, 0."""

    month: int
    day: int | None = None
    year: int | None = None
    weekday: int | None = None


@dataclass(frozen=True, slots=True)
class Stated:
    """A piece of a text and the days it may mean: several in "4 and 5 December"; with `either`, one of them."""

    piece: str
    days: tuple[Day, ...]
    either: bool = False


def read(text: str) -> tuple[list[Stated], str]:
    """The dates of a plain `text`, and the text with each of them blanked out."""
    found: list[Stated] = []

    def take(match: re.Match[str]) -> str:
        stated = _stated(match)
        if stated is None:
            return match[0]
        found.append(stated)
        return " # "

    return found, _DATE.sub(take, text)


def _stated(match: re.Match[str]) -> Stated | None:
    got = match.groupdict()
    form = next(n for n in "1234567" if got.get(f"month{n}"))
    month = _month(got[f"month{form}"])
    year = int(got[f"year{form}"]) if got.get(f"year{form}") else None
    first = int(got[f"day{form}"]) if got.get(f"day{form}") else None
    last = got.get(f"until{form}") or got.get(f"also{form}")
    numbers = [first, int(last)] if last else [first]
    if form == "6" and first is not None and not (month > 12 or first > 12):
        both = (_day(month, first, year, None), _day(first, month, year, None))  # 04/12: which of them is the month?
        return Stated(match[0], tuple(filter(None, both)), either=True)
    if form == "6" and first is not None and month > 12:
        month, numbers = first, [month]
    weekday = _weekday(got["weekday"])
    days = [_day(month, n, year, weekday if n == first else None) for n in numbers]
    kept = tuple(day for day in days if day)
    return Stated(match[0].strip(), kept) if len(kept) == len(days) else None


def _month(word: str) -> int:
    low = word.lower().rstrip(".")
    if low.isdecimal():
        return int(low)
    return MONTHS.index(FULL[low[:3]]) + 1 if FULL.get(low[:3], "").startswith(low) or low == "sept" else _FOREIGN[low]


def _weekday(word: str | None) -> int | None:
    return WEEKDAYS.index(FULL[word[:3].lower()]) if word else None


def _day(month: int, day: int | None, year: int | None, weekday: int | None) -> Day | None:
    """None for a day that no calendar has."""
    try:
        date(year or 2000, month, day or 1)
    except ValueError:
        return None
    return Day(month, day, year, weekday)


class Calendar:
    """The dates a text states; `rest` is what it says beside them, years and weekdays perhaps."""

    def __init__(self, stated: Iterable[Stated], rest: str) -> None:
        self._days = {day for one in stated for day in one.days}
        self._years = {int(year) for year in re.findall(r"(?<![\d.,])(?:1[5-9]|20|21)\d\d(?![\d%])", rest)} | set(
            self.years()
        )
        self._weekdays = {
            _weekday(word) for word in re.findall(r"\b[A-Z][a-z]+day\b", rest) if word[:3].lower() in FULL
        }

    def words(self) -> Iterator[str]:
        """Names of the months and weekdays that these dates fall in."""
        for day in self._days:
            yield MONTHS[day.month - 1]
            yield from (WEEKDAYS[weekday] for weekday in _weekdays(day))

    def years(self) -> Iterator[int]:
        """The years of its dates."""
        return (day.year for day in self._days if day.year)

    def has(self, stated: Stated) -> bool:
        """Whether a date follows from these. Where its own year is not stated, the only one the text names will do."""
        return (any if stated.either else all)(self._knows(day) for day in stated.days)

    def _knows(self, told: Day) -> bool:
        same = [day for day in self._days if day.month == told.month and (told.day is None or day.day == told.day)]
        years = {day.year for day in same if day.year} or (self._years if len(self._years) == 1 else set())
        if told.year and told.year not in years:
            return False
        if told.weekday is not None:
            weekdays = _weekdays(replace(told, weekday=None)) or {w for day in same for w in _weekdays(day)}
            return bool(same) and told.weekday in (weekdays or self._weekdays)
        return bool(same)


def _weekdays(day: Day) -> set[int]:
    """The weekday that was stated, or that follows from the year."""
    if day.weekday is not None:
        return {day.weekday}
    return {date(day.year, day.month, day.day).weekday()} if day.year and day.day else set()
