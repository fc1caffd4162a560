"""Articles keep who wrote them, where that was stated."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the column; of older articles the author is not known."""
    op.add_column("articles", sa.Column("author", sa.String(), nullable=False, server_default=sa.text("''")))
