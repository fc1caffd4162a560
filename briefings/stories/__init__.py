"""Decides which reports tell the same: identity, duplicates, grouping, changes, disputes."""
