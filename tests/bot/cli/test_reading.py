"""Verbs that read: listings, previews and searches, and what their options mean."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from click.testing import Result

from bot.ops.problems import sentence


def report(title: str, published: str | None, source: str = "Sample Wire", **values: str) -> dict[str, object]:
    text = f"{title} on Tuesday, said Admiral Jane Smith. The frigates Alder and Birch sailed from the eastern pier."
    return {"title": title, "text": text, "published": published, "source": source} | values


OLD = report(
    "Norvell opens a port",
    "2025-12-01T08:00:00Z",
    text="Norvell opened a port in the south after nine years. Olga Prins cut the ribbon; frigates and the Birch came.",
)
NEW = report("Estmark buys 12 patrol boats", "2025-12-03T08:00:00Z", source="Der Bote")
UNDATED = report("Kestrel yard lays a keel for the RELOS fleet", None)


@pytest.fixture
def titles(verb: Callable[..., Result]) -> Callable[..., list[str]]:
    """Runs a verb with --json and returns the titles it lists."""
    return lambda *arguments: [json.loads(line)["title"] for line in verb(*arguments, "--json").stdout.splitlines()]


APART = [
    {
        "title": f"Word{n} opens item{n}",
        "text": " ".join(f"w{n}x{k} n{n}y{k}" for k in range(15)) + ".",
        "published": f"2025-11-{n:02}T08:00:00Z",
    }
    for n in range(1, 26)
]
"""Reports with nothing in common, so that each is a story of its own; more than a listing for people shows."""

LISTINGS = pytest.mark.parametrize("listing", ["articles", "stories"])


@LISTINGS
def test_a_listing_as_json_keeps_to_the_limit(add, titles, listing):
    add(*APART)
    assert titles(listing, "--limit", "2") == ["Word25 opens item25", "Word24 opens item24"]


@LISTINGS
def test_a_listing_as_json_is_whole_without_a_limit(add, verb, listing):
    add(*APART)
    listed = verb(listing, "--json")
    assert len(listed.stdout.splitlines()) == len(APART)
    assert listed.stderr == ""


@LISTINGS
def test_a_listing_for_people_is_cut_without_a_limit_and_says_so(add, verb, listing):
    add(*APART)
    listed = verb(listing)
    assert sum(bool(re.match(r"\d+ · ", line)) for line in listed.stdout.splitlines()) == 20
    assert listed.stderr == f"20 of {len(APART)}; --limit shows more\n"


@LISTINGS
def test_a_listing_for_people_with_a_limit_shows_so_many_and_says_nothing_else(add, verb, listing):
    add(*APART)
    listed = verb(listing, "--limit", "22")
    assert sum(bool(re.match(r"\d+ · ", line)) for line in listed.stdout.splitlines()) == 22
    assert listed.stderr == ""


def test_the_newest_stories_come_with_all_their_articles(add, verb):
    other = {**NEW, "source": "Der Kurier", "text": f"{NEW['text']} The boats are built in Kiel until 2029."}
    add(NEW, other, *APART)
    [story] = map(json.loads, verb("stories", "--limit", "1", "--json").stdout.splitlines())
    assert sorted(article["source"] for article in story["articles"]) == ["Der Bote", "Der Kurier"]


@LISTINGS
def test_an_empty_newsroom_is_named_in_a_listing(verb, listing):
    listed = verb(listing)
    assert (listed.exit_code, listed.stdout) == (0, "")
    assert listed.stderr.startswith("briefings: the newsroom is empty")


def test_a_preview_of_the_past_holds_nothing_from_after_that_instant(add, verb):
    add(OLD, NEW, UNDATED)
    printed = verb("preview", "--at", "2025-12-02T07:30").stdout
    assert OLD["title"] in printed
    assert NEW["title"] not in printed
    assert UNDATED["title"] not in printed, "it was added today"


def test_a_preview_of_the_past_prints_reports_as_if_they_had_come_when_they_were_dated(add, verb):
    add(OLD, NEW, UNDATED)
    printed = verb("preview", "--at", "2025-12-03T08:00:00+00:00").stdout
    assert OLD["title"] in printed
    assert NEW["title"] in printed


def test_a_preview_of_now_holds_an_undated_report_added_by_hand(add, verb):
    add(OLD, UNDATED)
    printed = verb("preview").stdout
    assert UNDATED["title"] in printed
    assert OLD["title"] not in printed, "it is archive by now"


def test_a_preview_of_the_past_does_not_follow_a_topic_that_only_a_later_report_names(add, verb):
    same = "The port of Norvell took in the frigates Alder and Birch from Estmark on the eastern pier"
    first = report(
        "Norvell takes in two frigates", "2025-12-01T08:00:00Z", text=f"{same}. Admiral Jane Smith was there."
    )
    later = report("Norvell takes in two frigates under RELOS", "2025-12-01T20:00:00Z", text=f"{same}, under RELOS.")
    add(first, later)
    [story] = [json.loads(line) for line in verb("stories", "--json").stdout.splitlines()]
    assert len(story["articles"]) == 2
    assert first["title"] in verb("preview", "--at", "2025-12-01T12:00").stdout
    assert first["title"] not in verb("preview", "--at", "2025-12-01T12:00", "--topics", "relos").stdout
    assert later["title"] in verb("preview", "--at", "2025-12-01T21:00", "--topics", "relos").stdout


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        pytest.param(["frigates", "source:wire"], [OLD], id="of a source"),
        pytest.param(["frigates", "-source:wire"], [NEW], id="not of a source"),
        pytest.param(["frigates", "since:2025-12-02"], [NEW], id="from a day on"),
        pytest.param(["frigates", "-since:2025-12-02"], [OLD], id="before a day"),
        pytest.param(['-source:"der bote"'], [OLD], id="not of a source of two words"),
        pytest.param(["frigates", "-birch"], [], id="not with a word that holds an h"),
    ],
)
def test_a_minus_excludes_in_a_search(add, titles, words, expected):
    add(OLD, NEW)
    assert titles("search", *words) == [entry["title"] for entry in expected]


def test_h_alone_asks_search_for_help(verb):
    assert "Usage: " in verb("search", "-h").stdout


@pytest.fixture
def templates(tmp_path, verb, monkeypatch):
    """The operator's folder of templates."""
    folder = tmp_path / "templates"
    folder.mkdir()
    monkeypatch.setenv("BRIEFINGS_TEMPLATES_DIR", str(folder))
    return folder


@pytest.mark.parametrize(
    ("name", "verb_words"),
    [("story", ["preview"]), ("dossier", ["dossier", "RELOS"]), ("results", ["search", "fleet"])],
)
def test_a_verb_prints_by_the_operators_templates(add, verb, templates, caplog, name, verb_words):
    add(UNDATED)
    (templates / f"{name}.html.j2").write_text("OUR WORDS")
    assert "OUR WORDS" in verb(*verb_words).stdout
    assert not caplog.records


def test_a_preview_says_why_a_template_is_not_used(add, verb, templates, caplog):
    add(UNDATED)
    (templates / "story.html.j2").write_text("OUR WORDS\n{% if item.count == 99 %}{{ item.nobody }}{% endif %}")
    printed = verb("preview").stdout
    assert UNDATED["title"] in printed
    assert "OUR WORDS" not in printed
    [warning] = caplog.records
    assert sentence(warning.args[0]) == "story.html.j2, line 2: nothing is called item.nobody here"


def test_a_verb_that_prints_no_edition_tries_no_template(add, verb, templates, caplog):
    (templates / "story.html.j2").write_text("{% if %}")
    add(UNDATED)
    verb("articles")
    assert not caplog.records
