"""Reads numbers as a text states them, each with what it counts: `2000`, `5 %`, `2000000000 $`, `10 km`, `#3`, `=s400`.

Promises one value for every spelling of the same number ("2,000" and "2000", "three" and "3", "2 million" and
"2,000,000"), and never the same value for a share, a sum of money, a length and a count. Number words are English.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache

from briefings.text.english import SCALES, SHORT_SCALES, SMALL_NUMBERS, TENS, any_of, fold_case

_CARDINALS = SMALL_NUMBERS | TENS | {"a": 1}
_ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split()
NUMBER_WORDS = frozenset((*_CARDINALS, *_ORDINALS))
_POWERS = SCALES | SHORT_SCALES | {"k": 3, "m": 6, "b": 9}
_LETTERS = r"A-Za-zÀ-ɏΑ-ωА-я"  # of scripts with capitals: in other scripts the next word may follow a number directly

# Kind (what is counted) → its spellings. Blanks separate the spellings, "_" stands for a blank or a hyphen.
_MONEY = {"$": "dollars? usd", "€": "euros? eur", "£": "gbp", "₹": "rupees? inr rs", "₽": "roubles? rubles? rub"}
_MONEY |= {"¥": "yen jpy", "元": "yuan cny renminbi"}
_UNITS = {
    "%": "per_?cent pc",
    "pp": "percentage_points?",
    "km": "kms? kilomet(?:er|re)s?",
    "mi": "miles?",
    "m": "met(?:er|re)s?",
    "cm": "cms? centimet(?:er|re)s?",
    "ft": "ft foot feet",
    "in": "inch(?:es)?",
    "nmi": "nautical_miles?",
    "kg": "kgs? kilos? kilogram(?:me)?s?",
    "lb": "lbs?",
    "t": "tonnes?",
    "ton": "tons?",
    "ha": "hectares?",
    "acre": "acres?",
    "l": "lit(?:er|re)s?",
    "bbl": "barrels?",
    "mph": "mph",
    "kmh": "kmh kph km/h",
    "kw": "kw kilowatts?",
    "mw": "mw megawatts?",
    "gw": "gw gigawatts?",
    "°c": "°c celsius",
    "°f": "°f fahrenheit",
    "s": "seconds secs?",
    "min": "minutes? mins?",
    "h": "hours? hrs?",
    "d": "days?",
    "w": "weeks?",
    "mo": "months?",
    "y": "years?(?!_olds?)",
}
_FORMS = {
    kind: "|".join(forms.split()).replace("_", "[ -]") for kind, forms in ({"£lb": "pounds?"} | _MONEY | _UNITS).items()
}
_KINDS = [(re.compile(form, re.IGNORECASE), kind) for kind, form in _FORMS.items()]
NEVER_LEFT_OUT = frozenset((*_MONEY, "£lb", "%", "pp"))
"""Kinds that nobody leaves out when stating the number: five per cent is not five, five dollars are not five."""

_SCALE = rf"(?:[ -]?(?P<scale{{0}}>{any_of(SCALES | SHORT_SCALES)})\b)"
_COUNTED = (
    rf"(?: ?(?P<percent{{0}}>%)|[ -]?(?P<square{{0}}>square |sq\.? )?"
    rf"(?P<unit{{0}}>{'|'.join(_FORMS.values())})(?![{_LETTERS}\d]))"
).replace("{0}}", "{0}")
_BELOW_TEN = any_of(word for word, number in SMALL_NUMBERS.items() if number < 10)
_NUMBER = re.compile(
    r"(?P<clock>(?<!\d)\d{1,2}:\d{2})"
    r"|(?P<money>(?:\b(?:US|A|C|NZ|HK|S|R))?[$€£₹¥₽]|\b(?:Rs\.?|INR|USD|EUR|GBP|RUB|CNY|JPY)(?=[ \d])) ?"
    rf"(?P<sum>\d+(?:[.,]\d+)?)(?:{_SCALE.format('1')}| ?(?P<short>m|k|b)\b)?"
    rf"|(?<![^\W_])(?P<name>(?!(?:mid|pre|post|early|late)\b-?)[^\W\d_]+-?\d\w*)"
    r"|(?P<nth>\d+)(?:st|nd|rd|th)\b"
    rf"|(?P<digits>\d+(?:[.,]\d+)?)"
    rf"(?:{_SCALE.format('2')}?{_COUNTED.format('2')}?(?![{_LETTERS}])|(?P<tail>[{_LETTERS}]\w*))"
    rf"|\b(?P<ordinal>{any_of(_ORDINALS)})\b"
    rf"|\b(?<!no )(?P<word>{any_of(_CARDINALS)})(?:[ -](?P<plus>{_BELOW_TEN})\b)?\b"
    rf"(?!(?<=\bone)(?:'s| of\b| another\b| day\b)){_SCALE.format('3')}?{_COUNTED.format('3')}?"
    rf"|\b(?P<vague>{any_of(SCALES)}|dozen|half|quarter|double|twice|triple)s?\b",
    re.IGNORECASE,
)
_DOTTED = re.compile(r"\b[A-Z](?:\.[A-Z])+\b\.?|\b[A-Z](?:\. [A-Z])+\b\.?(?= [A-Z])")  # U.S., J. D. Vance


def plain(text: str) -> str:
    """Return `text` with one kind of dash, quote and digit, without thousands separators and dots in acronyms.

    The other readers of numbers, dates and names expect a text in this form.
    """
    text = re.sub(r"(?<=\d)[\u00a0\u202f\u2009](?=\d{3}(?!\d))", "", text)
    text = unicodedata.normalize("NFKC", text)
    text = text.translate({ord(c): str(unicodedata.decimal(c)) for c in set(text) if c.isdecimal() and c > "9"})
    text = re.sub("[‐‑‒–—−]", "-", text.replace("\u00ad", ""))
    text = re.sub("[‘’ʼ`´]", "'", text)
    text = re.sub(r"(?<=\d),(?=(?:\d{2},){0,5}\d{3}(?!\d))", "", text)
    return _DOTTED.sub(lambda match: re.sub(r"[. ]", "", match[0]), text)


@dataclass(frozen=True, slots=True)
class Number:
    """A number as stated in `piece`: its digits, its scale word, and the kind of thing it counts ("" for a bare count).

    A number that counts nothing has a `name` instead: `7:30`, `#3` for third, `=s400`, `~dozen`.
    """

    piece: str
    digits: str = ""
    scale: str = ""
    kind: str = ""
    name: str = ""

    def readings(self) -> Iterator[str]:
        """Return its value with its kind: `2000`, `2000 km`. Two readings for "100m" and for pounds."""
        if self.name:
            yield self.name
        elif self.kind == "m?":
            yield from (value_of(self.digits, "m"), f"{value_of(self.digits, '')} m")
        else:
            for kind in ("£", "lb") if self.kind == "£lb" else (self.kind,):
                yield f"{value_of(self.digits, self.scale)} {kind}".rstrip()


def read(text: str) -> list[Number]:
    """Return the numbers of a plain text (see `plain`), in order. A range, "10-12 million km", is two numbers."""
    read_numbers: list[tuple[Number, re.Match[str]]] = []
    for match in _NUMBER.finditer(text):
        for number in _numbers(match):
            if read_numbers:
                previous, before = read_numbers[-1]
                if _is_range(text, before, match):
                    previous, number = _share_kind_and_scale(previous, number)
                    read_numbers[-1] = (previous, before)
            read_numbers.append((number, match))
    return [number for number, _ in read_numbers]


def _is_range(text: str, first: re.Match[str], second: re.Match[str]) -> bool:
    gap = text[first.end() : second.start()]
    if gap == " and ":
        return text[max(0, first.start() - 8) : first.start()].lower() == "between "
    return gap in ("-", " - ", " to ", " or ")


def _share_kind_and_scale(first: Number, second: Number) -> tuple[Number, Number]:
    """The two ends of a range count the same things, in the same scale, unless they state otherwise."""
    if not (first.digits and second.digits):
        return first, second
    kind = first.kind or second.kind
    if not first.scale and first.kind in ("", second.kind or first.kind):
        first = replace(first, scale=second.scale, kind=kind)
    return first, replace(second, kind=second.kind or kind)


def _numbers(match: re.Match[str]) -> Iterator[Number]:
    groups, piece = match.groupdict(), match[0].strip()
    if groups["clock"]:
        yield Number(piece, name=piece.lstrip("0"))
    elif groups["sum"]:
        money = groups["money"].strip().upper().rstrip(".").removeprefix("US") or "$"
        yield Number(piece, groups["sum"], groups["scale1"] or groups["short"] or "", _kind(money) or money)
    elif groups["name"]:
        yield from _designation(piece)
    elif groups["nth"] or groups["ordinal"]:
        nth = int(groups["nth"][:20]) if groups["nth"] else _ORDINALS.index(fold_case(groups["ordinal"])) + 1
        yield Number(piece, name=f"#{nth}")
    elif groups["digits"]:
        yield _from_digits(piece, groups)
    elif groups["word"]:
        yield from _from_words(piece, groups)
    else:
        yield Number(piece, name=f"~{fold_case(groups['vague'])}")


def _from_words(piece: str, groups: dict[str, str]) -> Iterator[Number]:
    """ "a" counts only before a scale: "a million"."""
    word, plus = fold_case(groups["word"]), fold_case(groups["plus"] or "")
    if word != "a" or groups["scale3"]:
        value = _CARDINALS[word] + (_CARDINALS[plus] if plus and word in TENS else 0)
        yield Number(piece, str(value), groups["scale3"] or "", _counted_kind(groups, "3"))


def _designation(piece: str) -> Iterator[Number]:
    """Read S-400, Su-57s, COVID-19 as names; "mid-2025" and the like, in small letters, as plain numbers."""
    letters = re.match(r"[^\W\d_]+", piece)
    if letters and letters[0] == letters[0].lower():
        yield from read(piece[letters.end() :].lstrip("-"))
    else:
        yield Number(piece, name="=" + re.sub(r"(?<=\d)s$", "", piece.casefold().replace("-", "")))


def _from_digits(piece: str, groups: dict[str, str | None]) -> Number:
    digits, tail = groups["digits"] or "", groups["tail"] or ""
    if tail == "m":
        return Number(piece, digits, kind="m?")
    if tail in ("", "s") or (tail.islower() and len(tail) > 1 and tail.isalpha()):  # 400, 1990s
        return Number(piece, digits, groups["scale2"] or "", _counted_kind(groups, "2"))
    return Number(piece, name="=" + piece.casefold())  # 5G, 9K720


def _counted_kind(groups: Mapping[str, str | None], form: str) -> str:
    if groups[f"percent{form}"]:
        return "%"
    return ("sq " if groups[f"square{form}"] else "") + _kind(groups[f"unit{form}"] or "")


@cache  # bounded: it is asked only for spellings that the pattern lists
def _kind(word: str) -> str:
    return next((kind for form, kind in _KINDS if form.fullmatch(word)), "")


def value_of(digits: str, scale: str) -> str:
    """Return one spelling for each value. "2.000" may be two or two thousand, so it stays as it is."""
    digits = digits.replace(",", ".").lstrip("0") or "0"
    if len(digits) > 20 or (re.fullmatch(r"\d+\.\d{3}", digits) and not scale):
        return digits
    return f"{(Decimal('0' + digits) * 10 ** _POWERS.get(fold_case(scale), 0)).normalize():f}"
