"""What a summary from elsewhere may say: no number, no date and no proper name that its article lacks.

Promises to name every number, date and proper name of a summary that the source does not state. Never judges the
rest of what is said (who did it to whom), and where it cannot tell it objects: the extract is there to fall back on.
What counts as the same is said in `numbers.py`, `dates.py` and `names.py`.
"""

from __future__ import annotations

import re

from briefings.text import dates, names, numbers
from briefings.text.numbers import plain
from briefings.text.sentences import split


class _Known:
    """What a source states."""

    def __init__(self, source: str) -> None:
        text = plain(source)
        stated, rest = dates.read(text)
        found = numbers.read(rest)
        self._numbers = {reading for number in found for reading in number.readings()}
        self._numbers |= {
            numbers.value_of(n.digits, n.scale) for n in found if n.digits and n.kind not in numbers.NEVER_LEFT_OUT
        }
        # "S 400" and "S-400", "5 G" and "5G" are one name
        pairs = re.findall(r"(?<![^\W\d_])([^\W\d_]{1,30})[ -]?(\d\w{0,20})\b", rest)
        pairs += re.findall(r"(?<!\d)(\d{1,20}) ?([^\W\d_]{1,30})", rest)
        self._numbers |= {f"={(a + b).casefold()}" for a, b in pairs}
        self._calendar = dates.Calendar(stated, rest)
        self._numbers |= {str(year) for year in self._calendar.years()}
        self.names = names.Known(text, self._calendar.words())

    def number(self, number: numbers.Number) -> bool:
        return any(reading in self._numbers for reading in number.readings())

    def date(self, stated: dates.Stated) -> bool:
        return self._calendar.has(stated)


def supported(summary: str, source: str) -> bool:
    """Whether every number, date and proper name of `summary` occurs in `source` (its title and text)."""
    return not unsupported(summary, source)


def unsupported(summary: str, source: str, *, strict: bool = True) -> list[str]:
    """The numbers and dates, then the proper names, of `summary` that `source` lacks, each once.

    Numbers are compared as values with what they count ("2,000" and "2000", "three" and "3", never "5%" and "5" or
    "5 km" and "5 miles"), weapons and the like as names ("S-400" and "S400", never "S-4000"), dates as days
    ("Dec. 4" and "4 December", never with another year), names by words that stand together. Dashes, blanks,
    quotes, possessives and dotted acronyms do not matter. Where it cannot tell it objects; not `strict`, it lets a
    sentence begin with any word that ends like an ordinary one.
    """
    known = _Known(source)
    stated, rest = dates.read(plain(summary))
    figures = [one.piece for one in stated if not known.date(one)]
    figures += [number.piece for number in numbers.read(rest) if not known.number(number)]
    told: list[str] = []
    for sentence in split(summary):
        _, rest = dates.read(plain(sentence))
        runs = names.read(rest, known.names, strict=strict)
        told += [" ".join(run) for run in runs if not known.names.states(run, strict=strict)]
    return list(dict.fromkeys([*figures, *told]))
