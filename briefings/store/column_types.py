"""Types of columns: an instant, which databases do not have, and the number of a row."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, TypeDecorator

Number = BigInteger().with_variant(Integer, "sqlite")
"""For rows of which a large newsroom makes more than 32 bits can count. SQLite's integers have 64 bits anyway."""


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
