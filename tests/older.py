"""Makes the database of an older version out of a new one, so that a test can see it migrated."""

from __future__ import annotations

NO_MEMORIES = """
ALTER TABLE editions DROP COLUMN reports;
ALTER TABLE editions DROP COLUMN memory_id; ALTER TABLE editions DROP COLUMN memory_after_id;
ALTER TABLE editions ADD COLUMN told_ahead TEXT; ALTER TABLE subscribers ADD COLUMN told_ahead TEXT;
DROP INDEX ix_subscribers_group; ALTER TABLE subscribers DROP COLUMN memory_id; DROP TABLE memories;
CREATE INDEX ix_subscribers_group ON subscribers (rhythm_id);
"""
"""SQL of SQLite that takes back revision 0017."""

NO_STRENGTH = "ALTER TABLE article_topics DROP COLUMN strength;"
"""Takes back revision 0016."""

NO_TERMS = "DROP TABLE report_terms; DROP TABLE term_reports; DROP TABLE term_uses;"
"""Takes back revision 0015."""
