"""Many rows in one parameter, for a statement that changes each by its own values.

One statement instead of one for each row: between two statements a busy event loop and the database's thread
wait for each other, which takes longer than the statements do.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, func


def spread(rows: Sequence[Sequence[object]]) -> tuple[ColumnElement[Any], ...]:
    """Columns of a table made of these rows (at least one, equally long; of strings, numbers, None)."""
    given = func.json_each(json.dumps(rows)).table_valued("value").alias("given")
    return tuple(func.json_extract(given.c.value, f"$[{place}]") for place in range(len(rows[0])))


def stored(instant: datetime) -> str:
    """An instant as it is kept, for such a row."""
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
