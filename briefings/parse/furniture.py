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

_SEPARATED = re.compile(r"\s+[-–—|·•»:]+\s+(?=[^-–—|·•»]{2,80}$)")
_SENTENCE = re.compile(r"(?:\S+\s+){7,}\S*(?<![A-Z])[.!…]['\"”’»)]*$|[。！？।۔]['\"”’»)]*$")
"""A line that ends as a sentence and is longer than "Reuters U.S."; a headline may end in a question mark."""


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
    if first_on and (_repeats(first_on["post"], title, ()) or _words(first_on["site"]) in map(_words, outlets)):
        text = text[: first_on.start()]
    lines = [line for line in text.split("\n") if line.strip()]
    own = [line for line in lines if not _repeats(line, title, outlets)]
    if len(own) == len(lines):
        return text
    return text if any(_SENTENCE.search(line) for line in own) else ""


def _repeats(line: str, title: str, outlets: tuple[str, ...]) -> bool:
    """True if a line is the title, with or without the name of an outlet behind it."""
    words, of_title = _words(line), _words(title)
    return words == of_title or any(words == of_title + _words(outlet) for outlet in outlets if outlet)


def _words(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"\w+", text.casefold()))
