"""Add the inbox: items that a face has acknowledged and not yet handled."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from briefings.store.column_types import Instant

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "inbox",
        sa.Column("update_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("chat", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("received", Instant(), nullable=False),
        sa.Column("token", sa.String(), nullable=True),
        sa.Column("lease_until", Instant(), nullable=True),
        sa.Column("done", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("update_id"),
    )
    undone = sa.text("done IS NULL")
    for name, columns in (("ix_inbox_undone", ["update_id"]), ("ix_inbox_chat", ["chat", "update_id"])):
        op.create_index(name, "inbox", columns, sqlite_where=undone, postgresql_where=undone)
    done = sa.text("done IS NOT NULL")
    op.create_index("ix_inbox_done", "inbox", ["done"], sqlite_where=done, postgresql_where=done)
