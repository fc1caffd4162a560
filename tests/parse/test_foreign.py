"""A file that holds no articles we can read is one refusal that says what the file looks like."""

from __future__ import annotations

import gzip
import io
import json
import zipfile

import pytest

from bot.ops.file_problems import LOOKS
from briefings.model import Entry
from briefings.parse.file import Rejected, read_file

WORDS = "The parliament of Norvell has approved a harbour accord with Estmark."


def zipped(*names: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in names:
            archive.writestr(name, "words")
    return packed.getvalue()


FOREIGN = [
    pytest.param("a.txt", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "pdf", id="pdf-named-text"),
    pytest.param("a", zipped("[Content_Types].xml", "word/document.xml"), "docx", id="docx"),
    pytest.param("a", zipped("[Content_Types].xml", "xl/workbook.xml"), "xlsx", id="xlsx"),
    pytest.param("a", zipped("[Content_Types].xml", "ppt/slide.xml"), "pptx", id="pptx"),
    pytest.param("a.csv", zipped("a.csv"), "archive", id="zip"),
    pytest.param("a", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0", "old-office", id="doc"),
    pytest.param("a", rb"{\rtf1\ansi words}", "rtf", id="rtf"),
    pytest.param("a.jsonl", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "image", id="png"),
    pytest.param("a", b"\xff\xd8\xff\xe0\0\x10JFIF", "image", id="jpeg"),
    pytest.param("a.html", b'<svg xmlns="x"><path/></svg>', "image", id="svg"),
    pytest.param("a", b"SQLite format 3\0\x10\0", "database", id="sqlite"),
    pytest.param("a", b"MZ\x90\0\3\0", "program", id="exe"),
    pytest.param("a", b"PAR1\x15\0\0", "parquet", id="parquet"),
    pytest.param("a", b"ID3\3\0\0", "sound-or-film", id="mp3"),
    pytest.param("a", b"\0\0\0 ftypisom\0", "sound-or-film", id="mp4"),
    pytest.param("a.txt", bytes(number * 7919 % 256 for number in range(5000)), "binary", id="noise"),
    pytest.param("-", b"- title: A\n  text: some words\n- title: B\n", "yaml", id="yaml-list"),
    pytest.param("a.yml", b"title: A\ntext: some words\n", "yaml", id="yaml"),
    pytest.param("a.txt", b"articles:\n  - title: A\nmore: b\n", "yaml", id="yaml-named-text"),
    pytest.param("-", b'# ours\n[tool]\nname = "x"\nwords = [\n  "a",\n]\n', "settings", id="toml"),
    pytest.param("a.txt", b"[main]\nx=1\n; words\ny = 2\n", "settings", id="ini"),
    pytest.param(".env", b"TOKEN=1\n# words\nHOME=.\n", "settings", id="env"),
    pytest.param("-", b"Received: from x\n by y\nFrom: a@b.example\nTo: c\nSubject: x\n\nhi", "mail", id="mail"),
    pytest.param("a.txt", b"From: a@b.example\nTo: c\nSubject: x\nDate: soon\n\nhi", "mail", id="mail-by-hand"),
    pytest.param("a", b"From a@b.example Wed Dec  3 10:00:00 2025\nFrom: a\n\nhi", "mbox", id="mbox"),
    pytest.param("a", b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n", "calendar", id="calendar"),
    pytest.param("-", b"const a = 1;\nfunction f() {\n  return a;\n}\nf();\n", "code", id="javascript"),
    pytest.param("a.py", b"print('hello')\n", "code", id="python-by-its-ending"),
    pytest.param("-", b"import os\n\ndef words():\n    return 1\n\nclass A:\n    pass\n", "code", id="python"),
    pytest.param("a.txt", b"#!/bin/sh\necho words\n", "code", id="script"),
    pytest.param("Makefile", b"all:\n\tcc a.c\nclean:\n\trm a\n", "code", id="makefile"),
    pytest.param(
        "-", b"2025-12-03 10:00:01 INFO a\n2025-12-03 10:00:02 INFO b\n2025-12-03 10:00:03 INFO c", "log", id="log"
    ),
    pytest.param("a.xml", b'<?xml version="1.0"?><urlset><url/></urlset>', "sitemap", id="sitemap"),
    pytest.param("a.xml", b'<?xml version="1.0"?>\n<!-- a -->\n<records/>', "xml", id="xml"),
]


@pytest.mark.parametrize(("name", "data", "kind"), FOREIGN)
def test_a_file_of_another_kind_is_one_refusal(name: str, data: bytes, kind: str) -> None:
    [refused] = read_file(name, data)
    assert isinstance(refused, Rejected)
    assert str(refused.reason) == f"file-of-other-kind (kind={kind})"
    assert kind in LOOKS


@pytest.mark.parametrize(
    ("name", "data", "key"),
    [
        pytest.param(
            "a.xml", b'<?xml version="1.0"?>\n<!-- a -->\n<rss version="2.0"></rss>', "file-is-feed", id="rss"
        ),
        pytest.param("a.txt", b'<feed xmlns="http://www.w3.org/2005/Atom"></feed>', "file-is-feed", id="atom"),
        pytest.param("-", b'<rdf:RDF xmlns:rdf="x"></rdf:RDF>', "file-is-feed", id="rdf"),
        pytest.param(
            "a.json",
            json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "a", "items": []}).encode(),
            "file-is-feed",
            id="json-feed",
        ),
        pytest.param("a", b'<opml version="2.0"><body/></opml>', "file-is-list-of-feeds", id="opml"),
        pytest.param("a.gz", gzip.compress(b"words " * 99)[:30], "gzip-broken", id="half-a-gzip"),
        pytest.param("a.gz", gzip.compress(b"\0" * 50_000_001), "unpacked-too-long (megabytes=50)", id="gzip-bomb"),
        pytest.param("a.csv", b"a,b\n1,2\n", "table-without-title", id="table-of-something-else"),
        pytest.param("a.json", b'{"compilerOptions": {"strict": true}}', "json-without-articles", id="other-json"),
        pytest.param("a.json", b'["a", "b"]', "json-without-articles", id="list-of-texts"),
        pytest.param("a.json", b"[]", "file-empty", id="empty-list"),
        pytest.param("a.json", b"no json\nat all\n", "not-json", id="text-named-json"),
    ],
)
def test_a_file_without_articles_is_one_refusal(name: str, data: bytes, key: str) -> None:
    [refused] = read_file(name, data)
    assert isinstance(refused, Rejected)
    assert str(refused.reason) == key


@pytest.mark.parametrize(
    ("name", "text"),
    [
        pytest.param("a.txt", f"Title: A\nDate: 2025-12-03\nSource: Courier\n\n{WORDS}", id="fields-above-the-text"),
        pytest.param("a.txt", f"Analysis: the accord\nNote: {WORDS}", id="two-lines-with-colons"),
        pytest.param("a.md", f"---\ntitle: A\n---\nNote: {WORDS}", id="front-matter-and-a-note"),
        pytest.param("-", f"BM shares fall\n\n{WORDS}", id="begins-like-a-bitmap"),
        pytest.param("-", f"MZ group buys a port\n\n{WORDS}", id="begins-like-a-program"),
        pytest.param("-", f"[Update] The accord\n\n{WORDS}", id="begins-with-brackets"),
        pytest.param("-", f"From Norvell Wed came news\n\n{WORDS}", id="begins-with-from"),
        pytest.param("-", f"Title, text and date\n\n{WORDS}", id="title-with-commas"),
        pytest.param("a.txt", f"Title, summary and what is next\n\n{WORDS}", id="title-like-the-head-of-a-table"),
        pytest.param("a.md", f"# Points\n\n- First: {WORDS}\n- Second: {WORDS}", id="list-with-colons"),
        pytest.param("-", f"<Wire> The accord\n\n{WORDS}", id="begins-with-angle-brackets"),
        pytest.param("-", f"Harbour\n\n{'я ' * 30_000}{WORDS}", id="a-letter-across-the-part-that-is-looked-at"),
        pytest.param("-", f"A poem;\nof lines;\n{WORDS};\nthat end;\nin semicolons;", id="poem"),
        pytest.param("-", f"Import of ships ends;\n\n{WORDS}\n{WORDS}\n{WORDS}", id="one-line-like-code"),
    ],
)
def test_an_article_that_resembles_another_kind_is_read(name: str, text: str) -> None:
    [entry] = read_file(name, text.encode())
    assert isinstance(entry, Entry)
    assert WORDS in entry.text
