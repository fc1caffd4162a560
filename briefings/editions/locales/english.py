"""English: its words, plurals and patterns. Data only."""

from __future__ import annotations

from briefings.editions.locales.locale import Locale
from briefings.text.english import MONTHS, WEEKDAYS

_FATES = ("killed", "injured", "missing", "arrested", "displaced")
_DEEDS = ("launched", "ordered", "received", "shot down")


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
    moment_pattern="{weekday} {day} {month} {hour}",
    dated_moment_pattern="{weekday} {day} {month} {year} {hour}",
    dispute_matters={fate: f"the number {fate}" for fate in _FATES} | {"magnitude": "the magnitude"},
    dispute_matters_of_nouns={fate: f"the number of {{noun}} {fate}" for fate in _FATES}
    | {deed: f"how many {{noun}} were {deed}" for deed in _DEEDS}
    | {"size": "the size of the {noun}"},
    dispute_pattern="Reports differ on {matter}: {values}.",
    dispute_range="{least} to {most}",
    summary_supplied="summary supplied",
    opinion="opinion",
)
