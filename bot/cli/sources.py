"""The verbs about sources: `sources add, list, remove, check, import, export`, and `collect`.

Each address that cannot be used is one line on stderr and stops no other.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import datetime

import click

from bot.cli import console, output
from bot.cli.console import QUOTED_ADDRESS, as_json, without_blanks
from bot.cli.files import STANDARD_STREAM, read_input, write_output
from bot.cli.interrupts import GOES_ON
from bot.cli.progress import progress_bar
from bot.ops.problems import sentence
from briefings.errors import BadInput, Problem
from briefings.newsroom.editing import one_line
from briefings.newsroom.opening import Newsroom, make_fetcher, utc_now
from briefings.newsroom.sources import AddressResult, Discovery, Kind, Source, Visit, look

NONE_YET = "there is no source yet; `briefings sources add URL` adds one"

FAILED_LINES = 20
"""Failed sources that `collect` names, a screenful; `sources list` shows all."""

LONGEST_NAME = 100
"""Characters of an outlet's or an owner's name."""

QUOTED_NAME = 80
"""Characters of a source's name that a line about its trouble repeats."""


@click.group()
def sources() -> None:
    """Look after what is read: feeds, pages, folders."""


@sources.command()
@click.argument("addresses", metavar="URL|FOLDER", nargs=-1, required=True, callback=without_blanks)
@click.option(
    "--kind", type=click.Choice([kind.value for kind in Kind]), help="What it is; found out by looking when not given."
)
@click.option("--outlet", default="", metavar="NAME", help="The name that readers see; its own title when not given.")
@click.option("--owner", default="", metavar="NAME", help="Who owns it: outlets of one owner count once in a story.")
@as_json
def add(addresses: Sequence[str], kind: str | None, outlet: str, owner: str, as_json: bool) -> None:
    """Read these from now on. For a web page that offers a feed, the feed is read."""
    outlet, owner = one_line(outlet)[:LONGEST_NAME], one_line(owner)[:LONGEST_NAME]

    async def store(newsroom: Newsroom) -> list[AddressResult]:
        return await newsroom.sources.add(addresses, Kind(kind) if kind else None, outlet=outlet, owner=owner)

    _show_results(console.ask(store), as_json=as_json)


@sources.command("list")
@as_json
def list_(as_json: bool) -> None:
    """List the sources and how they fare."""

    async def every_source(newsroom: Newsroom) -> list[Source]:
        return await newsroom.sources.everything()

    listed = console.ask(every_source)
    if not listed:
        output.warn(NONE_YET)
    now = utc_now()
    for source in listed:
        _show_source(source, now, as_json=as_json)


@sources.command()
@click.argument("names", metavar="ID|URL|FOLDER", nargs=-1, required=True)
def remove(names: Sequence[str]) -> None:
    """Read these no more; what they brought is kept."""

    async def remove_each(newsroom: Newsroom) -> bool:
        are_all_removed = True
        for name in names:
            if source := await newsroom.sources.remove(name):
                click.echo(f"removed {source.id} · {source.kind} · {source.name}")
            else:
                output.warn(f"there is no source {name[:QUOTED_ADDRESS]}")
                are_all_removed = False
        return are_all_removed

    if not console.ask(remove_each):
        sys.exit(1)


@sources.command()
@click.argument("name", metavar="FILE|URL")
@as_json
def check(name: str, as_json: bool) -> None:
    """Show the entries a feed would give; nothing is kept."""

    async def look_at() -> Discovery:
        async with make_fetcher(console.newsroom_settings()) as web:
            return await look(web, name)

    address = console.run(look_at())
    feed = address.feed
    if not as_json:
        click.echo(f"{address.kind} · {feed.title or 'without a title'} · {address.url}")
    for item in feed.items:
        if item.entry:
            output.show_entry(item.key, item.entry, as_json=as_json)
    for item in feed.items:
        if item.reason:
            output.warn(f"{one_line(item.key)[:QUOTED_ADDRESS]}: {sentence(item.reason)}; rejected")
    if feed.trouble:
        output.warn(feed.trouble)
    if not feed.items:
        output.warn("the feed holds no entries now")


@sources.command("import")
@click.argument("file", metavar="FILE.opml")
@as_json
def import_(file: str, as_json: bool) -> None:
    """Read the feeds of an OPML list from now on; `-` is standard input."""
    data = read_input(file)

    async def store(newsroom: Newsroom) -> list[AddressResult]:
        return await newsroom.sources.import_opml(data)

    results = console.ask(store, lambda: GOES_ON)
    if not results:
        problem = Problem("within", {"place": file, "problem": Problem("list-without-feed")})
        raise BadInput("nothing-changed", problem=problem)
    _show_results(results, as_json=as_json)


@sources.command()
@click.argument("file", metavar="[FILE]", default=STANDARD_STREAM)
def export(file: str) -> None:
    """Write the feeds as an OPML list, to FILE or to standard output."""

    async def opml(newsroom: Newsroom) -> bytes:
        return await newsroom.sources.export_opml()

    write_output(file, console.ask(opml))


@click.command()
@click.option("--all", "everything", is_flag=True, help="Every source, due or not.")
def collect(everything: bool) -> None:
    """Visit the sources that are due now, and make their articles ready."""

    async def visit(newsroom: Newsroom) -> tuple[list[Visit], bool]:
        done = 0
        with progress_bar() as advance:

            def count(_: Visit | None, total: int) -> None:
                nonlocal done
                done += 1
                advance("Visiting", done, total)

            visits = await newsroom.sources.collect(due_only=not everything, on_visit=count)
        await newsroom.editing.enrich()
        return visits, bool(visits or await newsroom.sources.everything())

    visits, is_any_source = console.ask(visit, lambda: GOES_ON)
    if visits:
        _show_visits(visits)
    elif is_any_source:
        click.echo("no source is due; --all visits every one")
    else:
        output.warn(NONE_YET)


def _show_visits(visits: Sequence[Visit]) -> None:
    """Print what the visits brought in one line, and the failed sources on stderr. Exit status 1 when all failed."""
    failed = [(visit.source, visit.error) for visit in visits if visit.error]
    for source, error in failed[:FAILED_LINES]:
        output.warn(f"{source.name[:QUOTED_NAME]} ({source.id}): {sentence(error)}")
    if len(failed) > FAILED_LINES:
        output.warn(f"and {len(failed) - FAILED_LINES} more; `briefings sources list` shows them")
    counts = {"new": sum(visit.new for visit in visits), "known": sum(visit.known for visit in visits)}
    counts |= {"refused": sum(visit.refused for visit in visits), "failed": len(failed)}
    listed = ", ".join(f"{number} {word}" for word, number in counts.items() if number or word != "refused")
    click.echo(f"visited {len(visits)} {'source' if len(visits) == 1 else 'sources'}: {listed}")
    if len(failed) == len(visits):
        sys.exit(1)


def _show_results(results: Sequence[AddressResult], *, as_json: bool) -> None:
    """Print what became of each address. Exit status 1 when none can be used."""
    for result in results:
        status = "rejected" if result.reason else "known" if result.known else "added"
        reason = sentence(result.reason) if result.reason else None
        if reason:
            output.warn(f"{one_line(result.address)[:QUOTED_ADDRESS]}: {reason}; rejected")
        if as_json:
            fields = {"id": result.id, "url": result.address, "kind": result.kind, "title": result.title}
            fields |= {"status": status} | ({"reason": reason} if reason else {})
            output.show_object(fields)
        elif not reason:
            click.echo(f"{status} {result.id} · {result.kind} · {result.title or result.address}")
    if all(result.reason for result in results):
        sys.exit(1)


def _show_source(source: Source, now: datetime, *, as_json: bool) -> None:
    reason = sentence(source.last_error) if source.last_error else None
    if as_json:
        fields = {
            "id": source.id,
            "url": source.url,
            "kind": source.kind,
            "title": source.title,
            "outlet": source.outlet,
            "owner": source.owner,
            "health": source.health,
        }
        fields |= {"next_visit": source.next_visit.isoformat(), "interval": int(source.interval.total_seconds())}
        fields |= {"failures": source.failures, "last_error": reason}
        output.show_object(fields | {"last_ok": source.last_ok.isoformat() if source.last_ok else None})
        return
    click.echo(f"{source.id} · {source.kind} · {source.title or 'not visited yet'}")
    click.echo(f"{output.INDENT}{source.url}")
    if source.outlet or source.owner:
        named = (f"outlet {source.outlet}" if source.outlet else "", f"owned by {source.owner}" if source.owner else "")
        click.echo(output.INDENT + " · ".join(filter(None, named)))
    parts = [source.health, f"last read {output.moment(source.last_ok)}" if source.last_ok else "never read"]
    parts.append("next visit now" if source.next_visit <= now else f"next visit {output.moment(source.next_visit)}")
    if source.failures:
        times = "once" if source.failures == 1 else f"{source.failures} times in a row"
        parts.append(f"failed {times}: {reason}")
    click.echo(output.INDENT + " · ".join(parts))
