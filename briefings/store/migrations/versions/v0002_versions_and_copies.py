"""Add the earlier forms of articles, and the sketches by which an article's copies are found.

Articles stored before this have no sketch: their copies are recognised by the whole text only.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from briefings.store.column_types import Instant

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_index("ix_articles_copy_of", "articles", ["copy_of"], unique=False)
    op.create_table(
        "article_versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("published", Instant(), nullable=True),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("story_id", sa.Integer(), nullable=False),
        sa.Column("ready", Instant(), nullable=False),
        sa.Column("replaced_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["story_id"], ["stories.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_article_versions_article", "article_versions", ["article_id"], unique=False)
    op.create_index("ix_article_versions_story", "article_versions", ["story_id"], unique=False)
    op.create_table(
        "article_sketches",
        sa.Column("shingle", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("shingle", "day", "article_id"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_article_sketches_article", "article_sketches", ["article_id"], unique=False)
