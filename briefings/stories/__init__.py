"""Decides which reports tell the same: identity, duplicates, grouping. Finds what is new in a story and in dispute."""
