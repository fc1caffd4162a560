"""The conversation with readers: commands, handlers, keyboards, replies."""
