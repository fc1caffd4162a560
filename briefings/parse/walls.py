"""Recognises pages that a site shows instead of an article: walls, errors, empty shells, domains for sale.

Promises never to refuse a page with an article on it, of whatever it speaks. So a page is a wall only if next to
nothing else can be read on it, or if its title and its heading both say so. Pure; never raises.
"""

from __future__ import annotations

import re
from typing import Any

from briefings.parse.plain import clean, one_line
from briefings.text.notices import is_notice, notices_in

_MOSTLY = 0.5  # share of a text's letters that are notices
_LITTLE = 250  # letters beside notices, about fifty words: less is no article where the page's build says "wall"
_NEXT_TO_NOTHING = 60  # letters, about twelve words
_MOST_VISIBLE = 4_000  # characters of a page that are looked at
_UNSEEN = frozenset("script style noscript template head title option svg nav header footer aside".split())
# A title without the site's name: "404 | Courier", "Courier - Page not found".
_PARTS = re.compile(r"\s+[|–—·»«:-]+\s+")

# Scripts, elements and addresses that only such pages have. Those that articles have too (a captcha of the comments,
# a consent banner) are left out: they say nothing.
_BUILT = {
    "robots": re.compile(
        r"_cf_chl_opt|cf-browser-verification|cf-challenge-running|challenge-form|captcha-delivery\.com|px-captcha|"
        r"_incapsula_resource|sucuri_cloudproxy_js|awswafcookiedomainlist|gokuprops|ddos-guard/js-challenge|"
        r"anubis_challenge|/\.within\.website/x/cmd/anubis|geetest_challenge|kpsdk|showcaptcha\?|smartcaptcha-page|"
        r"/sorry/index\?continue",
        re.IGNORECASE,
    ),
    "access": re.compile(r"cf-error-details|errors\.edgesuite\.net|incident_id|akamaighost", re.IGNORECASE),
    "cookies": re.compile(
        r"consent\.(?:google|youtube|yahoo)\.|guce\.|/collectconsent|consent-page|sp_message_container|privacy-mgmt\.com|"
        r"contentpass|pur-abo|cookie-?wall",
        re.IGNORECASE,
    ),
    "parked": re.compile(
        r"sedoparking|parkingcrew|bodis\.com|parklogic|\bdan\.com/buy|afternic\.com/forsale|hugedomains\.com|"
        r"above\.com/marketplace|window\.park\b|cashparking|domainmarket\.com|reg\.ru/parking|parking\.nic\.ru|uniregistry",
        re.IGNORECASE,
    ),
}
_SHELL = re.compile(r"root|app|__next|__nuxt|app-root|main-app|ember\d*|svelte|react-root", re.IGNORECASE)


def wall_kind(tree: Any, title: str, text: str) -> str | None:
    """Return the kind of wall (`notices.KINDS`) that a page is; None for any other page.

    `text` is the main text that was extracted from the page, which may be empty.
    """
    notices = notices_in(text)
    if notices.kind and notices.letters > _MOSTLY * notices.all_letters and notices.rest < 2 * _LITTLE:
        return _precisely(tree, notices.kind)
    entitled, headed, is_article = _entitled(title), _headed(tree), _is_article(tree)
    if entitled and entitled == headed and not is_article:
        return entitled
    if notices.rest >= _LITTLE:
        return None
    if (entitled or headed) and (not is_article or notices.rest < _NEXT_TO_NOTHING):
        return entitled or headed
    seen = notices_in(_visible(tree))
    if seen.kind and seen.letters > _MOSTLY * seen.all_letters:
        return _precisely(tree, seen.kind)
    if seen.rest >= _LITTLE or (is_article and notices.rest >= _NEXT_TO_NOTHING):
        return None
    if kind := _built(tree):
        return kind
    if tree.xpath("//input[@type='password']"):
        return "account"
    return _empty(tree) if seen.rest < _NEXT_TO_NOTHING else None


def _precisely(tree: Any, kind: str) -> str:
    """Return a kind of wall; a robot test asks for JavaScript and to wait, but is a robot test."""
    return (_built(tree) if kind in ("javascript", "loading") else None) or kind


def _entitled(title: str) -> str | None:
    """Return the kind of notice that a title is, apart from the site's name."""
    return next(filter(None, map(is_notice, (title, *_PARTS.split(title)))), None) if len(title) <= 150 else None


def _headed(tree: Any) -> str | None:
    """Return the kind of notice that a main heading is."""
    headings = (one_line(node.text_content()[:150]) for node in tree.iter("h1"))
    return next(filter(None, map(_entitled, headings)), None)


def _is_article(tree: Any) -> bool:
    """True if the page calls itself an article. One behind a paywall does so too."""
    kinds = tree.xpath("//meta[@property='og:type']/@content")
    return "article" in (kind.strip().lower() for kind in kinds) or bool(tree.xpath("//article//p"))


def _visible(tree: Any) -> str:
    """Return the words of a page outside its menus, and those that it shows to a browser without JavaScript."""
    pieces: list[str] = []
    room = _MOST_VISIBLE

    def walk(node: Any, depth: int) -> None:
        nonlocal room
        if room <= 0 or depth > 200 or not isinstance(node.tag, str) or node.tag in _UNSEEN:
            return
        for piece in (node.text, *(part for child in node for part in (child, child.tail))):
            if isinstance(piece, str):
                if piece.strip():
                    pieces.append(piece)
                    room -= len(piece)
            elif piece is not None:
                walk(piece, depth + 1)
        pieces.append("\n" if node.tag not in ("a", "b", "i", "em", "strong", "span", "code") else "")

    for body in tree.iter("body"):
        walk(body, 0)
    return clean(" ".join(pieces))


def _built(tree: Any) -> str | None:
    """Return the kind of wall that the elements, scripts and addresses of a page belong to."""
    for node in tree.iter():
        if not isinstance(node.tag, str):
            continue
        marks = " ".join((*map(str, node.attrib.values()), (node.text or "")[:3000] if node.tag == "script" else ""))
        if kind := next((kind for kind, pattern in _BUILT.items() if pattern.search(marks)), None):
            return kind
    return None


def _empty(tree: Any) -> str | None:
    """Return why a page without words is empty: it goes elsewhere, or its scripts would have filled it."""
    if tree.xpath("//meta[translate(@http-equiv, 'REFSH', 'refsh') = 'refresh']"):
        return "loading"
    without_scripts = notices_in(clean(" ".join(node.text_content() for node in tree.iter("noscript"))))
    shells = any(_SHELL.fullmatch(node.get("id") or "") for node in tree.iter("div", "main", "app-root"))
    has_script = next(tree.iter("script"), None) is not None
    return "javascript" if without_scripts.kind == "javascript" or (shells and has_script) else None
