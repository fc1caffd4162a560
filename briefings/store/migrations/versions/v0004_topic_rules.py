"""Add the words a topic needs and the words it must not have, and how far its backfill has come.

Every topic is looked for again, because acronyms and forms of words are matched differently from before.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("topics", sa.Column("all", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("topics", sa.Column("none", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("topics", sa.Column("retag", sa.Integer(), nullable=True))
    op.execute("UPDATE topics SET retag = 0")
