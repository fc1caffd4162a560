"""The operator's verbs, one module a noun, and what they print."""
