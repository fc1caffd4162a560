"""Reads numbers together with what they count: 12 killed, magnitude 5.9, a $2 billion deal, 5 systems. Pure.

Promises one value and one thing for every wording: "killed at least 12 people" and "twelve dead" are 12 killed. Never
reads an age, a year, a time, a date, a length of time or a share. The words for what is counted are English. In
other languages it reads a number in digits and the word after it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from briefings.text import dates
from briefings.text.english import (
    MONTHS,
    SCALES,
    SHORT_MONTHS,
    SHORT_SCALES,
    SMALL_NUMBERS,
    TENS,
    any_of,
    fold_case,
    word_set,
)
from briefings.text.numbers import plain


@dataclass(frozen=True, slots=True)
class Count:
    """A number and what it counts: a fate ("killed"), "magnitude", money for something ("$ deal"), or a noun's stem.

    `words` are as stated, from the number to the thing: "killed at least 12". `is_named` is True if the thing is of
    our lists, so that the number tells by itself.
    """

    thing: str
    value: Decimal
    words: str
    is_rough: bool
    is_named: bool

    @property
    def is_money(self) -> bool:
        """True for a sum of money."""
        return self.thing[:2].strip("AC")[:1] in _CURRENCIES

    @property
    def is_toll(self) -> bool:
        """True for people killed, injured or missing, and for a magnitude: numbers that tell by themselves."""
        return self.thing in ("killed", "injured", "missing", "magnitude")


_CURRENCIES = frozenset("$€£₹¥")

ABOUT_THE_SAME = Decimal("0.1")
"""The share by which a number may differ from one that is called rough, or that it bounds; twice it if both are."""

_CARDINALS = SMALL_NUMBERS | TENS
_CARDINALS |= {f"{ten}-{one}": TENS[ten] + n for ten in TENS for one, n in SMALL_NUMBERS.items() if n < 10}
_CARDINALS |= {"dozen": 12, "a dozen": 12, "two dozen": 24}
_SCALES = {word: power for word, power in SCALES.items() if word != "hundred"} | SHORT_SCALES | {"k": 3, "m": 6, "b": 9}
_ROUGH = re.compile(
    r"\b(?:more than|over|nearly|almost|about|around|some|up to|approximately|roughly|at least|as many as|"
    r"no fewer than)\s+$",
    re.IGNORECASE,
)
"""Looked for before a number: within the pattern of numbers it would be tried at every letter."""

_FATES = {
    "killed": "killed dead died die dies deaths fatalities killing kills kill lives",
    "injured": "injured wounded hurt injuries injuring injures wounding wounds",
    "missing": "missing",
    "arrested": "arrested detained arrests arresting detaining",
    "displaced": "displaced evacuated evacuates evacuating homeless",
    "rescued": "rescued rescues",
    "infected": "infected infections cases",
    "freed": "freed released",
}
FATE_OF = {word: fate for fate, words in _FATES.items() for word in words.split()}
"""Word → the fate it tells."""

_FATE_BEFORE = word_set(
    "killed killing kills kill injured injuring wounded wounding arrested detained rescued freed claimed"
)
_PRICED = word_set(
    "deal contract package budget fine loan agreement order investment sale plan fund bond bid settlement grant bill "
    "aid damages lawsuit project programme program takeover"
)
_NO_THINGS = word_set(
    "seconds minutes hours days weeks months years decades centuries times others news percent points degrees "
    "hour day week month year miles kilometers kilometres metres meters feet inches pounds tons tonnes "
    "dollars euros rupees people's is was has as this us years-old ways things reasons takeaways thirds"
)
_PREPOSITIONS = word_set("and in at who of as after when with by for on from to that over into or but")
_DIGITS_OF_TENS = any_of(word for word, value in SMALL_NUMBERS.items() if value < 10)
_COUNTED = re.compile(
    r"(?<![\w.$€£₹¥:/-])(?P<currency>(?:US|A|C)?[$€£₹¥]\s?)?"
    rf"(?P<number>\d{{1,15}}(?:\.\d{{1,4}})?(?!\d)|(?:{any_of(TENS)})(?:-(?:{_DIGITS_OF_TENS}))?|"
    rf"{any_of(SMALL_NUMBERS)}|(?:a |two )?dozen)(?:[\s-]?(?P<scale>{any_of(_SCALES)})\b)?(?![\d%:/])"
    rf"(?=[\s-](?:of (?:the|its|their|these) (?!{any_of(SMALL_NUMBERS)}))?"
    r"(?P<after>[^\W\d_][\w'’-]*(?:\s[\w'’-]+){0,4})|[\s.,;)]|$)",
    re.IGNORECASE,
)
_LETTERS = re.compile("[a-z]+")
_NUMBER_WORDS = frozenset(word for word in _CARDINALS if " " not in word and "-" not in word) - {"one"}
_MAGNITUDE = re.compile(r"\bmagnitude(?:[\s-]of)?[\s-](\d\.\d)(?!\d)|(?<![\d.])(\d\.\d)[\s-]magnitude\b", re.IGNORECASE)
_TOLL = re.compile(r"\btoll\b(?:\s[a-z]+){0,5}\s$", re.IGNORECASE)
_AFTER = re.compile(r"\b(?:after|since|when|until)\b", re.IGNORECASE)
_MONTH_BEFORE = re.compile(rf"\b(?:{any_of((*MONTHS, *SHORT_MONTHS))})\.?\s$")
_WORD = re.compile(r"[^\W\d_][\w'’-]*")
_FOREIGN_UNITS = (
    "años? días? horas? meses|mes|minutos? segundos? por|ans?|années?|jours?|heures?|mois|semaines? pour|jahren?|jahre|"
    "tagen?|tage|uhr|stunden?|monaten?|monate|wochen?|minuten?|prozent|lat|dni|anos? dias? лет|год\\w*|дн\\w+|час\\w*|"
    "месяц\\w*|минут\\w*|процент\\w*|рок\\w*|днів|годин\\w*|anni|anno|giorn[oi]|or[ae]|mes[ei]|jaar|dagen|uur"
).replace(" ", "|")
_FOREIGN = re.compile(
    rf"(?<![\w.,:/$€£-])(\d{{1,12}}(?:\.\d{{1,2}})?) (?!(?:{_FOREIGN_UNITS})\b)([^\W\d_]{{4,}})", re.IGNORECASE
)
_STEM = 5
"""Letters of a noun that its forms share: "muertos" and "muertas", "раненых" and "раненые"."""

_BEFORE = 48
"""Characters before a number in which its verb is looked for."""

_OTHER_EVENT = re.compile(
    r"\b(?:last|previous|previously|earlier (?:this|attack)|another|separate(?:ly)?|since|ago|so far this|overall|"
    r"annual(?:ly)?|every|each|per|a (?:year|day|week)|in (?:19|20)\d\d|other|additional|further|would|could|may|might|"
    r"including|anniversary|history|average|decades?|estimated?)\b",
)


def read_counts(sentence: str, *, is_english: bool = True) -> tuple[Count, ...]:
    """Return the numbers of one sentence with what they count, in order.

    Passes over a sentence that may tell of other events ("last year", "every day"). In other languages than English it
    reads digits and the word after them, and no dates.
    """
    if not is_english:
        _, rest = dates.read(plain(sentence))
        return tuple(_foreign_count(match) for match in _FOREIGN.finditer(rest))
    low = sentence.lower()
    if not any(map(str.isdigit, low)) and _NUMBER_WORDS.isdisjoint(_LETTERS.findall(low)):
        return ()
    if _OTHER_EVENT.search(low):
        return ()
    text = plain(sentence)
    return tuple((*_magnitudes(text), *filter(None, map(_count, _COUNTED.finditer(text)))))


def _foreign_count(match: re.Match[str]) -> Count:
    words = _with_commas(f"{match[1]} {match[2]}")
    return Count(match[2].casefold()[:_STEM], Decimal(match[1]), words, is_rough=False, is_named=False)


def _magnitudes(text: str) -> Iterator[Count]:
    for match in _MAGNITUDE.finditer(text):
        yield _named("magnitude", Decimal(match[1] or match[2]), f"magnitude {match[1] or match[2]}", is_rough=False)


def _count(match: re.Match[str]) -> Count | None:
    """Return None for a number that counts nothing we can name."""
    number, scale = fold_case(match["number"]), fold_case(match["scale"] or "")
    value = Decimal(_CARDINALS.get(number) or number) * 10 ** _SCALES.get(scale, 0)
    after = _WORD.findall((match["after"] or "").lower()) if match["after"] else []
    before = match.string[max(0, match.start() - _BEFORE) : match.start()]
    rough = _ROUGH.search(before)
    stated, is_rough = " ".join(f"{rough[0] if rough else ''}{match[0]}".split()), rough is not None
    before = before[: rough.start()] if rough else before
    if match["currency"]:
        return _sum(match, after, stated, value, is_rough=is_rough)
    if _is_age_or_year(match, after) or _MONTH_BEFORE.search(before):
        return None
    if fate := _fate_after(after):
        return _named(FATE_OF[fate], value, f"{stated} {_up_to(match['after'], fate)}", is_rough=is_rough)
    last = before.rsplit(maxsplit=1)[-1].lower() if before.strip() else ""
    if last in _FATE_BEFORE and not match["scale"] and (not after or _names_nobody_else(after[0])):
        return _named(FATE_OF.get(last, "killed"), value, f"{last} {stated}", is_rough=is_rough)
    if (
        (toll := _TOLL.search(before))
        and not _AFTER.search(before)
        and after[:1] not in (["percent"], ["years"], ["days"])
    ):
        return _named("killed", value, f"{toll[0]}{stated}", is_rough=is_rough)
    return _plain_count(match, after, stated, value, is_rough=is_rough)


def _sum(match: re.Match[str], after: list[str], stated: str, value: Decimal, *, is_rough: bool) -> Count | None:
    """Return None for a sum that is for nothing of our list."""
    noun = next((word for word in _until_preposition(after[:4]) if word.removesuffix("s") in _PRICED), "")
    if not noun:
        return None
    thing = f"{match['currency'].strip().upper().removeprefix('US')} {noun.removesuffix('s')}"
    return _named(thing, value, f"{stated} {_up_to(match['after'], noun)}", is_rough=is_rough)


def _plain_count(
    match: re.Match[str], after: list[str], stated: str, value: Decimal, *, is_rough: bool
) -> Count | None:
    for word in _until_preposition(after[:2]):
        if word in _NO_THINGS:
            return None
        if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "'s", "’s")) and value > 1:
            words = f"{stated} {_up_to(match['after'], word)}"
            return Count(word.removesuffix("s"), value, _with_commas(words), is_rough=is_rough, is_named=False)
    return None


def _named(thing: str, value: Decimal, words: str, *, is_rough: bool) -> Count:
    return Count(thing, value, _with_commas(words), is_rough=is_rough, is_named=True)


def _with_commas(words: str) -> str:
    return re.sub(r"(?<![.\d])\d{4,}", lambda digits: f"{int(digits[0]):,}", words)


def _fate_after(after: list[str]) -> str:
    """Return the fate that a number counts: "12 people were killed", "18 dead"; empty if none follows it."""
    return next((word for word in _until_preposition(after) if word in FATE_OF), "")


def _until_preposition(words: list[str]) -> list[str]:
    end = next((at for at, word in enumerate(words) if word in _PREPOSITIONS), len(words))
    return words[:end]


def _names_nobody_else(word: str) -> bool:
    return word in ("people", "persons", "civilians", "in", "at", "and", "on", "near", "others", "when") or (
        word.endswith(("s", "men", "women", "children", "troops")) and word not in _NO_THINGS
    )


def _is_age_or_year(match: re.Match[str], after: list[str]) -> bool:
    number = match["number"]
    is_year = bool(re.fullmatch(r"(?:1[5-9]|20)\d\d", number)) and not match["scale"]
    is_age = after[:1] == ["year-old"] or after[:2] in (["years", "old"], ["year", "old"])
    return is_year or is_age


def _up_to(after: str, word: str) -> str:
    """Return the words after a number up to `word`."""
    at = after.lower().find(word)
    return " ".join(after[: at + len(word)].split())


def agree(count: Count, other: Count) -> bool:
    """True for the same value, or nearly the same where one is rough, or a sum that the other rounds."""
    if count.value == other.value:
        return True
    share = ABOUT_THE_SAME * (count.is_rough + other.is_rough)
    if abs(count.value - other.value) <= share * max(count.value, other.value):
        return True
    if not count.is_money or not count.value <= 2 * other.value <= 4 * count.value:
        return False
    low, high = sorted((count.value.normalize(), other.value.normalize()), key=_digits)
    unit = Decimal(1).scaleb(int(low.as_tuple().exponent))
    return low == high.quantize(unit, ROUND_HALF_UP)


def _digits(value: Decimal) -> int:
    return len(value.as_tuple().digits)
