"""The shapes of text on which a careless pattern or loop takes longer than its length: names, and texts of any size.

Each shape is a piece that is repeated. Some have an end or a beginning of their own, because many patterns are slow
only where they fail at the last character, or begin only after a sign.
"""

from __future__ import annotations

from collections.abc import Callable

_PIECES = {
    # one character
    "letters": "a",
    "capitals": "A",
    "digits": "7",
    "zeros": "0",
    "blanks": " ",
    "tabs": "\t",
    "line-ends": "\n",
    "returns": "\r",
    "form-feeds": "\f",
    "no-break-blanks": "\u00a0",
    "dots": ".",
    "commas": ",",
    "colons": ":",
    "semicolons": ";",
    "hyphens": "-",
    "dashes": "—",
    "underscores": "_",
    "stars": "*",
    "equals": "=",
    "tildes": "~",
    "backticks": "`",
    "backslashes": "\\",
    "slashes": "/",
    "pipes": "|",
    "hashes": "#",
    "ats": "@",
    "percents": "%",
    "dollars": "$",
    "pluses": "+",
    "question-marks": "?",
    "exclamations": "!",
    "ampersands": "&",
    "less-thans": "<",
    "greater-thans": ">",
    "quotes": '"',
    "apostrophes": "'",
    "opening-quotes": "“",
    "closing-quotes": "”",
    "opening-guillemets": "«",
    "opening-brackets": "(",
    "closing-brackets": ")",
    "opening-square-brackets": "[",
    "closing-square-brackets": "]",
    "opening-braces": "{",
    "combining-marks": "\u0301",
    "zero-width-joiners": "\u200d",
    "right-to-left-marks": "\u200f",
    "nuls": "\0",
    "replacement-characters": "\ufffd",
    "han": "漢",
    "hangul": "한",
    "thai": "ก",
    "arabic": "ب",
    "emoji": "😀",
    "dotted-capital-i": "İ",
    # a few characters
    "blank-line-ends": " \n",
    "indented-lines": "\n  ",
    "crlf": "\r\n",
    "spaced-letters": "a ",
    "spaced-digits": "1 ",
    "spaced-dots": ". ",
    "spaced-hyphens": "- ",
    "spaced-dashes": " – ",
    "spaced-pipes": " | ",
    "spaced-quotes": '" ',
    "hyphenated-letters": "a-",
    "dotted-letters": "a.",
    "dotted-capitals": "A.",
    "initials": "A. ",
    "comma-digits": "1,",
    "comma-thousands": "1,000,",
    "dotted-digits": "1.",
    "slashed-digits": "1/",
    "hyphenated-digits": "1-",
    "clock-digits": "12:",
    "signed-digits": "+1 ",
    "prices": "$1 ",
    "apostrophe-s": "'s",
    "quoted-letters": '"a" ',
    "single-quoted": "'a' ",
    "curly-quoted": "“a” ",
    "bracketed": "(a) ",
    "acronyms-in-brackets": "Ab Cd (AC) ",
    "accented": "e\u0301",
    "joined-emoji": "👩\u200d",
    "percent-codes": "%41",
    "percent-percent": "%25",
    "half-escapes": "\\ud800",
    "query-pairs": "?a=1&",
    "path-steps": "/../",
    "path-parts": "/a",
    "host-parts": "a.b/",
    # words
    "words": "word ",
    "capital-words": "Word ",
    "capital-word-runs": "Alpha Beta ",
    "shouted-words": "WORD ",
    "the-words": "the ",
    "of-words": "Ministry of ",
    "and-words": "A and ",
    "said": "said ",
    "he-said": ", he said",
    "by": " by ",
    "By": "By ",
    "on": "on 1 ",
    "months": "January ",
    "month-days": "January 1, ",
    "days-months": "1 January ",
    "weekdays": "Mon, ",
    "iso-dates": "2025-12-04 ",
    "clocks": "12:30 ",
    "years": "2025 ",
    "numbers-in-words": "twenty-one ",
    "millions": "1 million ",
    "hundreds": "hundred ",
    "titles-of-persons": "Mr. ",
    "continue-reading": "Continue reading ",
    "subscribe": "Subscribe to our newsletter ",
    "sentences": "A word was said here. ",
    "long-sentences": "The ministry of Norvell said on Monday that twelve ships were moved to the port of Aran, ",
    "questions": "Was it so? ",
    "short-lines": "A line\n",
    "paragraphs": "The port was opened by the ministry on Monday.\n\n",
    "quoted-sentences": "“The port is open,” he said. ",
    "ordinary": (
        "The ministry said on Monday, 4 December 2025, that 12 ships of Norvell had been moved to Aran (the port). "
        "“It is open,” said Ilva Brandt. "
    ),
    "killed": "12 people were killed in Aran. ",
    # addresses
    "schemes": "http://",
    "scheme-ends": "://",
    "www": "www.",
    "mails": "a@b.",
    "links": "https://a.example/b ",
    # markup
    "tag-beginnings": "<a ",
    "tag-ends": "</",
    "comments": "<!--",
    "comment-dashes": "<!--->",
    "cdata": "<![CDATA[",
    "doctypes": "<!DOCTYPE ",
    "instructions": "<?",
    "entity-declarations": "<!ENTITY ",
    "unclosed-paragraphs": "<p>",
    "paragraph-elements": "<p>a</p>",
    "unclosed-divs": "<div>",
    "unclosed-bold": "<b>",
    "closing-tags": "</b>",
    "line-break-elements": "<br/>",
    "link-elements": "<a href='/b'>a</a> ",
    "scripts": "<script>",
    "tables": "<table><tr><td>",
    "attributes": "<p a=b ",
    "entities": "&amp;",
    "half-entities": "&amp",
    "double-entities": "&amp;#38;",
    "number-entities": "&#65;",
    "half-number-entities": "&#",
    # Markdown
    "bold": "**a",
    "half-links": "[a](",
    "link-labels": "[a]",
    "images": "![",
    "nested-quotes": "> ",
    "list-items": "- a\n",
    "headings": "# a\n",
    "underlined-headings": "a\n===\n",
    "fences": "```\n",
    "growing-fences": "~~~ a\n",
    "table-rows": "|a|\n",
    "rules": "---\n",
    # data
    "json-lists": "[",
    "json-objects": '{"a":',
    "json-pairs": '{"title":"a"}\n',
    "json-strings": '"\\',
    "csv-quotes": '"",',
    "csv-cells": "a,b\n",
    "half-csv": '"a\n',
    "labels": "Source: a\n",
    "front-matter": "a: b\n",
    "terms": "a:b -",
}
_ENDS = ("", "x", '"', ">", ".", "\n", "!", "\0", ")", "1", " x", "…", "”", "-")
"""Ends on which a pattern fails at the last character."""

Shape = Callable[[int], str]
"""Returns a text of about so many characters."""


def _repeated(piece: str, before: str = "", after: str = "") -> Shape:
    return lambda size: before + piece * max((size - len(before) - len(after)) // len(piece), 1) + after


def _nested(opening: str, closing: str) -> Shape:
    def text(size: int) -> str:
        depth = max(size // (len(opening) + len(closing)), 1)
        return opening * depth + "a" + closing * depth

    return text


def _numbered(piece: str, before: str = "", after: str = "") -> Shape:
    """Return a shape whose pieces all differ: each has its number."""

    def text(size: int) -> str:
        longest = len(piece) + 4
        return before + "".join(piece.replace("#", str(number)) for number in range(max(size // longest, 1))) + after

    return text


def _growing(character: str, end: str) -> Shape:
    """Return runs of a character, each one longer than the one before."""

    def text(size: int) -> str:
        runs = max(int((2 * size) ** 0.5), 1)
        return "".join(character * length + end for length in range(1, runs))

    return text


SHAPES: dict[str, Shape] = (
    {name: _repeated(piece) for name, piece in _PIECES.items()}
    | {
        f"{name}-nested": _nested(opening, closing)
        for name, (opening, closing) in {
            "brackets": ("(", ")"),
            "square-brackets": ("[", "]"),
            "braces": ('{"a":', "}"),
            "quotes": ("“", "”"),
            "divs": ("<div>", "</div>"),
            "bold": ("<b>", "</b>"),
            "lists": ("<ul><li>", "</li></ul>"),
            "quotations": ("<blockquote>", "</blockquote>"),
        }.items()
    }
    | {
        f"{name}-numbered": _numbered(piece)
        for name, piece in {
            "words": "word# ",
            "names": "Name# ",
            "capitals": "NAME# ",
            "numbers": "#,5 ",
            "acronyms": "Aa Bb (AB#) ",
            "sentences": "The port # was opened here. ",
            "lines": "line #\n",
            "ids": "<p id='a#'>a</p>",
            "links": "<a href='/#'>a #</a> ",
            "csv": "title #,a text of #\n",
            "queries": "a#=1&",
            "fields": "name#: a\n",
            "people": "# people were killed. ",
        }.items()
    }
    | {
        "attributes-numbered": _numbered(" a#='b'", "<p", ">a</p>"),
        "namespaces-numbered": _numbered(" xmlns:a#='b'", "<p", ">a</p>"),
        "tags-numbered": _numbered("<a#>", "", ""),
        "keys-numbered": _numbered('"a#":1,', "{", '"z":1}'),
        "hashes-of-a-heading": _repeated("#", "# a ", "x"),
        "one-line-with-an-end": _repeated("word ", "", "word"),
        "backtick-runs": _growing("`", " "),
        "hash-runs": _growing("#", "\n"),
        "blank-runs": _growing(" ", "a"),
        "line-end-runs": _growing("\n", "a"),
        "digit-runs": _growing("7", " "),
        "letter-runs": _growing("a", " "),
        "fence-runs": _growing("`", "\n"),
    }
)


def with_end(shape: Shape, end: str) -> Shape:
    return lambda size: shape(size - len(end)) + end


def ended(place: int) -> str:
    """Return an end for the shape at this place, so that each shape has one and all ends are used."""
    return _ENDS[place % len(_ENDS)]


ENDS = _ENDS
