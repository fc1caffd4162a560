"""Store how strong each topic is in an article.

The articles that are stored already are searched again for all topics: by then a name within a longer name does not
count, and every tag gets its strength. News goes first; until a topic has been searched, its old tags stand.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.add_column("article_topics", sa.Column("strength", sa.Integer, nullable=False, server_default=sa.text("0")))
    topics = sa.table("topics", sa.column("backfill_from", sa.Integer))
    op.execute(topics.update().values(backfill_from=0))
