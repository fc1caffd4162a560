"""Finds texts that say nothing: a notice, a wall, a list of links, filler or rubbish. Pure; never raises.

Promises to refuse a text only when nearly all of its words belong to what the table names. Never refuses an article
*about* cookies, captchas or Lorem ipsum.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

from briefings.errors import Problem

LONGEST_NOTICE = 120
"""Words: a longer text is more than a notice, however it begins."""

NEARLY_ALL = 0.7
"""The share of a text's words (or characters) from which on it says nothing else."""

_YOU_ARE = r"you(?: are|'re|’re)"
# Texts that a page shows instead of its article. Each pattern is looked for in one sentence at a time.
_NOTICES = {
    "javascript": (
        r"\b(?:enable|turn on|activate|requires?|without|need) (?:\w+ )?javascript\b",
        r"\bjavascript (?:is|must be|has been|appears to be) (?:\w+ )?(?:disabled|enabled|required|turned off)\b",
    ),
    "access": (
        r"^(?:access (?:is )?denied|403 forbidden|forbidden|request blocked|unauthori[sz]ed)\b.{0,25}$",
        r"\byou (?:do not|don't|don’t) have (?:permission|access)\b",
        r"\b(?:access to this|this) (?:page|site|website|content) (?:has been|is) (?:denied|blocked)\b",
        r"\bnot available in your (?:country|region)\b",
        r"^reference #[\d.a-f]+|^error (?:code )?\d+$",
    ),
    "cookies": (
        r"\b(?:we|our partners|this (?:web)?site) (?:\w+ ){0,5}(?:uses?|store) (?:\w+ ){0,3}cookies\b",
        r"\b(?:accept|reject|manage|allow|refuse) (?:all |your )?(?:cookies|cookie settings|cookie preferences)\b",
        r"^we (?:value|care about|respect) your privacy\b|^(?:accept|reject|manage) (?:all|preferences|settings)$",
        r"\bby (?:clicking|continuing|using)\b.*\bcookies\b|\bconsent to the use of (?:\w+ )?cookies\b",
    ),
    "robots": (
        r"\bare you a robot\b",
        rf"\b(?:verify|confirm|prove) (?:that )?{_YOU_ARE} (?:a )?(?:not a robot|human)\b",
        r"\bchecking (?:your browser|if the site connection is secure)\b|^just a moment\b",
        r"\bcomplete the (?:captcha|security check)\b|^(?:please )?(?:wait|stand by) while we (?:verify|check)\b",
        r"\bunusual (?:traffic|activity) from your (?:computer|network)\b",
    ),
    "missing": (
        r"^(?:404|page not found|not found|error 404)\b.{0,25}$",
        r"\b(?:page|article|content) (?:you (?:are|were) looking for |you requested |requested )?"
        r"(?:was not found|could not be found|cannot be found|(?:does not|no longer) exists?|is no longer available)\b",
    ),
    "account": (
        r"^(?:please )?(?:subscribe|log ?in|sign ?in|sign up|register|create (?:a |an )?(?:free )?account)\b.{0,60}"
        r"\b(?:to (?:continue|read|view|access|unlock)|to your account|now|today)\b",
        r"^already (?:a subscriber|have an account)\b|^(?:log in|sign in|sign up|subscribe(?: now)?|register)$",
        r"^this (?:article|content|story) is (?:only |exclusively )?(?:for|available to) (?:\w+ )?subscribers\b",
    ),
    "loading": (
        r"^(?:please wait|loading)\b.{0,30}$",
        r"\byour browser is (?:not supported|out of date|no longer supported)\b",
    ),
}
_NOTICE = {notice: re.compile("|".join(patterns), re.I) for notice, patterns in _NOTICES.items()}
_HINT = re.compile(
    r"javascript|access|denied|forbidden|blocked|authori|permission|error|cookie|privacy|robot|human|browser|captcha|"
    r"secur|moment|while we|unusual|found|exist|available|subscri|log ?in|sign|register|account|loading|wait|404",
    re.I,
)
"""Every notice has one of these, most articles have none: a quick check that spares them the patterns."""

_SENTENCE = re.compile(r"[^.!?\n]+(?:\.(?=\S)[^.!?\n]*)*")
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
    if len(text) > LONGEST_NOTICE * 10 or not _HINT.search(text):
        return None
    sentences = [sentence.strip() for sentence in _SENTENCE.findall(text) if sentence.strip()]
    spent: Counter[str] = Counter()
    for sentence in sentences:
        if notice := next((notice for notice, pattern in _NOTICE.items() if pattern.search(sentence)), None):
            spent[notice] += len(sentence.split())
    words = sum(len(sentence.split()) for sentence in sentences)
    if words <= LONGEST_NOTICE and sum(spent.values()) > NEARLY_ALL * words:
        return Problem("only-notice", {"notice": spent.most_common(1)[0][0]})
    return None


def _part(words: list[str], wanted: Callable[[str], bool]) -> float:
    return sum(map(wanted, words)) / len(words) if words else 0.0
