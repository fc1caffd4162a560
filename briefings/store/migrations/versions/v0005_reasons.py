"""Editions store why each of their stories was told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the column, empty for older editions."""
    op.add_column("editions", sa.Column("why", sa.JSON(), nullable=False, server_default="[]"))
