"""The verbs about sources: `sources add, list, remove, check, import, export`, and `collect`.

Each address that cannot be used is one line on stderr and stops no other.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from bot.cli import output as listings
from bot.conversation.commands import COMMAND_NAMES
from bot.ops.problems import sentence
from briefings.errors import BadInput, Problem, cause_of
from briefings.newsroom.editing import one_line
from briefings.newsroom.opening import fetcher, open_newsroom, utc_now
from briefings.newsroom.sources import Kind, Listed, Source, Sources, Visited, look
from briefings.settings import NewsroomSettings

NONE_YET = "there is no source yet; `briefings sources add URL` adds one"
FAILED_LINES = 20


@dataclass(frozen=True, slots=True)
class Console:
    """What the verbs share: the settings, wrong ones told in one line, and a loop to run work in."""

    settings: Callable[[], NewsroomSettings]
    run: Callable[[Coroutine[Any, Any, Any]], Any]

    def ask(self, work: Callable[[Sources], Coroutine[Any, Any, Any]]) -> Any:
        """Open the newsroom for one question about its sources."""

        async def opened() -> Any:
            async with open_newsroom(self.settings(), COMMAND_NAMES) as newsroom:
                return await work(newsroom.sources)

        return self.run(opened())


as_json = click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")


@click.group()
def sources() -> None:
    """Look after what is read: feeds, pages, folders."""


@sources.command()
@click.argument("addresses", metavar="URL|FOLDER", nargs=-1, required=True)
@click.option(
    "--kind", type=click.Choice([kind.value for kind in Kind]), help="What it is; found out by looking when not given."
)
@as_json
@click.pass_obj
def add(console: Console, addresses: Sequence[str], kind: str | None, as_json: bool) -> None:
    """Read these from now on. For a web page that offers a feed, the feed is read."""
    listed = console.ask(lambda sources: sources.add(addresses, Kind(kind) if kind else None))
    _show_listed(listed, as_json=as_json)


@sources.command("list")
@as_json
@click.pass_obj
def list_(console: Console, as_json: bool) -> None:
    """List the sources and how they fare."""
    found = console.ask(Sources.everything)
    if not found:
        click.echo(f"briefings: {NONE_YET}", err=True)
    now = utc_now()
    for source in found:
        _show_source(source, now, as_json=as_json)


@sources.command()
@click.argument("which", metavar="ID|URL|FOLDER", nargs=-1, required=True)
@click.pass_obj
def remove(console: Console, which: Sequence[str]) -> None:
    """Read these no more; what they brought is kept."""

    async def work(sources: Sources) -> bool:
        failed = False
        for one in which:
            if source := await sources.remove(one):
                click.echo(f"removed {source.id} · {source.kind} · {source.name}")
            else:
                click.echo(f"briefings: there is no source {one[:200]}", err=True)
                failed = True
        return failed

    if console.ask(work):
        sys.exit(1)


@sources.command()
@click.argument("name", metavar="FILE|URL")
@as_json
@click.pass_obj
def check(console: Console, name: str, as_json: bool) -> None:
    """Show the entries a feed would give; nothing is kept."""

    async def work() -> None:
        async with fetcher(console.settings()) as line:
            found = await look(line, name)
        entries = [(item.key, item.entry) for item in found.feed.items if item.entry]
        if not as_json:
            click.echo(f"{found.kind} · {found.feed.title or 'without a title'} · {found.url}")
        for key, entry in entries:
            listings.show_entry(key, entry, as_json=as_json)
        for item in found.feed.items:
            if item.reason:
                click.echo(f"briefings: {one_line(item.key)[:200]}: {sentence(item.reason)}; rejected", err=True)
        if found.feed.trouble:
            click.echo(f"briefings: {sentence(found.feed.trouble)}", err=True)
        if not found.feed.items:
            click.echo("briefings: the feed holds no entries now", err=True)

    console.run(work())


@sources.command("import")
@click.argument("file", metavar="FILE.opml")
@as_json
@click.pass_obj
def import_(console: Console, file: str, as_json: bool) -> None:
    """Read the feeds of an OPML list from now on; `-` is standard input."""
    try:
        data = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except (OSError, ValueError) as error:
        raise BadInput("within", place=file, problem=Problem("unreadable", {"cause": cause_of(error)})) from None
    listed = console.ask(lambda sources: sources.import_opml(data))
    if not listed:
        problem = Problem("within", {"place": file, "problem": Problem("list-without-feed")})
        raise BadInput("nothing-changed", problem=problem)
    _show_listed(listed, as_json=as_json)


@sources.command()
@click.argument("file", metavar="[FILE]", required=False)
@click.pass_obj
def export(console: Console, file: str | None) -> None:
    """Write the feeds as an OPML list, to FILE or to standard output."""
    data = console.ask(Sources.export_opml)
    if file is None or file == "-":
        sys.stdout.buffer.write(data)
        return
    try:
        Path(file).write_bytes(data)
    except (OSError, ValueError) as error:
        raise BadInput("within", place=file, problem=Problem("unwritable", {"cause": cause_of(error)})) from None


@click.command()
@click.option("--all", "everything", is_flag=True, help="Every source, due or not.")
@click.pass_obj
def collect(console: Console, everything: bool) -> None:
    """Visit now the sources that are due. What they bring is made ready."""

    async def work() -> list[Visited] | None:
        async with open_newsroom(console.settings(), COMMAND_NAMES) as newsroom:
            with _progress() as heard:
                visited = await newsroom.sources.collect(due_only=not everything, heard=heard)
            await newsroom.editing.digest()
            return visited or (None if await newsroom.sources.everything() else [])

    visited = console.run(work())
    if visited is None:
        click.echo("no source is due; --all visits every one")
    elif not visited:
        click.echo(f"briefings: {NONE_YET}", err=True)
    else:
        _show_tour(visited)


def _show_tour(visited: Sequence[Visited]) -> None:
    """The round in one line; the sources that failed, one line each."""
    failed = [(visit.source, visit.error) for visit in visited if visit.error]
    for source, error in failed[:FAILED_LINES]:
        click.echo(f"briefings: {source.name[:80]} ({source.id}): {sentence(error)}", err=True)
    if len(failed) > FAILED_LINES:
        click.echo(f"briefings: and {len(failed) - FAILED_LINES} more; `briefings sources list` shows them", err=True)
    counted = {"new": sum(one.new for one in visited), "known": sum(one.known for one in visited)}
    counted |= {"refused": sum(one.refused for one in visited), "failed": len(failed)}
    said = ", ".join(f"{number} {word}" for word, number in counted.items() if number or word != "refused")
    click.echo(f"visited {len(visited)} {'source' if len(visited) == 1 else 'sources'}: {said}")
    if len(failed) == len(visited):
        sys.exit(1)


@contextmanager
def _progress() -> Iterator[Callable[[Visited | None, int], None]]:
    """A bar on a terminal's stderr; nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda _visited, _total: None
        return
    from rich.console import Console as Terminal  # 0.1 s to load, and only a terminal shows it
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Terminal(stderr=True), transient=True) as bar:
        task = bar.add_task("Visiting", total=None)
        yield lambda _visited, total: bar.update(task, total=total, advance=1)


def _show_listed(listed: Sequence[Listed], *, as_json: bool) -> None:
    """What became of each address; exit status 1 when none could be used."""
    for one in listed:
        status = "rejected" if one.reason else "known" if one.known else "added"
        reason = sentence(one.reason) if one.reason else None
        if reason:
            click.echo(f"briefings: {one_line(one.address)[:200]}: {reason}; rejected", err=True)
        if as_json:
            fields = {"id": one.id, "url": one.address, "kind": one.kind, "title": one.title, "status": status}
            listings.show_object(fields | ({"reason": reason} if reason else {}))
        elif not reason:
            click.echo(f"{status} {one.id} · {one.kind} · {one.title or one.address}")
    if all(one.reason for one in listed):
        sys.exit(1)


def _show_source(source: Source, now: datetime, *, as_json: bool) -> None:
    health = "in trouble" if source.in_trouble else "failing" if source.failures else "ok" if source.last_ok else "new"
    reason = sentence(source.last_error) if source.last_error else None
    if as_json:
        fields = {"id": source.id, "url": source.url, "kind": source.kind, "title": source.title, "health": health}
        fields |= {"next_visit": source.next_visit.isoformat(), "interval": int(source.interval.total_seconds())}
        fields |= {"failures": source.failures, "last_error": reason}
        listings.show_object(fields | {"last_ok": source.last_ok.isoformat() if source.last_ok else None})
        return
    click.echo(f"{source.id} · {source.kind} · {source.title or 'not visited yet'}")
    click.echo(f"{listings.INDENT}{source.url}")
    said = [health, f"last read {source.last_ok:%Y-%m-%d %H:%M} UTC" if source.last_ok else "never read"]
    said.append("next visit now" if source.next_visit <= now else f"next visit {source.next_visit:%Y-%m-%d %H:%M} UTC")
    if source.failures:
        times = "once" if source.failures == 1 else f"{source.failures} times in a row"
        said.append(f"failed {times}: {reason}")
    click.echo(listings.INDENT + " · ".join(said))
