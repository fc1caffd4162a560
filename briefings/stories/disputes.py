"""Where reports of one story give different numbers for the same thing. Pure.

Promises only what reports say, in their own words, by outlet: the newest statement of each, copies not at all, nothing
older than a day before the newest. Precision goes first: it knows tolls, prices, magnitudes and counts of things done,
in English; what may be another event ("last year", "in a separate attack"), a report that gives two numbers itself,
and a number that another merely rounds are passed over. It never says who is right.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal

from briefings.model import Article
from briefings.text.sentences import split

FRESH = timedelta(hours=24)
"""An older statement than the newest by more than this has been overtaken, not contradicted."""

MOST_REPORTS = 100
MOST_TEXT = 6000
"""Characters of each report that are read."""

TOO_FAR_APART = 3
"""Times. Numbers further apart than that are rather of two things than of one."""

ABOUT_THE_SAME = Decimal("0.1")
"""What a number called rough, or a bound, may differ by."""


@dataclass(frozen=True, slots=True)
class Disagreement:
    """`values` are the numbers as stated, smallest first, each with the outlets that state it."""

    what: str
    values: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class _Figure:
    key: tuple[str, ...]
    text: str
    value: Decimal
    is_rough: bool


def _any(words: Iterable[str]) -> str:
    return "|".join(sorted(words, key=len, reverse=True)).replace(" ", r"\s+")


_ONES = "one two three four five six seven eight nine ten eleven twelve".split()
_ONES += "thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_WORDS = {word: n for n, word in enumerate(_ONES, 1)} | {word: n * 10 for n, word in enumerate(_TENS, 2)}
_WORDS |= {f"{ten}-{one}": _WORDS[ten] + _WORDS[one] for ten in _TENS for one in _ONES[:9]}
_SCALES = {"thousand": 3, "lakh": 5, "million": 6, "mn": 6, "m": 6, "crore": 7, "billion": 9, "bn": 9, "trillion": 12}
_ROUGH = ("more than", "over", "nearly", "almost", "about", "around", "some", "up to", "approximately", "roughly")
_FIRM = ("at least", "as many as", "no fewer than", "a total of")
_NUMBER = (
    rf"(?P<figure>(?:(?P<rough>{_any(_ROUGH)})\s+|(?:{_any(_FIRM)})\s+)?"
    rf"(?P<number>\d{{1,3}}(?:,\d{{2,3}})+|\d{{1,15}}(?:\.\d{{1,4}})?|{_any(_WORDS)})(?![\d%])(?:\s+(?P<scale>{_any(_SCALES)})\b)?)"
)
_MONEY = (
    rf"(?P<figure>(?:(?P<rough>{_any(_ROUGH)})\s+|(?:{_any(_FIRM)})\s+)?(?P<currency>US\$|[$€£₹¥]|Rs\.?\s?)\s?"
    rf"(?P<number>\d{{1,3}}(?:,\d{{2,3}})+|\d{{1,15}}(?:\.\d{{1,4}})?)(?!\d)(?:[\s-]?(?P<scale>{_any(_SCALES)})\b)?)"
)
_EVERYONE = ("people", "persons")
_SOME = tuple(
    "civilians soldiers troops children women men passengers workers miners students sailors fishermen migrants "
    "officers policemen hostages prisoners protesters pilgrims tourists villagers militants fighters".split()
)
_WHO = rf"(?:\s+(?P<who>{_any((*_EVERYONE, *_SOME))})\b)?"
_FATES = {
    "killed": "killed dead died dies deaths fatalities killing kills kill".split(),
    "injured": "injured wounded hurt injuries injuring injures wounding wounds".split(),
    "missing": ["missing"],
    "arrested": "arrested detained arrests arresting detaining".split(),
    "displaced": "displaced evacuated evacuates".split(),
}
_FATE_OF = {word: fate for fate, words in _FATES.items() for word in words}
_FATE = rf"(?P<fate>{_any(_FATE_OF)})\b"
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
_STOPS = r"(?=\s*(?:$|[.,;:)]|(?:and|in|at|near|on|when|after|as|during|across|by)\b))"

_WAYS = (
    re.compile(rf"\b{_NUMBER}{_WHO}{_BETWEEN}\s+{_FATE}", re.IGNORECASE),
    re.compile(rf"\b{_FATE}\s+{_NUMBER}(?:\s+(?P<who>{_any((*_EVERYONE, *_SOME))})\b|{_STOPS})", re.IGNORECASE),
    re.compile(
        rf"\b(?P<toll>(?:death\s+)?toll)(?:\s+[a-z]+){{0,4}}?\s+(?:to|at|of|is|was|reached|reaches|hits|passes|tops)\s+"
        rf"{_NUMBER}(?!\s*(?:per\s?cent|years|days))",
        re.IGNORECASE,
    ),
    re.compile(rf"{_MONEY}[\s-](?:[a-z-]+\s+){{0,2}}?(?P<noun>{_any(_PRICED)})s?\b", re.IGNORECASE),
    re.compile(
        rf"\b(?P<noun>{_any(_PRICED)})\s+(?:is\s+|was\s+)?(?:worth|valued\s+at|of|totall?ing|estimated\s+at)\s+{_MONEY}",
        re.IGNORECASE,
    ),
    re.compile(r"\b(?P<magnitude>magnitude)(?:[\s-]of)?[\s-](?P<figure>(?P<number>\d\.\d))(?!\d)", re.IGNORECASE),
    re.compile(r"(?<![\d.])(?P<figure>(?P<number>\d\.\d))[\s-](?P<magnitude>magnitude)\b", re.IGNORECASE),
    re.compile(rf"\b(?P<deed>{_any(_DEED_OF)})\s+{_NUMBER}(?:\s+[a-z][\w-]*){{0,2}}?\s+(?P<noun>[a-z-]{{3,}}s)\b"),
)
_ELSEWHERE = re.compile(
    r"\b(?:last|previous|earlier|another|separate(?:ly)?|since|ago|so far|overall|annual(?:ly)?|every|each|per|"
    r"in (?:19|20)\d\d|other|additional|further|more (?:people )?(?:were|have)|would|could|may|might|initially|"
    r"including (?:the |an? )?(?:alleged |suspected )?"
    r"(?:gunm[ae]n|attackers?|assailants?|shooters?|suspects?|bombers?))\b",
    re.IGNORECASE,
)
_NOT_THINGS = frozenset("hours days weeks months years minutes times others news".split())


def disagreements(articles: Iterable[Article]) -> tuple[Disagreement, ...]:
    """What the reports of one story disagree on, the most outlets first."""
    originals = [a for a in articles if a.copy_of is None and a.source]
    newest = sorted(originals, key=lambda a: (a.when, a.id), reverse=True)[:MOST_REPORTS]
    stated: dict[tuple[str, ...], dict[str, tuple[Article, _Figure]]] = {}
    for report in newest:
        for figure in _figures(report):
            stated.setdefault(figure.key, {}).setdefault(report.source, (report, figure))
    found = []
    for key, by_outlet in stated.items():
        last = max(report.when for report, _ in by_outlet.values())
        fresh = [(outlet, f) for outlet, (report, f) in by_outlet.items() if last - report.when <= FRESH]
        stands = [figure.value for _, figure in fresh]
        values = _values(fresh) if max(stands) <= TOO_FAR_APART * min(stands) else ()
        if len(values) > 1:
            found.append(Disagreement(" ".join(part for part in key if part and part not in "$€£₹¥"), values))
    return tuple(sorted(found, key=lambda d: (-sum(len(outlets) for _, outlets in d.values), d.what, d.values)))


def in_words(disagreement: Disagreement) -> str:
    """Reports differ on killed: 12 (Sample Wire) to 15 (Sample Post, Sample Herald)."""
    stated = [f"{value} ({', '.join(outlets[:2])})" for value, outlets in disagreement.values]
    least, most = stated[0], stated[-1]
    return f"Reports differ on {disagreement.what}: {least} to {most}."


def _figures(report: Article) -> Iterator[_Figure]:
    """What a report states, one number for each thing; that of its title before that of its text."""
    titled = _by_key([report.title])
    inside = _by_key(split(report.text[:MOST_TEXT], report.language))
    for key in titled | inside:
        figures = titled.get(key) or inside[key]
        if len({figure.value for figure in figures}) == 1:
            yield figures[0]


def _by_key(sentences: Sequence[str]) -> dict[tuple[str, ...], list[_Figure]]:
    found: dict[tuple[str, ...], list[_Figure]] = {}
    for sentence in sentences:
        if not _ELSEWHERE.search(sentence):
            for figure in (_figure(match) for way in _WAYS for match in way.finditer(sentence)):
                if figure:
                    found.setdefault(figure.key, []).append(figure)
    return found


def _figure(match: re.Match[str]) -> _Figure | None:
    got = {name: " ".join((value or "").lower().split()) for name, value in match.groupdict().items()}
    number = got["number"].replace(",", "")
    value = Decimal(_WORDS.get(number) or number) * 10 ** _SCALES.get(got.get("scale", ""), 0)
    who = got.get("who", "") if got.get("who") not in _EVERYONE else ""
    if "fate" in got:
        key: tuple[str, ...] = (who, _FATE_OF[got["fate"]])
    elif "toll" in got:
        key = ("", "killed")
    elif "magnitude" in got:
        key = ("magnitude",)
    elif "currency" in got:
        key = (got["noun"], {"us$": "$", "rs": "₹", "rs.": "₹"}.get(got["currency"], got["currency"]))
    elif got["noun"] in _NOT_THINGS:
        return None
    else:
        key = (got["noun"], _DEED_OF[got["deed"]])
    return _Figure(key, " ".join(match["figure"].split()), value, bool(got.get("rough")))


def _values(stated: Sequence[tuple[str, _Figure]]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The numbers that really differ, with their outlets. What agrees with another number is told with it."""
    groups: list[tuple[_Figure, list[str]]] = []
    for outlet, figure in sorted(
        stated, key=lambda one: (one[1].is_rough, -_digits(one[1].value), one[1].value, one[0])
    ):
        for known, outlets in groups:
            if _agree(known, figure):
                outlets.append(outlet)
                break
        else:
            groups.append((figure, [outlet]))
    return tuple((figure.text, tuple(outlets)) for figure, outlets in sorted(groups, key=lambda group: group[0].value))


def _agree(one: _Figure, other: _Figure) -> bool:
    """The same number, or as good as the same where one is rough or rounded."""
    if one.value == other.value:
        return True
    if one.is_rough or other.is_rough:
        return abs(one.value - other.value) <= ABOUT_THE_SAME * max(one.value, other.value)
    if one.key[-1] not in ("$", "€", "£", "₹", "¥"):
        return False
    low, high = sorted((one.value, other.value), key=_digits)
    return low.normalize() == high.quantize(Decimal(1).scaleb(low.normalize().as_tuple().exponent), ROUND_HALF_UP)  # type: ignore[arg-type]  # never infinite


def _digits(value: Decimal) -> int:
    return len(value.normalize().as_tuple().digits)
