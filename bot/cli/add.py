"""The verb `add`: stores the articles of files, web pages and standard input, and says what became of each.

A rejected entry stops no other. `add` fails only when every entry is rejected, or an input cannot be read at all; then
nothing is stored.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace

import click

from bot.cli import console, output
from bot.cli.console import as_json, without_blanks
from bot.cli.files import read_articles
from bot.cli.progress import progress_bar
from bot.conversation.commands import COMMAND_NAMES
from briefings.errors import Problem
from briefings.model import Added, Entry
from briefings.newsroom.editing import Placed
from briefings.newsroom.opening import make_fetcher, open_newsroom

BAR_ABOVE = 200
"""Entries; fewer are ready before anyone looks for a progress bar."""

SHOWN = 20
"""Entries that are printed one by one, and rejected ones that are named in a bulk: a few screens."""


@click.command()
@click.argument("inputs", metavar="FILE|URL|-", nargs=-1, required=True, callback=without_blanks)
@click.option("-v", "--verbose", is_flag=True, help=f"Print each article, also of more than {SHOWN}.")
@as_json
def add(inputs: Sequence[str], verbose: bool, as_json: bool) -> None:
    """Store articles from files, web pages, or standard input (-).

    Files are text, Markdown, HTML, JSON or JSON lines, CSV or TSV with a header.
    """
    added, notes = console.run(_add(inputs))
    for where, note in notes:
        output.warn(Problem("within", {"place": where, "problem": note}))
    _show(added, as_json=as_json, is_bulk=len(added) > SHOWN and not verbose)
    if len(added) > 1:
        output.show_tally(added)
    if all(result.status == "rejected" for result in added):
        sys.exit(1)


def _show(added: Sequence[Added], *, as_json: bool, is_bulk: bool) -> None:
    """Print what became of each entry; of a bulk, without `as_json`, only the first rejected ones."""
    rejected = 0
    for result in added:
        if result.status == "rejected":
            rejected += 1
            output.show_rejected(result, as_json=as_json, is_named=not is_bulk or rejected <= SHOWN)
        elif as_json or not is_bulk:
            output.show_added(result, as_json=as_json)
    if is_bulk and rejected > SHOWN:
        output.warn(f"and {rejected - SHOWN:,} more rejected; --verbose names each")


async def _add(inputs: Sequence[str]) -> tuple[list[Added], list[tuple[str, Problem]]]:
    """Read all inputs, then store their entries.

    Return what became of each entry, in the order read, and notes on what was left out, each with its place.
    """
    settings = console.newsroom_settings()
    contents = [await read_articles(name, make_fetcher(settings)) for name in inputs]
    placed = [article for content in contents for article in content.articles]
    notes = [note for content in contents for note in content.notes]
    entries = [article.result for article in placed if isinstance(article.result, Entry)]
    if not entries:
        return list(_fates(placed, [])), notes
    async with open_newsroom(settings, COMMAND_NAMES) as newsroom:
        if len(entries) < BAR_ABOVE:
            stored = await newsroom.editing.add(entries)
        else:
            with progress_bar() as advance:
                stored = await newsroom.editing.add(entries, lambda done: advance("Reading", done, len(entries)))
    return list(_fates(placed, stored)), notes


def _fates(placed: Sequence[Placed], stored: Sequence[Added]) -> Iterator[Added]:
    """Yield what became of each article of the inputs, with its place. `stored` is for those that have an entry."""
    remaining = iter(stored)
    for article in placed:
        if isinstance(article.result, Problem):
            yield Added("rejected", reason=article.result, where=article.where)
        else:
            yield replace(next(remaining), where=article.where)
