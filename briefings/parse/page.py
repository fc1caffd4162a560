"""Turns a web page into one entry: its main text, and the values it states about itself.

Promises text without markup, a date only if the page or its address states one, and `BadInput` for a page without an
article. Never fetches, never runs a script, never takes today for a date. Uses CPU alone, 60 ms to 1.2 s a page:
callers leave the event loop for it.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any
from urllib.parse import urljoin

import lxml.etree  # type: ignore[import-untyped]  # publishes no types
import lxml.html  # type: ignore[import-untyped]  # publishes no types

from briefings.errors import BadInput
from briefings.model import Entry
from briefings.parse.bylines import byline, outlet_name
from briefings.parse.caps import with_few_attributes
from briefings.parse.dates import parse_date, stated_in
from briefings.parse.language import language
from briefings.parse.linked_data import own_data
from briefings.parse.main_text import FEWEST_WORDS, main_text
from briefings.parse.page_title import title_of
from briefings.parse.plain import clean, decode, one_line
from briefings.parse.urls import canonical, outlet
from briefings.parse.walls import wall_kind
from briefings.text.words import count_words

LARGEST_PAGE = 5_000_000  # bytes
LONGEST_TEXT = 400_000  # characters
LONGEST_TITLE = 500  # characters
_MOST_ELEMENTS = 60_000  # a front page has 3,000; extraction time grows faster than the number of elements
_LANGUAGE = re.compile(r"([a-z]{2,3})(?:[-_][a-z0-9-]*)?", re.IGNORECASE)
_BYLINE = re.compile(r"(?:by|von|par|por) (?:[\w.'’-]+ ?){1,6}", re.IGNORECASE)
_DATE_IN_DATA = re.compile(r'"datePublished"\s*:\s*"([^"]{8,40})"')
_DATE_IN_ADDRESS = re.compile(r"/((?:19|20)\d\d)[/-](\d\d)[/-](\d\d)(?=[/-]|$)")
_DATE_META = (
    "article:published_time",
    "og:published_time",
    "datepublished",
    "date.published",
    "publish-date",
    "publishdate",
    "pubdate",
    "sailthru.date",
    "parsely-pub-date",
    "dc.date",
    "dc.date.issued",
    "dcterms.created",
    "citation_publication_date",
    "article.published",
    "date",
)


def read_page(data: bytes, url: str | None, charset: str | None = None) -> Entry:
    """Return the article on a page. `url` is the page's address, None for a file.

    `charset` is that of the HTTP header, for a page that names none.

    Raises `BadInput` for a page that is too large, has no title or no readable text, or shows a wall instead of an
    article (`page-wall`), and nothing else.
    """
    if len(data) > LARGEST_PAGE:
        raise BadInput("page-too-long", megabytes=LARGEST_PAGE // 1_000_000)
    tree = _tree(data, charset)
    stated = _stated(tree)
    main = main_text(tree, url)
    title = title_of(tree, stated, url, main.title)
    text = _without_head(main.text, title, *(node.text_content()[:LONGEST_TITLE] for node in tree.iter("h1")))
    if wall := wall_kind(tree, title, text):
        raise BadInput("page-wall", kind=wall)
    if count_words(text) < FEWEST_WORDS:
        raise BadInput("page-without-text")
    if len(text) > LONGEST_TEXT:
        raise BadInput("page-text-too-long", most=LONGEST_TEXT)
    if not title:
        raise BadInput("page-without-title")
    if len(title) > LONGEST_TITLE:
        raise BadInput("page-title-too-long", most=LONGEST_TITLE)
    address = _address(tree, url)
    stated_language = tree.get("lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang") or ""
    code = _LANGUAGE.fullmatch(stated_language)
    host = outlet(address)
    published = _published(tree, stated, stated_language, host) or _in_address(url) or _in_address(address)
    return Entry(
        title=title,
        text=text,
        url=address,
        published=published or _confirmed(tree, main.date, stated_language, host),
        source=outlet_name(stated.get("og:site_name", ""), address),
        language=code[1].lower() if code else language(text),
        author=byline(main.author),
    )


def wall_instead(data: bytes, charset: str | None) -> BadInput | None:
    """Return the error of a page that shows a wall, which stands where something else was asked for; else None."""
    try:
        read_page(data, None, charset)
    except BadInput as error:
        return error if error.key == "page-wall" else None
    return None


def _tree(data: bytes, charset: str | None) -> Any:
    """Parse a page. libxml2 stops at 256 levels and expands no entities; the elements are counted here."""
    try:
        parser = lxml.html.HTMLParser(encoding="utf-8", remove_pis=True)
        markup = with_few_attributes(clean(decode(data, charset)))
        tree = lxml.html.document_fromstring(markup.encode(), parser=parser)
    except (lxml.etree.LxmlError, ValueError):
        raise BadInput("page-without-text") from None
    if sum(1 for _ in tree.iter()) > _MOST_ELEMENTS:
        raise BadInput("page-too-complex")
    return tree


def _stated(tree: Any) -> dict[str, str]:
    """Return the page's `meta` values by lower-case name, the first of each."""
    values: dict[str, str] = {}
    for meta in tree.iter("meta"):
        name = meta.get("property") or meta.get("name") or meta.get("itemprop") or ""
        if value := (meta.get("content") or "").strip():
            values.setdefault(name.lower(), value)
    return values


def _without_head(text: str, *titles: str) -> str:
    """Return `text` without the headlines and the byline before its first paragraph."""
    lines, headlines = text.split("\n"), {one_line(title).casefold() for title in titles}
    while len(lines) > 1 and (not lines[0] or lines[0].casefold() in headlines or _BYLINE.fullmatch(lines[0])):
        del lines[0]
    return "\n".join(lines)


def _address(tree: Any, url: str | None) -> str | None:
    """Return the canonical address that the page states if its host is that of `url`, else `url`."""
    for link in tree.xpath("//link[@rel and @href]"):
        if "canonical" in link.get("rel").lower().split():
            try:
                stated: str = urljoin(url or "", link.get("href").strip())
            except ValueError:
                continue
            if canonical(stated) and (url is None or outlet(stated) == outlet(url)):
                return stated
    return url


def _published(tree: Any, stated: dict[str, str], language: str, host: str | None) -> datetime | None:
    """Return the date in the page's `meta`, in its JSON-LD (if that has just one) or in a marked `time`.

    `language` and `host` are the page's.
    """
    in_data = set(_DATE_IN_DATA.findall(own_data(tree)))
    marked = tree.xpath("//*[@itemprop='datePublished']/@datetime | //time[@pubdate]/@datetime")
    candidates = [*(stated.get(name, "") for name in _DATE_META), *(in_data if len(in_data) == 1 else ()), *marked[:1]]
    dates = (parse_date(text, language=language, host=host) for text in candidates)
    return next(filter(None, dates), None)


def _confirmed(tree: Any, guessed: str, language: str, host: str | None) -> datetime | None:
    """Return the date that trafilatura guesses (YYYY-MM-DD or empty) if the page states it somewhere in full.

    Its reader of dates completes "2025-12" with the day of today, and takes 03/04/2025 for 3 April.
    """
    if not guessed:
        return None
    others = ("aside", "nav", "footer", "script")  # where a page states the dates of other articles
    outside = f"not({' or '.join(f'ancestor-or-self::{name}' for name in others)})"
    texts = tree.xpath(f"//*[{outside}]/text() | //*[{outside}]/@datetime | //@content | //*[{outside}]/@title")
    return stated_in(
        re.sub(r'["{}\[\]]', " ", " ".join((*texts, own_data(tree)))), guessed, language=language, host=host
    )


def _in_address(url: str | None) -> datetime | None:
    """Return the day that an address states, as in `/2025/12/03/`."""
    match = _DATE_IN_ADDRESS.search(url or "")
    return parse_date("-".join(match.groups())) if match else None


_FEED_TYPES = frozenset(("application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml"))


def feed_links(data: bytes, url: str, charset: str | None = None) -> list[str]:
    """Return the addresses of the feeds that a page offers (`link rel=alternate`), in its order.

    `url` is the page's address, `charset` that of the HTTP header. Empty for data that is no page. Never raises.
    """
    try:
        tree = _tree(data[:LARGEST_PAGE], charset)
        stated = next((base.get("href") or "" for base in tree.iter("base")), "")
        within = urljoin(url, stated.strip())
    except (BadInput, ValueError):
        return []
    addresses = []
    for link in tree.iter("link"):
        kinds = (link.get("rel") or "").lower().split()
        if "alternate" in kinds and (link.get("type") or "").split(";")[0].strip().lower() in _FEED_TYPES:
            try:
                address = urljoin(within, (link.get("href") or "").strip())
            except ValueError:
                continue
            if canonical(address):
                addresses.append(address)
    return list(dict.fromkeys(addresses))
