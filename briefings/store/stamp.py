"""Compares a database's tables with the stamp that the migrations leave in it. Pure; changes nothing.

A stamp that was lost, or that promises tables which are not there, comes from a broken restore or a hand in the
database. A migration would make it worse, so the newsroom does not open.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Collection, Mapping, Sequence

from briefings.errors import Outdated, Problem, StoreTrouble
from briefings.store.migrations import versions as versions_package
from briefings.store.schema import metadata

STAMPS = "alembic_version"
"""The table of the stamp."""

VERSIONS = sorted(module.name[1:5] for module in pkgutil.iter_modules(versions_package.__path__))
"""The stamps of this program, the oldest first; each is the number of a migration."""

LONGEST_STAMP = 40
"""Characters of a foreign stamp that an error repeats; Alembic's own are at most 32 long."""

Tables = Mapping[str, Collection[str]]
"""Table → its columns."""


def check(tables: Tables, stamps: Sequence[object], besides: Tables) -> None:
    """Raise StoreTrouble when stamp and tables disagree, Outdated when a newer program has left the stamp.

    `besides` are tables and columns of this kind of database that `schema.py` does not list. Tables of other programs
    are ignored.
    """
    ours = sorted(metadata.tables.keys() & tables.keys())
    if not stamps:
        if ours:
            raise StoreTrouble("database-unstamped", table=ours[0])
        return
    stamp = ", ".join(map(str, stamps))
    if stamp not in VERSIONS:
        if stamp.isdecimal() and len(stamp) == len(VERSIONS[-1]) and stamp > VERSIONS[-1]:
            raise Outdated("database-newer")
        raise StoreTrouble("database-stamp-unknown", stamp=stamp[:LONGEST_STAMP])
    if stamp == VERSIONS[-1] and (missing := _missing(tables, besides)):
        raise StoreTrouble("database-incomplete", missing=missing)


def is_newest(stamps: Sequence[object]) -> bool:
    """True if the newest migration is the last one that was run."""
    return list(stamps) == VERSIONS[-1:]


def _missing(tables: Tables, besides: Tables) -> Problem | None:
    """Return the first table or column of the newest schema that is missing."""
    wanted = {table.name: set(table.columns.keys()) for table in metadata.sorted_tables}
    for name, columns in besides.items():
        wanted.setdefault(name, set()).update(columns)
    for name, columns in wanted.items():
        if name not in tables:
            return Problem("missing-table", {"table": name})
        if lacking := sorted(columns - set(tables[name])):
            return Problem("missing-column", {"table": name, "column": lacking[0]})
    return None
