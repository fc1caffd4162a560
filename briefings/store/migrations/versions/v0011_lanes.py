"""Make changes before questions are answered, and answer each key's first question before any second one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from briefings.store.column_types import Instant

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """What is stored already counts as changes, because nothing says which it is and a change must not be left out."""
    for column in ("lane", "turn", "left_out"):
        op.add_column("inbox", sa.Column(column, sa.Integer, nullable=False, server_default=sa.text("0")))
    op.create_table(
        "probe",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", Instant, nullable=False),
    )
    is_undone = sa.text("done IS NULL")
    op.drop_index("ix_inbox_undone", "inbox")
    op.create_index(
        "ix_inbox_undone",
        "inbox",
        ["lane", "turn", "number"],
        sqlite_where=is_undone,
        postgresql_where=is_undone,
    )
