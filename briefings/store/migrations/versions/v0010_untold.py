"""Remember the stories told after a mark, and the sends whose outcome is unknown; order the outbox by next times."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Every reader keeps their mark, and every delivery its state."""
    op.add_column("subscribers", sa.Column("told_ahead", sa.Text))
    op.add_column("editions", sa.Column("told_ahead", sa.Text))
    for column in ("unknown_sends", "unknown_messages"):
        op.add_column("deliveries", sa.Column(column, sa.Integer, nullable=False, server_default=sa.text("0")))
    op.drop_index("ix_subscribers_group", "subscribers")
    op.create_index(
        "ix_subscribers_group",
        "subscribers",
        ["rhythm_id", "wishes_id", "mark", "told_ahead", "id", "status", "armed"],
    )
    operators = {"address": "varchar_pattern_ops"}
    op.create_index("ix_subscribers_places", "subscribers", ["address"], postgresql_ops=operators)
    op.drop_index("ix_deliveries_open", "deliveries")  # the next times serve as well
    is_open = sa.text("state IN ('waiting', 'sending')")
    closed_badly = sa.text("state IN ('failed', 'unknown')")
    for name, columns, condition in (
        ("ix_deliveries_next", ["not_before", "id"], is_open),
        ("ix_deliveries_badly", ["state", "id"], closed_badly),
    ):
        op.create_index(name, "deliveries", columns, sqlite_where=condition, postgresql_where=condition)
