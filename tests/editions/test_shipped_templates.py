"""The words of the shipped templates, letter for letter. A change of a template is a change here, and nowhere else."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, time

import pytest
from builders import NOW, ago, article, draft, item, story, topic
from fakes import COMMANDS
from telegram_parser import accepts

from briefings.editions.model import Block, Mood
from briefings.editions.render import Renderer
from briefings.model import Dispute, Slot
from briefings.topics.dossier import Dossier
from briefings.topics.timeline import TimelineEvent

RENDERER = Renderer(COMMANDS)


def text_of(*blocks: Block) -> str:
    """Blocks as Telegram shows them, with a rule between them."""
    return "\n---\n".join(accepts(block.html) for block in blocks)


EDITION = """\
Norvell opens
Briefing · Thu 4 Dec 2025 · 5 stories · 1 min · meant for 05:30
---
It holds 12 ships.
It was cold. It rained.
Sample Wire · 4 Dec · /relos
---
Second
It holds 12 ships.
Sample Wire · 4 Dec · /relos
---
🔄 Updated since Wed 3 Dec 06:00
Estmark waits
New: It is 7 now.
Reports differ on the number killed: 12 (A), 15 (B).
Sample Wire, Sample Post · 4 Dec · /relos
---
▪️ In brief
Third · Sample Wire
🔄 Fourth · source not named
---
That is all. 5 of 41 stories. /more · /search"""


def test_an_edition() -> None:
    disputed = item(
        "Estmark waits",
        mood=Mood.UPDATED,
        facts=("It is 7 now.",),
        disputes=(Dispute("killed", (("12", ("A",)), ("15", ("B",)))),),
        outlets=("Sample Wire", "Sample Post"),
        count=2,
    )
    made = draft(
        item(more=("It was cold.", "It rained.")),
        item("Second"),
        headline="Norvell opens",
        updated=(disputed,),
        brief=(item("Third"), item("Fourth", mood=Mood.UPDATED, outlets=(), link=None)),
        left=(9,),
        total=41,
        since=ago(24),
        reports=9,
        outlets=4,
    )
    slot = Slot(NOW.date(), time(5, 30), datetime(2025, 12, 4, 5, 30, tzinfo=UTC))
    assert text_of(*RENDERER.edition(made, zone="UTC", now=NOW, slot=slot, late=True)) == EDITION


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        pytest.param({}, "Sample Wire · 4 Dec", id="one"),
        pytest.param({"outlets": ("A", "B"), "count": 2}, "A, B · 4 Dec", id="two"),
        pytest.param({"outlets": ("A", "B", "C"), "count": 4}, "A, B · 4 Dec · 4 outlets", id="four"),
        pytest.param({"when": None}, "Sample Wire · undated, added 4 Dec 2025", id="undated"),
        pytest.param({"when": ago(9000)}, "Sample Wire · 24 Nov 2024", id="last-year"),
        pytest.param({"link": None}, "Sample Wire · 4 Dec", id="no-link"),
        pytest.param({"outlets": ("",), "link": None}, "Source not named · 4 Dec", id="no-outlet"),
        pytest.param({"outlets": (), "count": 0, "link": None}, "Source not named · 4 Dec", id="no-outlets"),
        pytest.param({"outlets": ("",)}, "Source · 4 Dec", id="no-outlet-but-a-link"),
        pytest.param({"supplied": True}, "Sample Wire · 4 Dec · summary supplied", id="supplied"),
        pytest.param(
            {"supplied": True, "outlets": ("A", "B", "C"), "count": 4},
            "A, B · 4 Dec · summary supplied · 4 outlets",
            id="supplied-and-four-outlets",
        ),
    ],
)
def test_the_sourcing_tail(values: dict[str, object], expected: str) -> None:
    _, block, _ = RENDERER.edition(draft(item(commands=(), **values)), zone="UTC", now=NOW)
    assert expected in accepts(block.html).splitlines()


@pytest.mark.parametrize(
    ("shown", "total", "expected"),
    [
        pytest.param(6, 41, "That is all. 6 of 41 stories. /more · /search", id="some"),
        pytest.param(2, 2, "That is all. 2 of 2 stories. /topics · /search", id="all"),
        pytest.param(1, 1, "That is all. 1 of 1 story. /topics · /search", id="one"),
    ],
)
def test_the_end_of_an_edition(shown: int, total: int, expected: str) -> None:
    made = draft(*[item(f"Port {n}", story=n) for n in range(shown)], total=total)
    assert expected in accepts(RENDERER.edition(made, zone="UTC", now=NOW)[-1].html).splitlines()


@pytest.mark.parametrize(
    ("before", "left", "expected"),
    [
        (0, 5, "1–2 of the 5 stories your last edition left out. /today · /search"),
        (2, 5, "3–4 of the 5 stories your last edition left out. /today · /search"),
        (0, 2, "That is all your last edition left out. /today · /search"),
    ],
)
def test_the_end_of_stories_left_out(before: int, left: int, expected: str) -> None:
    blocks = RENDERER.rest([item(), item("Second")], before=before, left=left, zone="UTC", now=NOW)
    assert expected in accepts(blocks[-1].html).splitlines()


QUIET = """\
Nothing new on your 4 topics since 04:00
Briefing · Thu 4 Dec 2025

Still open: Norvell opens a port, last report 4 Dec · /relos

That is all. /topics · /search"""


def test_a_quiet_day() -> None:
    made = draft(since=ago(2), followed=4, open_story=item())
    assert text_of(*RENDERER.edition(made, zone="UTC", now=NOW)) == QUIET


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        pytest.param({"since": None}, "Nothing to report yet", id="newcomer"),
        pytest.param({"since": ago(24)}, "Nothing new since Wed 3 Dec 06:00", id="all-topics"),
        pytest.param({"since": ago(2), "followed": 4}, "Nothing new on your 4 topics since 04:00", id="four-topics"),
        pytest.param(
            {"since": ago(24), "followed": 1}, "Nothing new on your 1 topic since Wed 3 Dec 06:00", id="one-topic"
        ),
        pytest.param({"since": ago(240)}, "Nothing new since Mon 24 Nov 06:00", id="long-ago"),
        pytest.param({"since": ago(9000)}, "Nothing new since Sun 24 Nov 2024 06:00", id="last-year"),
        pytest.param({"since": ago(24), "followed": 0}, "You follow no topic", id="no-topic"),
        pytest.param({"since": None, "followed": 0}, "You follow no topic", id="newcomer-without-topic"),
    ],
)
def test_the_first_line_of_a_quiet_day(values: dict[str, object], expected: str) -> None:
    (block,) = RENDERER.edition(draft(**values), zone="UTC", now=NOW)
    assert expected in accepts(block.html).splitlines()


DOSSIER = """\
RELOS · Reciprocal Exchange
A pact.

Where it stands (4 Dec, 1 outlet)
The Duma ratified it.
Reports differ on the number killed: 12 (A), 15 (B).
Sample Wire

Timeline
4 Dec 2025 · Ratified

1 article, 1 outlet, first 3 Dec · see /s400"""

EMPTY = Dossier("relos", topic(), None, None, "", (), (), 0, (), None, ())


def test_a_dossier() -> None:
    report = article("Ratified", "The Duma ratified it.")
    made = dataclasses.replace(
        EMPTY,
        topic=topic("relos", title="RELOS", expansion="Reciprocal Exchange", definition="A pact."),
        latest_story=story(report),
        latest_report=report,
        latest_statement=report.summary,
        disputes=(Dispute("killed", (("12", ("A",)), ("15", ("B",)))),),
        timeline=(TimelineEvent(ago(1), "Ratified", None),),
        articles=1,
        outlets=("Sample Wire",),
        first=ago(9),
        related=("s400",),
    )
    assert text_of(RENDERER.dossier(made, zone="UTC", now=NOW)) == DOSSIER


@pytest.mark.parametrize(
    ("source", "url", "line"),
    [
        ("Sample Wire", "https://example.org/1", "Sample Wire · summary supplied"),
        ("", "https://example.org/1", "Source · summary supplied"),
        ("", None, "Source not named (by Digital Desk) · summary supplied"),
    ],
)
def test_a_dossier_says_that_its_latest_statement_was_supplied(source: str, url: str | None, line: str) -> None:
    report = article(
        "Ratified",
        "The Duma ratified it.",
        source=source,
        url=url,
        supplied=True,
        author="Digital Desk" if not url else "",
    )
    made = dataclasses.replace(EMPTY, latest_story=story(report), latest_report=report, latest_statement="Ratified.")
    assert line in text_of(RENDERER.dossier(made, zone="UTC", now=NOW)).splitlines()


def test_a_dossier_marks_an_opinion_beside_its_outlet() -> None:
    report = article("Opinion: RELOS is a bargain", supplied=True)
    made = dataclasses.replace(EMPTY, latest_story=story(report), latest_report=report, latest_statement="A bargain.")
    lines = text_of(RENDERER.dossier(made, zone="UTC", now=NOW)).splitlines()
    assert "Sample Wire · opinion · summary supplied" in lines


def test_a_dossier_without_reports() -> None:
    lines = text_of(RENDERER.dossier(EMPTY, zone="UTC", now=NOW)).splitlines()
    assert "No report on it is kept yet." in lines


RESULTS = """\
From the archive: norvell

Norvell opens a port
Sample Wire · 4 Dec · /relos

Norvell waits
source not named · undated, added 4 Dec 2025"""


def test_results() -> None:
    about = frozenset({"relos"})
    hits = [
        article(topics=("relos", "quad"), about=about),
        article("Norvell waits", published=None, source="", url=None),
    ]
    assert text_of(RENDERER.results(hits, words="norvell", zone="UTC", now=NOW)) == RESULTS


def test_results_mark_an_opinion_beside_its_outlet() -> None:
    hits = [article("Norvell waits", source="Norvell Opinion", topics=("relos",))]
    lines = text_of(RENDERER.results(hits, words="norvell", zone="UTC", now=NOW)).splitlines()
    assert "Norvell Opinion · opinion · 4 Dec" in lines


def test_no_results() -> None:
    block = RENDERER.results([], words="<x>", zone="UTC", now=NOW)
    assert "The archive holds nothing on <x>." in accepts(block.html).splitlines()
