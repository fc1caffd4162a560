"""English: its words, plurals and patterns. Data only."""

from __future__ import annotations

from briefings.editions.locales.locale import Locale
from briefings.text.english import MONTHS, WEEKDAYS


def _plural_form(count: int) -> int:
    return 0 if count == 1 else 1


ENGLISH = Locale(
    weekdays=WEEKDAYS,
    short_weekdays=tuple(name[:3] for name in WEEKDAYS),
    short_months=tuple(name[:3] for name in MONTHS),
    nouns={
        "article": ("article", "articles"),
        "outlet": ("outlet", "outlets"),
        "report": ("report", "reports"),
        "story": ("story", "stories"),
        "topic": ("topic", "topics"),
    },
    plural_form=_plural_form,
    comma=", ",
    last_comma=" and ",
    every_day="every day",
    day_range="{first} to {last}",
    rhythm_pattern="{hours}, {days}",
    day_pattern="{day} {month}",
    date_pattern="{day} {month} {year}",
    weekday_pattern="{weekday} {day} {month} {year}",
    weekday_hour_pattern="{weekday} {hour}",
    moment_pattern="{weekday} {day} {month} {hour}",
    dispute_pattern="Reports differ on {what}: {least} to {most}.",
    summary_supplied="summary supplied",
)
