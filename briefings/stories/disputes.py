"""Finds disputes: reports of one story that give different numbers for the same thing. Pure.

Promises only what reports state, in their own words, by outlet. Only the newest report of each outlet counts, copies
do not, nor does anything older than a day before the newest. Precision goes first: it reads tolls, prices, magnitudes
and counts of things done, in English. It passes over what may be another event ("last year", "in a separate attack"),
a report that gives two numbers itself, and a number that another merely rounds. Never says who is right.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal

from briefings.model import Article, Dispute
from briefings.text.english import SCALES, SHORT_SCALES, SMALL_NUMBERS, TENS, any_of, fold_case
from briefings.text.sentences import split

OVERTAKEN_AFTER = timedelta(hours=24)
"""A number reported longer than this before the newest one has been overtaken, not contradicted."""

MOST_REPORTS = 100
"""Reports of a story that are read, the newest first."""

MOST_TEXT = 6000
"""Characters of each report that are read."""

TOO_FAR_APART = 3
"""Numbers that differ by more than this factor probably count two different things."""

ABOUT_THE_SAME = Decimal("0.1")
"""The share by which a number called rough, or a bound, may differ."""


@dataclass(frozen=True, slots=True)
class _Number:
    """A number as stated in a report, and the thing it counts (`key`), such as ("soldiers", "killed")."""

    key: tuple[str, ...]
    text: str
    value: Decimal
    is_rough: bool


_WORDS = SMALL_NUMBERS | TENS
_WORDS |= {f"{ten}-{one}": TENS[ten] + number for ten in TENS for one, number in SMALL_NUMBERS.items() if number < 10}
# Not "hundred": "killed two hundred and fifty" would be read as 200.
_SCALES = {word: power for word, power in SCALES.items() if word != "hundred"} | SHORT_SCALES | {"m": 6}
_ROUGH = ("more than", "over", "nearly", "almost", "about", "around", "some", "up to", "approximately", "roughly")
_FIRM = ("at least", "as many as", "no fewer than", "a total of")
_BOUND = rf"(?:(?P<rough>{any_of(_ROUGH)})\s+|(?:{any_of(_FIRM)})\s+)?"
_DIGITS = r"\d{1,3}(?:,\d{2,3})+|\d{1,15}(?:\.\d{1,4})?"
_SCALE = rf"(?P<scale>{any_of(_SCALES)})\b"
_NUMBER = rf"(?P<text>{_BOUND}(?P<number>{_DIGITS}|{any_of(_WORDS)})(?![\d%])(?:\s+{_SCALE})?)"
_MONEY = rf"(?P<text>{_BOUND}(?P<currency>US\$|[$€£₹¥]|Rs\.?\s?)\s?(?P<number>{_DIGITS})(?!\d)(?:[\s-]?{_SCALE})?)"
_CURRENCIES = frozenset("$€£₹¥")
_ANYBODY = ("people", "persons")
_GROUPS_OF_PEOPLE = tuple(
    "civilians soldiers troops children women men passengers workers miners students sailors fishermen migrants "
    "officers policemen hostages prisoners protesters pilgrims tourists villagers militants fighters".split()
)
_WHO = rf"\s+(?P<who>{any_of((*_ANYBODY, *_GROUPS_OF_PEOPLE))})\b"
_FATES = {
    "killed": "killed dead died dies deaths fatalities killing kills kill".split(),
    "injured": "injured wounded hurt injuries injuring injures wounding wounds".split(),
    "missing": ["missing"],
    "arrested": "arrested detained arrests arresting detaining".split(),
    "displaced": "displaced evacuated evacuates".split(),
}
_FATE_OF = {word: fate for fate, words in _FATES.items() for word in words}
_FATE = rf"(?P<fate>{any_of(_FATE_OF)})\b"
_BETWEEN = r"(?:\s+(?:were|was|are|is|have|had|has|been|reported|reportedly|confirmed|left|feared|still)\b){0,3}"
_DEEDS = {
    "launched": "launched launches fired fires".split(),
    "ordered": "ordered orders bought buys purchased".split(),
    "received": "received receives delivered delivers".split(),
    "shot down": ["shot down", "shoots down", "downed", "intercepted", "destroyed"],
}
_DEED_OF = {word: deed for deed, words in _DEEDS.items() for word in words}
_PRICED = (
    "deal contract package budget fine loan agreement order investment sale plan fund bond bid settlement grant".split()
)
# After a number that no noun follows: "killed 12 in the port".
_NOTHING_COUNTED = r"(?=\s*(?:$|[.,;:)]|(?:and|in|at|near|on|when|after|as|during|across|by)\b))"

_NUMBER_PATTERNS = (
    re.compile(rf"\b{_NUMBER}(?:{_WHO})?{_BETWEEN}\s+{_FATE}", re.IGNORECASE),
    re.compile(rf"\b{_FATE}\s+{_NUMBER}(?:{_WHO}|{_NOTHING_COUNTED})", re.IGNORECASE),
    re.compile(
        rf"\b(?P<toll>(?:death\s+)?toll)(?:\s+[a-z]+){{0,4}}?\s+(?:to|at|of|is|was|reached|reaches|hits|passes|tops)\s+"
        rf"{_NUMBER}(?!\s*(?:per\s?cent|years|days))",
        re.IGNORECASE,
    ),
    re.compile(rf"{_MONEY}[\s-](?:[a-z-]+\s+){{0,2}}?(?P<noun>{any_of(_PRICED)})s?\b", re.IGNORECASE),
    re.compile(
        rf"\b(?P<noun>{any_of(_PRICED)})\s+(?:is\s+|was\s+)?(?:worth|valued\s+at|of|totall?ing|estimated\s+at)\s+{_MONEY}",
        re.IGNORECASE,
    ),
    re.compile(r"\b(?P<magnitude>magnitude)(?:[\s-]of)?[\s-](?P<text>(?P<number>\d\.\d))(?!\d)", re.IGNORECASE),
    re.compile(r"(?<![\d.])(?P<text>(?P<number>\d\.\d))[\s-](?P<magnitude>magnitude)\b", re.IGNORECASE),
    re.compile(rf"\b(?P<deed>{any_of(_DEED_OF)})\s+{_NUMBER}(?:\s+[a-z][\w-]*){{0,2}}?\s+(?P<noun>[a-z-]{{3,}}s)\b"),
)
_OTHER_EVENT = re.compile(
    r"\b(?:last|previous|earlier|another|separate(?:ly)?|since|ago|so far|overall|annual(?:ly)?|every|each|per|"
    r"in (?:19|20)\d\d|other|additional|further|more (?:people )?(?:were|have)|would|could|may|might|initially|"
    r"including (?:the |an? )?(?:alleged |suspected )?"
    r"(?:gunm[ae]n|attackers?|assailants?|shooters?|suspects?|bombers?))\b",
    re.IGNORECASE,
)
_NOT_THINGS = frozenset("hours days weeks months years minutes times others news".split())


def find_disputes(articles: Iterable[Article]) -> tuple[Dispute, ...]:
    """Return the disputes between the reports of one story, the one with the most outlets first."""
    originals = [a for a in articles if a.copy_of is None and a.source]
    newest = sorted(originals, key=lambda a: (a.when, a.id), reverse=True)[:MOST_REPORTS]
    stated: dict[tuple[str, ...], dict[str, tuple[Article, _Number]]] = {}
    for report in newest:
        for number in _numbers(report):
            stated.setdefault(number.key, {}).setdefault(report.source, (report, number))
    disputes = []
    for key, by_outlet in stated.items():
        last = max(report.when for report, _ in by_outlet.values())
        current = [(outlet, n) for outlet, (report, n) in by_outlet.items() if last - report.when <= OVERTAKEN_AFTER]
        amounts = [number.value for _, number in current]
        values = _different_values(current) if max(amounts) <= TOO_FAR_APART * min(amounts) else ()
        if len(values) > 1:
            disputes.append(Dispute(" ".join(part for part in key if part and part not in _CURRENCIES), values))
    return tuple(sorted(disputes, key=lambda d: (-sum(len(outlets) for _, outlets in d.values), d.what, d.values)))


def _numbers(report: Article) -> Iterator[_Number]:
    """Yield the numbers that a report states, one for each thing; those of its title go before those of its text."""
    in_title = _by_key([report.title])
    in_text = _by_key(split(report.text[:MOST_TEXT], report.language))
    for key in in_title | in_text:
        numbers = in_title.get(key) or in_text[key]
        if len({number.value for number in numbers}) == 1:
            yield numbers[0]


def _by_key(sentences: Sequence[str]) -> dict[tuple[str, ...], list[_Number]]:
    by_key: dict[tuple[str, ...], list[_Number]] = {}
    for sentence in sentences:
        if not _OTHER_EVENT.search(sentence):
            for number in (_number(match) for pattern in _NUMBER_PATTERNS for match in pattern.finditer(sentence)):
                if number:
                    by_key.setdefault(number.key, []).append(number)
    return by_key


def _number(match: re.Match[str]) -> _Number | None:
    """Return None for a count of hours, times and the like."""
    groups = {name: " ".join(fold_case(value or "").split()) for name, value in match.groupdict().items()}
    number = groups["number"].replace(",", "")
    value = Decimal(_WORDS.get(number) or number) * 10 ** _SCALES.get(groups.get("scale", ""), 0)
    who = groups.get("who", "") if groups.get("who") not in _ANYBODY else ""
    if "fate" in groups:
        key: tuple[str, ...] = (who, _FATE_OF[groups["fate"]])
    elif "toll" in groups:
        key = ("", "killed")
    elif "magnitude" in groups:
        key = ("magnitude",)
    elif "currency" in groups:
        key = (groups["noun"], {"us$": "$", "rs": "₹", "rs.": "₹"}.get(groups["currency"], groups["currency"]))
    elif groups["noun"] in _NOT_THINGS:
        return None
    else:
        key = (groups["noun"], _DEED_OF[groups["deed"]])
    return _Number(key, " ".join(match["text"].split()), value, bool(groups.get("rough")))


def _different_values(stated: Sequence[tuple[str, _Number]]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the numbers that really differ, with their outlets. A number that agrees with another joins it."""
    groups: list[tuple[_Number, list[str]]] = []
    for outlet, number in sorted(stated, key=_most_exact_first):
        for other, outlets in groups:
            if _agree(other, number):
                outlets.append(outlet)
                break
        else:
            groups.append((number, [outlet]))
    return tuple((number.text, tuple(outlets)) for number, outlets in sorted(groups, key=lambda group: group[0].value))


def _most_exact_first(reported: tuple[str, _Number]) -> tuple[bool, int, Decimal, str]:
    outlet, number = reported
    return number.is_rough, -_digits(number.value), number.value, outlet


def _agree(number: _Number, other: _Number) -> bool:
    """True for the same number, or nearly the same where one is rough or rounded."""
    if number.value == other.value:
        return True
    if number.is_rough or other.is_rough:
        return abs(number.value - other.value) <= ABOUT_THE_SAME * max(number.value, other.value)
    if number.key[-1] not in _CURRENCIES:
        return False
    low, high = sorted((number.value, other.value), key=_digits)
    return low.normalize() == high.quantize(Decimal(1).scaleb(low.normalize().as_tuple().exponent), ROUND_HALF_UP)  # type: ignore[arg-type]  # never infinite


def _digits(value: Decimal) -> int:
    return len(value.normalize().as_tuple().digits)
