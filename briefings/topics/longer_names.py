"""Tells a name from the same words inside a longer name. Pure.

"Standard & Poor's 500" does not name S-500, nor "Quad-City Times" the Quad. The rules look at the form of a longer name
and know no list of names. In doubt the topic is named, as in "RELOS Agreement", "Iran-Israel war", "Gaza City" and
"Quad leaders": most words beside a name only say more about it.

In a headline that capitalises every word, any words may stand side by side; fewer rules apply there.
"""

from __future__ import annotations

import re
from functools import cached_property

from briefings.text.english import any_of, word_set

_PAPERS = word_set("Times Herald Tribune Gazette Chronicle Telegraph Examiner Inquirer Enquirer Bugle")
"""Nouns that end the name of a newspaper. "Post" is also what somebody wrote ("Trump's Iran Post")."""

_FIRMS = word_set("Inc Corp Ltd LLC PLC GmbH Bancorp Holdings")
"""Words that end the name of a firm. Right after a name they mean the same firm ("Boeing Inc")."""

_BANKS = ("Credit Union", "Savings Bank", "Insurance Company")
"""Nouns that end the name of a bank or an insurer."""

_TOWNS = word_set("City Cities")
"""They make a town's name of an ordinary word ("Quad Cities"); after a place they only say that it is a town."""

_PAPER = re.compile(rf"(?:[ -](?:{any_of(_TOWNS)}))?[ -](?:{any_of(_PAPERS)})\b")
_POST = re.compile(r" Post\b")
_TOWN_OR_FIRM = re.compile(rf"[ -](?:{any_of(_TOWNS)})\b|,? (?:{any_of(_FIRMS)})\b")
_PART = r"(?:,?[ -](?:[A-Z][\w'-]*|&|and|of))"
_FIRM = re.compile(rf"{_PART}{{1,4}},? (?:{any_of(_FIRMS)})\b|{_PART}{{0,3}} (?:{any_of(_BANKS)})\b")
_NEAR_FIRM = re.compile(rf" [A-Z]\w*,? (?:{any_of(_FIRMS)})\b|(?: [A-Z]\w*)? (?:{any_of(_BANKS)})\b")
_CAPITAL_NEXT = re.compile(r"[ -][A-Z]\w")
_COMPASS = re.compile(r"\b(?:North|South|East|West) $")
_PARTNER = re.compile(r"\b([A-Z][a-z]+) & $")
_PARTNER_NEXT = re.compile(r" & ([A-Z][a-z]+)")

_APART = re.compile(r"(?<!& )\b[A-Z][a-z]+\b(?! &)")
_NEW = re.compile(r"\b[a-z]+,? New ([A-Z]\w*)")
_WORD = re.compile(r"\w+")
_JOINED = re.compile(r",? [A-Z&]|-[A-Z]")
_THOUSANDS = re.compile(r",\d{3}(?!\d)")
_APOSTROPHES = ("'", "‘")
_JOINTS = (" ", "-", ",")
_LEADING = ("New ", "North ", "South ", "East ", "West ", "Times of ", " & ")
"""Beginnings of longer names that a name may end."""

_REACH = 60
"""Characters before and after a name that are looked at."""

_SMALL_WORD = re.compile(r"(?<![\w'-])[a-z]{4,}")
_SMALL_IN_TITLES = word_set(
    "about after against along amid among around before behind below beside between beyond despite down during from "
    "into like near onto over past since than that through till toward towards under unlike until upon versus with "
    "within without"
)
"""Words that are small even in a headline that capitalises all others."""


class Capitals:
    """The words with capitals in an article, as far as they tell what a longer name is. Read when first needed."""

    def __init__(self, whole: str) -> None:
        self._whole = whole

    @cached_property
    def standing_apart(self) -> frozenset[str]:
        """The words that stand also apart from an ampersand: such a word is no part of a firm's name."""
        return frozenset(_APART.findall(self._whole))

    @cached_property
    def new_places(self) -> frozenset[str]:
        """The words after "New" in running text: York in "a mayor in New York"."""
        places = ((place, max(0, place.start() - _REACH)) for place in _NEW.finditer(self._whole))
        return frozenset(place[1] for place, start in places if _is_running(self._whole[start : place.end() + _REACH]))


def is_part_of_longer_name(text: str, start: int, end: int, capitals: Capitals, *, is_ordinary: bool) -> bool:
    """Return True if the name that stands from `start` to `end` is only a part of another name.

    `text` is as `matching.plain` returns it; `end` is after a possessive ending. `is_ordinary` is True if the name is
    also an ordinary word with a capital, such as "Quad".
    """
    previous, following = text[start - 1 : start], text[end : end + 1]
    if previous == "&" or following == "&" or (previous in _APOSTROPHES and _is_ending(text, start)):
        return True
    if following == "," and text[end - 1].isdigit() and _THOUSANDS.match(text, end):
        return True
    if not text[start].isupper():
        return False
    is_followed = following in _JOINTS and not text.endswith(("'s", "s'"), start, end) and _JOINED.match(text, end)
    if not is_followed and not text.endswith(_LEADING, 0, start):
        return False
    before, after = text[max(0, start - _REACH) : start], text[end : end + _REACH] if is_followed else ""
    if _PAPER.match(after) or _NEAR_FIRM.match(after) or before.endswith("Times of "):
        return True
    if is_ordinary and _TOWN_OR_FIRM.match(after):
        return True
    if before.endswith("New ") and _WORD.findall(text[start:end])[0] in capitals.new_places:
        return True
    partner = _PARTNER.search(before) or _PARTNER_NEXT.match(after)
    if partner and partner[1] not in capitals.standing_apart:
        return True
    return _is_running(before + text[start:end] + after) and _is_in_name(before, after)


def _is_in_name(before: str, after: str) -> bool:
    """True if the words around a name in running text make another name with it."""
    if _POST.match(after) or _FIRM.match(after):
        return True
    return bool(_COMPASS.search(before) and _CAPITAL_NEXT.match(after))


def _is_ending(text: str, start: int) -> bool:
    """True if the name begins with another word's ending: "Boeing's 400 workers", also split as "Boeing 's 400".

    The character before the name is an apostrophe.
    """
    if text[start + 1 : start + 2].isalpha():
        return False
    return text[max(0, start - 2) : start - 1].isalnum() or text.startswith("s ", start)


def _is_running(text: str) -> bool:
    """True if only names are capitalised, not every word as some headlines do."""
    return any(word not in _SMALL_IN_TITLES for word in _SMALL_WORD.findall(text))
