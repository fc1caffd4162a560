"""Readers have a memory: the stories they were lately told, and those that their editions left out."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

UNKNOWN_REPORT = 0
"""As in `editions/memory.py`: it was not noted which report an edition quoted."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def upgrade() -> None:
    """The stories that a reader was told ahead of their mark go on in the memory; nobody was left anything yet."""
    memories = op.create_table(
        "memories",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("digest", sa.String, nullable=False, unique=True),
        sa.Column("content", sa.Text, nullable=False),
    )
    # Alembic would build the tables anew on SQLite, which adds a column that refers to another just as PostgreSQL does.
    for table, column in (("subscribers", "memory_id"), ("editions", "memory_id"), ("editions", "memory_after_id")):
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column} INTEGER REFERENCES memories (id)")
    op.add_column("editions", sa.Column("reports", sa.JSON, nullable=False, server_default="[]"))
    holders = [
        sa.table(name, sa.column("told_ahead", sa.Text), sa.column("memory_id", sa.Integer))
        for name in ("subscribers", "editions")
    ]
    stored = sa.union(*(sa.select(holder.c.told_ahead).where(holder.c.told_ahead.is_not(None)) for holder in holders))
    for told_ahead in list(op.get_bind().scalars(stored)):
        content = _content(told_ahead)
        row = {"digest": sha256(content.encode()).hexdigest(), "content": content}
        number = op.get_bind().execute(memories.insert().values(row).returning(memories.c.id)).scalar_one()
        for holder in holders:
            is_holder = holder.c.told_ahead == told_ahead
            op.execute(holder.update().where(is_holder).values(memory_id=number))
    op.drop_index("ix_subscribers_group", "subscribers")
    for table in ("subscribers", "editions"):
        op.drop_column(table, "told_ahead")
    op.create_index(
        "ix_subscribers_group",
        "subscribers",
        ["rhythm_id", "wishes_id", "mark", "memory_id", "id", "status", "armed"],
    )


def _content(told_ahead: str) -> str:
    """Return a memory of stories told up to a time later than the mark, as `store/memories.py` writes it."""
    rows = []
    for story, until in json.loads(told_ahead):
        instant = (datetime.fromisoformat(until) - _EPOCH) // timedelta(microseconds=1)
        rows.append([story, UNKNOWN_REPORT, instant, instant])
    return json.dumps(rows, separators=(",", ":"))
