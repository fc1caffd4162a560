"""The migrations of the schema. Alembic runs the missing ones at every start, under the write lock."""
