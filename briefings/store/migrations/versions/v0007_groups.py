"""Whom an edition goes to is told from the index alone."""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Put what makes a reader one of a group's into the group's index."""
    op.drop_index("ix_subscribers_group", "subscribers")
    columns = ["rhythm_id", "wishes_id", "mark", "id", "standing", "armed"]
    op.create_index("ix_subscribers_group", "subscribers", columns)
