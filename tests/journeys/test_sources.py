"""Sources from the operator's side: the verbs, and a running bot that collects by itself and alerts its owner."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from journey import READER
from program import briefings, program
from website import Website, page, rss, website

from bot.simulator import Simulator

ALLOWED = {"BRIEFINGS_ALLOW_HOSTS": "127.0.0.1"}
NOW = datetime.now(UTC)
"""Feeds are dated now: articles of long ago would not be collected."""


@pytest.fixture
async def site() -> AsyncIterator[Website]:
    async with website() as site:
        site.puts("/feed", rss(2, 1, newest=NOW), ETag='"1"')
        site.puts("/", page(head='<link rel="alternate" type="application/rss+xml" href="/feed">'), "text/html")
        site.puts("/page", page(), "text/html")
        yield site


def objects(output: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in output.splitlines() if line.startswith("{")]


async def test_sources_are_added_collected_listed_and_removed(tmp_path: Path, site: Website) -> None:
    (tmp_path / "news").mkdir()
    (tmp_path / "news" / "a.txt").write_text(
        "Yard launches frigate\n\nThe yard launched its third frigate on Monday in front of the minister.\n"
    )
    status, output = await briefings(
        "sources", "add", site.url("/"), site.url("/page"), "news", site.url("/no"), cwd=tmp_path, **ALLOWED
    )
    assert status == 0, output
    assert [line for line in output.splitlines() if line.startswith("added")] == [
        "added 1 · feed · Sample Wire",
        "added 2 · page · Port authority opens a new pier",
        "added 3 · folder · news",
    ]
    assert f"briefings: {site.url('/no')}: 127.0.0.1 answered 404; rejected" in output
    status, output = await briefings("collect", cwd=tmp_path, **ALLOWED)
    assert (status, output) == (0, "visited 3 sources: 4 new, 0 known, 0 failed\n")
    status, output = await briefings("collect", cwd=tmp_path, **ALLOWED)
    assert (status, output) == (0, "no source is due; --all visits every one\n")
    status, output = await briefings("collect", "--all", cwd=tmp_path, **ALLOWED)
    assert (status, output) == (0, "visited 3 sources: 0 new, 1 known, 0 failed\n")
    articles = objects((await briefings("articles", "--json", cwd=tmp_path))[1])
    assert len(articles) == 4
    assert all(article["summary"] for article in articles)
    sources = objects((await briefings("sources", "list", "--json", cwd=tmp_path))[1])
    assert [(source["kind"], source["health"], source["failures"]) for source in sources] == [
        ("feed", "ok", 0),
        ("page", "ok", 0),
        ("folder", "ok", 0),
    ]
    assert (await briefings("sources", "remove", "2", site.url("/feed"), "news", cwd=tmp_path))[0] == 0
    assert "there is no source yet" in (await briefings("sources", "list", cwd=tmp_path))[1]


async def test_a_source_that_fails_is_named_and_stays_visible(tmp_path: Path, site: Website) -> None:
    await briefings("sources", "add", site.url("/feed"), site.url("/no"), "--kind", "feed", cwd=tmp_path, **ALLOWED)
    status, output = await briefings("collect", cwd=tmp_path, **ALLOWED)
    assert status == 0
    assert "visited 2 sources: 2 new, 0 known, 1 failed" in output
    assert "briefings: 127.0.0.1 (2): 127.0.0.1 answered 404" in output
    status, output = await briefings("sources", "list", cwd=tmp_path)
    assert "failing" in output
    assert "failed once: 127.0.0.1 answered 404" in output
    await briefings("sources", "remove", "1", cwd=tmp_path)
    assert (await briefings("collect", "--all", cwd=tmp_path, **ALLOWED))[0] == 1


async def test_check_shows_the_entries_of_a_feed_and_stores_nothing(tmp_path: Path, site: Website) -> None:
    for name in (site.url("/feed"), site.url("/")):
        status, output = await briefings("sources", "check", name, "--json", cwd=tmp_path, **ALLOWED)
        first, second = objects(output)
        assert status == 0
        assert set(first) == {"url", "title", "published", "source", "text", "language", "key"}
        assert (first["title"], second["source"]) == ("Harbour 2 opens its new pier", "Sample Wire")
    (tmp_path / "feed.xml").write_text(rss(7))
    status, output = await briefings("sources", "check", "feed.xml", cwd=tmp_path)
    assert status == 0
    assert "Harbour 7 opens its new pier" in output
    assert not (tmp_path / "briefings.db").exists(), "nothing is stored"


async def test_a_list_of_feeds_is_exported_and_imported(tmp_path: Path, site: Website) -> None:
    await briefings("sources", "add", site.url("/feed"), cwd=tmp_path, **ALLOWED)
    assert (await briefings("sources", "export", "feeds.opml", cwd=tmp_path)) == (0, "")
    (tmp_path / "other").mkdir()
    status, output = await briefings("sources", "import", "../feeds.opml", "--json", cwd=tmp_path / "other")
    assert status == 0
    assert [(source["status"], source["url"]) for source in objects(output)] == [("added", site.url("/feed"))]
    status, output = await briefings("sources", "export", cwd=tmp_path / "other")
    assert output.encode() == (tmp_path / "feeds.opml").read_bytes()


@pytest.mark.parametrize(
    ("arguments", "status", "line"),
    [
        pytest.param(["sources", "list"], 0, "briefings: there is no source yet", id="none listed"),
        pytest.param(["collect"], 0, "briefings: there is no source yet", id="none to visit"),
        pytest.param(["sources", "remove", "7"], 1, "briefings: there is no source 7", id="none to remove"),
        pytest.param(["sources", "add", "nonsense"], 1, "briefings: nonsense: not a web address", id="no address"),
        pytest.param(["sources", "add", "http://10.1.1.1"], 1, "briefings: http://10.1.1.1: 10.1.1.1 is", id="inside"),
        pytest.param(["sources", "check", "no.xml"], 1, "briefings: no.xml: no such file", id="no feed"),
        pytest.param(["sources", "check", "."], 1, "briefings: .: is a directory", id="a folder is no feed"),
        pytest.param(["sources", "import", "no.opml"], 1, "briefings: no.opml: no such file", id="no list"),
        pytest.param(["sources", "export", "no/such.opml"], 1, "briefings: no/such.opml: no such file", id="nowhere"),
        pytest.param(["sources", "add", "x", "--kind", "x"], 2, "Usage:", id="wrong usage"),
    ],
)  # fmt: skip
async def test_trouble_is_one_line_on_stderr(tmp_path: Path, arguments: list[str], status: int, line: str) -> None:
    ended, output = await briefings(*arguments, cwd=tmp_path)
    assert (ended, output[: len(line)]) == (status, line)
    assert "Traceback" not in output
    if status == 1:
        assert len(output.splitlines()) == 1


@pytest.mark.parametrize("dotenv", ["BRIEFINGS_ALLOW_HOSTS=http://x/", "BRIEFINGS_COLLECT_EVERY=0"])
async def test_a_wrong_setting_is_one_line(tmp_path: Path, dotenv: str) -> None:
    (tmp_path / ".env").write_text(dotenv)
    status, output = await briefings("sources", "list", cwd=tmp_path)
    assert status == 1
    assert output.startswith(f"briefings: {dotenv.split('=')[0]}: ")
    assert len(output.splitlines()) == 1


async def test_a_running_bot_collects_by_itself_and_alerts_its_owner_once(tmp_path: Path, site: Website) -> None:
    site.puts("/gone", "", status=410)
    await briefings("sources", "add", site.url("/feed"), site.url("/gone"), "--kind", "feed", cwd=tmp_path)
    async with Simulator() as simulator:
        simulator.state.person(READER)
        settings = {"TELEGRAM_BOT_TOKEN": simulator.token, "TELEGRAM_API_URL": simulator.url}
        settings |= {"TELEGRAM_OWNER_IDS": str(READER), **ALLOWED}
        async with program("run", cwd=tmp_path, **settings) as running:
            (alert,) = await simulator.state.wait(READER, 1, 30)
            assert alert.text == "Source 2 is in trouble: 127.0.0.1: 127.0.0.1 answered 410."
            await running.says("Source 2 is in trouble")  # logged once it is stored that the owner was told
            async with asyncio.timeout(30):
                while "Harbour" not in (await briefings("articles", cwd=tmp_path))[1]:  # noqa: ASYNC110 - another process stores it
                    await asyncio.sleep(0.1)  # the other source may still be on its way
            running.process.terminate()
            assert await running.ends(10) == 0
            running.check_output(simulator.token)
        async with program("run", cwd=tmp_path, **settings) as running:
            simulator.state.say(READER, "/search harbour")
            answer = (await simulator.state.wait(READER, 2, 30))[1]
            assert "Harbour" in answer.text
            assert "in trouble" not in answer.text, "an owner is told once"


async def test_a_collect_that_was_killed_is_finished_by_the_next(tmp_path: Path, site: Website) -> None:
    urls = [site.puts(f"/{n}", rss(n, newest=NOW)) for n in range(20)]
    site.holds("/7")
    await briefings("sources", "add", *urls, "--kind", "feed", cwd=tmp_path)
    async with program("collect", cwd=tmp_path, **ALLOWED) as running:
        async with asyncio.timeout(30):
            await site.arrived.wait()
        running.process.kill()
        await running.ends()
    site.goes_on()
    status, output = await briefings("collect", "--all", cwd=tmp_path, **ALLOWED)
    assert status == 0
    assert output.startswith("visited 20 sources: ")
    assert len(objects((await briefings("articles", "--json", cwd=tmp_path))[1])) == 20
