"""Keeps away from other people's parsers what makes them slow and what no real document has. Pure; one pass each.

Promises that a document within the limits is handed on as it is. Cuts the attributes of a tag of HTML beyond
`MOST_ATTRIBUTES`; refuses a feed whose author is one word of thousands of characters. Takes time in proportion to the
document whatever stands in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from briefings.errors import BadInput

MOST_ATTRIBUTES = 500
"""Attributes of one tag; real ones have thirty at most. libxml2 compares each with all before it: 20,000 take 3 s."""

LONGEST_WORD = 1_000
"""Characters of a word in the name of an author; an address has 320 at most (RFC 5321). feedparser looks for an address
from every character of a word on: 60,000 characters take 10 s."""

_ATTRIBUTE = r"""[\s/]++[^\s/>=]++(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>]*+))?+"""
# Matches every tag, also one within the limit, so that no character is looked at from two tags.
_PATTERN = rf"(<[A-Za-z][^\s/>]*+(?:{_ATTRIBUTE}){{0,{MOST_ATTRIBUTES}}}+)((?:{_ATTRIBUTE})++)?+"
_TAG, _TAG_IN_BYTES = re.compile(_PATTERN), re.compile(_PATTERN.encode())
_NAMING = re.compile(
    rb"<(?P<ends>/)?(?:[\w.-]{1,50}:)?(?P<name>author|creator|publisher|owner|managingeditor|webmaster)\b",
    re.IGNORECASE,
)
_MARKUP = re.compile(rb"<!\[CDATA\[|\]\]>|<[^<>]*+>")
_BETWEEN_WORDS = re.compile(rb"[^\w.+&#;-]++")


def with_few_attributes(markup: str) -> str:
    """Return HTML in which no tag has more than `MOST_ATTRIBUTES`: of one that has more, the first of them."""
    if any(tag[2] for tag in _TAG.finditer(markup)):
        return _TAG.sub(r"\1", markup)
    return markup


def check_attributes(document: bytes) -> None:
    """Raise `BadInput` if a tag of XML, which need not be well-formed, has more than `MOST_ATTRIBUTES`."""
    if any(tag[2] for tag in _TAG_IN_BYTES.finditer(document)):
        raise BadInput("too-many-elements")


def check_names(feed: bytes, entities: Mapping[str, str]) -> None:
    """Raise `BadInput` if an author in a feed has a word longer than `LONGEST_WORD`, with its entities put in."""
    longest = max((len(value) for value in entities.values()), default=0)
    for name in _names(feed):
        if len(name) + name.count(b"&") * longest <= LONGEST_WORD:
            continue
        for word in _BETWEEN_WORDS.split(_MARKUP.sub(b"", name)):
            if len(word) + word.count(b"&") * longest > LONGEST_WORD:
                raise BadInput("author-too-long", most=LONGEST_WORD)


def _names(feed: bytes) -> Iterator[bytes]:
    """Yield what stands in the elements that name a person. One that has no end goes as far as the feed."""
    begins: int | None = None
    for tag in _NAMING.finditer(feed):
        if tag["ends"] and begins is not None:
            yield feed[begins : tag.start()]
            begins = None
        elif not tag["ends"] and begins is None:
            begins = tag.end()
    if begins is not None:
        yield feed[begins:]
