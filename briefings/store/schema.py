"""The tables as the newest migration leaves them. `migrations/` builds them; a test compares the two.

Two unique keys of `deliveries` hold the delivery guarantee: a subscriber has each slot once, and each edition once.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

from briefings.store.column_types import Instant, Number

metadata = MetaData()


def _partial(name: str, *columns: str, where: str) -> Index:
    """Return an index of the rows for which a condition holds."""
    return Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))


stories = Table(
    "stories",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("last", Instant, nullable=False),
)

articles = Table(
    "articles",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("url", String),  # as the source gave it; links lead here
    Column("canonical", String),  # equal for addresses that mean the same; null without an address
    Column("item", String, unique=True),  # the key by which its bringer knows it; `sources/origin.py` makes it
    Column("origin", String),  # the only one that may change it; null: it is older than origins
    Column("owner", String, nullable=False, server_default=text("''")),  # the owner of its outlet
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("summary", Text),  # until `ready`: the one that the source offered, unchecked
    Column("published", Instant),
    Column("source", String, nullable=False),
    Column("author", String, nullable=False, server_default=text("''")),
    Column("language", String, nullable=False),
    Column("added", Instant, nullable=False),
    Column("ready", Instant),  # null: not yet enriched
    Column("fingerprint", String, nullable=False),
    Column("copy_of", Integer, ForeignKey("articles.id")),
    Column("attached_to", Integer, ForeignKey("articles.id")),  # the report at its address; both are in one story
    Column("story_id", Integer, ForeignKey("stories.id")),
    Column("by_hand", Boolean, nullable=False),
    Column("supplied", Boolean, nullable=False, server_default=false()),  # the text is a summary without a text
    Index("ix_articles_fingerprint", "fingerprint"),
    Index("ix_articles_ready", "ready"),
    Index("ix_articles_story", "story_id"),
    Index("ix_articles_published", "published"),
    Index("ix_articles_copy_of", "copy_of"),
    Index("ix_articles_canonical", "canonical"),
    Index("ix_articles_attached_to", "attached_to"),
)

article_versions = Table(  # the forms of articles before their sources changed them
    "article_versions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("article_id", Integer, ForeignKey("articles.id", ondelete="CASCADE"), nullable=False),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("published", Instant),
    Column("fingerprint", String, nullable=False),
    Column("story_id", Integer, ForeignKey("stories.id"), nullable=False),
    Column("ready", Instant, nullable=False),  # readers may have been told this form from here on
    Column("replaced_at", Instant, nullable=False),
    Index("ix_article_versions_article", "article_id"),
    Index("ix_article_versions_story", "story_id"),
)

article_sketches = Table(  # to find copies of an original; `stories/duplicates.py` says how
    "article_sketches",
    metadata,
    Column("shingle", BigInteger, primary_key=True, autoincrement=False),
    Column("day", Integer, primary_key=True, autoincrement=False),  # as `date.toordinal` counts
    Column("article_id", Integer, ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True),
    Index("ix_article_sketches_article", "article_id"),
    sqlite_with_rowid=False,
)

IS_UNREAD = "terms IS NULL"

report_terms = Table(  # one row for each ready article that is compared with new ones; `stories/pool.py` says how
    "report_terms",
    metadata,
    Column("article_id", Integer, ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("period", Integer, nullable=False),
    Column("day", Float, nullable=False),  # since 1970
    Column("terms", LargeBinary),  # null: they are to be read from the article again
    Column("telling", Integer, nullable=False),  # so many of the terms, the first ones, are telling
    Column("length", Float, nullable=False),
    Column("crowd", Float, nullable=False),
    Column("measured", Integer, nullable=False),  # reports around it when length and crowd were measured
    _partial("ix_report_terms_unread", "article_id", where=IS_UNREAD),
)

term_reports = Table(  # a report's telling terms, by which it is found; a row without its report finds nothing
    "term_reports",
    metadata,
    Column("period", Integer, primary_key=True, autoincrement=False),
    Column("term", Integer, primary_key=True, autoincrement=False),
    Column("article_id", Integer, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)

term_uses = Table(  # how many reports of a period use a term
    "term_uses",
    metadata,
    Column("period", Integer, primary_key=True, autoincrement=False),
    Column("term", Integer, primary_key=True, autoincrement=False),  # -1: the number of all reports of the period
    Column("uses", Integer, nullable=False),
    sqlite_with_rowid=False,
)

removed_articles = Table(  # what must stay out; `removal.py` says when
    "removed_articles",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),  # the article's, which is not given again
    Column("item", String),  # this and all its other keys are null once an editor has added the article again
    Column("origin", String),
    Column("canonical", String),
    Column("fingerprint", String),
    Column("removed", Instant, nullable=False),
    Index("ix_removed_articles_item", "item"),
    Index("ix_removed_articles_canonical", "canonical"),
    Index("ix_removed_articles_fingerprint", "fingerprint"),
)

topics = Table(
    "topics",
    metadata,
    Column("command", String, primary_key=True),
    Column("title", String, nullable=False),
    Column("definition", Text, nullable=False),
    Column("expansion", String),
    Column("aliases", JSON, nullable=False),
    Column("exact", JSON, nullable=False),
    Column("related", JSON, nullable=False),
    Column("tags", JSON, nullable=False),
    Column("all", JSON, nullable=False, server_default="[]"),
    Column("none", JSON, nullable=False, server_default="[]"),
    Column("backfill_from", Integer),  # the last article searched since the topic changed; null: all were
)

removed_topics = Table(  # while it has a row, the starter topics are not seeded again
    "removed_topics",
    metadata,
    Column("command", String, primary_key=True),
    Column("removed", Instant, nullable=False),
)

article_topics = Table(
    "article_topics",
    metadata,
    Column("topic", String, ForeignKey("topics.command"), primary_key=True),
    Column("article_id", Integer, ForeignKey("articles.id"), primary_key=True),
    Column("about", Boolean, nullable=False),
    Column("strength", Integer, nullable=False, server_default=text("0")),  # `topics/matching.py` says how it is made
    Index("ix_article_topics_article", "article_id"),
)

rhythms = Table(
    "rhythms",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("times", String, nullable=False),  # "07:30,12:00"
    Column("days", String, nullable=False),  # "0123456", Monday is 0
    Column("zone", String, nullable=False),
    Column("slot_day", String, nullable=False),  # with `slot_hour`: the slot that comes at `next_due`
    Column("slot_hour", String, nullable=False),
    Column("next_due", Instant, nullable=False, index=True),
    UniqueConstraint("times", "days", "zone"),
)

wishes = Table(
    "wishes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("topics", String, nullable=False),  # "*" for all of them, or "relos,s400"
    Column("minutes", Integer, nullable=False),
    UniqueConstraint("topics", "minutes"),
)

memories = Table(  # of readers; `memories.py` says how. A row never changes
    "memories",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("digest", String, nullable=False, unique=True),  # of the content
    Column("content", Text, nullable=False),
)

subscribers = Table(
    "subscribers",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("address", String, nullable=False, unique=True),
    Column("rhythm_id", Integer, ForeignKey("rhythms.id"), nullable=False),
    Column("wishes_id", Integer, ForeignKey("wishes.id"), nullable=False),
    Column("mark", Instant),
    Column("memory_id", Integer, ForeignKey("memories.id")),  # null: it is empty
    Column("status", String, nullable=False),
    Column("reason", Text),  # why they are gone or paused
    Column("armed", Instant, nullable=False),
    Column("joined", Instant, nullable=False),
    Index("ix_subscribers_places", "address", postgresql_ops={"address": "varchar_pattern_ops"}),
    Index("ix_subscribers_group", "rhythm_id", "wishes_id", "mark", "memory_id", "id", "status", "armed"),
)

editions = Table(
    "editions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String, nullable=False),  # "first" or "scheduled"
    Column("rhythm_id", Integer, ForeignKey("rhythms.id"), nullable=False),
    Column("wishes_id", Integer, ForeignKey("wishes.id"), nullable=False),
    Column("mark", Instant),  # the mark its readers stood at when it was printed
    Column("memory_id", Integer, ForeignKey("memories.id")),  # the memory they had then
    Column("told", Instant, nullable=False),  # the mark they stand at once they are told it
    Column("memory_after_id", Integer, ForeignKey("memories.id")),  # the memory they have then
    Column("printed", Instant, nullable=False),
    Column("slot_day", String),
    Column("slot_hour", String),
    Column("slot_at", Instant),
    Column("blocks", JSON, nullable=False),
    Column("stories", JSON, nullable=False),
    Column("reports", JSON, nullable=False, server_default="[]"),  # the quoted report of each of the stories
    Column("why", JSON, nullable=False, server_default="[]"),  # the reason for each of the stories
    Column("left_out", JSON, nullable=False),
    Column("cursor", Integer, nullable=False),  # the last subscriber a delivery was made for
    Column("fanned_out", Boolean, nullable=False),
    Index("ix_editions_fanned_out", "fanned_out"),
    Index("ix_editions_told", "told"),
)

IS_OPEN = "state IN ('waiting', 'sending')"
IS_CLOSED_BADLY = "state IN ('failed', 'unknown')"
IS_ASKED = f"slot IS NULL AND {IS_OPEN}"
IS_HELD = "token IS NOT NULL"
"""Conditions of indexes over few of the rows, which stay small. A query must repeat the condition word by word."""

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Number, primary_key=True),
    Column("edition_id", Integer, ForeignKey("editions.id"), nullable=False),
    Column("subscriber_id", Integer, ForeignKey("subscribers.id"), nullable=False),
    Column("slot", String),  # the reader's local date and hour; null for a first edition
    Column("state", String, nullable=False),
    Column("cursor", Integer, nullable=False),  # blocks delivered so far
    Column("attempts", Integer, nullable=False),
    Column("unknown_sends", Integer, nullable=False, server_default=text("0")),  # of the message at the cursor
    Column("unknown_messages", Integer, nullable=False, server_default=text("0")),  # left, it is not known if taken
    Column("not_before", Instant, nullable=False),
    Column("token", String),
    Column("lease_until", Instant),
    Column("reference", String),  # the messenger's name for the last message
    Column("reason", Text),
    Column("created", Instant, nullable=False),
    UniqueConstraint("subscriber_id", "slot"),
    UniqueConstraint("edition_id", "subscriber_id"),
    _partial("ix_deliveries_next", "not_before", "id", where=IS_OPEN),
    _partial("ix_deliveries_badly", "state", "id", where=IS_CLOSED_BADLY),
    _partial("ix_deliveries_token", "token", where=IS_HELD),
    _partial("ix_deliveries_asked", "id", where=IS_ASKED),
    Index("ix_deliveries_subscriber", "subscriber_id", "state", "id"),
)

pace = Table(
    "pace",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("free_at", Instant, nullable=False),  # the first send time that is not reserved yet
)

sources = Table(
    "sources",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("url", String, nullable=False, unique=True),  # a web address, or a folder's absolute path
    Column("kind", String, nullable=False),
    Column("title", String, nullable=False),
    Column("folder", String, nullable=False),  # its folder in the list it was imported from
    Column("outlet", String, nullable=False, server_default=text("''")),  # the name that readers see; empty: its title
    Column("owner", String, nullable=False, server_default=text("''")),  # of the outlet; one owner counts once
    Column("etag", String),
    Column("last_modified", String),
    Column("next_visit", Instant, nullable=False, index=True),
    Column("interval", Integer, nullable=False),  # seconds
    Column("failures", Integer, nullable=False),  # in a row
    Column("last_error", Text),
    Column("last_ok", Instant),
    Column("told", Boolean, nullable=False),  # the owner was told that it is in trouble
)

known_items = Table(
    "known_items",
    metadata,
    Column("source_id", Integer, ForeignKey("sources.id"), primary_key=True),
    Column("digests", JSON, nullable=False),  # newest first, bounded; apart from `sources` because it is seldom read
)

probe = Table(  # one row, which is written only to see that writing works
    "probe",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
)

IS_UNDONE = "done IS NULL"
IS_DONE = "done IS NOT NULL"

inbox = Table(  # items that a face has acknowledged; `inbox.py` says how they are handled
    "inbox",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("key", BigInteger, nullable=False),  # items of one key are handled in the order of their numbers
    Column("payload", Text, nullable=False),  # as it came; emptied when the item is done
    Column("lane", Integer, nullable=False, server_default=text("0")),  # inbox.Lane
    Column("turn", Integer, nullable=False, server_default=text("0")),  # questions of the key open when it was stored
    Column("left_out", Integer, nullable=False, server_default=text("0")),  # questions left out just before this one
    Column("received", Instant, nullable=False),
    Column("token", String),
    Column("lease_until", Instant),
    Column("done", Instant),
    _partial("ix_inbox_undone", "lane", "turn", "number", where=IS_UNDONE),
    _partial("ix_inbox_key", "key", "number", where=IS_UNDONE),
    _partial("ix_inbox_done", "done", where=IS_DONE),
)
