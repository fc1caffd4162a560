"""A language as data, and the functions that write dates, hours, counts and lists in it. Pure.

Dates and hours are written as they are handed in: a caller converts them to the reader's zone first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from briefings.model import EVERY_DAY, Dispute, Rhythm


@dataclass(frozen=True, slots=True)
class Locale:
    """The words and patterns of one language.

    `weekdays` and `short_weekdays` begin with Monday, `short_months` with January. `nouns` has for each countable
    noun, by its English singular, its forms; `plural_form` returns the index of the form that a count takes.
    `comma` and `last_comma` join a list. `dispute_matters` has for each kind of dispute what reports differ on, and
    `dispute_matters_of_nouns` the same with a `noun`. The patterns are for `str.format`, with the fields that English
    uses.
    """

    weekdays: Sequence[str]
    short_weekdays: Sequence[str]
    short_months: Sequence[str]
    nouns: Mapping[str, Sequence[str]]
    plural_form: Callable[[int], int]
    comma: str
    last_comma: str
    every_day: str
    day_range: str
    rhythm_pattern: str
    day_pattern: str
    date_pattern: str
    weekday_pattern: str
    moment_pattern: str
    dated_moment_pattern: str
    dispute_matters: Mapping[str, str]
    dispute_matters_of_nouns: Mapping[str, str]
    dispute_pattern: str
    dispute_range: str
    summary_supplied: str
    opinion: str

    def listed(self, words: Sequence[str]) -> str:
        """Return words as a list: `a, b and c`. A single word stays alone; no words are an empty text."""
        if len(words) < 2:
            return "".join(words)
        return f"{self.comma.join(words[:-1])}{self.last_comma}{words[-1]}"

    def counted(self, count: int, noun: str) -> str:
        """Return a count with its noun: `1 story`, `7 stories`. Raises KeyError for a noun that is not in `nouns`."""
        return f"{count} {self.nouns[noun][self.plural_form(count)]}"

    def hour(self, at: datetime | time) -> str:
        """Return an hour: `07:30`."""
        return f"{at.hour:02}:{at.minute:02}"

    def day(self, at: datetime) -> str:
        """Return a day of the year: `3 Dec`."""
        return self._written(self.day_pattern, at)

    def date(self, at: datetime) -> str:
        """Return a date: `3 Dec 2025`."""
        return self._written(self.date_pattern, at)

    def weekday(self, at: datetime) -> str:
        """Return a date with its weekday: `Wed 3 Dec 2025`."""
        return self._written(self.weekday_pattern, at)

    def moment(self, at: datetime, year: int | None = None) -> str:
        """Return a day with weekday and hour: `Wed 3 Dec 07:30`; with its year if that is another than `year`."""
        return self._written(self.moment_pattern if year in (None, at.year) else self.dated_moment_pattern, at)

    def offset(self, at: datetime) -> str:
        """Return how far the clocks that show this aware time are ahead of UTC: `UTC+05:30`."""
        minutes = int((at.utcoffset() or timedelta()).total_seconds() / 60)
        return f"UTC{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"

    def dispute(self, dispute: Dispute) -> str:
        """Return a sentence about different numbers: `Reports differ on the number killed: 12 (Post), 15 (Wire).`"""
        matters = self.dispute_matters_of_nouns if dispute.noun else self.dispute_matters
        join = self.comma.join if len(dispute.shown) == len(dispute.values) else self._range
        return self.dispute_pattern.format(
            matter=matters[dispute.what].format(noun=dispute.noun), values=join(dispute.shown)
        )

    def _range(self, ends: Sequence[str]) -> str:
        return self.dispute_range.format(least=ends[0], most=ends[-1])

    def rhythm(self, rhythm: Rhythm) -> str:
        """Return the hours and days of a rhythm: `07:30 and 12:00, Monday to Friday`."""
        hours = self.listed([self.hour(hour) for hour in rhythm.times])
        return self.rhythm_pattern.format(hours=hours, days=self._days(rhythm.days))

    def _days(self, days: frozenset[int]) -> str:
        """Return weekdays in words. Three or more in a row are a range, which may wrap: `Saturday to Monday`."""
        if days == EVERY_DAY:
            return self.every_day
        starts = [day for day in sorted(days) if (day - 1) % 7 not in days]
        if len(starts) != 1:
            return self.listed([self.weekdays[day] for day in sorted(days)])
        names = [self.weekdays[(starts[0] + step) % 7] for step in range(len(days))]
        return self.day_range.format(first=names[0], last=names[-1]) if len(names) > 2 else self.listed(names)

    def _written(self, pattern: str, at: datetime) -> str:
        return pattern.format(
            weekday=self.short_weekdays[at.weekday()],
            day=at.day,
            month=self.short_months[at.month - 1],
            year=at.year,
            hour=self.hour(at),
        )
