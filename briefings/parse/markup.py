"""Turns a piece of HTML, such as a feed's item, into plain text.

Promises the words in their order, blocks as paragraphs, entities resolved, and nothing of scripts, styles and other
parts that nobody reads. Never raises. Text that may or may not be HTML goes to `plain.without_markup`; a whole page,
in which the article has to be found first, to `page.py`.
"""

from __future__ import annotations

import html
import re

import lxml.etree  # type: ignore[import-untyped]  # publishes no types
import lxml.html  # type: ignore[import-untyped]  # publishes no types

from briefings.parse.caps import with_few_attributes
from briefings.parse.plain import clean

_DROPPED = frozenset("script style noscript template iframe object svg head select button audio video".split())
_BLOCKS = frozenset(
    "p div h1 h2 h3 h4 h5 h6 ul ol li dl dt dd table tr blockquote pre figure figcaption article section "
    "header footer aside main hr details summary address body".split()
)
_TAGGED = re.compile(r"<[a-zA-Z/!?]")


def text_of(markup: str) -> str:
    """Return the plain text of a piece of HTML, `clean`, with a blank line between paragraphs."""
    if not _TAGGED.search(markup):
        return clean(html.unescape(markup))
    parser = lxml.html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        tree = lxml.html.document_fromstring(f"<body>{with_few_attributes(clean(markup))}".encode(), parser=parser)
    except (lxml.etree.LxmlError, ValueError):
        return ""
    pieces: list[str] = []
    walk = lxml.etree.iterwalk(tree, events=("start", "end"))
    for event, node in walk:
        name = node.tag if isinstance(node.tag, str) else ""
        if event == "start" and name in _DROPPED:
            walk.skip_subtree()
        elif event == "start":
            pieces += ["\n" if name == "br" else _edge(name), _flowing(node.text, name == "pre")]
        else:
            pieces += [_edge(name), _flowing(node.tail, False)]
    return clean("".join(pieces))


def _edge(name: str) -> str:
    return "\n\n" if name in _BLOCKS else " " if name in ("td", "th") else ""


def _flowing(text: str | None, preformatted: bool) -> str:
    """Return text with line ends as blanks, as HTML means them, except in preformatted text."""
    return text or "" if preformatted else (text or "").replace("\n", " ")
