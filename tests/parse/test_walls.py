"""Pages that stand instead of an article are refused by their kind; articles about such pages are read.

The pages are in data/walls.txt and data/about_walls.txt, each below a line with its name (and its kind).
"""

from __future__ import annotations

from pathlib import Path

import pytest

from briefings.errors import BadInput
from briefings.parse.feed import read_feed
from briefings.parse.file import Rejected, read_file
from briefings.parse.page import read_page

DATA = Path(__file__).parents[1] / "data"


def pages(name: str) -> list[list[str]]:
    """Return the words of the line above each page, and the page."""
    blocks = (DATA / name).read_text("utf-8").split("=== ")[1:]
    return [[*head.split(), page] for head, _, page in (block.partition("\n") for block in blocks)]


WALLS = {name: (kind, page) for name, kind, page in pages("walls.txt")}
ARTICLES = {name: page for name, page in pages("about_walls.txt")}


@pytest.mark.parametrize(("kind", "page"), WALLS.values(), ids=WALLS.keys())
def test_a_wall_is_refused_by_its_kind(kind: str, page: str) -> None:
    with pytest.raises(BadInput) as refusal:
        read_page(page.encode(), "https://courier.example/2025/harbour")
    assert str(refusal.value) == f"page-wall (kind={kind})"


@pytest.mark.parametrize("page", ARTICLES.values(), ids=ARTICLES.keys())
def test_an_article_about_walls_is_read(page: str) -> None:
    entry = read_page(page.encode(), "https://courier.example/2025/harbour")
    assert len(entry.text) > 20


@pytest.mark.parametrize("name", ["cloudflare-challenge-en", "consent-pur-de", "login-en", "parked-zh"])
def test_a_wall_at_the_address_of_a_feed_says_so(name: str) -> None:
    kind, page = WALLS[name]
    with pytest.raises(BadInput) as refusal:
        read_feed(page.encode(), "https://courier.example/feed")
    assert str(refusal.value) == f"page-wall (kind={kind})"


def test_a_page_at_the_address_of_a_feed_is_no_feed() -> None:
    with pytest.raises(BadInput) as refusal:
        read_feed(ARTICLES["cookies-de"].encode(), "https://courier.example/feed")
    assert str(refusal.value) == "not-feed"


def test_a_wall_in_a_file_is_refused() -> None:
    (refused,) = read_file("saved.html", WALLS["paywall-ru"][1].encode())
    assert isinstance(refused, Rejected)
    assert str(refused.reason) == "page-wall (kind=account)"
