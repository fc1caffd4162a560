"""Dates as feeds, pages and files state them: `data/dates.json` holds the spellings and the instants they mean.

An entry has `stated` and `utc`: the instant; null for a text that must stay undated; or "day …" if only the day can be
told. `language` and `host` are those of the source, where they matter.
"""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import struct_time
from typing import Any
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefings.parse.dates import instant, parse_date
from briefings.parse.feed import read_feed
from briefings.parse.page import read_page

DATA = Path(__file__).parents[1] / "data" / "dates.json"
SHARED = Path(__file__).parents[3] / "shared" / "data" / "dates.json"
SPELLINGS: list[dict[str, Any]] = json.loads(DATA.read_text())
SHARED_SPELLINGS: list[dict[str, Any]] = json.loads(SHARED.read_text()) if SHARED.exists() else []
DAY = datetime(2025, 12, 3, tzinfo=UTC)


def check(spelling: dict[str, Any], when: datetime | None) -> None:
    """Assert that an instant is the one that a spelling means, to the second."""
    if spelling["utc"] is None:
        assert when is None
    elif spelling["utc"].startswith("day "):
        assert when == datetime.fromisoformat(spelling["utc"][4:]).replace(tzinfo=UTC)
    else:
        assert when is not None
        assert timedelta(0) <= when - datetime.fromisoformat(spelling["utc"]) < timedelta(seconds=1)


@pytest.mark.parametrize("spelling", SPELLINGS, ids=lambda spelling: " ".join(map(str, spelling.values())))
def test_a_stated_date_is_read_as_it_is_meant_or_not_at_all(spelling: dict[str, Any]) -> None:
    source = {"language": spelling.get("language", ""), "host": spelling.get("host")}
    check(spelling, parse_date(spelling["stated"], **source))


def test_a_feed_dates_its_items_by_the_same_parser() -> None:
    spellings = [spelling for spelling in SPELLINGS if len(spelling) == 2]  # of any source
    items = (f"<item><title>t</title><pubDate>{escape(spelling['stated'])}</pubDate></item>" for spelling in spellings)
    feed = read_feed(f"<rss version='2.0'><channel><title>T</title>{''.join(items)}</channel></rss>".encode(), None)
    for spelling, item in zip(spellings, feed.items, strict=True):
        assert item.entry is not None
        check(spelling, item.entry.published)


@pytest.mark.skipif(not SHARED_SPELLINGS, reason="the second list of spellings is no part of the project")
def test_the_dates_of_the_second_list_are_read() -> None:
    for spelling in SHARED_SPELLINGS:
        check(spelling, instant(spelling["stated"]))


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("2025-12-03", DAY),
        ("20251203", DAY),
        ("2025/12/03", DAY),
        ("2025-12-03T05:30:00+05:30", DAY),
        ("2025-12-03T00:00:00Z", DAY),
        ("2025-12-03 14:05", DAY.replace(hour=14, minute=5)),
        ("3 December 2025", DAY),
        ("3rd December, 2025", DAY),
        ("03-Dec-2025", DAY),
        ("December 3, 2025", DAY),
        ("Dec. 3, 2025", DAY),
        ("Wednesday, December 3, 2025", DAY),
        ("DECEMBER 3 2025", DAY),
        ("3 December 2025, 14:05", DAY.replace(hour=14, minute=5)),
        ("December 3, 2025 2:05 p.m.", DAY.replace(hour=14, minute=5)),
        ("December 3, 2025 at 12:30 AM EST", DAY.replace(hour=5, minute=30)),
        ("3 Dec 2025, 05:30 +05:30", DAY),
        ("3 Dec 2025, 14:05 IST", DAY),
        ("Wed, 03 Dec 2025 05:30:00 +0530", DAY),
        ("3. Dezember 2025", DAY),
        ("3 décembre 2025", DAY),
        ("3 декабря 2025", DAY),
    ],
)
def test_a_date_stated_in_full_is_read(text: str, when: datetime) -> None:
    assert parse_date(text) == when


@pytest.mark.parametrize(
    "text",
    [
        "",
        "3 December",
        "December 2025",
        "2025",
        "2025-12",
        "03/04/2025",
        "last week",
        "tomorrow 2025",
        "Room 2025",
        "31 February 2025",
        "2025-13-01",
        "0001-01-01T00:00:00+14:00",
        "3 December 1825",
        "May 2025 be kind",
        "3 December 2025 25:99",
        "She left on 3 December 2025 for good",
        "9" * 5000,
    ],
)
def test_text_that_is_no_full_date_is_none(text: str) -> None:
    assert parse_date(text) is None


@given(st.text(max_size=60) | st.from_regex(r"[0-9/:. ,TZ+-]{6,30}", fullmatch=True))
def test_parse_date_never_raises(text: str) -> None:
    when = parse_date(text)
    assert when is None or when.utcoffset() == UTC.utcoffset(None)


@pytest.mark.parametrize("stated", ["2025-05", "2025-05T00:00Z", "May 2025", "05/01/2025", "1 May", "today", ""])
def test_a_day_that_the_library_made_up_is_not_used(stated: str) -> None:
    assert instant(stated, struct_time((2025, 5, 1, 0, 0, 0, 3, 121, 0))) is None


def test_of_the_librarys_reading_only_a_stated_day_is_used() -> None:
    read_by_library = struct_time((2025, 5, 2, 7, 30, 0, 4, 122, 0))
    assert instant("Fri, 02 May 2025 07:30:00 Somewhere Time", read_by_library) == datetime(2025, 5, 2, tzinfo=UTC)
    assert instant("Fri, 03 May 2025 07:30:00 Somewhere Time", read_by_library) is None
    assert instant("2568-05-02", read_by_library) is None


def test_usual_dates_load_no_table_of_languages() -> None:
    program = (
        "import sys; from briefings.parse.dates import parse_date;"
        "assert all(map(parse_date, ['Mon, 06 Jul 2026 08:05:09 EST', '2026-07-06T08:05:09Z', 'July 6, 2026']));"
        "sys.exit('dateparser' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


WORDS = "The parliament of Norvell has approved a harbour accord with Estmark. " * 5


@pytest.mark.parametrize(
    ("head", "language", "host", "when"),
    [
        pytest.param(
            '<meta property="article:published_time" content="Wed, 03 Dec 2025 05:30:00 IST">',
            "en-IN",
            "courier.example",
            DAY,
            id="meta-and-language",
        ),
        pytest.param(
            '<script type="application/ld+json">{"datePublished": "Wed, 03 Dec 2025 02:00:00 IST"}</script>',
            "en",
            "courier.co.il",
            DAY,
            id="json-ld-and-host",
        ),
        pytest.param('<meta name="date" content="3 दिसंबर 2025">', "hi", "courier.example", DAY, id="hindi"),
        pytest.param('<meta name="date" content="1970-01-01">', "en", "courier.example", None, id="zero"),
    ],
)
def test_a_page_is_dated_by_its_language_and_host(head: str, language: str, host: str, when: datetime | None) -> None:
    page = f'<html lang="{language}"><head><title>Harbour</title>{head}</head><body><p>{WORDS}</p></body></html>'
    assert read_page(page.encode(), f"https://{host}/harbour").published == when


@pytest.mark.parametrize(
    ("stated", "when"),
    [
        pytest.param("2025-12", None, id="month"),
        pytest.param("2025-02-30", None, id="no-such-day"),
        pytest.param("03/04/2025", None, id="either-is-the-month"),
        pytest.param("30.11.25", datetime(2025, 11, 30, tzinfo=UTC), id="day"),
        pytest.param("2025-12-03T09:30:00+05:30", datetime(2025, 12, 3, 4, tzinfo=UTC), id="time"),
        pytest.param("December 3, 2025", DAY, id="printed"),
    ],
)
@pytest.mark.parametrize(
    "markup",
    ['<time datetime="{}">lately</time>', '<p class="date">{}</p>', '<meta name="date" content="{}">'],
    ids=["time", "class", "meta"],
)
def test_a_page_is_dated_only_by_a_day_that_it_states(markup: str, stated: str, when: datetime | None) -> None:
    page = f"<html><head><title>Harbour</title></head><body>{markup.format(stated)}<p>{WORDS}</p></body></html>"
    assert read_page(page.encode(), "https://courier.example/harbour").published == when
