"""A file that is read in portions gives what it gives when it is read at once, wherever the portions end."""

from __future__ import annotations

import csv
import io
import json

import pytest

from briefings.errors import Problem
from briefings.model import Entry
from briefings.parse.file import read_content
from briefings.parse.portions import LARGEST_WHOLE, read_portion
from briefings.parse.records import LeftOut, Placed

WORDS = "The parliament of Norvell has approved a harbour accord with Estmark"


def in_portions(name: str, data: bytes, length: int) -> tuple[list[Placed], list[tuple[str, Problem]]]:
    """Read a file whose portions have this length; return its articles and notes."""
    articles, left_out, position, rest, at = [], LeftOut(), None, b"", 0
    while True:
        piece, at = data[at : at + length], at + length
        portion = read_portion(name, rest + piece, position, is_last=at >= len(data))
        articles += portion.articles
        left_out.add(portion.left_out)
        if portion.next is None or at >= len(data):
            return articles, left_out.notes()
        rest, position = portion.rest, portion.next


def reports(count: int) -> list[dict[str, object]]:
    """Articles of different lengths, some with faults, with letters of several bytes."""
    made: list[dict[str, object]] = []
    for number in range(count):
        text = f'{WORDS} – “{number}” — {"да, " * (number % 7)}\n\nand "again"; {number}, said ministers.'
        made.append({"title": f"Report {number}", "text": text, "url": f"https://a.example/{number}", "x": number})
    made[5] = {"title": "No text"}
    made[7]["y"] = "1"
    return made


def as_lines(rows: list[dict[str, object]]) -> bytes:
    return "\n".join(json.dumps(row, ensure_ascii=False) for row in rows).encode()


def as_table(rows: list[dict[str, object]], divider: str = ",", end: str = "\r\n") -> bytes:
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, ["title", "text", "url", "x", "y"], delimiter=divider, lineterminator=end)
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue().encode()


ROWS = reports(40)
FILES = {
    "lines": as_lines(ROWS),
    "lines-windows": b"\xef\xbb\xbf" + as_lines(ROWS).replace(b"\n", b"\r\n") + b"\r\n\r\n",
    "lines-one-broken": as_lines(ROWS[:9]) + b'\n{"title": \n\n\xff\n[1]\n' + as_lines(ROWS[9:]),
    "list": json.dumps(ROWS, ensure_ascii=False).encode(),
    "list-indented": json.dumps(ROWS, ensure_ascii=False, indent=2).encode(),
    "list-of-service": json.dumps({"status": "ok", "total": 3, "articles": ROWS, "next": [1]}).encode(),
    "list-broken-off": json.dumps(ROWS).encode()[:-90],
    "list-with-numbers": json.dumps([*ROWS, 5, "x", *ROWS]).encode(),
    "table": as_table(ROWS),
    "table-semicolons": b"sep=;\n\n" + as_table(ROWS, ";", "\n"),
    "table-windows-1251": as_table([{**row, "text": "Парламент одобрил соглашение. " * 3} for row in ROWS])
    .decode()
    .encode("cp1251"),
    "table-faulty-quotes": as_table(ROWS[:9]) + b'"a"b,c\r\nfive "inches" long,d,,,\r\n' + as_table(ROWS[9:]),
    "table-open-quote": as_table(ROWS[:9]) + b'"Never closed,text,,,\r\n' + as_table(ROWS[9:20]),
    "text": f"A title\n\n{WORDS}. {WORDS}.".encode() * 30,
    "rejected": b"%PDF-1.7\n" + b"%\xe2\xe3" * 900,
    "blank": b"\n" * 3000,
}


@pytest.mark.parametrize("length", [700, 1_000, 1_777, 100_000])
@pytest.mark.parametrize("name", FILES)
def test_portions_give_what_the_whole_file_gives(name: str, length: int) -> None:
    whole = read_content(name, FILES[name])
    articles, notes = in_portions(name, FILES[name], length)
    assert articles == list(whole.articles)
    assert notes == list(whole.notes)


@pytest.mark.parametrize("name", ["lines", "list", "table"])
def test_articles_are_given_as_their_portion_is_read(name: str) -> None:
    first = read_portion(name, FILES[name][:2_000], None, is_last=False)
    assert 2 <= len(first.articles) < len(ROWS)
    assert len(first.rest) < 1_000


def test_a_line_that_is_too_long_is_refused_and_the_next_one_read() -> None:
    rows = as_lines(ROWS[:3]).split(b"\n")
    data = b"\n".join([*rows[:2], b'{"title": "' + b"a" * 9_000_000 + b'"}', rows[2]])
    articles, _ = in_portions("a.jsonl", data, 1_000_000)
    assert [article.where for article in articles] == ["line 1", "line 2", "line 3", "line 4"]
    assert articles[2].result == Problem("line-too-long", {"bytes": 4_000_000})
    assert isinstance(articles[3].result, Entry)


def test_a_member_that_never_ends_ends_the_list() -> None:
    data = json.dumps(ROWS[:3]).encode()[:-1] + b', {"title": "' + b"a" * 9_000_000
    articles, _ = in_portions("a.json", data, 1_000_000)
    assert [article.where for article in articles] == ["item 1", "item 2", "item 3", "item 4"]
    assert articles[3].result == Problem("json-ends-here")


def test_a_list_is_read_up_to_bytes_that_are_no_utf8() -> None:
    data = json.dumps(ROWS[:9]).encode().replace(b"Report 8", b"Report \xff")
    articles, _ = in_portions("a.json", data, 1_000)
    assert articles[-1] == Placed("item 9", Problem("not-utf-8"))
    assert len(articles) == 9


def test_a_quotation_mark_that_never_closes_costs_its_row_only() -> None:
    data = as_table(ROWS[:4], end="\n") + b'"open,text,,,\n' + as_table(ROWS[6:7], end="\n").split(b"\n", 1)[1] * 40_000
    articles, _ = in_portions("a.csv", data, 1_000_000)
    assert articles[4].result == Problem("row-quotes-open")
    assert sum(isinstance(article.result, Entry) for article in articles) == 40_004


def test_a_long_file_that_is_one_article_is_refused_with_what_may_be_long() -> None:
    articles, _ = in_portions("a.txt", f"{WORDS}. ".encode() * (LARGEST_WHOLE // 60), 2_000_000)
    assert articles == [Placed("", Problem("whole-file-too-long", {"megabytes": 20}))]


def test_a_kind_that_is_refused_is_refused_at_its_first_portion() -> None:
    portion = read_portion("film.mp4", b"\0\0\0\x20ftypisom" + bytes(5_000), None, is_last=False)
    assert portion.next is None
    assert isinstance(portion.articles[0].result, Problem)
