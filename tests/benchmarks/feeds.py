"""The cost of reading feeds, compared with feedparser alone: `python -m tests.benchmarks.feeds`.

A made-up feed of 200 items, read cold, unchanged and with 95 % known, and a bomb of half a kilobyte. CPU seconds, the
best of five rounds in one process; feedparser reads the bomb once.
"""

from __future__ import annotations

import io
import time
from collections.abc import Callable

import feedparser

from briefings.errors import BadInput
from briefings.parse.feed import read_feed

ITEMS, NEW, RUNS = 200, 10, 5
URL = "https://courier.example/feed.xml"
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
# The element in the first value hides the declarations behind it from feedparser, which takes them out otherwise.
BOMB = f'<!DOCTYPE rss [<!ENTITY l0 "<b/>">{LAUGHS}]><rss><channel><item><title>&l9;</title></item></channel></rss>'


def feed(new: int = 0) -> bytes:
    """Return the feed; the first `new` items differ from those of `feed()`."""
    head = (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>The Norvell Courier</title>'
        "<link>https://courier.example/</link><language>en</language>"
    )
    return f"{head}{''.join(_item(n, n < new) for n in range(ITEMS))}</channel></rss>".encode()


def _item(number: int, new: bool) -> str:
    paragraphs = "".join(
        f"<p>Paragraph {line} of report {number}: the <b>harbour</b> accord of Norvell &amp; Estmark was "
        f"<a href='/{number}/{line}'>approved</a> by {number + line} members.</p>"
        for line in range(8)
    )
    return (
        f"<item><title>Report {number} on the accord{', amended' if new else ''}</title>"
        f"<link>https://courier.example/{number}</link>"
        f"<guid isPermaLink='false'>tag:courier.example,2025:{number}</guid>"
        f"<pubDate>Fri, 02 May 2025 {number % 24:02}:{number % 60:02}:00 GMT</pubDate>"
        "<dc:creator>A. Writer</dc:creator><category>Harbours</category>"
        "<description>The accord was approved.</description>"
        f"<content:encoded><![CDATA[{paragraphs}]]></content:encoded></item>"
    )


def _seconds(work: Callable[[], object]) -> float:
    """Return the CPU seconds of one run."""
    start = time.process_time()
    work()
    return time.process_time() - start


def _refused() -> None:
    try:
        read_feed(BOMB.encode(), URL)
    except BadInput:
        return
    raise AssertionError("the bomb was read")


def rows() -> list[tuple[str, float, float]]:
    """Return for each case its name, our CPU seconds, and how many times as long feedparser takes."""
    data, changed = feed(), feed(NEW)
    digests = {item.digest for item in read_feed(data, URL).items}
    new_items = [item for item in read_feed(changed, URL, digests).items if item.entry]
    assert len(new_items) == NEW
    works: dict[str, Callable[[], object]] = {
        "feedparser": lambda: feedparser.parse(io.BytesIO(data)),
        "cold": lambda: read_feed(data, URL),
        "unchanged": lambda: read_feed(data, URL, digests),
        "95 % known": lambda: read_feed(changed, URL, digests),
        "bomb, refused": _refused,
    }
    # In turns, so that other work on this machine slows all of them alike.
    rounds = [{name: _seconds(work) for name, work in works.items()} for _ in range(RUNS)]
    best = {name: min(seconds[name] for seconds in rounds) for name in works}
    bomb = _seconds(lambda: feedparser.parse(io.BytesIO(BOMB.encode())))
    theirs = dict.fromkeys(works, best.pop("feedparser")) | {"bomb, refused": bomb}
    return [(name, seconds, theirs[name] / max(seconds, 1e-9)) for name, seconds in best.items()]


def main() -> None:
    """Print the table."""
    print(f"{ITEMS} items, {len(feed()):,} bytes")
    for name, seconds, ratio in rows():
        print(f"{name:15} {seconds * 1000:9.2f} ms  {ratio:7.1f} x as fast as feedparser")


if __name__ == "__main__":
    main()
