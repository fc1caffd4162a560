"""What a topic wants all of and none of; how far the corpus has been looked through for it.

All topics are looked for again, since acronyms and forms of words are found otherwise than before.
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
