"""Furniture of a feed's software is removed, and every sentence of a source stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefings.parse.feed import read_feed
from briefings.parse.furniture import bare_title, own_text

TITLE = "Harbour of Aarhus opens a third quay"

FURNITURE = {
    "reddit": ("   submitted by    /u/gull_of_aarhus  [link]   [comments]", ""),
    "reddit-elsewhere": ("submitted by /u/gull to r/denmark [link] [12 comments]", ""),
    "reddit-below-words": ("The quay is open. submitted by /u/gull [link] [comments]", "The quay is open."),
    "hacker-news": (
        "Article URL: https://a.example/q Comments URL: https://n.example/1 Points: 31 # Comments: 4",
        "",
    ),
    "wordpress": (
        "The quay is open.\n\nThe post Harbour opens a quay appeared first on Aarhus Paper.",
        "The quay is open.",
    ),
    "google-news": (f"{TITLE}  Aarhus Paper", ""),
    "google-news-cluster": (f"{TITLE}  Aarhus Paper\n\nQuay opens  Other Post\n\nShips come  Third Wire", ""),
    "read-more": ("The quay is open. It cost 310 million. Read more »", "The quay is open. It cost 310 million."),
    "the-title-and-a-text": (f"{TITLE}\n\nThe third quay of the port is open since Monday.", None),
    "a-list-of-questions": (
        f"{TITLE}  Aarhus Paper\n\nWould you sail on the third ship of them all?  Reuters U.S.",
        "",
    ),
    "a-text-that-ends-on-the-words": ("The minister asks all pupils in primary schools to read more books", None),
    "a-text-that-has-the-words": ("The virus has spread more widely, and lawyers may continue reading the file", None),
    "a-text-about-reading": ("People read more than before, a survey says.", None),
    "a-text-about-posting": ("The post office appeared first on the list of closures this year.", None),
    "a-text-with-a-link": ("He sent the [link] to the court.", None),
}


@pytest.mark.parametrize(("text", "own"), FURNITURE.values(), ids=FURNITURE.keys())
def test_furniture_is_removed_and_words_stay(text: str, own: str | None) -> None:
    assert own_text(text, TITLE, "Aarhus Paper") == (text if own is None else own)


TITLES = {
    "dash": (f"{TITLE} - Aarhus Paper", TITLE),
    "bar": (f"{TITLE} | aarhus paper", TITLE),
    "long-dash": (f"{TITLE} — Aarhus Paper", TITLE),
    "another-name": (f"{TITLE} - Reuters", f"{TITLE} - Reuters"),
    "a-clause": ("Quay opened - at last", "Quay opened - at last"),
    "only-the-name": ("Aarhus Paper", "Aarhus Paper"),
}


@pytest.mark.parametrize(("title", "bare"), TITLES.values(), ids=TITLES.keys())
def test_a_title_loses_only_the_name_of_its_outlet(title: str, bare: str) -> None:
    assert bare_title(title, "Aarhus Paper", "Harbour News") == bare


@given(st.text(alphabet="a b.\n[]/-", max_size=60), st.text(alphabet="a b.", max_size=20))
def test_what_is_left_is_a_part_of_the_text(text: str, title: str) -> None:
    assert own_text(text, title, "a") in text


def test_an_item_of_an_aggregator_has_its_title_for_a_text_and_the_outlets_name() -> None:
    item = (
        f"<item><title>{TITLE} - Aarhus Paper</title><link>https://news.example/articles/1</link>"
        f"<description>&lt;a href='https://x.example'&gt;{TITLE}&lt;/a&gt;&amp;nbsp;&amp;nbsp;"
        "&lt;font color='#6f6f6f'&gt;Aarhus Paper&lt;/font&gt;</description>"
        "<source url='https://paper.example'>Aarhus Paper</source></item>"
    )
    feed = read_feed(f'<rss version="2.0"><channel><title>News</title>{item}</channel></rss>'.encode(), None)
    [entry] = [item.entry for item in feed.items if item.entry]
    assert (entry.title, entry.text, entry.source) == (TITLE, TITLE, "Aarhus Paper")


ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>Paper</title>
<author><name>Ann Feed</name></author><author><name>Bo Feed</name></author>
<entry><id>1</id><title>One</title><author><name>Cy Entry</name></author><author><name>Di Entry</name></author></entry>
<entry><id>2</id><title>Two</title></entry></feed>"""


def test_an_atom_entry_has_all_its_authors_or_those_of_the_feed() -> None:
    entries = [item.entry for item in read_feed(ATOM.encode(), None).items]
    assert [entry and entry.author for entry in entries] == ["Cy Entry, Di Entry", "Ann Feed, Bo Feed"]


def test_the_editor_of_an_rss_feed_is_no_author_of_its_items() -> None:
    head = "<title>P</title><managingEditor>ed@paper.example (Ed Itor)</managingEditor>"
    feed = read_feed(
        f'<rss version="2.0"><channel>{head}<item><title>One</title></item></channel></rss>'.encode(), None
    )
    assert [item.entry and item.entry.author for item in feed.items] == [""]
