"""Reads an article from Markdown: its front matter, its first heading, its text without markup.

Promises the words in their order. Images and code blocks are removed, links keep their words. Raises `BadInput` and
nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from briefings.model import Entry
from briefings.parse.entities import read_entities
from briefings.parse.fields import meaning
from briefings.parse.text_file import read_lines

_FRONT = re.compile(r"---[ \t]*\n(.{0,20000}?\n)?(?:---|\.\.\.)[ \t]*(?:\n|$)", re.DOTALL)
_PAIR = re.compile(r"([A-Za-z_-]{2,30})\s*:\s*(\S.*)")
_CODE = re.compile(r"^ {0,3}(`{3,100}+|~{3,100}+)[^\n]*+\n(?:.*?\n)??(?: {0,3}\1[^\n]*$|\Z)", re.DOTALL | re.MULTILINE)
_LONGEST_COMMENT = 5_000  # characters; a longer one is rather a text that speaks of "<!--"
_MARKUP: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (  # in this order; each is linear
    (re.compile(r"^ {0,3}\[[^\]\n]{1,200}\]:[ \t]*\S[^\n]*$", re.MULTILINE), ""),  # targets of links
    (re.compile(r"!\[[^\[\]\n]{0,500}\](?:\([^()\n]{0,2000}\)|\[[^\]\n]{0,200}\])?"), ""),  # images
    (
        re.compile(r"\[([^\[\]\n]{0,500})\](?:\([^()\n]{0,2000}(?:\([^()\n]{0,200}\)[^()\n]{0,200})?\)|\[.{0,200}?\])"),
        r"\1",
    ),
    (re.compile(r"<(https?://[^<>\s]{1,2000})>"), r"\1"),
    (re.compile(r"</?[A-Za-z][^<>\n]{0,500}>"), ""),
    (
        re.compile(r"^ {0,3}(?:[-*_] ?){3,}$|^ {0,3}=+ *$|^[ :|-][ :-]*+\|[ :|-]*+$", re.MULTILINE),
        "",
    ),  # rules, table rules
    (re.compile(r"^ {0,3}(?:> ?)+", re.MULTILINE), ""),
    (re.compile(r"^ {0,3}#{1,6}[ \t]+([^\n]*)$", re.MULTILINE), lambda heading: _without_closing(heading[1])),
    (re.compile(r"^[ \t]{0,12}(?:[-*+]|\d{1,3}[.)])[ \t]+(?:\[[ xX]\][ \t]+)?", re.MULTILINE), "\n"),
    (re.compile(r"^[ \t]*\|[ \t]*|(?:(?<![ \t])[ \t]++)?+\|[ \t]*$", re.MULTILINE), ""),
    (re.compile(r"(?<![\w*\\])\*{1,3}(?=[^\s*])([^*\n]+)\*{1,3}(?!\w)"), r"\1"),
    (re.compile(r"(?<![\w_\\])_{1,3}(?=[^\s_])([^_\n]+)_{1,3}(?!\w)"), r"\1"),
    (re.compile(r"~~([^~\n]+)~~"), r"\1"),
    (re.compile(r"(?<!`)`++([^`\n]++)`++"), r"\1"),
    (re.compile(r"\\([\\`*_{}\[\]()#+.!~|>-])"), r"\1"),
)


def read_markdown(text: str) -> Entry:
    """Return the entry of Markdown. Its front matter has `key: value` lines; its first "# heading" is the title."""
    text = re.sub(r"\r\n?", "\n", text).lstrip("\n\ufeff ")
    text = re.sub(r"[ \t]{13,}", " " * 12, text)  # deeper indents have no meaning, and long runs cost quadratic time
    fields: dict[str, str] = {}
    if front := _FRONT.match(text):
        for line in (front[1] or "").split("\n"):
            pair = _PAIR.fullmatch(line.rstrip())
            understood = meaning(pair[1]) if pair else None
            if pair and understood and understood[0] != "text":
                fields.setdefault(understood[0], read_entities(re.sub(r"""^(["'])(.*)\1$""", r"\2", pair[2])))
        text = text[front.end() :]
    body = re.sub(r"(?m)^([^\n]+)\n={2,} *$", r"# \1", text)
    heading = re.match(r"\s*#[ \t]+([^\n]+)(?:\n|$)", body)
    if heading:
        fields.setdefault("title", plain_markdown(heading[1].rstrip(" \t").rstrip("#").rstrip(" \t") or heading[1][0]))
        body = body[heading.end() :]
    return read_lines(_joined(plain_markdown(body)), fields)


def plain_markdown(text: str) -> str:
    """Return Markdown without its markup and entities. Links keep their words; images and code blocks are removed."""
    text = _without_comments(_CODE.sub("", text))
    for pattern, instead in _MARKUP:
        text = pattern.sub(instead, text)
    return read_entities(text)


def _without_comments(text: str) -> str:
    """Return Markdown without its comments; a longer one than `_LONGEST_COMMENT`, or one without an end, stays."""
    pieces, at, begin, end = list[str](), 0, text.find("<!--"), 0
    while begin >= 0:
        if end < begin + len("<!--"):
            end = text.find("-->", begin + len("<!--"))
        if end < 0:
            break
        if end - begin - len("<!--") <= _LONGEST_COMMENT:
            pieces.append(text[at:begin])
            at = begin = end + len("-->")
        else:
            begin += 1
        begin = text.find("<!--", begin)
    return "".join([*pieces, text[at:]])


def _without_closing(words: str) -> str:
    """Return the words of a heading, on a line of their own, without the signs that close it."""
    words = words.rstrip("#").rstrip(" \t")
    return f"\n{words}\n"


def _joined(text: str) -> str:
    """Replace single line ends by blanks, as Markdown means them. Those of list items were doubled before."""
    return re.sub(r"(?<=[^\n])\n(?=[^\n])", " ", re.sub(r"[ \t]+\n", "\n", text))
