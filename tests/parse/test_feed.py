"""Reading good, broken and hostile feeds. Each feed in data/feeds has its expected result beside it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefings.errors import BadInput, Problem
from briefings.model import Entry
from briefings.parse.document import Document
from briefings.parse.feed import LARGEST_FEED, MOST_ITEMS, Feed, read_feed
from briefings.parse.item import RawItem, entry_of
from briefings.parse.markup import text_of
from briefings.parse.newest import dated, newest
from briefings.parse.split import split
from briefings.stories.identity import objection
from briefings.text.quality import emptiness

FEEDS = Path(__file__).parents[1] / "data" / "feeds"
INPUTS = sorted(path for path in FEEDS.iterdir() if not path.name.endswith(".expected.json"))
URL = "https://courier.example/feed.xml"


def rss(*items: str, head: str = "") -> bytes:
    return f"{head}<rss version='2.0'><channel><title>T</title>{''.join(items)}</channel></rss>".encode()


def item(number: int, words: str = "The ferry sails again.") -> str:
    return f"<item><guid>g{number}</guid><title>News {number}</title><description>{words}</description></item>"


def entry(data: bytes) -> Entry:
    items = read_feed(data, URL).items
    assert len(items) == 1
    assert items[0].entry is not None, items[0]
    return items[0].entry


def shown(feed: Feed) -> dict[str, object]:
    """Returns a feed in the form in which the expected results are written."""
    items = []
    for read in feed.items:
        if read.entry is None:
            items.append({"key": read.key, "reason": str(read.reason)})
        else:
            names = ("title", "text", "url", "published", "source", "language", "summary")
            values = {name: getattr(read.entry, name) for name in names}
            values["published"] = values["published"] and values["published"].isoformat()
            items.append({"key": read.key, **values})
    return {"title": feed.title, "link": feed.link, "trouble": feed.trouble and str(feed.trouble), "items": items}


# --- golden pairs ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", INPUTS, ids=lambda path: path.name)
def test_a_feed_gives_the_result_beside_it(path: Path) -> None:
    expected = json.loads(path.with_name(f"{path.name}.expected.json").read_text())
    assert shown(read_feed(path.read_bytes(), URL)) == expected


@pytest.mark.parametrize("path", INPUTS, ids=lambda path: path.name)
def test_known_items_are_not_read_again_and_the_others_read_the_same(path: Path) -> None:
    data = path.read_bytes()
    first = read_feed(data, URL)
    digests = [read.digest for read in first.items]
    for known_digests in (set(digests), set(digests[::2]), set[str]()):
        again = read_feed(data, URL, known_digests)
        assert (again.title, again.link) == (first.title, first.link)
        for read, before in zip(again.items, first.items, strict=True):
            is_known = read.digest in known_digests
            assert (read.key, read.digest) == (before.key, before.digest)
            assert (read.entry, read.reason) == ((None, None) if is_known else (before.entry, before.reason))


def test_entries_of_feeds_are_not_by_hand() -> None:
    assert not entry(rss(item(1))).by_hand


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "cp037", "iso-2022-jp"])
def test_a_feed_reads_the_same_in_any_encoding(encoding: str) -> None:
    name = encoding.removesuffix("-sig")
    words = "港が開いた" if encoding != "cp037" else "The port is open"
    head = f'<?xml version="1.0" encoding="{name}"?>\n'
    feed = read_feed(rss(item(1, words), head=head).decode().encode(encoding), URL)
    assert [(read.key, read.entry and read.entry.text) for read in feed.items] == [("g1", words)]


def test_a_wrong_byte_spoils_one_letter_only() -> None:
    data = rss(item(1, "Café ‘Ankerplatz’ X"), head='<?xml version="1.0" encoding="utf-8"?>').replace(b"X", b"\xff")
    assert entry(data).text == "Café ‘Ankerplatz’ \ufffd"


@pytest.mark.parametrize("url", [None, "", "http://[", "file:///etc/passwd", "x" * 3000])
def test_links_of_a_feed_without_a_usable_address_stay_out(url: str | None) -> None:
    feed = read_feed(rss("<item><title>t</title><link>/1</link></item>", item(2)), url)
    assert [read.entry and read.entry.url for read in feed.items] == [None, None]


# --- finding the items -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("items", "keys"),
    [
        pytest.param([item(1), item(2)], ["g1", "g2"], id="plain"),
        pytest.param(["<!-- <item><guid>no</guid></item> -->", item(1)], ["g1"], id="comment"),
        pytest.param([item(1, "<![CDATA[</item><item><guid>no</guid>]]>")], ["g1"], id="cdata"),
        pytest.param(["<Item><GUID>g1</GUID><title>t</title></Item>"], ["g1"], id="capitals"),
        pytest.param(["<item><guid><![CDATA[ a&b ]]></guid></item>"], ["a&b"], id="cdata-key"),
        pytest.param(["<item><guid>a&amp;b&#x2f;c</guid></item>"], ["a&b/c"], id="entities-in-key"),
        pytest.param(["<item><guid>&nobody;-1</guid></item>"], ["&nobody;-1"], id="undeclared-entity-in-key"),
        pytest.param(["<item><source><id>no</id></source><id>yes</id></item>"], ["yes"], id="nested-id"),
        pytest.param(["<item><link>https://x.example/1</link></item>"], ["https://x.example/1"], id="link"),
        pytest.param(["<item><guid/><link>https://x.example/1</link></item>"], ["https://x.example/1"], id="empty"),
    ],
)
def test_each_item_has_its_key(items: list[str], keys: list[str]) -> None:
    assert [read.key for read in read_feed(rss(*items), URL).items] == keys


def test_a_declared_entity_is_part_of_the_key() -> None:
    data = rss("<item><guid>&site;/1</guid></item>", head='<!DOCTYPE rss [<!ENTITY site "https://x.example">]>')
    assert [read.key for read in read_feed(data, URL).items] == ["https://x.example/1"]


def test_a_span_is_exactly_one_item() -> None:
    data = rss(item(1), "<!-- between -->", "<item/>", item(2, "<![CDATA[<item>]]>"))
    spans = split(Document(data))
    assert spans is not None
    assert [data[span.start : span.end].decode() for span in spans] == [
        item(1),
        "<item/>",
        item(2, "<![CDATA[<item>]]>"),
    ]


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(rss("<item><title>a</title>"), id="not-closed"),
        pytest.param(rss("<item>a & b</item>"), id="ampersand"),
        pytest.param(b"<entry><title>alone</title></entry>", id="nothing-but-an-item"),
    ],
)
def test_a_feed_that_would_be_cut_by_guessing_is_not_cut(data: bytes) -> None:
    assert split(Document(data)) is None


@pytest.mark.parametrize(
    "items",
    [
        pytest.param(["<item><title>a</title><item><title>b</title></item></item>"], id="items-in-items"),
        pytest.param(["<x:item xmlns:x='urn:x'><title>a</title></x:item>", item(1)], id="items-of-another-kind"),
    ],
)
def test_a_feed_in_which_the_library_sees_other_items_is_read_whole(items: list[str]) -> None:
    first = read_feed(rss(*items), URL)
    again = read_feed(rss(*items), URL, {read.digest for read in first.items})
    assert [read.entry for read in again.items] == [None] * len(first.items)
    assert [read.key for read in again.items] == [read.key for read in first.items]


def test_a_changed_item_has_the_same_key_and_another_digest() -> None:
    before = read_feed(rss(item(1), item(2)), URL)
    after = read_feed(rss(item(1), item(2, "It does not.")), URL, {read.digest for read in before.items})
    assert [read.key for read in after.items] == [read.key for read in before.items]
    assert after.items[0].entry is None
    assert after.items[1].entry is not None
    assert after.items[1].entry.text == "It does not."


def test_one_item_that_upsets_the_library_stops_no_other() -> None:
    upsetting = "<item xmlns:g='http://www.georss.org/georss'><guid>bad</guid><g:point>north</g:point></item>"
    feed = read_feed(rss(item(1), upsetting, item(2)), URL)
    assert [(read.key, read.entry is not None) for read in feed.items] == [("g1", True), ("bad", False), ("g2", True)]


def test_a_feed_with_too_many_items_is_cut_and_says_so() -> None:
    feed = read_feed(rss(*map(item, range(MOST_ITEMS + 1))), URL)
    assert len(feed.items) == MOST_ITEMS
    assert feed.trouble == Problem("feed-cut", {"most": 2000, "items": 2001})


def _dated_item(number: int, date: str) -> str:
    return item(number).replace("</item>", f"{date}</item>")


@pytest.mark.parametrize(
    "element",
    [
        pytest.param("<pubDate>{:%a, %d %b %Y %H:%M:%S} +0200</pubDate>", id="rfc-2822"),
        pytest.param("<dc:date xmlns:dc='http://purl.org/dc/elements/1.1/'>{:%Y-%m-%dT%H:%M:%S}Z</dc:date>", id="iso"),
        pytest.param("<pubDate><![CDATA[ {:%Y-%m-%d} ]]></pubDate>", id="day-in-cdata"),
    ],
)
@pytest.mark.parametrize("fault", [pytest.param("", id="well-formed"), pytest.param("<b>", id="malformed")])
def test_of_a_feed_with_too_many_items_the_newest_are_read(element: str, fault: str) -> None:
    """The oldest come first, each hundredth has no date, and the last is the newest."""
    start = datetime(2010, 1, 1, tzinfo=UTC)
    items = [
        item(number) if number % 100 == 0 else _dated_item(number, element.format(start + number * timedelta(days=1)))
        for number in range(MOST_ITEMS + 300)
    ]
    feed = read_feed(rss(*items, fault), URL)
    numbers = [int(read.key.rpartition("g")[2]) for read in feed.items]
    assert numbers == [n for n in range(MOST_ITEMS + 300) if n % 100][-MOST_ITEMS:]
    assert feed.items[-1].entry
    assert feed.items[-1].entry.published


def test_undated_items_fill_up_in_the_order_of_the_feed() -> None:
    items = [item(number) for number in range(MOST_ITEMS)]
    dated_last = _dated_item(MOST_ITEMS, "<pubDate>Wed, 03 Dec 2025 08:00:00 GMT</pubDate>")
    keys = [read.key for read in read_feed(rss(*items, dated_last), URL).items]
    assert keys == [f"g{number}" for number in range(MOST_ITEMS - 1)] + [f"g{MOST_ITEMS}"]


def test_of_a_json_feed_with_too_many_items_the_newest_are_read() -> None:
    items = [{"id": str(n), "title": "T", "date_published": f"{n}-01-01T00:00:00Z"} for n in range(1000, 3005)]
    feed = read_feed(json.dumps({"items": items}).encode(), URL)
    assert [read.key for read in feed.items] == [str(n) for n in range(1005, 3005)]


def test_an_item_that_was_changed_counts_by_the_day_it_was_published() -> None:
    changed = b"<entry><updated>2025-12-03T08:00:00Z</updated><published>1970-01-01T00:00:00Z</published></entry>"
    assert dated(changed) == 0
    assert newest([None, 0, 5, None], 2) == [1, 2]
    assert newest([None, 0, 5, None], 3) == [0, 1, 2]


# --- one item --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        pytest.param("a &amp; b", "a & b", id="entities"),
        pytest.param("one\n\ntwo", "one\n\ntwo", id="plain-paragraphs"),
        pytest.param("<p>one\ntwo</p><p>three</p>", "one two\n\nthree", id="paragraphs"),
        pytest.param("one<br>two<br/>three", "one\ntwo\nthree", id="line-ends"),
        pytest.param("<div><h2>A</h2>b<ul><li>c<li>d</ul></div>", "A\n\nb\n\nc\n\nd", id="never-closed"),
        pytest.param("a<script>b</script>c<style>d</style><!-- e -->f", "acf", id="what-nobody-reads"),
        pytest.param("a <b>b</b><i>c</i> 3 < 4", "a bc 3 < 4", id="inline"),
        pytest.param("<table><tr><td>a</td><td>b</td></tr></table>", "a b", id="cells"),
        pytest.param("<pre>a\nb</pre>", "a\nb", id="set-as-it-stands"),
        pytest.param("&lt;b&gt;", "<b>", id="spoken-of"),
        pytest.param("<", "<", id="lone"),
        pytest.param("", "", id="empty"),
    ],
)
def test_markup_becomes_text(markup: str, text: str) -> None:
    assert text_of(markup) == text


@given(st.text(st.sampled_from("<>&;/!-ab \n\"'=") | st.characters()) | st.text())
def test_any_markup_becomes_clean_text(markup: str) -> None:
    text_of(markup).encode()


@pytest.mark.parametrize(
    ("stated", "when"),
    [
        pytest.param("Fri, 02 May 2025 07:30:00 +0200", datetime(2025, 5, 2, 5, 30, tzinfo=UTC), id="rfc-822"),
        pytest.param("Fri, 02 May 25 07:30:00 EST", datetime(2025, 5, 2, 12, 30, tzinfo=UTC), id="short-year"),
        pytest.param("2025-05-02T07:30:00+02:00", datetime(2025, 5, 2, 5, 30, tzinfo=UTC), id="iso"),
        pytest.param("2025-05-02", datetime(2025, 5, 2, tzinfo=UTC), id="day"),
        pytest.param("2 May 2025", datetime(2025, 5, 2, tzinfo=UTC), id="printed"),
        pytest.param("2 mai 2025", datetime(2025, 5, 2, tzinfo=UTC), id="printed-french"),
        pytest.param("2025-05", None, id="no-day"),
        pytest.param("2025", None, id="year-only"),
        pytest.param("--05-02", None, id="no-year"),
        pytest.param("---02", None, id="day-only"),
        pytest.param("Fri, 99 May 2025 07:30:00 GMT", None, id="no-such-day"),
        pytest.param("Fri, 02 May 0225 07:30:00 GMT", None, id="no-such-time-for-news"),
        pytest.param("yesterday", None, id="no-date"),
    ],
)
def test_a_date_is_read_or_absent_never_invented(stated: str, when: datetime | None) -> None:
    assert entry(rss(f"<item><title>t</title><pubDate>{stated}</pubDate></item>")).published == when


@pytest.mark.parametrize(
    ("language", "link", "hour"),
    [
        pytest.param("en-IN", "https://courier.example/", 2, id="language"),
        pytest.param("en", "https://courier.co.il/", 6, id="host"),
        pytest.param("en", "https://courier.example/", 0, id="neither"),
    ],
)
def test_an_ambiguous_zone_goes_by_the_feeds_language_and_host(language: str, link: str, hour: int) -> None:
    stated = "Fri, 02 May 2025 08:00:00 IST"
    xml = f"<link>{link}</link><language>{language}</language><item><title>t</title><pubDate>{stated}</pubDate></item>"
    item = {"title": "t", "date_published": stated}
    feed = {"version": "https://jsonfeed.org/version/1.1", "home_page_url": link, "language": language, "items": [item]}
    for published in (entry(rss(xml)).published, entry(json.dumps(feed).encode()).published):
        assert published == datetime(2025, 5, 2, hour, 30 if hour == 2 else 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        pytest.param(RawItem(title="A", texts=("b",)), ("A", "b", "T"), id="both"),
        pytest.param(RawItem(title="A"), ("A", "A", "T"), id="title-only"),
        pytest.param(RawItem(texts=("One. Two.",)), ("One.", "One. Two.", "T"), id="text-only"),
        pytest.param(RawItem(title="A", texts=("b", "longer")), ("A", "longer", "T"), id="fullest"),
        pytest.param(RawItem(title="A", source="Wire"), ("A", "A", "Wire"), id="names-its-source"),
        pytest.param(
            RawItem(texts=("x " * 300,)), (f"{'x ' * 123}x…", ("x " * 300).strip(), "T"), id="one-long-sentence"
        ),
    ],
)
def test_title_text_and_source_of_an_entry(raw: RawItem, expected: tuple[str, str, str]) -> None:
    made = entry_of(raw, "T", URL)
    assert isinstance(made, Entry)
    assert (made.title, made.text, made.source) == expected


@pytest.mark.parametrize(
    ("feed_title", "url", "source"), [("", "https://www.x.example/1", "x.example"), ("", "", "courier.example")]
)
def test_without_a_feed_title_the_source_is_a_host(feed_title: str, url: str, source: str) -> None:
    made = entry_of(RawItem(title="A", url=url), feed_title, URL)
    assert isinstance(made, Entry)
    assert made.source == source


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        pytest.param(RawItem(url="https://x.example"), "no-title-and-no-text", id="address-only"),
        pytest.param(RawItem(texts=("\u200b \n",)), "no-title-and-no-text", id="invisible"),
        pytest.param(RawItem(title="A", texts=("x" * 400_001,)), "text-too-long (most=400000)", id="endless"),
    ],
)
def test_an_item_without_an_entry_has_a_reason(raw: RawItem, reason: str) -> None:
    assert str(entry_of(raw, "T", URL)) == reason


@pytest.mark.parametrize(
    ("link", "url"),
    [
        ("/a?b=1&amp;c=2", "https://courier.example/a?b=1&c=2"),
        ("javascript:alert(1)", None),
        ("http://[", None),
        ("https://x.example/" + "a" * 3000, None),
    ],
)
def test_a_link_becomes_a_web_address_or_is_left_out(link: str, url: str | None) -> None:
    assert entry(rss(f"<item><title>t</title><link>{link}</link></item>")).url == url


# --- JSON Feed -------------------------------------------------------------------------------------------------------


def test_a_json_feed_that_breaks_off_gives_the_items_before_the_break() -> None:
    feed = read_feed(
        b'{"title": "T", "items": [{"id": "1", "title": "A"}, {"id": "2", "title": "B"}, {"id": "3", "ti', URL
    )
    assert [read.key for read in feed.items] == ["1", "2"]
    assert feed.trouble == Problem("json-broken-off")


@pytest.mark.parametrize("data", [b"{", b"{}", b'{"items": 1}', b'{"items": [' + b"[" * 100_000, b'{"a":' * 100_000])
def test_json_that_is_no_feed_is_refused(data: bytes) -> None:
    with pytest.raises(BadInput, match=r"^not-feed$"):
        read_feed(data, URL)


# --- hostile ---------------------------------------------------------------------------------------------------------

LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
BOMB = (
    f'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY l0 "lol">{LAUGHS}]>'
    "<rss><channel><title>&l9;</title></channel></rss>"
)
GROWS = r"^feed-unsafe \(problem=entities-grow\)$"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param(BOMB.encode(), GROWS, id="billion-laughs"),
        pytest.param(BOMB.replace('"', "'").encode(), GROWS, id="single-quotes"),
        pytest.param(BOMB.encode("utf-16"), GROWS, id="utf-16"),
        pytest.param(BOMB.encode("utf-16-be"), GROWS, id="utf-16-without-a-mark"),
        pytest.param(BOMB.encode("cp037"), GROWS, id="ebcdic"),
        pytest.param(
            b'<?xml version="1.0" encoding="utf-7"?>' + BOMB[21:].replace("<", "+ADw-").encode(), GROWS, id="utf-7"
        ),
        pytest.param(rss(head='<!DOCTYPE a [<!ENTITY % p "x">]>'), GROWS, id="parameter-entity"),
        pytest.param(rss(head='<!DOCTYPE a [<!ENTITY b "c"><!ENTITY a "&#38;b;&#38;b;">]>'), GROWS, id="nests-hidden"),
        pytest.param(rss(head=f'<!DOCTYPE a [<!ENTITY a "{"x" * 1001}">]>'), GROWS, id="long"),
        pytest.param(rss("&a;" * 3000, head=f'<!DOCTYPE a [<!ENTITY a "{"x" * 900}">]>'), GROWS, id="often"),
        pytest.param(b"<<" + BOMB.encode(), "entities-in-broken-prolog", id="broken"),
        pytest.param(b"<!-- -- -->" + BOMB[21:].encode(), "entities-in-broken-prolog", id="broken-comment"),
    ],
)
def test_entity_bombs_are_refused_before_any_entity_is_put_in(data: bytes, reason: str) -> None:
    with pytest.raises(BadInput, match=reason):
        read_feed(data, URL)


def test_harmless_entities_are_put_in_and_external_ones_never_read(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("the secret")
    head = f'<!DOCTYPE rss [<!ENTITY port "Norvell"><!ENTITY file SYSTEM "file://{tmp_path}/secret">]>'
    made = entry(rss(item(1, "&port; is open: &file;"), head=head))
    assert "Norvell is open" in made.text
    assert "the secret" not in made.text


def test_an_article_about_entity_bombs_is_read() -> None:
    assert entry(rss(item(1, f"<![CDATA[Never open {BOMB.replace('<', '&lt;')}]]>"))).text.startswith(
        "Never open <?xml"
    )


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"hello", id="text"),
        pytest.param(b"\x1f\x8b\x08\x00binary", id="binary"),
        pytest.param(b"<!doctype html><html><head><title>A page</title></head><body><p>Hello", id="page"),
        pytest.param(b"<html xmlns='http://www.w3.org/1999/xhtml'><body><p>Hello</p></body></html>", id="xhtml"),
        pytest.param(b"<html><body><p>an <entry> in a ledger</p></body></html>", id="page-with-an-entry"),
        pytest.param(b"<opml><body/></opml>", id="opml"),
    ],
)
def test_data_that_is_no_feed_is_refused(data: bytes) -> None:
    with pytest.raises(BadInput, match=r"^not-feed$"):
        read_feed(data, URL)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"<rss>" + b" " * LARGEST_FEED, id="bytes"),
        pytest.param(rss("<a>" * 300 + "</a>" * 300), id="depth"),
        pytest.param(rss("<a/>" * 150_001), id="elements"),
        pytest.param(rss("<item>" * 150_001), id="malformed-elements"),
        pytest.param(rss("<a " + " ".join(f"a{n}='1'" for n in range(501)) + "/>"), id="attributes"),
        pytest.param(rss(f"<item xml:base='http://x.example/{'a' * 600}'/>"), id="base"),
    ],
)
def test_too_much_of_anything_is_refused(data: bytes) -> None:
    with pytest.raises(BadInput):
        read_feed(data, URL)


def check(data: bytes) -> None:
    """Check that bytes give a feed whose items keep their promises, or `BadInput`."""
    try:
        feed = read_feed(data, URL)
    except BadInput:
        return
    for read in feed.items:
        assert read.key
        assert read.digest
        assert (read.entry is None) == bool(read.reason)
        assert read.entry is None or objection(read.entry) in (None, emptiness(read.entry.text)), "an entry has a text"
    again = read_feed(data, URL, {read.digest for read in feed.items})
    assert [(read.key, read.digest, read.entry, read.reason) for read in again.items] == [
        (read.key, read.digest, None, None) for read in feed.items
    ]


@given(st.binary() | st.text().map(str.encode))
def test_any_bytes_are_a_feed_or_bad_input(data: bytes) -> None:
    check(data)


@given(st.sampled_from(INPUTS), st.data())
def test_any_broken_feed_is_read_as_far_as_possible(path: Path, draw: st.DataObject) -> None:
    data = path.read_bytes()
    begin, end = sorted(draw.draw(st.tuples(*[st.integers(0, len(data))] * 2), "cut"))
    noise = st.sampled_from(
        [b"<item>", b"</item>", b"<![CDATA[", b"]]>", b"<!--", b"&#xd800;", b"&x;", b"\0", b"\xff", b"<"]
    )
    check(data[:begin] + draw.draw(st.binary(max_size=20) | noise, "put in") + data[min(end, begin + 40) :])


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.sampled_from("id url title items content_html content_text summary date_published language".split()),
                inner,
            )
        ),
    )
)
def test_any_json_is_a_feed_or_bad_input(value: object) -> None:
    check(json.dumps({"items": [value], "title": value}).encode())
