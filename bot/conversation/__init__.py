"""Everything that is said to people: commands, handlers, keyboards, replies."""
