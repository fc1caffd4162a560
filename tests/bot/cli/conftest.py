"""Fixtures for tests of the verbs: a folder with an empty newsroom, and the verbs run in this process."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from bot.cli.main import cli

Verb = Callable[..., Result]


@pytest.fixture
def verb(tmp_path: Path, migrated: Path, monkeypatch: pytest.MonkeyPatch) -> Verb:
    """Runs a verb in a folder with an empty newsroom, without settings. Raises what the verb raises."""
    for name in [name for name in os.environ if name.startswith(("BRIEFINGS_", "TELEGRAM_"))]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    shutil.copy(migrated, tmp_path / "briefings.db")
    return lambda *arguments, **options: CliRunner().invoke(cli, arguments, catch_exceptions=False, **options)


@pytest.fixture
def add(verb: Verb) -> Callable[..., None]:
    """Stores reports, each a dictionary as a line of JSON lines."""

    def store(*reports: dict[str, Any]) -> None:
        verb("add", "-", input="\n".join(map(json.dumps, reports)))

    return store
