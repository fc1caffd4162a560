"""Reads days and months as a text states them: "Dec. 4", "4 December 2025", "2025-12-04", "December 4–5".

Promises to read a date as one thing, so that its day is never taken for a count of something, and to tell if a date
follows from others. Never guesses: a year that is not stated is not known. Month names are English; those of a few
other languages are read after a day.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from briefings.text import english
from briefings.text.english import any_of

MONTHS = tuple(name.lower() for name in english.MONTHS)
WEEKDAYS = tuple(name.lower() for name in english.WEEKDAYS)
FULL_NAMES = {short.lower(): name.lower() for short, name in (english.SHORT_MONTHS | english.SHORT_WEEKDAYS).items()}
"""Short name of a month or weekday → full name, in small letters."""

_FOREIGN_MONTHS = {
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
    for number, word in enumerate(language.split(), 1)
}


# "may 4 ships" and "march 12 miles" are no dates: these months need their capital.
_MONTH = rf"(?P<month{{0}}>(?!may\b|mar\b|march\b)(?i:{any_of((*english.MONTHS, *english.SHORT_MONTHS))}))\b\.?"
_DAY = r"(?<![\w.,:$€£₹-])(?P<day{0}>0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?(?![\w%])(?![.,:]\d)"
# After "and" a second day, unless what follows makes it a count: "on December 4 and 5 ships".
_SECOND_DAY = (
    r"(?:(?:-| - | to |/)(?P<until{0}>[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th)?(?![\w%:])|"
    r" and (?P<also{0}>[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th)?(?![\w%:])"
    r"(?!,?\.\d| (?!(?:in|at|for|on|to|of|with|during|as|when|after|before|by|from|and|but|will|is|was)\b)[a-z]))?"
)
_YEAR = r"(?:,? (?:de )?(?P<year{0}>(?:1[5-9]|20|21)\d\d)(?![\w%,-]\d|\w))?"
_WEEKDAY = (
    rf"(?:\b(?P<weekday>(?i:{any_of(english.WEEKDAYS)})|{any_of(english.SHORT_WEEKDAYS)})"
    r"\.?,? (?:the )?)?"
)
_DATE = re.compile(
    _WEEKDAY
    + "(?:"
    + r"(?<![\w-])(?P<year1>\d{4})-(?P<month1>0[1-9]|1[0-2])-(?P<day1>0[1-9]|[12]\d|3[01])(?![\d-])"
    + rf"|\b{_MONTH.format(2)} {_DAY.format(2).replace('(?<![', '(?<![$')}{_SECOND_DAY.format(2)}{_YEAR.format(2)}"
    + rf"|{_DAY.format(3)}{_SECOND_DAY.format(3)} (?:of )?{_MONTH.format(3)}{_YEAR.format(3)}(?!\w)"
    + rf"|{_DAY.format(4)}\.? (?:de )?(?P<month4>(?i:{any_of(_FOREIGN_MONTHS)}))\b{_YEAR.format(4)}"
    + rf"|\b{_MONTH.format(5)},? (?P<year5>(?:1[5-9]|20|21)\d\d)(?![\w%-])"
    + r"|(?<![\w./-])(?P<day6>\d{1,2})(?P<mark>[./])(?P<month6>\d{1,2})(?P=mark)(?P<year6>(?:19|20)\d\d)(?![\w/])"
    + r"|(?P<year7>\d{4})年(?P<month7>\d{1,2})月(?P<day7>\d{1,2})日"
    + ")"
)
_FULL_WEEKDAY = re.compile(rf"\b(?:{any_of(english.WEEKDAYS)})\b")


@dataclass(frozen=True, slots=True)
class Day:
    """A day or a month as stated. A part that was left out is None; `weekday` counts from Monday, 0."""

    month: int
    day: int | None = None
    year: int | None = None
    weekday: int | None = None


@dataclass(frozen=True, slots=True)
class StatedDate:
    """A piece of a text and the days it states: several in "4 and 5 December".

    With `is_ambiguous` it means only one of them: 04/12 is 4 December or 12 April.
    """

    piece: str
    days: tuple[Day, ...]
    is_ambiguous: bool = False


def read(text: str) -> tuple[list[StatedDate], str]:
    """Return the dates of a plain text (see `numbers.plain`), and the text with " # " in the place of each."""
    stated_dates: list[StatedDate] = []

    def blank_out(match: re.Match[str]) -> str:
        stated = _stated_date(match)
        if stated is None:
            return match[0]
        stated_dates.append(stated)
        return " # "

    return stated_dates, _DATE.sub(blank_out, text)


def is_weekday_or_month(piece: str) -> bool:
    """True if a piece of text is the name of a weekday or month and nothing else: "Tuesdays", "Sept."."""
    name = piece.lower().removesuffix(".")
    singular = name.removesuffix("s")
    return FULL_NAMES.get(name, name) in (*MONTHS, *WEEKDAYS) or FULL_NAMES.get(singular, singular) in WEEKDAYS


def _stated_date(match: re.Match[str]) -> StatedDate | None:
    """Return None where a day was read that no calendar has."""
    groups = match.groupdict()
    form = next(n for n in "1234567" if groups.get(f"month{n}"))
    month = _month_number(groups[f"month{form}"])
    year = int(groups[f"year{form}"]) if groups.get(f"year{form}") else None
    first = int(groups[f"day{form}"]) if groups.get(f"day{form}") else None
    last = groups.get(f"until{form}") or groups.get(f"also{form}")
    numbers = [first, int(last)] if last else [first]
    if form == "6" and first is not None and not (month > 12 or first > 12):
        both = (_calendar_day(month, first, year, None), _calendar_day(first, month, year, None))
        return StatedDate(match[0], tuple(filter(None, both)), is_ambiguous=True)
    if form == "6" and first is not None and month > 12:
        month, numbers = first, [month]
    weekday = _weekday_number(groups["weekday"]) if groups["weekday"] else None
    days = [_calendar_day(month, number, year, weekday if number == first else None) for number in numbers]
    real_days = tuple(day for day in days if day)
    return StatedDate(match[0].strip(), real_days) if len(real_days) == len(days) else None


def _month_number(word: str) -> int:
    name = english.fold_case(word)
    if name.isdecimal():
        return int(name)
    name = FULL_NAMES.get(name, name)
    return MONTHS.index(name) + 1 if name in MONTHS else _FOREIGN_MONTHS[name]


def _weekday_number(word: str) -> int:
    name = english.fold_case(word)
    return WEEKDAYS.index(FULL_NAMES.get(name, name))


def _calendar_day(month: int, day: int | None, year: int | None, weekday: int | None) -> Day | None:
    """Return None for a day that no calendar has."""
    try:
        date(year or 2000, month, day or 1)
    except ValueError:
        return None
    return Day(month, day, year, weekday)


class Calendar:
    """The dates that a text states, and what follows from them.

    `rest` is the text without its dates, as `read` returns it: it may state years and weekdays of its own.
    """

    def __init__(self, stated_dates: Iterable[StatedDate], rest: str) -> None:
        self._days = {day for stated in stated_dates for day in stated.days}
        years_alone = re.findall(r"(?<![\d.,])(?:1[5-9]|20|21)\d\d(?![\d%])", rest)
        self._years = {int(year) for year in years_alone} | set(self.years())
        self._weekdays = {_weekday_number(name) for name in _FULL_WEEKDAY.findall(rest)}

    def names(self) -> Iterator[str]:
        """Return the names of the months and weekdays that these dates fall in, in small letters."""
        for day in self._days:
            yield MONTHS[day.month - 1]
            yield from (WEEKDAYS[weekday] for weekday in _weekdays(day))

    def years(self) -> Iterator[int]:
        """Return the years that these dates state."""
        return (day.year for day in self._days if day.year)

    def has(self, stated: StatedDate) -> bool:
        """True if a date follows from these.

        Where the matching date states no year, the only year that the text names counts as its year.
        """
        return (any if stated.is_ambiguous else all)(self._has_day(day) for day in stated.days)

    def _has_day(self, wanted: Day) -> bool:
        same = [d for d in self._days if d.month == wanted.month and (wanted.day is None or d.day == wanted.day)]
        years = {day.year for day in same if day.year} or (self._years if len(self._years) == 1 else set())
        if wanted.year and wanted.year not in years:
            return False
        if wanted.weekday is not None:
            by_calendar = _weekdays(replace(wanted, weekday=None))
            weekdays = by_calendar or {weekday for day in same for weekday in _weekdays(day)}
            return bool(same) and wanted.weekday in (weekdays or self._weekdays)
        return bool(same)


def _weekdays(day: Day) -> set[int]:
    """Return the weekday that was stated, or else the one that follows from the year; empty without either."""
    if day.weekday is not None:
        return {day.weekday}
    return {date(day.year, day.month, day.day).weekday()} if day.year and day.day else set()
