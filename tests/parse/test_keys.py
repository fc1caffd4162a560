"""The key of an item is one that no other item of its feed has."""

from __future__ import annotations

import pytest

from briefings.parse.feed import Feed, read_feed


def own_keys(*items: str) -> list[str | None]:
    feed = read_feed(f'<rss version="2.0"><channel><title>P</title>{"".join(items)}</channel></rss>'.encode(), None)
    return [item.own_key for item in feed.items]


def item(title: str, guid: str = "", link: str = "") -> str:
    guid = f"<guid isPermaLink='false'>{guid}</guid>" if guid else ""
    return f"<item><title>{title}</title>{guid}<link>{link}</link></item>"


def dated(title: str, day: int) -> str:
    """The beginning of an item without a GUID."""
    return f"<item><title>{title}</title><link>https://p.example/x</link><pubDate>{day} Nov 2025</pubDate>"


def test_an_item_that_is_not_read_again_keeps_its_link_from_being_the_key_of_another() -> None:
    def read(*items: str, known: frozenset[str] = frozenset()) -> Feed:
        return read_feed(
            f'<rss version="2.0"><channel><title>P</title>{"".join(items)}</channel></rss>'.encode(), None, known
        )

    first = item("One", link="https://p.example/x")
    known = frozenset(item.digest for item in read(first).items)
    new, old = read(item("Two", link="https://p.example/x"), first, known=known).items
    assert (new.own_key, old.entry, old.own_key) == ("https://p.example/x two", None, "https://p.example/x")


def test_items_with_an_empty_link_are_told_apart_by_their_ids_and_lead_nowhere() -> None:
    entries = "".join(f'<entry><id>urn:{n}</id><title>Item {n}</title><link href=""/></entry>' for n in range(4))
    atom = f'<feed xmlns="http://www.w3.org/2005/Atom"><title>P</title>{entries}</feed>'
    items = read_feed(atom.encode(), "https://p.example/feed").items
    assert [(item.own_key, item.entry and item.entry.url) for item in items] == [(f"urn:{n}", None) for n in range(4)]


KEYS = {
    "guids": ([item("One", "g1", "https://p.example/x"), item("Two", "g2", "https://p.example/x")], ["g1", "g2"]),
    "links": (
        [item("One", link="http://www.p.example/1?utm_source=rss"), item("Two", link="https://p.example/2#a")],
        ["https://p.example/1", "https://p.example/2#a"],
    ),
    "one-guid-for-all": (
        [item("One", "same", "https://p.example/1"), item("Two", "same", "https://p.example/2")],
        ["https://p.example/1", "https://p.example/2"],
    ),
    "one-link-for-all": (
        [item("One", link="https://p.example/x"), item("Two", link="https://p.example/x")],
        ["https://p.example/x one", "https://p.example/x two"],
    ),
    "one-guid-and-one-link": (
        [item("One", "same", "https://p.example/x"), item("Two", "same", "https://p.example/x")],
        ["https://p.example/x one", "https://p.example/x two"],
    ),
    "one-link-and-one-title": (
        [dated("Press release", day) + f"<description>{day} howitzers</description></item>" for day in (24, 25)],
        [f"https://p.example/x press release 2025-11-{day}T00:00:00+00:00" for day in (24, 25)],
    ),
    "an-item-listed-twice": ([item("One", "g"), item("One", "g"), item("Two", "h")], ["g", "g", "h"]),
    "nothing": ([item("One"), item("Two")], [None, None]),
}


@pytest.mark.parametrize(("items", "keys"), KEYS.values(), ids=KEYS.keys())
def test_each_item_has_a_key_of_its_own(items: list[str], keys: list[str | None]) -> None:
    assert own_keys(*items) == keys
