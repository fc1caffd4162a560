"""An operator names a language model: its summaries are checked, and when it fails the extract takes their place."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from endpoint import Endpoint, answers, says
from fakes import NEWS
from program import briefings

KEY = "sk-very-secret"
TITLE, TEXT = NEWS["relos"]
WRITTEN = "Russia's State Duma ratified the RELOS pact with India."


async def _add(endpoint: Endpoint, folder: Path) -> tuple[str, str]:
    """Add an article by hand; return its summary, and all that was printed."""
    (folder / "one.jsonl").write_text(json.dumps({"title": TITLE, "text": TEXT, "published": "2025-12-04T06:00:00Z"}))
    settings = {"URL": endpoint.url, "KEY": KEY, "MODEL": "small"}
    environment = {f"BRIEFINGS_SUMMARY_API_{name}": value for name, value in settings.items()}
    status, printed = await briefings("add", "--json", "one.jsonl", cwd=folder, **environment)
    assert status == 0, printed
    added = next(json.loads(line) for line in printed.splitlines() if line.startswith("{"))
    return added["summary"], printed


async def test_the_summary_of_the_model_is_used(tmp_path: Path) -> None:
    async with Endpoint() as endpoint:
        endpoint.tell(says({"summary": WRITTEN}))
        summary, printed = await _add(endpoint, tmp_path)
        assert summary == WRITTEN
        assert KEY not in printed
        assert len(endpoint.requests) == 1


@pytest.mark.parametrize(
    "handler",
    [says({"summary": f"{WRITTEN} It has 14 articles."}), answers(401, "no such key"), answers(200, "<html>")],
    ids=["says-what-the-article-does-not", "refuses", "is-no-model"],
)
async def test_the_extract_is_used_when_the_model_fails(tmp_path: Path, handler) -> None:
    async with Endpoint() as endpoint:
        endpoint.tell(handler)
        summary, printed = await _add(endpoint, tmp_path)
        assert all(sentence in TEXT for sentence in summary.rstrip(".").split(". "))
        assert KEY not in printed


async def test_the_sample_newsroom_asks_no_model(tmp_path: Path) -> None:
    async with Endpoint() as endpoint:
        named = {"BRIEFINGS_SUMMARY_API_URL": endpoint.url, "BRIEFINGS_SUMMARY_API_MODEL": "small"}
        status, printed = await briefings("preview", "--sample", cwd=tmp_path, **named)
        assert status == 0, printed
        assert endpoint.requests == []


async def test_an_endpoint_without_a_model_is_refused_in_one_line(tmp_path: Path) -> None:
    status, printed = await briefings("articles", cwd=tmp_path, BRIEFINGS_SUMMARY_API_URL="https://models.example/v1")
    assert status == 1
    assert "BRIEFINGS_SUMMARY_API_MODEL" in printed
    assert len(printed.splitlines()) == 1
