"""Numbers as a text states them, each with what it counts: `2000`, `5 %`, `2000000000 $`, `10 km`, `#3`, `=s400`.

Promises one value for every spelling of the same number ("2,000" and "2000", "three" and "3", "2 million" and
"2,000,000"), and never the same value for a share, a sum of money, a length and a count. Number words are English.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache


def _list(words: str) -> list[str]:
    return words.split()


_ONES = _list("one two three four five six seven eight nine ten eleven twelve")
_TEENS = _list("thirteen fourteen fifteen sixteen seventeen eighteen nineteen")
_WORDS = {word: n for n, word in enumerate([*_ONES, *_TEENS], 1)} | {"a": 1}
_TENS = {w: n * 10 for n, w in enumerate(_list("twenty thirty forty fifty sixty seventy eighty ninety"), 2)}
_ORDINALS = _list("first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth")
NUMBER_WORDS = frozenset((*_WORDS, *_TENS, *_ORDINALS))
_SCALES = {"hundred": 2, "thousand": 3, "lakh": 5, "million": 6, "mn": 6, "crore": 7}
_SCALES |= {"billion": 9, "bn": 9, "trillion": 12, "tn": 12, "k": 3, "m": 6, "b": 9}
_LETTERS = r"A-Za-zÀ-ɏΑ-ωА-я"  # scripts with capitals: what follows a number in others is the next word

# What is counted, and how it is written: blanks part the spellings, "_" is a blank or a hyphen.
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
"""What nobody leaves out when telling the number: five per cent is not five, five dollars are not five."""

_SCALE = r"(?:[ -]?(?P<scale{0}>hundred|thousand|lakh|crore|million|billion|trillion|mn|bn|tn)\b)"
_COUNTED = (
    rf"(?: ?(?P<percent{{0}}>%)|[ -]?(?P<square{{0}}>square |sq\.? )?"
    rf"(?P<unit{{0}}>{'|'.join(_FORMS.values())})(?![{_LETTERS}\d]))"
).replace("{0}}", "{0}")
_COUNT = "|".join(sorted((*_WORDS, *_TENS), key=len, reverse=True))
_NUMBER = re.compile(
    r"(?P<clock>(?<!\d)\d{1,2}:\d{2})"
    r"|(?P<money>(?:\b(?:US|A|C|NZ|HK|S|R))?[$€£₹¥₽]|\b(?:Rs\.?|INR|USD|EUR|GBP|RUB|CNY|JPY)(?=[ \d])) ?"
    rf"(?P<sum>\d+(?:[.,]\d+)?)(?:{_SCALE.format('1')}| ?(?P<short>m|k|b)\b)?"
    rf"|(?<![^\W_])(?P<name>(?!(?:mid|pre|post|early|late)\b-?)[^\W\d_]+-?\d\w*)"
    r"|(?P<nth>\d+)(?:st|nd|rd|th)\b"
    rf"|(?P<digits>\d+(?:[.,]\d+)?)"
    rf"(?:{_SCALE.format('2')}?{_COUNTED.format('2')}?(?![{_LETTERS}])|(?P<tail>[{_LETTERS}]\w*))"
    rf"|\b(?P<ordinal>{'|'.join(_ORDINALS)})\b"
    rf"|\b(?<!no )(?P<word>{_COUNT})(?:[ -](?P<plus>{'|'.join(_ONES[:9])})\b)?\b"
    rf"(?!(?<=\bone)(?:'s| of\b| another\b| day\b)){_SCALE.format('3')}?{_COUNTED.format('3')}?"
    r"|\b(?P<vague>hundred|thousand|million|billion|trillion|lakh|crore|dozen|half|quarter|double|twice|triple)s?\b",
    re.IGNORECASE,
)
_DOTTED = re.compile(r"\b[A-Z](?:\.[A-Z])+\b\.?|\b[A-Z](?:\. [A-Z])+\b\.?(?= [A-Z])")  # U.S., J. D. Vance


def plain(text: str) -> str:
    """`text` with one kind of dash, quote and digit, without separators of thousands and dots in acronyms."""
    text = re.sub(r"(?<=\d)[\u00a0\u202f\u2009](?=\d{3}(?!\d))", "", text)
    text = unicodedata.normalize("NFKC", text)
    text = text.translate({ord(c): str(unicodedata.decimal(c)) for c in set(text) if c.isdecimal() and c > "9"})
    text = re.sub("[‐‑‒–—−]", "-", text.replace("\u00ad", ""))
    text = re.sub("[‘’ʼ`´]", "'", text)
    text = re.sub(r"(?<=\d),(?=(?:\d{2},){0,5}\d{3}(?!\d))", "", text)
    return _DOTTED.sub(lambda match: re.sub(r"[. ]", "", match[0]), text)


@dataclass(frozen=True, slots=True)
class Number:
    """A number as written: its digits, its power of ten, what it counts ("" for a bare count).

    `name` is what it is when it counts nothing: `7:30`, `#3` for third, `=s400`, `~dozen`.
    """

    piece: str
    digits: str = ""
    scale: str = ""
    kind: str = ""
    name: str = ""

    def readings(self) -> Iterator[str]:
        """What it says: `2000`, or with what is counted, `2000 km`; two for "100m" and for pounds."""
        if self.name:
            yield self.name
        elif self.kind == "m?":
            yield from (value_of(self.digits, "m"), f"{value_of(self.digits, '')} m")
        else:
            for kind in ("£", "lb") if self.kind == "£lb" else (self.kind,):
                yield f"{value_of(self.digits, self.scale)} {kind}".rstrip()


def read(text: str) -> list[Number]:
    """The numbers of a plain `text`, in order. "10-12 million km" is two numbers of millions of kilometres."""
    found: list[tuple[Number, re.Match[str]]] = []
    for match in _NUMBER.finditer(text):
        for number in _numbers(match):
            if found:
                last, before = found[-1]
                gap = text[before.end() : match.start()]
                ends = gap in ("-", " - ", " to ", " or ")
                if ends or (gap == " and " and text[max(0, before.start() - 8) : before.start()].lower() == "between "):
                    last, number = _ends(last, number)
                    found[-1] = (last, before)
            found.append((number, match))
    return [number for number, _ in found]


def _ends(first: Number, second: Number) -> tuple[Number, Number]:
    """The two ends of a range count the same things, in the same scale, unless they say otherwise."""
    if not (first.digits and second.digits):
        return first, second
    kind = first.kind or second.kind
    if not first.scale and first.kind in ("", second.kind or first.kind):
        first = replace(first, scale=second.scale, kind=kind)
    return first, replace(second, kind=second.kind or kind)


def _numbers(match: re.Match[str]) -> Iterator[Number]:
    got, piece = match.groupdict(), match[0].strip()
    if got["clock"]:
        yield Number(piece, name=piece.lstrip("0"))
    elif got["sum"]:
        money = got["money"].strip().upper().rstrip(".").removeprefix("US") or "$"
        yield Number(piece, got["sum"], got["scale1"] or got["short"] or "", _kind(money) or money)
    elif got["name"]:
        yield from _designation(piece)
    elif got["nth"] or got["ordinal"]:
        nth = int(got["nth"][:20]) if got["nth"] else _ORDINALS.index(got["ordinal"].lower()) + 1
        yield Number(piece, name=f"#{nth}")
    elif got["digits"]:
        yield _digits(piece, got)
    elif got["word"]:
        word, kind = got["word"].lower(), _counted(got, "3")
        if word != "a" or got["scale3"]:
            value = _WORDS.get(word) or _TENS[word] + (_WORDS[got["plus"].lower()] if got["plus"] else 0)
            yield Number(piece, str(value), got["scale3"] or "", kind)
    else:
        yield Number(piece, name=f"~{got['vague'].lower()}")


def _designation(piece: str) -> Iterator[Number]:
    """S-400, Su-57s, COVID-19; "mid-2025" and the like, written small, are plain numbers."""
    letters = re.match(r"[^\W\d_]+", piece)
    if letters and letters[0] == letters[0].lower():
        yield from read(piece[letters.end() :].lstrip("-"))
    else:
        yield Number(piece, name="=" + re.sub(r"(?<=\d)s$", "", piece.casefold().replace("-", "")))


def _digits(piece: str, got: dict[str, str | None]) -> Number:
    digits, tail = got["digits"] or "", got["tail"] or ""
    if tail == "m":
        return Number(piece, digits, kind="m?")
    if tail in ("", "s") or (tail.islower() and len(tail) > 1 and tail.isalpha()):  # 400, 1990s
        return Number(piece, digits, got["scale2"] or "", _counted(got, "2"))
    return Number(piece, name="=" + piece.casefold())  # 5G, 9K720


def _counted(got: dict[str, str | None], form: str) -> str:
    if got[f"percent{form}"]:
        return "%"
    return ("sq " if got[f"square{form}"] else "") + _kind(got[f"unit{form}"] or "")


@cache  # there are only as many words as forms
def _kind(word: str) -> str:
    return next((kind for form, kind in _KINDS if form.fullmatch(word)), "")


def value_of(digits: str, scale: str) -> str:
    """One spelling for each value; "2.000" is two or two thousand, and so itself alone."""
    digits = digits.replace(",", ".").lstrip("0") or "0"
    if len(digits) > 20 or (re.fullmatch(r"\d+\.\d{3}", digits) and not scale):
        return digits
    return f"{(Decimal('0' + digits) * 10 ** _SCALES.get(scale.lower(), 0)).normalize():f}"
