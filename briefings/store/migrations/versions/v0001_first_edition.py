"""The first schema: articles to deliveries, and the full-text index over the articles."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from briefings.store.column_types import Instant, Number

revision = "0001"
down_revision = None

# FTS5 reads the words out of `articles` itself; the triggers keep its index in step.
SQLITE = (
    """CREATE VIRTUAL TABLE articles_fts USING fts5(
        title, summary, text, content='articles', content_rowid='id', tokenize='unicode61 remove_diacritics 2')""",
    """CREATE TRIGGER articles_fts_insert AFTER INSERT ON articles BEGIN
        INSERT INTO articles_fts(rowid, title, summary, text) VALUES (new.id, new.title, new.summary, new.text);
    END""",
    """CREATE TRIGGER articles_fts_delete AFTER DELETE ON articles BEGIN
        INSERT INTO articles_fts(articles_fts, rowid, title, summary, text)
        VALUES ('delete', old.id, old.title, old.summary, old.text);
    END""",
    """CREATE TRIGGER articles_fts_update AFTER UPDATE OF title, summary, text ON articles BEGIN
        INSERT INTO articles_fts(articles_fts, rowid, title, summary, text)
        VALUES ('delete', old.id, old.title, old.summary, old.text);
        INSERT INTO articles_fts(rowid, title, summary, text) VALUES (new.id, new.title, new.summary, new.text);
    END""",
)

# Words are cut the way FTS5 cuts them: letters and digits, without case and diacritics. Only the beginning of a very
# long text can be searched: PostgreSQL's index takes no more.
POSTGRESQL = (
    r"""CREATE FUNCTION briefings_plain(given text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
        SELECT regexp_replace(
            regexp_replace(normalize(lower(given), NFD), '[\u0300-\u036f]+', '', 'g'),
            '[\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00a9\u00ab-\u00b1\u00b4\u00b6-\u00b8\u00bb\u00bf\u00d7\u00f7'
            '\u2000-\u206f\u20a0-\u20cf\u2100-\u214f\u2190-\u245f\u2500-\u2bff\u2e00-\u2e7f\u3000-\u3004\u3008-\u3020\u3030'
            '\ufe10-\ufe6f\uff00-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65]+', ' ', 'g') $$""",
    """ALTER TABLE articles ADD COLUMN words tsvector GENERATED ALWAYS AS (to_tsvector('simple',
        briefings_plain(left(title || ' ' || coalesce(summary, '') || ' ' || text, 200000)))) STORED""",
    "CREATE INDEX ix_articles_words ON articles USING gin (words)",
)
SEARCH = {"sqlite": SQLITE, "postgresql": POSTGRESQL}


def upgrade() -> None:
    op.create_table(
        "pace",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("free_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "rhythms",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("times", sa.String(), nullable=False),
        sa.Column("days", sa.String(), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("slot_day", sa.String(), nullable=False),
        sa.Column("slot_hour", sa.String(), nullable=False),
        sa.Column("next_due", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("times", "days", "zone"),
    )
    op.create_index("ix_rhythms_next_due", "rhythms", ["next_due"], unique=False)
    op.create_table(
        "stories",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("last", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "topics",
        sa.Column("command", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.Column("expansion", sa.String(), nullable=True),
        sa.Column("aliases", sa.JSON(), nullable=False),
        sa.Column("exact", sa.JSON(), nullable=False),
        sa.Column("related", sa.JSON(), nullable=False),
        sa.Column("tags", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("command"),
    )
    op.create_table(
        "wishes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("topics", sa.String(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("topics", "minutes"),
    )
    op.create_table(
        "articles",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("url", sa.String(), nullable=True),
        sa.Column("canonical", sa.String(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=True),
        sa.Column("published", Instant(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("added", Instant(), nullable=False),
        sa.Column("ready", Instant(), nullable=True),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("copy_of", sa.Integer(), nullable=True),
        sa.Column("story_id", sa.Integer(), nullable=True),
        sa.Column("by_hand", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["copy_of"], ["articles.id"]),
        sa.ForeignKeyConstraint(["story_id"], ["stories.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("canonical"),
    )
    op.create_index("ix_articles_fingerprint", "articles", ["fingerprint"], unique=False)
    op.create_index("ix_articles_ready", "articles", ["ready"], unique=False)
    op.create_index("ix_articles_story", "articles", ["story_id"], unique=False)
    op.create_index("ix_articles_published", "articles", ["published"], unique=False)
    op.create_table(
        "editions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("rhythm_id", sa.Integer(), nullable=False),
        sa.Column("wishes_id", sa.Integer(), nullable=False),
        sa.Column("mark", Instant(), nullable=True),
        sa.Column("told", Instant(), nullable=False),
        sa.Column("printed", Instant(), nullable=False),
        sa.Column("slot_day", sa.String(), nullable=True),
        sa.Column("slot_hour", sa.String(), nullable=True),
        sa.Column("slot_at", Instant(), nullable=True),
        sa.Column("blocks", sa.JSON(), nullable=False),
        sa.Column("stories", sa.JSON(), nullable=False),
        sa.Column("left_out", sa.JSON(), nullable=False),
        sa.Column("cursor", sa.Integer(), nullable=False),
        sa.Column("fanned_out", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["rhythm_id"], ["rhythms.id"]),
        sa.ForeignKeyConstraint(["wishes_id"], ["wishes.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_editions_fanned_out", "editions", ["fanned_out"], unique=False)
    op.create_index("ix_editions_told", "editions", ["told"], unique=False)
    op.create_table(
        "subscribers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("rhythm_id", sa.Integer(), nullable=False),
        sa.Column("wishes_id", sa.Integer(), nullable=False),
        sa.Column("mark", Instant(), nullable=True),
        sa.Column("standing", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("armed", Instant(), nullable=False),
        sa.Column("joined", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["rhythm_id"], ["rhythms.id"]),
        sa.ForeignKeyConstraint(["wishes_id"], ["wishes.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("address"),
    )
    op.create_index("ix_subscribers_group", "subscribers", ["rhythm_id", "wishes_id", "mark", "id"], unique=False)
    op.create_table(
        "article_topics",
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("about", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"]),
        sa.ForeignKeyConstraint(["topic"], ["topics.command"]),
        sa.PrimaryKeyConstraint("topic", "article_id"),
    )
    op.create_index("ix_article_topics_article", "article_topics", ["article_id"], unique=False)
    op.create_table(
        "deliveries",
        sa.Column("id", Number, nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("subscriber_id", sa.Integer(), nullable=False),
        sa.Column("slot", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("cursor", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("not_before", Instant(), nullable=False),
        sa.Column("token", sa.String(), nullable=True),
        sa.Column("lease_until", Instant(), nullable=True),
        sa.Column("reference", sa.String(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("created", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["edition_id"], ["editions.id"]),
        sa.ForeignKeyConstraint(["subscriber_id"], ["subscribers.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("edition_id", "subscriber_id"),
        sa.UniqueConstraint("subscriber_id", "slot"),
    )
    for name, column, which in (
        ("ix_deliveries_open", "id", "state IN ('waiting', 'sending')"),
        ("ix_deliveries_asked", "id", "slot IS NULL AND state IN ('waiting', 'sending')"),
        ("ix_deliveries_token", "token", "token IS NOT NULL"),
    ):
        op.create_index(name, "deliveries", [column], sqlite_where=sa.text(which), postgresql_where=sa.text(which))
    op.create_index("ix_deliveries_subscriber", "deliveries", ["subscriber_id", "state", "id"], unique=False)
    for statement in SEARCH[op.get_context().dialect.name]:
        op.execute(statement)
