"""A file at a web address is read as one on disk; a page is read as before; a feed is sent to its own verb."""

from __future__ import annotations

import json

import pytest
from website import HERE, website

from briefings.adapters.fetch import Fetcher
from briefings.model import Entry
from briefings.newsroom.intake import fetch_content, open_worker

WORDS = "The parliament of Norvell has approved a harbour accord with Estmark."
PAGE = f"<html><head><title>Accord</title></head><body><article><h1>Accord</h1><p>{WORDS}</p></article></body></html>"


@pytest.mark.parametrize(
    ("path", "body", "kind", "expected"),
    [
        ("/news", json.dumps({"articles": [{"title": "A", "text": WORDS}]}), "application/json", "A"),
        ("/news.csv?a=1", f"title,text\nB,{WORDS}\n", "text/csv", "B"),
        ("/page", PAGE, "text/html", "Accord"),
        ("/feed", "<rss version='2.0'><channel><title>x</title></channel></rss>", "text/xml", "file-is-feed"),
        ("/empty", "<html></html>", "text/html", "page-without-text"),
    ],
)
async def test_what_stands_at_an_address_is_told_by_its_bytes(path: str, body: str, kind: str, expected: str) -> None:
    async with website() as site, open_worker() as worker:
        site.puts(path.partition("?")[0], body, kind)
        content = await fetch_content(Fetcher(allow_hosts=HERE), worker, site.url(path))
    [article] = content.articles
    assert (article.result.title if isinstance(article.result, Entry) else article.result.key) == expected


async def test_a_fetched_page_has_its_address() -> None:
    async with website() as site, open_worker() as worker:
        address = site.puts("/page", PAGE, "text/html")
        content = await fetch_content(Fetcher(allow_hosts=HERE), worker, address)
    [article] = content.articles
    assert isinstance(article.result, Entry)
    assert article.result.url == address
