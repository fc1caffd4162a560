"""`briefings topics`: list, add, import and export them as files.

Files are read before anything is stored, and stored all or none: a bad one is one line that names it, and nothing is
changed. Never removes a topic.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import click

from bot.cli import console, output
from bot.cli.console import as_json
from bot.cli.files import read_bytes, unwritable
from bot.conversation.commands import BY_NAME
from briefings.errors import BadInput, Problem
from briefings.model import Topic
from briefings.newsroom.editing import parse_topics, write_topic, write_topics
from briefings.newsroom.opening import Newsroom


@click.group()
def topics() -> None:
    """Look after the topics; each makes a command."""


@topics.command("list")
@as_json
def list_(as_json: bool) -> None:
    """List the topics with their commands."""
    for topic in console.ask(_every_topic):
        output.show_topic(topic, as_json=as_json)


@topics.command()
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
def add(files: Sequence[str]) -> None:
    """Add topics, or change those that are there: one TOML file each."""
    _store([topic for name in files for topic in _read(Path(name))])


@topics.command("import")
@click.argument("source", metavar="FILE|FOLDER")
def import_(source: str) -> None:
    """Add or change all topics of a file, or of a folder's .toml files. They are as `export` writes them."""
    path = Path(source)
    files = sorted(path.glob("*.toml")) if path.is_dir() else [path]
    if not files:
        problem = Problem("within", {"place": source, "problem": Problem("no-topic-file")})
        raise BadInput("nothing-changed", problem=problem)
    _store([topic for file in files for topic in _read(file)])


@topics.command()
@click.argument("folder", required=False)
def export(folder: str | None) -> None:
    """Write the topics to a folder, or to standard output. In a folder each is a file."""
    all_topics = console.ask(_every_topic)
    if folder is None:
        click.echo(write_topics(all_topics), nl=False)
    else:
        _write(Path(folder), all_topics)
        click.echo(f"{len(all_topics)} topics are in {folder}")


async def _every_topic(newsroom: Newsroom) -> list[Topic]:
    return await newsroom.reading.topics()


def _store(topics: Sequence[Topic]) -> None:
    """Store topics and say what became of each. Raises BadInput when a command is taken or given twice."""
    commands = [topic.command for topic in topics]
    for command in commands:
        if command in BY_NAME:
            raise BadInput("nothing-changed", problem=Problem("topic-named-as-command", {"command": command}))
        if commands.count(command) > 1:
            raise BadInput("nothing-changed", problem=Problem("topic-twice", {"command": command}))

    async def store(newsroom: Newsroom) -> Sequence[tuple[str, int]]:
        return await newsroom.editing.store_topics(topics)

    for topic, (change, count) in zip(topics, console.ask(store), strict=True):
        click.echo(f"{change} /{topic.command} · {topic.title} · {count} article{'' if count == 1 else 's'}")


def _read(path: Path) -> list[Topic]:
    """Read the topics of a file. Raises BadInput, which says that nothing was changed."""
    try:
        return parse_topics(str(path), read_bytes(str(path)))
    except BadInput as error:
        raise BadInput("nothing-changed", problem=error.problem) from None


def _write(folder: Path, topics: Sequence[Topic]) -> None:
    """Write each topic to a file of its own. A file is written whole or not at all."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for topic in topics:
            with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=folder, delete=False) as file:
                file.write(write_topic(topic))
            Path(file.name).chmod(0o644)
            Path(file.name).replace(folder / f"{topic.command}.toml")
    except OSError as error:
        raise unwritable(str(folder), error) from None
