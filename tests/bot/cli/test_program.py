"""The program as a whole: how it is started, its version, its help."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import click
import pytest

from bot.cli.main import cli

ROOT = Path(__file__).parents[3]


def groups(group: click.Group, *path: str) -> Iterator[tuple[str, ...]]:
    """The words that name a group of verbs and every group within it."""
    yield path
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from groups(command, *path, name)


@pytest.mark.parametrize("option", ["-V", "--version"])
def test_the_version_is_one_line(verb, option):
    assert verb(option).stdout == f"briefings {version('briefings')}\n"


@pytest.mark.parametrize("package", ["bot", "briefings"])
def test_both_packages_start_the_same_program(package, tmp_path):
    command = [sys.executable, "-m", package, "--version"]
    done = subprocess.run(
        command, cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=True
    )
    assert done.stdout == f"briefings {version('briefings')}\n"


@pytest.mark.parametrize("width", [80, 100, 200])
@pytest.mark.parametrize("path", list(groups(cli)), ids=lambda path: " ".join(path) or "briefings")
def test_no_line_of_a_groups_help_is_cut(verb, path, width):
    listing = verb(*path, "--help", terminal_width=width).stdout.split("Commands:\n")[1]
    assert "..." not in listing


def test_add_parses_nothing_in_its_own_process(tmp_path):
    page = "<html><body><article><h1>Accord</h1><p>The parliament has approved the accord.</p></article></body></html>"
    (tmp_path / "page.html").write_text(page)
    verb = "cli(['add', 'page.html'], standalone_mode=False)"
    code = f"import sys; from bot.cli.main import cli; {verb}; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith("stored 1 · Accord\n")
    assert {"trafilatura", "py3langid"} & set(done.stdout.split()) == set()


def test_a_verb_that_needs_no_telegram_does_not_load_it(tmp_path):
    """Loading python-telegram-bot takes most of a second."""
    code = "import sys; from bot.cli.main import cli; cli(['articles'], standalone_mode=False); print(*sys.modules)"
    command = [sys.executable, "-c", code]
    done = subprocess.run(
        command, cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=True
    )
    assert "bot.cli.trial" not in done.stdout.split()
    assert {"telegram", "rich"} & {name.split(".")[0] for name in done.stdout.split()} == set()
