"""The way to Telegram: connections, requests, the limits of each chat, and the packing of messages."""
