"""An origin is who may change an article: a site through any of its feeds, a feed, or a name that an editor states."""

from __future__ import annotations

import pytest

from briefings.model import Entry
from briefings.parse.urls import exact, names_article, site
from briefings.sources.origin import BY_HAND, LONGEST_ITEM, Provenance

ORIGINS = {
    "its-own-feed": (Provenance(1, "https://feeds.paper.co.uk/x"), "https://www.paper.co.uk/1", "site:paper.co.uk"),
    "a-feed-elsewhere": (Provenance(1, "https://feeds.example.org/paper"), "https://paper.co.uk/1", "feed:1"),
    "an-item-without-a-link": (Provenance(1, "https://paper.co.uk/rss"), None, "feed:1"),
    "a-page-by-hand": (Provenance(None, "https://paper.co.uk/1"), "https://paper.co.uk/1", "site:paper.co.uk"),
    "a-line-by-hand": (BY_HAND, "https://paper.co.uk/1", "name:aarhus paper"),
    "a-line-of-a-folder": (Provenance(4), "https://paper.co.uk/1", "feed:4 aarhus paper"),
    "a-blog-on-a-shared-host": (Provenance(1, "https://a.substack.com/feed"), "https://b.substack.com/p/1", "feed:1"),
    "a-page-of-pages": (Provenance(1, "https://a.github.io/feed"), "https://b.github.io/1", "feed:1"),
}


@pytest.mark.parametrize(("provenance", "url", "origin"), ORIGINS.values(), ids=ORIGINS.keys())
def test_only_the_origin_may_change_an_article(provenance: Provenance, url: str | None, origin: str) -> None:
    assert provenance.origin(Entry("Title", "Text", url=url, source="Aarhus Paper")) == origin


@pytest.mark.parametrize("source", [None, "paper.co.uk"], ids=["none", "its-host"])
def test_an_editor_who_names_no_source_speaks_for_the_site(source: str | None) -> None:
    assert BY_HAND.origin(Entry("Title", "Text", url="https://paper.co.uk/1", source=source)) == "site:paper.co.uk"


def test_a_key_of_any_length_is_stored_short() -> None:
    keys = {Provenance(1, "https://p.example").item(Entry("T", "T", key="k" * 5000 + end)) for end in "ab"}
    assert len(keys) == 2
    assert all(key and len(key) <= LONGEST_ITEM + 20 for key in keys)


SITES = {
    "https://www.bbc.co.uk/news/1": "bbc.co.uk",
    "https://rss.example.com.au:8443/x": "example.com.au",
    "https://someone.github.io/a": "someone.github.io",
    "https://x.medium.com/p": "x.medium.com",
    "http://127.0.0.1:8000/x": "127.0.0.1:8000",
    "http://[::1]:8000/x": "[::1]:8000",
    "https://feeds.paper.example/x": "paper.example",
    "http://localhost/x": "localhost",
    "no address": None,
}


@pytest.mark.parametrize(("url", "expected"), SITES.items())
def test_a_site_is_what_somebody_registered(url: str, expected: str | None) -> None:
    assert site(url) == expected


def test_a_fragment_tells_items_apart_and_a_front_page_is_no_article() -> None:
    assert exact("http://www.p.example/live/?utm_source=x#3") == "https://p.example/live#3"
    assert exact("https://p.example/#!/a") == "https://p.example#!/a"
    assert [names_article(f"https://p.example{rest}") for rest in ("", "?p=1", "/a")] == [False, True, True]
    assert not names_article(None)
