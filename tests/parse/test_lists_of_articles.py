"""A list of articles is read whatever its file is called, and whatever its fields are called."""

from __future__ import annotations

import csv
import gzip
import io
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from briefings.model import Entry
from briefings.parse.file import read_content, read_file

WORDS = "The parliament of Norvell has approved a harbour accord with Estmark."
DAY = datetime(2025, 12, 3, tzinfo=UTC)
TWO = [{"title": "First", "text": WORDS}, {"title": "Second", "text": f"{WORDS} It did so on Tuesday."}]


def titles(name: str, data: bytes) -> list[str]:
    return [item.title if isinstance(item, Entry) else f"{item.where}: {item.reason}" for item in read_file(name, data)]


def entry(**fields: Any) -> Entry:
    """The entry of a JSON line with these fields, a title and a text; None leaves one of these out."""
    record = {"title": "T", "text": WORDS} | fields
    [item] = read_file("-", json.dumps({name: value for name, value in record.items() if value is not None}).encode())
    assert isinstance(item, Entry), item
    return item


def table(*rows: list[str], divider: str = ",") -> str:
    written = io.StringIO()
    csv.writer(written, delimiter=divider).writerows(rows)
    return written.getvalue()


ROWS = (["title", "text"], ["First", WORDS], ["Second", f'{WORDS}\n\nIt did; so, "on" Tuesday.\tYes.'])


@pytest.mark.parametrize("name", ["-", "a", "a.txt", "a.md", "a.csv", "a.json", "a.jsonl", "a.html"])
@pytest.mark.parametrize(
    "data",
    [
        pytest.param("\n".join(map(json.dumps, TWO)).encode(), id="json-lines"),
        pytest.param("\r\n\r\n".join(map(json.dumps, TWO)).encode(), id="json-lines-of-windows"),
        pytest.param(json.dumps(TWO).encode(), id="list"),
        pytest.param(b"\xef\xbb\xbf" + json.dumps(TWO, indent=2).encode(), id="list-over-lines-with-a-mark"),
        pytest.param(json.dumps(TWO).encode("utf-16"), id="list-in-utf-16"),
        pytest.param(json.dumps({"status": "ok", "articles": TWO}).encode(), id="articles"),
        pytest.param(json.dumps({"tags": [{"id": 1}], "items": TWO}, indent=1).encode(), id="items-and-another-list"),
        pytest.param(json.dumps({"whatever": TWO, "total": 2}).encode(), id="any-single-list"),
        pytest.param(json.dumps({"title": "Our news", "description": "All", "items": TWO}).encode(), id="titled-list"),
        pytest.param(json.dumps({"response": {"total": 2, "results": TWO}}).encode(), id="list-within"),
        pytest.param("\n".join(json.dumps(item, indent=2) for item in TWO).encode(), id="objects-over-lines"),
        pytest.param(table(*ROWS).encode(), id="commas"),
        pytest.param(table(*ROWS, divider=";").encode("utf-8-sig"), id="semicolons-and-a-mark"),
        pytest.param(table(*ROWS, divider="\t").encode("utf-16"), id="tabs-in-utf-16"),
        pytest.param(b"sep=;\r\n" + table(*ROWS, divider=";").encode(), id="divider-named"),
        pytest.param(gzip.compress(table(*ROWS).encode()), id="gzip"),
        pytest.param(gzip.compress(json.dumps(TWO).encode()), id="gzip-of-json"),
    ],
)
def test_the_bytes_say_that_a_file_is_a_list(name: str, data: bytes) -> None:
    assert titles(name, data) == ["First", "Second"]


def test_an_object_of_one_article_may_hold_lists() -> None:
    article = {**TWO[0], "related": [{"title": "Other"}], "items": [{"price": 1}]}
    assert titles("a.json", json.dumps(article, indent=2).encode()) == ["First"]


def test_a_list_that_breaks_off_gives_the_articles_before_the_break() -> None:
    data = json.dumps(TWO, indent=2).encode()
    assert titles("a.json", data[:-30]) == ["First", "item 2: json-ends-here"]
    assert titles("a.json", json.dumps({"articles": TWO}).encode()[:-30]) == ["First", "item 2: json-ends-here"]


def test_one_bad_object_of_a_list_stops_no_other() -> None:
    twice = '{"title": "A", "title": "B"}'
    data = f'[{json.dumps(TWO[0])}, 7, {twice}, {{"title": NaN}}, {{"title": "C"}}, {json.dumps(TWO[1])}]'
    assert titles("a.json", data.encode()) == [
        "First",
        "item 2: not-json-object",
        "item 3: field-given-twice (field=title)",
        "item 4: not-json-number (name=NaN)",
        "item 5: no-text",
        "Second",
    ]


# Tables


def test_a_row_that_does_not_fit_its_columns_is_refused_and_stops_no_other() -> None:
    rows = [
        "title,text,author,outlet",
        f"First,{WORDS},Ann,Wire",
        f'Open,"{WORDS},Ann,Wire',
        f"Long,{WORDS},and more,Ann,Wire",
        f"Broken,{WORDS}",
        f'"Second" port,{WORDS} Yes.,Ann,Wire',
        f"Third,{WORDS} No.,Ann",
        ",,,",
        f",{WORDS},Ann,Wire",
    ]
    assert titles("a.csv", "\n".join(rows).encode()) == [
        "First",
        "line 3: row-quotes-open",
        "line 4: row-does-not-fit (cells=5, columns=4)",
        "line 5: row-does-not-fit (cells=2, columns=4)",
        '"Second" port',
        "Third",
        "line 9: no-title",
    ]


def test_a_row_is_named_by_the_line_where_it_begins() -> None:
    rows = ["title,text", f'First,"{WORDS}\n\nIt did so."', "Second,", f"Third,{WORDS}"]
    assert titles("a.csv", "\n".join(rows).encode())[1] == "line 5: no-text"


def test_an_empty_cell_is_no_value_however_a_program_writes_it() -> None:
    rows = ["title,text,author,date,source", f"A,{WORDS},NULL,nan,N/A"]
    [item] = read_file("a.csv", "\n".join(rows).encode())
    assert isinstance(item, Entry)
    assert (item.author, item.published, item.source) == ("", None, None)


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("latin-1", "Le parlement a approuvé à Paris un accord très débattu."),
        ("cp1252", "The “harbour” accord – so they say – was approved."),
        ("cp1251", "Госдума одобрила соглашение о взаимном использовании портов с Индией."),
        ("koi8-r", "Госдума одобрила соглашение о взаимном использовании портов с Индией."),
        ("gb18030", "诺维尔议会批准了与埃斯特马克的港口协议，双方将分担费用并使用对方的港口。"),
        ("utf-16", "Le parlement a approuvé à Paris un accord très débattu."),
    ],
)
def test_a_table_is_decoded_though_nothing_states_its_encoding(encoding: str, text: str) -> None:
    [item] = read_file("a.csv", f"title;text\nA;{text}\n".encode(encoding))
    assert isinstance(item, Entry)
    assert item.text == text


@settings(max_examples=200, deadline=None)
@given(st.text(st.sampled_from('title,text;\t"\n\r aé'), max_size=80).map(lambda rows: f"title,text\n{rows}"))
def test_any_table_gives_entries_or_reasons(text: str) -> None:
    assert read_file("a.csv", text.encode())


def test_a_table_of_open_quotes_comes_to_an_end() -> None:
    assert len(read_file("a.csv", b"title,text\n" + b'"a""\n' * 20_000)) == 20_000


# Names of fields


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"title": None, "Headline": "H"}, {"title": "H"}),
        ({"title": None, "headline": "N"}, {"title": "N"}),
        ({"text": None, "articleBody": WORDS}, {"text": WORDS}),
        ({"text": None, "full-text": WORDS}, {"text": WORDS}),
        ({"text": None, "CONTENT": WORDS, "description": "Short."}, {"text": WORDS, "summary": "Short."}),
        ({"text": None, "Body Text": WORDS, "abstract": "Short."}, {"text": WORDS, "summary": "Short."}),
        ({"snippet": "Short."}, {"summary": "Short."}),
        ({"link": "https://x.example/1"}, {"url": "https://x.example/1"}),
        ({"href": "https://x.example/?a=1&amp;b=2"}, {"url": "https://x.example/?a=1&b=2"}),
        ({"pubDate": "Wed, 03 Dec 2025 00:00:00 GMT"}, {"published": DAY}),
        ({"published_at": "2025-12-03"}, {"published": DAY}),
        ({"publishedAt": "2025-12-03T00:00:00Z"}, {"published": DAY}),
        ({"created-at": "2025-12-03"}, {"published": DAY}),
        ({"datetime": "2025-12-03"}, {"published": DAY}),
        ({"timestamp": 1764720000}, {"published": DAY}),
        ({"timestamp": 1764720000.0}, {"published": DAY}),
        ({"timestamp": 1764720000000}, {"published": DAY}),
        ({"date": "1764720000"}, {"published": DAY}),
        ({"date": 20251203}, {"published": DAY}),
        ({"outlet": "Wire"}, {"source": "Wire"}),
        ({"site": "Wire &amp; Post"}, {"source": "Wire & Post"}),
        ({"source": {"id": None, "name": "Wire"}}, {"source": "Wire"}),
        ({"source": {"id": "wire", "url": "https://w.example"}}, {"source": "wire"}),
        ({"publisher": {"name": "Wire"}}, {"source": "Wire"}),
        ({"byline": "By Ilva Brandt"}, {"author": "Ilva Brandt"}),
        ({"authors": ["Ilva Brandt", {"name": "S. O&#8217;Palov"}]}, {"author": "Ilva Brandt, S. O’Palov"}),
        ({"creator": {"name": "Ilva Brandt"}}, {"author": "Ilva Brandt"}),
        ({"lang": "English"}, {"language": "en"}),
        ({"language": "Deutsch"}, {"language": "de"}),
        ({"language": "русский"}, {"language": "ru"}),
        ({"language": "eng"}, {"language": "en"}),
        ({"language": "Chinese (Simplified)"}, {"language": "zh"}),
        ({"language": "pt_BR"}, {"language": "pt"}),
        ({"guid": "a-1"}, {"key": "a-1"}),
        ({"id": 17}, {"key": "17"}),
        ({"key": "k", "id": 17}, {"key": "k"}),
        ({"id": True}, {"key": None}),
        ({"date": {"$date": "2025-12-03T00:00:00Z"}, "_id": {"$oid": "5f"}}, {"published": DAY, "key": "5f"}),
        ({"text": f"<p>{WORDS}</p><!-- x --><script>x()</script><p>AT&amp;T.</p>"}, {"text": f"{WORDS}\n\nAT&T."}),
        ({"title": {"rendered": "It&#8217;s <b>so</b>"}}, {"title": "It’s so"}),
        ({"text": f"{WORDS}… [+1234 chars]"}, {"text": f"{WORDS}…"}),
        ({"text": f"&lt;p&gt;{WORDS}&lt;/p&gt;&lt;p&gt;AT&amp;amp;T.&lt;/p&gt;"}, {"text": f"{WORDS}\n\nAT&T."}),
    ],
)
def test_the_usual_names_and_forms_of_fields_are_understood(fields: dict[str, Any], expected: dict[str, Any]) -> None:
    item = entry(**fields)
    assert {name: getattr(item, name) for name in expected} == expected


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        pytest.param({"content": f"{WORDS} {WORDS}"}, {"text": WORDS}, id="exact-before-longer"),
        pytest.param({"text": None, "body": WORDS, "content": f"{WORDS} Yes."}, {"text": f"{WORDS} Yes."}, id="longer"),
        pytest.param({"text": " \n", "body": WORDS}, {"text": WORDS}, id="exact-but-blank"),
        pytest.param({"text": "", "body": WORDS}, {"text": WORDS}, id="exact-but-empty"),
        pytest.param(
            {"created_at": "2025-12-09T10:00:00.000000Z", "date": "2025-12-03"}, {"published": DAY}, id="not-the-row"
        ),
        pytest.param({"headline": {"first": "x"}}, {"title": "T"}, id="exact-before-unusable"),
    ],
)
def test_the_best_of_several_values_is_taken(fields: dict[str, Any], expected: dict[str, Any]) -> None:
    item = entry(**fields)
    assert {name: getattr(item, name) for name in expected} == expected


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"date": "last week"}, "published-not-date (value=last week)"),
        ({"date": 2025}, "published-not-date (value=2025)"),
        ({"timestamp": 99999999999999999999}, "published-not-date (value=99999999999999999999)"),
        ({"date": {"day": 3}}, "field-not-text (field=date)"),
        ({"title": True}, "field-not-text (field=title)"),
        ({"language": "Klingonish"}, "language-not-code (value=Klingonish)"),
    ],
)
def test_a_value_that_cannot_be_read_is_a_refusal(fields: dict[str, Any], reason: str) -> None:
    assert titles("-", json.dumps({"title": "T", "text": WORDS} | fields).encode()) == [f"line 1: {reason}"]


@pytest.mark.parametrize(
    ("record", "text", "supplied"),
    [
        ({"title": "T", "summary": WORDS}, WORDS, True),
        ({"title": "T", "description": WORDS, "content": None}, WORDS, True),
        ({"title": "T", "description": WORDS, "content": " [+99 chars]"}, WORDS, True),
        ({"title": "T", "summary": WORDS, "text": f"{WORDS} Yes."}, f"{WORDS} Yes.", False),
        ({"title": "T", "text": WORDS}, WORDS, False),
    ],
)
def test_a_summary_without_a_text_is_the_text(record: dict[str, Any], text: str, supplied: bool) -> None:
    [item] = read_file("-", json.dumps(record).encode())
    assert isinstance(item, Entry)
    assert (item.text, item.supplied) == (text, supplied)


# Fields that are left out


def test_a_field_that_is_not_understood_is_noted_once_with_its_first_place() -> None:
    lines = [TWO[0], TWO[1] | {"rating": 5}, TWO[0] | {"rating": 4, "mood": "good", "nothing": None}]
    content = read_content("a.jsonl", "\n".join(map(json.dumps, lines)).encode())
    assert [(where, str(note)) for where, note in content.notes] == [
        ("line 2", "field-left-out (field=rating, times=2, unit=line)"),
        ("line 3", "field-left-out (field=mood, times=1, unit=line)"),
    ]
    content = read_content("a.json", json.dumps(lines).encode())
    assert str(content.notes[0][1]) == "field-left-out (field=rating, times=2, unit=item)"


def test_a_file_of_ever_new_fields_gives_few_notes() -> None:
    lines = [json.dumps(TWO[0] | {f"field {number}": 1}) for number in range(500)]
    notes = read_content("a.jsonl", "\n".join(lines).encode()).notes
    assert len(notes) == 21
    assert str(notes[-1][1]) == "fields-left-out (times=480)"


# Entities


ENCODED = "Norvell&#8217;s &amp;#8220;port&amp;#8221;"


@pytest.mark.parametrize(
    ("name", "data"),
    [
        pytest.param("-", json.dumps({"title": ENCODED, "text": f"AT&amp;T. {WORDS}"}), id="json"),
        pytest.param("a.csv", f"title,text\n{ENCODED},AT&amp;T. {WORDS}\n", id="csv"),
        pytest.param("a.txt", f"{ENCODED}\n\nAT&amp;T. {WORDS}", id="text"),
        pytest.param("a.md", f"# {ENCODED}\n\nAT&amp;T. {WORDS}", id="markdown"),
        pytest.param("a.md", f'---\ntitle: "{ENCODED}"\n---\nAT&amp;T. {WORDS}', id="front-matter"),
    ],
)
def test_entities_are_read_in_every_format(name: str, data: str) -> None:
    [item] = read_file(name, data.encode())
    assert isinstance(item, Entry)
    assert (item.title, item.text) == ("Norvell’s “port”", f"AT&T. {WORDS}")
