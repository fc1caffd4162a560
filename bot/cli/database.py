"""The verbs about the database: `database copy`.

Addresses are written as in BRIEFINGS_DATABASE_URL; the settings are not read.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from bot.cli import output as listings
from bot.cli.sources import Console, as_json
from briefings.newsroom.transfer import Heard, copy


@click.group()
def database() -> None:
    """Look after the database."""


@database.command("copy")
@click.argument("origin", metavar="FROM")
@click.argument("goal", metavar="TO")
@as_json
@click.pass_obj
def copy_(console: Console, origin: str, goal: str, as_json: bool) -> None:
    """Copy a whole newsroom to an empty database. Run again, it goes on where it was cut off. Stop the bot first."""
    with _progress() as heard:
        copied = console.run(copy(origin, goal, heard))
    for table, rows in copied.rows.items():
        if as_json:
            listings.show_object({"table": table, "rows": rows})
        else:
            click.echo(f"{table} · {rows}")
    if copied.changed:
        rows = "1 row was" if copied.changed == 1 else f"{copied.changed} rows were"
        click.echo(f"briefings: {rows} copied without NUL characters, which PostgreSQL does not keep", err=True)


@contextmanager
def _progress() -> Iterator[Heard]:
    """A bar on a terminal's stderr; nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda _what, _done, _total: None
        return
    from rich.console import Console as Terminal  # 0.1 s to load, and only a terminal shows it
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Terminal(stderr=True), transient=True) as bar:
        task = bar.add_task("Copying", total=None)
        yield lambda what, done, total: bar.update(task, description=what, completed=done, total=total)
