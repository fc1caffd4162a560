"""Store the terms of reports, so that a new report is compared with few others, and those need not be read again."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
from alembic import op

from briefings.store.column_types import Instant

revision = "0015"
down_revision = "0014"

READ_AGAIN = timedelta(days=30)
"""Reports that are older than that when the newest is stored are not compared with new ones any more."""


def upgrade() -> None:
    """The enrich pass reads the terms of the reports of the last days, which are marked for it."""
    op.create_table(
        "report_terms",
        sa.Column("article_id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("period", sa.Integer, nullable=False),
        sa.Column("day", sa.Float, nullable=False),
        sa.Column("terms", sa.LargeBinary, nullable=True),
        sa.Column("telling", sa.Integer, nullable=False),
        sa.Column("length", sa.Float, nullable=False),
        sa.Column("crowd", sa.Float, nullable=False),
        sa.Column("measured", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("article_id"),
    )
    is_unread = sa.text("terms IS NULL")
    op.create_index(
        "ix_report_terms_unread", "report_terms", ["article_id"], sqlite_where=is_unread, postgresql_where=is_unread
    )
    for name, third in (("term_reports", "article_id"), ("term_uses", "uses")):
        key = ("period", "term", "article_id") if third == "article_id" else ("period", "term")
        op.create_table(
            name,
            *(sa.Column(column, sa.Integer, autoincrement=False, nullable=False) for column in ("period", "term")),
            sa.Column(third, sa.Integer, autoincrement=False, nullable=False),
            sa.PrimaryKeyConstraint(*key),
            sqlite_with_rowid=False,
        )
    mark_recent()


def mark_recent() -> None:
    """Mark the reports of the last days, so that their terms are read."""
    articles = sa.table(
        "articles",
        sa.column("id", sa.Integer),
        sa.column("added", Instant),
        sa.column("ready", Instant),
        sa.column("copy_of", sa.Integer),
        sa.column("attached_to", sa.Integer),
    )
    newest = op.get_bind().scalar(sa.select(sa.func.max(articles.c.added)))
    if newest is None:
        return
    zeros = (sa.literal(0) for _ in range(6))
    recent = sa.select(articles.c.id, *zeros).where(
        articles.c.ready.is_not(None),
        articles.c.copy_of.is_(None),
        articles.c.attached_to.is_(None),
        articles.c.added >= newest - READ_AGAIN,
    )
    columns = ("article_id", "period", "day", "telling", "length", "crowd", "measured")
    report_terms = sa.table("report_terms", *map(sa.column, columns))
    op.execute(report_terms.insert().from_select(columns, recent))
