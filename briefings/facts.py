"""What a summary from elsewhere may say: no number and no proper name that its article lacks.

Promises to name every number and proper name of a summary that the source does not state. Never judges
the rest of what is said, and where it cannot tell it objects: the extract is there to fall back on. Number
words are English; names are told by their capitals, so scripts without capitals are checked for numbers only.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import pairwise

from briefings.sentences import OPENERS, split


def _list(words: str) -> list[str]:
    return words.split()


_MONTHS = _list("january february march april may june july august september october november december")
_DAYS = _list("monday tuesday wednesday thursday friday saturday sunday")
_FULL = {name[:3]: name for name in (*_MONTHS, *_DAYS)} | {"sept": "september", "tues": "tuesday", "thurs": "thursday"}
_ONES = _list("one two three four five six seven eight nine ten eleven twelve")
_TEENS = _list("thirteen fourteen fifteen sixteen seventeen eighteen nineteen")
_WORDS = {word: n for n, word in enumerate([*_ONES, *_TEENS], 1)} | {"a": 1}
_TENS = {w: n * 10 for n, w in enumerate(_list("twenty thirty forty fifty sixty seventy eighty ninety"), 2)}
_ORDINALS = _list("first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth")
_SCALES = {"hundred": 2, "thousand": 3, "lakh": 5, "million": 6, "mn": 6, "crore": 7}
_SCALES |= {"billion": 9, "bn": 9, "trillion": 12, "tn": 12, "k": 3, "m": 6, "b": 9}
_SCALE = r"(?:[ -]?(?P<scale{0}>hundred|thousand|lakh|crore|million|billion|trillion|mn|bn|tn)\b)"
_COUNT = "|".join(sorted((*_WORDS, *_TENS), key=len, reverse=True))
_NUMBER = re.compile(
    r"(?P<clock>\d{1,2}:\d{2})"
    r"|(?<![^\W_])(?P<name>(?!(?:mid|pre|post|early|late|rs|inr|usd|eur)\b-?)[^\W\d_]+-?\d\w*)"
    r"|(?P<nth>\d+)(?:st|nd|rd|th)\b"
    rf"|(?P<money>(?<=[$€£₹¥])\s?)?(?P<digits>\d+(?:[.,]\d+)?)(?:{_SCALE.format('')}|(?P<percent>\s?%|[ -]per ?cent\b)"
    r"|(?P<unit>[^\W\d_]\w*))?"
    rf"|\b(?P<ordinal>{'|'.join(_ORDINALS)})\b"
    rf"|\b(?<!no )(?P<word>{_COUNT})(?:[ -](?P<plus>{'|'.join(_ONES[:9])})\b)?\b"
    rf"(?!(?<=\bone)(?:'s| of\b| another\b| day\b)){_SCALE.format('2')}?"  # "one of", "one day" count nothing
    r"|\b(?P<vague>hundred|thousand|million|billion|trillion|lakh|crore|dozen|half|quarter|double|twice|triple)s?\b",
    re.IGNORECASE,
)


_DOTTED = re.compile(r"\b[A-Z](?:\.[A-Z])+\b\.?|\b[A-Z](?:\. [A-Z])+\b\.?(?= [A-Z])")  # U.S., J. D. Vance


def _plain(text: str) -> str:
    """`text` with one kind of dash, quote and digit, without separators of thousands and dots in acronyms."""
    text = re.sub(r"(?<=\d)[\u00a0\u202f\u2009](?=\d{3}(?!\d))", "", text)
    text = unicodedata.normalize("NFKC", text)
    text = text.translate({ord(c): str(unicodedata.decimal(c)) for c in set(text) if c.isdecimal() and c > "9"})
    text = re.sub("[‐‑‒–—−]", "-", text.replace("\u00ad", ""))
    text = re.sub("[‘’ʼ`´]", "'", text)
    text = re.sub(r"(?<=\d),(?=(?:\d{2},){0,5}\d{3}(?!\d))", "", text)
    return _DOTTED.sub(lambda match: re.sub(r"[. ]", "", match[0]), text)


def _numbers(text: str) -> Iterator[tuple[str, str]]:
    """Each number of plain `text` with its value: `2000`, `5%`, `#3` for third, `=s400` for a name, `~dozen`."""
    for match in _NUMBER.finditer(text):
        got, piece = match.groupdict(), match[0].strip()
        if got["clock"]:
            yield piece, piece.lstrip("0")
        elif got["name"]:
            yield from _designation(piece)
        elif got["nth"] or got["ordinal"]:
            yield piece, f"#{int(got['nth'][:20]) if got['nth'] else _ORDINALS.index(got['ordinal'].lower()) + 1}"
        elif got["digits"]:
            yield from _digits(piece, got)
        elif got["word"]:
            word, scale = got["word"].lower(), got["scale2"]
            if word != "a" or scale:
                value = _WORDS.get(word) or _TENS[word] + (_WORDS[got["plus"].lower()] if got["plus"] else 0)
                yield piece, _value(str(value), scale)
        else:
            yield piece, f"~{got['vague'].lower()}"


def _designation(piece: str) -> Iterator[tuple[str, str]]:
    """S-400, Su-57s, COVID-19; "mid-2025" and the like, written small, are plain numbers."""
    letters = re.match(r"[^\W\d_]+", piece)
    if letters and letters[0] == letters[0].lower():
        yield from _numbers(piece[letters.end() :].lstrip("-"))
    else:
        yield piece, "=" + re.sub(r"(?<=\d)s$", "", piece.casefold().replace("-", ""))


def _digits(piece: str, got: dict[str, str | None]) -> Iterator[tuple[str, str]]:
    digits, unit = got["digits"] or "", got["unit"] or ""
    if got["money"] is not None and unit.lower() in ("k", "m", "b"):
        yield piece, _value(digits, unit)
    elif unit in ("", "s") or (unit.islower() and len(unit) > 1 and unit.isalpha()):  # 400, 1990s, 10km
        yield piece, _value(digits, got["scale"]) + ("%" if got["percent"] else "")
    else:  # 5G, 9K720
        yield piece, "=" + piece.casefold()


def _value(digits: str, scale: str | None) -> str:
    digits = digits.replace(",", ".").lstrip("0") or "0"
    if len(digits) > 20 or (re.fullmatch(r"\d+\.\d{3}", digits) and not scale):  # "2.000" is two or two thousand
        return digits
    return f"{(Decimal('0' + digits) * 10 ** _SCALES.get((scale or '').lower(), 0)).normalize():f}"


_NAME_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*'?")
_TOKEN = re.compile(r"[^\W_]+(?:'[^\W\d_]+)*|[,;:!?()\"“”\n]")
# These stand before a name without being part of it, so that "Russian President Putin" may join three places.
_OFFICES = frozenset(
    _list(
        "president prime minister premier chancellor foreign defence defense secretary state chief general admiral "
        "navy army air force forces government ministry embassy speaker ambassador leader chairman king queen prince "
        "pope senator governor mayor deputy vice former mr mrs ms dr "
        "afghan african american arab armenian asian australian austrian azerbaijani bangladeshi belarusian belgian "
        "brazilian british bulgarian canadian chinese czech danish dutch egyptian emirati english estonian european "
        "finnish french georgian german greek hungarian indian indonesian iranian iraqi irish israeli italian japanese "
        "jordanian kazakh kenyan korean kuwaiti latvian lebanese libyan lithuanian malaysian mexican moldovan nepali "
        "nigerian norwegian pakistani palestinian polish portuguese qatari romanian russian saudi scottish serbian "
        "singaporean slovak spanish sudanese swedish swiss syrian taiwanese thai turkish ukrainian vietnamese yemeni"
    )
)
_DEMONYM = re.compile(r"(?:an|ish|ese|i|ch|er|ian)$")
# What may begin a sentence without naming anything, beside the openers. An ordinary word is told by its ending, and
# by the source writing it small as well: "Boeing", "Italy" and "United" end so too.
_FUNCTION_WORDS = frozenset(
    _list("is are was were has have had do does did will would can could may might should must of")
)
_FUNCTION_WORDS |= {*_WORDS, *_TENS, *_ORDINALS}  # judged as numbers
_ORDINARY = re.compile(r"(?:ing|ed|ly|ers|ors|ials|ments|ions|ists|ities)$")


def _fold(word: str) -> str:
    low = re.sub("'s?$", "", word).casefold()
    return _FULL.get(low, low)


def _names(summary: str, is_ordinary: Callable[[str], bool]) -> Iterator[tuple[str, ...]]:
    """Runs of capitalised words in `summary`, without ordinary ones that merely begin a sentence."""
    for sentence in split(summary):
        text = re.sub(r"[^\W_]*-?\d[\w-]*", "0", _plain(sentence))
        run: list[str] = []
        end = 0
        for match in _NAME_WORD.finditer(text):
            word, gap = match[0], text[end : match.start()]
            end = match.end()
            if run and gap not in (" ", ". "):
                yield tuple(run)
                run = []
            starts = match.start() == len(gap) or gap.rstrip()[-1:] in ('"', "“", ":", "(")
            if not word[0].isupper() or _begins(word, starts, is_ordinary):
                if run:
                    yield tuple(run)
                run = []
            else:
                run.append(word)
        if run:
            yield tuple(run)


def _begins(word: str, starts: bool, is_ordinary: Callable[[str], bool]) -> bool:
    """Whether a capital letter may be due to the place of `word` alone."""
    if len(word) > 1 and word.isupper():
        return False
    low = _fold(word)
    return low in OPENERS or low == "i" or (starts and (low in _FUNCTION_WORDS or is_ordinary(low)))


class _Known:
    """What a source states: its numbers, its words in order, its acronyms."""

    def __init__(self, source: str) -> None:
        pairs = re.findall(r"(?<![^\W\d_])([^\W\d_]{1,30})[ -]?(\d\w{0,20})\b", source)
        self._numbers = {value for _, value in _numbers(source)} | {f"={(a + b).casefold()}" for a, b in pairs}
        pairs = re.findall(r"(?<!\d)(\d{1,20}) ?([^\W\d_]{1,30})", source)
        self._numbers |= {f"={(a + b).casefold()}" for a, b in pairs}
        self._numbers |= {str(int(n)) for n in re.findall(r"\b(\d{1,20})(?:st|nd|rd|th)\b", source)}
        tokens = _TOKEN.findall(source)
        self._exact = {re.sub("'s?$", "", token) for token in tokens}
        self._words = {_fold(token) for token in tokens}
        self._running = f" {' '.join(map(_fold, tokens))} "
        runs = re.findall(r"\b[A-Z]\w+(?:(?:[ -]| of | of the | and )[A-Z]\w+)+", source)
        self._initials = {"".join(re.findall(r"\b[A-Z]", run)) for run in runs}

    def is_ordinary(self, low: str) -> bool:
        return low in self._exact and bool(_ORDINARY.search(low))

    def number(self, value: str) -> bool:
        return value in self._numbers

    def name(self, run: tuple[str, ...]) -> bool:
        """Whether the words of `run` stand together in the source, offices and nationalities apart."""
        parts: list[tuple[str, ...]] = []
        rest = run
        while rest:
            size = next((n for n in range(len(rest), 0, -1) if self._stands(rest[:n])), 0)
            if not size:
                return False
            parts.append(rest[:size])
            rest = rest[size:]
        return all(_loose(a) or _loose(b) for a, b in pairwise(parts))

    def _stands(self, words: tuple[str, ...]) -> bool:
        if len(words) > 1:
            return f" {' '.join(map(_fold, words))} " in self._running
        word = re.sub("'s?$", "", words[0])
        if len(word) > 1 and re.fullmatch("[A-Z]+s?", word):
            return word.rstrip("s") in self._exact | self._initials or word in self._exact
        low = _fold(word)
        near = {low, low + "n", low + "s", low + "an"}
        if _DEMONYM.search(low) or low.endswith("s"):
            near |= {low[:-1], low[:-2]}
        return any(form in self._words for form in near if form == low or len(form) >= 4)


def _loose(part: tuple[str, ...]) -> bool:
    word = part[0]
    return len(part) == 1 and (_fold(word) in _OFFICES or word.isupper())


def supported(summary: str, source: str) -> bool:
    """Whether every number and every proper name of `summary` occurs in `source` (its title and text)."""
    return not unsupported(summary, source)


def unsupported(summary: str, source: str, *, strict: bool = True) -> list[str]:
    """The numbers and proper names of `summary` that `source` lacks, numbers first, each once.

    Numbers are compared as values ("2,000" and "2000", "three" and "3", "2 million" and "2,000,000"), weapons
    and the like as names ("S-400" and "S400", never "S-4000"), names by words that stand together. Dashes,
    blanks, quotes, possessives, dotted acronyms and month abbreviations do not matter. Where it cannot
    tell it objects: the extract is there to fall back on; not `strict`, it lets a sentence begin with any word that
    ends like an ordinary one. Number words and names need a script with capitals.
    """
    known = _Known(_plain(source))
    pieces = [piece for piece, value in _numbers(_plain(summary)) if not known.number(value)]
    ordinary = known.is_ordinary if strict else lambda low: bool(_ORDINARY.search(low))
    pieces += [" ".join(run) for run in _names(summary, ordinary) if not known.name(run)]
    return list(dict.fromkeys(pieces))
