"""Rename columns to the words the code uses: a subscriber's status, a topic's backfill, the inbox's items."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.alter_column("subscribers", "standing", new_column_name="status")
    op.alter_column("topics", "retag", new_column_name="backfill_from")
    for old, new in (("update_id", "number"), ("chat", "key"), ("body", "payload")):
        op.alter_column("inbox", old, new_column_name=new)
    op.drop_index("ix_inbox_chat", "inbox")
    undone = sa.text("done IS NULL")
    op.create_index("ix_inbox_key", "inbox", ["key", "number"], sqlite_where=undone, postgresql_where=undone)
