"""The title of a page: its headline, without the name of the site."""

from __future__ import annotations

import pytest

from briefings.parse.page import read_page

URL = "https://www.courier.example/2025/harbour"
TEXT = "The parliament of Norvell has approved a harbour accord with Estmark, the speaker said on Wednesday. " * 3
SITE = '<meta property="og:site_name" content="The Norvell Courier">'


def title(head: str, body: str = "") -> str:
    page = f"<html><head>{head}</head><body>{body}<article><p>{TEXT}</p><p>{TEXT}</p></article></body></html>"
    return read_page(page.encode(), URL).title


def headline(*texts: str) -> str:
    parts = ",".join(f'{{"@type": "NewsArticle", "headline": "{text}"}}' for text in texts)
    return f'<script type="application/ld+json">[{parts}]</script>'


@pytest.mark.parametrize(
    ("head", "body", "expected"),
    [
        pytest.param(
            '<meta property="og:title" content="Accord backed"><title>Accord &amp; more</title>',
            "<h1>Other</h1>",
            "Accord backed",
            id="open-graph-first",
        ),
        pytest.param(
            f"{headline('Accord &quot;backed&quot;')}<title>Harbour</title>".replace("&quot;", '\\"'),
            "<h1>Other</h1>",
            'Accord "backed"',
            id="json-ld-before-title",
        ),
        pytest.param(
            f"{headline('One', 'Two')}<title>Accord backed</title>",
            "",
            "Accord backed",
            id="several-headlines-are-a-list",
        ),
        pytest.param("<title>Accord backed</title>", "<h1>Search</h1>", "Accord backed", id="title-before-heading"),
        pytest.param("", "<h1>Accord backed</h1>", "Accord backed", id="heading"),
        pytest.param("<title>The Courier</title>", "<h1>Accord backed</h1>", "Accord backed", id="title-is-the-host"),
        pytest.param(
            f"{SITE}<title>Accord backed - The Norvell Courier</title>",
            "<h1>The Norvell Courier</h1>",
            "Accord backed",
            id="heading-is-the-site",
        ),
        pytest.param(
            f'{SITE}<meta property="og:title" content="The Norvell Courier"><title>Accord backed</title>',
            "",
            "Accord backed",
            id="open-graph-is-the-site",
        ),
    ],
)
def test_the_title_is_the_headline(head: str, body: str, expected: str) -> None:
    assert title(head, body) == expected


@pytest.mark.parametrize(
    "stated",
    [
        "Harbour accord backed by parliament - The Norvell Courier",
        "Harbour accord backed by parliament – Norvell Courier",
        "Harbour accord backed by parliament | Courier",
        "The Norvell Courier | Harbour accord backed by parliament",
        "Harbour accord backed by parliament » Courier",
        "Courier.example » Harbour accord backed by parliament",
        "Harbour accord backed by parliament — courier.example",
        "Harbour accord backed by parliament :: The Norvell Courier",
        "Harbour accord backed by parliament | World News",
        "The Norvell Courier - Harbour accord backed by parliament - The Norvell Courier",
    ],
)
def test_the_name_of_the_site_is_no_part_of_the_title(stated: str) -> None:
    for head in (f"<title>{stated}</title>", f'<meta property="og:title" content="{stated}">'):
        assert title(SITE + head) == "Harbour accord backed by parliament"


@pytest.mark.parametrize(
    "stated",
    [
        "Norvell wins again – and again",
        "Live: port strike - day three",
        "S-400 deliveries: what we know",
        "Rao – the minister who stayed",
        "Courier on trial",
        "AT&amp;T | Q3",
    ],
)
def test_a_dash_in_a_headline_stays(stated: str) -> None:
    assert title(f"<title>{stated}</title>") == stated.replace("&amp;", "&")


def test_a_heading_tells_which_part_of_a_title_is_the_headline() -> None:
    assert title("<title>Accord backed - Der Hafenbote</title>", "<h1>Accord backed</h1>") == "Accord backed"
    assert title("<title>Der Hafenbote - Accord backed</title>", "<h1>Accord backed</h1>") == "Accord backed"


def test_a_heading_in_other_words_than_the_title_is_no_part_of_the_text() -> None:
    body = f"<article><h1>Harbour: it is done</h1><p>{TEXT}</p><p>{TEXT}</p></article>"
    page = f"<html><head><meta property='og:title' content='Accord backed'></head><body>{body}</body></html>"
    entry = read_page(page.encode(), URL)
    assert (entry.title, entry.text.split("\n")[0]) == ("Accord backed", TEXT.strip())


def test_a_heading_completes_a_title_that_was_cut_off() -> None:
    whole = "Harbour accord backed by the parliament of Norvell"
    assert title("<title>Harbour accord backed by the par… | Courier</title>", f"<h1>{whole}</h1>") == whole


def test_a_page_that_states_nothing_but_its_site_has_that_title() -> None:
    assert title(f"{SITE}<title>The Norvell Courier</title>") == "The Norvell Courier"
