"""The Telegram face of the newsroom."""
