"""Hands many values to one statement: `spread` as rows in a single parameter, `chunks` as lists of a bounded length.

One statement serves instead of one for each row: between two statements a busy event loop and the database wait for
each other, which takes longer than the statements themselves.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy import Column, ColumnElement, Text, cast, func, literal
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

Value = TypeVar("Value", int, str)

MOST_PARAMETERS = 500
"""In one list. A statement takes 32,767 parameters on PostgreSQL, and 999 on SQLite before its version 3.32."""


def chunks(values: Sequence[Value]) -> Iterator[Sequence[Value]]:
    """Cut values into lists of at most `MOST_PARAMETERS`, in order, one for each statement with an `IN`."""
    return (values[start : start + MOST_PARAMETERS] for start in range(0, len(values), MOST_PARAMETERS))


def spread(
    connection: AsyncConnection, columns: Sequence[Column[Any]], rows: Sequence[Sequence[object]]
) -> tuple[ColumnElement[Any], ...]:
    """Return these rows as columns of a table that a statement can join, with the types of `columns`.

    There must be at least one row; its values are strings, numbers, instants or None.
    """
    parameter = json.dumps([[_without_nul(value) for value in row] for row in rows], default=_stored)
    if connection.dialect.name == "sqlite":
        given = func.json_each(parameter).table_valued("value").alias("given")
        return tuple(func.json_extract(given.c.value, f"$[{place}]") for place in range(len(columns)))
    value = (
        func.jsonb_array_elements(cast(literal(parameter, Text), JSONB)).table_valued("value").alias("given").c.value
    )
    return tuple(cast(value.op("->>")(place), column.type) for place, column in enumerate(columns))


def _without_nul(value: object) -> object:
    """Remove NUL, which PostgreSQL cannot store: a reason in another side's words may hold any character."""
    return value.replace("\0", "") if isinstance(value, str) else value


def _stored(instant: datetime) -> str:
    """Write an instant as SQLite stores it. PostgreSQL reads it in the session's zone, which is UTC."""
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
