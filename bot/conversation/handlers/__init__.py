"""Handlers: each reads the words of a request, asks the newsroom, and chooses the reply. No SQL, HTML or rules."""
