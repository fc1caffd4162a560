"""Have the terms of recent reports read again: a word of many scripts is now another, and words of grammar are none."""

from __future__ import annotations

from alembic import op

from briefings.store.migrations.versions.v0015_report_terms import mark_recent

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """The counts of terms go with them, since they are of the same words."""
    for table in ("report_terms", "term_reports", "term_uses"):
        op.execute(f"DELETE FROM {table}")  # noqa: S608 - names of ours
    mark_recent()
