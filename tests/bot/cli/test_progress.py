"""A terminal shows a progress bar; elsewhere a line a minute says how far the work is."""

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


def test_a_terminal_shows_the_pace_and_what_remains(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pace is that since the first articles: the wait for these tells nothing of it."""
    monkeypatch.setattr(sys, "stderr", terminal := Terminal())
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setenv("TERM", "xterm")
    now = 0.0
    with progress_bar(lambda: now) as advance:
        advance("Reading", 0, 1_000_000, 0)
        now = 60
        advance("Reading", 50_000, 1_000_000, 320)
        now = 70
        advance("Reading", 300_000, 1_000_000, 1_920)
    assert "1,920 articles, 160 a second, about 28 s left" in terminal.getvalue()


def test_a_file_or_pipe_gets_a_line_a_minute(capfd: pytest.CaptureFixture[str]) -> None:
    now = 0.0
    with progress_bar(lambda: now) as advance:
        for minute in (0.0, 0.5, 1.0, 1.5, 2.0):
            now = minute * 60
            advance("Reading", 100_000 + int(minute * 100_000), 1_000_000, 50 + int(minute * 9_600))
        now = 181
        advance("Grouping", 0, None, 0)
    assert capfd.readouterr() == (
        "",
        "Reading: 9,650 articles, 160 a second, about 8 min left\n"
        "Reading: 19,250 articles, 160 a second, about 7 min left\n"
        "Grouping: 0 articles\n",
    )


def test_the_first_minute_of_a_file_or_pipe_is_silent(capfd: pytest.CaptureFixture[str]) -> None:
    with progress_bar() as advance:
        advance("Copying", 3, 7)
    assert capfd.readouterr() == ("", "")
