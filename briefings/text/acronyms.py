"""Finds what acronyms stand for, and spells them out. Pure.

Promises only what is written: an expansion comes from the text itself or from the caller, never from a list of ours.
Precision goes first: finds nothing where initials and words do not agree, or where a text explains an acronym in two
ways; never puts an expansion into an address, a quotation or a name.

After Schwartz and Hearst, "A simple algorithm for identifying abbreviation definitions", 2003. In addition, every word
that bears meaning must give its initial.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from briefings.text.english import word_set
from briefings.text.sentences import OPENERS

WELL_KNOWN = word_set(
    "AI AIDS ATM BBC BC CEO CFO CIA CNN COVID DNA DVD EU FBI FIFA GDP GMT GPS HIV ID IQ IT KGB NASA NATO NGO OK PC PDF "
    "PM PhD POW PR RNA SMS SOS TV UAE UFO UK UN UNESCO UNICEF US USA USB USD USSR UTC VIP WHO"
)
"""Never spelled out: it would only take room."""

LONGEST_EXPANSION = 120  # characters
_SMALL_WORDS = word_set("a an and at by for from in of on or the to with")
_ACRONYM = r"(?=[A-Za-z]{0,9}[A-Z][A-Za-z]{0,9}\b)[A-Z][A-Za-z]{0,8}[A-Z]"
_UNKNOWN = "und"
_ENGLISH = word_set("of the and")
"""Words by which an English long form is recognised in a text of another language."""

_LATIN = re.compile("[A-Za-z\u00aa\u00ba\u00c0-\u024f\u1e00-\u1eff]")
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
    """Return each acronym that the text itself explains, with its expansion, in order of appearance."""
    first_expansions: dict[str, str] = {}
    ambiguous = set[str]()
    for acronym, expansion in _definitions(text):
        if _key(first_expansions.setdefault(acronym, expansion)) != _key(expansion):
            ambiguous.add(acronym)
    return {acronym: expansion for acronym, expansion in first_expansions.items() if acronym not in ambiguous}


def expand_first(
    text: str, meanings: Mapping[str, str], *, language: str | None = "en", meant_in: str | None = "en"
) -> str:
    """Return the text with each acronym of `meanings` spelled out once, at its first fitting place: "Long Name (LN)".

    `language` is that of the text and `meant_in` that of the long forms, each a code of ISO 639-1, None or `und` if
    it is not known. A long form in another language or script than the text is not put into it. Leaves alone acronyms
    that are well known, that the text itself explains, and that stand only in addresses, quotations, names or
    compounds.
    """
    if not _may_be_equal(language, meant_in):
        return text
    folded_text, is_latin = _key(text), _is_latin(text)
    explained = {acronym for acronym, _ in _definitions(text)} | WELL_KNOWN
    wanted = {
        acronym: expansion
        for acronym, expansion in meanings.items()
        if acronym not in explained and acronym.isalnum() and expansion.strip() and _key(expansion) not in folded_text
        if _is_latin(expansion) == is_latin and (_may_be_equal(language, "en") or not _is_english(expansion))
    }
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


def _may_be_equal(language: str | None, other: str | None) -> bool:
    """True if two languages are the same, whatever their regions, or one is not known."""
    first, second = ((code or _UNKNOWN).lower().partition("-")[0] for code in (language, other))
    return first == second or _UNKNOWN in (first, second)


def _is_latin(text: str) -> bool:
    """True if most letters of a text are Latin."""
    return 2 * len(_LATIN.findall(text)) > sum(map(str.isalpha, text))


def _is_english(expansion: str) -> bool:
    return not _ENGLISH.isdisjoint(expansion.lower().split())


def _definitions(text: str) -> Iterator[tuple[str, str]]:
    patterns = (_BRACKETED, _OR_SHORT, _EXPLAINED, _STANDS_FOR)
    matches = (match for pattern in patterns for match in pattern.finditer(text))
    for match in sorted(matches, key=lambda match: match.start()):
        acronym = match[1]
        if match.lastindex == 1:
            before = text[max(0, match.start() - LONGEST_EXPANSION) : match.start()]
            expansion = _ending(acronym, _BREAK.split(before)[-1])
        else:
            words = re.sub(r"^(?:an?|the)\s+", "", " ".join(match[2].split()), flags=re.IGNORECASE)
            expansion = words if not _BREAK.search(words) and _can_stand_for(acronym, words) else None
        if expansion:
            yield acronym, expansion


def _ending(acronym: str, before: str) -> str | None:
    """Return the shortest end of the text before the acronym that it can stand for."""
    starts = [m.start() for m in _WORD.finditer(before) if m.start() == 0 or not before[m.start() - 1].isalnum()]
    for start in reversed(starts[-min(len(acronym) + 5, len(acronym) * 2) :]):
        candidate = " ".join(before[start:].split())
        candidate = re.sub(r"['’]s?$", "", candidate)
        if _can_stand_for(acronym, candidate):
            return candidate
    return None


def _can_stand_for(acronym: str, expansion: str) -> bool:
    """True if its letters stand in the words in order, and every word that bears meaning begins with one of them."""
    words = _WORD.findall(expansion)
    bearing = [word for word in words if word.lower() not in _SMALL_WORDS]
    if len(bearing) < 2 or len(words) > len(acronym) * 2:
        return False
    if words[0] != bearing[0] or words[-1] != bearing[-1] or words[0][0].lower() != acronym[0].lower():
        return False
    if re.search(r"[^\w\s'’&-]", expansion) or acronym in words:
        return False
    letters = acronym.lower()
    return _in_order((word[0].lower() for word in bearing), letters) and _in_order(letters, expansion.lower())


def _in_order(wanted: Iterator[str] | str, text: str) -> bool:
    """True if the wanted letters stand in the text in this order, others between them."""
    rest = iter(text)
    return all(letter in rest for letter in wanted)


def _stands_free(text: str, start: int, end: int, expansion: str) -> bool:
    """True if an acronym is no part of a name, a compound or a bracket, and follows the article its expansion takes."""
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
