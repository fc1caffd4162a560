"""`preview --why` states the reason for each story in one line."""

from __future__ import annotations

import json

import pytest
from builders import item

from bot.cli.output import show_reasons
from briefings.editions.model import Mood, Reason

REASONS = [
    pytest.param(Reason(Mood.NEW, (), 1, ("relos",)), "new · 1 outlet · about /relos", id="new"),
    pytest.param(
        Reason(Mood.NEW, (), 3, ("relos", "s400"), is_followed=True),
        "new · 3 outlets · you follow /relos /s400",
        id="followed",
    ),
    pytest.param(Reason(Mood.NEW, (), 2), "new · 2 outlets", id="no-topic"),
    pytest.param(Reason(Mood.UPDATED, ("7", "Peskov"), 1), "updated: 7, Peskov · 1 outlet", id="updated"),
]


@pytest.mark.parametrize(("reason", "words"), REASONS)
def test_a_reason_is_one_line(reason: Reason, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    show_reasons([item(why=reason)], as_json=False)
    assert capsys.readouterr().out.splitlines()[-2:] == ["1 · Norvell opens a port", f"    {words}"]
    show_reasons([item(why=reason)], as_json=True)
    assert json.loads(capsys.readouterr().out) == {"story": 1, "why": words}
