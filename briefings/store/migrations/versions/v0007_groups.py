"""The readers of an edition are found in the index alone, without reading their rows."""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Put every column that decides who belongs to a group into the group's index."""
    op.drop_index("ix_subscribers_group", "subscribers")
    columns = ["rhythm_id", "wishes_id", "mark", "id", "standing", "armed"]
    op.create_index("ix_subscribers_group", "subscribers", columns)
