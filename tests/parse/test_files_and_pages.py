"""Reading good and hostile files and pages. The good ones are in data/."""

from __future__ import annotations

import json
import re
import unicodedata
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from briefings.errors import BadInput, Problem
from briefings.model import Entry
from briefings.parse.bylines import byline
from briefings.parse.file import Rejected, read_file
from briefings.parse.language import language
from briefings.parse.page import LARGEST_PAGE, read_page
from briefings.parse.plain import clean, decode, one_line, without_markup

DATA = Path(__file__).parents[1] / "data"
WORDS = "The parliament of Norvell has approved a harbour accord with Estmark."


def only(items: list[Entry | Rejected]) -> Entry:
    assert len(items) == 1
    assert isinstance(items[0], Entry), items[0]
    return items[0]


def refusal(items: list[Entry | Rejected]) -> str:
    assert len(items) == 1
    assert isinstance(items[0], Rejected), items[0]
    return str(items[0].reason)


# --- plain text ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "tidy"),
    [
        pytest.param("a\r\nb\rc\u2028d", "a\nb\nc\nd", id="line-ends"),
        pytest.param("a\n\n \n\t\n\nb", "a\n\nb", id="one-blank-line"),
        pytest.param("  a \t\u00a0 b\u3000c  ", "a b c", id="blanks"),
        pytest.param("a\x00\x07\x1bb", "a b", id="controls"),
        pytest.param("pay \u202egnp.exe\u202c \u2066x\u2069\u200f", "pay gnp.exe x", id="bidirectional"),
        pytest.param("in\u00advis\u200bible\ufeff", "invisible", id="invisible"),
        pytest.param("a\ud800b", "ab", id="lone-surrogate"),
        pytest.param("e\u0301", "é", id="composed"),
        pytest.param("e\u200b\u0301", "é", id="composed-across-the-invisible"),
        pytest.param("हिन्दी में क्\u200dष", "हिन्दी में क्\u200dष", id="joiners-stay"),
        pytest.param("👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧", id="family-stays"),
        pytest.param("", "", id="empty"),
    ],
)
def test_text_becomes_clean(raw: str, tidy: str) -> None:
    assert clean(raw) == tidy


@given(st.text(st.characters()))
def test_any_text_becomes_clean(text: str) -> None:
    tidy = clean(text)
    assert clean(tidy) == tidy
    assert not [c for c in tidy if unicodedata.category(c) in ("Cc", "Cs") and c != "\n"]
    assert "\n\n\n" not in tidy
    assert "  " not in tidy
    tidy.encode()
    assert "\n" not in one_line(text)


@pytest.mark.parametrize(
    ("data", "text"),
    [
        pytest.param("é".encode(), "é", id="utf-8"),
        pytest.param(b"\xef\xbb\xbfa", "a", id="mark"),
        pytest.param("é".encode("utf-16"), "é", id="utf-16"),
        pytest.param("é".encode("utf-32"), "é", id="utf-32"),
        pytest.param(b"<meta charset=iso-8859-2>\xb1", "<meta charset=iso-8859-2>ą", id="declared"),
        pytest.param(b"<meta charset='koi8-r'>\xc1", "<meta charset='koi8-r'>а", id="declared-cyrillic"),
        pytest.param(
            b"charset=unicode_escape \\x41\xff", "charset=unicode_escape \\x41ÿ", id="declared-but-no-character-set"
        ),
        pytest.param(b"\x93yes\x94", "“yes”", id="windows"),
        pytest.param(b"\x81", "\ufffd", id="meaningless"),
    ],
)
def test_bytes_are_decoded_by_mark_utf_8_declaration_or_windows(data: bytes, text: str) -> None:
    assert decode(data) == text


@given(st.binary())
def test_any_bytes_can_be_decoded(data: bytes) -> None:
    decode(data)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (WORDS, "en"),
        ("Das Parlament hat ein Abkommen über die Häfen beider Länder gebilligt.", "de"),
        ("संसद ने बंदरगाह समझौते को मंजूरी दे दी है।", "hi"),
        ("Госдума одобрила соглашение о взаимном использовании портов.", "ru"),
        ("Too short", "und"),
        ("1234567890 " * 10, "und"),
    ],
)
def test_the_language_of_a_text(text: str, code: str) -> None:
    assert language(text) == code


DAY = datetime(2025, 12, 3, tzinfo=UTC)


# --- text ------------------------------------------------------------------------------------------------------------


def test_a_text_file_is_read() -> None:
    entry = only(read_file("harbour.txt", (DATA / "harbour.txt").read_bytes()))
    assert entry.title.startswith("Island Parliament Backs Harbour Accord")
    assert (entry.source, entry.author) == (None, "News Desk")
    assert entry.text.startswith("The parliament of Norvell has approved")
    assert (entry.published, entry.url, entry.language, entry.summary, entry.by_hand) == (None, None, "en", None, True)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(f"Title\n\n{WORDS}", {"title": "Title", "source": None, "published": None}, id="no-byline"),
        pytest.param(f"Title\nBy Ann Writer\n{WORDS}", {"source": None, "author": "Ann Writer"}, id="byline"),
        pytest.param(
            f"Title\n3 December 2025\nThe Courier\n{WORDS}", {"published": DAY, "source": "The Courier"}, id="date-line"
        ),
        pytest.param(
            f"Title: A\nDate: 2025-12-03\nSource: Courier\nURL: https://x.example/1\n\n{WORDS}",
            {"title": "A", "published": DAY, "source": "Courier", "url": "https://x.example/1"},
            id="headers",
        ),
        pytest.param(
            f"Tıtle: A\nLİNK: https://x.example/1\n\n{WORDS}",
            {"title": "A", "url": "https://x.example/1"},
            id="dotless-and-dotted-i",
        ),
        pytest.param(
            f"A\nſource: Courier\nPubliſhed: 2025-12-03\n{WORDS}", {"source": "Courier", "published": DAY}, id="long-s"
        ),
        pytest.param(f"A\nPublished: Dec. 3, 2025\n{WORDS}", {"title": "A", "published": DAY}, id="header-after-title"),
        pytest.param(
            f"A\nhttps://www.x.example/1\n{WORDS}",
            {"url": "https://www.x.example/1", "source": "x.example"},
            id="bare-address",
        ),
        pytest.param(
            f"A\nIt rained.\n{WORDS}", {"text": f"It rained.\n{WORDS}", "source": None}, id="short-sentence-is-text"
        ),
        pytest.param(f"A\n{WORDS}\nSource: them", {"text": f"{WORDS}\nSource: them"}, id="header-below-is-text"),
        pytest.param(f"A\n3 December\n{WORDS}", {"published": None}, id="no-year-no-date"),
        pytest.param(f"{WORDS} {WORDS * 4}", {"title": WORDS}, id="one-paragraph-is-its-own-title"),
        pytest.param(
            "A\n\nThe parliament of Norvell has approved a harbour accord\nwith Estmark.\n\nIt rained.",
            {"text": "The parliament of Norvell has approved a harbour accord with Estmark.\n\nIt rained."},
            id="broken-lines-made-whole",
        ),
    ],
)
def test_the_head_of_a_text_gives_its_fields(text: str, expected: dict[str, object]) -> None:
    entry = only(read_file("a.txt", text.encode()))
    assert {name: getattr(entry, name) for name in expected} == expected


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        pytest.param("a.txt", b"", "file-empty", id="empty"),
        pytest.param("a.txt", b" \n\n ", "file-empty", id="blank"),
        pytest.param("a.txt", b"Only a title", "no-text", id="title-only"),
        pytest.param("a.txt", b"Title\n\nFar too short.", "text-too-short", id="short"),
        pytest.param("a.txt", b"Title\nDate: soon\n" + WORDS.encode(), "published-not-date (value=soon)", id="date"),
        pytest.param("a.txt", b"Title\nURL: nowhere\n" + WORDS.encode(), "url-not-address (value=nowhere)", id="url"),
        pytest.param("a.txt", b"Title\n\n" + b"word. " * 80_000, "text-too-long (most=400000)", id="long"),
        pytest.param("a.bin", b"\x7fELF\0\0\0", "file-of-other-kind (kind=program)", id="binary"),
        pytest.param("a.html", b"<html><body></body></html>", "page-without-text", id="empty-page"),
        pytest.param("a.jsonl", b"\n\n", "file-empty", id="empty-lines"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused(name: str, data: bytes, reason: str) -> None:
    assert refusal(read_file(name, data)) == reason


def test_a_rejection_names_the_file_or_standard_input() -> None:
    assert read_file("/tmp/dir/a.txt", b"x")[0] == Rejected("a.txt", Problem("no-text"))
    assert read_file("-", b"x")[0] == Rejected("standard input", Problem("no-text"))


# --- Markdown --------------------------------------------------------------------------------------------------------


def test_a_markdown_file_is_read() -> None:
    entry = only(read_file("harbour.md", (DATA / "harbour.md").read_bytes()))
    assert (entry.title, entry.source, entry.url) == (
        "Harbour accord backed",
        "The Norvell Courier",
        "https://www.courier.example/2025/harbour",
    )
    assert entry.published == datetime(2025, 5, 2, tzinfo=UTC)
    assert entry.text == (
        "The parliament of Norvell has approved a harbour accord with Estmark, "
        "which lets both coast guards refuel in each other's ports.\n\n"
        "What it says\n\nCosts are shared equally by both sides.\n\nNo warship may stay longer than 21 days."
    )


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        (
            "**bold** and *thin* and __both__ and _one_ and ~~gone~~ words",
            "bold and thin and both and one and gone words",
        ),
        ("snake_case_name and 5 * 3 * 2 stay as they are", "snake_case_name and 5 * 3 * 2 stay as they are"),
        (
            "a [link](https://x.example/a_(b)) and [other][1] and <https://y.example> here",
            "a link and other and https://y.example here",
        ),
        ("an image ![of a boat](b.png) is not any word", "an image is not any word"),
        ("`code` and \\*stars\\* and &amp; and <b>tags</b> go", "code and *stars* and & and tags go"),
        ("> a quote that is\n> two lines long here", "a quote that is two lines long here"),
        (
            "It stood before the code block, they said.\n\n```\nx = 1\n```\n\nafter it there is more",
            "It stood before the code block, they said.\n\nafter it there is more",
        ),
    ],
)
def test_markup_becomes_words(markup: str, words: str) -> None:
    assert only(read_file("a.md", f"# A title\n\n{markup}".encode())).text == words


# --- JSON lines ------------------------------------------------------------------------------------------------------


def test_one_broken_line_never_stops_the_others() -> None:
    items = read_file("harbour.jsonl", (DATA / "harbour.jsonl").read_bytes())
    assert [item.title if isinstance(item, Entry) else (item.where, str(item.reason)) for item in items] == [
        "Harbour accord backed",
        "Undated",
        ("line 3", "not-json"),
        ("line 4", "no-text"),
        ("line 5", "no-title"),
        ("line 6", "published-not-date (value=last week)"),
        "Number for a date",
        ("line 8", "field-given-twice (field=title)"),
        ("line 9", "field-not-text (field=text)"),
        ("line 10", "not-json-object"),
        ("line 11", "text-too-short"),
        ("line 12", "url-not-address (value=javascript:alert(1))"),
        "Boats delivered",
    ]
    first, undated, numbered, last = (item for item in items if isinstance(item, Entry))
    assert first.published == datetime(2025, 5, 2, 5, 30, tzinfo=UTC)
    assert numbered.published == DAY
    assert (undated.published, undated.source, undated.url) == (None, None, None)
    assert (last.source, last.language, last.summary) == ("other.example", "en", "Three of five boats have come.")


@pytest.mark.parametrize(
    ("json_line", "reason"),
    [
        pytest.param(b"[" * 100_000, "nested-too-deeply", id="nesting-bomb"),
        pytest.param(b'{"a":' * 50_000, "nested-too-deeply", id="object-bomb"),
        pytest.param(b'{"title": ' + b"9" * 10_000 + b"}", "not-json", id="huge-number"),
        pytest.param(b'{"title": NaN}', "not-json-number (name=NaN)", id="nan"),
        pytest.param(b'{"title": "\xff"}', "not-utf-8", id="bytes"),
        pytest.param(b'{"title": true, "text": "x"}', "field-not-text (field=title)", id="boolean"),
        pytest.param(
            b'{"title": "' + b"x" * 600 + b'", "text": "one two three four five"}',
            "title-too-long (most=500)",
            id="title",
        ),
        pytest.param(b'"' + b"x" * 4_000_001 + b'"', "line-too-long (bytes=4000000)", id="long-line"),
        pytest.param(
            b'{"title": "T", "text": "one two three four five", "language": "<b>"}',
            "language-not-code (value=<b>)",
            id="language",
        ),
        pytest.param(b"null", "not-json-object", id="null"),
    ],
)
def test_a_hostile_line_is_refused_and_stops_no_other(json_line: bytes, reason: str) -> None:
    good = json.dumps({"title": "Good", "text": WORDS}).encode()
    items = read_file("x.jsonl", json_line + b"\n" + good + b"\n")
    assert isinstance(items[0], Rejected)
    assert (items[0].where, str(items[0].reason)) == ("line 1", reason)
    assert only(items[1:]).title == "Good"


def test_a_line_separator_inside_a_string_ends_no_line() -> None:
    json_line = json.dumps({"title": "A\u2028B", "text": WORDS}, ensure_ascii=False)
    assert only(read_file("x.jsonl", json_line.encode())).title == "A B"


@pytest.mark.parametrize(
    "value", [{"title": "T", "text": WORDS}, [{"title": "T", "text": WORDS}, {"title": "T", "text": WORDS}]]
)
def test_one_json_value_may_take_many_lines(value: object) -> None:
    items = read_file("x.json", json.dumps(value, indent=2).encode())
    assert [item.title for item in items if isinstance(item, Entry)] == ["T"] * (2 if isinstance(value, list) else 1)


@pytest.mark.parametrize(
    ("data", "title"),
    [
        pytest.param(json.dumps({"title": "J", "text": WORDS}).encode(), "J", id="json"),
        pytest.param(
            b"{broken\n" + json.dumps({"title": "J", "text": WORDS}).encode(), None, id="json-with-a-broken-line"
        ),
        pytest.param((DATA / "harbour.html").read_bytes(), "Harbour accord backed", id="html"),
        pytest.param((DATA / "harbour.md").read_bytes(), "Harbour accord backed", id="front-matter"),
        pytest.param(f"# Heading\n\n{WORDS}".encode(), "Heading", id="heading"),
        pytest.param(f"Plain\n\n{WORDS}".encode(), "Plain", id="text"),
        pytest.param(f"{{curly\n\n{WORDS}".encode(), "{curly", id="curly-text"),
    ],
)
def test_the_format_of_standard_input_is_judged_by_its_look(data: bytes, title: str | None) -> None:
    first = read_file("-", data)[0]
    assert (first.title if isinstance(first, Entry) else None) == title


# --- pages -----------------------------------------------------------------------------------------------------------


def test_a_page_is_read() -> None:
    entry = read_page((DATA / "harbour.html").read_bytes(), "http://courier.example/2025/harbour?utm_source=x")
    assert (entry.title, entry.source, entry.language) == ("Harbour accord backed", "The Norvell Courier", "en")
    assert entry.url == "https://www.courier.example/2025/harbour"
    assert entry.published == datetime(2025, 5, 2, 5, 30, tzinfo=UTC)
    assert entry.text.startswith("The parliament of Norvell")
    assert "“plain & overdue act of good sense”" in entry.text
    assert not re.search("Home|Sport|Subscribe|alert|Ann Writer|Harbour accord backed", entry.text)


PAGE = (DATA / "harbour.html").read_text("utf-8")
NO_DATE = re.sub(r"<meta property=.article:published_time.*", "", PAGE)


@pytest.mark.parametrize(
    ("page", "url", "when"),
    [
        pytest.param(NO_DATE, None, None, id="only-a-copyright-year"),
        pytest.param(NO_DATE, "https://courier.example/2025/12/03/harbour", DAY, id="in-the-address"),
        pytest.param(
            NO_DATE.replace("</head>", '<meta name="pubdate" content="3 December 2025"></head>'), None, DAY, id="meta"
        ),
        pytest.param(
            NO_DATE.replace(
                "</head>", '<script type="application/ld+json">{"datePublished": "2025-12-03"}</script></head>'
            ),
            None,
            DAY,
            id="json-ld",
        ),
        pytest.param(
            NO_DATE.replace(
                "<p>By Ann Writer", '<time itemprop="datePublished" datetime="2025-12-03">Today</time><p>By Ann Writer'
            ),
            None,
            DAY,
            id="time-element",
        ),
    ],
)
def test_the_date_is_the_one_that_the_page_states(page: str, url: str | None, when: datetime | None) -> None:
    page = page.replace("/2025/harbour", "/harbour")
    assert read_page(page.encode(), url).published == when


def test_a_canonical_address_on_another_host_is_not_used() -> None:
    assert read_page(PAGE.encode(), "https://evil.example/a").url == "https://evil.example/a"


def test_values_that_a_page_does_not_state_are_not_invented() -> None:
    page = PAGE.replace(' lang="en-GB"', "").replace("og:site_name", "x").replace("https://www.courier.example", "")
    entry = read_page(page.encode(), "https://www.second.example/a")
    assert (entry.source, entry.language) == ("second.example", "en")
    assert read_page(page.encode(), None).source is None


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param(b"", "page-without-text", id="empty"),
        pytest.param(b"<p>hi", "page-without-text", id="nothing-to-read"),
        pytest.param(b"\x00\x01\x02\xff" * 500, "page-without-title", id="binary"),
        pytest.param(b" " * (LARGEST_PAGE + 1), "page-too-long (megabytes=5)", id="large"),
        pytest.param(b"<br>" * 70_000, "page-too-complex", id="elements"),
    ],
)
def test_a_page_that_cannot_be_used_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(BadInput) as raised:
        read_page(data, None)
    assert str(raised.value) == reason


def entry_or_reason(data: bytes, url: str | None) -> Entry | str:
    """Returns the entry of a page, or the reason of its refusal. Any other exception is a bug."""
    try:
        return read_page(data, url)
    except BadInput as error:
        return str(error)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"<div>" * 200_000, id="nesting"),
        pytest.param(b'<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;&x;">]><p>&y;&y;', id="entities"),
        pytest.param(b"<a " + b"b='c' " * 100_000, id="attributes"),
        pytest.param(b"<" * 1_000_000, id="angles"),
        pytest.param(b"<table>" * 5_000 + b"word " * 1_000, id="tables"),
        pytest.param(b"<?xml version='1.0' encoding='utf-7'?><html><body><p>x", id="declared"),
    ],
)
def test_page_bombs_come_to_an_end(data: bytes) -> None:
    entry_or_reason(data, "https://bomb.example/")


TAGS = st.sampled_from(
    [
        "<p>",
        "</p>",
        "<div>",
        "<a href=x>",
        "<!--",
        "-->",
        "<script>",
        "<html lang=>",
        "<meta charset=",
        "&#xD800;",
        "<title>",
        "<time datetime=",
        "<![CDATA[",
        "words and more words here. ",
        "\0",
        "é",
        "<h1>T</h1>",
        "<svg>",
        "\ud800",
    ]
)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(TAGS | st.text(max_size=5), max_size=40).map("".join),
    st.none() | st.just("https://h.example/2025/01/02/a"),
)
def test_any_page_gives_an_entry_or_a_reason(page: str, url: str | None) -> None:
    result = entry_or_reason(page.encode("utf-8", "surrogatepass"), url)
    assert isinstance(result, Entry) or (result and "\n" not in result)


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(["-", "a.txt", "a.md", "a.jsonl", "a.json", "a", "../\ud800.txt", ""]),
    st.binary(max_size=200)
    | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass"))
    | st.recursive(
        st.none() | st.text(max_size=9) | st.integers(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(st.sampled_from(["title", "text", "url", "published", "source", "language", "x"]), inner)
        ),
        max_leaves=8,
    ).map(lambda value: json.dumps(value).encode()),
)
def test_any_file_gives_entries_or_reasons(name: str, data: bytes) -> None:
    items = read_file(name, data)
    assert items
    assert all(isinstance(item, Entry) or "\n" not in f"{item.reason}{item.where}" for item in items)


@pytest.mark.parametrize(
    "text",
    [
        "*" * 200_000,
        "[" * 200_000,
        "_a" * 100_000,
        "![" * 100_000,
        "```\n" * 50_000,
        "<a" * 100_000,
        "---\n" * 50_000,
        "> " * 100_000,
        "|" * 200_000,
        " " * 200_000 + "x",
        "\n" * 200_000 + "x",
        "&" * 200_000,
        "- " * 100_000,
        "~~a" * 60_000,
        "`a" * 100_000,
    ],
    ids=lambda text: repr(text[:4]),
)
def test_markdown_bombs_come_to_an_end(text: str) -> None:
    read_file("a.md", text.encode())
    read_file("a.md", b"# T\n\n" + WORDS.encode() + b"\n" + text.encode())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "<p>One <b>two</b>&nbsp;three.</p><p>Four &amp; five.</p>", "One two three.\n\nFour & five.", id="html"
        ),
        pytest.param("One<br/>two", "One\n\ntwo", id="breaks"),
        pytest.param(
            "The tag <b> makes text bold, if 1 < 2.", "The tag <b> makes text bold, if 1 < 2.", id="speaks-of-tags"
        ),
        pytest.param("AT&amp;T", "AT&T", id="no-tags"),
    ],
)
def test_markup_in_json_text_is_not_shown(text: str, expected: str) -> None:
    assert clean(without_markup(text)) == expected


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        pytest.param("By Ilva Brandt", "Ilva Brandt", id="by"),
        pytest.param("Ilva Brandt,\n Sergei Palov", "Ilva Brandt, Sergei Palov", id="two"),
        pytest.param("desk@example.org", "", id="address"),
        pytest.param("https://example.org/brandt", "", id="link"),
        pytest.param("x" * 201, "", id="too-long"),
        pytest.param("", "", id="nobody"),
    ],
)
def test_an_author_is_a_name(stated: str, expected: str) -> None:
    assert byline(stated) == expected


def test_the_author_of_a_json_line_is_read() -> None:
    json_line = json.dumps({"title": "Norvell opens a port", "text": WORDS, "author": "By Ilva Brandt"})
    [entry] = read_file("a.jsonl", json_line.encode())
    assert entry.author == "Ilva Brandt"


OTHERS = {
    "list": """{"@type": "ItemList", "itemListElement": [{"@type": "NewsArticle", "headline": "Actor marries in Goa",
            "datePublished": "2026-10-10"}]}""",
    "graph": """{"@graph": [{"@type": "WebPage"}, {"@type": "ItemList", "itemListElement": [{"@type": "ListItem",
             "item": {"@type": "NewsArticle", "headline": "Singer dies in Rome", "datePublished": "2026-10-10"}}]}]}""",
}


@pytest.mark.parametrize("data", OTHERS.values(), ids=OTHERS.keys())
def test_a_page_takes_neither_title_nor_date_of_the_articles_that_it_lists(data: str) -> None:
    aside = "<aside>Related <time datetime='2019-05-05'>5 May 2019</time> Something else</aside>"
    page = (
        f"<html><head><title>Council buys green bus</title><script type='application/ld+json'>{data}</script></head>"
        f"<body><article><h1>Council buys green bus</h1><p>{WORDS} {WORDS}</p><p>{WORDS}</p></article>{aside}</body>"
    )
    entry = read_page(page.encode(), "https://town.example/bus")
    assert (entry.title, entry.published) == ("Council buys green bus", None)


@pytest.mark.parametrize("line", ["No casualties reported", "Mumbai", "New Delhi, India", "Breaking News"])
def test_a_line_below_the_title_that_names_no_outlet_is_no_source(line: str) -> None:
    entry = only(read_file("a.txt", f"Ships burn in port\n{line}\n\n{WORDS}".encode()))
    assert (entry.source, entry.author) == (None, "")


@pytest.mark.parametrize("number", ["2025120410", "2026112710", "4102444800"])
def test_a_number_that_is_no_time_since_1970_is_no_date(number: str) -> None:
    [rejected] = read_file("a.json", f'{{"title": "T", "text": "{WORDS}", "published": {number}}}'.encode())
    assert isinstance(rejected, Rejected)
