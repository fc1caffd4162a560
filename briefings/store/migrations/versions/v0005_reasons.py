"""Editions keep why each of their stories was told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the column; of older editions the reasons are not known."""
    op.add_column("editions", sa.Column("why", sa.JSON(), nullable=False, server_default="[]"))
