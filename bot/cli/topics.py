"""`briefings topics`: list, add and remove them, import and export them as files.

Files are read before anything is stored, and stored all or none: a bad one is one line that names it, and nothing is
changed. Topics are removed all or none, after a question that counts what goes with them.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import click

from bot.cli import console, output
from bot.cli.agreement import is_agreed, require_agreement
from bot.cli.console import as_json
from bot.cli.files import read_bytes, unwritable
from bot.cli.output import counted
from bot.conversation.commands import BY_NAME
from briefings.errors import BadInput, Problem
from briefings.model import Topic
from briefings.newsroom.editing import TopicRemoval, parse_topics, write_topic, write_topics
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


@topics.command()
@click.argument("commands", metavar="COMMAND...", nargs=-1, required=True)
@is_agreed
def remove(commands: Sequence[str], is_agreed: bool) -> None:
    """Remove topics; readers who follow them keep their choice."""
    _remove([command.removeprefix("/").lower() for command in commands], is_agreed=is_agreed)


@topics.command()
@is_agreed
def clear(is_agreed: bool) -> None:
    """Remove all topics, the starter topics for good."""
    _remove(None, is_agreed=is_agreed)


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
        click.echo(f"{change} /{topic.command} · {topic.title} · {counted(count, 'article')}")


def _remove(commands: Sequence[str] | None, *, is_agreed: bool) -> None:
    """Remove these topics, or with None all, once the operator has agreed. Raises BadInput for an unknown one."""

    async def plan(newsroom: Newsroom) -> TopicRemoval:
        return await newsroom.editing.topic_removal(commands)

    async def remove_all(newsroom: Newsroom) -> TopicRemoval:
        return await newsroom.editing.remove_topics(commands)

    if not is_agreed:
        planned = console.ask(plan)
        if planned.topics:
            require_agreement(f"Remove {_removal(planned)}?")
    removed = console.ask(remove_all)
    if not removed.topics:
        output.warn("there is no topic to remove")
        return
    for topic in removed.topics:
        click.echo(f"removed /{topic.command} · {topic.title}")
    if stranded := removed.effects.stranded:
        verb, their = ("follows", "the next briefing says") if stranded == 1 else ("follow", "their next briefings say")
        click.echo(f"{counted(stranded, 'reader')} {verb} no topic now; {their} so")


def _removal(removal: TopicRemoval) -> str:
    """Return what goes: `/relos · RELOS, the tag of 41 articles, followed by 3 readers`."""
    (first, *others), effects = removal.topics, removal.effects
    names = f"{len(removal.topics)} topics" if others else f"/{first.command} · {first.title}"
    tags = f"the {'tags' if others else 'tag'} of {counted(effects.tagged, 'article')}"
    return f"{names}, {tags}, followed by {counted(effects.followers, 'reader')}"


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
