"""The operator's verbs, run as processes: their output, and their exit status."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from program import briefings, program

NAVY = """Navy and partner sign RELOS logistics pact
Sample Desk

The RELOS pact was signed in Port Harbour on Tuesday by Admiral Jane Smith and her colleague from the partner navy.
It lets 3 frigates and 12 patrol boats refuel at each other's piers. Ratification by parliament is expected next year.
"""


async def test_try_once_plays_a_whole_conversation(tmp_path: Path) -> None:
    status, output = await briefings("try", "--once", cwd=tmp_path)
    assert status == 0
    assert output.count("That is all.") == 2
    assert output.index("you › /start") < output.index("clock moves to 7:30") < output.index("you › /relos")
    assert "Where it stands" in output
    assert not list(tmp_path.iterdir()), "no file is left"


async def test_try_serves_the_chat_page_until_stopped(tmp_path: Path) -> None:
    async with program("try", "--port", "0", cwd=tmp_path, anew=True) as running:
        await running.says("Ctrl-C ends it.")
        assert re.search(r"http://127\.0\.0\.1:\d+/", running.output)
        running.process.terminate()
        assert await running.ends(10) == 0


async def test_an_undated_text_answers_for_its_topic_with_its_own_numbers_only(tmp_path: Path) -> None:
    (tmp_path / "navy.txt").write_text(NAVY)
    status, output = await briefings("add", "navy.txt", cwd=tmp_path)
    assert status == 0
    assert "stored 1 · Navy and partner sign RELOS logistics pact" in output
    assert "undated, added" in output
    assert "source not named" in output, "a desk is no outlet"
    status, output = await briefings("dossier", "relos", cwd=tmp_path)
    assert status == 0
    fact = output.split(")\n", 1)[1].split("\n")[0]
    assert fact
    assert set(re.findall(r"\d+", fact)) <= set(re.findall(r"\d+", NAVY))


async def test_an_article_added_twice_is_reported_as_known(tmp_path: Path) -> None:
    line = {"url": "https://example.org/a?utm_source=x", "title": "Navy opens its new harbour", "text": NAVY}
    (tmp_path / "one.jsonl").write_text(json.dumps(line))
    (tmp_path / "copy.jsonl").write_text(json.dumps({**line, "url": "https://example.com/b"}))
    first = json.loads((await briefings("add", "one.jsonl", "--json", cwd=tmp_path))[1])
    again = json.loads((await briefings("add", "one.jsonl", "--json", cwd=tmp_path))[1])
    copy = json.loads((await briefings("add", "copy.jsonl", "--json", cwd=tmp_path))[1])
    assert (first["status"], again["status"], copy["status"]) == ("stored", "known", "stored")
    assert again["id"] == first["id"]
    assert copy["story"] == first["story"]
    assert first["url"] == line["url"], "readers get the address that the source stated"


async def test_a_bad_line_stops_no_other(tmp_path: Path) -> None:
    good = json.dumps({"title": "Navy opens its new harbour", "text": NAVY, "published": "2025-12-03T10:00:00Z"})
    (tmp_path / "mixed.jsonl").write_text(f'{good}\n{{"title": "Nothing in it", "text": ""}}\nnot json\n')
    status, output = await briefings("add", "mixed.jsonl", "--json", cwd=tmp_path)
    assert status == 0
    objects = [json.loads(line) for line in output.splitlines() if line.startswith("{")]
    assert [article["status"] for article in objects] == ["stored", "rejected", "rejected"]
    assert output.count("; rejected\n") == 2, "each is named on stderr"
    assert output.splitlines().count("1 stored, 0 known, 0 changed, 2 rejected") == 1
    assert "briefings: mixed.jsonl: line 3: not JSON; rejected" in output


@pytest.mark.parametrize(
    ("arguments", "status", "line"),
    [
        pytest.param(["add", "nosuch.txt"], 1, "briefings: nosuch.txt: no such file", id="a missing file"),
        pytest.param(["add", "."], 1, "briefings: .: is a directory", id="a folder"),
        pytest.param(["add", "http://127.0.0.1:9/x"], 1, "briefings: ", id="a page on a private address"),
        pytest.param(["dossier", "nothing"], 1, "briefings: nothing is kept on “nothing”", id="an unknown word"),
        pytest.param(["preview"], 1, "briefings: the newsroom is empty", id="an empty store"),
        pytest.param(["preview", "--zone", "Mars"], 1, "briefings: no zone is called “Mars”;", id="no zone"),
        pytest.param(["preview", "--sample", "--topics", "x"], 1, "briefings: there is no topic “x”", id="no topic"),
        pytest.param(["preview", "--at", "soon"], 1, "briefings: “soon” is not a time", id="no time"),
        pytest.param(["preview", "--at", "0001-01-01T00:00+14:00"], 1, "briefings: “0001", id="no time there was"),
        pytest.param(["search", "-port"], 1, "briefings: Search for what?", id="a search for nothing"),
        pytest.param(["outbox"], 0, "briefings: nothing is waiting", id="an empty outbox"),
        pytest.param(["outbox", "--retry", "7"], 1, "briefings: there is no failed delivery 7", id="no delivery"),
        pytest.param(["articles"], 0, "briefings: the newsroom is empty", id="nothing to list"),
    ],
)
async def test_trouble_is_one_line(tmp_path: Path, arguments: list[str], status: int, line: str) -> None:
    ended, output = await briefings(*arguments, cwd=tmp_path)
    assert ended == status
    assert output.startswith(line)
    assert len(output.splitlines()) == 1


@pytest.mark.parametrize(
    ("dotenv", "line"),
    [
        pytest.param("BRIEFINGS_PROXY=socks://me:secret@host", "briefings: BRIEFINGS_PROXY: must be", id="proxy"),
        pytest.param("BRIEFINGS_DATABASE_URL=sqlite:///:memory:", "briefings: BRIEFINGS_DATABASE_URL: ", id="memory"),
        pytest.param("BRIEFINGS_LOG_LEVEL=me:secret", "briefings: BRIEFINGS_LOG_LEVEL: must be one", id="choice"),
        pytest.param("BRIEFINGS_COLLECT_EVERY=secret", "briefings: BRIEFINGS_COLLECT_EVERY: must be a", id="number"),
        pytest.param("# \udcff", "briefings: .env is not UTF-8 text", id="bytes"),
    ],
)
async def test_a_wrong_setting_is_one_line_without_its_value(tmp_path: Path, dotenv: str, line: str) -> None:
    (tmp_path / ".env").write_text(dotenv, errors="surrogateescape")
    status, output = await briefings("articles", cwd=tmp_path)
    assert status == 1
    assert output.startswith(line)
    assert "secret" not in output
    assert len(output.splitlines()) == 1


@pytest.mark.parametrize("arguments", [["fly"], ["add"], ["try", "--port", "x"], ["preview", "--minutes", "9"]])
async def test_wrong_usage_exits_with_2(tmp_path: Path, arguments: list[str]) -> None:
    status, output = await briefings(*arguments, cwd=tmp_path)
    assert status == 2
    assert "Traceback" not in output


async def test_preview_shows_an_edition_of_the_sample_newsroom(tmp_path: Path) -> None:
    status, output = await briefings("preview", "--sample", "--zone", "Kolkata", "--topics", "s400,relos", cwd=tmp_path)
    assert status == 0
    assert "Briefing · Thu 4 Dec 2025 · " in output
    status, output = await briefings("preview", "--sample", "--json", cwd=tmp_path)
    assert all("html" in json.loads(line) for line in output.splitlines())


async def test_listings_hold_one_object_a_line(tmp_path: Path) -> None:
    (tmp_path / "navy.txt").write_text(NAVY)
    await briefings("add", "navy.txt", cwd=tmp_path)
    story = json.loads((await briefings("stories", "--json", cwd=tmp_path))[1])
    assert story["articles"][0]["id"] == 1
    article = json.loads((await briefings("articles", "--json", cwd=tmp_path))[1])
    assert article["published"] is None
    topics = (await briefings("topics", "list", "--json", cwd=tmp_path))[1].splitlines()
    assert "relos" in {json.loads(line)["command"] for line in topics}
    hit = json.loads((await briefings("search", "frigates", "--json", cwd=tmp_path))[1])
    assert hit["id"] == 1
    dossier = json.loads((await briefings("dossier", "/relos", "--json", cwd=tmp_path))[1])
    assert dossier["articles"] == 1
