"""Finds the headline of a page among the places that state it, without the name of the site.

Promises words that the page states as its title. Takes a part of a title for the site's name only if the page says so
elsewhere, or a bar stands between: a dash belongs to headlines too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from briefings.parse.linked_data import own_data
from briefings.parse.plain import one_line
from briefings.parse.urls import outlet

_HEADLINE = re.compile(r'"headline"\s*:\s*"((?:[^"\\]|\\.){3,500})"')
_PUBLISHER = re.compile(r'"publisher"\s*:\s*\{[^{}]{0,500}?"name"\s*:\s*"((?:[^"\\]|\\.){2,100})"')
_SEPARATOR = re.compile(r"(\s+(?:[|–—»«·•-]|::|//)\s+|\s*[|»]\s*)")
_BARS = "|»:"
_LONGEST = 1_000  # characters of a heading that are read
_MOST_SITE_WORDS = 5  # of a name that only a bar sets off
_SITE_META = ("og:site_name", "application-name", "apple-mobile-web-app-title", "twitter:site", "publisher")


def title_of(tree: Any, stated: Mapping[str, str], url: str | None, guessed: str) -> str:
    """Return the title of a page in one line; empty if it has none.

    `stated` are the page's `meta` values, `guessed` is the title that the extraction of its text gave.
    """
    data = own_data(tree)
    headlines = list(dict.fromkeys(map(_unquoted, _HEADLINE.findall(data))))
    headings = [text for node in tree.iter("h1") if (text := one_line(node.text_content()[:_LONGEST]))]
    sites = {*map(_key, (*(stated.get(name, "") for name in _SITE_META), *map(_unquoted, _PUBLISHER.findall(data))))}
    sites |= _keys_of_host(url)
    sites.discard("")
    named = [stated.get("og:title", ""), stated.get("twitter:title", ""), *(headlines if len(headlines) == 1 else ())]
    named += [node.text_content() for node in tree.iter("title") if node.getparent().tag == "head"][:1]
    candidates = [_without_site(one_line(text), sites, headings) for text in named]
    candidates += [*headings, one_line(guessed)]
    title = next((text for text in candidates if text and not _is_site(text, sites)), "")
    return _whole(title, headings) or next(filter(None, candidates), "")


def _without_site(title: str, sites: set[str], headings: Iterable[str]) -> str:
    """Return a title without the site's name before or behind it."""
    pieces = _SEPARATOR.split(title)
    parts, separators = pieces[::2], pieces[1::2]
    if len(parts) < 2:
        return title
    if heading := next((text for text in headings if text in parts and not _is_site(text, sites)), None):
        return heading
    while len(parts) > 1 and (_is_site(parts[-1], sites) or not parts[-1]):
        del parts[-1], separators[-1]
    while len(parts) > 1 and (_is_site(parts[0], sites) or not parts[0]):
        del parts[0], separators[0]
    if len(parts) == len(pieces[::2]) and any(mark in separators[-1] for mark in _BARS):
        first, last = (len(part.split()) for part in (parts[0], parts[-1]))
        if last <= _MOST_SITE_WORDS and last < first:
            del parts[-1], separators[-1]
        elif len(parts) == 2 and first <= _MOST_SITE_WORDS and first < last:
            del parts[0], separators[0]
    return "".join(part + separator for part, separator in zip(parts, [*separators, ""], strict=True))


def _whole(title: str, headings: Iterable[str]) -> str:
    """Return the heading that a title is the cut-off beginning of, else the title."""
    cut = re.sub(r"\s*(?:…|\.\.\.)$", "", title)
    return next((text for text in headings if cut != title and text.startswith(cut)), title)


def _is_site(text: str, sites: set[str]) -> bool:
    return _key(text) in sites


def _key(name: str) -> str:
    """Return a name without case, blanks, marks, a leading "the" and an ending of a host."""
    name = re.sub(r"^(?:https?://)?(?:www\.)|\.[a-z]{2,4}$", "", name.strip().casefold())
    return re.sub(r"\W", "", re.sub(r"^the\s+", "", name))


def _keys_of_host(url: str | None) -> set[str]:
    """Return the names that a host may stand for: `news.courier.example` is "courier" and "news.courier.example"."""
    host = outlet(url) or ""
    return {_key(host), re.sub(r"\W", "", host), *(_key(label) for label in host.split(".")[-2:-1])}


def _unquoted(text: str) -> str:
    """Return a string of JSON-LD without its escapes."""
    try:
        return one_line(str(json.loads(f'"{text}"', strict=False)))
    except ValueError:
        return ""
