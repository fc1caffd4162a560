"""`preview`: rehearsed editions of the past, several days in a row, and what `--json` gives of each block."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from click.testing import Result

from bot.ops.problems import sentence
from briefings.errors import BadInput
from briefings.starter import SAMPLE_NOW

Objects = Callable[..., list[dict[str, Any]]]


def report(title: str, published: str | None, text: str, source: str = "Sample Wire") -> dict[str, Any]:
    return {"title": title, "published": published, "text": text, "source": source}


PORT = report(
    "Norvell opens a port in the south",
    "2025-12-01T08:00:00Z",
    "Norvell opened a port in the south on Monday after nine years. Olga Prins cut the ribbon before 300 guests.",
)
BOATS = report(
    "Estmark orders nine patrol boats",
    "2025-12-02T08:00:00Z",
    "Estmark ordered nine patrol boats from a yard in Kiel. They cost 90 million kroner and come in spring.",
    "Der Bote",
)
DAM = report(
    "Dam breaks above Lindholm, 12 people killed",
    "2025-12-02T09:00:00Z",
    "A dam broke above the town of Lindholm in the night and killed 12 people, the mayor Karl Aune said. The river "
    "Vesla carried away two bridges, and the valley was without power in the morning.",
)
DAM_LATER = report(
    "Dam breaks above Lindholm, 31 people killed",
    "2025-12-03T09:00:00Z",
    "The dam that broke above the town of Lindholm killed 31 people, the mayor Karl Aune said. The river Vesla carried "
    "away two bridges, and the valley was without power in the morning.",
    "Der Bote",
)
UNDATED = report("Kestrel yard lays a keel for the fleet", None, "The Kestrel yard laid a keel for a fleet of ferries.")


@pytest.fixture
def blocks(verb: Callable[..., Result]) -> Objects:
    """Runs `preview --json` and returns its objects."""
    return lambda *arguments: [json.loads(line) for line in verb("preview", "--json", *arguments).stdout.splitlines()]


@pytest.fixture
def leads(blocks: Objects) -> Callable[..., list[str]]:
    """Runs `preview` and returns the headlines of the stories it tells, in order."""
    return lambda *arguments: [block["lead"] for block in blocks(*arguments) if block["kind"] == "story"]


def test_a_reader_is_not_told_again_what_was_dated_before_their_mark(add, leads):
    add(PORT, BOATS)
    assert leads("--at", "2025-12-02T10:00") == [BOATS["title"], PORT["title"]]
    assert leads("--at", "2025-12-02T10:00", "--since", "2025-12-01T12:00") == [BOATS["title"]]


def test_a_story_is_updated_when_only_its_later_report_is_dated_after_the_mark(add, verb, blocks):
    add(DAM, DAM_LATER)
    assert len(verb("stories", "--json").stdout.splitlines()) == 1

    def moods(at: str, since: str) -> list[str]:
        return [block["mood"] for block in blocks("--at", at, "--since", since) if block["kind"] == "story"]

    assert moods("2025-12-03T07:30", "2025-12-02T07:30") == ["new"]
    assert moods("2025-12-04T07:30", "2025-12-03T07:30") == ["updated"]
    assert moods("2025-12-04T07:30", "2025-12-02T07:30") == ["new"]
    assert moods("2025-12-05T07:30", "2025-12-04T07:30") == []


def test_an_undated_report_came_when_it_was_added(add, leads):
    add(PORT, UNDATED)
    assert leads("--since", "2025-12-01") == [UNDATED["title"]]
    assert leads("--at", "2025-12-03", "--since", "2025-11-30") == [PORT["title"]]


def test_a_quiet_day_of_the_past_recalls_a_story_that_was_told_before(add, verb):
    add(PORT, BOATS)
    printed = verb("preview", "--at", "2025-12-02T07:30", "--since", "2025-12-01T12:00").stdout
    assert PORT["title"] in printed
    assert BOATS["title"] not in printed


def test_days_are_told_one_after_the_other_and_each_story_once(add, blocks):
    add(PORT, BOATS, DAM)
    objects = blocks("--days", "3", "--at", "2025-12-03T07:30")
    marks = list(dict.fromkeys((block["since"][:16], block["at"][:16]) for block in objects))
    assert marks == [
        ("2025-11-30T07:30", "2025-12-01T07:30"),
        ("2025-12-01T07:30", "2025-12-02T07:30"),
        ("2025-12-02T07:30", "2025-12-03T07:30"),
    ]
    told = [(block["at"][:10], block["lead"]) for block in objects if block["kind"] == "story"]
    assert sorted(told) == [
        ("2025-12-02", PORT["title"]),
        ("2025-12-03", DAM["title"]),
        ("2025-12-03", BOATS["title"]),
    ]


def test_with_a_mark_the_days_follow_it(add, blocks):
    add(PORT)
    objects = blocks("--days", "2", "--since", "2025-12-01T07:30", "--at", "2025-12-02T07:30")
    assert list(dict.fromkeys(block["at"][:16] for block in objects)) == ["2025-12-02T07:30", "2025-12-03T07:30"]


def test_the_first_of_the_days_may_come_less_than_a_day_after_the_mark(add, blocks):
    add(PORT)
    objects = blocks("--days", "2", "--since", "2025-12-01", "--at", "2025-12-01T07:30")
    marks = list(dict.fromkeys((block["since"][:16], block["at"][:16]) for block in objects))
    assert marks == [("2025-12-01T00:00", "2025-12-01T07:30"), ("2025-12-01T07:30", "2025-12-02T07:30")]


def test_several_editions_for_people_stand_under_their_instants(add, verb):
    add(PORT, BOATS)
    printed = verb("preview", "--days", "2", "--at", "2025-12-02T08:30").stdout
    first, second = printed.split("[2025-12-02 08:30 UTC, since 2025-12-01 08:30]")
    assert first.startswith("[2025-12-01 08:30 UTC, since 2025-11-30 08:30]\n")
    assert PORT["title"] in first
    assert BOATS["title"] in second


def test_the_blocks_of_an_edition_say_what_they_are_and_what_they_tell(add, verb, blocks):
    add(PORT, {**BOATS, "text": f"{BOATS['text']} An S-400 regiment guards the S-400 port that they use."})
    by_title = {a["title"]: a for a in map(json.loads, verb("articles", "--json").stdout.splitlines())}
    objects = blocks("--at", "2025-12-02T10:00", "--since", "2025-12-01T10:00", "--zone", "Kolkata")
    assert [block["kind"] for block in objects] == ["masthead", "story", "end"]
    for block in objects:
        assert {"html", "units", "entities"} <= block.keys()
        assert (block["at"], block["since"]) == ("2025-12-02T10:00:00+00:00", "2025-12-01T10:00:00+00:00")
        assert block["zone"] == "Asia/Kolkata"
    boats, story = by_title[BOATS["title"]], objects[1]
    assert (story["story"], story["report"]) == (boats["story"], boats["id"])
    assert (story["mood"], story["lead"]) == ("new", BOATS["title"])
    assert (story["outlets"], story["topics"]) == (["Der Bote"], ["s400"])
    assert story["why"] == "new · 1 outlet · about /s400"
    assert story["visible"] in boats["text"], "no markup, and no word of ours"
    assert story["folded"] in boats["text"]
    assert story["visible"]


def test_a_quiet_edition_is_a_masthead(add, blocks):
    add(PORT)
    [block] = blocks("--at", "2025-12-03T10:00", "--since", "2025-12-02T10:00")
    assert block["kind"] == "masthead"


AHEAD = "is still to come; a preview is of now or of the past"
REFUSED = [
    pytest.param(["--days", "0"], "--days 0: it must be 1 to 366", id="no day"),
    pytest.param(["--days", "367"], "--days 367: it must be 1 to 366", id="more days than are kept"),
    pytest.param(["--at", "2999-01-01"], f"2999-01-01 00:00 UTC {AHEAD}", id="at to come"),
    pytest.param(["--at", "2999-01-01T07:30+01:00"], f"2999-01-01 06:30 UTC {AHEAD}", id="at to come with offset"),
    pytest.param(["--since", "soon"], "“soon” is not a time; write it like 2025-12-04T07:30", id="since no time"),
    pytest.param(["--at", ""], "“” is not a time; write it like 2025-12-04T07:30", id="at empty"),
    pytest.param(
        ["--at", "2025-12-04", "--since", "2025-12-05"],
        "--since (2025-12-05 00:00 UTC) is after --at (2025-12-04 00:00 UTC); a reader is told news before the "
        "edition, not after it",
        id="since after at",
    ),
]


@pytest.mark.parametrize(("arguments", "words"), REFUSED)
def test_wrong_moments_are_refused_in_one_line(add, verb, arguments, words):
    add(PORT)
    with pytest.raises(BadInput) as refused:
        verb("preview", *arguments)
    assert sentence(refused.value) == words


def test_a_mark_to_come_is_refused(add, verb):
    add(PORT)
    with pytest.raises(BadInput, match="since-after-at"):
        verb("preview", "--since", "2999-01-01")


def test_the_sample_newsroom_can_be_rehearsed_later_than_it_is_there(blocks):
    moments = [f"{SAMPLE_NOW + timedelta(hours=hours):%Y-%m-%dT%H:%M}" for hours in (0, 12)]
    told = blocks("--sample", "--since", moments[0], "--at", moments[1])
    assert "story" in [block["kind"] for block in told], "its reports of that morning have come"


def test_days_that_would_go_on_after_now_are_refused(add, verb):
    add(PORT)
    with pytest.raises(BadInput, match="moment-ahead"):
        verb("preview", "--since", "2025-12-01", "--at", "2025-12-01T07:30", "--days", "366")
