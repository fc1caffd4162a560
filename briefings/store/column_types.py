"""The types of columns that databases do not have: an instant, and the stories that a reader was told ahead."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Dialect, Text, TypeDecorator


class Instant(TypeDecorator[datetime]):
    """An aware UTC instant. SQLite stores no zone, so it is removed on writing and added again on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Raises ValueError for a naive instant."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a stored instant must be aware")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        result: datetime = value if value.tzinfo else value.replace(tzinfo=UTC)
        return result.astimezone(UTC)


class ToldAhead(TypeDecorator[tuple[tuple[int, datetime], ...]]):
    """Stories with the time up to which each was told; empty is null. Equal ones are stored equal."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: tuple[tuple[int, datetime], ...] | None, dialect: Dialect) -> str | None:
        told = [(story, until.astimezone(UTC).isoformat()) for story, until in sorted(value or ())]
        return json.dumps(told, separators=(",", ":")) if told else None

    def process_result_value(self, value: Any, dialect: Dialect) -> tuple[tuple[int, datetime], ...]:
        return tuple((story, datetime.fromisoformat(until)) for story, until in json.loads(value or "[]"))
