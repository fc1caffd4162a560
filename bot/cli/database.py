"""The verbs about the database: `database copy`.

Addresses are written as in BRIEFINGS_DATABASE_URL. Never reads the settings.
"""

from __future__ import annotations

import click

from bot.cli import console, output
from bot.cli.console import as_json
from bot.cli.interrupts import GOES_ON
from bot.cli.progress import progress_bar
from bot.ops import logs
from bot.ops.redaction import secrets_of_database
from briefings.newsroom.transfer import copy


@click.group()
def database() -> None:
    """Look after the database."""


@database.command("copy")
@click.argument("origin", metavar="FROM")
@click.argument("goal", metavar="TO")
@as_json
def copy_(origin: str, goal: str, as_json: bool) -> None:
    """Copy a whole newsroom to an empty database. Run again, it goes on where it was cut off. Stop the bot first."""
    logs.redact_warnings(secrets_of_database(origin) | secrets_of_database(goal))
    with progress_bar() as advance:
        copied = console.run(copy(origin, goal, advance), lambda: GOES_ON)
    for table, rows in copied.rows.items():
        if as_json:
            output.show_object({"table": table, "rows": rows})
        else:
            click.echo(f"{table} · {rows}")
    if copied.changed:
        changed = "1 row was" if copied.changed == 1 else f"{copied.changed} rows were"
        output.warn(f"{changed} copied without NUL characters, which PostgreSQL does not keep")
