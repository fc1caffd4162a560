"""The progress bar is seen on a terminal and nowhere else."""

from __future__ import annotations

import io
import sys

import pytest

from bot.cli.progress import progress_bar


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_shows_what_is_done_and_how_much_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", terminal := Terminal())
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERM", "xterm")
    with progress_bar() as advance:
        advance("Copying", 3, 7)
    assert "Copying" in terminal.getvalue()
    assert "3/7" in terminal.getvalue()


def test_a_file_or_pipe_gets_no_bar(capfd: pytest.CaptureFixture[str]) -> None:
    with progress_bar() as advance:
        advance("Copying", 3, 7)
    assert capfd.readouterr() == ("", "")
