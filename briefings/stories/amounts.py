"""Reads the amounts that a report states of things reports differ on: tolls, sums of money, magnitudes, deeds. Pure.

Reads English. Precision goes first: passes over sentences that may speak of another event ("last year", "in a separate
attack", "an aftershock"), and over deeds of somebody called only "he" or "she". Beside each amount it keeps what tells
two things of one kind apart: who did it, where, what it was for, by which law, and the names near it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from briefings.text.dates import is_weekday_or_month
from briefings.text.english import SCALES, SHORT_SCALES, SMALL_NUMBERS, TENS, any_of, fold_case, word_set
from briefings.text.headline import is_title_case

NEAR = 120
"""Characters before and after an amount in which its doer and its place are looked for."""


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount as stated, of what (`killed`, `size`, `launched` …) and of which noun (`soldiers`, `deal`, `drones`).

    `currency` is that of a sum of money. `marks` are the words that tell it apart from amounts of its kind, by role.
    """

    what: str
    noun: str
    currency: str
    text: str
    value: Decimal
    is_rough: bool
    marks: Mapping[str, frozenset[str]]

    @property
    def key(self) -> tuple[str, str, str]:
        """Amounts that may be compared have the same key."""
        return self.what, self.noun, self.currency


_WORDS = SMALL_NUMBERS | TENS
_WORDS |= {f"{ten}-{one}": TENS[ten] + number for ten in TENS for one, number in SMALL_NUMBERS.items() if number < 10}
# Not "hundred": "killed two hundred and fifty" would be read as 200.
_SCALES = {word: power for word, power in SCALES.items() if word != "hundred"} | SHORT_SCALES | {"m": 6, "b": 9}
_ROUGH = ("more than", "over", "nearly", "almost", "about", "around", "some", "up to", "approximately", "roughly")
_FIRM = ("at least", "as many as", "no fewer than", "a total of")
_BOUND = rf"(?:(?P<rough>{any_of(_ROUGH)})\s+|(?:{any_of(_FIRM)})\s+)?"
_DIGITS = r"\d{1,3}(?:,\d{2,3})+|\d{1,15}(?:\.\d{1,4})?"
_SCALE = rf"(?P<scale>{any_of(_SCALES)})\b"
_NUMBER = rf"(?P<text>{_BOUND}(?P<number>{_DIGITS}|{any_of(_WORDS)})(?![\d%])(?:\s+{_SCALE})?)"
_MONEY = rf"(?P<text>{_BOUND}(?P<currency>US\$|[$€£₹¥]|Rs\.?\s?)\s?(?P<number>{_DIGITS})(?!\d)(?:[\s-]?{_SCALE})?)"
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
_TOLL = (
    r"\b(?P<toll>(?:death\s+)?toll)(?:\s+[a-z]+){0,4}?\s+"
    r"(?:(?P<passed>passes|passed|tops|topped|exceeds|exceeded|surpasses|surpassed|above|past|over)"
    r"|to|at|of|is|was|reached|reaches|hits)\s+"
)
_PURPOSE = r"(?:\s+(?:for|with|from|to|on)\s+(?:the\s+|an?\s+)?(?P<purpose>[\w-]+))?"

_PATTERNS = (
    re.compile(rf"\b{_NUMBER}(?:{_WHO})?{_BETWEEN}\s+{_FATE}", re.IGNORECASE),
    re.compile(rf"\b{_FATE}\s+{_NUMBER}(?:{_WHO}|{_NOTHING_COUNTED})", re.IGNORECASE),
    re.compile(rf"{_TOLL}{_NUMBER}(?!\s*(?:per\s?cent|years|days))", re.IGNORECASE),
    re.compile(
        rf"{_MONEY}[\s-](?P<modifiers>(?:[a-z-]+\s+){{0,2}}?)(?P<noun>{any_of(_PRICED)})s?\b{_PURPOSE}", re.IGNORECASE
    ),
    re.compile(
        rf"\b(?P<noun>{any_of(_PRICED)})\s+(?:is\s+|was\s+)?(?:worth|valued\s+at|of|totall?ing|estimated\s+at)\s+{_MONEY}"
        rf"{_PURPOSE}",
        re.IGNORECASE,
    ),
    re.compile(r"\b(?P<magnitude>magnitude)(?:[\s-]of)?[\s-](?P<text>(?P<number>\d\.\d))(?!\d)", re.IGNORECASE),
    re.compile(r"(?<![\d.])(?P<text>(?P<number>\d\.\d))[\s-](?P<magnitude>magnitude)\b", re.IGNORECASE),
    re.compile(
        rf"\b(?P<deed>{any_of(_DEED_OF)})\s+{_NUMBER}(?:\s+[a-z][\w-]*){{0,2}}?\s+(?P<noun>[a-z-]{{3,}}s)\b",
        re.IGNORECASE,
    ),
)
_OTHER_EVENT = re.compile(
    r"\b(?:last|previous|earlier|another|separate(?:ly)?|since|ago|so far|overall|annual(?:ly)?|every|each|per|"
    r"second|third|aftershocks?|foreshocks?|"
    r"in (?:19|20)\d\d|other|additional|further|more (?:people )?(?:were|have)|would|could|may|might|initially|"
    r"including (?:the |an? )?(?:alleged |suspected )?"
    r"(?:gunm[ae]n|attackers?|assailants?|shooters?|suspects?|bombers?))\b",
    re.IGNORECASE,
)
_NOT_THINGS = word_set("hours days weeks months years minutes times others news seconds pounds dollars euros billions")
_LAWS = re.compile(r"\b(ordinance|law|bill|act|statute|decree|ban|by-?law|treaty|amendment)s?\b", re.IGNORECASE)
_NAME = r"[A-Z][\w'’.-]*(?:\s+(?:of\s+|al[- ])?[A-Z][\w'’-]*)*"
_PLACE = re.compile(rf"\b(?:in|at|near|off|outside|across|around|from)\s+(?:the\s+)?({_NAME}(?:,\s+{_NAME})*)")
# The doer stands right before the deed: "Smith received 12", "Russia has launched 120".
_DOER = re.compile(
    rf"(?:(?P<name>{_NAME})(?:\s+[a-z][\w-]+)?|\b(?P<word>[a-z][\w-]+))(?P<break>,)?\s+"
    r"(?:(?:have|has|had|also|then|reportedly|again)\s+)*$"
)
_CAPITALISED = re.compile(r"(?<![\w'’])[A-Z][\w-]*(?:['’](?!s\b)\w+)?")
# Words with a capital in many titles, which say nothing about the event.
_NO_NAMES = word_set(
    "the a an at as in on of to and or but for with by from after before its his her their this that these those it he "
    "she they we there more least many over nearly almost about around some up dead death deaths toll killed kills "
    "injured wounded people magnitude earthquake quake earthquakes strikes hits rises says report reports officials "
    "police deal package budget fine million billion trillion latest least powerful strong shallow massive"
)


def names_in(sentences: Iterable[str]) -> frozenset[str]:
    """Return the capitalised words, in small letters, that stand elsewhere than at the beginning of a sentence."""
    return frozenset(name for sentence in sentences for name, begins in _capitalised(sentence) if not begins)


def amounts_in(sentence: str, names: frozenset[str], *, is_title: bool = False) -> Iterator[Amount]:
    """Yield the amounts of a sentence or title; none of one that may speak of another event.

    `names` are the names in the text of its report. They tell names from words that only begin a sentence, and from
    the words of a title that has all words in capitals.
    """
    if _OTHER_EVENT.search(sentence):
        return
    all_capitals = is_title and bool(names) and is_title_case(sentence)
    near = frozenset(n for n, begins in _capitalised(sentence) if n in names or not (begins or all_capitals))
    for pattern in _PATTERNS:
        for match in pattern.finditer(sentence):
            if amount := _amount(sentence, match, near):
                yield amount


def words_for(amount: Amount) -> frozenset[str]:
    """Return the words of which one stands in any sentence that speaks of the same thing. None: every sentence may."""
    if amount.what in _FATES:
        return frozenset((*_FATES[amount.what], "toll", "number", "total", "rose", "risen", "revised"))
    return frozenset((amount.noun, amount.noun.removesuffix("s"))) if amount.what in _DEEDS else frozenset()


def _amount(sentence: str, match: re.Match[str], names: frozenset[str]) -> Amount | None:
    """Return None for a count of hours, times and the like, and where "he" or "she" did it."""
    groups = {name: " ".join(fold_case(value or "").split()) for name, value in match.groupdict().items()}
    number = groups["number"].replace(",", "")
    value = Decimal(_WORDS.get(number) or number) * 10 ** _SCALES.get(groups.get("scale", ""), 0)
    marks = {"name": names, "place": _places(sentence[match.end() : match.end() + NEAR])}
    noun, currency = groups.get("noun", ""), ""
    if "fate" in groups:
        what, noun = _FATE_OF[groups["fate"]], groups.get("who", "")
        noun = "" if noun in _ANYBODY else noun
    elif "toll" in groups:
        what = "killed"
    elif "magnitude" in groups:
        what = "magnitude"
    elif "currency" in groups:
        what = "size"
        currency = {"us$": "$", "rs": "₹", "rs.": "₹"}.get(groups["currency"], groups["currency"])
        about = {*groups.get("modifiers", "").split(), groups["purpose"]}
        marks |= {"purpose": frozenset(about - {""}), "law": frozenset(map(str.lower, _LAWS.findall(sentence)))}
    else:
        what = _DEED_OF[groups["deed"]]
        doer = _doer(sentence[max(0, match.start() - NEAR) : match.start()])
        if noun in _NOT_THINGS or doer in ("he", "she", "who"):
            return None
        marks["doer"] = frozenset((doer,) if doer not in ("", "it", "they", "which") else ())
    is_rough = bool(groups.get("rough") or groups.get("passed"))
    return Amount(what, noun, currency, _in_small_letters(match), value, is_rough, marks)


def _in_small_letters(match: re.Match[str]) -> str:
    """Return the amount as stated, without the capitals of a title or of a sentence's beginning: `at least 9`."""
    currency = match["currency"] if "currency" in match.re.groupindex else ""
    text = " ".join(match["text"].split())
    if not currency:
        return text.lower()
    before, symbol, after = text.partition(currency.strip())
    return f"{before.lower()}{symbol}{after}"


def _capitalised(sentence: str) -> Iterator[tuple[str, bool]]:
    """Yield each word with a capital, in small letters, and True if it begins the sentence."""
    for match in _CAPITALISED.finditer(sentence):
        word = match[0].casefold()
        if word not in _NO_NAMES and not is_weekday_or_month(word):
            yield word, not re.search(r"\w", sentence[max(0, match.start() - NEAR) : match.start()])


def _places(rest: str) -> frozenset[str]:
    """Return the names of the place that the rest of the clause states first."""
    place = _PLACE.search(re.split(r"[;:.]\s", rest, maxsplit=1)[0])
    names = place[1].split(", ") if place else ()
    return frozenset(name.casefold() for name in names if not is_weekday_or_month(name.split()[0]))


def _doer(before: str) -> str:
    """Return who did what follows, in small letters; empty where it cannot be told."""
    doer = _DOER.search(before)
    return (doer["name"] or doer["word"]).casefold() if doer and not doer["break"] else ""
