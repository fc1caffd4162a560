"""No text makes a function of ours slow: CPU grows no faster than the text, whatever its shape."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from briefings.errors import BadInput
from briefings.parse.feed import read_feed
from briefings.parse.markdown import read_markdown
from briefings.parse.markup import text_of
from briefings.parse.opml import read_opml
from briefings.parse.page import read_page
from growth.table import LEFT_OUT, TABLE, public_functions

ROOT = Path(__file__).resolve().parents[2]
PARAGRAPH = "The ministry said on Monday that twelve ships had been moved to the port of Aran."
ATTRIBUTES = " ".join(f"a{number}='b'" for number in range(20_000))
NAMESPACES = " ".join(f"xmlns:a{number}='b'" for number in range(20_000))
RSS = "<rss version='2.0'><channel><title>Courier</title>%s</channel></rss>"
ITEM = f"<item><title>A port is opened</title><guid>1</guid><description>{PARAGRAPH}</description></item>"
CASES = 5  # of like cost, 3 to 6 s of CPU each, so that several workers of the suite share them


def _measured(names: list[str], *more: str) -> list[str]:
    """Return the faults of these functions, measured in a process of its own, which forks."""
    command = [sys.executable, "-m", "growth", *more, *names]
    result = subprocess.run(
        command, cwd=ROOT / "tests", capture_output=True, text=True, check=True, env={"PYTHONPATH": f"{ROOT}"}
    )
    return result.stdout.splitlines()


@pytest.mark.parametrize("case", range(CASES))
def test_cpu_grows_no_faster_than_a_text_of_any_shape(case: int) -> None:
    """A fault reads: function × shape: growth."""
    assert not _measured(list(TABLE)[case::CASES])


@pytest.mark.long
@pytest.mark.parametrize("name", TABLE)
def test_cpu_grows_no_faster_than_a_long_text_with_every_end(name: str) -> None:
    assert not _measured([name], "--size", "30000", "--every-end")


def test_every_public_function_that_takes_a_text_is_measured_or_left_out_with_a_reason() -> None:
    measured = {re.split(r", | of | by | under ", name)[0] for name in TABLE}
    public = set(public_functions())
    assert public - measured - LEFT_OUT.keys() == set()
    assert LEFT_OUT.keys() - public == set()
    assert all(LEFT_OUT.values())


@pytest.mark.parametrize(
    "author", ["7" * 60_000, "a." * 30_000, "<![CDATA[" + "7" * 60_000 + "]]>", "<b>7</b>" * 20_000, "&#55;" * 60_000]
)
def test_an_item_with_an_endless_author_is_lost_and_the_others_are_read(author: str) -> None:
    odd = f"<item><title>Odd</title><guid>2</guid><author>{author}</author></item>"
    feed = read_feed((RSS % (ITEM + odd)).encode(), None)
    assert [item.entry.title if item.entry else None for item in feed.items] == ["A port is opened", None]


def test_an_endless_author_made_of_entities_is_lost_too() -> None:
    declared = f"<!DOCTYPE rss [<!ENTITY a '{'7' * 900}'>]>"
    odd = f"<item><title>Odd</title><guid>2</guid><author>{'&a;' * 60}</author></item>"
    feed = read_feed((declared + RSS % (ITEM + odd)).encode(), None)
    assert [item.entry.title if item.entry else None for item in feed.items] == ["A port is opened", None]


def test_three_thousand_authors_of_one_item_are_read() -> None:
    authors = ", ".join(f"Ilva Brandt{number}" for number in range(3_000))
    item = ITEM.replace("</item>", f"<author>{authors}</author></item>")
    assert read_feed((RSS % item).encode(), None).items[0].entry


@pytest.mark.parametrize("feed", [RSS % f"<item><author>{'7' * 60_000}", "<rss><channel><author>" + "7" * 60_000])
def test_a_malformed_feed_with_an_endless_author_is_refused(feed: str) -> None:
    with pytest.raises(BadInput, match=r"feed-unsafe .*author-too-long"):
        read_feed(feed.encode(), None)


@pytest.mark.parametrize("flood", [ATTRIBUTES, NAMESPACES], ids=["attributes", "namespaces"])
def test_a_feed_with_a_flood_is_refused(flood: str) -> None:
    for feed in (RSS % f"<item {flood}/>", f"<rss {flood}/>", f"<rss><channel><item></b><p {flood}>"):
        with pytest.raises(BadInput, match=r"feed-unsafe|not-feed"):
            read_feed(feed.encode(), None)


@pytest.mark.parametrize("flood", [ATTRIBUTES, NAMESPACES], ids=["attributes", "namespaces"])
def test_a_list_of_feeds_with_a_flood_is_refused(flood: str) -> None:
    with pytest.raises(BadInput, match=r"list-unsafe .*too-many-elements"):
        read_opml(f"<opml><body><outline {flood}/></body></opml>".encode())


def test_markup_and_a_page_with_a_flood_of_attributes_are_read_without_them() -> None:
    assert text_of(f"<p {ATTRIBUTES}>{PARAGRAPH}</p>") == PARAGRAPH
    page = (
        f"<html><title>A port is opened</title><body><article><p {ATTRIBUTES}>{PARAGRAPH}</p></article></body></html>"
    )
    assert PARAGRAPH in read_page(page.encode(), None).text


def test_a_tag_keeps_an_ordinary_number_of_attributes() -> None:
    many = " ".join(f"a{number}='>'" for number in range(400))
    assert text_of(f"<p {many}>{PARAGRAPH}</p>") == PARAGRAPH


def test_backticks_without_an_end_stay_in_the_text_of_markdown() -> None:
    entry = read_markdown(f"# A port is opened\n\n{PARAGRAPH} {'`' * 100_000}")
    assert entry.text.startswith(PARAGRAPH)
