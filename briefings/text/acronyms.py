"""What an acronym stands for, and where to say so. Pure.

Promises only what is written: an expansion comes from the text itself or from who calls, never from a list of ours.
Precision goes first: where initials and words do not agree, or a text explains an acronym in two ways, nothing is
found; where an expansion would stand in an address, a quotation or a name, it is not put.
(After Schwartz and Hearst, "A simple algorithm for identifying abbreviation definitions", 2003; every word that
bears meaning must besides give its initial.)
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from briefings.text.sentences import OPENERS

EVERYBODY_KNOWS = frozenset(
    "AI AIDS ATM BBC BC CEO CFO CIA CNN COVID DNA DVD EU FBI FIFA GDP GMT GPS HIV ID IQ IT KGB NASA NATO NGO OK PC PDF "
    "PM PhD POW PR RNA SMS SOS TV UAE UFO UK UN UNESCO UNICEF US USA USB USD USSR UTC VIP WHO".split()
)
"""Left alone: spelled out, they would only take room."""

LONGEST_EXPANSION = 120
_SMALL = frozenset("a an and at by for from in of on or the to with".split())
_ACRONYM = r"(?=[A-Za-z]{0,9}[A-Z][A-Za-z]{0,9}\b)[A-Z][A-Za-z]{0,8}[A-Z]"
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_BRACKETED = re.compile(rf"[\s]\(({_ACRONYM})\)")
_OR_SHORT = re.compile(rf",\s+or\s+({_ACRONYM})(?=[,.;)])")
_EXPLAINED = re.compile(rf"\b({_ACRONYM})\s+\(([^()\n]{{5,{LONGEST_EXPANSION}}})\)")
_STANDS_FOR = re.compile(
    rf"\b({_ACRONYM})(?:,\s+or|,\s+short\s+for|,\s+which\s+stands\s+for|\s+stands\s+for)\s+([^,.;:()\n]{{5,{LONGEST_EXPANSION}}})"
    r"(?=[,.;:)])"
)
_BREAK = re.compile(r"[.,;:!?()\[\]\"“”«»]")
_QUOTED = re.compile(r"“[^”]*(?:”|$)|\"[^\"]*(?:\"|$)|«[^»]*(?:»|$)|(?<!\w)[‘'][^‘’'\n]*[’'](?!\w)")
_ADDRESS = re.compile(r"[/@#\\_]|www\.|\w\.\w")


def expansions(text: str) -> dict[str, str]:
    """Acronym → what it stands for, as the text itself says; in order of appearance."""
    found: dict[str, str] = {}
    refused = set[str]()
    for acronym, expansion in _definitions(text):
        if _key(found.setdefault(acronym, expansion)) != _key(expansion):
            refused.add(acronym)
    return {acronym: expansion for acronym, expansion in found.items() if acronym not in refused}


def expand_first(text: str, known: Mapping[str, str]) -> str:
    """The text with each known acronym spelled out once, where it is first used and may be: "Long Name (LN)".

    Left alone are those that everybody knows, that the text itself explains, and that stand only in addresses,
    quotations, names or compounds.
    """
    here = _key(text)
    told = {acronym for acronym, _ in _definitions(text)} | EVERYBODY_KNOWS
    wanted = {a: e for a, e in known.items() if a not in told and e.strip() and _key(e) not in here and a.isalnum()}
    if not wanted:
        return text
    open_text = re.sub(r"\S+", lambda word: _hidden(word) if _ADDRESS.search(word[0]) else word[0], text)
    open_text = _QUOTED.sub(_hidden, open_text)
    places: dict[str, int] = {}
    for match in re.finditer(rf"(?<![\w-])(?:{'|'.join(map(re.escape, wanted))})(?![\w-])", open_text):
        if match[0] not in places and _stands_free(text, *match.span(), wanted[match[0]]):
            places[match[0]] = match.start()
    for acronym, start in sorted(places.items(), key=lambda place: -place[1]):
        spelled = wanted[acronym]
        if re.search(r"(?:^|[.!?]\s+)$", text[max(0, start - 4) : start]):
            spelled = spelled[0].upper() + spelled[1:]
        text = f"{text[:start]}{spelled} ({acronym}){text[start + len(acronym) :]}"
    return text


def _definitions(text: str) -> Iterator[tuple[str, str]]:
    for match in sorted(
        (match for way in (_BRACKETED, _OR_SHORT, _EXPLAINED, _STANDS_FOR) for match in way.finditer(text)),
        key=lambda match: match.start(),
    ):
        acronym = match[1]
        if match.lastindex == 1:
            before = text[max(0, match.start() - LONGEST_EXPANSION) : match.start()]
            expansion = _ending(acronym, _BREAK.split(before)[-1])
        else:
            words = re.sub(r"^(?:an?|the)\s+", "", " ".join(match[2].split()), flags=re.IGNORECASE)
            expansion = words if not _BREAK.search(words) and _agree(acronym, words) else None
        if expansion:
            yield acronym, expansion


def _ending(acronym: str, before: str) -> str | None:
    """The shortest end of what stands before that the acronym can stand for."""
    starts = [m.start() for m in _WORD.finditer(before) if m.start() == 0 or not before[m.start() - 1].isalnum()]
    for start in reversed(starts[-min(len(acronym) + 5, len(acronym) * 2) :]):
        candidate = " ".join(before[start:].split())
        candidate = re.sub(r"['’]s?$", "", candidate)
        if _agree(acronym, candidate):
            return candidate
    return None


def _agree(acronym: str, expansion: str) -> bool:
    """The letters stand in the words in order, and every word that bears meaning begins with one of them."""
    words = _WORD.findall(expansion)
    bearing = [word for word in words if word.lower() not in _SMALL]
    if len(bearing) < 2 or len(words) > len(acronym) * 2:
        return False
    if words[0] != bearing[0] or words[-1] != bearing[-1] or words[0][0].lower() != acronym[0].lower():
        return False
    if re.search(r"[^\w\s'’&-]", expansion) or acronym in words:
        return False
    letters = acronym.lower()
    return _within((word[0].lower() for word in bearing), letters) and _within(letters, expansion.lower())


def _within(some: Iterator[str] | str, other: str) -> bool:
    """Whether these letters stand in the other ones, in order."""
    rest = iter(other)
    return all(letter in rest for letter in some)


def _stands_free(text: str, start: int, end: int, expansion: str) -> bool:
    """Not part of a name or a compound, in no bracket, and after the article that its expansion takes."""
    before, after = text[max(0, start - 40) : start], text[end : end + 40]
    if re.match(r"['’/&(]|\.\w|\s+\(|\s+[A-Z\d]|,\s+(?:or|short|which stands)\s", after) or before[-1:] in tuple(
        "/&('’$."
    ):
        return False
    last = re.search(r"([\w$][^\s(“”\"]*)\s+$", before)
    if last is None:
        return True
    word = last[1]
    if word.lower() in ("a", "an"):
        return (word.lower() == "an") == (expansion[0].lower() in "aeio")
    possessive = word.endswith(("'s", "’s", "s'", "s’"))
    return possessive or not word[0].isupper() or word.lower() in OPENERS or word[-1] in ",;:.!?"


def _hidden(match: re.Match[str]) -> str:
    return "\0" * len(match[0])


def _key(text: str) -> str:
    return " ".join(text.casefold().replace("’", "'").split())
