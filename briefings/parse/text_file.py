"""Reads an article from a plain text: its title, the lines below it that name its date, source and address, its text.

Promises never to take a line of the article for one of its head below the first twelve lines. Raises `BadInput` and
nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from briefings.model import Entry
from briefings.parse.dates import parse_date
from briefings.parse.entities import read_entities
from briefings.parse.fields import entry_of, meaning
from briefings.parse.plain import clean
from briefings.text.english import fold_case
from briefings.text.sentences import split

_HEADLINE = 250  # characters; a longer first line is a paragraph
_HEADER = re.compile(r"(title|date|published|source|url|link|language)\s*:\s*(\S.*)", re.IGNORECASE)
_MOST_HEADERS = 12  # lines; below them "Source: …" is part of the article
_DESK = re.compile(r"\b(?:desk|bureau|staff|team|newsroom|correspondents?|reporters?)$", re.IGNORECASE)
_OUTLET = re.compile(
    r"\b(?:News|Times|Post|Herald|Tribune|Journal|Gazette|Daily|Express|Press|Courier|Wire|Agency|Today|Standard|Mail|"
    r"Guardian|Telegraph|Observer|Chronicle|Star|Sun|Mirror|Globe|Review|Weekly|Monitor|Bulletin|Zeitung|Reuters|AFP|AP|"
    r"PTI|ANI|IANS|TASS|Interfax|Xinhua|Kyodo|Yonhap|dpa|EFE|ANSA|Bloomberg|BBC|CNN|NDTV|Axios|Politico)\b"
)
_NO_BYLINE = re.compile(r"[.!?:;,…。！？।]$|^[-*•#>\"“]|^(?!by )[a-z]")


def read_text(text: str) -> Entry:
    """Return the entry of a text whose first line is its title. Header lines, a byline and a date may follow it."""
    return read_lines(read_entities(text), {})


def read_lines(text: str, stated: Mapping[str, str]) -> Entry:
    """Return the entry of a text without entities. `stated` are fields that stood elsewhere in the file."""
    fields = dict(stated)
    lines = clean(text).split("\n")
    for _ in range(_MOST_HEADERS):
        while lines and not lines[0]:
            del lines[0]
        if not lines or not _take_header(lines, fields):
            break
    fields["text"] = _unwrap("\n".join(lines))
    entry = entry_of(fields)
    # A desk is nobody's name, and all that a text without an outlet says of where it is from.
    return replace(entry, author=fields["desk"]) if "desk" in fields and not entry.author else entry


def _take_header(lines: list[str], fields: dict[str, str]) -> bool:
    """Move the first line into `fields` and return True; return False if the line is part of the text."""
    line = lines[0]
    header = _HEADER.fullmatch(line)
    understood = meaning(fold_case(header[1])) if header else None
    if header and understood and not fields.get(understood[0]):
        fields[understood[0]] = header[2]
    elif "title" not in fields:
        if len(line) > _HEADLINE:
            fields["title"] = split(line)[0]
            return False
        fields["title"] = line
    elif not fields.get("url") and re.fullmatch(r"https?://\S+", line):
        fields["url"] = line
    elif not fields.get("published") and not line.isdigit() and parse_date(line):
        fields["published"] = line
    elif any(lines[1:]) and len(line.split()) <= 6 and not _NO_BYLINE.search(line) and (kind := _credit(line, fields)):
        fields[kind] = re.sub(r"^by\s+", "", line, flags=re.IGNORECASE)
    else:
        return False
    del lines[0]
    return True


def _credit(line: str, fields: Mapping[str, str]) -> str:
    """Return the field that a line without a label fills: an author, a desk or an outlet; empty for any other line.

    A subheading or a place must not pass for an outlet, so only a name that outlets have counts as one.
    """
    kind = "desk" if _DESK.search(line) else "author" if re.match(r"by\s", line, re.IGNORECASE) else ""
    kind = kind or ("source" if _OUTLET.search(line) and not re.match(r"breaking\b", line, re.IGNORECASE) else "")
    return "" if fields.get(kind) else kind


def _unwrap(text: str) -> str:
    """Join lines that were broken at a fixed width inside a sentence. Lists and short lines stay as they are."""
    blocks = []
    for block in text.split("\n\n"):
        lines = block.split("\n")
        wrapped = max(map(len, lines)) <= 100 and min(map(len, lines[:-1]), default=0) >= 40
        listed = any(re.match(r"[-*•]\s|\d+[.)]\s", line) for line in lines)
        blocks.append(re.sub(r"(?<![.!?:…”\"])\n", " ", block) if wrapped and not listed else block)
    return "\n\n".join(blocks)
