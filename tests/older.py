"""Makes the database of an older version out of a new one, so that a test can see it migrated."""

from __future__ import annotations

_UNDONE = {
    "0015": "DROP TABLE report_terms; DROP TABLE term_reports; DROP TABLE term_uses;",
    "0016": "ALTER TABLE article_topics DROP COLUMN strength;",
    "0017": """
        ALTER TABLE editions DROP COLUMN reports;
        ALTER TABLE editions DROP COLUMN memory_id; ALTER TABLE editions DROP COLUMN memory_after_id;
        ALTER TABLE editions ADD COLUMN told_ahead TEXT; ALTER TABLE subscribers ADD COLUMN told_ahead TEXT;
        DROP INDEX ix_subscribers_group; ALTER TABLE subscribers DROP COLUMN memory_id; DROP TABLE memories;
        CREATE INDEX ix_subscribers_group ON subscribers (rhythm_id);
    """,
}
"""Revision → SQL of SQLite that takes it back."""


def back_to(revision: str) -> str:
    """Return the SQL that makes a database of a revision, `0014` or later, out of a new one."""
    undone = [sql for number, sql in _UNDONE.items() if number > revision]
    return "\n".join((*undone, f"UPDATE alembic_version SET version_num = '{revision}';"))  # noqa: S608 - our own words
