"""Checks the facts of a summary from elsewhere: no number, date or proper name may stand in it that its article lacks.

Promises to name every number, date and proper name of a summary that the source does not state. Never judges the
rest of the summary (who did it to whom). Objects where it cannot tell: the extract is there to fall back on.
`numbers.py`, `dates.py` and `names.py` define when two spellings are the same.
"""

from __future__ import annotations

import re

from briefings.text import dates, names, numbers
from briefings.text.numbers import plain
from briefings.text.sentences import split


class _SourceFacts:
    """The numbers, dates and names that a source states."""

    def __init__(self, source: str) -> None:
        text = plain(source)
        stated_dates, rest = dates.read(text)
        read_numbers = numbers.read(rest)
        self._numbers = {reading for number in read_numbers for reading in number.readings()}
        self._numbers |= {
            numbers.value_of(number.digits, number.scale)
            for number in read_numbers
            if number.digits and number.kind not in numbers.NEVER_LEFT_OUT
        }
        # "S 400" and "S-400", "5 G" and "5G" are one name
        pairs = re.findall(r"(?<![^\W\d_])([^\W\d_]{1,30})[ -]?(\d\w{0,20})\b", rest)
        pairs += re.findall(r"(?<!\d)(\d{1,20}) ?([^\W\d_]{1,30})", rest)
        self._numbers |= {f"={(a + b).casefold()}" for a, b in pairs}
        self._calendar = dates.Calendar(stated_dates, rest)
        self._numbers |= {str(year) for year in self._calendar.years()}
        self.names = names.SourceNames(text, self._calendar.names())

    def has_number(self, number: numbers.Number) -> bool:
        return any(reading in self._numbers for reading in number.readings())

    def has_date(self, stated: dates.StatedDate) -> bool:
        return self._calendar.has(stated)


def supported(summary: str, source: str) -> bool:
    """True if every number, date and proper name of `summary` occurs in `source` (an article's title and text)."""
    return not unsupported(summary, source)


def unsupported(summary: str, source: str, *, strict: bool = True) -> list[str]:
    """Return the dates, then the numbers, then the proper names of `summary` that `source` lacks, each once.

    Numbers are compared as values with what they count ("2,000" and "2000", "three" and "3", never "5%" and "5" or
    "5 km" and "5 miles"), weapons and the like as names ("S-400" and "S400", never "S-4000"), dates as days
    ("Dec. 4" and "4 December", never with another year), names by words that stand together. Dashes, blanks,
    quotes, possessives and dotted acronyms do not matter. It objects where it cannot tell; without `strict`, it lets a
    sentence begin with any word that ends like an ordinary one.
    """
    facts = _SourceFacts(source)
    stated_dates, rest = dates.read(plain(summary))
    missing = [stated.piece for stated in stated_dates if not facts.has_date(stated)]
    missing += [number.piece for number in numbers.read(rest) if not facts.has_number(number)]
    for sentence in split(summary):
        _, rest = dates.read(plain(sentence))
        runs = names.read(rest, facts.names, strict=strict)
        missing += [" ".join(run) for run in runs if not facts.names.states(run, strict=strict)]
    return list(dict.fromkeys(missing))
