"""Mark the articles whose text is a summary that came without a text. None that is stored already is one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.add_column("articles", sa.Column("supplied", sa.Boolean, nullable=False, server_default=sa.false()))
