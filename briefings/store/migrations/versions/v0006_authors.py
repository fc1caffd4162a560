"""Articles store their author, where the source stated one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the column, empty for older articles."""
    op.add_column("articles", sa.Column("author", sa.String(), nullable=False, server_default=sa.text("''")))
