"""`briefings topics`: list, add, import and export them as files.

Files are read before anything is stored, and stored all or none: a bad one is one line that names it, and nothing is
changed. Never removes a topic.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any

import click

from bot.cli import output as listings
from bot.conversation.commands import BY_NAME
from briefings.errors import BadInput, Problem, cause_of
from briefings.model import Topic
from briefings.newsroom.editing import parse_topics, write_topic, write_topics
from briefings.newsroom.opening import Newsroom

Request = Callable[[Callable[[Newsroom], Coroutine[Any, Any, None]]], None]
"""Opens the newsroom for one piece of work."""


def group(ask: Request) -> click.Group:
    """The verbs, which do their work in the newsroom that `ask` opens."""

    @click.group()
    def topics() -> None:
        """Look after the topics; each makes a command."""

    @topics.command("list")
    @click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
    def list_(as_json: bool) -> None:
        """List the topics with their commands."""
        ask(lambda newsroom: _show(newsroom, as_json=as_json))

    @topics.command()
    @click.argument("files", metavar="FILE...", nargs=-1, required=True)
    def add(files: Sequence[str]) -> None:
        """Add topics, or change those that are there: one TOML file each."""
        _store(ask, [topic for name in files for topic in _read(Path(name))])

    @topics.command("import")
    @click.argument("source", metavar="FILE|FOLDER")
    def import_(source: str) -> None:
        """Add or change all topics of a file, or of a folder's .toml files. They are as `export` writes them."""
        path = Path(source)
        files = sorted(path.glob("*.toml")) if path.is_dir() else [path]
        if not files:
            problem = Problem("within", {"place": source, "problem": Problem("no-topic-file")})
            raise BadInput("nothing-changed", problem=problem)
        _store(ask, [topic for file in files for topic in _read(file)])

    @topics.command()
    @click.argument("folder", required=False)
    def export(folder: str | None) -> None:
        """Write the topics to a folder, or to standard output. In a folder each is a file."""
        ask(lambda newsroom: _export(newsroom, folder))

    return topics


async def _show(newsroom: Newsroom, *, as_json: bool) -> None:
    for topic in await newsroom.reading.topics():
        listings.show_topic(topic, as_json=as_json)


async def _export(newsroom: Newsroom, folder: str | None) -> None:
    known = await newsroom.reading.topics()
    if folder is None:
        click.echo(write_topics(known), nl=False)
    else:
        _write(Path(folder), known)
        click.echo(f"{len(known)} topics are in {folder}")


def _store(ask: Request, topics: Sequence[Topic]) -> None:
    commands = [topic.command for topic in topics]
    for command in commands:
        if command in BY_NAME:
            raise BadInput("nothing-changed", problem=Problem("topic-named-as-command", {"command": command}))
        if commands.count(command) > 1:
            raise BadInput("nothing-changed", problem=Problem("topic-twice", {"command": command}))

    async def work(newsroom: Newsroom) -> None:
        for topic, (became, articles) in zip(topics, await newsroom.editing.store_topics(topics), strict=True):
            borne = f"{articles} article{'' if articles == 1 else 's'}"
            click.echo(f"{became} /{topic.command} · {topic.title} · {borne}")

    ask(work)


def _read(path: Path) -> list[Topic]:
    try:
        return parse_topics(str(path), path.read_bytes())
    except OSError as error:
        unread = Problem("within", {"place": str(path), "problem": Problem("unreadable", {"cause": cause_of(error)})})
        raise BadInput("nothing-changed", problem=unread) from None
    except BadInput as error:
        raise BadInput("nothing-changed", problem=error.problem) from None


def _write(folder: Path, topics: Sequence[Topic]) -> None:
    """Each file is there whole or not at all."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for topic in topics:
            with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=folder, delete=False) as file:
                file.write(write_topic(topic))
            Path(file.name).chmod(0o644)
            Path(file.name).replace(folder / f"{topic.command}.toml")
    except OSError as error:
        unwritten = Problem("unwritable", {"cause": cause_of(error)})
        raise BadInput("within", place=str(folder), problem=unwritten) from None
