"""Remember which articles and topics were removed, so that no source and no start brings them back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from briefings.store.column_types import Instant

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.create_table(
        "removed_articles",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("item", sa.String),
        sa.Column("origin", sa.String),
        sa.Column("canonical", sa.String),
        sa.Column("fingerprint", sa.String),
        sa.Column("removed", Instant, nullable=False),
    )
    for column in ("item", "canonical", "fingerprint"):
        op.create_index(f"ix_removed_articles_{column}", "removed_articles", [column])
    op.create_table(
        "removed_topics",
        sa.Column("command", sa.String, primary_key=True),
        sa.Column("removed", Instant, nullable=False),
    )
