"""The verb `add`: what it prints of files, of a bulk, of refusals, and its exit status."""

from __future__ import annotations

import gzip
import json
import re

import pytest

WORDS = "The parliament of Norvell has approved a harbour accord with Estmark"


def lines(count, **fields):
    """So many JSON lines of articles with different texts."""
    reports = ({"title": f"Report {n}", "text": f"{WORDS} for the {n}th time."} | fields for n in range(1, count + 1))
    return "\n".join(map(json.dumps, reports))


def test_a_table_is_stored_as_json_lines_are(verb, tmp_path):
    (tmp_path / "news.csv").write_text(f'headline;body;date\n"Norvell; again";"{WORDS}.\n\nYes.";2025-12-03\n')
    result = verb("add", "news.csv")
    assert result.exit_code == 0
    assert result.stderr == ""
    assert result.stdout.startswith("stored 1 · Norvell; again\n    3 Dec 2025 · source not named · en · story 1\n")


def test_a_refusal_names_the_file_the_line_and_the_reason(verb, tmp_path):
    (tmp_path / "news").mkdir()
    (tmp_path / "news" / "a.json").write_text(f'[{lines(1)}, {{"title": "No text"}}]')
    (tmp_path / "b.csv").write_text(f"title,text\nA,{WORDS}\nB\n")
    result = verb("add", "news/a.json", "b.csv", "-", input=f'{lines(1)}\n{{"title": "No text"}}')
    assert result.stderr.splitlines() == [
        "briefings: news/a.json: item 2: no text; rejected",
        "briefings: b.csv: line 3: the number of its cells, 1, is not that of the columns, 2; rejected",
        "briefings: standard input: line 2: no text; rejected",
        "2 stored, 1 known, 0 changed, 3 rejected",
    ]
    assert result.exit_code == 0


def test_a_text_that_says_nothing_is_refused_with_its_line(verb):
    rubbish = json.dumps({"title": "Filler", "text": "Lorem ipsum dolor sit amet consectetur adipiscing elit sed do"})
    result = verb("add", "-", input=f"{lines(1)}\n{rubbish}")
    assert "briefings: standard input: line 2: the text is filler (Lorem ipsum); rejected" in result.stderr


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"%PDF-1.7\n%\xe2\xe3", "looks like a PDF; save its text first; rejected"),
        (b"- title: A\n  text: b\n", "looks like YAML; rejected"),
        (b"<rss></rss>", "this is a feed; `briefings sources add` reads it from its address; rejected"),
        (b"<opml></opml>", "this is a list of feeds (OPML); `briefings sources import` takes it; rejected"),
        (b"", "the file is empty; rejected"),
    ],
)
@pytest.mark.parametrize("name", ["file", "-"])
def test_a_file_without_articles_is_one_line_and_nothing_is_stored(verb, tmp_path, data, line, name):
    (tmp_path / "file").write_bytes(data)
    (tmp_path / "briefings.db").unlink()
    result = verb("add", name, input=data)
    where = "standard input" if name == "-" else "file"
    assert (result.exit_code, result.stdout, result.stderr) == (1, "", f"briefings: {where}: {line}\n")
    assert not (tmp_path / "briefings.db").exists()


@pytest.mark.parametrize("arguments", [["add", ""], ["add", " "], ["sources", "add", ""], ["sources", "add", "\t"]])
def test_an_empty_name_is_wrong_usage(verb, arguments):
    result = verb(*arguments)
    assert result.exit_code == 2
    assert "a name is empty" in result.stderr
    assert verb("sources", "list").stdout == ""


# A bulk


def test_twenty_entries_are_printed_each(verb):
    result = verb("add", "-", input=lines(20))
    assert result.stdout.count("stored ") == 20
    assert result.stderr == "20 stored, 0 known, 0 changed, 0 rejected\n"


def test_of_more_than_twenty_only_the_tally_is_printed(verb):
    result = verb("add", "-", input=f"{lines(1021)}\n{lines(2)}")
    assert (result.stdout, result.stderr) == ("", "1,021 stored, 2 known, 0 changed, 0 rejected\n")


def test_a_bulk_names_its_first_rejected_entries(verb):
    result = verb("add", "-", input=f"{lines(1)}\n" + '{"title": "A"}\n' * 1025)
    named = result.stderr.splitlines()
    assert named[0] == "briefings: standard input: line 2: no text; rejected"
    assert named[19:] == [
        "briefings: standard input: line 21: no text; rejected",
        "briefings: and 1,005 more rejected; --verbose names each",
        "1 stored, 0 known, 0 changed, 1,025 rejected",
    ]


@pytest.mark.parametrize("option", ["-v", "--verbose"])
def test_verbose_prints_each_of_a_bulk(verb, option):
    result = verb("add", "-", option, input=lines(21) + '\n{"title": "A"}' * 30)
    assert result.stdout.count("stored ") == 21
    assert result.stderr.count("; rejected") == 30


def test_json_prints_each_of_a_bulk(verb):
    result = verb("add", "-", "--json", input=lines(21) + '\n{"title": "A"}' * 30)
    statuses = [json.loads(line)["status"] for line in result.stdout.splitlines()]
    assert statuses == ["stored"] * 21 + ["rejected"] * 30
    assert result.stderr.endswith("21 stored, 0 known, 0 changed, 30 rejected\n")


def test_a_single_entry_has_no_tally(verb):
    assert verb("add", "-", input=lines(1)).stderr == ""


def test_a_changed_article_is_counted_apart_and_known_in_json(verb):
    report = {"title": "Accord", "text": f"{WORDS}.", "url": "https://wire.example/accord", "source": "Wire"}
    verb("add", "-", input=json.dumps(report))
    changed = json.dumps(report | {"text": f"{WORDS}. It will cost 12 million crowns, ministers said on Tuesday."})
    result = verb("add", "-", "--json", input=f"{changed}\n{lines(1)}\n{lines(1)}")
    assert [json.loads(row)["status"] for row in result.stdout.splitlines()] == ["known", "stored", "known"]
    assert result.stderr == "1 stored, 1 known, 1 changed, 0 rejected\n"


def test_fields_that_are_left_out_are_noted_once(verb):
    result = verb("add", "-", input=f"{lines(1)}\n{lines(1_412, rating=5)}\n{lines(1, mood='good')}")
    assert result.stderr.splitlines()[:2] == [
        "briefings: standard input: line 2: field “rating” is not understood and left out (in 1,412 lines)",
        "briefings: standard input: line 1414: field “mood” is not understood and left out",
    ]


# A file of more than a portion

LONG = 2_600
"""Lines of which more than two thousand fit into a portion."""


def test_a_long_file_is_read_as_a_short_one_with_its_places_and_notes(verb, tmp_path):
    text = f"{lines(1)}\n" + f"{lines(1, rating=5, padding='a' * 1_000)}\n" * LONG + '{"title": "No text"}\n'
    (tmp_path / "long.jsonl.gz").write_bytes(gzip.compress(text.encode()))
    result = verb("add", "long.jsonl.gz")
    assert (result.stdout, result.stderr.splitlines()) == (
        "",
        [
            "briefings: long.jsonl.gz: line 2: field “rating” is not understood and left out (in 2,600 lines)",
            "briefings: long.jsonl.gz: line 2: field “padding” is not understood and left out (in 2,600 lines)",
            "briefings: long.jsonl.gz: line 2602: no text; rejected",
            "1 stored, 2,600 known, 0 changed, 1 rejected",
        ],
    )


def test_a_long_file_that_breaks_off_keeps_what_came_before(verb, tmp_path):
    text = f"{lines(1, padding='a' * 1_000)}\n" * LONG
    (tmp_path / "long.jsonl.gz").write_bytes(gzip.compress(text.encode(), mtime=0)[:-10])
    result = verb("add", "long.jsonl.gz")
    assert result.exit_code == 0
    assert "long.jsonl.gz: from line 1" in result.stderr
    assert "cannot be unpacked: this is not a whole gzip file; rejected\n1 stored, " in result.stderr


# A summary without a text


def test_a_supplied_summary_is_shown_as_one_in_edition_and_dossier(verb):
    summary = "RELOS, a pact on ports, was ratified by 411 votes on Tuesday! RELOS lasts 5 years."
    report = {"title": "RELOS ratified", "summary": summary, "source": "Wire", "date": "2025-12-03"}
    [added] = map(json.loads, verb("add", "-", "--json", input=json.dumps(report)).stdout.splitlines())
    assert (added["summary"], added["text"]) == (summary, summary)
    edition = verb("preview", "--at", "2025-12-03T12:00").stdout
    assert re.search(r"^Wire · 3 Dec · summary supplied( · |$)", edition, re.MULTILINE)
    assert "411 votes" in edition
    assert "\nWire · summary supplied\n" in verb("dossier", "relos").stdout


def test_a_report_with_a_text_is_not_shown_as_supplied(verb):
    report = {"title": "RELOS ratified", "summary": "RELOS was ratified.", "text": f"RELOS was ratified. {WORDS}."}
    verb("add", "-", input=json.dumps(report | {"date": "2025-12-03"}))
    assert "supplied" not in verb("preview", "--at", "2025-12-03T12:00").stdout + verb("dossier", "relos").stdout
