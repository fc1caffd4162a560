"""Turns bytes into entries: documents, feeds, pages, plain text, files, lists of feeds; and web addresses."""
