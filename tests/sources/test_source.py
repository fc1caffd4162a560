"""A source: its name, its place and its health."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from briefings.sources.source import TROUBLE, Health, Kind, Source

NOW = datetime(2025, 12, 4, 12, tzinfo=UTC)
SOURCE = Source(1, "https://example.org/feed", Kind.FEED, "Wire", NOW, timedelta(hours=1))

PLACES = {
    "https://user:secret@example.org/feed?key=secret": "example.org",
    "http://[::1/": "http://[::1/",
    "": "",
}


@pytest.mark.parametrize(("url", "name"), PLACES.items())
def test_a_source_without_a_title_is_called_by_its_host(url: str, name: str) -> None:
    assert replace(SOURCE, url=url, title="").name == name


HEALTH = {
    "never visited": (0, None, Health.NEW),
    "worked": (0, NOW, Health.OK),
    "failed once": (1, NOW, Health.FAILING),
    "failed four times, never worked": (4, None, Health.FAILING),
    "failed five times": (5, NOW, Health.IN_TROUBLE),
    "failed very often": (10**6, None, Health.IN_TROUBLE),
}


@pytest.mark.parametrize(("failures", "last_ok", "health"), HEALTH.values(), ids=HEALTH.keys())
def test_health_follows_from_failures_and_the_last_success(
    failures: int, last_ok: datetime | None, health: Health
) -> None:
    source = replace(SOURCE, failures=failures, last_ok=last_ok)
    assert (source.health, source.in_trouble) == (health, health is Health.IN_TROUBLE)


def test_trouble_begins_with_the_fifth_failure_in_a_row() -> None:
    assert TROUBLE == 5
