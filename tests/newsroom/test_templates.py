"""The operator's templates are tried in a process of their own, used once they pass, and replaced when they do not."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from builders import NOW, draft, item
from fakes import COMMANDS, MORNING, UTC_0730, Clock, join, report, rows
from telegram_parser import accepts

from bot.ops.problems import sentence
from briefings.editions.render import Renderer
from briefings.errors import Problem
from briefings.newsroom.opening import put_together
from briefings.newsroom.templates import Templates
from briefings.store.database import Database
from briefings.store.schema import editions

ENDLESS = "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"
NEVER_BEFORE_TODAY = "{% if item.count > 12345 %}{{ item.nobody }}{% endif %}"
FILE = "story.html.j2"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "templates").mkdir()
    return tmp_path / "templates"


@pytest.fixture
def renderer() -> Renderer:
    return Renderer(COMMANDS)


@pytest.fixture
def templates(folder: Path, renderer: Renderer) -> Templates:
    return Templates(folder, renderer, cpu_seconds=2)


def printed(renderer: Renderer) -> str:
    """The story as readers see it."""
    return accepts(renderer.edition(draft(item()), zone="UTC", now=NOW)[1].html)


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    """The warnings, with the operator's sentences for the problems in them."""
    return [
        record.msg % tuple(sentence(value) if isinstance(value, Problem) else value for value in record.args)
        for record in caplog.records
        if record.levelno >= logging.WARNING
    ]


async def test_a_good_template_is_used_once_it_was_tried(
    folder: Path, renderer: Renderer, templates: Templates
) -> None:
    (folder / FILE).write_text("OURS {{ item.lead }}")
    assert not printed(renderer).startswith("OURS")
    await templates.look()
    assert printed(renderer) == "OURS Norvell opens a port"


async def test_a_newsroom_without_a_folder_uses_the_shipped_templates(renderer: Renderer) -> None:
    await Templates(None, renderer).look()
    assert printed(renderer) == printed(Renderer(COMMANDS))


def a_link(path: Path) -> None:
    path.symlink_to("/etc/passwd")


def text(words: str) -> Callable[[Path], object]:
    return lambda path: path.write_text(words)


def in_another_encoding(path: Path) -> None:
    path.write_bytes(b"\xff\xfe{{")


BAD = [
    pytest.param(text(ENDLESS), f"{FILE}: to print the sample takes more than 2 s", id="endless-loop"),
    pytest.param(text("{{ 10 ** (10 ** 9) }}"), f"{FILE}: to print the sample takes more than 2 s", id="endless-sum"),
    pytest.param(text("{{ 'x' * 10 ** 9 }}"), f"{FILE}: to print the sample takes more than 100 MB", id="huge-word"),
    pytest.param(
        text("{% for a in range(99999) %}{{ 'x' * 10000 }}{% endfor %}"),
        f"{FILE}: to print the sample takes more than 100 MB",
        id="huge-output",
    ),
    pytest.param(text(NEVER_BEFORE_TODAY), f"{FILE}, line 1: nothing is called item.nobody here", id="rare-branch"),
    pytest.param(text("x\n<h1>x</h1>"), f"{FILE}, line 2: <h1> is not among the tags", id="unknown-tag"),
    pytest.param(text("<b>x"), f"{FILE}: <b> is never closed", id="unclosed-tag"),
    pytest.param(text("\n{% if %}"), f"{FILE}, line 2: Expected an expression", id="syntax"),
    pytest.param(text(f"x{{% include '{FILE}' %}}"), f"{FILE}, line 1: it includes itself", id="includes-itself"),
    pytest.param(text("{{ item|nobody }}"), f"{FILE}, line 1: nothing is called nobody", id="unknown-filter"),
    pytest.param(text("x" * 100_001), f"{FILE}: it is longer than 100 kB", id="too-long"),
    pytest.param(in_another_encoding, f"{FILE}: not UTF-8 text", id="encoding"),
    pytest.param(a_link, f"{FILE}: it is a link", id="link"),
    pytest.param(os.mkfifo, f"{FILE}: it is no ordinary file", id="pipe"),
]


@pytest.mark.parametrize(("make", "warning"), BAD)
async def test_the_shipped_template_is_used_in_place_of_a_bad_one_with_one_warning(
    folder: Path,
    renderer: Renderer,
    templates: Templates,
    caplog: pytest.LogCaptureFixture,
    make: Callable[[Path], object],
    warning: str,
) -> None:
    make(folder / FILE)
    (folder / "end.html.j2").write_text("Ende: {{ shown }}")
    for _ in range(3):
        await templates.look()
    assert printed(renderer) == printed(Renderer(COMMANDS))
    assert renderer.edition(draft(item()), zone="UTC", now=NOW)[-1].html == "Ende: 1"
    (shown,) = warnings(caplog)
    assert shown.startswith(warning)
    assert shown.endswith("; the shipped template is used until the file is corrected")


async def test_a_changed_template_is_tried_again(
    folder: Path, renderer: Renderer, templates: Templates, caplog: pytest.LogCaptureFixture
) -> None:
    for words, is_used in [("OURS", True), ("OURS {{ nobody }}", False), ("OURS again", True)]:
        (folder / FILE).write_text(words)
        await templates.look()
        assert (printed(renderer) == words) is is_used
    assert len(warnings(caplog)) == 1


async def test_a_template_that_is_taken_away_gives_way(folder: Path, renderer: Renderer, templates: Templates) -> None:
    (folder / FILE).write_text("OURS")
    await templates.look()
    (folder / FILE).unlink()
    await templates.look()
    assert printed(renderer) == printed(Renderer(COMMANDS))


async def test_a_template_is_tried_again_when_a_part_of_it_changes(
    folder: Path, renderer: Renderer, templates: Templates, caplog: pytest.LogCaptureFixture
) -> None:
    (folder / FILE).write_text("{% include 'part' %}")
    for words in ("{{ nobody }}", "{{ nothing }}", "OURS"):
        (folder / "part").write_text(words)
        await templates.look()
    assert printed(renderer) == "OURS"
    assert ["nobody" in warning for warning in warnings(caplog)] == [True, False]


@pytest.mark.parametrize("words", ["{{ nobody }}", ENDLESS])
async def test_a_bad_template_is_warned_of_again_only_when_it_changes(
    folder: Path, templates: Templates, caplog: pytest.LogCaptureFixture, words: str
) -> None:
    (folder / FILE).write_text(words)
    await templates.look()
    (folder / "another").write_text("x")
    await templates.look()
    assert len(warnings(caplog)) == 1
    (folder / FILE).write_text(f"{words} ")
    await templates.look()
    assert len(warnings(caplog)) == 2


async def test_a_template_in_use_stays_as_it_was_tried_until_the_next_trial_ends(
    folder: Path, renderer: Renderer, templates: Templates
) -> None:
    (folder / FILE).write_text("OURS")
    await templates.look()
    (folder / FILE).write_text(ENDLESS)
    trial = asyncio.create_task(templates.look())
    while not trial.done():
        assert printed(renderer) in ("OURS", printed(Renderer(COMMANDS)))
        await asyncio.sleep(0.05)
    assert printed(renderer) == printed(Renderer(COMMANDS))


async def test_a_look_that_has_no_time_leaves_the_trial_to_the_next(
    folder: Path, renderer: Renderer, templates: Templates, caplog: pytest.LogCaptureFixture
) -> None:
    (folder / FILE).write_text("OURS")
    await templates.look(within=0)
    assert printed(renderer) != "OURS"
    await templates.look()
    assert printed(renderer) == "OURS"
    assert not warnings(caplog)


async def test_templates_stay_in_use_when_the_folder_is_gone(
    folder: Path, renderer: Renderer, templates: Templates, caplog: pytest.LogCaptureFixture
) -> None:
    (folder / FILE).write_text("OURS")
    await templates.look()
    folder.rename(folder.with_name("away"))
    await templates.look()
    await templates.look()
    assert printed(renderer) == "OURS"
    assert len(caplog.records) == 1


async def test_the_watch_notices_a_new_template(folder: Path, renderer: Renderer, templates: Templates) -> None:
    (folder / FILE).write_text("OURS")
    watch = asyncio.create_task(templates.watch())
    async with asyncio.timeout(60):
        while printed(renderer) != "OURS":  # noqa: ASYNC110 - nothing tells the end of a trial but what is printed
            await asyncio.sleep(0.05)
    watch.cancel()


async def test_an_edition_is_printed_at_its_hour_while_a_template_is_tried(
    folder: Path, renderer: Renderer, database: Database, clock: Clock
) -> None:
    (folder / FILE).write_text(ENDLESS)
    (folder / "masthead.html.j2").write_text("OUR PAPER")
    newsroom = put_together(database, renderer, clock, UTC_0730, templates=folder)
    await newsroom.editing.add([report("relos")])
    await join(database, "1", at=MORNING)
    publish, _ = newsroom.passes.ticked(("publish",), None)["publish"]
    trial = asyncio.create_task(newsroom.templates.look())
    async with asyncio.timeout(30):
        while renderer.knows_zones_by_times_only:  # noqa: ASYNC110 - until the masthead has passed; the story is tried
            await asyncio.sleep(0.01)
    clock.at(7, 30)
    await publish()
    assert not trial.done()
    [edition] = await rows(database, editions, kind="scheduled")
    assert edition["blocks"][0][0] == "OUR PAPER"
    assert "RELOS" in edition["blocks"][1][0]
    trial.cancel()


async def test_a_template_that_cannot_be_tried_is_used_once_it_can(
    folder: Path,
    renderer: Renderer,
    templates: Templates,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    (folder / FILE).write_text("OURS")
    with monkeypatch.context() as without_python:
        without_python.setattr(sys, "executable", "/nowhere/python")
        for _ in range(3):
            await templates.look()
    assert printed(renderer) == printed(Renderer(COMMANDS))
    (warning,) = caplog.records
    assert warning.args[0].key == "worker-not-started"
    await templates.look()
    assert printed(renderer) == "OURS"
