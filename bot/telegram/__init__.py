"""The way to Telegram: connections, requests, limits of each chat, and packing of messages."""
