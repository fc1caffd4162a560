"""Reading and writing lists of feeds. The list in data/ has its expected result beside it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefings.errors import BadInput
from briefings.parse.opml import LARGEST_LIST, Outline, read_opml, write_opml
from briefings.parse.plain import one_line

DATA = Path(__file__).parents[1] / "data"
A, B = Outline("A", "https://a.example/feed"), Outline("B", "https://b.example/feed", "News/World")
WORDS = st.text().map(one_line)
NAMES = WORDS.filter(bool)
FOLDERS = st.lists(WORDS.map(lambda name: one_line(name.replace("/", " "))).filter(bool), max_size=10).map("/".join)
OUTLINES = st.lists(st.builds(Outline, NAMES, NAMES, FOLDERS), max_size=8)


def opml(body: str, head: str = "") -> bytes:
    return f"{head}<opml version='2.0'><head/><body>{body}</body></opml>".encode()


def test_a_list_gives_the_result_beside_it() -> None:
    feeds = read_opml((DATA / "feeds.opml").read_bytes())
    expected = json.loads((DATA / "feeds.opml.expected.json").read_text())
    assert [[feed.title, feed.url, feed.folder] for feed in feeds] == expected


def test_a_list_is_written_as_opml() -> None:
    assert write_opml([A, B]).decode().splitlines() == [
        "<?xml version='1.0' encoding='utf-8'?>",
        '<opml version="2.0">',
        "  <head>",
        "    <title>Feeds</title>",
        "  </head>",
        "  <body>",
        '    <outline type="rss" text="A" title="A" xmlUrl="https://a.example/feed"/>',
        '    <outline text="News">',
        '      <outline text="World">',
        '        <outline type="rss" text="B" title="B" xmlUrl="https://b.example/feed"/>',
        "      </outline>",
        "    </outline>",
        "  </body>",
        "</opml>",
    ]


@given(OUTLINES)
def test_a_written_list_reads_back_the_same(outlines: list[Outline]) -> None:
    back = read_opml(write_opml(outlines))
    assert sorted(back, key=repr) == sorted(outlines, key=repr)
    for folder in {outline.folder for outline in outlines}:  # within a folder the order stays too
        assert [feed for feed in back if feed.folder == folder] == [feed for feed in outlines if feed.folder == folder]
    assert read_opml(write_opml(back)) == back


@given(st.lists(st.builds(Outline, st.text(), st.text(), st.text())))
def test_anything_can_be_written(outlines: list[Outline]) -> None:
    read_opml(write_opml(outlines))


@pytest.mark.parametrize(
    ("data", "urls"),
    [
        pytest.param(opml(""), [], id="empty-list"),
        pytest.param(opml("<outline xmlUrl='https://x.example/?a=1&b=2'/>"), ["https://x.example/?a=1&b=2"], id="amp"),
        pytest.param(b"<opml><body><outline xmlUrl='u1'/><outline xmlUrl='u2'><outl", ["u1", "u2"], id="breaks-off"),
        pytest.param(b"<outline xmlUrl='u1'/>", ["u1"], id="bare"),
        pytest.param(opml("<outline xmlUrl='u1'/>").decode().encode("utf-16"), ["u1"], id="utf-16"),
        pytest.param(opml("<outline url='u1' type='link'/>"), [], id="a-link-is-no-feed"),
        pytest.param(opml("<outline xmlUrl='u1'><outline xmlUrl='u2'/></outline>"), ["u1", "u2"], id="feed-in-feed"),
        pytest.param(opml("<x:outline xmlns:x='urn:x' x:xmlUrl='u1'/>"), ["u1"], id="namespaces"),
    ],
)
def test_lists_of_any_form_are_read(data: bytes, urls: list[str]) -> None:
    assert [feed.url for feed in read_opml(data)] == urls


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param(b"", "^not-opml$", id="empty"),
        pytest.param(b"https://x.example/feed", "^not-opml$", id="text"),
        pytest.param(b"<html><body><p>Hello", "^not-opml$", id="page"),
        pytest.param(b"<rss><channel/></rss>", "^not-opml$", id="feed"),
        pytest.param(
            opml("<outline text='&#xd800;' xmlUrl='u'/>") + b" " * LARGEST_LIST,
            r"^list-too-long \(megabytes=5\)$",
            id="long",
        ),
        pytest.param(opml("<outline xmlUrl='u'/>" * 20_001), r"^list-too-many-feeds \(most=20000\)$", id="many"),
        pytest.param(
            opml("<outline text='&l9;' xmlUrl='u'/>", f'<!DOCTYPE opml [<!ENTITY l0 "lol">{LAUGHS}]>'),
            r"^list-unsafe \(problem=entities-grow\)$",
            id="billion-laughs",
        ),
    ],
)
def test_data_that_is_no_list_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(BadInput, match=reason):
        read_opml(data)


def test_no_file_is_read_because_a_list_says_so(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("the secret")
    head = f'<!DOCTYPE opml [<!ENTITY file SYSTEM "file://{tmp_path}/secret">]>'
    assert "secret" not in repr(read_opml(opml("<outline text='a &file;' xmlUrl='u'/>&file;", head)))


@given(st.binary() | st.text().map(str.encode))
def test_any_bytes_are_a_list_or_bad_input(data: bytes) -> None:
    for variant in (data, opml("").replace(b"<body>", b"<body>" + data), b"<opml>" + data):
        try:
            feeds = read_opml(variant)
        except BadInput:
            continue
        assert all(outline.url and outline.title for outline in feeds)
