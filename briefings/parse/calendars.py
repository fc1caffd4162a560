"""Turns days and years of other calendars into Gregorian ones: Persian, Thai, Japanese and Taiwanese.

Never decides which calendar a text means: `dates.py` does, by the words beside the number.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

# The Persian leap years in cycles of 33: the arithmetic rule agrees with the calendar in force for 1178 to 1633.
_LEAP_IN_CYCLE = frozenset((1, 5, 9, 13, 17, 22, 26, 30))
_NEW_YEAR_1300 = date(1921, 3, 21)
_PERSIAN_YEARS = range(1300, 1450)
_BUDDHIST_AHEAD = 543  # years; Thailand's year begins on 1 January since 1941

# Gregorian year before the first of each era.
_ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925, "民國": 1911, "民国": 1911}
_ERA_YEAR = re.compile(rf"(?:中華)?({'|'.join(_ERAS)})\s*(\d{{1,3}}|元)\s*(?=年)")


def from_persian(year: int, month: int, day: int) -> date:
    """Return a day of the Persian calendar; month 1 is Farvardin. Raises ValueError for a day that it lacks."""
    if year not in _PERSIAN_YEARS or not 1 <= month <= 12:
        raise ValueError
    days_in_month = 31 if month <= 6 else 30 if month <= 11 or _is_leap(year) else 29
    if not 1 <= day <= days_in_month:
        raise ValueError
    years = range(_PERSIAN_YEARS.start, year)
    before = 365 * len(years) + sum(map(_is_leap, years)) + 31 * min(month - 1, 6) + 30 * max(month - 7, 0)
    return _NEW_YEAR_1300 + timedelta(days=before + day - 1)


def _is_leap(year: int) -> bool:
    return year % 33 in _LEAP_IN_CYCLE


def from_buddhist(year: str) -> int:
    """Return the Gregorian year that a Thai text states. Its two digits, as in "4 ธ.ค. 68", are Buddhist as well."""
    number = int(year) + (2500 if len(year) == 2 else 0)
    return number - _BUDDHIST_AHEAD if number > 2400 else number


def with_plain_years(text: str) -> str:
    """Return `text` with Gregorian years for those of Japanese eras and of Taiwan: "令和7年" becomes "2025年"."""
    return _ERA_YEAR.sub(lambda era: str(_ERAS[era[1]] + (1 if era[2] == "元" else int(era[2]))), text)
