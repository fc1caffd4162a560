"""Topics from the operator's side: files are added, exported and imported, and topics removed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from journey import READER, Journey
from program import briefings

from briefings.topics.topic_files import parse_topic

PORTS = """title = "Ports"
command = "ports"
definition = "Where ships call."
aliases = ["port"]
none = ["Port-au-Prince"]
"""
NAVY = "Navy opens a port\n\nThe navy opened a port in Norvell. It holds six ships and was built within two years."


async def test_a_topic_that_is_added_or_changed_is_looked_for_in_stored_articles(tmp_path: Path) -> None:
    (tmp_path / "navy.txt").write_text(NAVY)
    (tmp_path / "ports.toml").write_text(PORTS)
    await briefings("add", "navy.txt", cwd=tmp_path)
    assert await briefings("topics", "add", "ports.toml", cwd=tmp_path) == (0, "added /ports · Ports · 1 article\n")
    assert await briefings("topics", "add", "ports.toml", cwd=tmp_path) == (0, "unchanged /ports · Ports · 1 article\n")
    dossier = json.loads((await briefings("dossier", "ports", "--json", cwd=tmp_path))[1])
    assert dossier["articles"] == 1
    (tmp_path / "ports.toml").write_text(PORTS.replace('["port"]', '["harbour"]'))
    assert await briefings("topics", "add", "ports.toml", cwd=tmp_path) == (0, "changed /ports · Ports · 0 articles\n")


async def test_exported_topics_are_imported_unchanged(tmp_path: Path) -> None:
    status, output = await briefings("topics", "export", "all/topics", cwd=tmp_path)
    files = sorted((tmp_path / "all" / "topics").iterdir())
    assert (status, output) == (0, f"{len(files)} topics are in all/topics\n")
    assert all(parse_topic(file.name, file.read_bytes()).command == file.stem for file in files)
    (tmp_path / "all.toml").write_text((await briefings("topics", "export", cwd=tmp_path))[1])
    for source in ("all/topics", "all.toml"):
        status, output = await briefings("topics", "import", source, cwd=tmp_path)
        assert status == 0
        assert [line.split(" ")[0] for line in output.splitlines()] == ["unchanged"] * len(files)


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        pytest.param(["add", "nosuch.toml"], "briefings: nosuch.toml: no such file", id="a missing file"),
        pytest.param(
            ["add", "ports.toml", "bad.toml"], "briefings: bad.toml: 'title' is missing", id="one of two is bad"
        ),
        pytest.param(["add", "ports.toml", "ports.toml"], "briefings: /ports is there twice", id="the same twice"),
        pytest.param(["add", "start.toml"], "briefings: /start is a command of the bot", id="a command of ours"),
        pytest.param(["import", "empty"], "briefings: empty: holds no .toml file", id="an empty folder"),
        pytest.param(["import", "nosuch"], "briefings: nosuch: no such file", id="no folder"),
        pytest.param(["export", "bad.toml"], "briefings: bad.toml: file exists", id="a file for a folder"),
    ],
)
async def test_trouble_is_one_line_and_changes_nothing(tmp_path: Path, arguments: list[str], line: str) -> None:
    (tmp_path / "ports.toml").write_text(PORTS)
    (tmp_path / "start.toml").write_text(PORTS.replace('"ports"', '"start"'))
    (tmp_path / "bad.toml").write_text('command = "bad"\n')
    (tmp_path / "empty").mkdir()
    status, output = await briefings("topics", *arguments, cwd=tmp_path)
    assert status == 1
    assert output.startswith(line)
    assert len(output.splitlines()) == 1
    if "bad.toml" in arguments:
        assert "/ports" not in (await briefings("topics", "list", cwd=tmp_path))[1]


async def test_a_new_topic_is_a_new_command_of_the_running_bot(journey: Journey) -> None:
    await journey.newsroom.editing.store_topics([parse_topic("ports.toml", PORTS.encode())])
    (answer,) = await journey.ask("/ports")
    assert answer.text.startswith("Ports\nWhere ships call.")
    state = journey.simulator.state
    await state.wait_for(lambda state: "ports" in {command["command"] for command in state.menu(state.chat(READER))})


async def test_a_removed_topic_is_no_command_of_the_running_bot(journey: Journey) -> None:
    state = journey.simulator.state

    def is_in_menu(command: str) -> bool:
        return command in {item["command"] for item in state.menu(state.chat(READER))}

    await state.wait_for(lambda _: is_in_menu("relos"))
    await journey.newsroom.editing.remove_topics(["relos"])
    (answer,) = await journey.ask("/relos")
    assert "RELOS\n" not in answer.text
    assert "/topics" in answer.text
    await state.wait_for(lambda _: not is_in_menu("relos"))
