"""Finds texts that say nothing: a notice, a wall, a list of links, filler or rubbish. Pure; never raises.

Promises to refuse a text only when nearly all of its words belong to what the table names. Never refuses an article
*about* cookies, captchas or Lorem ipsum.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

from briefings.errors import Problem
from briefings.text.notices import notices_in

LONGEST_NOTICE = 120
"""Words: a longer text is more than a notice, however it begins."""

NEARLY_ALL = 0.7
"""The share of a text's words (or characters) from which on it says nothing else."""

# Control characters, characters for private use, and the character that replaces unreadable bytes.
_BROKEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ue000-\uf8ff\ufffd]")
_LINK = re.compile(r"(?:https?://|www\.)\S+", re.I)
_FILLER = frozenset(
    "lorem ipsum dolor sit amet consectetur adipiscing adipisicing elit sed do eiusmod tempor incididunt ut "
    "labore et dolore magna aliqua enim ad minim veniam quis nostrud exercitation ullamco laboris nisi "
    "aliquip ex ea commodo consequat duis "
    "aute irure in reprehenderit voluptate velit esse cillum eu fugiat nulla pariatur excepteur sint occaecat "
    "cupidatat non proident sunt culpa qui officia deserunt mollit anim id est laborum".split()
)


def emptiness(text: str) -> Problem | None:
    """Return the reason why a text says nothing; None if it says something."""
    for judge in (_rubbish, _repeated, _filler, _links, _notice):
        if reason := judge(text):
            return reason
    return None


def _rubbish(text: str) -> Problem | None:
    """Find characters that no writing has, or one unbroken run of characters (encoded bytes)."""
    if len(_BROKEN.findall(text)) * 10 > len(text):
        return Problem("broken-characters")
    run = max(map(len, text.split()), default=0)
    if run >= 200 and run > NEARLY_ALL * len(text) and text.isascii():
        return Problem("unbroken-run")
    return None


def _repeated(text: str) -> Problem | None:
    words = text[:4000].casefold().split()
    if len(words) < 8:
        return None
    if len(set(words)) * 5 > len(words) + 5:
        return None
    most = Counter(words).most_common(1)[0][1]
    return Problem("one-word-repeated") if most > 0.8 * len(words) else None


def _filler(text: str) -> Problem | None:
    if "ipsum" not in text and "Ipsum" not in text:
        return None
    words = re.findall(r"\w+", text.casefold())
    return Problem("filler") if _part(words, _FILLER.__contains__) > NEARLY_ALL else None


def _links(text: str) -> Problem | None:
    if text.count("://") + text.count("www.") < 3:
        return None
    return Problem("list-of-links") if _part(text.split(), lambda word: bool(_LINK.search(word))) > 0.5 else None


def _notice(text: str) -> Problem | None:
    if len(text) > LONGEST_NOTICE * 10:
        return None
    notices = notices_in(text, NEARLY_ALL)
    if notices.kind and len(text.split()) <= LONGEST_NOTICE and notices.letters > NEARLY_ALL * notices.all_letters:
        return Problem("only-notice", {"notice": notices.kind})
    return None


def _part(words: list[str], wanted: Callable[[str], bool]) -> float:
    return sum(map(wanted, words)) / len(words) if words else 0.0
