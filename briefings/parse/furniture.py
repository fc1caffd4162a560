"""Removes what a feed's software writes around the news: links to comments, its own name, the headline once more. Pure.

Promises to remove only whole known phrases and lines that repeat the title, so that no sentence of a source is lost.
"""

from __future__ import annotations

import re

_PHRASES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\s*submitted by\s+/?u/\S+(?:\s+to\s+/?r/\S+)?(?:\s*\[link\])?(?:\s*\[\d* ?comments\])?\s*$",  # Reddit
        r"\s*Article URL:\s*\S+\s+Comments URL:\s*\S+(?:\s+Points:\s*\d+)?(?:\s+#\s*Comments:\s*\d+)?\s*$",  # hnrss
        r"\s*\[link\]\s*\[\d* ?comments\]\s*$",
        r"(?-i:(?:\A|\n|(?<=[.!?…\])»”\"]))\s*(?:Read more|Continue reading|Read the full (?:story|article)))"
        r"[^\n.!?]{0,60}(?:»|→|›|\[…\]|\[\.\.\.\])?\s*$",
    )
)
_FIRST_ON = re.compile(
    r"\s*The post (?P<post>[^\n]{1,300}) (?:first appeared|appeared first) on (?P<site>[^\n]{1,100})$"
)
"""WordPress writes this below its items, with the title of the item and the name of the site."""

_SEPARATED = re.compile(r"(?<!\s)\s++[-–—|·•»:]++\s+(?=[^-–—|·•»]{2,80}$)")
_FEWEST_WORDS = 8  # of a line that is a sentence, longer than "Reuters U.S."
# A headline may end in a question mark. Scripts without blanks have signs that only sentences end with.
_SENTENCE_END = re.compile(r"(?<![A-Z])[.!…]['\"”’»)]*+$")
_SPACELESS_END = re.compile(r"[。！？।۔]['\"”’»)]*+$")


def bare_title(title: str, *outlets: str) -> str:
    """Return a title without the name of its outlet behind it: `Headline - Outlet`, as aggregators write it."""
    cut = _SEPARATED.search(title)
    names = {_words(outlet) for outlet in outlets if outlet}
    return title[: cut.start()] if cut and cut.start() and _words(title[cut.end() :]) in names else title


def own_text(text: str, title: str, *outlets: str) -> str:
    """Return a text without furniture; empty if it says nothing but the title and names.

    A text whose first line is the title, and that holds no sentence besides, is an aggregator's list of headlines.
    """
    for phrase in _PHRASES:
        text = phrase.sub("", text)
    first_on = _FIRST_ON.search(text)
    if first_on and (_words(first_on["post"]) == _words(title) or _words(first_on["site"]) in map(_words, outlets)):
        text = text[: first_on.start()]
    lines = [line for line in text.split("\n") if line.strip()]
    headlines = {_words(title) + _words(name) for name in ("", *outlets)}  # with or without an outlet's name behind it
    own = [line for line in lines if _words(line) not in headlines]
    if len(own) == len(lines):
        return text
    return text if any(map(_is_sentence, own)) else ""


def _is_sentence(line: str) -> bool:
    if _SPACELESS_END.search(line):
        return True
    return bool(_SENTENCE_END.search(line)) and len(line.split()) >= _FEWEST_WORDS


def _words(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"\w+", text.casefold()))
