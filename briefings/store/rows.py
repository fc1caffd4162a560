"""Many rows in one parameter, for a statement that changes each by its own values.

One statement instead of one for each row: between two statements a busy event loop and the database wait for
each other, which takes longer than the statements do.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Text, cast, func, literal
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection


def spread(
    connection: AsyncConnection, columns: Sequence[Column[Any]], rows: Sequence[Sequence[object]]
) -> tuple[ColumnElement[Any], ...]:
    """Columns of a table made of these rows (at least one; of strings, numbers, instants, None), of these types."""
    said = json.dumps([[_without_nul(value) for value in row] for row in rows], default=_stored)
    if connection.dialect.name == "sqlite":
        given = func.json_each(said).table_valued("value").alias("given")
        return tuple(func.json_extract(given.c.value, f"$[{place}]") for place in range(len(columns)))
    value = func.jsonb_array_elements(cast(literal(said, Text), JSONB)).table_valued("value").alias("given").c.value
    return tuple(cast(value.op("->>")(place), column.type) for place, column in enumerate(columns))


def _without_nul(value: object) -> object:
    """PostgreSQL keeps no NUL in a text, and what another side gave as its reason may hold anything."""
    return value.replace("\0", "") if isinstance(value, str) else value


def _stored(instant: datetime) -> str:
    """As SQLite keeps an instant; PostgreSQL takes it for one in the session's zone, which is UTC."""
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
