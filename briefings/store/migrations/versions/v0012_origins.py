"""Articles remember who brought them and by what key, so that an address is an identity no longer."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """The column that was unique, the address, becomes the item's key; the address goes on in a column of its own.

    Who brought the older articles is not known. They keep their address as the key, and have no origin.
    """
    op.alter_column("articles", "canonical", new_column_name="item")
    op.add_column("articles", sa.Column("canonical", sa.String, nullable=True))
    op.execute("UPDATE articles SET canonical = item")
    op.add_column("articles", sa.Column("origin", sa.String, nullable=True))
    op.add_column("articles", sa.Column("owner", sa.String, nullable=False, server_default=sa.text("''")))
    # Alembic would build the table anew on SQLite, which adds a column that refers to another just as PostgreSQL does.
    op.execute("ALTER TABLE articles ADD COLUMN attached_to INTEGER REFERENCES articles (id)")
    op.create_index("ix_articles_canonical", "articles", ["canonical"])
    op.create_index("ix_articles_attached_to", "articles", ["attached_to"])
    for column in ("outlet", "owner"):
        op.add_column("sources", sa.Column(column, sa.String, nullable=False, server_default=sa.text("''")))
